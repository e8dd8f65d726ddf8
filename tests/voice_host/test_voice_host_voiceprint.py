"""Voiceprint on the example host: real voices over real websockets, in both dialects."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hosted import SPEED, Caller, calling, context, hosting, replies, serving, until
from phone import TwilioPhone
from realtime_model import GREETING
from worlds import REQUEST, world

from examples.voice_host.app import create_app
from examples.voice_host.scripted_agent import NOT_UNDERSTOOD, ScriptedAgent, tone
from opusagent_voiceprint.models import Purpose

NUMBER = "+15550100"
SHORT, LONG = 12_000, 120_000  # samples of a recording at 16 kHz
RETURN = "Hello again, one of the two lamps is broken, and I want to send it back."


async def enroll(caller: Caller, name: str, voice: Any, speaker: str) -> None:
    """An unknown caller agrees to be remembered."""
    short = voice(speaker, "return")[:SHORT]
    await caller.hears(GREETING)
    await caller.says(REQUEST, voice(speaker, "enroll")[:LONG])
    await caller.hears("voiceprint")
    await caller.says("Yes, please.", short)
    await caller.hears("name")
    await caller.says(f"My name is {name}.", short)
    await caller.hears("notes")
    await caller.says("Yes, please.", short)
    await caller.hears("I will keep notes")


async def come_back(caller: Caller, voice: Any, speaker: str) -> None:
    """The caller returns, and is answered."""
    await caller.hears(GREETING)
    await caller.says(RETURN, voice(speaker, "return")[:LONG])
    await caller.session.log.until(lambda: len(replies(caller.session)) >= 2, 20)


def where(session: Any, kind: str, holding: str = "") -> int:
    """The position in the log of the first message of a type, with these words in it."""
    return next(
        index
        for index, entry in enumerate(session.log.entries)
        if entry.type == kind and holding in str(entry.message)
    )


@pytest.mark.parametrize("dialect", ["beta", "ga"])
async def test_a_caller_is_enrolled_by_conversation_and_greeted_by_name_the_next_time(
    tmp_path: Path, voice: Any, dialect: str
) -> None:
    async with world(tmp_path) as ours, hosting(ours.manager, dialect) as (url, service):
        async with calling(url, service, from_number=NUMBER) as caller:
            await enroll(caller, "Ada", voice, "slt")
            assert not any("Ada" in text for text in context(caller.session))
            assert not caller.session.log.sent("error")
        [known] = ours.callers
        assert known.name == "Ada"
        assert known.consent(Purpose.VOICEPRINT) is not None
        assert known.consent(Purpose.MEMORY) is not None

        async with calling(url, service, from_number=NUMBER, speed=6.0) as caller:
            await come_back(caller, voice, "slt")
            session = caller.session
            assert replies(session)[0] == GREETING
            assert replies(session)[1].startswith("Welcome back, Ada!")
            # Recognised while speaking: the model knew before the caller had finished.
            created = where(session, "conversation.item.create", "Ada")
            assert created < where(session, "input_audio_buffer.speech_stopped")
            await caller.says("Thank you.", voice("slt", "return")[:SHORT])
            await session.log.until(lambda: len(replies(session)) >= 3, 20)
            assert "Ada" not in replies(session)[2]
            assert len(context(session)) == 1
            assert not session.log.sent("error")


async def test_a_withdrawal_erases_at_once_and_is_confirmed(tmp_path: Path, voice: Any) -> None:
    async with world(tmp_path) as ours, hosting(ours.manager) as (url, service):
        async with calling(url, service, from_number=NUMBER) as caller:
            await enroll(caller, "Ada", voice, "slt")
        async with calling(url, service, from_number=NUMBER) as caller:
            await come_back(caller, voice, "slt")
            await caller.hears("Ada")
            await caller.says("Forget my voice.", voice("slt", "return")[:SHORT])
            await caller.hears("deleted")
            assert ours.callers == []
            session = caller.session
            await until(lambda: session.log.sent("conversation.item.deleted"))
            left = [item.text for item in session.conversation.read() if item.role == "system"]
            assert not any("Ada" in text for text in left)
            assert not session.log.sent("error")


async def test_a_line_that_drops_in_the_middle_of_the_question_leaves_nothing(
    tmp_path: Path, voice: Any
) -> None:
    async with world(tmp_path) as ours, hosting(ours.manager) as (url, service):
        async with calling(url, service, from_number=NUMBER) as caller:
            await caller.hears(GREETING)
            await caller.says(REQUEST, voice("slt", "enroll")[:LONG])
            await caller.session.log.until(
                lambda: any("voiceprint" in text for text in replies(caller.session)), 20
            )
            await caller.phone.drop()
        await until(lambda: ours.service.active_calls == 0)
        assert ours.callers == []


async def test_two_callers_at_once_share_nothing(tmp_path: Path, voice: Any) -> None:
    people = {"Ada": "slt", "Grace": "rms"}
    async with world(tmp_path) as ours, hosting(ours.manager) as (url, service):
        async with calling(url, service) as ada, calling(url, service) as grace:
            await asyncio.gather(
                enroll(ada, "Ada", voice, people["Ada"]), enroll(grace, "Grace", voice, people["Grace"])
            )
        assert {caller.name for caller in ours.callers} == set(people)
        async with calling(url, service, speed=6.0) as ada, calling(url, service, speed=6.0) as grace:
            await asyncio.gather(
                come_back(ada, voice, people["Ada"]), come_back(grace, voice, people["Grace"])
            )
            for caller, name, other in ((ada, "Ada", "Grace"), (grace, "Grace", "Ada")):
                assert replies(caller.session)[1].startswith(f"Welcome back, {name}!")
                everything = str(caller.session.log.entries)
                assert name in everything
                assert other not in everything


async def test_without_any_service_a_caller_is_enrolled_with_the_phones_keys(
    tmp_path: Path, voice: Any
) -> None:
    said: list[str] = []

    async def speak(text: str) -> Any:
        said.append(text)
        return tone(0.0015 * len(text))

    async def heard(phone: TwilioPhone, words: str) -> None:
        await until(lambda: any(words in text for text in said))
        await until(lambda: len(phone.log.sent("mark")) == len(said))
        await asyncio.sleep(0.12)

    async with world(tmp_path) as ours:
        app = create_app(manager=ours.manager, connect=lambda: scripted(speak))
        async with serving(app) as address:
            async with TwilioPhone(f"ws://{address}/twilio-agent", speed=SPEED) as phone:
                await heard(phone, GREETING)
                await phone.say(voice("slt", "enroll")[:LONG])
                await heard(phone, NOT_UNDERSTOOD)
                for key, answer in (
                    ("0", "voiceprint"),
                    ("1", "What name"),
                    ("3", "short notes"),
                    ("1", "I will keep notes"),
                ):
                    await phone.press(key)
                    await heard(phone, answer)
            [known] = ours.callers
            assert known.name == "Ada"
            said.clear()
            async with TwilioPhone(f"ws://{address}/twilio-agent", speed=6.0) as phone:
                await heard(phone, GREETING)
                await phone.say(voice("slt", "return")[:LONG])
                await until(lambda: any("Welcome back, Ada!" in text for text in said))


def scripted(speak: Any) -> Any:
    import contextlib

    @contextlib.asynccontextmanager
    async def connect() -> Any:
        yield ScriptedAgent(speak)

    return connect()
