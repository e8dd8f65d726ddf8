"""The engine when more comes than it can embed: what waits, what goes together, and what is left out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opusagent_voiceprint.encoding import (
    Encoders,
    RecognitionEngine,
    SpeechWindow,
    WindowEmbedding,
    WindowSpec,
)
from opusagent_voiceprint.encoding.backlog import (
    DEADLINE,
    FULL_BATCH,
    LAZY,
    LIMIT,
    MAX_BATCH,
    Backlog,
    Waiting,
)

Samples = npt.NDArray[np.float32]

PATIENCE = 20.0
SPEC = WindowSpec(length=4, hop=4, lead=0, shortest=4)


def windows(*numbers: float) -> list[SpeechWindow]:
    return [SpeechWindow(np.full(SPEC.length, number, np.float32), number) for number in numbers]


def numbers(batch: Sequence[Waiting]) -> list[float]:
    return [each.window.net_speech_seconds for each in batch]


class ACall:
    """A source of windows that notes which came back."""

    def __init__(self, *, urgent: bool = True) -> None:
        self.urgent = urgent
        self.closed = False
        self.ready: list[SpeechWindow] = []
        self.received: list[float] = []
        self.came = threading.Event()

    def take_windows(self) -> Sequence[SpeechWindow]:
        taken, self.ready = self.ready, []
        return taken

    def embedded(self, windows: Sequence[SpeechWindow], embeddings: Sequence[WindowEmbedding]) -> None:
        self.received += [each.net_speech_seconds for each in windows]
        self.came.set()


# The backlog


def test_the_window_of_a_single_call_does_not_wait() -> None:
    backlog = Backlog()
    assert backlog.due_in(0.0) is None
    for second in range(10):
        backlog.add(ACall(), windows(second), float(second))
        assert backlog.due_in(float(second)) == 0.0
        assert len(backlog.take(float(second))) == 1


def steady(backlog: Backlog, rate: float) -> float:
    """When ``rate`` windows a second have come for ten seconds, one by one."""
    now = 0.0
    while now < 10.0:
        backlog.add(ACall(), windows(1), now)
        backlog.take(now)
        now += 1.0 / rate
    return now


def test_the_more_windows_come_the_longer_they_wait_for_company_and_never_long() -> None:
    waits = []
    for rate in (1.3, 4.0, 8.0, 60.0, 300.0):
        backlog = Backlog()
        now = steady(backlog, rate)
        backlog.add(ACall(), windows(1), now)
        waits.append(backlog.due_in(now) or 0.0)
    assert waits[0] == 0.0
    assert waits == sorted(waits)
    assert 0.0 < waits[1] < waits[2] < waits[3]
    assert waits[-1] == pytest.approx(0.08)


def test_after_a_quiet_while_nothing_waits() -> None:
    backlog = Backlog()
    now = steady(backlog, 100.0) + 20.0
    backlog.add(ACall(), windows(1), now)
    assert backlog.due_in(now) == 0.0


def test_a_full_batch_waits_for_nothing() -> None:
    backlog = Backlog()
    now = steady(backlog, 300.0)
    backlog.add(ACall(urgent=False), windows(*range(FULL_BATCH - 1)), now)
    assert (backlog.due_in(now) or 0.0) > 0.0
    backlog.add(ACall(urgent=False), windows(99), now)
    assert backlog.due_in(now) == 0.0


def test_windows_of_a_voice_that_is_only_watched_wait_for_a_run_that_takes_place_anyway() -> None:
    backlog = Backlog()
    watched, undecided = ACall(urgent=False), ACall()
    backlog.add(watched, windows(1), 0.0)
    assert backlog.due_in(0.0) == pytest.approx(LAZY)
    assert backlog.due_in(LAZY) == 0.0
    backlog.add(undecided, windows(2), 0.1)
    assert backlog.due_in(0.1) == 0.0
    assert numbers(backlog.take(0.1)) == [2, 1]


def test_who_is_not_decided_goes_first_and_each_call_s_windows_stay_in_their_order() -> None:
    backlog = Backlog()
    watched, first, second = ACall(urgent=False), ACall(), ACall()
    backlog.add(watched, windows(1, 2), 0.0)
    backlog.add(first, windows(10, 11), 0.0)
    backlog.add(second, windows(20), 0.0)
    backlog.add(first, windows(12), 0.1)
    assert numbers(backlog.take(0.1)) == [10, 11, 20, 12, 1, 2]


def test_a_call_that_becomes_urgent_keeps_its_order() -> None:
    backlog = Backlog()
    call = ACall(urgent=False)
    backlog.add(call, windows(1), 0.0)
    call.urgent = True
    backlog.add(ACall(), windows(5), 0.1)
    backlog.add(call, windows(2), 0.2)
    assert numbers(backlog.take(0.2)) == [1, 5, 2]


def test_a_run_is_bounded_and_watched_windows_do_not_lengthen_one_that_is_full() -> None:
    backlog = Backlog()
    backlog.add(ACall(), windows(*range(MAX_BATCH + 3)), 0.0)
    assert numbers(backlog.take(0.0)) == list(range(MAX_BATCH))
    backlog.add(ACall(urgent=False), windows(*range(100, 130)), 0.0)
    batch = numbers(backlog.take(0.0))
    assert len(batch) == FULL_BATCH
    assert batch[:3] == [MAX_BATCH, MAX_BATCH + 1, MAX_BATCH + 2]


def test_what_waited_beyond_its_deadline_is_left_out_and_counted() -> None:
    backlog = Backlog()
    call = ACall()
    backlog.add(call, windows(1, 2), 0.0)
    backlog.add(call, windows(3), 1.0)
    assert numbers(backlog.take(DEADLINE + 0.5)) == [3]
    assert backlog.shed == 2


def test_of_too_many_windows_the_oldest_of_watched_calls_are_left_out_first() -> None:
    backlog = Backlog()
    watched, undecided = ACall(urgent=False), ACall()
    backlog.add(watched, windows(1, 2, 3), 0.0)
    backlog.add(undecided, windows(*range(100, 100 + LIMIT - 3)), 0.1)
    assert (len(backlog), backlog.shed) == (LIMIT, 0)
    backlog.add(undecided, windows(1000, 1001), 0.2)
    assert (len(backlog), backlog.shed) == (LIMIT, 2)
    backlog.add(undecided, windows(1002, 1003), 0.3)
    assert (len(backlog), backlog.shed) == (LIMIT, 4)
    left = []
    while len(backlog):
        left += numbers(backlog.take(0.3))
    assert left == [*range(101, 100 + LIMIT - 3), 1000, 1001, 1002, 1003]


def test_in_a_crowd_a_watched_call_has_one_window_waiting_its_latest() -> None:
    backlog = Backlog()
    watched = ACall(urgent=False)
    backlog.add(ACall(), windows(*range(2 * MAX_BATCH)), 0.0)
    backlog.add(watched, windows(1001, 1002), 0.1)
    backlog.add(watched, windows(1003), 0.2)
    assert backlog.shed == 2
    assert len(backlog) == 2 * MAX_BATCH + 1
    left = []
    while len(backlog):
        left += numbers(backlog.take(0.3))
    assert [each for each in left if each > 1000] == [1003]


def test_what_waits_of_a_call_that_is_over_is_dropped_and_not_counted() -> None:
    backlog = Backlog()
    over, on = ACall(), ACall()
    backlog.add(over, windows(1, 2), 0.0)
    backlog.add(on, windows(3), 0.0)
    backlog.drop(over)
    assert (numbers(backlog.take(0.0)), backlog.shed) == ([3], 0)


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 7), st.integers(1, 40), st.floats(0.0, 0.5)), max_size=60
    )
)
def test_whatever_comes_every_window_is_embedded_once_or_left_out_once(
    steps: list[tuple[bool, int, int, float]],
) -> None:
    """Steps: run the network or not, which call, how many windows, how much later."""
    backlog = Backlog()
    calls = [ACall(urgent=index % 2 == 0) for index in range(8)]
    now, came, taken = 0.0, 0, list[tuple[int, float]]()
    for run, index, count, later in steps:
        now += later
        backlog.add(calls[index], windows(*range(came, came + count)), now)
        came += count
        assert len(backlog) <= LIMIT
        if run:
            batch = backlog.take(now)
            assert len(batch) <= MAX_BATCH
            taken += [(calls.index(each.source), each.window.net_speech_seconds) for each in batch]  # type: ignore[arg-type]
    while len(backlog):
        taken += [(calls.index(each.source), each.window.net_speech_seconds) for each in backlog.take(now)]  # type: ignore[arg-type]
    assert len(set(taken)) == len(taken)
    assert len(taken) + backlog.shed == came
    for index in range(8):
        order = [number for call, number in taken if call == index]
        assert order == sorted(order)


# The engine


class SlowEncoder:
    """An encoder at the edge of the world that runs when it is let."""

    encoder_id = "slow"
    dimension = 1
    window = SPEC

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.before: dict[int, Callable[[], object]] = {}  # what happens during which run
        self.may_run = threading.Event()
        self.running = threading.Event()

    def embed(self, windows: Samples) -> Samples:
        self.batches.append(len(windows))
        self.running.set()
        self.before.get(len(self.batches), lambda: None)()
        assert self.may_run.wait(PATIENCE)
        return windows[:, :1]

    def warm_up(self) -> None:
        """Nothing to load."""


@pytest.fixture
def slow() -> SlowEncoder:
    return SlowEncoder()


@pytest.fixture
def engine(slow: SlowEncoder) -> Iterator[RecognitionEngine]:
    running = RecognitionEngine(Encoders(slow))
    running.start()
    yield running
    slow.may_run.set()
    running.stop()


def occupied(engine: RecognitionEngine, slow: SlowEncoder) -> ACall:
    """A call whose window is being embedded until ``may_run`` is set."""
    first = ACall()
    first.ready = windows(0.5)
    engine.announce(first)
    assert slow.running.wait(PATIENCE)
    return first


def test_an_overloaded_engine_embeds_what_it_can_counts_the_rest_and_says_so_once(
    engine: RecognitionEngine, slow: SlowEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    occupied(engine, slow)
    calls = [ACall() for _ in range(4)]
    for index, call in enumerate(calls):
        call.ready = windows(*range(1000 * index, 1000 * index + LIMIT))
        engine.announce(call)
    last = ACall()
    last.ready = windows(9999)
    engine.announce(last)
    slow.may_run.set()
    assert last.came.wait(PATIENCE)
    for call in calls:  # once more, so that there are two occasions to say it
        call.ready = windows(*range(20_000, 20_000 + LIMIT))
        engine.announce(call)
    final = ACall()
    final.ready = windows(9999)
    engine.announce(final)
    assert final.came.wait(PATIENCE)
    engine.stop(PATIENCE)
    came = 2 * len(calls) * LIMIT + 3
    assert engine.shed_windows > 2 * LIMIT
    assert engine.embedded_windows == sum(slow.batches)
    assert engine.embedded_windows + engine.shed_windows <= came  # stop() may drop some
    assert max(slow.batches) <= MAX_BATCH
    assert engine.batches == len(slow.batches)
    assert caplog.text.count("recognition is behind") == 1


def test_of_a_call_that_ends_nothing_more_is_embedded(engine: RecognitionEngine, slow: SlowEncoder) -> None:
    occupied(engine, slow)
    ended, other = ACall(), ACall()
    ended.ready, other.ready = windows(1, 2), windows(3)
    engine.announce(ended)
    engine.announce(other)
    ended.closed = True
    engine.announce(ended)
    slow.may_run.set()
    assert other.came.wait(PATIENCE)
    assert ended.received == []
    assert slow.batches == [1, 1]


def test_audio_is_prepared_between_runs_so_that_none_of_it_is_lost(
    engine: RecognitionEngine, slow: SlowEncoder
) -> None:
    """While hundreds of windows wait, a call that announces itself is asked for its audio at once."""
    asked_after: list[int] = []

    class Late(ACall):
        def take_windows(self) -> Sequence[SpeechWindow]:
            asked_after.append(len(slow.batches))
            return super().take_windows()

    late, busy = Late(), ACall()
    late.ready, busy.ready = windows(7), windows(*range(LIMIT))
    slow.before[3] = lambda: engine.announce(late)
    occupied(engine, slow)
    engine.announce(busy)
    slow.may_run.set()
    assert late.came.wait(PATIENCE)
    assert asked_after == [3]
    assert late.received == [7]
