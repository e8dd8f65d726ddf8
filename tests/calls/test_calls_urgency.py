"""Whose windows go first: those that may bring what somebody waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.calls.tracker import Identified, TrackerEvent, VoiceTracker
from opusagent_voiceprint.encoding import SpeechStream, chosen_encoders, embed_utterance
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery
from opusagent_voiceprint.models import Decision, Voiceprint

RULE = DecisionRule(threshold=0.75, known_number_threshold=0.5, margin=0.03, min_speech=4.5, max_speech=8.0)


class Urgency:
    """A tracker that hears a voice on a telephone line, one window after the other."""

    def __init__(self, gallery: Gallery, speech: Any) -> None:
        self.events: list[TrackerEvent] = []
        self.tracker = VoiceTracker(gallery, RULE, self.events.append)
        stream = SpeechStream(chosen_encoders().window)
        self.windows = [*stream.push(speech), *stream.finish()]

    def steps(self) -> Iterator[tuple[float, bool]]:
        """After each window: the seconds of net speech, and whether the next one is urgent."""
        for window in self.windows:
            (embedding,) = chosen_encoders().embed(window.samples[None], np.zeros(1, np.bool_))
            self.tracker.add(window, embedding, channel="narrow", heard_at=0.0)
            yield window.net_speech_seconds, self.tracker.urgent

    @property
    def decisions(self) -> list[Decision]:
        return [each.identification.decision for each in self.events if isinstance(each, Identified)]


@pytest.fixture(scope="module")
def line(voice: Any, telephone: Any) -> Callable[[str, str], Any]:
    return lambda name, take: read_audio(telephone(voice(name, take)), 8_000)


@pytest.fixture(scope="module")
def gallery(line: Callable[[str, str], Any]) -> Gallery:
    encoders = chosen_encoders()
    found = Gallery(Backend.shipped(encoders))
    spoken = embed_utterance(encoders, line("slt", "enroll"))
    found.put(
        "ada",
        [
            Voiceprint(
                caller_id="ada",
                embedding=spoken.embedding,
                encoder=encoders.encoder_id,
                channel="narrow",
                net_speech_seconds=spoken.net_speech_seconds,
            )
        ],
    )
    return found


def test_a_voice_is_urgent_until_it_is_recognised_and_then_only_watched(
    gallery: Gallery, line: Callable[[str, str], Any]
) -> None:
    caller = Urgency(gallery, line("slt", "return"))
    assert caller.tracker.urgent
    for _, urgent in caller.steps():
        assert urgent == (caller.decisions == [])
    assert caller.decisions == [Decision.RECOGNISED]


def test_a_voice_like_nobody_s_waits_for_others_until_it_can_be_unknown(
    gallery: Gallery, line: Callable[[str, str], Any]
) -> None:
    stranger = Urgency(gallery, line("norbert", "return"))
    assert stranger.tracker.urgent
    for seconds, urgent in stranger.steps():
        if stranger.decisions == []:
            # The next window is urgent when there can be enough speech with it.
            assert urgent == (seconds + 0.8 >= RULE.min_speech)
        else:
            assert not urgent
    assert stranger.decisions == [Decision.UNKNOWN]


def test_a_voice_from_a_known_number_and_one_that_is_to_be_enrolled_are_urgent_however_unlike(
    gallery: Gallery, line: Callable[[str, str], Any]
) -> None:
    known, wanted = (Urgency(gallery, line("norbert", "return")) for _ in range(2))
    known.tracker.known = frozenset({"ada"})
    wanted.tracker.report_speech = True
    assert all(urgent for _, urgent in known.steps())
    assert all(urgent for _, urgent in wanted.steps())


def test_speech_that_was_left_out_under_overload_is_no_evidence(
    gallery: Gallery, line: Callable[[str, str], Any]
) -> None:
    stranger = Urgency(gallery, line("norbert", "return"))
    stranger.windows = stranger.windows[::4]
    embedded = 0.0
    for heard, _ in stranger.steps():
        embedded += 1.6
        assert stranger.decisions == ([] if embedded < RULE.min_speech else [Decision.UNKNOWN])
        assert heard < RULE.min_speech or heard > embedded
    (decided,) = (each for each in stranger.events if isinstance(each, Identified))
    assert decided.identification.net_speech_seconds == pytest.approx(embedded, abs=0.1)
