"""The places in OpusAgent that are relied on: what each must be, and what does not work without it."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from functools import reduce
from types import ModuleType
from typing import Any, Final, Literal

from opusagent_hooks.host.application import VOICE_PATH

__all__ = [
    "BASE_BRIDGE",
    "FASTAPI",
    "LOCAL_CLIENT",
    "SEAMS",
    "STARLETTE",
    "Seam",
    "SeamCheck",
    "check_host",
    "missing_in",
    "modules",
]

BASE_BRIDGE: Final = "opusagent.bridges.base_bridge"
AUDIOCODES: Final = "opusagent.bridges.audiocodes_bridge"
TWILIO: Final = "opusagent.bridges.twilio_bridge"
FUNCTIONS: Final = "opusagent.handlers.function_handler"
LOCAL_CLIENT: Final = "opusagent.local.realtime.client"
STARLETTE: Final = "starlette.applications"
FASTAPI: Final = "fastapi.applications"


@dataclass(frozen=True, slots=True)
class Seam:
    """An attribute of one of the host's modules. ``without`` says what does not work if it is missing.

    It is ``vital`` if nothing in its module can be attached to without it. An application's parameters are
    the paths of its routes.
    """

    module: str
    path: str
    kind: Literal["coroutine", "function", "application"]
    parameters: tuple[str, ...]
    without: str
    vital: bool = False

    @property
    def name(self) -> str:
        """Module and attribute."""
        return f"{self.module}.{self.path}"

    def problem(self, module: ModuleType) -> str | None:
        """What is wrong with it in this module; None if nothing is."""
        try:
            found: Any = reduce(getattr, self.path.split("."), module)
        except AttributeError:
            return "is missing"
        if self.kind == "application":
            paths = {getattr(route, "path", None) for route in getattr(found, "routes", ())}
            return next((f"has no route {path}" for path in self.parameters if path not in paths), None)
        if not callable(found):
            return "cannot be called"
        if self.kind == "coroutine" and not inspect.iscoroutinefunction(found):
            return "is not a coroutine function"
        lacking = [name for name in self.parameters if name not in inspect.signature(found).parameters]
        return f"takes no {' and no '.join(lacking)}" if lacking else None


@dataclass(frozen=True, slots=True)
class SeamCheck:
    """A seam, and what is wrong with it; None if nothing is."""

    seam: Seam
    problem: str | None

    def __str__(self) -> str:
        return f"{self.seam.name} {self.problem}: no {self.seam.without}" if self.problem else self.seam.name


def _seams(module: str, owner: str, *rows: tuple[str, str, str]) -> tuple[Seam, ...]:
    """Seams of one class. A row is a method, its parameters, and what there is none of without it."""
    return tuple(
        Seam(
            module,
            f"{owner}.{method.removeprefix('async ')}",
            "coroutine" if method.startswith("async ") else "function",
            tuple(parameters.split()),
            without,
        )
        for method, parameters, without in rows
    )


_PLATFORM: Final = (
    ("async handle_session_start", "data", "call_start before the model is configured"),
    ("async handle_session_resume", "data", "call_start of a resumed call"),
    ("async handle_audio_data", "data", "audio_input"),
    ("async handle_session_end", "data", "reason in call_end"),
)

SEAMS: Final[tuple[Seam, ...]] = (
    Seam(
        BASE_BRIDGE,
        "BaseRealtimeBridge.__init__",
        "function",
        ("realtime_websocket", "session_config"),
        "hook at all",
        vital=True,
    ),
    *_seams(
        BASE_BRIDGE,
        "BaseRealtimeBridge",
        ("async receive_from_platform", "", "call_end when a line drops"),
        ("async close", "", "call_end when the host ends a call"),
        ("async hang_up", "reason", "AgentPort.end_call"),
    ),
    *_seams(TWILIO, "TwilioBridge", *_PLATFORM),
    *_seams(
        AUDIOCODES,
        "AudioCodesBridge",
        *_PLATFORM,
        ("async handle_activities", "data", "reason in call_end after an activity"),
    ),
    *_seams(
        FUNCTIONS,
        "FunctionHandler",
        ("register_function", "name func", "AgentPort.register_tool"),
        ("get_registered_functions", "", "AgentPort.register_tool"),
    ),
    Seam("opusagent.config", "get_config", "function", (), "AgentPort.put_context"),
    Seam(
        LOCAL_CLIENT,
        "LocalRealtimeClient.__init__",
        "function",
        ("session_config",),
        "session of its own for each call on the local double",
        vital=True,
    ),
    Seam(
        "opusagent.utils.audio_utils",
        "AudioUtils.resample_audio",
        "function",
        ("from_rate", "to_rate"),
        "warm-up of the resampler before the first call",
    ),
    Seam(
        "opusagent.vad.vad_factory",
        "VADFactory.create_vad",
        "function",
        ("config",),
        "warm-up of the speech detector before the first call",
    ),
    Seam(
        "opusagent.voiceprint",
        "OpusAgentVoiceRecognizer",
        "function",
        (),
        "stand-in for its voiceprint",
    ),
    Seam(
        STARLETTE,
        "Starlette.build_middleware_stack",
        "function",
        (),
        "caller's number on Twilio, and no warm-up",
        vital=True,
    ),
    Seam("opusagent.main", "app", "application", (VOICE_PATH,), "caller's number on Twilio, and no warm-up"),
)


def modules() -> list[str]:
    """The modules that seams are in, each once."""
    return list(dict.fromkeys(seam.module for seam in SEAMS))


def missing_in(module: ModuleType) -> list[SeamCheck]:
    """The seams of this module that are not as they must be."""
    checks = [SeamCheck(seam, seam.problem(module)) for seam in SEAMS if seam.module == module.__name__]
    return [check for check in checks if check.problem is not None]


def check_host() -> list[SeamCheck]:
    """Check every seam of the OpusAgent on the path, which is imported for it."""
    imported = {name: _imported(name) for name in modules()}
    return [SeamCheck(seam, _problem(seam, imported[seam.module])) for seam in SEAMS]


def _imported(name: str) -> ModuleType | str:
    """The module, or why it cannot be imported."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - a module of the host that cannot be imported is a finding
        return f"cannot be imported ({type(error).__name__}: {' '.join(str(error).split())})"


def _problem(seam: Seam, module: ModuleType | str) -> str | None:
    return module if isinstance(module, str) else seam.problem(module)
