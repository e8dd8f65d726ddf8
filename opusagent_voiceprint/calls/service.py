"""The service of a process: one engine, one gallery, one store, and the calls that use them."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from opusagent_hooks import AudioChunk, Call, HookManager, Session, Turn
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.assurance import CallEvidence, CallIdentity
from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.parts import language_of
from opusagent_voiceprint.calls.questions import Questions
from opusagent_voiceprint.calls.reading import read
from opusagent_voiceprint.calls.records import Records
from opusagent_voiceprint.calls.session import CallSession
from opusagent_voiceprint.calls.store_access import StoreAccess, is_wrong
from opusagent_voiceprint.calls.voice_models import VoiceModels
from opusagent_voiceprint.consent import Answer
from opusagent_voiceprint.consent.identity import compile_identity
from opusagent_voiceprint.consent.interpret import grammar_for
from opusagent_voiceprint.consent.languages import LANGUAGES
from opusagent_voiceprint.encoding import Encoders, SpeakerEncoder, encoders_by_language
from opusagent_voiceprint.errors import EncoderError, StorageError, VoiceprintError
from opusagent_voiceprint.matching import DecisionRule
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.settings import VoiceFingerprintConfig
from opusagent_voiceprint.storage import CallerStore, open_store
from opusagent_voiceprint.storage.erasure_journal import ErasureJournal

__all__ = ["VoiceprintService"]

logger = logging.getLogger("opusagent_voiceprint")

_IDENTITY: Final = "voiceprint"
_KEY: Final = "voiceprint.session"
_CLOSE_SECONDS: Final = 5.0


@dataclass(slots=True)
class _BeyondTheLimit:
    """A call that is one too many: nobody is listened to, but who wants to be forgotten is heard."""

    language: str
    state: Session | None = field(default=None, repr=False)


class VoiceprintService:
    """Recognition, consent, memory and greeting for all calls of a process.

    Making one opens the store, so that a wrong key or a foreign file stops the start with a
    :class:`VoiceprintError`. A store that is not there, or locked, does not: until it can be used callers are
    anonymous. Models are loaded and callers are read on threads of their own, from :meth:`start` on; a call
    that begins before is listened to and decided afterwards.

    ``store`` and ``clock`` are for tests and for applications that bring their own.
    """

    def __init__(
        self,
        settings: VoiceFingerprintConfig,
        hooks: HookManager,
        *,
        store: CallerStore | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings = settings
        self._hooks = hooks
        self._clock = clock
        self._by_language = encoders_by_language(settings.encoder_by_language)
        self._journal = ErasureJournal.configured(settings)
        self._journal.pending()  # a foreign file in its place stops the start, too
        self._access = _access(settings, store)
        self._records = Records(self._access, patience=settings.storage_timeout)
        self._shared: Shared | None = None
        self._sessions: set[CallSession] = set()
        self._threads: list[threading.Thread] = []
        self._ready = threading.Event()
        self._closed = False

    @property
    def store(self) -> CallerStore:
        """The store in use. Raises :class:`StorageError` while it could not be opened yet."""
        return self._access.store

    @property
    def encoders(self) -> Encoders | None:
        """The encoders in use for most languages, from :meth:`start` on."""
        return self._shared.models.default.engine.encoders if self._shared is not None else None

    @property
    def models(self) -> VoiceModels | None:
        """Engines and galleries, from :meth:`start` on."""
        return self._shared.models if self._shared is not None else None

    @property
    def active_calls(self) -> int:
        """How many calls are being listened to."""
        return len(self._sessions)

    def start(self) -> None:
        """Choose the encoder, then load it and the callers in the background. A second time: nothing."""
        if self._shared is not None or self._closed:
            return
        models = VoiceModels.configured(self.settings, self._encoders_of_hook(), self._by_language)
        arrears = Arrears(self._journal, models.remove)
        follower = GalleryFollower(self._access, models, arrears, self.settings, self._clock)
        questions = Questions(self.settings, self._hooks)
        questions.warn_if_unanswerable()
        self._shared = Shared(
            settings=self.settings,
            hooks=self._hooks,
            access=self._access,
            records=self._records,
            arrears=arrears,
            models=models,
            follower=follower,
            questions=questions,
            rule=DecisionRule.of(self.settings),
            clock=self._clock,
        )
        # Nothing is decided before everybody enrolled is known: until then the engine does not run.
        self._spawn("voiceprint-store-follower", follower.run, self._loaded)

    def wait_until_ready(self, timeout: float) -> bool:
        """Wait until models and callers are loaded, at most ``timeout`` seconds; true if they are."""
        return self._ready.wait(timeout)

    async def call_started(self, call: Call) -> None:
        """A call begins."""
        self.start()
        if self._shared is None or _KEY in call.userdata:
            return
        if len(self._sessions) < self.settings.max_concurrent_calls:
            self._begin(call, self._shared)
            return
        logger.warning("call %s: too many calls at once; this caller stays anonymous", call.id)
        call.userdata[_IDENTITY] = CallIdentity(CallEvidence())
        call.userdata[_KEY] = _BeyondTheLimit(language_of(call, self.settings.default_language))

    async def session_created(self, call: Call, state: Session) -> None:
        """The host has session state for this call, and is about to configure the model."""
        ours = call.userdata.get(_KEY)
        if isinstance(ours, CallSession):
            ours.attach(state)
            await ours.offer_tools()
        elif isinstance(ours, _BeyondTheLimit):
            ours.state = state

    def audio(self, call: Call, chunk: AudioChunk) -> None:
        """One frame."""
        if (session := self._of(call)) is not None:
            session.hear(chunk)

    async def turn(self, call: Call, turn: Turn) -> None:
        """A final transcript."""
        session = self._of(call) or await self._begin_for_withdrawal(call, turn)
        if session is not None:
            await session.heard_turn(turn)

    async def call_ended(self, call: Call) -> None:
        """A call is over: everything of it that was not agreed to be kept is dropped."""
        session = call.userdata.pop(_KEY, None)
        if not isinstance(session, CallSession):
            return
        try:
            await session.end()
        finally:
            self._sessions.discard(session)

    def close(self) -> None:
        """Stop the threads and close the store, in a quarter of a minute at most if it hangs."""
        if self._closed:
            return
        self._closed = True
        if self._shared is not None:
            self._shared.follower.stop()
            self._shared.models.stop()
        until = time.monotonic() + _CLOSE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._records.drain()  # what comes through at the end may have to be taken back
        if self._shared is not None:
            self._shared.follower.finish()
        self._records.close()

    def _begin(self, call: Call, shared: Shared) -> CallSession:
        session = CallSession(call, shared)
        self._sessions.add(session)
        call.userdata[_KEY] = session
        call.userdata[_IDENTITY] = session.identity
        return session

    async def _begin_for_withdrawal(self, call: Call, turn: Turn) -> CallSession | None:
        """From a withdrawal on, a call beyond the limit is listened to as well, so that it can be erased."""
        beyond = call.userdata.get(_KEY)
        if not isinstance(beyond, _BeyondTheLimit) or turn.speaker != "caller" or self._shared is None:
            return None
        reading = await read(turn.text, beyond.language, asked=False)
        if reading.answer is not Answer.WITHDRAW:
            return None
        is_still = call.userdata.get(_KEY) is beyond
        if not is_still:  # over, or begun by other words, while these were read
            return self._of(call)
        session = self._begin(call, self._shared)
        if beyond.state is not None:
            session.attach(beyond.state)
        return session

    def _of(self, call: Call) -> CallSession | None:
        session = call.userdata.get(_KEY)
        return session if isinstance(session, CallSession) else None

    def _encoders_of_hook(self) -> Encoders | None:
        # The hook may be a coroutine function, and this may run inside a loop: hence a loop of its own.
        chosen: list[object] = []

        def ask() -> None:
            chosen.append(asyncio.run(self._hooks.call_first("voiceprint_encoder", settings=self.settings)))

        thread = threading.Thread(target=ask, name="voiceprint-choose-encoder")
        thread.start()
        thread.join()
        encoder = chosen[0] if chosen else None
        if encoder is None:
            return None
        if not isinstance(encoder, SpeakerEncoder):
            raise EncoderError(
                f"voiceprint_encoder gave a {type(encoder).__name__}, which is not a SpeakerEncoder"
            )
        return Encoders(encoder)

    def _spawn(self, name: str, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _loaded(self) -> None:
        # On a thread of its own: the store is followed while models load, and erasures are carried out.
        self._spawn("voiceprint-load-models", self._load_models)

    def _load_models(self) -> None:
        shared = self._shared
        if shared is None or self._closed:
            return
        for language in LANGUAGES:
            compile_identity(language)
            grammar_for(language)  # compiled here, not on the event loop with the first words of a call
        if shared.models.start(_encoder_failed) and not self._closed:
            self._ready.set()
            logger.info("voiceprint is ready: %d callers enrolled", shared.models.callers)
            if nameless := shared.models.default.gallery.nameless:
                logger.warning(
                    "%d voiceprints name no encoder and are not compared; see `opusagent-voiceprint "
                    "voiceprints list`",
                    nameless,
                )


def _access(settings: VoiceFingerprintConfig, store: CallerStore | None) -> StoreAccess:
    """Access to the store: open, unless it is one that may be there in a moment."""
    opened = store
    access = StoreAccess(
        lambda: opened or open_store(settings),
        begins_anew=store is None and settings.storage_backend == "redis",
    )
    try:
        access.open()
    except StorageError as exc:
        if is_wrong(exc):
            raise
        access.report(exc)
    return access


def _encoder_failed(exc: Exception) -> None:
    if isinstance(exc, VoiceprintError):
        logger.error("callers of an encoder will not be recognised: %s", exc)
    else:
        log_failure("-", "an encoder could not be loaded, its callers will not be recognised", exc)
