"""Attaching to OpusAgent, and letting go of it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from types import ModuleType
from typing import Final

import wrapt

from opusagent_hooks._loading import Selection, selects_any
from opusagent_hooks.host import shape, warmup
from opusagent_hooks.host.application import Service, watch_applications
from opusagent_hooks.host.bridges import BridgeHooks
from opusagent_hooks.host.calls import CallBook
from opusagent_hooks.host.doubles import keep_configuration
from opusagent_hooks.host.loops import run_on
from opusagent_hooks.host.managers import ManagerSlot
from opusagent_hooks.host.mishaps import Mishaps
from opusagent_hooks.host.patches import Patches
from opusagent_hooks.host.standins import StandIns
from opusagent_hooks.manager import HookManager

__all__ = ["Attachment", "attach", "detach"]

logger = logging.getLogger("opusagent_hooks")

_Action = Callable[[ModuleType], None]

_WARM_UP_PATIENCE: Final = 60.0
_ENDING_PATIENCE: Final = 10.0


class Attachment:
    """OpusAgent with its hooks on, from the import of its bridges until :meth:`detach`."""

    def __init__(self, manager: HookManager | None, environ: Mapping[str, str] | None) -> None:
        self.managers = ManagerSlot(manager, environ)
        self._environ = environ
        self._mishaps = Mishaps()
        self._patches = Patches()
        self._calls = CallBook(self.managers, self._mishaps)
        self._stand_ins = StandIns(())
        self._live = False
        self._detached = False
        self._missing: list[shape.SeamCheck] = []
        self._unfinished: list[Callable[[], None]] = []

    @property
    def live(self) -> bool:
        """True while hooks fire: some plugin is on, and OpusAgent's bridges are imported."""
        return self._live

    @property
    def detached(self) -> bool:
        """True after :meth:`detach`."""
        return self._detached

    @property
    def missing(self) -> list[shape.SeamCheck]:
        """The places in OpusAgent that are not as they must be, as far as its modules are imported."""
        return list(self._missing)

    def wait_for_host(self) -> None:
        """Attach as soon as the host's bridges are imported, or now if they are."""
        wrapt.register_post_import_hook(self._bridges_imported, shape.BASE_BRIDGE)

    def detach(self) -> None:
        """Put back what was replaced; bridges that exist go on as the host's own. A second time: nothing.

        Live calls end for the plugins, with the reason ``detached``, in the background on the event loops
        that run them, and then the manager is closed. Calls that no loop runs any more are forgotten. Raises
        nothing.
        """
        if self._detached:
            return
        self._detached, self._live = True, False
        self._guarded("detaching", self._patches.undo)
        self._guarded("giving names back", self._stand_ins.remove)
        try:
            leaving = self._calls.leave_all("detached", _ENDING_PATIENCE)
        except Exception as error:  # noqa: BLE001 - the manager is closed nevertheless
            self._mishaps.report("ending live calls", error)
            leaving = {}
        self._close_after(leaving)

    def _close_after(self, leaving: Mapping[asyncio.AbstractEventLoop, Future[None]]) -> None:
        """Close the manager when all is done on these loops; at once if there are none."""
        for loop in leaving:
            closing = run_on(loop, self._closing(leaving.values()))
            if closing is not None:
                # A loop that ends right now cancels it before its first step.
                closing.add_done_callback(lambda done: self._guarded("closing plugins", self.managers.close))
                return
        self._guarded("closing plugins", self.managers.close)

    async def _closing(self, leaving: Iterable[Future[None]]) -> None:
        try:
            done = [asyncio.wrap_future(each) for each in leaving]
            if done:
                await asyncio.wait(done, timeout=2 * _ENDING_PATIENCE)
        finally:
            await asyncio.to_thread(self.managers.close)

    def _bridges_imported(self, base_bridge: ModuleType) -> None:
        """Attach if there is a plugin to attach. Raises what building its manager raises."""
        if self._detached:
            return
        if not self.managers.given and not selects_any(Selection.read(self._variables)):
            logger.info("no plugin is selected: OpusAgent is left as it is")
            return
        manager = self.managers.get()
        if manager.active:
            self._live = True
            self._install(manager, base_bridge)
        else:
            logger.info("every plugin is switched off: OpusAgent is left as it is")
            self.managers.close()

    def _install(self, manager: HookManager, base_bridge: ModuleType) -> None:
        patches, mishaps = self._patches, self._mishaps
        bridges = BridgeHooks(patches, self._calls, self._settle)
        self._attach_to(base_bridge, lambda module: bridges.install(module.BaseRealtimeBridge))
        service = Service(lambda: self._live, self._starting, self._stopping, mishaps)
        actions: dict[str, _Action] = {
            shape.LOCAL_CLIENT: lambda module: keep_configuration(
                module.LocalRealtimeClient, patches, mishaps
            ),
            shape.STARLETTE: lambda module: watch_applications(module.Starlette, patches, service),
            # Some versions of FastAPI build the stack themselves.
            shape.FASTAPI: lambda module: watch_applications(module.FastAPI, patches, service),
        }
        for name in dict.fromkeys([*shape.modules(), *actions]):
            if name != shape.BASE_BRIDGE:
                self._when_imported(name, actions.get(name))
        try:
            self._stand_ins = StandIns(manager.plugins)
        except Exception as error:  # noqa: BLE001 - the host keeps its own classes
            mishaps.report("asking plugins for stand-ins", error)
        for package in self._stand_ins.packages:
            self._when_imported(package, self._stand_ins.install)
        logger.info("OpusAgent's hooks are on for %s", ", ".join(manager.plugin_names()))

    def _when_imported(self, name: str, act: _Action | None) -> None:
        def imported(module: ModuleType) -> None:
            # A module that is importing the bridges itself counts as imported, and may lack anything yet.
            if getattr(getattr(module, "__spec__", None), "_initializing", False) and shape.missing_in(
                module
            ):
                self._unfinished.append(lambda: self._attach_to(module, act))
            else:
                self._attach_to(module, act)

        wrapt.register_post_import_hook(imported, name)

    def _settle(self) -> None:
        """A server starts, or a call: what was being imported is there now."""
        unfinished, self._unfinished = self._unfinished, []
        for attach_to in unfinished:
            attach_to()

    def _attach_to(self, module: ModuleType, act: _Action | None) -> None:
        """Check a module's shape, and do with it what is to be done."""
        if self._detached:
            return
        try:
            missing = shape.missing_in(module)
            for each in missing:
                logger.warning("OpusAgent has changed: %s", each)
            self._missing.extend(missing)
            if act is not None and not any(each.seam.vital for each in missing):
                act(module)
        except Exception as error:  # noqa: BLE001 - the host starts without this part
            self._mishaps.report(f"attaching to {module.__name__}", error)

    async def _starting(self) -> None:
        self._settle()
        # A forked worker, or a second start in one process, has its manager yet to build.
        await asyncio.to_thread(self.managers.get)
        if warmup.is_wanted(self._variables):
            await warmup.warm_up(self._mishaps, patience=_WARM_UP_PATIENCE)

    async def _stopping(self) -> None:
        await self._closing(self._calls.leave_all("closed", _ENDING_PATIENCE).values())

    def _guarded(self, what: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - letting go never fails
            self._mishaps.report(what, error)

    @property
    def _variables(self) -> Mapping[str, str]:
        return os.environ if self._environ is None else self._environ


class _Process:
    """What is attached in this process: a host's classes can be wrapped only once."""

    attachment: Attachment | None = None


def attach(manager: HookManager | None = None, *, environ: Mapping[str, str] | None = None) -> Attachment:
    """Attach OpusAgent's hooks to OpusAgent: now if it is imported, else when it is. A second time: nothing.

    Without a ``manager`` one is built from ``environ``, or the process's environment, when OpusAgent is
    imported; what is wrong with the settings of a plugin is raised there, and stops the start. Nothing is
    changed where no plugin is on.
    """
    current = _Process.attachment
    if current is not None and not current.detached:
        if manager is not None and current.managers.given is not manager:
            logger.warning("OpusAgent's hooks are attached already, with another manager, which stays")
        return current
    _Process.attachment = Attachment(manager, environ)
    _Process.attachment.wait_for_host()
    return _Process.attachment


def detach() -> None:
    """Undo :func:`attach`. A second time: nothing. Raises nothing."""
    attachment, _Process.attachment = _Process.attachment, None
    if attachment is not None:
        attachment.detach()
