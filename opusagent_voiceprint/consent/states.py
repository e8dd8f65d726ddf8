"""The states of the consent dialogue, and the sentences it speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

__all__ = ["ConsentState", "Line", "Stage"]


class Stage(str, Enum):
    """Where the dialogue with one caller stands."""

    IDLE = "idle"
    EXPIRED = "expired"
    RECONSENT = "reconsent"
    OFFERED = "offered"
    ASKED = "asked"
    EXPLAINED = "explained"
    REPROMPTED = "reprompted"
    PUT_OFF = "put_off"
    GRANTED = "granted"
    COLLECTING = "collecting"
    STORING = "storing"
    COMPARING = "comparing"
    MEMORY_OFFERED = "memory_offered"
    MEMORY_ASKED = "memory_asked"
    MEMORY_REPROMPTED = "memory_reprompted"
    STORING_MEMORY = "storing_memory"
    ENROLLED = "enrolled"
    DECLINED = "declined"
    SNOOZED = "snoozed"
    NEVER = "never"
    UNANSWERED = "unanswered"
    EXCLUDED = "excluded"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"

    @property
    def meaning(self) -> str:
        """One line on what is so while it lasts."""
        return _MEANINGS[self]

    @property
    def unasked(self) -> bool:
        """True while the question may still be put for the first time on this call."""
        return self in _UNASKED

    @property
    def over(self) -> bool:
        """True when nothing more will be asked on this call, unless the caller wants to be."""
        return self in _OVER

    @property
    def under_way(self) -> bool:
        """True from the question until its outcome."""
        return not (self.unasked or self.over)

    @property
    def waits_for_caller(self) -> bool:
        """True while the caller's next words are an answer to us."""
        return self in _WAITING


_MEANINGS: Final[dict[Stage, str]] = {
    Stage.IDLE: "Nothing was asked on this call.",
    Stage.EXPIRED: "The same, and a caller of this number is kept past the retention period: never matched, "
    "about to be purged, asked like anybody.",
    Stage.RECONSENT: "The same, and a caller of this number agreed to an earlier policy: not matched before "
    "a new yes.",
    Stage.OFFERED: "The question, about voiceprints or only about being recognised, is being spoken. A no "
    "counts, a yes does not.",
    Stage.ASKED: "The whole question was heard; the answer is awaited.",
    Stage.EXPLAINED: "What would be done with the voice was explained; the answer is awaited.",
    Stage.REPROMPTED: "A clear answer was asked for, once; it is awaited.",
    Stage.PUT_OFF: "The caller asked to wait when the question was open. In the next words a no counts, "
    "and a yes does not.",
    Stage.GRANTED: "An express yes to the whole question about voiceprints; the name is asked for.",
    Stage.COLLECTING: "Enough speech of the voice that said yes is awaited.",
    Stage.STORING: "Caller, voiceprint and consent are being stored, as one.",
    Stage.COMPARING: "An express yes to the whole question about being recognised: on this call the voice is "
    "compared, and nothing is enrolled.",
    Stage.MEMORY_OFFERED: "Stored; the question about notes is being spoken.",
    Stage.MEMORY_ASKED: "The question about notes was heard; the answer is awaited.",
    Stage.MEMORY_REPROMPTED: "A clear answer about notes was asked for, once; it is awaited.",
    Stage.STORING_MEMORY: "The consent to notes is being stored.",
    Stage.ENROLLED: "The voice is stored, and what becomes of notes is settled.",
    Stage.DECLINED: "The caller said no, on this call or within the time that a no is remembered.",
    Stage.SNOOZED: "The caller said not now.",
    Stage.NEVER: "The caller said never, on this call or an earlier one, or withdrew.",
    Stage.UNANSWERED: "There was no clear answer, or not from the voice that was asked: no consent.",
    Stage.EXCLUDED: "A child, or somebody who answered for another person.",
    Stage.FAILED: "The caller agreed, and the voice could not be stored.",
    Stage.WITHDRAWN: "The caller was recognised and took the consent back: everything is erased.",
    Stage.SUSPENDED: "Somebody who was not recognised took a consent back: nobody is matched on calls from "
    "this number until an operator released it.",
}
_UNASKED: Final = frozenset({Stage.IDLE, Stage.EXPIRED, Stage.RECONSENT})
_OVER: Final = frozenset(
    {
        Stage.PUT_OFF,
        Stage.COMPARING,
        Stage.ENROLLED,
        Stage.DECLINED,
        Stage.SNOOZED,
        Stage.NEVER,
        Stage.UNANSWERED,
        Stage.EXCLUDED,
        Stage.FAILED,
        Stage.WITHDRAWN,
        Stage.SUSPENDED,
    }
)
_WAITING: Final = frozenset(
    {
        Stage.OFFERED,
        Stage.ASKED,
        Stage.EXPLAINED,
        Stage.REPROMPTED,
        Stage.GRANTED,
        Stage.MEMORY_OFFERED,
        Stage.MEMORY_ASKED,
        Stage.MEMORY_REPROMPTED,
    }
)

Line = Literal[
    "question",
    "reprompt",
    "explanation",
    "ask_name",
    "ask_name_again",
    "keep_talking",
    "poor_line",
    "enrolled_ask_memory",
    "memory_reprompt",
    "memory_granted",
    "memory_declined",
    "memory_failed",
    "declined",
    "never_again",
    "third_party",
    "minor",
    "two_voices",
    "agents_voice",
    "failed",
    "recognition_question",
    "recognition_reprompt",
    "recognition_explanation",
    "recognition_granted",
    "recognition_declined",
    "recognition_never_again",
]
"""The sentences of the dialogue by name; a :class:`~opusagent_voiceprint.consent.ConsentScript` has them."""


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Everything the dialogue remembers.

    ``played`` says whether the whole question was heard, ``heard`` whether the last sentence that asks for a
    yes was; ``asked_again`` and ``explained`` what has been said once already. ``renews``: a caller of this
    number agreed to an earlier policy. ``recognition``: the question is the one about being recognised on
    this call, and no yes to it enrolls. ``answer`` holds the words of the yes, while it stands.
    """

    stage: Stage = Stage.IDLE
    played: bool = False
    heard: bool = False
    asked_again: bool = False
    explained: bool = False
    renews: bool = False
    recognition: bool = False
    name: str | None = field(default=None, repr=False)
    answer: str = field(default="", repr=False)

    @property
    def consented(self) -> bool:
        """True from the yes on, while nothing took it back."""
        return bool(self.answer)
