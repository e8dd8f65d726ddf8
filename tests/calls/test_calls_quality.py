"""The quality of a voice is that of its own speech, whoever had the phone before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opusagent_hooks import AudioChunk, codecs
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.calls.tracker import TrackerEvent, VoiceSample, VoiceSwitched, VoiceTracker
from opusagent_voiceprint.encoding import SpeakerEncoder, chosen_encoders
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery

RULE = DecisionRule(threshold=0.75, known_number_threshold=0.70, margin=0.03, min_speech=3.0, max_speech=8.0)


def heard(encoder: SpeakerEncoder, *speech: Any) -> tuple[VoiceSample, list[TrackerEvent]]:
    """What is known of the present voice after these recordings, at 8 kHz, one after the other."""
    events: list[TrackerEvent] = []
    encoders = chosen_encoders()
    tracker = VoiceTracker(Gallery(Backend.shipped(encoders)), RULE, events.append)
    listener = Listener(encoders.window, tracker, lambda source: None)
    data = codecs.encode(np.concatenate(speech), "mulaw")
    for at in range(0, len(data), 1600):
        listener.hear(AudioChunk(data[at : at + 1600], "mulaw", 8000))
        windows = listener.take_windows()
        if windows:
            samples = np.stack([each.samples for each in windows])
            wide = np.array([each.wide for each in windows])
            listener.embedded(windows, encoders.embed(samples, wide))
    sample = tracker.sample()
    assert sample is not None
    return sample, events


def clipped(speech: Any, gain: float = 20.0) -> Any:
    return np.clip(speech * gain, -1.0, 1.0).astype(np.float32)


@pytest.mark.parametrize(("gain", "below"), [(20.0, 0.75), (5.0, 0.9)])
def test_poor_speech_after_good_speech_of_somebody_else_is_as_poor_as_by_itself(
    encoder: SpeakerEncoder, voice: Any, telephone: Any, gain: float, below: float
) -> None:
    first = np.concatenate([telephone(voice("slt", take)) for take in ("enroll", "return")])
    second = clipped(telephone(voice("rms", "enroll"))[: 8000 * 6], gain)
    alone, _ = heard(encoder, second)
    after, events = heard(encoder, first, second)
    assert any(isinstance(event, VoiceSwitched) for event in events)
    assert after.voice == 1
    assert after.net_speech_seconds == pytest.approx(alone.net_speech_seconds, abs=0.1)
    assert after.quality == pytest.approx(alone.quality, abs=0.05)
    assert after.quality < below < heard(encoder, first)[0].quality


def test_good_speech_after_poor_speech_of_somebody_else_is_as_good_as_by_itself(
    encoder: SpeakerEncoder, voice: Any, telephone: Any
) -> None:
    poor = clipped(telephone(voice("slt", "enroll")))
    second = telephone(voice("rms", "enroll"))[: 8000 * 6]
    alone, _ = heard(encoder, second)
    after, _ = heard(encoder, poor, second)
    assert after.voice == 1
    assert after.quality == pytest.approx(alone.quality, abs=0.05)
    assert after.quality > heard(encoder, poor)[0].quality + 0.1
