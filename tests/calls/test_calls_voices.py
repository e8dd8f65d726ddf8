"""Who was asked is who is enrolled: consent is bound to the voice that heard the question."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import (
    PATIENCE,
    REQUEST,
    World,
    agent_says,
    all_windows_embedded,
    enroll,
    said,
    speaks,
    until,
    world,
)

from opusagent_hooks import Call, Spoken, Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.calls import greeting
from opusagent_voiceprint.models import Caller, Memory
from opusagent_voiceprint.storage import SQLiteStorage


async def asked(call: SimulatedCall, speech: Any) -> None:
    await speaks(call, REQUEST, speech)
    await agent_says(call, "voiceprint")


async def all_is_heard(ours: World, voice: Any, telephone: Any) -> None:
    """Wait until what was played on any call is dealt with: windows of watched calls may wait a while."""
    async with ours.host.call() as other:
        await other.play(telephone(voice("whisperf", "return")))
        await until(other, lambda: "voiceprint" in other.session.metadata)
        await all_windows_embedded(ours)


def decided(call: SimulatedCall) -> Any:
    return call.session.metadata.get("voiceprint", {}).get("decision")


def long(voice: Any, telephone: Any, name: str) -> Any:
    return np.concatenate([telephone(voice(name, take)) for take in ("enroll", "return")])


@pytest.mark.parametrize(
    ("other", "seconds", "needed"),
    # Noticed while more speech is awaited, and only when there is enough of it.
    [("rms", 4.0, 8.0), ("rms", 4.0, 5.0), ("awb", 4.8, 6.5), ("steph", 5.6, 7.0)],
)
async def test_p21_a_voice_that_takes_over_after_the_yes_is_not_enrolled_under_it(
    tmp_path: Path, voice: Any, telephone: Any, other: str, seconds: float, needed: float
) -> None:
    async with world(tmp_path, enrollment_duration=needed) as ours:
        async with ours.host.call() as call:
            await asked(call, telephone(voice("slt", "enroll"))[: int(8000 * seconds)])
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "My name is Ada.")
            await agent_says(call, "in a sentence or two")
            await call.play(long(voice, telephone, other))
            await all_is_heard(ours, voice, telephone)
        assert ours.callers == []
        assert "enrolled" not in ours.witness.seen


async def test_p21_a_voice_that_takes_over_while_the_name_is_asked_for_is_not_enrolled(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await asked(call, telephone(voice("slt", "enroll")))
            may_go_on, say = asyncio.Event(), call.agent.say

            async def say_slowly(text: str) -> Spoken:
                spoken = await say(text)
                if "name" in text:
                    await may_go_on.wait()
                return spoken

            monkeypatch.setattr(call.agent, "say", say_slowly)
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            # The name is in before voiceprint can know that the voice is another's.
            await speaks(call, "My name is Ada.")
            await call.play(long(voice, telephone, "rms"))
            await all_is_heard(ours, voice, telephone)
            may_go_on.set()
            await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
        assert "enrolled" not in ours.witness.seen


async def test_p21_two_voices_before_the_yes_are_refused_and_it_is_said_why(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    # Too little of the other for a change of voice to be noticed.
    speech = np.concatenate(
        [telephone(voice("slt", "enroll"))[:40_000], telephone(voice("rms", "enroll"))[:20_000]]
    )
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, speech)
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "My name is Ada.")
        await agent_says(call, "more than one voice")
        await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
    assert "no voiceprint is made: two voices" in caplog.text


@pytest.mark.parametrize(
    ("poor", "words", "why"),
    [(False, "in a sentence or two", "too little speech"), (True, "The line is poor", "too poor")],
)
async def test_what_an_enrollment_waits_for_is_said_and_in_the_end_logged(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    caplog: pytest.LogCaptureFixture,
    poor: bool,
    words: str,
    why: str,
) -> None:
    caplog.set_level(logging.INFO)
    values = {"min_audio_quality": 1.0} if poor else {"enrollment_duration": 60.0}
    async with world(tmp_path, **values) as ours:
        async with ours.host.call(call_id="the call") as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await all_is_heard(ours, voice, telephone)
            await speaks(call, "My name is Ada.")
            await agent_says(call, words)
            await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
    assert f"call the call: a voiceprint waits: {why}" in caplog.text
    assert f"call the call: no voiceprint was made: {why}" in caplog.text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Actually, no, I don't want that.", "not keep your voiceprint"),
        ("Never.", "not ask you again"),
        ("Sorry, I am only twelve.", "only ask adults"),
        ("It is about a lamp.", None),
    ],
)
async def test_p7_until_the_voice_is_stored_an_ordinary_no_takes_the_yes_back(
    tmp_path: Path, voice: Any, telephone: Any, words: str, answer: str | None
) -> None:
    async with world(tmp_path, enrollment_duration=9.0) as ours:
        async with ours.host.call() as call:
            await asked(call, telephone(voice("slt", "enroll"))[: 8000 * 6])
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "My name is Ada.")
            await agent_says(call, "in a sentence or two")
            await speaks(call, words)
            if answer is not None:
                await agent_says(call, answer)
            await speaks(call, "Fine.", telephone(voice("slt", "return")))
            await all_is_heard(ours, voice, telephone)
            if answer is None:
                await agent_says(call, "notes")
        # Whoever goes on without a no is enrolled by the same speech.
        assert len(ours.callers) == (1 if answer is None else 0)


@pytest.mark.parametrize("words", ["My name is Tim, I'm twelve years old.", "Tim. I am a kid, I am eleven."])
async def test_p6_a_child_who_gives_a_name_is_not_enrolled(
    tmp_path: Path, voice: Any, telephone: Any, words: str
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, words)
        await agent_says(call, "only ask adults")
        await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []


async def test_p6_a_yes_begun_before_the_question_ended_does_not_count_however_late_it_is_transcribed(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, speed=50.0) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        (begun,) = (e.at for e in call.events if e.kind == "say_started" and "voiceprint" in str(e.data))
        await ours.manager.call_all("transcript", call=call.call, turn=Turn("caller", "Yes.", at=begun + 1.0))
        await agent_says(call, "clear answer")
        assert not any(said(event, "What name") for event in call.events)
        # Begun after it, the same word counts.
        await speaks(call, "Yes.")
        await agent_says(call, "What name")


async def test_p6_without_times_a_yes_on_the_heels_of_the_question_does_not_count(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        say = call.agent.say

        async def say_without_times(text: str) -> Spoken:
            spoken = await say(text)
            if "or don't call for a year? It's" in text:
                # The transcript is here in the same moment: it was spoken into the question.
                await ours.manager.call_all("transcript", call=call.call, turn=Turn("caller", "Yes."))
            return Spoken(spoken.text, spoken.completed)

        monkeypatch.setattr(call.agent, "say", say_without_times)
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await agent_says(call, "clear answer")
        assert not any(said(event, "What name") for event in call.events)
        assert ours.callers == []


async def test_p6_a_no_begun_before_the_question_ended_counts(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, speed=50.0) as ours, ours.host.call() as call:
        await asked(call, telephone(voice("slt", "enroll")))
        (begun,) = (e.at for e in call.events if e.kind == "say_started" and "voiceprint" in str(e.data))
        await ours.manager.call_all("transcript", call=call.call, turn=Turn("caller", "No.", at=begun + 1.0))
        await agent_says(call, "not keep your voiceprint")
        assert ours.callers == []


class SlowToAnswer(SQLiteStorage):
    """Writes at once, and is slow to say so: others see the caller before the writer goes on."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.seen_by_others = threading.Event()
        self.may_answer = threading.Event()
        self.written: set[str] = set()

    def put(self, caller: Caller, *, expected_version: int) -> Caller:
        stored = super().put(caller, expected_version=expected_version)
        if expected_version == 0:
            self.written.add(caller.caller_id)
            assert self.may_answer.wait(4.0)
        return stored

    def get_many(self, caller_ids: Collection[str]) -> list[Caller]:
        callers = super().get_many(caller_ids)
        if not self.written.isdisjoint(caller_ids) and not self.may_answer.is_set():
            self.seen_by_others.set()
        return callers


async def test_nobody_is_recognised_on_the_call_that_enrolls_them(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = SlowToAnswer(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            await asked(call, telephone(voice("slt", "enroll")))
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "My name is Ada.")
            await until(call, store.seen_by_others.is_set)
            await call.play(telephone(voice("slt", "return")))
            await all_is_heard(ours, voice, telephone)
            store.may_answer.set()
            await agent_says(call, "notes")
            await speaks(call, "Yes, please.")
            await agent_says(call, "I will keep notes")
        assert "identified" not in ours.witness.seen
        assert len(ours.callers) == 1


class SlowMemory:
    """A plugin that loads memory, and takes its time."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    @hookimpl
    async def voiceprint_load_memory(self, call: Call) -> Memory:
        self.asked.set()
        await self.may_answer.wait()
        return Memory()


async def test_whoever_handed_the_phone_on_before_the_greeting_was_ready_is_not_greeted(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Usually too short for a change of voice to be noticed.
    monkeypatch.setattr(greeting, "_MEMORY_SECONDS", PATIENCE)
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    slow = SlowMemory()
    async with world(tmp_path, slow) as ours:
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await slow.asked.wait()
            await call.play(telephone(voice("rms", "enroll")))
            await all_is_heard(ours, voice, telephone)
            slow.may_answer.set()
            await until(call, lambda: decided(call) == "unknown")
            assert not any(event.kind == "context_added" for event in call.events)
        assert ours.witness.identified == {}


async def test_p9_what_the_next_person_says_does_not_enter_the_memory_of_the_first(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await speaks(call, "I would like another lamp like the last.", telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "Please send it to my sister this time.")
            speech = telephone(voice("rms", "enroll"))
            # Some seconds pass until it is noticed that somebody else is speaking.
            await speaks(call, "I need to move my oncology appointment to Tuesday.", speech[:20_000])
            await speaks(call, "Are you still there?", speech[20_000:])
            await until(call, lambda: call.session.caller_id is None)
        memory = ours.callers[0].memory.model_dump_json()
        assert "oncology" not in memory
        assert "lamp" in memory
