"""Progressive enrollment: later calls of an enrolled caller add voiceprints, within what was agreed to."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import World, all_windows_embedded, enroll, until, world

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.calls.progressive import certainty, may_have_another
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery, Probe, log_odds
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Voiceprint,
)

NUMBER = "+4366412345678"
OTHER_NUMBER = "+15550123"


async def calls_again(ours: World, samples: Any, number: str | None = NUMBER, rate: int = 8000) -> None:
    """A call by a caller who is recognised, speaks on, and hangs up."""
    before = len(ours.witness.identified)
    async with ours.host.call(from_number=number, call_id=f"call-{before}") as call:
        await call.play(samples, sample_rate=rate, encoding="mulaw" if rate == 8000 else "pcm16")
        await until(call, lambda: len(ours.witness.identified) > before)
        await call.play(samples, sample_rate=rate, encoding="mulaw" if rate == 8000 else "pcm16")
        await all_windows_embedded(ours)


def stored(ours: World) -> list[Voiceprint]:
    (caller,) = ours.callers
    return caller.voiceprints


@pytest.fixture
def returning(voice: Any, telephone: Any) -> Any:
    return telephone(voice("slt", "return"))


async def enrolled(ours: World, voice: Any, telephone: Any) -> None:
    async with ours.host.call(from_number=NUMBER, call_id="the first call") as call:
        await enroll(call, telephone(voice("slt", "enroll")))
        # What is said after the enrollment belongs to the same call and adds nothing.
        await call.play(telephone(voice("slt", "return")))
        await all_windows_embedded(ours)
    assert [each.source for each in stored(ours)] == ["conversation"]


async def test_p22_a_call_on_another_day_adds_a_voiceprint_that_says_where_it_came_from_and_can_be_undone(
    tmp_path: Path, voice: Any, telephone: Any, returning: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        ours.clock.forward(days=1)
        await calls_again(ours, returning)
        first, second = stored(ours)
        assert (first.source, first.call_id) == ("conversation", "the first call")
        assert (second.source, second.call_id) == ("progressive", "call-0")
        assert second.encoder == first.encoder
        assert second.net_speech_seconds >= 5.0
        assert second.created_at == ours.clock.now.isoformat(timespec="seconds")
        # Each can be taken out again.
        assert ours.service.store.remove_voiceprint(first.caller_id, second.voiceprint_id)
        assert stored(ours) == [first]


async def test_the_same_line_on_the_same_day_adds_nothing_and_another_line_does(
    tmp_path: Path, voice: Any, telephone: Any, returning: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        await calls_again(ours, returning)
        assert len(stored(ours)) == 1
        await calls_again(ours, voice("slt", "return"), rate=16_000)
        assert [each.channel for each in stored(ours)] == ["narrow", "wide"]
        assert stored(ours)[1].wide_embedding is not None


async def test_p22_no_more_than_the_maximum_are_added(
    tmp_path: Path, voice: Any, telephone: Any, returning: Any
) -> None:
    async with world(tmp_path, max_voiceprints_per_caller=2) as ours:
        await enrolled(ours, voice, telephone)
        for _ in range(3):
            ours.clock.forward(days=1)
            await calls_again(ours, returning)
        assert [each.source for each in stored(ours)] == ["conversation", "progressive"]


async def test_p22_it_can_be_switched_off(tmp_path: Path, voice: Any, telephone: Any, returning: Any) -> None:
    async with world(tmp_path, progressive_enrollment=False) as ours:
        await enrolled(ours, voice, telephone)
        ours.clock.forward(days=1)
        await calls_again(ours, returning)
        assert len(stored(ours)) == 1


async def test_p21_whoever_takes_the_phone_over_is_not_added_to_the_caller_before(
    tmp_path: Path, voice: Any, telephone: Any, returning: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        ours.clock.forward(days=1)
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(returning)
            await until(call, lambda: "identified" in ours.witness.seen)
            await call.play(np.concatenate([telephone(voice("rms", take)) for take in ("enroll", "return")]))
            await until(call, lambda: call.session.caller_id is None)
        assert len(stored(ours)) == 1


async def test_p21_a_call_whose_voice_nobody_would_name_adds_nothing(
    tmp_path: Path, voice: Any, telephone: Any, returning: Any
) -> None:
    # Recognised on the first words; with all that follows the voice is the caller's beyond doubt no more.
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        ours.clock.forward(days=1)
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(returning)
            await until(call, lambda: "identified" in ours.witness.seen)
            await all_windows_embedded(ours)  # and the follower has taken in what the first call wrote
            models = ours.service.models
            assert models is not None
            (known,) = stored(ours)
            models.put(known.caller_id, [known.model_copy(update={"embedding": -known.embedding})])
            await call.play(returning)
            await all_windows_embedded(ours)
        assert len(stored(ours)) == 1


# The gate by itself

DIMENSION = 4
GALLERY_POINT = 0.75


def a_voiceprint(embedding: Any, **fields: Any) -> Voiceprint:
    whole = {"caller_id": "mother", "encoder": "e", "channel": "narrow", "created_at": "2026-01-01", **fields}
    return Voiceprint(embedding=embedding, **whole)


def sounding(similarity: float, seconds: float = 8.0, clipped: float = 0.0) -> VoiceSample:
    """A voice that is so much like the first axis."""
    cosine = GALLERY_POINT + 2 * (log_odds(similarity) - log_odds(0.75)) / 30
    vector = np.array([cosine, np.sqrt(1 - cosine**2), 0, 0], dtype=np.float32)
    probe = Probe(vector, None, "narrow", 40.0)
    return VoiceSample(0, np.stack([vector] * 8), probe, seconds, 0.9, clipped, "e", "")


def a_gallery(**others: Any) -> Gallery:
    gallery = Gallery(Backend.of_cosine("e", DIMENSION, (GALLERY_POINT,) * 3))
    gallery.put("mother", [a_voiceprint(np.eye(DIMENSION)[0])])
    for name, vector in others.items():
        gallery.put(name, [a_voiceprint(vector, caller_id=name)])
    return gallery


RULE = DecisionRule.of(VoiceFingerprintConfig(_env_file=None))


@pytest.mark.parametrize(
    ("similarity", "seconds", "clipped", "sure"),
    [
        (0.96, 3.0, 0.0, "high"),
        (0.94, 3.0, 0.0, "recognised"),
        (0.76, 3.0, 0.0, "recognised"),
        (0.74, 3.0, 0.0, "none"),
        # What the rule would not name after so much speech, or clipped as it is, is not added either.
        (0.76, 60.0, 0.0, "none"),
        (0.96, 60.0, 0.0, "recognised"),
        (0.76, 3.0, 0.1, "none"),
        (0.96, 3.0, 0.1, "recognised"),
    ],
)
def test_p21_only_a_voice_that_the_rule_names_is_sure_and_the_number_does_not_count(
    similarity: float, seconds: float, clipped: float, sure: str
) -> None:
    assert (
        certainty(a_gallery(), RULE, sounding(similarity, seconds, clipped), a_caller(a_voiceprint(AXIS)))
        == sure
    )


def test_p21_a_voice_that_two_callers_have_is_nobodys_for_sure() -> None:
    twin = np.array([0.9999, 0.0141, 0, 0])
    assert certainty(a_gallery(), RULE, sounding(0.96, 3.0), a_caller(a_voiceprint(AXIS))) == "high"
    assert certainty(a_gallery(twin=twin), RULE, sounding(0.96, 3.0), a_caller(a_voiceprint(AXIS))) == "none"


def test_p21_another_callers_voice_is_not_the_callers() -> None:
    another = a_caller(a_voiceprint(AXIS)).model_copy(update={"caller_id": "somebody else"})
    assert certainty(a_gallery(), RULE, sounding(0.96, 3.0), another) == "none"


def a_caller(*voiceprints: Voiceprint, **consent: Any) -> Caller:
    granted = {
        "purpose": Purpose.VOICEPRINT,
        "decision": ConsentDecision.GRANTED,
        "evidence": ConsentEvidence.CONVERSATION,
        "at": NOW,
        "policy_version": "1",
        "covers_later_calls": True,
        **consent,
    }
    return Caller(caller_id="mother", consents=[ConsentRecord(**granted)], voiceprints=list(voiceprints))


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
AXIS = np.eye(DIMENSION)[0]


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        (a_caller(a_voiceprint(AXIS)), True),
        (a_caller(a_voiceprint(AXIS), covers_later_calls=False), False),
        (
            a_caller(a_voiceprint(AXIS), covers_later_calls=False, evidence=ConsentEvidence.APPLICATION),
            True,
        ),
        (a_caller(a_voiceprint(AXIS), decision=ConsentDecision.WITHDRAWN), False),
        (a_caller(a_voiceprint(AXIS), purpose=Purpose.MEMORY), False),
        (a_caller(*[a_voiceprint(AXIS)] * 3), False),
        # What another encoder made does not count, since it is of no use to this one.
        (a_caller(*[a_voiceprint(AXIS, encoder="before")] * 3, a_voiceprint(AXIS)), True),
        (a_caller(a_voiceprint(AXIS, call_id="this call")), False),
        (a_caller(a_voiceprint(AXIS, created_at="2026-03-02T08:00:00+00:00")), False),
        (a_caller(a_voiceprint(AXIS, created_at="2026-03-02T08:00:00+00:00", channel="wide")), True),
    ],
)
def test_p3_a_voiceprint_is_added_only_as_far_as_consent_and_maximum_go(
    caller: Caller, allowed: bool
) -> None:
    settings = VoiceFingerprintConfig(_env_file=None)
    assert may_have_another(caller, sounding(0.96), "this call", NOW, settings) is allowed


# A voice that becomes another one, a little with each call

STEPS = 1000
STRANGER = "stranger"


def turned(angle: float) -> Any:
    """A voice so far from the caller's own, of which a quarter turn is all the way to somebody else's."""
    return np.array([np.cos(angle), np.sin(angle), 0, 0], dtype=np.float32)


def heard(vector: Any) -> VoiceSample:
    probe = Probe(vector, None, "narrow", 40.0)
    return VoiceSample(0, np.stack([vector] * 8), probe, 8.0, 0.9, 0.0, "e", "")


def named(gallery: Gallery, vector: Any) -> str | None:
    return RULE.decide(gallery.search(heard(vector).probe), 8.0, 0.9, final=True).caller_id


def after_a_call(caller: Caller, gallery: Gallery, vector: Any, step: int, most: int) -> Caller:
    """The caller after a call of this voice from their own number, as a call that is over leaves them."""
    settings, sample = VoiceFingerprintConfig(_env_file=None, max_voiceprints_per_caller=most), heard(vector)
    at, call_id = NOW + timedelta(days=step + 1), f"call {step}"
    if certainty(gallery, RULE, sample, caller) == "none":
        return caller
    if not may_have_another(caller, sample, call_id, at, settings):
        return caller
    added = a_voiceprint(vector, source="progressive", call_id=call_id, created_at=at.isoformat())
    gallery.put("mother", [*caller.voiceprints, added])
    return caller.model_copy(update={"voiceprints": [*caller.voiceprints, added]})


@pytest.mark.parametrize(("enrolled", "most"), [(True, 3), (False, 3), (False, 20)])
def test_p22_a_voice_that_drifts_for_a_thousand_calls_takes_the_caller_nowhere(
    enrolled: bool, most: int
) -> None:
    others = {STRANGER: turned(np.pi / 2)} if enrolled else {}
    gallery, anchor = a_gallery(**others), a_voiceprint(AXIS, source="conversation", call_id="enrolled")
    caller, before = a_caller(anchor), anchor.model_dump_json()
    last_named = 0
    for step in range(STEPS):
        voice_now = turned(np.pi / 2 * (step + 1) / STEPS)
        caller = after_a_call(caller, gallery, voice_now, step, most)
        assert caller.voiceprints[0].model_dump_json() == before, "the anchor is what it was"
        assert len(caller.voiceprints) <= most
        last_named = step if named(gallery, voice_now) == "mother" else last_named
    assert named(gallery, turned(0.0)) == "mother", "who enrolled is still known"
    assert named(gallery, turned(np.pi / 2)) == (STRANGER if enrolled else None)
    assert 0 < last_named < STEPS * 0.6
    # Undone: what is left without them is what was enrolled.
    left = [each for each in caller.voiceprints if each.source != "progressive"]
    assert [each.model_dump_json() for each in left] == [before]


@pytest.mark.parametrize("most", [3, 20])
@pytest.mark.parametrize("enrolled", [True, False])
def test_p22_not_even_as_far_as_each_call_is_still_believed(enrolled: bool, most: int) -> None:
    # The worst there is: every call is as different from what is known as may just be added.
    others = {STRANGER: turned(np.pi / 2)} if enrolled else {}
    gallery, caller = a_gallery(**others), a_caller(a_voiceprint(AXIS))
    angle = 0.0
    for step in range(2 * most):  # of which all but one can be added
        further = [
            each
            for each in np.linspace(angle, np.pi / 2, 60)
            if certainty(gallery, RULE, heard(turned(each)), caller) != "none"
        ]
        angle = max(further, default=angle)
        caller = after_a_call(caller, gallery, turned(angle), step, most)
    assert len(caller.voiceprints) == most
    assert named(gallery, turned(np.pi / 2)) == (STRANGER if enrolled else None)
    if most == 3:  # nineteen at the very edge outweigh the one that enrolled
        assert named(gallery, turned(0.0)) == "mother", "who enrolled is still known"
    assert caller.voiceprints[0] == a_voiceprint(AXIS, voiceprint_id=caller.voiceprints[0].voiceprint_id)
