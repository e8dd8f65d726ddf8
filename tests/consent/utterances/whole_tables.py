"""Whole tables in one test for each language and answer: every row is tried, and each that fails is named."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from opusagent_voiceprint.consent import Answer

__all__ = ["failures", "for_all"]

Row = tuple[Any, ...]


def for_all(rows: Iterable[Row]) -> Callable[[Callable[..., None]], Callable[[str], None]]:
    """The test is run with each row's values, which begin with a language.

    As one test for each language, and each :class:`Answer` where rows have one: tens of thousands would take
    pytest longer than reading the words takes.
    """
    rows = list(rows)
    if not rows:
        raise ValueError("no rows to try")
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault("-".join([row[0], *(e.value for e in row if isinstance(e, Answer))]), []).append(
            row
        )

    def whole(check: Callable[..., None]) -> Callable[[str], None]:
        if inspect.iscoroutinefunction(check):
            raise TypeError(f"{check.__name__} is a coroutine function, which nobody would await")

        @functools.wraps(check)
        def test(group: str) -> None:
            failed = failures(check, groups[group])
            if failed:
                of = f"{len(failed)} of {len(groups[group])} rows fail in {check.__name__}[{group}]:"
                pytest.fail("\n".join([of, *failed]), pytrace=False)

        # pytest would ask for the arguments of what is wrapped.
        signature = inspect.signature(test, follow_wrapped=False)
        setattr(test, "__signature__", signature)  # noqa: B010 - mypy knows functions without one
        return pytest.mark.parametrize("group", groups)(test)

    return whole


def failures(check: Callable[..., None], rows: Iterable[Row]) -> list[str]:
    """A line for each row that does not pass, with its values and why."""
    failed = []
    for row in rows:
        try:
            check(*row)
        except (Exception, pytest.skip.Exception) as exc:  # noqa: BLE001, PERF203 - the others are tried, too
            values = ", ".join(each.name if isinstance(each, Answer) else repr(each) for each in row)
            failed.append(f"{values}: {type(exc).__name__}: {exc}")
    return failed
