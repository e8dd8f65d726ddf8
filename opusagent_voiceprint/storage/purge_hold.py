"""Since when a purge waits, because the clock may be wrong: a note, so that restarts do not begin it anew."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import AwareDatetime

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import Record
from opusagent_voiceprint.storage.base import CallerStore

__all__ = ["HOLD", "PurgeHold", "end_hold", "held_since", "hold"]

HOLD: Final = "purge hold"
"""The kind of the note."""

_KEY: Final = "retention"


class PurgeHold(Record):
    """A purge that was due at this time, and waits."""

    since: AwareDatetime


def held_since(store: CallerStore) -> datetime | None:
    """Since when, or None if no purge waits. What cannot be read counts as none."""
    try:
        payload = store._note(HOLD, _KEY)
        if payload is None:
            return None
        return store.codec.decode(payload, PurgeHold, kind=HOLD, record_id=_KEY).since
    except (StoreFormatError, EncryptionError):
        return None


def hold(store: CallerStore, since: datetime) -> None:
    """A purge waits from now on."""
    payload = store.codec.encode(PurgeHold(since=since), kind=HOLD, record_id=_KEY)
    store._set_note(HOLD, _KEY, payload)


def end_hold(store: CallerStore) -> None:
    """None waits."""
    if store._note(HOLD, _KEY) is not None:
        store._set_note(HOLD, _KEY, None)
