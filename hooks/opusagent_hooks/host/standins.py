"""Plugins' own classes in place of OpusAgent's, where a plugin offers them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Any, Final

__all__ = ["ROLES", "StandIns"]

logger = logging.getLogger("opusagent_hooks")

ROLES: Final[Mapping[str, str]] = MappingProxyType({"voiceprint": "opusagent.voiceprint"})
"""The packages of OpusAgent whose names plugins may answer, by the role that ``stand_ins()`` names."""


class StandIns:
    """What plugins' ``stand_ins()`` offer: for each role, objects by the name that they answer to.

    A later plugin's objects go before an earlier one's.
    """

    def __init__(self, plugins: Iterable[object]) -> None:
        self._offered: dict[str, dict[str, object]] = {}
        self._replaced: list[tuple[str, str, object, object]] = []
        for plugin in plugins:
            offer = getattr(plugin, "stand_ins", None)
            for role, objects in (offer() if callable(offer) else {}).items():
                if role not in ROLES:
                    logger.warning("a plugin stands in for %s, which is not a part of OpusAgent", role)
                self._offered.setdefault(role, {}).update(objects)

    @property
    def packages(self) -> list[str]:
        """The packages of which names are to be answered."""
        return [ROLES[role] for role in self._offered if role in ROLES]

    def install(self, package: ModuleType) -> None:
        """Answer the package's names, in it and in the modules that bound them already.

        Its submodules keep their own.
        """
        for role, objects in self._offered.items():
            if ROLES.get(role) != package.__name__:
                continue
            for name, ours in objects.items():
                theirs = vars(package).get(name)
                if theirs is not None and theirs is not ours:
                    self._replaced.append((package.__name__, name, theirs, ours))
                    _swap(package.__name__, name, theirs, ours)

    def remove(self) -> None:
        """Give every name back to the host."""
        while self._replaced:
            package_name, name, theirs, ours = self._replaced.pop()
            _swap(package_name, name, ours, theirs)


def _swap(package_name: str, name: str, before: object, after: object) -> None:
    for module in _holders(package_name):
        if vars(module).get(name) is before:
            setattr(module, name, after)


def _holders(package_name: str) -> Iterator[Any]:
    """The modules of OpusAgent that may hold a name of the package."""
    top = package_name.partition(".")[0]
    for module_name, module in list(sys.modules.items()):
        if not isinstance(module, ModuleType) or module_name.startswith(f"{package_name}."):
            continue
        if module_name == "__main__" or f"{module_name}.".startswith(f"{top}."):
            yield module
