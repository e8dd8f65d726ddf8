"""OpusAgent's ASGI application: the number that Twilio's webhook brings, and the start and end of serving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from opusagent_hooks.host.mishaps import Mishaps
from opusagent_hooks.host.patches import Patches
from opusagent_hooks.host.twiml import numbers_in_form, with_parameters

__all__ = ["VOICE_PATH", "HostApplication", "Service", "watch_applications"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

VOICE_PATH: Final = "/twilio/voice"
_FORM: Final = b"application/x-www-form-urlencoded"
_XML: Final = (b"application/xml", b"text/xml")
_LARGEST_BODY: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """What is to happen around serving. ``is_live`` says whether anything is."""

    is_live: Callable[[], bool]
    starting: Callable[[], Awaitable[None]]
    stopping: Callable[[], Awaitable[None]]
    mishaps: Mishaps


def watch_applications(application_class: Any, patches: Patches, service: Service) -> None:
    """Put :class:`HostApplication` around each application of this class that takes Twilio's calls."""
    if "build_middleware_stack" not in vars(application_class):
        return
    original = application_class.build_middleware_stack

    @wraps(original)
    def build_middleware_stack(application: Any, *args: Any, **kwargs: Any) -> Any:
        stack = original(application, *args, **kwargs)
        if isinstance(stack, HostApplication) or not takes_twilio_calls(application):
            return stack
        return HostApplication(stack, service)

    patches.set(application_class, "build_middleware_stack", build_middleware_stack)


def takes_twilio_calls(application: Any) -> bool:
    """True if an application has the route of Twilio's webhook."""
    routes = getattr(application, "routes", None) or ()
    return any(getattr(route, "path", None) == VOICE_PATH for route in routes)


class HostApplication:
    """The outermost layer of the host's application. Other requests pass through untouched."""

    def __init__(self, app: App, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if self._service.is_live():
            if scope["type"] == "lifespan":
                await self._app(scope, receive, self._around_serving(send))
                return
            if scope["type"] == "http" and scope["method"] == "POST" and _path(scope) == VOICE_PATH:
                await self._answer_call(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _around_serving(self, send: Send) -> Send:
        async def pass_on(message: Message) -> None:
            match message["type"]:
                case "lifespan.startup.complete":
                    await self._service.starting()
                case "lifespan.startup.failed" | "lifespan.shutdown.complete" | "lifespan.shutdown.failed":
                    await self._service.stopping()
            await send(message)

        return pass_on

    async def _answer_call(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the form's numbers to the answer; whatever is not as expected passes untouched."""
        read, form = await _read_form(receive)
        numbers = numbers_in_form(form) if form and _content_type(scope) == _FORM else {}

        async def read_again() -> Message:
            return read.pop(0) if read else await receive()

        answer = _Answer(send, numbers, self._service.mishaps)
        await self._app(scope, read_again, answer.pass_on if numbers else send)
        await answer.flush()


class _Answer:
    """Holds an answer back until it is whole, and changes it; a long one passes as it comes."""

    def __init__(self, send: Send, numbers: dict[str, str], mishaps: Mishaps) -> None:
        self._send = send
        self._numbers = numbers
        self._mishaps = mishaps
        self._held: list[Message] = []
        self._size = 0

    async def pass_on(self, message: Message) -> None:
        """Take one message of the host's answer."""
        if message["type"] == "http.response.start" and _may_be_twiml(message):
            self._held.append(message)
            return
        if not self._held:
            await self._send(message)
            return
        self._held.append(message)
        self._size += len(message.get("body", b""))
        if message["type"] != "http.response.body" or self._size > _LARGEST_BODY:
            await self.flush()
        elif not message.get("more_body"):
            self._held = self._changed(self._held)
            await self.flush()

    async def flush(self) -> None:
        """Send what is held."""
        held, self._held = self._held, []
        for message in held:
            await self._send(message)

    def _changed(self, whole: list[Message]) -> list[Message]:
        start, *bodies = whole
        try:
            twiml = with_parameters(b"".join(each.get("body", b"") for each in bodies), self._numbers)
            if twiml is None:
                return whole
            headers = [
                (name, str(len(twiml)).encode() if bytes(name).lower() == b"content-length" else value)
                for name, value in start["headers"]
            ]
        except Exception as error:  # noqa: BLE001 - Twilio gets the host's own answer
            self._mishaps.report("adding the caller's number to TwiML", error)
            return whole
        return [{**start, "headers": headers}, {**bodies[-1], "body": twiml}]


async def _read_form(receive: Receive) -> tuple[list[Message], bytes | None]:
    """The request's messages, to be read again, and its body; no body where it is too large or not whole."""
    read: list[Message] = []
    body = b""
    while True:
        message = await receive()
        read.append(message)
        if message["type"] != "http.request":
            return read, None
        body += message.get("body", b"")
        if len(body) > _LARGEST_BODY:
            return read, None
        if not message.get("more_body"):
            return read, body


def _may_be_twiml(start: Message) -> bool:
    encoded = any(bytes(name).lower() == b"content-encoding" for name, _ in start.get("headers", ()))
    return start["status"] == 200 and not encoded and _content_type(start) in _XML


def _content_type(message: Message) -> bytes:
    headers = {bytes(name).lower(): bytes(value) for name, value in message.get("headers", ())}
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "").rstrip("/"))
