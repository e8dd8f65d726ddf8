"""What came of moving callers: how many, and who was not moved and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Failure", "OnStep", "Outcome"]

OnStep = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was not moved; no id where the whole store is meant. ``reason`` is nothing personal."""

    record_id: str | None
    reason: str
    kind: str = "caller"

    def __str__(self) -> str:
        return self.reason if self.record_id is None else f"{self.kind} {self.record_id!r}: {self.reason}"


@dataclass(slots=True)
class Outcome:
    """Who was moved. The sets are of caller ids."""

    moved: set[str] = field(default_factory=set)
    there: set[str] = field(default_factory=set)
    """Those that the target had already, just so."""
    kept: set[str] = field(default_factory=set)
    """Those that the target has otherwise, which was wanted."""
    erased: set[str] = field(default_factory=set)
    """Those that were erased since, and so are not in the target."""
    verified: int = 0
    """How many were read back from the target and are as they were in the source."""
    refusals: int = 0
    put_aside: int = 0
    """Damaged records that were put aside in the source earlier, and stay there."""
    failures: list[Failure] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def fail(self, failure: Failure) -> None:
        """Note what failed, once."""
        if failure not in self.failures:
            self.failures.append(failure)
