"""Numbers that are suspended until somebody has reviewed them: whose callers withdrew unrecognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage.base import CallerStore

__all__ = ["Review", "Why", "release", "reviews", "suspension", "suspension_of"]

_SUSPENDED: Final = "suspended:"
_REFERENCE: Final = 12

Why = Literal["not_recognised", "older_record"]
"""Who withdrew was not recognised, or was and the number has a record that cannot be compared with them."""


@dataclass(frozen=True, slots=True)
class Review:
    """A suspended number as an operator sees it: nothing personal, the number least of all.

    ``reference`` is what :func:`release` takes, ``caller_ids`` who is linked to the number and may be the one
    who is to be erased, ``at`` and ``call_id`` when it was asked for and on which call, ``why`` a
    :data:`Why`, or empty for one from before reasons were kept.
    """

    reference: str
    at: datetime | None
    why: str
    call_id: str
    caller_ids: tuple[str, ...]
    subject: str = field(repr=False)


def suspension_of(phone_link: str) -> str:
    """The subject of the note under which the suspension of a number stands."""
    return f"{_SUSPENDED}{phone_link}"


def suspension(phone_link: str, *, at: datetime, why: Why, call_id: str = "") -> DoNotAsk:
    """Suspension and review in one note, so that there is never one without the other."""
    return DoNotAsk(subject=suspension_of(phone_link), at=at, why=why, call_id=call_id[:200])


def reviews(store: CallerStore) -> list[Review]:
    """What waits for a review, the oldest first. Raises :class:`StorageError`."""
    found = []
    for refusal in store.refusals():
        if not refusal.subject.startswith(_SUSPENDED):
            continue
        link = refusal.subject.removeprefix(_SUSPENDED)
        linked = tuple(store.ids_by_phone(link))
        found.append(
            Review(link[:_REFERENCE], refusal.at, refusal.why, refusal.call_id, linked, refusal.subject)
        )
    return sorted(found, key=lambda each: (each.at.timestamp() if each.at else 0.0, each.reference))


def release(store: CallerStore, reference: str) -> Review:
    """Have callers from a number recognised again; returns what was released.

    The number's callers are still not asked again. Raises :class:`StorageError` if the reference names no
    suspended number, or several.
    """
    waiting = [each for each in reviews(store) if reference and each.reference.startswith(reference)]
    if len(waiting) != 1:
        known = ", ".join(each.reference for each in reviews(store)) or "none"
        how_many = "several suspended numbers" if waiting else "no suspended number"
        raise StorageError(f"{reference!r} names {how_many}. Nothing was released; there are: {known}")
    store.forget_refusal(waiting[0].subject)
    return waiting[0]
