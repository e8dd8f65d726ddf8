"""Stores of applications, of which only ``save(voiceprint)`` and ``get_all()`` are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from opusagent_voiceprint.matching import Gallery
from opusagent_voiceprint.models import Voiceprint

__all__ = ["fill_gallery"]


def fill_gallery(gallery: Gallery, voiceprints: Iterable[Any]) -> None:
    """Have a gallery hold these and no others; each may have OpusAgent's five fields only."""
    by_caller: dict[str, list[Voiceprint]] = {}
    for each in voiceprints:
        known = each
        if not isinstance(each, Voiceprint):
            known = Voiceprint(caller_id=each.caller_id, embedding=each.embedding)
        by_caller.setdefault(each.caller_id, []).append(known)
    gallery.clear()
    for caller_id, prints in by_caller.items():
        gallery.put(caller_id, prints)
