"""Words that several commands need."""

from __future__ import annotations

__all__ = ["counted"]


def counted(count: int, one: str, several: str = "") -> str:
    """``1 caller``, ``2 callers``; ``several`` for what does not only take an s."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"
