"""Where only a yes allows listening, a known number's caller is asked to be recognised; nothing is kept."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import REQUEST, World, agent_says, all_windows_embedded, said, speaks, until, world

from opusagent_hooks import Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.calls.questions import Question, Questions
from opusagent_voiceprint.consent import ConsentScript, default_script
from opusagent_voiceprint.models import Caller, Purpose

NUMBER = "+4366412345678"
EU: dict[str, Any] = {"policy": "eu", "dpia_reference": "DPIA-7", "organization": "Acme Bank"}
TEXAS: dict[str, Any] = {"policy": "us-tx", "organization": "Acme Bank"}

ENROLLMENT = "keep voiceprints from your calls"
RECOGNITION = "May Acme Bank recognise you by your voice on this call?"


def built_in() -> ConsentScript:
    script = default_script("en", "Acme Bank", 365)
    assert script is not None
    return script


class EarlierWords:
    """A plugin whose words were written before there was a question about recognition."""

    @hookimpl
    def voiceprint_consent_script(self) -> ConsentScript:
        usual = {
            name: words
            for name, words in built_in().model_dump().items()
            if not name.startswith("recognition_")
        }
        return ConsentScript(**{**usual, "version": "acme-3"})


def windows(ours: World) -> int:
    """How many windows of speech the encoders were given."""
    assert ours.service.models is not None
    return sum(model.engine.embedded_windows for model in ours.service.models.all)


def was_asked(call: SimulatedCall, words: str) -> bool:
    return any(said(event, words) for event in call.events)


def kept(caller: Caller) -> tuple[Any, ...]:
    return caller.caller_id, caller.name, caller.voiceprints, caller.consents


@pytest.fixture
def speech(voice: Any, telephone: Any) -> Any:
    return lambda who, take: telephone(voice(who, take))


async def agrees(call: SimulatedCall, name: str, samples: Any) -> None:
    """Says yes to the question about voiceprints, and no to notes."""
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")
    await speaks(call, f"{name}.")
    await call.play(samples)
    await agent_says(call, "notes")
    await speaks(call, "No.")
    await agent_says(call, "I will not keep notes")


async def is_enrolled(ours: World, speech: Any) -> Caller:
    """Ada enrolls from the number, and a day goes by."""
    async with ours.host.call(from_number=NUMBER) as call:
        await speaks(call, REQUEST)
        await agent_says(call, ENROLLMENT)
        await agrees(call, "Ada", speech("slt", "enroll"))
    (caller,) = ours.callers
    ours.clock.forward(days=1)
    ours.witness.seen.clear()
    return caller


async def is_asked_about_recognition(ours: World, call: SimulatedCall, samples: Any) -> None:
    """The question comes, and so far the voice is not looked at."""
    before = windows(ours)
    await speaks(call, REQUEST, samples)
    await agent_says(call, RECOGNITION)
    await all_windows_embedded(ours)
    assert windows(ours) == before
    assert not was_asked(call, ENROLLMENT)
    assert not call.agent.context


@pytest.mark.parametrize("profile", [EU, TEXAS], ids=["eu", "us-tx"])
async def test_p1_where_consent_comes_first_a_returning_caller_is_recognised_after_a_yes_and_nothing_is_kept(
    tmp_path: Path, speech: Any, profile: dict[str, Any]
) -> None:
    async with world(tmp_path, **profile) as ours:
        before = await is_enrolled(ours, speech)
        agreed = len(ours.witness.consents)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            assert "identified" not in ours.witness.seen
            await speaks(call, "Yes, please.")
            await agent_says(call, "Please go on.")
            await speaks(call, "It is about a lamp.", speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
            assert "Ada" in str(call.agent.context)
            await call.play(speech("slt", "enroll"))
            await all_windows_embedded(ours)
            assert not was_asked(call, "name")
        assert ours.witness.seen.count("identified") == 1
        (after,) = ours.callers
        # The same call adds a voiceprint where the question was the one about voiceprints: see below.
        assert kept(after) == kept(before)
        assert after.last_seen == ours.clock.now
        assert len(ours.witness.consents) == agreed


async def test_words_without_a_recognition_question_ask_about_voiceprints_and_a_yes_to_that_covers_one_more(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, EarlierWords(), **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST)
            await agent_says(call, ENROLLMENT)
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "Ada.", speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
            await call.play(speech("slt", "enroll"))
            await all_windows_embedded(ours)
            assert not was_asked(call, "recognise you by your voice")
        (after,) = ours.callers
        assert after.caller_id == before.caller_id
        assert [each.source for each in after.voiceprints] == ["conversation", "progressive"]


@pytest.mark.parametrize(
    ("words", "reply", "again"),
    [
        ("No.", "I will not recognise you by your voice. Nothing else changes.", True),
        ("Not now.", "I will not recognise you by your voice. Nothing else changes.", True),
        ("Never ask me again.", "and I will not ask you again.", False),
    ],
)
async def test_p1_p7_after_a_no_the_encoder_is_never_called_and_the_no_is_remembered_like_any_other(
    tmp_path: Path, speech: Any, words: str, reply: str, again: bool
) -> None:
    async with world(tmp_path, retention_days=365, **EU) as ours:
        before = await is_enrolled(ours, speech)
        embedded = windows(ours)

        async def calls(question: bool) -> SimulatedCall:
            async with ours.host.call(from_number=NUMBER) as call:
                await speaks(call, REQUEST, speech("slt", "return"))
                if question:
                    await agent_says(call, RECOGNITION)
                    await speaks(call, words)
                    await agent_says(call, reply)
                    assert not was_asked(call, "voiceprint.")
                await speaks(call, "Thank you, that is all.", speech("slt", "return"))
                await all_windows_embedded(ours)
            assert was_asked(call, RECOGNITION) is question
            assert not was_asked(call, ENROLLMENT)
            assert windows(ours) == embedded
            return call

        await calls(question=True)
        assert kept(ours.callers[0]) == kept(before)
        ours.clock.forward(days=150)
        await calls(question=False)
        ours.clock.forward(days=50)
        await calls(question=again)


async def test_p21_a_stranger_on_the_number_is_neither_recognised_nor_stored_and_enrolls_by_another_question(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        agreed = len(ours.witness.consents)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("rms", "enroll"))
            await speaks(call, "Yes, please.")
            await agent_says(call, "Please go on.")
            await call.play(speech("rms", "enroll"))
            await until(call, lambda: "unknown" in ours.witness.seen)
            await speaks(call, "And what does it cost to send it back?")
            assert not call.agent.context
            assert not was_asked(call, ENROLLMENT)
            assert [kept(each) for each in ours.callers] == [kept(before)]
            assert len(ours.witness.consents) == agreed
            await speaks(call, "Please remember my voice.")
            assert (await call.use_tool("voiceprint_enroll"))["status"] in ("will_be_asked", "being_asked")
            await agent_says(call, ENROLLMENT)
            await agrees(call, "Charles", speech("rms", "return"))
        stored = {each.name: each for each in ours.callers}
        assert set(stored) == {"Ada", "Charles"}
        assert kept(stored["Ada"]) == kept(before)
        assert stored["Charles"].phone_links == before.phone_links
        assert [each.source for each in stored["Charles"].voiceprints] == ["conversation"]
        assert stored["Charles"].consent(Purpose.VOICEPRINT) is not None


async def test_p3_who_says_yes_to_recognition_and_no_to_voiceprints_is_listened_to_no_more(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("rms", "enroll"))
            await speaks(call, "Yes, please.")
            await agent_says(call, "Please go on.")
            await call.play(speech("rms", "enroll"))
            await until(call, lambda: "unknown" in ours.witness.seen)
            await speaks(call, "Please remember my voice.")
            await call.use_tool("voiceprint_enroll")
            await agent_says(call, ENROLLMENT)
            await speaks(call, "No.")
            await agent_says(call, "I will not keep your voiceprint")
            await all_windows_embedded(ours)
            embedded = windows(ours)
            await call.play(speech("rms", "return"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded
        assert [kept(each) for each in ours.callers] == [kept(before)]


async def test_who_asks_to_be_remembered_before_any_question_is_asked_about_voiceprints_on_a_known_number_too(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Please remember my voice.")
            await agent_says(call, ENROLLMENT)
            assert not was_asked(call, RECOGNITION)


async def test_p1_an_unknown_number_is_asked_about_voiceprints_as_ever(tmp_path: Path, speech: Any) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        for number in ("+15550123", None):
            async with ours.host.call(from_number=number) as call:
                await speaks(call, REQUEST, speech("slt", "return"))
                await agent_says(call, ENROLLMENT)
                assert not was_asked(call, RECOGNITION)


async def test_p1_the_yes_of_one_voice_does_not_have_the_next_one_compared(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            await speaks(call, "Yes, please.")
            await agent_says(call, "Please go on.")
            await call.play(speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
            await call.play(np.concatenate([speech("rms", take) for take in ("enroll", "return")]))
            await until(call, lambda: call.session.caller_id is None)
            await all_windows_embedded(ours)
            embedded = windows(ours)
            await call.play(speech("rms", "enroll"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded
            # The next one may ask to be remembered, and is asked then.
            await speaks(call, "Please remember my voice.")
            await call.use_tool("voiceprint_enroll")
            await agent_says(call, ENROLLMENT)
            await speaks(call, "No.")
            await agent_says(call, "I will not keep your voiceprint")
        assert [kept(each) for each in ours.callers] == [kept(before)]


async def test_who_said_yes_and_asks_to_be_remembered_is_first_compared_as_they_may_be_known(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            await speaks(call, "Yes, please.")
            await agent_says(call, "Please go on.")
            await speaks(call, "Please remember my voice.")
            assert (await call.use_tool("voiceprint_enroll"))["status"] == "listening_first"
            await speaks(call, "Thank you. It is about a lamp.", speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "That is all that I wanted to know about it.")
            assert not was_asked(call, ENROLLMENT)
        assert [kept(each) for each in ours.callers] == [kept(before)]


async def test_p8_who_is_recognised_after_a_yes_is_erased_at_a_word_and_before_it_the_number_is_suspended(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            await speaks(call, "Yes, please.")
            await agent_says(call, "Please go on.")
            await call.play(speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "deleted")
        assert ours.callers == []
    async with world(tmp_path / "suspended", **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "stopped recognising anybody from this number")
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, speech("slt", "return"))
            await speaks(call, "Thank you, that is all.")
            assert not was_asked(call, RECOGNITION)
        assert len(ours.callers) == 1


@pytest.mark.parametrize(
    ("language", "request_", "yes"),
    [
        ("de", "Ich möchte gern wissen, wann meine Bestellung kommt.", "Ja, gern."),
        ("es", "Quisiera saber cuándo llega mi pedido.", "Sí, claro."),
        ("fr", "Je voudrais savoir quand ma commande arrive.", "Oui, d'accord."),
    ],
)
async def test_p1_the_recognition_question_is_asked_and_answered_in_the_call_s_language(
    tmp_path: Path, speech: Any, language: str, request_: str, yes: str
) -> None:
    script = default_script(language, "Acme Bank", 365)
    assert script is not None
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER, parameters={"language": language}) as call:
            embedded = windows(ours)
            await speaks(call, request_, speech("slt", "return"))
            await agent_says(call, str(script.recognition_question))
            assert windows(ours) == embedded
            await speaks(call, yes)
            await agent_says(call, str(script.recognition_granted))
            await call.play(speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
        assert [kept(each) for each in ours.callers] == [kept(before)]


async def test_p6_two_unclear_answers_are_no_yes_and_a_yes_after_them_has_no_voice_compared(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            embedded = windows(ours)
            await speaks(call, "Well, I only wanted to know about my order.", speech("slt", "return"))
            await agent_says(call, "for this I need a clear answer")
            await speaks(call, "It should have come on Tuesday.", speech("slt", "return"))
            await until(call, lambda: call.replies[-1].to.startswith("It should"))
            await speaks(call, "Yes, please.", speech("slt", "return"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded
            assert not call.agent.context
        assert [kept(each) for each in ours.callers] == [kept(before)]


@pytest.mark.parametrize(
    ("scope", "script", "enough"),
    [
        ("on_request", built_in(), True),
        ("on_request", EarlierWords().voiceprint_consent_script(), False),
        ("known_numbers", built_in(), False),
        ("everyone", built_in(), False),
    ],
)
async def test_recognition_is_asked_about_only_where_the_scope_and_the_words_allow_it(
    tmp_path: Path, scope: str, script: ConsentScript, enough: bool
) -> None:
    async with world(tmp_path, identify_scope=scope, ready=False) as ours:
        questions = Questions(ours.service.settings, ours.manager)
        assert questions.recognition_is_enough(Question(script)) is enough


async def says_yes(ours: World, call: SimulatedCall, samples: Any) -> int:
    """The caller agrees to be recognised; the windows so far."""
    await is_asked_about_recognition(ours, call, samples)
    await speaks(call, "Yes, please.")
    await agent_says(call, "Please go on.")
    await call.settle()
    return windows(ours)


@pytest.mark.parametrize(
    ("words", "ever"),
    [
        ("No, sorry, no.", True),
        ("Sorry, no, not by my voice, I would rather not.", True),
        ("Not now, please.", True),
        ("Never ask me again.", False),
        ("I am only twelve years old.", None),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_p1_p7_a_no_after_the_yes_takes_it_back_and_the_voice_is_not_compared(
    tmp_path: Path, speech: Any, words: str, ever: bool | None, at_once: bool
) -> None:
    async with world(tmp_path, **EU) as ours:
        before = await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            if at_once:
                await is_asked_about_recognition(ours, call, speech("slt", "return"))
                embedded = windows(ours)
                await asyncio.gather(call.caller_says("Yes, please."), call.caller_says(words))
            else:
                embedded = await says_yes(ours, call, speech("slt", "return"))
                await speaks(call, words)
            await agent_says(call, "I will not recognise you by your voice")
            await call.play(speech("slt", "return"))
            await call.play(speech("slt", "enroll"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded
            assert not call.agent.context
        refusals = [each.until is not None for each in ours.service.store.refusals()]
        assert refusals == ([] if ever is None else [ever])
        assert kept(ours.callers[0]) == kept(before)


@pytest.mark.parametrize("interrupted", [False, True])
async def test_p7_a_no_to_a_question_of_the_agents_takes_no_yes_back(
    tmp_path: Path, speech: Any, interrupted: bool
) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await says_yes(ours, call, speech("slt", "return"))
            if interrupted:
                asks = Turn("agent", "Do you have the number", interrupted=True)
                await ours.manager.call_all("transcript", call=call.call, turn=asks)
            else:
                await call.agent_says("Do you have the number of your order?")
            await speaks(call, "No.")
            await call.play(speech("slt", "return"))
            await until(call, lambda: bool(call.agent.context))
            assert not any(said(event, "I will not recognise you") for event in call.events)
        assert list(ours.service.store.refusals()) == []


async def test_p1_p7_never_counts_while_the_voice_is_compared_whatever_the_agent_said(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            embedded = await says_yes(ours, call, speech("slt", "return"))
            await call.agent_says("Do you have the number of your order?")
            await speaks(call, "Never ask me that again.")
            await agent_says(call, "I will not ask you again")
            await call.play(speech("slt", "return"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded
        (refusal,) = ours.service.store.refusals()
        assert refusal.until is None


@pytest.mark.parametrize(
    ("words", "confirmation"),
    [("Forget my voice.", "stopped recognising anybody"), ("No, sorry, no.", "I will not recognise you")],
)
async def test_p1_no_voice_is_looked_at_while_it_is_told_that_it_will_not_be(
    tmp_path: Path, speech: Any, words: str, confirmation: str
) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await says_yes(ours, call, speech("slt", "return"))
            seen: list[int] = []
            say = call.agent.say

            async def speaks_over(text: str) -> Any:
                if confirmation in text:
                    await all_windows_embedded(ours)
                    seen.append(windows(ours))
                    await call.play(speech("slt", "enroll"))
                    await all_windows_embedded(ours)
                    seen.append(windows(ours))
                return await say(text)

            call.agent.say = speaks_over  # type: ignore[method-assign]
            await speaks(call, words)
            await agent_says(call, confirmation)
            assert len(seen) == 2
            assert seen[0] == seen[1]


async def test_a_number_of_many_people_is_asked_about_voiceprints(tmp_path: Path, speech: Any) -> None:
    async with world(tmp_path, **EU) as ours:
        enrolled = await is_enrolled(ours, speech)
        store = ours.service.store
        for _ in range(8):
            store.put(
                Caller(phone_links=enrolled.phone_links, consents=enrolled.consents), expected_version=0
            )
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, speech("rms", "return"))
            await agent_says(call, ENROLLMENT)
            assert not was_asked(call, RECOGNITION)


async def test_p7_a_no_into_our_thanks_takes_the_yes_back(tmp_path: Path, speech: Any) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            await is_asked_about_recognition(ours, call, speech("slt", "return"))
            embedded = windows(ours)
            call.agent.interrupt_next_say()
            await speaks(call, "Yes, please.")
            await speaks(call, "No, wait, no.")
            await agent_says(call, "I will not recognise you by your voice")
            await call.play(speech("slt", "return"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded


async def test_p1_who_takes_the_phone_from_somebody_who_enrolled_on_the_call_is_not_listened_to(
    tmp_path: Path, speech: Any
) -> None:
    async with world(tmp_path, **EU) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST)
            await agent_says(call, ENROLLMENT)
            await agrees(call, "Ada", speech("slt", "enroll"))
            await call.play(np.concatenate([speech("rms", take) for take in ("enroll", "return")]))
            await until(call, lambda: call.session.caller_id is None)
            await all_windows_embedded(ours)
            embedded = windows(ours)
            await call.play(speech("rms", "enroll"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded


async def test_p7_a_no_before_the_agents_first_word_takes_the_yes_back(tmp_path: Path, speech: Any) -> None:
    async with world(tmp_path, **EU) as ours:
        await is_enrolled(ours, speech)
        async with ours.host.call(from_number=NUMBER) as call:
            embedded = await says_yes(ours, call, speech("slt", "return"))
            silent = Turn("agent", "", interrupted=True)
            await ours.manager.call_all("transcript", call=call.call, turn=silent)
            await speaks(call, "No, sorry, no.")
            await agent_says(call, "I will not recognise you by your voice")
            await call.play(speech("slt", "return"))
            await all_windows_embedded(ours)
            assert windows(ours) == embedded
