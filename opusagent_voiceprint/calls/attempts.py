"""Calls whose voice is none of their number's callers: counted, so that a number can lose its say."""

from __future__ import annotations

from opusagent_voiceprint.calls.context import Shared, log_failure
from opusagent_voiceprint.calls.number import CallingNumber
from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.storage.number_failures import forget_failures, note_failure

__all__ = ["Attempts"]


class Attempts:
    """What one call comes to for its number: one of its callers was recognised, or somebody was and no one.

    Who is recognised by the ordinary threshold though the number is another's neither counts nor clears.
    """

    def __init__(self, call_id: str, shared: Shared, number: CallingNumber) -> None:
        self._call_id = call_id
        self._shared = shared
        self._number = number
        self._recognised: set[str] = set()
        self._failed = False

    def recognised(self, caller_id: str) -> None:
        """A voice of this call is this caller's."""
        self._recognised.add(caller_id)

    def disowned(self, caller_id: str) -> None:
        """Whoever was recognised as this caller says that they are somebody else."""
        self._recognised.discard(caller_id)
        self._failed = True

    def nobody_recognised(self) -> None:
        """A voice of this call was decided about, and is nobody's."""
        self._failed = True

    async def finish(self) -> None:
        """Count it, or clear the count. What the store does not take is only logged."""
        record, link, shared = self._number.record, self._number.link, self._shared
        if record is None or link is None or not record.matchable:
            return
        if record.matching_stopped(shared.clock(), shared.settings.max_number_failures):
            return  # what was heard before the store said so was compared with nobody
        succeeded = not self._recognised.isdisjoint(record.caller_ids)
        if succeeded and record.failures is None:
            return
        if not succeeded and (self._recognised or not self._failed):
            return
        try:
            if succeeded:
                await shared.records.write(lambda: forget_failures(shared.access.store, link))
            else:
                await shared.records.write(lambda: note_failure(shared.access.store, link, shared.clock()))
        except StorageError as exc:
            log_failure(self._call_id, "whether the number's callers were recognised is not counted", exc)
