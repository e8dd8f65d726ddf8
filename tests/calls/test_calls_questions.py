"""What a caller is asked with: a signed release where the law wants one, and words that somebody chose."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from worlds import REQUEST, Clock, agent_says, said, speaks, until, world

from opusagent_hooks import Call
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.consent import ConsentScript, default_script
from opusagent_voiceprint.models import Purpose
from opusagent_voiceprint.storage import generate_key

NUMBER = "+15550100"
SECRET = "a secret of the plugin"
ILLINOIS: dict[str, Any] = {"policy": "us-il", "organization": "Acme Bank"}


class Releases:
    """A plugin that knows who signed."""

    def __init__(self, answer: Callable[[Call], Any]) -> None:
        self.answer = answer
        self.asked = self.done = 0

    @hookimpl
    async def voiceprint_written_release(self, call: Call) -> Any:
        self.asked += 1
        try:
            result = self.answer(call)
            return await result if asyncio.iscoroutine(result) else result
        finally:
            self.done += 1


class Words:
    """A plugin with words of its own."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.answer = answer
        self.asked = self.done = 0

    @hookimpl
    async def voiceprint_consent_script(self) -> Any:
        self.asked += 1
        try:
            result = self.answer()
            return await result if asyncio.iscoroutine(result) else result
        finally:
            self.done += 1


class ReleaseOfAnother:
    """A plugin that is asked after the one that fails."""

    @hookimpl(trylast=True)
    def voiceprint_written_release(self) -> str:
        return "R-of-another"


def fails(*_: Any) -> Any:
    raise RuntimeError(SECRET)


async def hangs(*_: Any) -> Any:
    await asyncio.sleep(3600)


def holds(folder: Path, text: bytes) -> bool:
    stored = list(folder.glob("voices.db*"))
    assert stored
    return any(text in path.read_bytes() for path in stored)


def questions(call: SimulatedCall) -> int:
    return sum(said(event, "voiceprint") for event in call.events)


async def is_not_asked(call: SimulatedCall, plugin: Releases | Words, speech: Any) -> None:
    """The moment at which the caller would be asked comes, and passes."""
    await speaks(call, REQUEST, speech)
    await until(call, lambda: plugin.done == 1)
    await asyncio.sleep(0.05)
    await speaks(call, "Thank you, that is all that I wanted to know about it.")
    assert questions(call) == 0
    assert call.replies[-1].to.startswith("Thank you")  # the call goes on


async def says_yes(call: SimulatedCall, voice: Any, telephone: Any) -> None:
    await agent_says(call, "voiceprint")
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")
    await speaks(call, "Ada.")
    # Where nobody is listened to before the yes, this is what is enrolled.
    await call.play(telephone(voice("slt", "return")))
    await agent_says(call, "notes")
    await speaks(call, "Yes, please.")
    await agent_says(call, "I will keep notes")


async def test_p4_with_a_release_its_reference_is_in_the_record_and_in_the_export(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, releases = generate_key(), Releases(lambda call: f" R-17 \n of {call.id} ")
    async with world(tmp_path, releases, encryption_key=key, **ILLINOIS) as ours:
        async with ours.host.call(from_number=NUMBER, call_id="CA7") as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await says_yes(call, voice, telephone)
        (caller,) = ours.callers
        record, memory = caller.consent(Purpose.VOICEPRINT), caller.consent(Purpose.MEMORY)
        assert record is not None
        assert memory is not None
        assert record.release_reference == "R-17 of CA7"
        assert memory.release_reference == ""
        assert "R-17" not in repr(caller)
        assert not holds(tmp_path, b"R-17")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "STORAGE_BACKEND": "sqlite",
        "STORAGE_PATH": str(tmp_path / "voices.db"),
        "ENCRYPTION_KEY": key,
    }.items():
        monkeypatch.setenv(f"VOICE_{name}", value)
    exported = CliRunner().invoke(app, ["callers", "export", caller.caller_id])
    assert exported.exit_code == 0, exported.output
    consents = json.loads(exported.stdout)["caller"]["consents"]
    assert [each["release_reference"] for each in consents] == ["R-17 of CA7", ""]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda call: None, ""),
        (lambda call: "  ", "voiceprint_written_release gave a str"),
        (lambda call: "R" * 201, "voiceprint_written_release gave a str"),
        (lambda call: True, "voiceprint_written_release gave a bool"),
        (fails, "raised RuntimeError"),
        (hangs, "did not finish within"),
    ],
    ids=["none", "blank", "too long", "no text", "raises", "hangs"],
)
async def test_p3_without_a_release_nobody_is_asked_and_nothing_is_stored(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[Call], Any],
    problem: str,
) -> None:
    releases = Releases(answer)
    another = [ReleaseOfAnother()] if problem else []  # no stand-in for a plugin that broke
    async with world(tmp_path, *another, releases, **ILLINOIS) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await is_not_asked(call, releases, telephone(voice("slt", "enroll")))
        assert ours.callers == []
    assert problem in caplog.text
    assert SECRET not in caplog.text
    assert "RRRR" not in caplog.text


async def test_p3_the_model_s_tool_is_no_way_around_the_release(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    releases = Releases(lambda call: None)
    async with world(tmp_path, releases, **ILLINOIS) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Please remember my voice.", telephone(voice("slt", "enroll")))
            result = await call.use_tool("voiceprint_enroll")
            assert result["status"] == "not_possible"
            assert "release" in result["note"]
            await speaks(call, "Yes, please. Please remember my voice, do it.")
            assert (await call.use_tool("voiceprint_enroll"))["status"] == "not_possible"
            await speaks(call, "Thank you.")
            assert questions(call) == 0
        assert ours.callers == []
        assert ours.witness.consents == []


async def test_p3_the_tool_asks_who_signed(tmp_path: Path, voice: Any, telephone: Any) -> None:
    releases = Releases(lambda call: "R-18")
    async with world(tmp_path, releases, **ILLINOIS) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Please remember my voice.")
            # As the agent is quiet, the words alone may have been enough.
            status = (await call.use_tool("voiceprint_enroll"))["status"]
            assert status in ("will_be_asked", "being_asked")
            await says_yes(call, voice, telephone)
        record = ours.callers[0].consent(Purpose.VOICEPRINT)
        assert record is not None
        assert record.release_reference == "R-18"


async def test_p11_who_was_enrolled_without_a_release_is_suspended_until_there_is_one(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    clock = Clock()
    async with world(tmp_path, clock=clock, identify_scope="on_request") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST)
            await says_yes(call, voice, telephone)
        (before,) = ours.callers
    async with world(tmp_path, Releases(lambda call: "R-19"), clock=clock, **ILLINOIS) as ours:
        assert ours.service.models is not None
        assert ours.service.models.callers == 0
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST)
            await says_yes(call, voice, telephone)
        (after,) = ours.callers
        assert after.caller_id == before.caller_id
        record = after.consent(Purpose.VOICEPRINT)
        assert record is not None
        assert record.release_reference == "R-19"


@pytest.mark.parametrize("policy", ["default", "us-tx"])
async def test_where_no_law_wants_a_release_none_is_asked_for(
    tmp_path: Path, voice: Any, telephone: Any, policy: str
) -> None:
    releases = Releases(fails)
    values = {"policy": policy, "organization": "Acme Bank"}
    async with world(tmp_path, releases, **values) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await agent_says(call, "voiceprint")
        assert releases.asked == 0


@pytest.mark.parametrize("plugins", [[], [Releases(lambda call: None)]], ids=["nobody", "somebody"])
async def test_the_start_says_if_nobody_can_be_asked_for_want_of_a_plugin(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, plugins: list[object]
) -> None:
    async with world(tmp_path, *plugins, **ILLINOIS):
        warned = "no plugin implements voiceprint_written_release" in caplog.text
    assert warned == (not plugins)


def words_of_acme(**values: Any) -> ConsentScript:
    builtin = default_script("en", "Acme Bank", 365)
    assert builtin is not None
    question = (
        "May Acme Bank keep a voiceprint, which is biometric data, to greet you next time? You need not, and "
        "it is deleted after a year without calls, or when you say 'forget my voice'. Yes or no?"
    )
    return ConsentScript(**{**builtin.model_dump(), "version": "acme-3", "question": question, **values})


async def test_p4_the_version_and_hash_of_a_plugin_s_words_are_in_the_record(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    script = words_of_acme()
    async with world(tmp_path, Words(lambda: script), organization="Acme Bank") as ours:
        async with ours.host.call() as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, script.question)
            await says_yes(call, voice, telephone)
        for purpose in Purpose:
            record = ours.callers[0].consent(purpose)
            assert record is not None
            assert (record.wording_version, record.wording_hash) == ("acme-3", script.hash)
            assert record.played_to_end
    assert "the consent script" not in caplog.text


async def test_what_a_plugin_s_words_lack_is_reported_once(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    script = words_of_acme(question="May we keep your voiceprint?")
    async with world(tmp_path, Words(lambda: script), organization="Acme Bank") as ours:
        for _ in range(2):
            async with ours.host.call() as call:
                await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
                await agent_says(call, "May we keep your voiceprint?")
    reported = [
        record.getMessage() for record in caplog.records if "the consent script" in record.getMessage()
    ]
    assert reported == [
        "the consent script, version acme-3, in en: the question does not name VOICE_ORGANIZATION",
        "the consent script, version acme-3, in en: the question does not say how long VOICE_RETENTION_DAYS "
        "is",
        "the consent script, version acme-3, in en: the question does not say that a voiceprint is biometric "
        "data",
    ]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (fails, "raised RuntimeError"),
        (hangs, "did not finish within"),
        (lambda: {"question": SECRET}, "voiceprint_consent_script gave a dict, not a ConsentScript"),
        (lambda: words_of_acme(question=" "), "raised ValidationError"),
        (lambda: words_of_acme(version=""), "raised ValidationError"),
    ],
    ids=["raises", "hangs", "wrong type", "no question", "no version"],
)
async def test_p6_with_broken_words_nobody_is_asked_rather_than_in_other_words(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[], Any],
    problem: str,
) -> None:
    words = Words(answer)
    async with world(tmp_path, words) as ours:
        async with ours.host.call() as call:
            await is_not_asked(call, words, telephone(voice("slt", "enroll")))
        assert ours.callers == []
    assert problem in caplog.text
    assert SECRET not in caplog.text
