"""What went wrong in plugins on one call: logged once, counted after that, and where it happened."""

from __future__ import annotations

import inspect
import logging
from collections import Counter

import pluggy

__all__ = ["CallProblems", "place_of_definition", "place_of_failure"]

logger = logging.getLogger("opusagent_hooks")


class CallProblems:
    """The failures of one call, by plugin, hook and kind.

    ``deaf`` are the names of the plugins that get no more audio of this call, ``audio_failures`` how often
    each failed in ``audio_input``.
    """

    __slots__ = ("_counts", "audio_failures", "deaf")

    def __init__(self) -> None:
        self.deaf: set[str] = set()
        self.audio_failures: Counter[str] = Counter()
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def error(self, plugin_name: str, hook_name: str, kind: str, text: str) -> None:
        """Log a failure in one line if it is the first of its kind, else count it."""
        self._report(logging.ERROR, plugin_name, hook_name, kind, text)

    def warning(self, plugin_name: str, hook_name: str, kind: str, text: str) -> None:
        """Like :meth:`error`, for what still worked."""
        self._report(logging.WARNING, plugin_name, hook_name, kind, text)

    def summarise(self) -> None:
        """Log how often each failure was repeated after its first line."""
        for (plugin_name, hook_name, kind), count in self._counts.items():
            if count > 1:
                logger.warning(
                    "plugin %s: %s: %s happened %d more times on a call that ended",
                    plugin_name,
                    hook_name,
                    kind,
                    count - 1,
                )

    def _report(self, level: int, plugin_name: str, hook_name: str, kind: str, text: str) -> None:
        key = (plugin_name, hook_name, kind)
        self._counts[key] += 1
        if self._counts[key] == 1:
            logger.log(level, "plugin %s: %s %s", plugin_name, hook_name, text)


def place_of_failure(error: BaseException, implementation: pluggy.HookImpl) -> str:
    """``file:line`` of the innermost frame in the plugin's own package, else of its implementation."""
    home = _package(getattr(implementation.function, "__module__", None))
    place = None
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if _package(frame.f_globals.get("__name__")) == home:
            place = f"{frame.f_code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place or place_of_definition(implementation)


def place_of_definition(implementation: pluggy.HookImpl) -> str:
    """``file:line`` where an implementation is defined."""
    code = getattr(inspect.unwrap(implementation.function), "__code__", None)
    if code is None:
        return f"in {getattr(implementation.function, '__module__', None) or 'an unknown module'}"
    return f"{code.co_filename}:{code.co_firstlineno}"


def _package(module_name: object) -> str:
    return str(module_name).partition(".")[0]
