"""The first reply after a recognition waits a moment, so that it can greet the caller."""

from __future__ import annotations

import contextlib
from typing import Final

from opusagent_hooks import AgentError, Call
from opusagent_voiceprint.calls.context import log_failure
from opusagent_voiceprint.calls.patience import Patience

__all__ = ["ReplyHold"]

_LONGEST: Final = 0.3
"""Seconds that a reply may wait."""


class ReplyHold:
    """Has the agent's next reply wait between :meth:`begin` and :meth:`end`, for 0.3 s at most.

    Of that it may wait ``for_store`` seconds for the store, however much is read for it. Agents that cannot
    wait do not: what is put in late is there for the reply after.
    """

    def __init__(self, call: Call, *, for_store: float) -> None:
        self._call = call
        self._for_store = for_store
        self._patience: Patience | None = None
        self._held = contextlib.ExitStack()

    @property
    def left_for_store(self) -> float:
        """Seconds for which the store may still be waited for."""
        return self._for_store if self._patience is None else self._patience.left

    def begin(self) -> None:
        """A caller was recognised: context is on its way."""
        self.end()
        self._patience = Patience(self._for_store)
        expect_context = getattr(self._call.agent, "expect_context", None)
        if expect_context is None:
            return  # a host from before there was such a thing
        try:
            self._held.enter_context(expect_context(_LONGEST))
        except AgentError:
            return
        except Exception as exc:  # noqa: BLE001 - whatever the host raises, the caller is greeted
            log_failure(self._call.id, "the next reply cannot wait for the greeting", exc)

    def end(self) -> None:
        """The context is there, or will not be. A second time: nothing."""
        self._patience = None
        try:
            self._held.close()
        except Exception as exc:  # noqa: BLE001 - see above
            log_failure(self._call.id, "the reply that waited for the greeting could not be released", exc)
