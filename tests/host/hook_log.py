"""A plugin that writes down which hooks are called, in which process; ``HOOK_LOG`` names the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from opusagent_hooks import Call, Session, hookimpl


def _write(hook: str, call: Call, *words: object) -> None:
    with Path(os.environ["HOOK_LOG"]).open("a") as log:
        print(os.getpid(), hook, call.id, *words, file=log)


@hookimpl
def call_start(call: Call) -> None:
    _write("call_start", call, call.from_number)


@hookimpl
def session_create(call: Call, session: Session) -> None:
    call.userdata["session"] = session
    _write("session_create", call)


@hookimpl
def audio_input(call: Call) -> None:
    if "heard" not in call.userdata:
        call.userdata["heard"] = True
        _write("audio_input", call)


@hookimpl
def transcript(call: Call) -> None:
    _write("transcript", call)


@hookimpl(optionalhook=True)
def voiceprint_identified(call: Call, caller: Any) -> None:
    """Compare OpusAgent's own state with who was recognised."""
    session = call.userdata["session"]
    bridge, state = session._bridge, session._bridge.session_state
    known = {
        "session": session.caller_id,
        "bridge": bridge.caller,
        "state": state.caller,
        "metadata": state.to_dict()["metadata"]["caller_id"],
    }
    named = session.caller_metadata["name"] == caller.name == state.metadata["caller_metadata"]["name"]
    _write("identified", call, *(key for key, value in known.items() if value == caller.caller_id), named)


@hookimpl
def call_end(call: Call, reason: str) -> None:
    _write("call_end", call, reason)
