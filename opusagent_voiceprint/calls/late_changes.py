"""Changes that callers were told had failed, and that the store may have made: they are taken back."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from opusagent_voiceprint.errors import UnknownCallerError
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import CallerStore

__all__ = ["LateChanges"]

logger = logging.getLogger("opusagent_voiceprint")

_MOST: Final = 10_000


@dataclass(slots=True, eq=False)
class _Late:
    caller_id: str
    write: Future[Any]
    take_back: Callable[[Caller], Caller]
    is_said: bool = False
    """Whether it is in the log that it could not be taken back at once."""


class LateChanges:
    """Is told of each, and tries until it is certain that the caller is as before.

    Meanwhile the caller counts as nobody. Any thread may call it. Kept in memory: what could not be taken
    back before the process ends is named to the operator.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._late: list[_Late] = []
        self._counts: Counter[str] = Counter()  # of each caller with any

    def note(self, caller_id: str, write: Future[Any], take_back: Callable[[Caller], Caller]) -> None:
        """A change may have been made, or is being made yet.

        ``take_back`` must give a caller back unchanged to whom it was not made.
        """
        with self._lock:
            if len(self._late) < _MOST:
                self._late.append(_Late(caller_id, write, take_back))
                self._counts[caller_id] += 1
                return
        logger.error("caller %s: a change that failed may be stored, and is not taken back", caller_id)

    def concerns(self, caller_id: str) -> bool:
        """Whether something of a caller is to be taken back. As quick however much there is."""
        with self._lock:
            return caller_id in self._counts

    def callers(self) -> list[str]:
        """Whom something is to be taken back of, sorted."""
        with self._lock:
            return sorted(self._counts)

    def settle(self, store: CallerStore) -> None:
        """Take back what has come to its end; what fails is tried the next time, and logged once."""
        with self._lock:
            ended = [each for each in self._late if each.write.done()]
        for late in ended:
            try:
                store.update(late.caller_id, late.take_back)
            except UnknownCallerError:
                logger.info("caller %s is not there any more", late.caller_id)
            except Exception as exc:  # noqa: BLE001 - it must not keep the store from being followed
                if not late.is_said:
                    logger.warning(
                        "caller %s: a change that failed cannot be taken back yet (%s)",
                        late.caller_id,
                        type(exc).__name__,
                    )
                late.is_said = True
                continue
            self._settled(late)

    def _settled(self, late: _Late) -> None:
        with self._lock:
            self._late.remove(late)
            self._counts[late.caller_id] -= 1
            if not self._counts[late.caller_id]:
                del self._counts[late.caller_id]
