"""Finds and loads the plugins that are installed as entry points, or named in the environment."""

from __future__ import annotations

import difflib
import importlib
import inspect
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from opusagent_hooks.errors import PluginError
from opusagent_hooks.markers import PROJECT_NAME

__all__ = ["DISABLED_VARIABLE", "PLUGINS_VARIABLE", "Selection", "find_plugins", "selects_any"]

logger = logging.getLogger("opusagent_hooks")

PLUGINS_VARIABLE: Final = "OPUSAGENT_PLUGINS"
DISABLED_VARIABLE: Final = "OPUSAGENT_DISABLED_PLUGINS"

_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class Selection:
    """What the environment says of plugins: ``named`` in the order given, and ``disabled``."""

    named: tuple[str, ...] = ()
    disabled: frozenset[str] = frozenset()

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Selection:
        """From ``OPUSAGENT_PLUGINS`` and ``OPUSAGENT_DISABLED_PLUGINS``."""
        named = _names(environ.get(PLUGINS_VARIABLE, ""))
        return cls(named or (_ALL,), frozenset(_names(environ.get(DISABLED_VARIABLE, ""))))

    def disables(self, name: str) -> bool:
        """True if a plugin of this name must not be loaded. Case does not matter: off is meant to be off."""
        return _ALL in self.disabled or name.casefold() in {each.casefold() for each in self.disabled}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A plugin before its import: its name, and the ``module`` or ``module:attribute`` it comes from."""

    name: str
    target: str
    origin: str = ""

    @property
    def module(self) -> str:
        return self.target.partition(":")[0].strip()

    @property
    def attribute(self) -> str:
        return self.target.partition(":")[2].strip()


def selects_any(selection: Selection) -> bool:
    """True if a plugin is to be loaded. Imports none of them. Raises :class:`PluginError` for a path."""
    installed = _installed()
    return any(not _is_disabled(each, selection, installed) for each in _candidates(selection, installed))


def find_plugins(selection: Selection, *, given: Iterable[str] = ()) -> list[tuple[str, object]]:
    """Load what is selected; (name, plugin) in the order in which they are to be registered.

    ``given`` are names of plugins that come from elsewhere, and may be disabled by name too. Raises
    :class:`PluginError` for a name that is unknown or ambiguous, and for a plugin that cannot be
    imported or made.
    """
    installed = _installed()
    _warn_of_unknown(selection.disabled - {_ALL, *selection.named, *given}, installed)
    chosen: dict[str, _Candidate] = {}
    for candidate in _candidates(selection, installed):
        if not _is_disabled(candidate, selection, installed):
            other = chosen.setdefault(candidate.target, candidate)
            if other.name != candidate.name:
                logger.info("plugin %s is already on as %s", candidate.name, other.name)
    _check_unique(chosen.values())
    return [(each.name, _load(each, installed)) for each in chosen.values()]


def _names(value: str) -> tuple[str, ...]:
    return tuple(name for name in map(str.strip, value.split(",")) if name)


def _installed() -> list[_Candidate]:
    found = {_candidate(each) for each in entry_points(group=PROJECT_NAME)}
    return sorted(found, key=lambda each: (each.name, each.target, each.origin))


def _candidate(entry_point: EntryPoint) -> _Candidate:
    # Extras ("module:attribute [extra]") are allowed in entry points, and long out of use.
    target = "".join(entry_point.value.partition("[")[0].split())
    return _Candidate(entry_point.name, target, entry_point.dist.name if entry_point.dist else "")


def _candidates(selection: Selection, installed: list[_Candidate]) -> Iterable[_Candidate]:
    for name in selection.named:
        entries = installed if name == _ALL else [each for each in installed if each.name == name]
        yield from entries
        if not entries and name != _ALL:
            if name.startswith(".") or name.endswith(".py") or {"/", "\\"} & set(name):
                raise PluginError(
                    f"plugin {name!r} is a path; name the module as it is imported, with dots, from a folder "
                    "on PYTHONPATH"
                )
            yield _Candidate(name, name)


def _is_disabled(candidate: _Candidate, selection: Selection, installed: list[_Candidate]) -> bool:
    """Whether it is disabled under its own name, its target's, or that of an entry point to the same."""
    aliases = {each.name for each in installed if each.target == candidate.target}
    names = {candidate.name, candidate.target, candidate.module, *aliases}
    return any(map(selection.disables, names))


def _warn_of_unknown(names: Iterable[str], installed: list[_Candidate]) -> None:
    """A misspelt name here would leave a plugin on that somebody wants off."""
    for name in sorted(names):
        known = {part.casefold() for each in installed for part in (each.name, each.target, each.module)}
        if name.casefold() not in known:
            logger.warning(
                "%s names %s, which is not installed (%s)",
                DISABLED_VARIABLE,
                name,
                _what_is_installed(name, installed),
            )


def _check_unique(candidates: Iterable[_Candidate]) -> None:
    by_name: dict[str, _Candidate] = {}
    for candidate in candidates:
        other = by_name.setdefault(candidate.name, candidate)
        if other is not candidate:
            raise PluginError(
                f"two plugins are called {candidate.name!r}: "
                f"{_described(other)} and {_described(candidate)}; name the one you want in "
                f"{PLUGINS_VARIABLE} as module:attribute, or uninstall the other"
            )


def _described(candidate: _Candidate) -> str:
    return f"{candidate.target} of {candidate.origin}" if candidate.origin else candidate.target


def _load(candidate: _Candidate, installed: list[_Candidate]) -> object:
    try:
        plugin: Any = importlib.import_module(candidate.module)
        for part in filter(None, candidate.attribute.split(".")):
            plugin = getattr(plugin, part)
        if inspect.isclass(plugin) or inspect.isroutine(plugin):
            plugin = plugin()
    except (Exception, SystemExit) as error:
        if _is_unknown(candidate, error):
            raise PluginError(
                f"plugin {candidate.name!r} is not known ({_what_is_installed(candidate.name, installed)})"
            ) from error
        raise PluginError(
            f"plugin {candidate.name!r} cannot be loaded: {type(error).__name__}: {error}; "
            f"{DISABLED_VARIABLE}={candidate.name} starts without it"
        ) from error
    if plugin is None or inspect.isawaitable(plugin):
        if inspect.iscoroutine(plugin):
            plugin.close()
        raise PluginError(
            f"plugin {candidate.name!r} was not made: {candidate.target} returned {type(plugin).__name__}"
        )
    loaded: object = plugin
    return loaded


def _is_unknown(candidate: _Candidate, error: BaseException) -> bool:
    """True if the named module itself is missing, rather than something that it imports."""
    if not isinstance(error, ModuleNotFoundError) or error.name is None or candidate.origin:
        return False
    return f"{candidate.module}.".startswith(f"{error.name}.")


def _what_is_installed(name: str, installed: list[_Candidate]) -> str:
    names = sorted({each.name for each in installed})
    listed = f"installed: {', '.join(names)}" if names else "no plugin is installed"
    close = difflib.get_close_matches(name, names, n=1)
    return f"{listed}; did you mean {close[0]}?" if close else listed
