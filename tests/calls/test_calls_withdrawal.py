"""Withdrawal is carried out to its end, whatever the store, the host or the line do meanwhile."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from worlds import World, agent_says, all_windows_embedded, enroll, speaks, until, world

from opusagent_hooks import AgentUnavailableError, Spoken, Turn
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.calls import actor
from opusagent_voiceprint.consent import default_script
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import SQLiteStorage, phone_hasher
from opusagent_voiceprint.storage.reviews import reviews, suspension_of

NUMBER = "+15550100"
FORGET = Turn("caller", "Forget my voice.")


class SlowStore(SQLiteStorage):
    """A store whose erasures wait for the test, fail if it says so, and whose reads fail when told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.erasing = threading.Event()
        self.may_erase = threading.Event()
        self.may_erase.set()
        self.refusals_left = 0
        self.unreadable = False
        self._followed = threading.Event()

    def changes(self, since: int) -> tuple[list[str], int]:
        changed, newest = super().changes(since)
        if not changed:
            self._followed.set()
        return changed, newest

    async def is_followed(self) -> None:
        """Wait until every write so far is taken in."""
        for _ in range(2):  # the first time may be an answer from before the last write
            self._followed.clear()
            assert await asyncio.to_thread(self._followed.wait, 20.0)

    def erase(self, caller_id: str, **options: Any) -> bool:
        self.erasing.set()
        assert self.may_erase.wait(20.0)
        if self.refusals_left:
            self.refusals_left -= 1
            raise StorageError("the disk is busy")
        return super().erase(caller_id, **options)

    def get(self, caller_id: str) -> Caller | None:
        if self.unreadable:
            raise StorageError("the disk is busy")
        return super().get(caller_id)


async def enrolled(ours: World, voice: Any, telephone: Any, name: str = "slt") -> str:
    before = {caller.caller_id for caller in ours.callers}
    async with ours.host.call() as call:
        await enroll(call, telephone(voice(name, "enroll")))
    (caller_id,) = {caller.caller_id for caller in ours.callers} - before
    return caller_id


async def recognised(call: SimulatedCall, voice: Any, telephone: Any, name: str = "slt") -> None:
    await call.play(telephone(voice(name, "return")))
    await until(call, lambda: bool(call.agent.context))


def decided(call: SimulatedCall) -> Any:
    return call.session.metadata.get("voiceprint", {}).get("decision")


def lines(call: SimulatedCall) -> list[str]:
    """What voiceprint had the agent say."""
    return [event.data.text for event in call.events if event.kind == "say"]  # type: ignore[union-attr]


async def all_is_heard(ours: World, voice: Any, telephone: Any) -> None:
    """Wait until what was played on any call is dealt with: calls are served in the order they announce."""
    async with ours.host.call() as other:
        await other.play(telephone(voice("whisperf", "return")))
        await until(other, lambda: decided(other) is not None)


@pytest.mark.parametrize("refusals", [0, 1])
async def test_p8_who_hangs_up_during_a_slow_erasure_is_erased(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch, refusals: int
) -> None:
    # What the end of a call interrupts is given this long; an erasure is not interrupted.
    monkeypatch.setattr(actor, "_GRACE_SECONDS", 0.01)
    store = SlowStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        caller_id = await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            await speaks(call, "My lamp is broken and should be replaced by another one.")
            store.may_erase.clear()
            store.refusals_left = refusals
            await ours.manager.call_all("transcript", call=call.call, turn=FORGET)
            await until(call, store.erasing.is_set)
            hanging_up = asyncio.create_task(call.hang_up())
            await call.wait_for(lambda event: event.kind == "call_end")
            done, _ = await asyncio.wait({hanging_up}, timeout=0.3)
            assert not done
            store.may_erase.set()
            await hanging_up
        assert ours.witness.forgotten == [caller_id]
        # What the store refused is repeated without anybody's doing.
        await until(call, lambda: ours.callers == [])
        ours.witness.seen.clear()
        async with ours.host.call() as again:
            await again.play(telephone(voice("slt", "return")))
            await until(again, lambda: "unknown" in ours.witness.seen)
        assert "identified" not in ours.witness.seen


async def test_p8_the_erasure_does_not_wait_for_a_host_that_is_slow_to_silence_its_agent(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            may_be_taken, take_floor = asyncio.Event(), call.agent.take_floor

            async def take_floor_slowly() -> None:
                await may_be_taken.wait()
                await take_floor()

            monkeypatch.setattr(call.agent, "take_floor", take_floor_slowly)
            heard = asyncio.create_task(ours.manager.call_all("transcript", call=call.call, turn=FORGET))
            await until(call, lambda: ours.callers == [])
            may_be_taken.set()
            await heard
            await agent_says(call, "Done.")
            await until(call, lambda: not call.agent.floor_is_taken)


async def test_p8_a_hang_up_while_the_host_silences_its_agent_does_not_undo_the_request(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            over = asyncio.Event()

            async def take_floor() -> None:
                await over.wait()
                raise AgentUnavailableError("the call is over")

            monkeypatch.setattr(call.agent, "take_floor", take_floor)
            heard = asyncio.create_task(ours.manager.call_all("transcript", call=call.call, turn=FORGET))
            ending = asyncio.create_task(call.hang_up())
            await call.wait_for(lambda event: event.kind == "call_end")
            over.set()
            await asyncio.gather(heard, ending)
        assert ours.callers == []


@pytest.mark.parametrize("method", ["take_floor", "say", "yield_floor", "remove_context", "put_context"])
async def test_p8_the_erasure_does_not_depend_on_what_the_agent_can_do(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    async with world(tmp_path) as ours:
        caller_id = await enrolled(ours, voice, telephone)
        async with ours.host.call(from_number=NUMBER) as call:
            await recognised(call, voice, telephone)

            async def broken(*_: object, **__: object) -> None:
                raise ConnectionError("the socket to +15550100 is closed")

            monkeypatch.setattr(call.agent, method, broken)
            await ours.manager.call_all("transcript", call=call.call, turn=FORGET)
            link = phone_hasher(ours.service.store).link(NUMBER)
            assert link is not None
            await until(call, lambda: ours.service.store.refusal(link) is not None)
            assert call.session.caller_id is None
        assert ours.callers == []
        assert ours.witness.forgotten == [caller_id]
    assert NUMBER not in caplog.text


async def test_p8_a_caller_whose_record_could_not_be_read_is_erased_all_the_same(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = SlowStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        await enrolled(ours, voice, telephone)
        await store.is_followed()
        async with ours.host.call() as call:
            store.unreadable = True
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: decided(call) == "recognised")
            assert not call.agent.context
            await speaks(call, "Forget my voice.")
            await agent_says(call, "Done.")
            store.unreadable = False
        assert ours.callers == []


async def test_a_caller_whose_record_could_not_be_read_is_greeted_when_it_can(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    store = SlowStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        await enrolled(ours, voice, telephone)
        await store.is_followed()
        async with ours.host.call() as call:
            store.unreadable = True
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: decided(call) == "recognised")
            assert not call.agent.context
            store.unreadable = False
            await until(call, lambda: bool(call.agent.context))
            assert '"Ada"' in call.agent.context[0].text


async def test_p8_who_is_recognised_while_the_request_is_being_answered_is_erased_and_not_greeted(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            answering, may_go_on, say = asyncio.Event(), asyncio.Event(), call.agent.say

            async def say_slowly(text: str) -> Spoken:
                answering.set()
                await may_go_on.wait()
                return await say(text)

            monkeypatch.setattr(call.agent, "say", say_slowly)
            await ours.manager.call_all("transcript", call=call.call, turn=FORGET)
            await answering.wait()
            await call.play(telephone(voice("slt", "return")))
            await all_is_heard(ours, voice, telephone)
            may_go_on.set()
            await agent_says(call, "Done.")
            assert not any(event.kind == "context_added" for event in call.events)
            assert call.session.caller_id is None
        assert ours.callers == []


async def test_p8_a_request_is_its_speaker_s_and_not_that_of_whoever_takes_the_phone_next(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        caller_id = await enrolled(ours, voice, telephone, "rms")
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: decided(call) == "unknown")
            await speaks(call, "Forget my voice.")
            await agent_says(call, "so far")
            await call.play(telephone(voice("rms", "enroll")))
            await all_is_heard(ours, voice, telephone)
        assert [caller.caller_id for caller in ours.callers] == [caller_id]
        await recognised_as(ours, voice, telephone, "rms")


async def recognised_as(ours: World, voice: Any, telephone: Any, name: str) -> None:
    async with ours.host.call() as call:
        await recognised(call, voice, telephone, name)


async def test_p8_a_request_of_the_person_who_took_the_phone_counts_before_the_switch_is_noticed(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone, "rms")
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: decided(call) == "unknown")
            speech = telephone(voice("rms", "enroll"))
            await call.play(speech[:20_000])
            await all_windows_embedded(ours)
            await speaks(call, "Forget my voice.")
            await agent_says(call, "so far")
            await call.play(speech[20_000:])
            await agent_says(call, "Done.")
        assert ours.callers == []


async def test_p8_on_calls_from_a_number_whose_caller_withdrew_unrecognised_nobody_is_recognised(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: decided(call) == "unknown")
            await speaks(call, "Forget my voice.")
            await agent_says(call, "noted for review")
        suspension = ours.service.store.refusal(suspension_of(link))
        assert suspension is not None
        assert suspension.until is None
        (line,) = [each.getMessage() for each in caplog.records if "reviewed" in each.getMessage()]
        assert NUMBER not in line
        assert link not in line

        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await all_is_heard(ours, voice, telephone)
            assert not call.agent.context
        assert ours.witness.identified == {}
        # The voice is not forgotten: the request was somebody else's.
        async with ours.host.call(from_number="+15550123") as call:
            await recognised(call, voice, telephone)


async def test_p8_a_number_is_suspended_no_more_when_its_caller_is_recognised_and_erased(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Forget my voice.")
            await agent_says(call, "noted for review")
            await call.play(telephone(voice("slt", "return")))
            await agent_says(call, "Done.")
        assert ours.callers == []
        assert ours.service.store.refusal(suspension_of(link)) is None


async def test_p8_the_english_words_withdraw_in_a_call_in_another_language(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call(parameters={"language": "nl"}) as call:
            await recognised(call, voice, telephone)
            await speaks(call, "Forget my voice.")
            await agent_says(call, "Done.")
        assert ours.callers == []


@pytest.mark.parametrize("failures", [1, 2])
async def test_p8_personal_context_that_could_not_be_removed_is_removed_later(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            remove_context, attempts = call.agent.remove_context, []

            async def remove_later(item_id: str) -> None:
                attempts.append(item_id)
                if len(attempts) <= failures:
                    raise AgentUnavailableError("the model is reconnecting")
                await remove_context(item_id)

            monkeypatch.setattr(call.agent, "remove_context", remove_later)
            await speaks(call, "Forget my voice.")
            await agent_says(call, "Done.")
            await speaks(call, "Hello?")
            await until(call, lambda: not any("Ada" in item.text for item in call.agent.context))
            assert len(attempts) == failures + 1


async def test_an_erasure_still_refused_at_the_end_is_named_to_the_operator_by_id_alone(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store = SlowStore(tmp_path / "voices.db")
    async with world(tmp_path, store=store) as ours:
        caller_id = await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            await recognised(call, voice, telephone)
            store.refusals_left = 10_000
            await speaks(call, "Forget my voice.")
            await agent_says(call, "tried again")
    errors = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert any(f"caller {caller_id} is to be erased and may still be stored" in line for line in errors)
    assert "Ada" not in caplog.text


async def test_p8_on_a_call_beyond_the_limit_a_withdrawal_suspends_the_number(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, max_concurrent_calls=1) as ours, ours.host.call():
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Where is my order?")
            assert ours.service.active_calls == 1
            assert call.agent.tools == {}
            await speaks(call, "Forget my voice.")
            await agent_says(call, "noted for review")
            assert not call.agent.floor_is_taken
            assert ours.service.active_calls == 2
        assert ours.service.active_calls == 1
        assert ours.service.store.refusal(suspension_of(link)) is not None


async def test_p8_on_a_call_beyond_the_limit_who_is_recognised_after_the_withdrawal_is_erased(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        await enrolled(ours, voice, telephone)
    async with world(tmp_path, max_concurrent_calls=1) as ours, ours.host.call():
        async with ours.host.call() as call:
            # Heard by nobody.
            await call.play(telephone(voice("slt", "return")))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "so far")
            assert len(ours.callers) == 1
            await call.play(telephone(voice("slt", "enroll")))
            await agent_says(call, "Done.")
            assert ours.callers == []
            assert decided(call) == "recognised"
            assert call.session.caller_id is None


async def test_a_call_beyond_the_limit_that_is_over_is_not_begun_by_late_words(tmp_path: Path) -> None:
    async with world(tmp_path, max_concurrent_calls=1) as ours, ours.host.call():
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, "Hello.")
        await ours.manager.call_all("transcript", call=call.call, turn=FORGET)
        assert ours.service.active_calls == 1


async def test_p8_what_may_be_the_same_person_s_under_another_encoder_is_said_and_left_for_review(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as ours:
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        caller_ids = []
        for name in ("slt", "rms"):
            async with ours.host.call(from_number=NUMBER) as call:
                await enroll(call, telephone(voice(name, "enroll")))
            caller_ids.append(call.session.caller_id)
        first, second = (str(each) for each in caller_ids)

        def of_before(caller: Caller) -> Caller:
            (known,) = caller.voiceprints
            outdated = known.model_copy(update={"encoder": "an encoder of before"})
            return caller.model_copy(update={"voiceprints": [outdated]})

        ours.service.store.update(first, of_before)
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: call.session.caller_id == second)
            await speaks(call, FORGET.text)
            await agent_says(call, "older record")
        assert [caller.caller_id for caller in ours.callers] == [first]
        assert ours.service.store.refusal(suspension_of(link)) is not None
    (line,) = [each.getMessage() for each in caplog.records if first in each.getMessage()]
    assert "review" in line


async def test_p8_another_person_of_the_same_number_is_no_reason_for_a_review(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        for name in ("slt", "rms"):
            async with ours.host.call(from_number=NUMBER) as call:
                await enroll(call, telephone(voice(name, "enroll")))
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("rms", "return")))
            await until(call, lambda: call.session.caller_id is not None)
            await speaks(call, FORGET.text)
            await agent_says(call, "everything kept about you are deleted")
        assert len(ours.callers) == 1
        assert ours.service.store.refusal(suspension_of(link)) is None


async def test_p8_who_is_recognised_and_hangs_up_before_the_confirmation_is_over_is_erased(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours:
        caller_id = await enrolled(ours, voice, telephone)
        async with ours.host.call() as call:
            answering, may_go_on, say = asyncio.Event(), asyncio.Event(), call.agent.say

            async def say_slowly(text: str) -> Spoken:
                answering.set()
                await may_go_on.wait()
                return await say(text)

            monkeypatch.setattr(call.agent, "say", say_slowly)
            await ours.manager.call_all("transcript", call=call.call, turn=FORGET)
            await answering.wait()
            await call.play(telephone(voice("slt", "return")))
            await all_windows_embedded(ours)
            hanging = asyncio.create_task(call.hang_up())
            await call.wait_for(lambda event: event.kind == "call_end")
            may_go_on.set()
            await hanging
        assert ours.callers == []
        assert ours.witness.forgotten == [caller_id]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
async def test_p8_where_only_a_yes_allows_listening_who_withdraws_before_it_is_promised_no_recognition(
    tmp_path: Path, voice: Any, telephone: Any, language: str
) -> None:
    async with world(tmp_path) as ours:
        caller_id = await enrolled(ours, voice, telephone)
    script = default_script(language, "we", 365)
    assert script is not None
    async with world(tmp_path, identify_scope="on_request") as ours:
        link = phone_hasher(ours.service.store).link(NUMBER)
        assert link is not None
        async with ours.host.call(
            from_number=NUMBER, call_id="CA7", parameters={"language": language}
        ) as call:
            await call.play(telephone(voice("slt", "return")))
            await speaks(call, "Forget my voice.")
            await agent_says(call, script.withdrawal_suspended_unheard)
            await until(call, lambda: not call.agent.floor_is_taken)
            await call.play(telephone(voice("slt", "enroll")))
            await all_windows_embedded(ours)
            assert lines(call) == [script.withdrawal_suspended_unheard]
        # As it was said: nothing is erased yet, nobody is recognised from this number, and it is queued.
        assert [caller.caller_id for caller in ours.callers] == [caller_id]
        assert ours.service.store.refusal(suspension_of(link)) is not None
        (review,) = reviews(ours.service.store)
        assert (review.call_id, review.why) == ("CA7", "not_recognised")


@pytest.mark.parametrize("number", [None, "anonymous"])
async def test_p8_where_nobody_listens_and_no_number_is_known_it_is_said_how_to_be_heard(
    tmp_path: Path, number: str | None
) -> None:
    async with (
        world(tmp_path, identify_scope="on_request") as ours,
        ours.host.call(from_number=number) as call,
    ):
        await speaks(call, "Forget my voice.")
        await agent_says(call, "when you call from your usual number")
        assert len(lines(call)) == 1
        assert reviews(ours.service.store) == []


async def test_p8_where_the_scope_does_not_listen_to_an_unknown_number_nobody_is_promised_a_recognition(
    tmp_path: Path,
) -> None:
    async with (
        world(tmp_path, identify_scope="known_numbers") as ours,
        ours.host.call(from_number=NUMBER) as call,
    ):
        await speaks(call, "Forget my voice.")
        await agent_says(call, "somebody will see to it")
        assert len(reviews(ours.service.store)) == 1


async def test_p8_a_yes_that_is_taken_back_ends_the_listening_and_promises_no_recognition(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with (
        world(tmp_path, identify_scope="on_request") as ours,
        ours.host.call(from_number=NUMBER) as call,
    ):
        await speaks(call, "Where is my order?")
        await agent_says(call, "May we keep")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "Forget my voice.")
        await agent_says(call, "somebody will see to it")
        assert not any("If I recognise you" in line for line in lines(call))
        await call.play(telephone(voice("slt", "enroll")))
        await asyncio.sleep(0.3)
        models = ours.service.models
        assert models is not None
        assert sum(model.engine.embedded_windows for model in models.all) == 0


async def test_p8_where_only_a_yes_allows_listening_who_was_enrolled_on_this_call_is_erased_at_once(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with (
        world(tmp_path, identify_scope="on_request") as ours,
        ours.host.call(from_number=NUMBER) as call,
    ):
        await speaks(call, "Where is my order?")
        await agent_says(call, "May we keep")
        await speaks(call, "Yes, please.")
        await agent_says(call, "name")
        await speaks(call, "Ada.")
        await speaks(call, "It is about a lamp.", telephone(voice("slt", "enroll")))
        await agent_says(call, "notes")
        assert len(ours.callers) == 1
        await speaks(call, "Forget my voice.")
        await agent_says(call, "Done.")
        assert ours.callers == []
        assert reviews(ours.service.store) == []
