"""The voice that is asked on a call: whoever answers with another one was not asked."""

from __future__ import annotations

from opusagent_voiceprint.calls.tracker import VoiceSample, VoiceTracker

__all__ = ["AskedVoice"]


class AskedVoice:
    """Holds on to the voice that is asked, as soon as there is one to listen to."""

    def __init__(self) -> None:
        self._asked: int | None = None
        self._tracker: VoiceTracker | None = None

    @property
    def tracker(self) -> VoiceTracker | None:
        """Where the call's voice is heard; None while it is not listened to. Each counts voices anew."""
        return self._tracker

    @tracker.setter
    def tracker(self, tracker: VoiceTracker | None) -> None:
        if tracker is not self._tracker:
            self._tracker, self._asked = tracker, None

    def ask(self) -> None:
        """Whoever is on the line now is asked."""
        self._asked = None
        self._hold()

    def is_another(self, sample: VoiceSample | None = None) -> bool:
        """Whether somebody else is on the line, or in this sample of it."""
        self._hold()
        voice = sample.voice if sample is not None else self.tracker.voice if self.tracker else None
        return voice is not None and voice != self._asked

    def sample(self) -> VoiceSample | None:
        """What was heard of the voice on the line so far."""
        return self.tracker.sample() if self.tracker is not None else None

    def expect_speech(self, expected: bool) -> None:
        """Whether more speech is to be reported."""
        if self.tracker is not None:
            self.tracker.report_speech = expected

    def _hold(self) -> None:
        if self._asked is None and self.tracker is not None:
            self._asked = self.tracker.voice
