"""Prints what goes between a real OpusAgent and its model: a call in which somebody enrolls, and the next.

    OPUSAGENT_SRC=... OPUSAGENT_PYTHON=... python benchmarks/host_trace.py twilio|audiocodes

Audio, and what repeats without telling anything, is left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "services"), str(ROOT / "tests" / "host")]

TOLD = (
    "session.update",
    "conversation.item.create",
    "conversation.item.delete",
    "input_audio_buffer.commit",
    "input_audio_buffer.committed",
    "input_audio_buffer.speech_started",
    "conversation.item.input_audio_transcription.completed",
    "response.create",
    "response.created",
    "response.audio_transcript.done",
)
WIDTH = 150


def told(message: dict[str, Any]) -> str:
    """What a message says, in short."""
    match message["type"]:
        case "session.update":
            session = message["session"]
            if "turn_detection" in session and len(session) == 1:
                return f"create_response: {session['turn_detection']['create_response']}"
            names = [tool["name"] for tool in session.get("tools") or []]
            return f"tools: {', '.join(names)}; transcription: {session.get('input_audio_transcription')}"
        case "conversation.item.create":
            item = message["item"]
            text = (item.get("content") or [{}])[0].get("text") or item.get("output", "")
            return f"{item.get('role', item['type'])} {item.get('id', '')}: {json.dumps(text)}"
        case "response.create":
            said = str(message.get("response", {}).get("instructions", ""))
            return said.partition("<say>")[2].removesuffix("</say>")
        case "conversation.item.delete":
            return str(message["item_id"])
    return str(message.get("transcript", ""))


async def main(platform: str) -> None:
    import soundfile
    from calls_on_opusagent import RATE, enroll, phone, realtime
    from opusagent_server import OpusAgentServer, free_port, interpreter

    def voice(take: str) -> Any:
        return soundfile.read(ROOT / "tests" / "voices" / f"slt_{take}.ogg", dtype="float32")[0]

    checkout = Path(os.environ["OPUSAGENT_SRC"])
    with tempfile.TemporaryDirectory() as folder:
        server = OpusAgentServer(checkout, interpreter(), Path(folder), free_port(), {})
        await asyncio.to_thread(server.start)
        try:
            async with realtime(server, always_vad=platform == "twilio") as service:
                async with phone(platform, server, service, "+15550100") as caller:
                    await service.connection(0, 30.0)
                    await enroll(caller, service, 0, voice("enroll"), "Maria")
                await asyncio.sleep(1.0)
                async with phone(platform, server, service, "+15550199") as caller:
                    await service.connection(1, 30.0)
                    await caller.wait_for_agent(30.0, after=0.0)
                    await caller.say(voice("return")[: 7 * RATE], words="Has my card been sent?")
                    await caller.wait_for_agent(30.0)
        finally:
            server.stop()
    for number, connection in enumerate(service.connections, 1):
        print(f"call {number}, {platform}")
        for entry in connection.log.entries:
            if entry.type in TOLD:
                arrow = "->" if entry.direction == "received" else "<-"
                line = f"{entry.at:6.2f} s {arrow} {entry.type}  {told(entry.message)}".rstrip()
                print(line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}...")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("twilio", "audiocodes"):
        raise SystemExit(__doc__)
    asyncio.run(main(sys.argv[1]))
