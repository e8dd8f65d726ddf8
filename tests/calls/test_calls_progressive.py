"""Progressive enrollment: later calls of an enrolled caller add voiceprints, within what was agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import World, enroll, until, world

from opusagent_voiceprint.models import Voiceprint

NUMBER = "+4366412345678"
OTHER_NUMBER = "+15550123"


async def calls_again(ours: World, samples: Any, number: str | None = NUMBER, rate: int = 8000) -> None:
    """A call by a caller who is recognised, speaks on, and hangs up."""
    before = len(ours.witness.identified)
    async with ours.host.call(from_number=number, call_id=f"call-{before}") as call:
        await call.play(samples, sample_rate=rate, encoding="mulaw" if rate == 8000 else "pcm16")
        await until(call, lambda: len(ours.witness.identified) > before)
        await call.play(samples, sample_rate=rate, encoding="mulaw" if rate == 8000 else "pcm16")
        await call.settle()


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
        await call.settle()
    assert [each.source for each in stored(ours)] == ["conversation"]


async def test_a_call_on_another_day_adds_a_voiceprint_that_says_where_it_came_from(
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


async def test_no_more_than_the_maximum_are_added(
    tmp_path: Path, voice: Any, telephone: Any, returning: Any
) -> None:
    async with world(tmp_path, max_voiceprints_per_caller=2) as ours:
        await enrolled(ours, voice, telephone)
        for _ in range(3):
            ours.clock.forward(days=1)
            await calls_again(ours, returning)
        assert [each.source for each in stored(ours)] == ["conversation", "progressive"]


async def test_it_can_be_switched_off(tmp_path: Path, voice: Any, telephone: Any, returning: Any) -> None:
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


async def test_p21_an_unknown_voice_on_a_known_number_adds_nothing(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, consent_enabled=False) as ours:
        pass
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        ours.clock.forward(days=1)
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: "unknown" in ours.witness.seen)
        assert len(stored(ours)) == 1
