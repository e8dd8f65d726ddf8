"""Calls on a real OpusAgent: asked, enrolled, recognised while speaking, greeted by name, forgotten."""

from __future__ import annotations

import asyncio

import pytest
from calls_on_opusagent import (
    RATE,
    Voice,
    callers,
    context_of,
    enroll,
    phone,
    realtime,
    said_exactly,
    spoken,
    wait_for_words,
)
from opusagent_server import OpusAgentServer
from phone import AudioCodesPhone, Phone, TwilioPhone

BOTH = pytest.mark.parametrize("platform", ["twilio", "audiocodes"])

WHO = {"twilio": ("slt", "Maria", "+15550101"), "audiocodes": ("rms", "Robert", "+15550102")}
ELSEWHERE = "+15550199"


def id_of(caller: Phone) -> str:
    """The call's id, as its platform gives it."""
    return caller.call_sid if isinstance(caller, TwilioPhone) else caller.conversation_id


@BOTH
async def test_a_caller_enrolls_by_conversation_and_is_greeted_by_name_in_the_next_call(
    platform: str, server: OpusAgentServer, voice: Voice
) -> None:
    speaker, name, number = WHO[platform]
    before = callers(server)
    async with realtime(server, always_vad=platform == "twilio") as service:
        async with phone(platform, server, service, number) as caller:
            await service.connection(0, 30.0)
            await enroll(caller, service, 0, voice(speaker, "enroll"), name)
        await asyncio.sleep(1.0)
        assert callers(server) == before + 1

        async with phone(platform, server, service, ELSEWHERE) as caller:
            log = (await service.connection(1, 30.0)).log
            await caller.wait_for_agent(30.0, after=0.0)
            await caller.say(voice(speaker, "return")[: 7 * RATE], words="Has my card been sent?")
            await log.until(lambda: any(name in each for each in spoken(service, 1)), 25.0)
        assert "identified session bridge state metadata True" in server.hooks_called(id_of(caller))
        # Nothing personal before the voice was known, and all of it in the first reply after that.
        first, second = spoken(service, 1)[:2]
        assert name not in first
        assert second.startswith(f"Welcome back, {name}!")
        (context,) = context_of(service, 1)
        assert name in context
        kinds = [(entry.direction, entry.type) for entry in log.entries]
        put = next(
            place
            for place, entry in enumerate(log.entries)
            if entry.type == "conversation.item.create" and entry.message["item"].get("role") == "system"
        )
        assert kinds[:put].count(("sent", "response.created")) == 1, "the greeting, and nothing else"
        assert not log.sent("error")
        assert not log.received("response.cancel")


@BOTH
async def test_whoever_wants_to_be_forgotten_is_forgotten_in_the_same_call(
    platform: str, server: OpusAgentServer, voice: Voice
) -> None:
    speaker, name, _ = WHO[platform]
    before = callers(server)
    assert before, "the test before this one enrolled somebody"
    async with realtime(server, always_vad=platform == "twilio") as service:
        async with phone(platform, server, service, ELSEWHERE) as caller:
            log = (await service.connection(0, 30.0)).log
            await caller.wait_for_agent(30.0, after=0.0)
            await caller.say(voice(speaker, "return")[: 7 * RATE], words="Has my card been sent?")
            await log.until(lambda: any(name in each for each in spoken(service, 0)), 25.0)
            await caller.wait_for_agent(30.0)
            await caller.say(voice(speaker, "return")[: 2 * RATE], words="Please forget my voice.")
            await wait_for_words(service, 0, "deleted")
            assert callers(server) == before - 1
            assert log.received("conversation.item.delete"), "the model's context goes as well"
        async with phone(platform, server, service, ELSEWHERE) as caller:
            await service.connection(1, 30.0)
            await caller.wait_for_agent(30.0, after=0.0)
            await caller.say(voice(speaker, "return")[: 7 * RATE], words="Has my card been sent?")
            await caller.wait_for_agent(30.0)
            assert not context_of(service, 1)
            assert not any(name in each for each in spoken(service, 1))


async def test_two_callers_at_once_have_nothing_of_each_other(server: OpusAgentServer, voice: Voice) -> None:
    async with realtime(server) as service:
        people = (("awb", "Angus"), ("kal16", "Carol"))
        for number, (speaker, name) in enumerate(people):
            async with phone("audiocodes", server, service, f"+1555020{number}") as caller:
                await service.connection(number, 30.0)
                await enroll(caller, service, number, voice(speaker, "enroll"), name)
        await asyncio.sleep(1.0)

        async def call_again(speaker: str) -> None:
            async with phone("audiocodes", server, service, ELSEWHERE, announce=None) as caller:
                await caller.wait_for_agent(30.0, after=0.0)
                await caller.say(voice(speaker, "return")[: 7 * RATE])
                await caller.wait_for_agent(30.0)

        await asyncio.gather(call_again("awb"), call_again("kal16"))
        words = [" ".join([*context_of(service, index), *spoken(service, index)]) for index in (2, 3)]
        assert sorted("Angus" in each for each in words) == [False, True]
        assert sorted("Carol" in each for each in words) == [False, True]
        assert not any("Angus" in each and "Carol" in each for each in words)


@BOTH
async def test_a_call_that_drops_ends_and_the_next_one_begins(
    platform: str, server: OpusAgentServer, voice: Voice
) -> None:
    async with realtime(server, always_vad=platform == "twilio") as service:
        caller = phone(platform, server, service, ELSEWHERE)
        await caller.__aenter__()
        await service.connection(0, 30.0)
        await caller.wait_for_agent(30.0, after=0.0)
        await caller.drop()
        call_id = id_of(caller)
        for _ in range(100):
            if "call_end connection_lost" in server.hooks_called(call_id):
                break
            await asyncio.sleep(0.05)
        hooks = server.hooks_called(call_id)
        assert hooks[-1] == "call_end connection_lost"
        assert [each.split()[0] for each in hooks].count("call_start") == 1
        async with phone(platform, server, service, ELSEWHERE) as caller:
            await service.connection(1, 30.0)
            await caller.wait_for_agent(30.0, after=0.0)


@pytest.mark.parametrize(
    ("media_format", "number"), [("raw/lpcm16_8", "+15550103"), ("raw/lpcm16_24", "+15550104")]
)
async def test_a_voice_is_heard_at_every_rate_that_audiocodes_offers(
    media_format: str, number: str, server: OpusAgentServer, voice: Voice
) -> None:
    async with realtime(server) as service:
        async with AudioCodesPhone(
            server.audiocodes, caller=number, formats=(media_format,), announce=service.announce
        ) as caller:
            assert caller.media_format == media_format
            await service.connection(0, 30.0)
            await caller.wait_for_agent(30.0, after=0.0)
            await caller.say(voice("steph", "enroll"), words="I have lost my card.")
            # Only a voice that was heard for long enough, and is nobody's, is asked.
            await wait_for_words(service, 0, "keep voiceprints")
            await caller.wait_for_agent(30.0)
            await caller.say(voice("steph", "enroll")[:RATE], words="No.")
            await caller.wait_for_agent(30.0)
        assert len(said_exactly(service, 0)) <= 2
