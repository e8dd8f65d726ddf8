"""What went wrong in here, logged once: the host goes on without it."""

from __future__ import annotations

import logging

__all__ = ["Mishaps"]

logger = logging.getLogger("opusagent_hooks")


class Mishaps:
    """Logs the first failure of each kind. Types and places only: messages may hold what a caller said."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def report(self, what: str, error: BaseException) -> None:
        """``what`` did not work; the host was left to itself there."""
        kind = type(error).__qualname__
        if (what, kind) in self._seen:
            return
        self._seen.add((what, kind))
        logger.error("%s failed with %s at %s; the call goes on without it", what, kind, _place(error))

    def say_once(self, text: str) -> None:
        """A warning, the first time."""
        if (text, "") not in self._seen:
            self._seen.add((text, ""))
            logger.warning("%s", text)


def _place(error: BaseException) -> str:
    traceback = error.__traceback__
    place = "an unknown place"
    while traceback is not None:
        place = f"{traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
