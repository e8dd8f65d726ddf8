"""A plugin that greets recognised callers in its own words.

    OPUSAGENT_PLUGINS=voiceprint,examples.custom_greeting

A plugin is any importable module (or installed entry point) with functions marked ``@hookimpl``. Run this
file to see the greeting on a simulated call: ``python -m examples.custom_greeting``.
"""

from __future__ import annotations

from opusagent_voiceprint import Caller, Memory, hookimpl


@hookimpl
def voiceprint_greeting(caller: Caller, memory: Memory) -> str | None:
    """Greet by name, and mention that there are notes. None leaves the words to the next plugin."""
    if caller.name is None:
        return None
    if memory.summaries:
        return f"Nice to hear you again, {caller.name}. Is it about what we spoke of last time?"
    return f"Nice to hear you again, {caller.name}."


async def main() -> None:
    """Ask the hook as voiceprint does, for a caller of whom a call is remembered."""
    import os

    from opusagent_hooks import build_manager
    from opusagent_hooks.testing import SimulatedHost
    from opusagent_voiceprint.models import CallSummary, utc_now

    plugins = os.environ.get("OPUSAGENT_PLUGINS", "voiceprint,examples.custom_greeting")
    manager = build_manager({"OPUSAGENT_PLUGINS": plugins})
    try:
        async with SimulatedHost(manager, speed=None).call() as call:
            caller = Caller(name="Ada")
            memory = Memory(summaries=[CallSummary(call_id="1", at=utc_now(), text="A lamp arrived broken.")])
            print(
                await manager.call_first("voiceprint_greeting", call=call.call, caller=caller, memory=memory)
            )
    finally:
        manager.close()


if __name__ == "__main__":
    import asyncio

    asyncio.run(main())
