"""The ears of a call: there while the scope of recognition, or a yes, allows listening."""

from __future__ import annotations

from collections.abc import Callable

from opusagent_hooks import AudioChunk
from opusagent_voiceprint.calls.agent_voice import AgentEars
from opusagent_voiceprint.calls.context import Shared
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.calls.tracker import TrackerEvent, VoiceTracker
from opusagent_voiceprint.matching import Gallery

__all__ = ["Listening"]


class Listening:
    """Ears for both sides and a tracker, or nothing. ``emit`` gets its events on the engine's thread."""

    def __init__(self, shared: Shared, language: str, emit: Callable[[TrackerEvent], None]) -> None:
        self._rule = shared.rule
        self._model = shared.models.of(language)
        self._emit = emit
        self._listener: Listener | None = None
        self._agent: AgentEars | None = None
        self._known: frozenset[str] = frozenset()
        self.tracker: VoiceTracker | None = None
        self.by_consent = False
        """Whether only a yes on this call allows it, so that it ends when that is taken back."""
        self.only_compares = False
        """Whether that yes was to being recognised on this call: nothing that was heard is kept."""
        self.heard_at = 0.0
        """When the caller's latest frame began, in seconds since the call did."""

    @property
    def goes_on(self) -> bool:
        """Whether the call is listened to, and will be after a yes on it was taken back."""
        return self.on and not self.by_consent

    @property
    def on(self) -> bool:
        """Whether the call is listened to."""
        return self._listener is not None

    def is_voice(self, voice: int) -> bool:
        """Whether this voice of the call is the one that is speaking now."""
        return self.tracker is not None and self.tracker.voice == voice

    def know(self, caller_ids: frozenset[str]) -> None:
        """Who is likely to be calling."""
        self._known = caller_ids
        if self.tracker is not None:
            self.tracker.known = caller_ids

    def start(self) -> None:
        """Begin to listen."""
        engine, gallery = self._model.engine, self._model.gallery
        window = engine.encoders.window
        self._agent = agent = AgentEars(gallery.backend.encoder_id, window, engine.announce)
        self.tracker = VoiceTracker(gallery, self._rule, self._emit, agent.is_in)
        self.tracker.known = self._known
        self._listener = Listener(window, self.tracker, engine.announce)

    def hear(self, audio: AudioChunk) -> None:
        """One frame, of either side."""
        if self._listener is None or self._agent is None:
            return
        if audio.speaker == "agent":
            self._agent.hear(audio)
        else:
            self.heard_at = audio.at
            self._agent.note_line(audio.sample_rate)
            self._listener.hear(audio)

    @property
    def gallery(self) -> Gallery:
        """Whom the voice is compared with."""
        return self._model.gallery

    def close_ears(self) -> None:
        """Take nothing more in; what was heard stays until :meth:`stop`."""
        for ears in (self._listener, self._agent):
            if ears is not None:
                ears.close()

    def stop(self) -> None:
        """Stop, and drop what was heard."""
        self.close_ears()
        if self.tracker is not None:
            self.tracker.close()
        self._listener = self._agent = self.tracker = None
        self.by_consent = self.only_compares = False
