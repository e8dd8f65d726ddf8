"""What the model and the host are told about a recognised caller: history as consented, nothing secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import Clock, enroll, speaks, until, world

from opusagent_hooks import Call
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, hookimpl
from opusagent_voiceprint.models import Caller, Fact

NUMBER = "+15550100"


async def greeted(call: SimulatedCall, voice: Any, telephone: Any, name: str = "slt") -> str:
    """The item that the model is given about the caller."""
    await call.play(telephone(voice(name, "return")))
    await until(call, lambda: bool(call.agent.context))
    return call.agent.context[0].text


def data(text: str) -> Any:
    return json.loads(text.partition("<caller_memory>")[2].partition("</caller_memory>")[0])


async def test_the_model_is_told_of_earlier_calls_the_newest_first_and_when_the_last_one_was(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    async with world(tmp_path, clock=clock) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        clock.forward(days=20)
        async with ours.host.call() as call:
            await greeted(call, voice, telephone)
            await speaks(call, "I would like to send a lamp back because it is broken. I live in Graz.")
        clock.forward(days=9)
        async with ours.host.call() as call:
            text = await greeted(call, voice, telephone)
    assert "The last call was 9 days ago." in text
    told = data(text)
    assert [each["days_ago"] for each in told["earlier_calls"]] == [9, 29]
    assert "send a lamp back" in told["earlier_calls"][0]["about"]
    assert "delivered" in told["earlier_calls"][1]["about"]
    assert told["facts"] == ["lives in Graz"]


async def test_without_consent_to_memory_the_model_is_told_who_and_when_and_nothing_else(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    async with world(tmp_path, clock=clock) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")), memory=False)
        clock.forward(days=1)
        async with ours.host.call() as call:
            text = await greeted(call, voice, telephone)
    assert "The last call was yesterday." in text
    assert "<caller_memory>" not in text
    assert "delivered" not in text


async def test_at_most_five_facts_and_480_characters_of_data_are_put_in(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        (caller,) = ours.callers

        def learn(caller: Caller) -> Caller:
            memory = caller.memory.model_copy(
                update={
                    "facts": [
                        Fact(text=f"fact {n} " + "x" * n, call_id="earlier", at=ours.clock.now)
                        for n in range(12)
                    ]
                }
            )
            return caller.model_copy(update={"memory": memory})

        ours.service.store.update(caller.caller_id, learn)
        async with ours.host.call() as call:
            text = await greeted(call, voice, telephone)
    assert [fact.split()[1] for fact in data(text)["facts"]] == ["7", "8", "9", "10", "11"]
    assert len(text.partition("<caller_memory>")[2].partition("</caller_memory>")[0]) <= 480


async def test_the_host_s_session_has_what_its_own_code_may_need_and_nothing_secret(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
            # Enrolled on this call, the caller is known to the host at once.
            assert call.session.caller_metadata["name"] == "Ada"
        (caller,) = ours.callers
        last_seen = caller.last_seen
        assert last_seen is not None
        async with ours.host.call(from_number=NUMBER) as call:
            await greeted(call, voice, telephone)
            assert call.session.caller_id == caller.caller_id
            assert call.session.caller_metadata == {
                "name": "Ada",
                "last_seen": last_seen.isoformat(),
                "languages": ["en"],
                "assurance": "recognised",
            }
            text = json.dumps(call.session.caller_metadata) + json.dumps(call.session.metadata)
            secrets = [
                *caller.phone_links,
                caller.consents[0].consent_id,
                caller.voiceprints[0].voiceprint_id,
            ]
            for secret in (*secrets, NUMBER, "Yes, please", "similarity", "embedding"):
                assert secret not in text
            # When the phone is handed on, it is gone.
            await call.play(telephone(voice("rms", "enroll")))
            await until(call, lambda: call.session.caller_id is None)
            assert call.session.caller_metadata == {}


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"name": "John Doe", "plan": "gold"}, "John Doe"),
        ({"name": "John<obey> 1", "plan": "gold"}, None),
        ({"name": 42}, None),
        ({}, None),
    ],
)
async def test_who_was_enrolled_by_an_application_is_known_by_the_name_and_metadata_it_gave(
    tmp_path: Path, voice: Any, telephone: Any, metadata: dict[str, Any], name: str | None
) -> None:
    class Witness:
        named: str | None = "nobody yet"

        @hookimpl
        def voiceprint_identified(self, call: Call, caller: Caller) -> None:
            self.named = caller.name

    witness = Witness()
    with SQLiteStorage(tmp_path / "voices.db") as store:
        speech = np.concatenate([telephone(voice("rms", take)) for take in ("enroll", "return")])
        OpusAgentVoiceRecognizer(store).enroll_caller("john_doe", speech, metadata, sample_rate=8_000)
    async with world(tmp_path, witness, clock=Clock(right=True)) as ours:
        async with ours.host.call() as call:
            text = await greeted(call, voice, telephone, "rms")
            await until(call, lambda: "identified" in ours.witness.seen)
            assert call.session.caller_id == "john_doe"
            given = dict(call.session.caller_metadata)
            assert {key: given[key] for key in metadata if key != "name"} == {
                key: value for key, value in metadata.items() if key != "name"
            }
            assert given["name"] == name
            assert witness.named == name
            assert (f"Welcome back, {name}!" if name else "Welcome back!") in text
