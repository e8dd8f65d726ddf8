"""The engine: windows of many calls in, each call's own embeddings out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.encoding import (
    Encoders,
    RecognitionEngine,
    SpeakerEncoder,
    SpeechStream,
    SpeechWindow,
    WindowEmbedding,
    WindowSpec,
)
from opusagent_voiceprint.encoding.backlog import MAX_BATCH
from opusagent_voiceprint.encoding.lstm_network import BFLOAT16_AGREEMENT

Samples = npt.NDArray[np.float32]

PATIENCE = 20.0
POISON = -1.0
SPEC = WindowSpec(length=4, hop=4, lead=0, shortest=4)


class EchoEncoder:
    """An encoder at the edge of the world: the first sample of a window is its embedding."""

    encoder_id = "echo"
    dimension = 1
    window = SPEC

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.may_run = threading.Event()
        self.may_run.set()
        self.running = threading.Event()

    def embed(self, windows: Samples) -> Samples:
        self.batches.append(len(windows))
        self.running.set()
        assert self.may_run.wait(PATIENCE)
        if (windows[:, 0] == POISON).any():
            raise RuntimeError("the caller said my-sentinel-words")
        return windows[:, :1]

    def warm_up(self) -> None:
        """Nothing to load."""


class ShortEncoder(EchoEncoder):
    """Gives one embedding too few."""

    def embed(self, windows: Samples) -> Samples:
        return super().embed(windows)[:-1]


class ACall:
    """A source of windows that notes what comes back."""

    urgent = True
    closed = False

    def __init__(self, *values: float) -> None:
        self._lock = threading.Lock()
        self.waiting = list(values)
        self.expected = len(values)
        self.received: list[float] = []
        self.done = threading.Event()

    def add(self, *values: float) -> None:
        with self._lock:
            self.waiting += values
            self.expected += len(values)

    def take_windows(self) -> Sequence[SpeechWindow]:
        with self._lock:
            values, self.waiting = self.waiting, []
        return [SpeechWindow(np.full(SPEC.length, value, np.float32), value) for value in values]

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        values = [float(each.main[0]) for each in embeddings]
        assert [window.net_speech_seconds for window in windows] == values
        self.received += values
        if len(self.received) == self.expected:
            self.done.set()


class ACallThatCannotBePrepared(ACall):
    def take_windows(self) -> Sequence[SpeechWindow]:
        raise RuntimeError("the caller said my-sentinel-words")


class ACallThatCannotUseItsEmbeddings(ACall):
    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        raise RuntimeError("the caller said my-sentinel-words")


@pytest.fixture
def echo() -> EchoEncoder:
    return EchoEncoder()


@pytest.fixture
def engine(echo: EchoEncoder) -> Iterator[RecognitionEngine]:
    running = RecognitionEngine(Encoders(echo))
    running.start()
    yield running
    echo.may_run.set()
    running.stop()


def batched(engine: RecognitionEngine, echo: EchoEncoder, calls: Sequence[ACall]) -> None:
    """Announce calls while the engine is busy with another one, so that they wait for it together."""
    first = ACall(0.5)
    echo.running.clear()
    echo.may_run.clear()
    engine.announce(first)
    assert echo.running.wait(PATIENCE)
    for call in calls:
        engine.announce(call)
    echo.may_run.set()
    assert first.done.wait(PATIENCE)


def test_the_fake_encoder_is_one() -> None:
    assert isinstance(EchoEncoder(), SpeakerEncoder)


def test_the_windows_of_all_waiting_calls_are_embedded_together_and_go_back_in_order(
    engine: RecognitionEngine, echo: EchoEncoder
) -> None:
    calls = [ACall(1, 2, 3), ACall(10), ACall(), ACall(20, 21)]
    batched(engine, echo, calls)
    for call in calls:
        assert not call.expected or call.done.wait(PATIENCE)
    assert [call.received for call in calls] == [[1, 2, 3], [10], [], [20, 21]]
    assert echo.batches == [1, 6]


def test_a_batch_is_never_larger_than_the_limit(engine: RecognitionEngine, echo: EchoEncoder) -> None:
    calls = [ACall(*range(1000 * index, 1000 * index + 25)) for index in range(1, 4)]
    batched(engine, echo, calls)
    for index, call in enumerate(calls, start=1):
        assert call.done.wait(PATIENCE)
        assert call.received == list(range(1000 * index, 1000 * index + 25))
    assert echo.batches == [1, MAX_BATCH, MAX_BATCH, 75 - 2 * MAX_BATCH]


def test_a_call_that_announced_itself_twice_is_served_once(
    engine: RecognitionEngine, echo: EchoEncoder
) -> None:
    call = ACall(1, 2)
    batched(engine, echo, [call, call, call])
    assert call.done.wait(PATIENCE)
    assert call.received == [1, 2]
    assert echo.batches == [1, 2]


def test_a_call_is_served_again_when_it_has_more(engine: RecognitionEngine) -> None:
    call = ACall(1)
    engine.announce(call)
    assert call.done.wait(PATIENCE)
    call.done.clear()
    call.add(2, 3)
    engine.announce(call)
    assert call.done.wait(PATIENCE)
    assert call.received == [1, 2, 3]


@pytest.mark.parametrize("broken", [ACallThatCannotBePrepared, ACallThatCannotUseItsEmbeddings])
def test_an_error_in_one_call_is_that_calls_alone(
    engine: RecognitionEngine, echo: EchoEncoder, broken: type[ACall]
) -> None:
    before, after = ACall(1), ACall(2)
    batched(engine, echo, [before, broken(7), after])
    assert before.done.wait(PATIENCE)
    assert after.done.wait(PATIENCE)
    assert (before.received, after.received) == ([1], [2])


def test_windows_that_the_encoder_cannot_take_cost_only_their_own_call(
    engine: RecognitionEngine, echo: EchoEncoder
) -> None:
    before, poisoned, after = ACall(1, 2), ACall(5, POISON), ACall(3)
    batched(engine, echo, [before, poisoned, after])
    assert before.done.wait(PATIENCE)
    assert after.done.wait(PATIENCE)
    assert (before.received, poisoned.received, after.received) == ([1, 2], [], [3])


def test_after_an_error_of_the_encoder_the_next_windows_are_embedded(engine: RecognitionEngine) -> None:
    call = ACall(POISON)
    engine.announce(call)
    following = ACall(1)
    engine.announce(following)
    assert following.done.wait(PATIENCE)
    call.add(2)
    call.expected = 1
    engine.announce(call)
    assert call.done.wait(PATIENCE)
    assert call.received == [2]


def test_an_encoder_that_gives_too_few_embeddings_does_not_end_the_engine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    encoder = ShortEncoder()
    engine = RecognitionEngine(Encoders(encoder))
    engine.start()
    try:
        calls = [ACall(1, 2), ACall(3)]
        for call in calls:
            encoder.running.clear()
            engine.announce(call)
            assert encoder.running.wait(PATIENCE)
    finally:
        engine.stop(PATIENCE)
    assert [call.received for call in calls] == [[], []]
    assert caplog.text.count("windows could not be embedded: EncoderError") == 2


def test_p15_an_error_is_logged_by_its_type_and_place_and_never_by_its_words(
    engine: RecognitionEngine, echo: EchoEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    last = ACall(1)
    batched(
        engine, echo, [ACallThatCannotBePrepared(), ACallThatCannotUseItsEmbeddings(7), ACall(POISON), last]
    )
    assert last.done.wait(PATIENCE)
    engine.stop()
    assert caplog.text.count("RuntimeError at") == 3
    assert "my-sentinel-words" not in caplog.text


def test_calls_announce_themselves_from_many_threads_and_none_is_lost(engine: RecognitionEngine) -> None:
    calls = [ACall(*(100 * index + window for window in range(20))) for index in range(1, 9)]

    def speak(call: ACall) -> None:
        values, call.waiting = call.waiting, []
        call.expected = 0
        for value in values:
            call.add(value)
            engine.announce(call)

    # What each will have received is fixed before any of it is sent.
    wanted = [list(call.waiting) for call in calls]
    threads = [threading.Thread(target=speak, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    # The queue is served in order: when this one is done, so are they.
    last = ACall(1)
    engine.announce(last)
    assert last.done.wait(PATIENCE)
    engine.stop()
    assert [call.received for call in calls] == wanted


def test_stop_ends_the_worker_and_what_is_announced_after_it_is_not_embedded(
    engine: RecognitionEngine, echo: EchoEncoder
) -> None:
    engine.stop(timeout=PATIENCE)
    assert not any(thread.name == "voiceprint-engine" for thread in threading.enumerate())
    late = ACall(1)
    engine.announce(late)
    engine.stop()
    assert late.received == []
    assert echo.batches == []


def test_stop_waits_for_the_batch_that_is_running_and_drops_the_rest(
    engine: RecognitionEngine, echo: EchoEncoder
) -> None:
    first, waiting = ACall(*range(MAX_BATCH + 5)), ACall(1)
    echo.may_run.clear()
    engine.announce(first)
    assert echo.running.wait(PATIENCE)
    engine.announce(waiting)
    engine.stop(timeout=0.0)
    echo.may_run.set()
    engine.stop(timeout=PATIENCE)
    assert first.received == list(range(MAX_BATCH))
    assert waiting.received == []


def test_starting_twice_starts_one_worker(engine: RecognitionEngine) -> None:
    engine.start()
    assert sum(thread.name == "voiceprint-engine" for thread in threading.enumerate()) == 1


def test_an_engine_that_never_ran_can_be_stopped() -> None:
    RecognitionEngine(Encoders(EchoEncoder())).stop()


class AVoice:
    """A call with a real voice, all of it waiting."""

    urgent = True
    closed = False

    def __init__(self, samples: Samples, spec: WindowSpec) -> None:
        stream = SpeechStream(spec)
        self.windows = [*stream.push(samples), *stream.finish()]
        self.embeddings: list[WindowEmbedding] = []
        self.done = threading.Event()

    def take_windows(self) -> Sequence[SpeechWindow]:
        return self.windows

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        self.embeddings += embeddings
        if len(self.embeddings) == len(self.windows):
            self.done.set()


def test_real_voices_get_the_embeddings_that_they_get_alone(
    voice: Callable[[str, str], Samples], encoder: SpeakerEncoder
) -> None:
    calls = [AVoice(voice(name, "return"), encoder.window) for name in ("slt", "rms", "grandma", "awb")]
    engine = RecognitionEngine(Encoders(encoder))
    for call in calls:
        engine.announce(call)
    engine.start()
    for call in calls:
        assert call.done.wait(PATIENCE)
        alone = encoder.embed(np.stack([window.samples for window in call.windows]))
        together = np.stack([each.main for each in call.embeddings])
        # Rounding differs with the number of windows, in bfloat16 in the fourth place.
        assert (together * alone).sum(axis=1).min() > BFLOAT16_AGREEMENT
    engine.stop()
