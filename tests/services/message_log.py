"""Every message of a connection with its time and direction, without the audio in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Logged", "MessageLog"]

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Logged:
    """One message: ``at`` seconds after the log was opened, as seen from whoever keeps the log."""

    at: float
    direction: Literal["sent", "received"]
    message: Message

    @property
    def type(self) -> str:
        """The message's kind, whatever its protocol calls the field."""
        return str(self.message.get("type") or self.message.get("event") or "")


class MessageLog:
    """What one connection sent and received, oldest first."""

    def __init__(self) -> None:
        self.entries: list[Logged] = []
        self._opened = time.monotonic()
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def now(self) -> float:
        """Seconds since the log was opened."""
        return time.monotonic() - self._opened

    def note_sent(self, message: Mapping[str, Any]) -> None:
        """Add a message that goes out now."""
        self._add(Logged(self.now, "sent", _without_audio(message)))

    def note_received(self, message: Mapping[str, Any]) -> None:
        """Add a message that came in now."""
        self._add(Logged(self.now, "received", _without_audio(message)))

    def sent(self, kind: str | None = None) -> list[Message]:
        """The messages that went out, of one type if it is given."""
        return self._messages("sent", kind)

    def received(self, kind: str | None = None) -> list[Message]:
        """The messages that came in, of one type if it is given."""
        return self._messages("received", kind)

    async def wait_for(self, predicate: Callable[[Logged], bool], timeout: float = 10.0) -> Logged:
        """The first message, past or to come, for which the predicate holds.

        Raises :class:`TimeoutError` after ``timeout`` seconds.
        """
        await self.until(lambda: any(map(predicate, self.entries)), timeout)
        return next(filter(predicate, self.entries))

    async def until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:
        """Wait for a condition, which is looked at again with every message.

        Raises :class:`TimeoutError` after ``timeout`` seconds.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not condition():
            remaining = deadline - loop.time()
            if remaining <= 0:
                raise TimeoutError(f"not within {timeout:g} s; {self._summary()}")
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait({future}, timeout=remaining)
            finally:
                self._waiting.discard(future)

    def changed(self) -> None:
        """Have everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def _add(self, entry: Logged) -> None:
        self.entries.append(entry)
        self.changed()

    def _messages(self, direction: str, kind: str | None) -> list[Message]:
        return [
            entry.message
            for entry in self.entries
            if entry.direction == direction and kind in (None, entry.type)
        ]

    def _summary(self) -> str:
        last = [f"{entry.direction} {entry.type}" for entry in self.entries[-12:]]
        return f"of {len(self.entries)} messages the last were: {', '.join(last) or 'none'}"


def _without_audio(message: Mapping[str, Any]) -> Message:
    """A copy in which base64 audio is replaced by its length."""
    copy = dict(message)
    for key in ("audio", "audioChunk"):
        if isinstance(copy.get(key), str):
            copy[key] = _length(copy[key])
    if str(copy.get("type", "")).endswith("audio.delta"):
        copy["delta"] = _length(copy["delta"])
    if isinstance(media := copy.get("media"), dict) and "payload" in media:
        copy["media"] = {**media, "payload": _length(media["payload"])}
    return copy


def _length(base64_text: str) -> str:
    return f"({len(base64_text) * 3 // 4} bytes)"
