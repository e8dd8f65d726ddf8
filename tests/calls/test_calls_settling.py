"""An enrollment settles the voice that said yes, and no other that has the phone by then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint.calls.tracker import TrackerEvent, VoiceSwitched, VoiceTracker
from opusagent_voiceprint.encoding import SpeechWindow, WindowEmbedding
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery
from opusagent_voiceprint.settings import VoiceFingerprintConfig

RULE = DecisionRule.of(VoiceFingerprintConfig(_env_file=None))


class Voices:
    """A tracker that hears voices which are axes."""

    def __init__(self) -> None:
        self.events: list[TrackerEvent] = []
        self.tracker = VoiceTracker(Gallery(Backend.of_cosine("an-encoder", 4)), RULE, self.events.append)
        self._seconds = 0.83
        self._random = np.random.default_rng(0)

    def hears(self, axis: int, windows: int) -> None:
        for _ in range(windows):
            self._seconds += 0.77
            vector = np.eye(4)[axis] + self._random.normal(0, 0.05, 4)
            embedding = (vector / np.linalg.norm(vector)).astype(np.float32)
            window = SpeechWindow(np.zeros(25_840, np.float32), self._seconds)
            self.tracker.add(window, WindowEmbedding(embedding), channel="narrow", heard_at=0.0)


def test_the_voice_that_is_enrolled_is_decided_no_more() -> None:
    voices = Voices()
    voices.hears(0, 2)
    assert voices.tracker.settle(0)
    voices.hears(0, 12)
    assert voices.events == []


@pytest.mark.parametrize("undo", [False, True])
def test_a_voice_that_took_the_phone_meanwhile_is_not_taken_for_the_enrolled_one(undo: bool) -> None:
    voices = Voices()
    voices.hears(0, 8)
    sample = voices.tracker.sample()
    assert sample is not None
    while not any(isinstance(event, VoiceSwitched) for event in voices.events):
        voices.hears(1, 1)
    voices.events.clear()
    if undo:
        voices.tracker.unsettle(sample.voice)
    else:
        assert not voices.tracker.settle(sample.voice)
    voices.hears(1, 12)
    decided: list[Any] = [event for event in voices.events if not isinstance(event, VoiceSwitched)]
    assert decided


def test_speech_that_was_not_embedded_is_no_evidence_for_an_enrollment() -> None:
    voices = Voices()
    voices.hears(0, 1)
    voices._seconds += 12.0  # so much was left out because more came than could be embedded
    voices.hears(0, 1)
    sample = voices.tracker.sample()
    assert sample is not None
    assert len(sample.embeddings) == 2
    assert sample.net_speech_seconds == pytest.approx(2 * 25_840 / 16_000, abs=0.01)


def test_a_tracker_that_is_closed_holds_nothing_of_the_voice() -> None:
    voices = Voices()
    voices.hears(0, 8)
    voices.tracker.close()
    assert voices.tracker.sample() is None
    watch = voices.tracker._watch
    assert not watch._latest
    assert not np.any(watch._before)
