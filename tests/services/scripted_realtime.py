"""A scripted stand-in for the OpenAI Realtime API, as a websocket server that speaks either dialect.

    async with ScriptedRealtime(dialect="ga", script=script) as service:
        ...  # connect to service.url

By hand: ``python tests/services/scripted_realtime.py --port 8898 --dialect beta``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import websockets
from message_log import Logged
from realtime_audio import Samples, Voice
from realtime_connection import Connection
from realtime_dialects import DIALECTS, DialectName
from realtime_faults import Faults
from realtime_model import Action, ModelTurn, Script, obedient
from realtime_response import Pace

__all__ = ["Faults", "Pace", "ScriptedRealtime"]

Transcripts = Sequence[str] | Callable[[Samples, int], str]


class ScriptedRealtime:
    """The service, between ``async with`` and its end.

    ``script`` answers for the model. ``transcripts`` are what the caller says, one to each committed turn
    of any connection in their order, or a function of the audio (samples, rate in Hz); words that were
    announced come first, and where there are neither, the caller said nothing that can be understood.
    ``voice`` gives the agent's speech for a text at 24 kHz, in place of a tone. With ``always_vad`` a
    client cannot switch turn detection off, which ``session.updated`` shows. What a script raises fails its
    response, and is raised again at the end.
    """

    def __init__(
        self,
        dialect: DialectName = "ga",
        *,
        script: Script = obedient,
        transcripts: Transcripts = (),
        pace: Pace | None = None,
        faults: Faults | None = None,
        voice: Voice | None = None,
        always_vad: bool = False,
        port: int = 0,
    ) -> None:
        self.connections: list[Connection] = []
        self.pace = pace or Pace()
        self.faults = faults or Faults()
        self.script = script
        self._dialect = DIALECTS[dialect]
        self._transcripts = transcripts
        self._turns = 0
        self._voice = voice
        self._always_vad = always_vad
        self._port = port
        self._errors: list[Exception] = []
        self._arrived = asyncio.Condition()

    @property
    def url(self) -> str:
        """Where clients connect, without a path: any is served."""
        return f"ws://127.0.0.1:{self._port}"

    async def __aenter__(self) -> ScriptedRealtime:
        self._server = await websockets.serve(
            self._serve,
            "127.0.0.1",
            self._port,
            subprotocols=[websockets.Subprotocol("realtime")],
            select_subprotocol=_realtime_if_offered,
            max_size=None,
            ping_interval=None,
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()
        if self._errors and error is None:
            raise self._errors[0]

    async def connection(self, index: int = 0, timeout: float = 10.0) -> Connection:
        """The connection of this index, oldest first; waited for if it is still to come."""
        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: len(self.connections) > index), timeout)
        return self.connections[index]

    def announce(self, words: str) -> None:
        """Say what the next words are, on the connection that was opened last and is still there."""
        for connection in reversed(self.connections):
            if connection.is_open:
                connection.announce(words)
                return
        raise RuntimeError("nobody is connected whose words could be announced")

    async def _serve(self, socket: Any) -> None:
        connection = Connection(
            socket,
            self._dialect,
            model="gpt-realtime",
            script=self._answer,
            hear=self._hear,
            pace=self.pace,
            faults=self.faults,
            voice=self._voice,
            always_vad=self._always_vad,
            failed=self._errors.append,
        )
        async with self._arrived:
            self.connections.append(connection)
            self._arrived.notify_all()
        try:
            await connection.run()
        except websockets.ConnectionClosed:
            return  # dropped without a close frame: a client's right
        except Exception as error:
            self._errors.append(error)
            raise

    def _answer(self, turn: ModelTurn) -> Action:
        return self.script(turn)  # which a test may have changed meanwhile

    def _hear(self, samples: Samples, rate: int) -> str:
        if callable(self._transcripts):
            return self._transcripts(samples, rate)
        self._turns += 1
        return self._transcripts[self._turns - 1] if self._turns <= len(self._transcripts) else ""


def _realtime_if_offered(*arguments: Any) -> Any:
    # Releases differ in the order: (offered, supported) before 13, (connection, offered) since.
    offered = next(each for each in arguments if isinstance(each, (list, tuple)))
    return "realtime" if "realtime" in offered else None


async def _run(options: argparse.Namespace) -> None:
    service = ScriptedRealtime(
        options.dialect,
        transcripts=options.say,
        pace=Pace(speed=options.speed),
        always_vad=options.always_vad,
        port=options.port,
    )
    async with service:
        print(f"the scripted Realtime service ({options.dialect}) listens on {service.url}", flush=True)
        shown: dict[int, int] = {}
        while True:
            for number, connection in enumerate(service.connections):
                entries = connection.log.entries[shown.get(number, 0) :]
                shown[number] = shown.get(number, 0) + len(entries)
                for entry in entries:
                    _show(number, entry)
            await asyncio.sleep(0.1)


def _show(number: int, entry: Logged) -> None:
    if not entry.type.endswith(("append", "delta")):
        arrow = "->" if entry.direction == "sent" else "<-"
        print(f"{time.strftime('%H:%M:%S')} [{number}] {arrow} {entry.message}"[:400], flush=True)


def main() -> int:
    """Run the service until it is interrupted."""
    parser = argparse.ArgumentParser(description="A scripted stand-in for the OpenAI Realtime API.")
    parser.add_argument("--port", type=int, default=8898)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="ga")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--say", action="append", default=[], help="what the caller says; once a turn")
    parser.add_argument("--always-vad", action="store_true", help="detect turns although it is switched off")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
