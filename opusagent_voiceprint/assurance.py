"""How sure it is who is calling: levels in their order, each with evidence of its own."""

from __future__ import annotations

from enum import Enum

__all__ = ["Assurance"]


class Assurance(Enum):
    """How sure it is who is calling. The levels are ordered; ``NONE`` is false, the others are true.

    ``NONE``: nobody is recognised; so too on the call on which a caller enrolls.

    ``RECOGNISED``: the call's voice is the caller's, by the decision rule. A voice can be imitated, played
    back or resemble another: this level alone opens nothing.

    ``CONFIRMED``: recognised, and the caller expressly said on this call, in the voice that was recognised,
    that they are that person. A grammar in code decides it, never the model.

    ``VERIFIED``: recognised, and the application has vouched for the caller with evidence of its own, such as
    a PIN or a one-time code. Neither a voice nor words lead here. It does not need ``CONFIRMED``, for which
    it stands in: whoever gives somebody's PIN claims to be them.
    """

    NONE = "none"
    RECOGNISED = "recognised"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"

    def __bool__(self) -> bool:
        return self is not Assurance.NONE

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Assurance):
            return NotImplemented
        return self._rank < other._rank

    def __le__(self, other: object) -> bool:
        if not isinstance(other, Assurance):
            return NotImplemented
        return self._rank <= other._rank

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, Assurance):
            return NotImplemented
        return self._rank > other._rank

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, Assurance):
            return NotImplemented
        return self._rank >= other._rank

    @property
    def _rank(self) -> int:
        return list(Assurance).index(self)
