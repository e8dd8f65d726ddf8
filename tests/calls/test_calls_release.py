"""What calls give back: the engine's queue, the floor, what was said, and the store."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import pytest
from worlds import REQUEST, agent_says, speaks, until, world

from opusagent_hooks import AgentUnavailableError, AudioChunk, codecs
from opusagent_voiceprint.calls import follower as follower_module
from opusagent_voiceprint.calls import records as records_module
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.calls.records import Records
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.consent.interpret import _compiled as compiled_grammar
from opusagent_voiceprint.consent.interpret import grammar_for
from opusagent_voiceprint.encoding import RecognitionEngine, SpeakerEncoder, SpeechWindow, WindowSource
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.matching import Backend, Gallery
from opusagent_voiceprint.models import Caller, DoNotAsk, Embedding, utc_now
from opusagent_voiceprint.storage import SQLiteStorage


class Nobody:
    """A voice that nobody listens to."""

    def add(self, window: SpeechWindow, embedding: Embedding, **_: object) -> None:
        """Drop it."""


def frames(speech: Any) -> list[AudioChunk]:
    data = codecs.encode(speech, "mulaw")
    return [AudioChunk(data[at : at + 160], "mulaw", 8000) for at in range(0, len(data), 160)]


def test_a_call_waits_in_the_engine_s_queue_once_however_much_it_hears_until_it_is_served(
    encoder: SpeakerEncoder, voice: Any, telephone: Any
) -> None:
    queue: list[WindowSource] = []
    listener = Listener(encoder.window, Nobody(), queue.append)
    heard = frames(telephone(voice("slt", "enroll")))
    for frame in heard:
        listener.hear(frame)
    assert queue == [listener]
    assert len(listener.take_windows()) > 3
    for frame in heard:
        listener.hear(frame)
    assert queue == [listener, listener]


def test_a_closed_call_neither_announces_itself_nor_gives_anything_out(
    encoder: SpeakerEncoder, voice: Any, telephone: Any
) -> None:
    queue: list[WindowSource] = []
    listener = Listener(encoder.window, Nobody(), queue.append)
    heard = frames(telephone(voice("slt", "enroll")))
    for frame in heard:
        listener.hear(frame)
    listener.close()
    assert list(listener.take_windows()) == []
    for frame in heard:
        listener.hear(frame)
    assert queue == [listener]
    assert list(listener.take_windows()) == []


@pytest.mark.parametrize("started", [True, False])
def test_an_engine_that_stopped_holds_no_call(encoder: SpeakerEncoder, started: bool) -> None:
    engine = RecognitionEngine(encoder)
    waiting, late = (Listener(encoder.window, Nobody(), engine.announce) for _ in range(2))
    engine.announce(waiting)
    if started:
        engine.start()
    engine.stop()
    engine.announce(late)
    held = [weakref.ref(waiting), weakref.ref(late)]
    del waiting, late
    gc.collect()
    assert [each() for each in held] == [None, None]


@pytest.mark.parametrize("error", [AgentUnavailableError, RuntimeError])
async def test_an_agent_that_cannot_speak_gets_the_floor_back(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await agent_says(call, "voiceprint")
        assert call.agent.floor_is_taken

        async def broken(text: str) -> None:
            raise error("the model is reconnecting")

        monkeypatch.setattr(call.agent, "say", broken)
        await speaks(call, "No, thank you.")
        await until(call, lambda: not call.agent.floor_is_taken)
        assert not any(event.kind == "floor_returned" for event in call.events)
        await speaks(call, "When will it come?")
        assert call.replies[-1].to == "When will it come?"


async def test_a_question_that_the_agent_cannot_put_is_not_answered_by_the_next_yes(
    tmp_path: Path, voice: Any, telephone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:

        async def broken(text: str) -> None:
            raise RuntimeError("the model is reconnecting")

        with monkeypatch.context() as patch:
            patch.setattr(call.agent, "say", broken)
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await call.wait_for(lambda event: event.kind == "floor_yielded", 20.0)
        await speaks(call, "Yes, please.")
        assert call.replies[-1].to == "Yes, please."
        assert ours.callers == []


class HangingStore(SQLiteStorage):
    """A store that stops answering."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked = threading.Event()
        self.answers = threading.Event()

    def refusal(self, subject: str) -> DoNotAsk | None:
        self.asked.set()
        self.answers.wait(20.0)
        return super().refusal(subject)

    def erase(self, caller_id: str, **options: Any) -> bool:
        self.asked.set()
        self.answers.wait(20.0)
        return super().erase(caller_id, **options)


async def test_closing_does_not_wait_for_a_store_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(records_module, "_READ_TIMEOUT", 0.05)
    monkeypatch.setattr(records_module, "_CLOSE_SECONDS", 0.2)
    store = HangingStore(tmp_path / "voices.db")
    records = Records(StoreAccess.of(store), patience=0.05)
    try:
        with pytest.raises(Exception, match="did not answer"):
            await records.refusal("somebody")
        began = time.monotonic()
        records.close()
        assert time.monotonic() - began < 10.0
        assert "does not answer" in caplog.text
    finally:
        store.answers.set()


def test_the_last_try_of_an_erasure_does_not_wait_for_a_store_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from worlds import settings

    monkeypatch.setattr(follower_module, "_LAST_TRY_SECONDS", 0.2)
    store = HangingStore(tmp_path / "voices.db")
    gallery = Gallery(Backend.of_cosine("an-encoder", 16))
    arrears = Arrears(None, gallery.remove)
    follower = GalleryFollower(StoreAccess.of(store), gallery, arrears, settings(tmp_path), utc_now)
    arrears.erasing("caller_1")
    try:
        began = time.monotonic()
        follower.finish()
        assert time.monotonic() - began < 10.0
    finally:
        store.answers.set()
    (line,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert "caller_1" in line


async def test_p2_a_call_that_ends_before_its_voice_is_stored_is_held_by_nothing(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, enrollment_duration=30.0) as ours:
        async with ours.host.call() as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, "voiceprint")
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "My name is Ada.")
            await agent_says(call, "in a sentence or two")
            held = weakref.ref(call.call.userdata["voiceprint.session"])
            assert held() is not None

        def let_go() -> bool:
            gc.collect()
            return held() is None

        await until(call, let_go)  # the engine may be busy with its last windows
        assert ours.callers == []


class LateStore(SQLiteStorage):
    """A store whose writes come through, but not before a test says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.slow = False
        self.may_write = threading.Event()

    def _write(self, *record: Any) -> int:
        if self.slow:
            self.may_write.wait(20.0)
        return super()._write(*record)


async def test_what_was_said_to_have_failed_is_undone_when_it_comes_through_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_module, "_WRITE_TIMEOUT", 0.2)
    arrears = Arrears(None, lambda _: None)
    store = LateStore(tmp_path / "voices.db")
    kept = store.put(Caller(languages=["en"]), expected_version=0)
    records = Records(StoreAccess.of(store), patience=0.2)
    store.slow = True
    with pytest.raises(StorageError, match="did not answer"):
        await records.add(Caller(caller_id="late"), unsure=lambda write: arrears.landing("late", write))
    with pytest.raises(StorageError, match="did not answer"):
        await records.change(
            kept.caller_id,
            lambda caller: caller.model_copy(update={"languages": ["en", "de"]}),
            unsure=lambda write: arrears.changes.note(
                kept.caller_id, write, lambda caller: caller.model_copy(update={"languages": ["en"]})
            ),
        )
    arrears.settle(store, None)  # too early
    assert arrears.overdue() == ["late"]
    store.slow = False
    store.may_write.set()
    deadline = time.monotonic() + 20.0
    while arrears.overdue() or arrears.changes.callers():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
        arrears.settle(store, None)
    assert [(each.caller_id, each.languages) for each in store.all()] == [(kept.caller_id, ["en"])]
    assert store.changes(0)[1] > 4  # both came through, and both were taken back
    records.close()


async def test_the_grammar_is_compiled_before_the_first_words_of_a_call(tmp_path: Path) -> None:
    compiled_grammar.cache_clear()
    async with world(tmp_path):
        compiled = compiled_grammar.cache_info().misses
        assert compiled > 0
        assert grammar_for("en") is not None
        assert compiled_grammar.cache_info().misses == compiled
