"""The manager of plugins: registers them, finds those that are installed, and calls their hooks."""

from __future__ import annotations

import difflib
import inspect
import logging
import os
import types
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import pluggy

from opusagent_hooks import specs
from opusagent_hooks._loading import DISABLED_VARIABLE, Selection, find_plugins
from opusagent_hooks.dispatch import AudioListener, Dispatcher, call_order
from opusagent_hooks.errors import PluginError
from opusagent_hooks.events import AudioChunk, Call
from opusagent_hooks.markers import PROJECT_NAME

__all__ = ["DEFAULT_TIMEOUT", "DEFAULT_TIMEOUTS", "HookManager", "build_manager"]

logger = logging.getLogger("opusagent_hooks")

DEFAULT_TIMEOUT: Final = 2.0
"""Seconds that one plugin has for a hook that :data:`DEFAULT_TIMEOUTS` does not name."""

DEFAULT_TIMEOUTS: Final[Mapping[str, float]] = MappingProxyType(
    {"call_start": 1.0, "session_create": 1.0, "transcript": 5.0, "call_end": 10.0}
)


class HookManager:
    """Plugins, the hooks they may implement, and the way to call these.

    ``timeouts`` gives seconds by hook name, on top of :data:`DEFAULT_TIMEOUTS`. Registering may raise
    :class:`PluginError`; a plugin that raises or hangs in a hook is logged and never reaches the caller.
    """

    def __init__(self, *, timeouts: Mapping[str, float] | None = None) -> None:
        self._plugins = pluggy.PluginManager(PROJECT_NAME)
        self._dispatcher = Dispatcher()
        self._timeouts = {**DEFAULT_TIMEOUTS, **(timeouts or {})}
        self._listeners: tuple[AudioListener, ...] = ()
        self._closed = False
        self.add_hookspecs(specs)

    def add_hookspecs(self, namespace: types.ModuleType | type) -> None:
        """Add the hooks that a module or class defines.

        Implementations that are registered already are checked against them. Raises :class:`PluginError`
        if one of these does not fit, or if nothing is defined there.
        """
        try:
            self._plugins.add_hookspecs(namespace)
            self._refuse_wrappers()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginError(_one_line(error)) from error

    def register(self, plugin: object, name: str | None = None) -> str:
        """Register a module or an instance, and return its name.

        Its hooks are called before those of what was registered earlier. An object that is registered
        already stays as it is. If the plugin has ``on_registered(manager)``, that is called; there it may
        add hooks of its own. Raises :class:`PluginError`, and then nothing was registered.
        """
        for known, registered in self._plugins.list_name_plugin():
            if registered is plugin:
                return known
        name = name or _default_name(plugin)
        if inspect.isclass(plugin) or inspect.isroutine(plugin):
            raise PluginError(
                f"plugin {name!r} is a {type(plugin).__name__}: register what it makes, not itself"
            )
        if self._plugins.has_plugin(name):
            raise PluginError(f"two plugins are called {name!r}: register one of them under another name")
        try:
            self._plugins.register(plugin, name)
            self._refuse_wrappers()
            on_registered = getattr(plugin, "on_registered", None)
            if callable(on_registered):
                on_registered(self)
        except PluginError:
            self._unregister(plugin, name)
            raise
        except pluggy.PluginValidationError as error:
            self._unregister(plugin, name)
            raise PluginError(f"plugin {name!r} does not fit: {_one_line(error)}") from error
        except (Exception, SystemExit) as error:
            self._unregister(plugin, name)
            raise PluginError(
                f"plugin {name!r} cannot be registered: {type(error).__name__}: {error}"
            ) from error
        self._resolve_listeners()
        return name

    def plugin_names(self) -> list[str]:
        """The names of the registered plugins, in the order of registration."""
        return [name for name, plugin in self._plugins.list_name_plugin() if plugin is not None]

    @property
    def plugins(self) -> list[object]:
        """The registered plugins, in the order of registration."""
        return [plugin for _, plugin in self._plugins.list_name_plugin() if plugin is not None]

    @property
    def active(self) -> bool:
        """True if some plugin is on: one that is off says so by an attribute ``active`` that is False."""
        return any(getattr(plugin, "active", True) is not False for plugin in self.plugins)

    def has_implementations(self, hook_name: str) -> bool:
        """True if a plugin implements this hook."""
        hook = self._hook(hook_name)
        return hook is not None and bool(hook.get_hookimpls())

    async def call_all(
        self, hook_name: str, /, *, call: Call | None = None, timeout: float | None = None, **kwargs: Any
    ) -> list[Any]:
        """Call every implementation; the results that are not None, last registered plugin first.

        ``timeout`` is in seconds for each plugin. Raises :class:`PluginError` for a hook that nobody
        defined or arguments it does not have, and never anything that a plugin raised.
        """
        hook, arguments = self._prepare(hook_name, call, kwargs)
        try:
            return await self._dispatcher.call_all(
                hook_name, call_order(hook), arguments, call=call, timeout=self._timeout(hook_name, timeout)
            )
        finally:
            if hook_name == "call_end" and call is not None:
                self.end_call_state(call)

    async def call_first(
        self,
        hook_name: str,
        /,
        *,
        call: Call | None = None,
        timeout: float | None = None,
        skip_failed: bool = True,
        **kwargs: Any,
    ) -> Any:
        """Call one implementation after the other, last registered first, until one returns not None.

        Returns that result, or None. One that fails is skipped, or with ``skip_failed=False`` the last that
        is asked: for hooks whose next implementation is no stand-in. For the rest as :meth:`call_all`.
        """
        hook, arguments = self._prepare(hook_name, call, kwargs)
        return await self._dispatcher.call_first(
            hook_name,
            call_order(hook),
            arguments,
            call=call,
            timeout=self._timeout(hook_name, timeout),
            skip_failed=skip_failed,
        )

    def audio_input(self, call: Call, audio: AudioChunk) -> None:
        """Give one frame of audio to every plugin that implements ``audio_input``, and return at once."""
        self._dispatcher.audio_input(self._listeners, call, audio)

    def end_call_state(self, call: Call) -> None:
        """Forget what was noted of a call's plugins. ``call_end`` does it when it was dispatched."""
        self._dispatcher.end_call(call)

    def check_implementations(self) -> None:
        """Warn of implementations that nobody will call, and of plugins that have none.

        Never an exception: the plugin that defines the hook may be switched off on purpose.
        """
        hooks = [hook for hook in vars(self._plugins.hook).values() if isinstance(hook, pluggy.HookCaller)]
        defined = [hook.name for hook in hooks if hook.spec is not None]
        for hook in hooks:
            if hook.spec is not None:
                continue
            for implementation in hook.get_hookimpls():
                if not implementation.optionalhook:
                    logger.warning(
                        "plugin %s implements %s, a hook that no plugin defines%s",
                        implementation.plugin_name,
                        hook.name,
                        _suggestion(hook.name, defined),
                    )
        for name, plugin in self._plugins.list_name_plugin():
            if not self._plugins.get_hookcallers(plugin) and not hasattr(plugin, "on_registered"):
                logger.warning("plugin %s implements no hook; are its functions marked @hookimpl?", name)

    def ready(self) -> None:
        """Say that every plugin is registered: calls each one's ``on_ready()`` where it has one.

        There a plugin may call hooks of its own and load what it needs, before the first call. Raises
        :class:`PluginError` naming the plugin that failed.
        """
        for name, plugin in self._plugins.list_name_plugin():
            on_ready = getattr(plugin, "on_ready", None)
            if callable(on_ready):
                try:
                    on_ready()
                except (Exception, SystemExit) as error:
                    raise PluginError(
                        f"plugin {name!r} cannot be started: {type(error).__name__}: {error}; "
                        f"{DISABLED_VARIABLE}={name} starts without it"
                    ) from error

    def close(self) -> None:
        """Call every plugin's ``close()`` where it has one, last registered first. A second time: nothing."""
        if self._closed:
            return
        self._closed = True
        for name, plugin in reversed(self._plugins.list_name_plugin()):
            _close(name, plugin)

    def _hook(self, hook_name: str) -> pluggy.HookCaller | None:
        hook = getattr(self._plugins.hook, hook_name, None)
        return hook if isinstance(hook, pluggy.HookCaller) else None

    def _prepare(
        self, hook_name: str, call: Call | None, kwargs: dict[str, Any]
    ) -> tuple[pluggy.HookCaller, dict[str, Any]]:
        hook = self._hook(hook_name)
        if hook is None or hook.spec is None:
            defined = [name for name, each in vars(self._plugins.hook).items() if each.spec is not None]
            raise PluginError(f"no hook is called {hook_name!r}{_suggestion(hook_name, defined)}")
        arguments = kwargs if call is None else {**kwargs, "call": call}
        expected = set(hook.spec.argnames)
        if not expected <= arguments.keys() <= expected | {"call"}:
            raise PluginError(
                f"hook {hook_name!r} takes {', '.join(sorted(expected)) or 'nothing'}, "
                f"and was given {', '.join(sorted(arguments)) or 'nothing'}"
            )
        return hook, arguments

    def _timeout(self, hook_name: str, timeout: float | None) -> float:
        return self._timeouts.get(hook_name, DEFAULT_TIMEOUT) if timeout is None else timeout

    def _refuse_wrappers(self) -> None:
        for hook in vars(self._plugins.hook).values():
            for implementation in hook.get_hookimpls():
                if implementation.hookwrapper or implementation.wrapper:
                    raise PluginError(
                        f"plugin {implementation.plugin_name!r} implements {hook.name} as a wrapper, which "
                        "hooks that may be awaited do not have: use tryfirst or trylast"
                    )

    def _unregister(self, plugin: object, name: str) -> None:
        if self._plugins.get_plugin(name) is plugin:
            self._plugins.unregister(plugin, name)
            _close(name, plugin)

    def _resolve_listeners(self) -> None:
        self._listeners = tuple(AudioListener.of(each) for each in call_order(self._plugins.hook.audio_input))


def build_manager(environ: Mapping[str, str] | None = None, plugins: Iterable[object] = ()) -> HookManager:
    """A manager with the plugins that are installed or named in the environment, and then ``plugins``.

    ``OPUSAGENT_PLUGINS`` names what to load, in this order: entry points of the group ``opusagent``,
    modules, or ``module:attribute``, separated by commas; ``*`` stands for all that are installed, and so
    does an empty value. ``OPUSAGENT_DISABLED_PLUGINS`` names what not to load, or ``*`` for everything;
    what it names is never imported. A class or function is called to make the plugin. Raises
    :class:`PluginError` for a plugin that is unknown, or cannot be loaded or registered.
    """
    selection = Selection.read(os.environ if environ is None else environ)
    manager = HookManager()
    try:
        _fill(manager, selection, list(plugins))
    except BaseException:
        # What was started by then, threads and stores, must not outlive a start that failed.
        manager.close()
        raise
    return manager


def _fill(manager: HookManager, selection: Selection, plugins: list[object]) -> None:
    given = [(_default_name(plugin), plugin) for plugin in plugins]
    found = find_plugins(selection, given=[name for name, _ in given])
    for name, plugin in [*found, *(each for each in given if not selection.disables(each[0]))]:
        try:
            registered = manager.register(plugin, name)
        except PluginError as error:
            raise PluginError(f"{error}; {DISABLED_VARIABLE}={name} starts without it") from error
        logger.info("plugin %s is on", registered)
    manager.check_implementations()
    manager.ready()


def _close(name: str, plugin: object) -> None:
    close = getattr(plugin, "close", None)
    if not callable(close):
        return
    try:
        result = close()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the others are closed nevertheless
        logger.error("plugin %s: close raised %s", name, type(error).__qualname__)
    else:
        if inspect.iscoroutine(result):
            result.close()
            logger.error("plugin %s: close is a coroutine function and was not run", name)


def _default_name(plugin: object) -> str:
    if isinstance(plugin, types.ModuleType):
        return plugin.__name__
    return str(getattr(plugin, "__name__", type(plugin).__name__))


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
