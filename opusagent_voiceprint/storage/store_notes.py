"""The notes that a store keeps beside its callers: who said no, and its own random bytes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage.records import REFUSAL, SECRET, StoreSecret, misplaced
from opusagent_voiceprint.storage.store_backend import StoreBackend

__all__ = ["StoreNotes"]


class StoreNotes(StoreBackend):
    """Refusals and secrets, each a note of a backend."""

    def remember_refusal(self, refusal: DoNotAsk) -> None:
        """Remember that a subject said no; replaces what was remembered of it."""
        payload = self._codec.encode(refusal, kind=REFUSAL, record_id=refusal.subject)
        self._set_note(REFUSAL, refusal.subject, payload)

    def refusal(self, subject: str) -> DoNotAsk | None:
        """What is remembered of a subject's no. Whether it still holds is for the caller to see."""
        payload = self._note(REFUSAL, subject)
        if payload is None:
            return None
        refusal = self._codec.decode(payload, DoNotAsk, kind=REFUSAL, record_id=subject)
        if refusal.subject != subject:
            misplaced(REFUSAL, subject)
        return refusal

    def refusals(self) -> Iterator[DoNotAsk]:
        """Every remembered no."""
        for subject in self._note_keys(REFUSAL):
            refusal = self.refusal(subject)
            if refusal is not None:
                yield refusal

    def forget_refusal(self, subject: str) -> None:
        """Forget a subject's no, if there was one."""
        self._set_note(REFUSAL, subject, None)

    def secret(self, name: str) -> bytes:
        """32 random bytes that are made once for each store and name, and are the same ever after."""
        payload = self._note(SECRET, name)
        if payload is None:
            made = self._codec.encode(StoreSecret(value=secrets.token_hex(32)), kind=SECRET, record_id=name)
            payload = self._add_note(SECRET, name, made)
        return bytes.fromhex(self._codec.decode(payload, StoreSecret, kind=SECRET, record_id=name).value)
