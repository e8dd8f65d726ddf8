"""Attributes of the host that were replaced, and how they are put back."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

__all__ = ["Patches", "changing_arguments"]

_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class _Patch:
    owner: Any
    name: str
    before: object
    ours: object


class Patches:
    """Replaces attributes of classes and modules, and can undo all of it."""

    def __init__(self) -> None:
        self._made: list[_Patch] = []

    def set(self, owner: Any, name: str, value: object) -> None:
        """Set an attribute of a class or module."""
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._made.append(_Patch(owner, name, before, vars(owner)[name]))

    def undo(self) -> None:
        """Put everything back, the last first. What somebody else has replaced since stays theirs."""
        while self._made:
            patch = self._made.pop()
            if vars(patch.owner).get(patch.name, _ABSENT) is not patch.ours:
                continue
            if patch.before is _ABSENT:
                delattr(patch.owner, patch.name)
            else:
                setattr(patch.owner, patch.name, patch.before)


def changing_arguments(
    init: Callable[..., None], change: Callable[[Any, dict[str, Any]], None]
) -> Callable[..., None]:
    """An ``__init__`` whose arguments, by name, are first changed by ``change(instance, arguments)``."""
    signature = inspect.signature(init)

    @wraps(init)
    def __init__(instance: Any, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(instance, *args, **kwargs)
        except TypeError:
            # The host's own mistake, which it is told by its own function.
            init(instance, *args, **kwargs)
            return
        change(instance, bound.arguments)
        init(*bound.args, **bound.kwargs)

    return __init__
