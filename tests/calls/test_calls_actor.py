"""The task of a call: what fails in it, also while it is cancelled, is logged by us and by nobody else."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Any

import pytest

from opusagent_voiceprint.calls.actor import CallActor


class Stubborn(CallActor[str]):
    """Fails when it is cancelled, and when it is asked how an item is to be handled."""

    def __init__(self) -> None:
        super().__init__("a call")
        self.handling = asyncio.Event()
        self.dropped = False
        self._start()

    @property
    def task(self) -> asyncio.Task[None]:
        assert self._task is not None
        return self._task

    def take(self, item: str) -> None:
        self._inbox.put_nowait(item)

    async def _prepare(self) -> None:
        pass

    async def _handle(self, item: str) -> None:
        self.handling.set()
        try:
            await asyncio.sleep(60.0)
        except asyncio.CancelledError:
            raise RuntimeError(f"{item} is what the caller said") from None

    async def _to_its_end(self, item: str) -> bool:
        if item == "odd":
            raise RuntimeError(f"{item} is what the caller said")
        return False

    def _patience(self) -> float | None:
        return None

    async def _nothing_came(self) -> None:
        pass

    async def _finish(self) -> None:
        pass

    def _drop(self) -> None:
        self.dropped = True


@pytest.mark.parametrize("item", ["cancelled", "odd"])
async def test_what_a_step_raises_when_its_call_is_cancelled_does_not_reach_the_loop_s_log(
    item: str, caplog: pytest.LogCaptureFixture
) -> None:
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    actor = Stubborn()
    actor.take(item)
    if item == "cancelled":
        await asyncio.wait_for(actor.handling.wait(), 20.0)
        actor.task.cancel()
    await asyncio.wait({actor.task}, timeout=20.0)
    assert actor.dropped
    del actor
    gc.collect()
    await asyncio.sleep(0.01)
    assert unhandled == []
    (line,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert line == "call a call: a step of voiceprint failed: RuntimeError; the call goes on"
