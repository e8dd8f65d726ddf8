"""Nothing that breaks in voiceprint, or beside it, reaches the call."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, World, agent_says, enroll, settings, speaks, until, world

from opusagent_hooks import AgentError, AudioChunk, Call, Turn
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller, Purpose
from opusagent_voiceprint.storage import SQLiteStorage


class Broken:
    """A plugin that does everything wrong."""

    @hookimpl(tryfirst=True)
    async def call_start(self, call: Call) -> None:
        await asyncio.sleep(3600)

    @hookimpl(tryfirst=True)
    def session_create(self, call: Call) -> Any:
        raise RuntimeError("secret of the plugin")

    @hookimpl(tryfirst=True)
    def audio_input(self, call: Call, audio: AudioChunk) -> None:
        raise ValueError("secret of the plugin")

    @hookimpl(tryfirst=True)
    async def transcript(self, call: Call, turn: Turn) -> str:
        raise SystemExit("secret of the plugin")

    @hookimpl(tryfirst=True)
    def voiceprint_consent_script(self) -> object:
        return {"question": "nonsense"}

    @hookimpl(tryfirst=True)
    async def voiceprint_load_memory(self) -> object:
        return "nonsense"

    @hookimpl(tryfirst=True)
    async def voiceprint_greeting(self) -> str:
        raise KeyError("secret of the plugin")

    @hookimpl(tryfirst=True)
    def voiceprint_summarize(self) -> object:
        return 42

    @hookimpl(tryfirst=True)
    async def voiceprint_identified(self) -> None:
        raise asyncio.CancelledError


async def test_a_plugin_that_raises_hangs_or_returns_nonsense_leaves_the_call_and_the_others_alone(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    caplog.clear()
    async with world(tmp_path, Broken()) as ours, ours.host.call() as call:
        await speaks(call, "I am calling about the lamp.", telephone(voice("slt", "return")))
        await until(call, lambda: "identified" in ours.witness.seen)
        await speaks(call, "Thank you.")
        assert "Welcome back, Ada!" in call.replies[-1].context[0].text
        assert [turn.text for turn in call.turns if turn.speaker == "caller"] == [
            "I am calling about the lamp.",
            "Thank you.",
        ]
    problems = [
        "call_start did not finish",
        "session_create raised RuntimeError",
        "audio_input raised ValueError",
        "transcript raised SystemExit",
        "voiceprint_greeting raised KeyError",
        "voiceprint_identified raised CancelledError",
    ]
    for problem in problems:
        (line,) = [record.getMessage() for record in caplog.records if problem in record.getMessage()]
        assert "plugin Broken" in line
    assert "secret of the plugin" not in caplog.text


def search(folder: Path) -> list[Path]:
    return list(folder.iterdir())


class FailingStore(SQLiteStorage):
    """A store whose disk fails when a test says so."""

    failing: frozenset[str] = frozenset()

    def _fail(self, what: str) -> None:
        if what in self.failing:
            raise StorageError("the disk is gone")

    def get(self, caller_id: str) -> Caller | None:
        self._fail("get")
        return super().get(caller_id)

    def _write(self, *record: Any) -> int:
        self._fail("put")
        return super()._write(*record)

    def erase(self, caller_id: str, **options: Any) -> bool:
        self._fail("erase")
        return super().erase(caller_id, **options)

    def ids_by_phone(self, link: str) -> list[str]:
        self._fail("ids_by_phone")
        return super().ids_by_phone(link)


async def test_when_the_store_cannot_write_no_enrollment_is_confirmed(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = FailingStore(tmp_path / "voices.db")
    store.failing = frozenset({"put"})
    async with world(tmp_path, store=store) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await agent_says(call, "voiceprint")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "Ada.")
        await agent_says(call, "did not work")
        assert not any("I will know your voice" in turn.text for turn in call.turns)
        await speaks(call, "Never mind, where is my lamp?")
        assert call.replies[-1].to == "Never mind, where is my lamp?"
        assert ours.callers == []


async def test_when_the_consent_to_memory_cannot_be_stored_only_that_is_said_to_have_failed(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = FailingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await agent_says(call, "voiceprint")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "Ada.")
        await agent_says(call, "notes")
        store.failing = frozenset({"put"})
        await speaks(call, "Yes, please.")
        await agent_says(call, "did not work, so I will not keep notes")
        assert not any("nothing was kept" in turn.text for turn in call.turns)
        assert [caller.name for caller in ours.callers] == ["Ada"]
        assert ours.callers[0].consent(Purpose.MEMORY) is None


async def test_when_the_store_cannot_read_the_caller_is_anonymous_and_recovery_needs_no_restart(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = FailingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        store.failing = frozenset({"get", "ids_by_phone"})
        async with ours.host.call(from_number="+15550100") as call:
            await speaks(call, "I am calling about the lamp.", telephone(voice("slt", "return")))
            await until(call, lambda: "decision" in call.session.metadata.get("voiceprint", {}))
            await speaks(call, "Hello?")
            assert len(call.replies) == 2
            assert not call.agent.context
            assert call.session.caller_id is None
        store.failing = frozenset()
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))


async def test_an_erasure_that_the_store_refuses_is_repeated_until_it_succeeds(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = FailingStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        store.failing = frozenset({"erase"})
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "tried again")
            assert not any(turn.text.startswith("Done.") for turn in call.turns)
        # Not matched any more, although it is still in the store.
        ours.witness.seen.clear()
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: "unknown" in ours.witness.seen)
            store.failing = frozenset()
            await until(call, lambda: ours.callers == [])


async def test_an_encoder_that_fails_leaves_callers_anonymous_and_the_call_alone(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from opusagent_voiceprint import hookimpl
    from opusagent_voiceprint.encoding import ResemblyzerEncoder

    class Failing(ResemblyzerEncoder):
        def embed(self, windows: Any) -> Any:
            raise RuntimeError("out of memory")

    class Encoder:
        @hookimpl
        def voiceprint_encoder(self) -> Failing:
            return Failing()

    async with world(tmp_path, Encoder()) as ours, ours.host.call() as call:
        await speaks(call, "I am calling about the lamp.", telephone(voice("slt", "return")))
        await until(call, lambda: "RuntimeError" in caplog.text)
        await speaks(call, "Hello?")
        assert len(call.replies) == 2
        assert ours.witness.seen == []
    assert "out of memory" not in caplog.text


async def test_switched_off_it_loads_nothing_opens_nothing_and_says_nothing(tmp_path: Path) -> None:
    from opusagent_hooks import HookManager
    from opusagent_hooks.testing import SimulatedHost
    from opusagent_voiceprint.plugin import VoiceprintPlugin

    plugin = VoiceprintPlugin(settings(tmp_path, enabled=False))
    manager = HookManager()
    manager.register(plugin, "voiceprint")
    manager.ready()
    async with SimulatedHost(manager, speed=None).call() as call:
        await speaks(call, "Forget my voice.")
        assert len(call.replies) == 1
        assert call.call.userdata == {}
    assert plugin.service is None
    assert search(tmp_path) == []
    manager.close()


async def test_calls_beyond_the_limit_stay_anonymous_and_unharmed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        world(tmp_path, max_concurrent_calls=1) as ours,
        ours.host.call() as first,
        ours.host.call() as second,
    ):
        await speaks(first, "Hello.")
        await speaks(second, "Hello.")
        assert ours.service.active_calls == 1
        assert len(second.replies) == 1
    assert "too many calls" in caplog.text


class AgentThatFails:
    """Fails a method of an agent as often as it is told to."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, agent: Any, method: str, error: type[Exception]
    ) -> None:
        self.failures = 0
        self.failed = 0
        works = getattr(agent, method)

        async def fails(*arguments: Any, **named: Any) -> Any:
            if self.failures:
                self.failures -= 1
                self.failed += 1
                raise error("the model of +15550100 is reconnecting")
            return await works(*arguments, **named)

        monkeypatch.setattr(agent, method, fails)


async def until_the_name(ours: World, call: Any, voice: Any, telephone: Any) -> None:
    """The caller said yes, and everything said so far was listened to."""
    await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
    await agent_says(call, "voiceprint")
    await speaks(call, "Yes, please.")
    await agent_says(call, "name")
    # Calls are served in the order in which they announce themselves.
    async with ours.host.call() as other:
        await other.play(telephone(voice("whisperf", "return")))
        await until(other, lambda: "voiceprint" in other.session.metadata)


@pytest.mark.parametrize("method", ["wait_idle", "say", "take_floor"])
@pytest.mark.parametrize("error", [AgentError, RuntimeError])
async def test_an_enrollment_that_could_not_be_confirmed_is_confirmed_as_soon_as_it_can_be(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    error: type[Exception],
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await until_the_name(ours, call, voice, telephone)
        agent = AgentThatFails(monkeypatch, call.agent, method, error)
        agent.failures = 1
        await speaks(call, "My name is Ada.")
        await until(call, lambda: agent.failed == 1 and bool(ours.callers))
        # The agent is not left mute, and what is stored stays known.
        await until(call, lambda: not call.agent.floor_is_taken)
        assert call.session.caller_id == ours.callers[0].caller_id
        assert not any("I will know your voice" in turn.text for turn in call.turns)
        await speaks(call, "Where is my lamp?")
        await agent_says(call, "Thank you, Ada. I will know your voice next time.")
        await speaks(call, "Yes, please.")
        await agent_says(call, "I will keep notes")
        (caller,) = ours.callers
        assert caller.consent(Purpose.MEMORY) is not None
        assert sum("I will know your voice" in turn.text for turn in call.turns) == 1


async def test_an_enrollment_that_can_never_be_confirmed_stays_and_the_agent_goes_on(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await until_the_name(ours, call, voice, telephone)
            agent = AgentThatFails(monkeypatch, call.agent, "say", RuntimeError)
            agent.failures = 1000
            await speaks(call, "My name is Ada.")
            await until(call, lambda: agent.failed == 1 and bool(ours.callers))
            for words in ("Hello?", "Where is my lamp?", "Are you there?", "Well?"):
                await speaks(call, words)
                await until(call, lambda words=words: call.replies[-1].to == words)
            await until(call, lambda: agent.failed == 3)
            assert not call.agent.floor_is_taken
            await speaks(call, "Good bye.")
            assert agent.failed == 3
        (caller,) = ours.callers
        assert caller.name == "Ada"
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))


async def test_a_failed_enrollment_that_could_not_be_said_is_said_as_soon_as_it_can_be(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FailingStore(tmp_path / "voices.db")
    store.failing = frozenset({"put"})
    async with world(tmp_path, store=store) as ours, ours.host.call() as call:
        await until_the_name(ours, call, voice, telephone)
        agent = AgentThatFails(monkeypatch, call.agent, "wait_idle", AgentError)
        agent.failures = 1
        await speaks(call, "Ada.")
        await until(call, lambda: agent.failed == 1)
        await speaks(call, "Where is my lamp?")
        await agent_says(call, "did not work")
        assert ours.callers == []
