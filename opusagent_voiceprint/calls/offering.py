"""When an unknown caller may be asked: once, idle, not on hold, after a first answer; or on request."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from opusagent_hooks import AgentUnavailableError, Call, Turn
from opusagent_voiceprint.calls.context import log_failure
from opusagent_voiceprint.calls.reading import Reading
from opusagent_voiceprint.consent import Answer

__all__ = ["Bar", "OfferRules", "OfferTimer"]

_LAST_TURNS: Final = 3
_IDLE_SECONDS: Final = 30.0
_HOLD_SECONDS: Final = 60.0
_HOLD_TURNS: Final = 2
"""Turns of the other side, beyond the answer to it, that a hold outlasts at most: it may have been none."""

Bar = Literal["switched_off", "withdrawn", "excluded", "suspended", "matching_stopped"]


def _last_readings() -> deque[Reading]:
    return deque(maxlen=_LAST_TURNS)


@dataclass(slots=True)
class _Hold:
    since: float
    turns: int = 0


@dataclass(slots=True)
class OfferRules:
    """What speaks for and against asking on this call.

    ``unknown`` is set when the voice is nobody's, or when nobody's voice is listened to before a yes.
    ``unsure``: whether the number's caller said no before is not known yet. ``requested``: the caller wants
    to be asked, so that an earlier question or an earlier no is no hindrance. ``clock`` gives seconds.
    """

    enabled: bool
    unknown: bool = False
    offered: bool = False
    refused: bool = False
    unsure: bool = False
    suspended: bool = False
    matching_stopped: bool = False
    emergency: bool = False
    withdrawn: bool = False
    excluded: bool = False
    requested: bool = False
    _caller_turns: int = 0
    _last_speaker: str = ""
    clock: Callable[[], float] = time.monotonic
    _holds: dict[str, _Hold] = field(default_factory=dict)
    _readings: deque[Reading] = field(default_factory=_last_readings)
    _request_until: float = 0.0

    def suspend(self) -> None:
        """Nobody is recognised on calls from this number, so that nobody is asked on them either."""
        self.refused = self.suspended = True

    def stop_matching(self) -> None:
        """No voice is compared on this call, so that nobody can be told from who is enrolled already."""
        self.refused = self.matching_stopped = True

    def hear(self, reading: Reading, at: float) -> None:
        """The caller spoke, to us or to the agent; ``at`` is on the event loop's clock."""
        self._readings.append(reading)
        self._wait(reading, "caller")
        if reading.request and at <= self._request_until:
            self.requested = True

    def note(self, turn: Turn, reading: Reading) -> None:
        """Somebody spoke, and not to us. Nobody is asked in an emergency, and no child."""
        self._last_speaker = turn.speaker
        if turn.speaker == "caller":
            self._caller_turns += 1
            self.emergency |= reading.emergency
            self.excluded |= reading.answer is Answer.MINOR
        else:
            self._wait(reading, turn.speaker)

    def _wait(self, reading: Reading, speaker: str) -> None:
        """Who asked the other to wait is waited for until they say something else, but not for ever."""
        self._holds.pop(speaker, None)
        for hold in self._holds.values():
            hold.turns += 1
        if reading.hold:
            self._holds[speaker] = _Hold(self.clock())

    def expect_request(self, until: float) -> None:
        """The model says that the caller asks for it. Words to that effect may be transcribed only now."""
        self._request_until = until

    def made(self) -> None:
        """The question is being put: the words that asked for it are used up."""
        self.offered, self.requested = True, False
        self._request_until = 0.0
        self._readings.clear()

    def another_voice(self) -> None:
        """What the one said before, the other did not."""
        self.unknown = self.requested = False
        self._request_until = 0.0
        self._readings.clear()

    @property
    def turns(self) -> int:
        """How often the caller has spoken: an offer that was due before the latest words is due no more."""
        return self._caller_turns

    @property
    def asked_for(self) -> bool:
        """Whether the caller's last turns ask to be remembered."""
        return any(reading.request for reading in self._readings)

    @property
    def taken_back(self) -> bool:
        """Whether the caller's last turns take a consent back."""
        return any(reading.answer is Answer.WITHDRAW for reading in self._readings)

    @property
    def on_hold(self) -> bool:
        """Whether one side asked the other to wait lately, and has said nothing else since."""
        now = self.clock()
        return any(
            now - hold.since < _HOLD_SECONDS and hold.turns <= _HOLD_TURNS for hold in self._holds.values()
        )

    @property
    def bar(self) -> Bar | None:
        """Why the question may not even be put on request, or None."""
        if not self.enabled:
            return "switched_off"
        if self.withdrawn:
            return "withdrawn"
        if self.excluded:
            return "excluded"
        if self.suspended:
            return "suspended"
        return "matching_stopped" if self.matching_stopped else None

    @property
    def allowed(self) -> bool:
        """Whether the question may be put now, if the agent is idle."""
        if self.bar is not None or self.unsure or self.on_hold or not self.unknown:
            return False
        answered = self._caller_turns > 0 and self._last_speaker == "agent"
        return self.requested or (answered and not (self.offered or self.refused or self.emergency))


class OfferTimer:
    """Waits for the agent to be idle, then gives ``due`` the number of turns it was started with."""

    def __init__(self, call: Call, due: Callable[[int], None]) -> None:
        self._call = call
        self._due = due
        self._waiting: asyncio.Task[None] | None = None

    def start(self, caller_turns: int) -> None:
        """Begin to wait, unless it is waiting already."""
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._when_idle(caller_turns))

    def stop(self) -> None:
        """The call is over."""
        if self._waiting is not None:
            self._waiting.cancel()

    async def _when_idle(self, caller_turns: int) -> None:
        try:
            if await self._call.agent.wait_idle(_IDLE_SECONDS):
                self._due(caller_turns)
        except AgentUnavailableError:
            return  # the call is over, or its model gone: there is nobody to ask
        except Exception as exc:  # noqa: BLE001 - a host's errors may hold what P15 keeps out of the log
            log_failure(self._call.id, "the agent could not be waited for", exc)
        finally:
            self._waiting = None
