"""The store of a process: open, or not there yet and opened as soon as it is."""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDoneError
from typing import Final

from opusagent_voiceprint.calls.breaker import StoreBreaker
from opusagent_voiceprint.errors import EncryptionError, SettingsError, StorageError, StoreFormatError
from opusagent_voiceprint.storage import CallerStore, PhoneHasher, phone_hasher

__all__ = ["StoreAccess", "is_wrong"]

logger = logging.getLogger("opusagent_voiceprint")

_OPEN_SECONDS: Final = 10.0
_REFUSALS: Final = (errno.ELOOP, errno.EACCES, errno.EPERM)

_Opened = tuple[CallerStore, PhoneHasher]


def is_wrong(error: BaseException) -> bool:
    """Whether waiting cannot help: a key that does not fit, no store of ours, no right to open it.

    Everything else, a server that is down, a lock, a disk, may be over in a moment.
    """
    if isinstance(error, (EncryptionError, StoreFormatError, SettingsError)):
        return True
    cause = error.__cause__
    return isinstance(cause, ImportError) or (isinstance(cause, OSError) and cause.errno in _REFUSALS)


class StoreAccess:
    """Opens a store with ``open_store``, now or later, and again if it lost what it held.

    ``begins_anew``: what was emptied while it was in use may be begun anew, as a Redis is that restarts
    without persistence. A file that is gone may not: an operator moved it, or a disk is not mounted.
    """

    def __init__(self, open_store: Callable[[], CallerStore], *, begins_anew: bool = False) -> None:
        self._open_store = open_store
        self._begins_anew = begins_anew
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._attempt: Future[_Opened] | None = None
        self._pending: CallerStore | None = None  # opened, and not in use yet
        self._reported: type[BaseException] | None = None
        self._was_replaced = False
        self._closed = False
        self.breaker = StoreBreaker()
        """What keeps calls from waiting for the store while it hangs."""

    @classmethod
    def of(cls, store: CallerStore) -> StoreAccess:
        """Access to a store that an application opened."""
        access = cls(lambda: store)
        access.open()
        return access

    @property
    def is_open(self) -> bool:
        """Whether the store has been opened."""
        return self._opened is not None

    @property
    def store(self) -> CallerStore:
        """The store. Raises :class:`StorageError` while it is not open."""
        if self._opened is None:
            raise StorageError("the store could not be opened yet; it is tried again")
        return self._opened[0]

    @property
    def phones(self) -> PhoneHasher | None:
        """The hasher of the store, whose secret lies in it; None while it is not open."""
        return self._opened[1] if self._opened is not None else None

    def open(self, seconds: float = _OPEN_SECONDS) -> None:
        """Open it, unless it is open. What is not done in time goes on, and is waited for the next time.

        Raises :class:`VoiceprintError`; see :func:`is_wrong`.
        """
        if self._opened is None:
            self._adopt(self._tried(seconds))

    def note_replaced(self) -> None:
        """A write found the store emptied or replaced."""
        self._was_replaced = True

    def renew(self, seconds: float = _OPEN_SECONDS) -> None:
        """Open the store anew if it was replaced and may be; the old one is closed. Raises as above."""
        if not (self._begins_anew and self._was_replaced):
            return
        old, opened = self.store, self._tried(seconds)
        self._was_replaced = False
        self._adopt(opened)
        if opened[0] is not old:
            old.close()

    def report(self, error: Exception) -> None:
        """Say once that the store cannot be opened, and why."""
        if self._reported is type(error):
            return
        self._reported = type(error)
        # A store's errors name files, servers and settings; never a caller, never a key.
        what = "is not right and is tried again" if is_wrong(error) else "is not there yet and is tried again"
        logger.error("the store %s; callers stay anonymous: %s", what, error)

    def close(self) -> None:
        """Close the store, also one that is only just being opened, as soon as it is."""
        with self._lock:
            self._closed = True
            stores = [] if self._opened is None else [self._opened[0]]
            self._opened = None
            is_being_opened = self._attempt is not None and not self._attempt.done()
            if self._pending is not None and not is_being_opened:
                stores.append(self._pending)
                self._pending = None
        for store in stores:
            store.close()

    def _tried(self, seconds: float) -> _Opened:
        with self._lock:
            attempt = self._attempt
            if attempt is None:
                # On a thread of its own: what hangs in here must hold up neither the start nor the end.
                self._attempt = attempt = Future()
                threading.Thread(
                    target=self._try, args=(attempt,), name="voiceprint-open-store", daemon=True
                ).start()
        try:
            opened = attempt.result(seconds)
        except NotDoneError:
            if not attempt.done():
                raise StorageError(f"the store was not opened within {seconds:g} s") from None
            raise
        finally:
            if attempt.done():
                self._attempt = None
        return opened

    def _try(self, attempt: Future[_Opened]) -> None:
        opened: _Opened | None = None
        failure: BaseException | None = None
        try:
            store = self._pending or self._open_store()
            self._pending = store  # not opened again and again where only what follows fails
            opened = store, phone_hasher(store)
        except BaseException as exc:  # noqa: BLE001 - it is whoever waits for the attempt who deals with it
            failure = exc
        # Together, so that either this sees that the end has come, or the end sees what was opened.
        with self._lock:
            nobodys = self._pending if self._closed else None
            if nobodys is not None:
                self._pending = None
            if opened is None or failure is not None:
                attempt.set_exception(failure)
            else:
                attempt.set_result(opened)
        if nobodys is not None:
            try:
                nobodys.close()
            except StorageError as exc:
                logger.error("the store could not be closed: %s", type(exc).__name__)

    def _adopt(self, opened: _Opened) -> None:
        with self._lock:
            if self._closed:
                raise StorageError("the store is closed")
            self._opened, self._pending = opened, None
        if self._reported is not None:
            self._reported = None
            logger.warning("the store is open")
