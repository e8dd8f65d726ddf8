"""The web application: Twilio's webhook, its media stream, and the plugins that live as long as it does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import partial
from urllib.parse import parse_qs
from xml.sax.saxutils import quoteattr

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from examples.voice_host.phone_call import PhoneCall
from examples.voice_host.service import Connect, connect_from
from examples.voice_host.twilio import TwilioStream
from opusagent_hooks import HookManager, build_manager

__all__ = ["create_app"]


def create_app(*, manager: HookManager | None = None, connect: Connect | None = None) -> Starlette:
    """The application, for ``uvicorn --factory``.

    Without a manager, plugins are found as ``OPUSAGENT_PLUGINS`` says and loaded when the server starts;
    without ``connect``, the environment says what answers the calls.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[Mapping[str, object]]:
        hooks = manager or build_manager()
        endings: set[asyncio.Task[None]] = set()
        try:
            yield {"hooks": hooks, "connect": connect or connect_from(), "endings": endings}
        finally:
            # What callers agreed to have remembered is written when their calls end: let that finish.
            await asyncio.gather(*endings, return_exceptions=True)
            if manager is None:
                await asyncio.to_thread(hooks.close)

    routes = [
        Route("/twilio/voice", _webhook, methods=["POST"]),
        WebSocketRoute("/twilio-agent", _stream),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _webhook(request: Request) -> Response:
    """Tell Twilio to connect the call to the stream below, and to pass the caller's number on."""
    form = parse_qs((await request.body()).decode())
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    url = f"{'wss' if secure else 'ws'}://{request.url.netloc}/twilio-agent"
    # A stream's "start" names neither number, so they travel as its custom parameters.
    numbers = {"from_number": form.get("From"), "to_number": form.get("To")}
    parameters = "".join(
        f"<Parameter name={quoteattr(name)} value={quoteattr(values[0])}/>"
        for name, values in numbers.items()
        if values
    )
    twiml = (
        '<?xml version="1.0" encoding="UTF-8"?><Response><Connect>'
        f"<Stream url={quoteattr(url)}>{parameters}</Stream></Connect></Response>"
    )
    return Response(twiml, media_type="application/xml")


async def _stream(socket: WebSocket) -> None:
    """One call."""
    await socket.accept()
    stream = TwilioStream(partial(socket.send_json, mode="text"), socket.iter_text())
    state = socket.state
    ending = await PhoneCall(state.hooks, stream, state.connect).run()
    if ending is not None:
        state.endings.add(ending)
        ending.add_done_callback(state.endings.discard)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the caller hung up first
        await socket.close()
