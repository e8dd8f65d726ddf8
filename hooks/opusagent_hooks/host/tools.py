"""Plugins' tools as functions that OpusAgent's function handler can call."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import numpy as np

from opusagent_hooks.events import Tool

__all__ = ["HANGS_UP", "function_of"]

logger = logging.getLogger("opusagent_hooks")

HANGS_UP: Final = frozenset({"transfer_to_human", "wrap_up"})
"""Functions after which OpusAgent hangs up, whatever they return."""

_ENDING_STAGES: Final = frozenset({"call_complete", "human_transfer"})

Function = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def function_of(tool: Tool) -> Function:
    """The tool as a coroutine function of the model's arguments. It raises nothing and never hangs up."""

    async def run(arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            # Models make arguments up; a handler gets those that its schema names.
            known = tool.parameters.get("properties", {})
            result = tool.handler(**{name: value for name, value in arguments.items() if name in known})
            if inspect.isawaitable(result):
                result = await result
            return _harmless(_as_json(result))
        except Exception as error:  # noqa: BLE001 - the model is told, and the conversation goes on
            kind = type(error).__qualname__
            logger.error("tool %s raised %s", tool.name, kind)
            return {"error": kind}

    return run


def _as_json(result: object) -> dict[str, Any]:
    value = result if isinstance(result, Mapping) else {"result": result}
    text = json.dumps(dict(value), default=_plain, skipkeys=True)
    # What is no number in JSON would make the whole message unreadable to the service.
    plain: dict[str, Any] = json.loads(text, parse_constant=lambda name: None)
    return plain


def _plain(value: object) -> object:
    """What JSON cannot hold, as something that it can."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


def _harmless(result: dict[str, Any]) -> dict[str, Any]:
    """Without what makes OpusAgent hang up: only a plugin's ``end_call`` does that."""
    if result.get("next_action") == "end_call":
        del result["next_action"]
    context = result.get("context")
    if isinstance(context, dict) and context.get("stage") in _ENDING_STAGES:
        del context["stage"]
    return result
