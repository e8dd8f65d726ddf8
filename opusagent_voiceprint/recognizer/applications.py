"""Stores of applications, of which only ``save(voiceprint)`` and ``get_all()`` are known."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from opusagent_voiceprint.matching import Backend, Gallery
from opusagent_voiceprint.models import Voiceprint

__all__ = ["ApplicationsCallers"]

logger = logging.getLogger("opusagent_voiceprint")

_NOTE: Final = "opusagent_voiceprint"
"""The key in the metadata under which a store of OpusAgent's five fields keeps some of the others."""
_NOTED: Final = ("encoder", "channel", "snr_db")
_COPIED: Final = (*_NOTED, "wide_embedding", "wide_encoder")


class ApplicationsCallers:
    """The callers of an application's store, as a recognizer works with them.

    The store gives back objects or mappings with ``caller_id`` and ``embedding``, and as many of the other
    fields of :class:`Voiceprint` as it keeps. Those that cannot be used are left out, which is logged once.
    """

    def __init__(self, store: Any, backend: Backend) -> None:
        self._store = store
        self.backend = backend
        self._told = False

    def gallery(self) -> Gallery:
        """What the application has now, in a gallery of its own: other threads may search an earlier one."""
        by_caller: dict[str, list[Voiceprint]] = {}
        for each in self._voiceprints():
            by_caller.setdefault(each.caller_id, []).append(each)
        gallery = Gallery(self.backend)
        for caller_id, voiceprints in by_caller.items():
            gallery.put(caller_id, voiceprints)
        return gallery

    def may_still_be_matched(self, caller_id: str) -> bool:
        """Always: whom the store gives back may be matched."""
        return True

    def note_seen(self, caller_id: str) -> None:
        """Nothing: expiry is the application's."""

    def voiceprints_of(self, caller_id: str) -> list[Voiceprint]:
        """A caller's voiceprints."""
        return [each for each in self._voiceprints() if each.caller_id == caller_id]

    def save(self, voiceprint: Voiceprint) -> None:
        """Give it to the application.

        Unless the store is known to keep the encoder, encoder and line are noted in the metadata too: without
        them a voiceprint cannot be compared, or only more strictly.
        """
        stored = list(self._store.get_all())
        if not stored or not all(map(_names_its_encoder, stored)):
            note = {name: getattr(voiceprint, name) for name in _NOTED}
            voiceprint = voiceprint.model_copy(update={"metadata": {**voiceprint.metadata, _NOTE: note}})
        self._store.save(voiceprint)

    def _voiceprints(self) -> list[Voiceprint]:
        tried = [_tried(each) for each in self._store.get_all()]
        unusable = Counter(each.__name__ for each in tried if isinstance(each, type))
        if unusable and not self._told:
            self._told = True
            logger.error(
                "%d voiceprints of %s cannot be used (%s); the others are",
                unusable.total(),
                type(self._store).__name__,
                ", ".join(sorted(unusable)),
            )
        return [each for each in tried if isinstance(each, Voiceprint)]


def _tried(each: Any) -> Voiceprint | type[Exception]:
    try:
        return _understood(each)
    except Exception as exc:  # noqa: BLE001 - an application's object may fail in any way
        return type(exc)


def _understood(each: Any) -> Voiceprint:
    if isinstance(each, Voiceprint) and _NOTE not in each.metadata:
        return each
    fields = {name: value for name in _COPIED if (value := _field(each, name)) is not None}
    metadata = _field(each, "metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    note = metadata.pop(_NOTE, None)
    if isinstance(note, Mapping) and not fields.get("encoder"):
        fields.update({name: note[name] for name in _NOTED if name in note})
    return Voiceprint(
        caller_id=_field(each, "caller_id"),
        embedding=_field(each, "embedding"),
        metadata=metadata,
        **fields,
    )


def _names_its_encoder(each: Any) -> bool:
    try:
        return bool(_field(each, "encoder"))
    except Exception:  # noqa: BLE001 - as above; it says nothing then
        return False


def _field(each: Any, name: str) -> Any:
    return each.get(name) if isinstance(each, Mapping) else getattr(each, name, None)
