"""What happens to the consent dialogue, and what it asks to have done."""

from __future__ import annotations

from dataclasses import dataclass, field

from opusagent_voiceprint.consent.grammar import Answer
from opusagent_voiceprint.consent.states import Line

__all__ = [
    "Action",
    "Answered",
    "Emergency",
    "Enroll",
    "Enrolled",
    "Erase",
    "Event",
    "GrantMemory",
    "HungUp",
    "MemoryStored",
    "NoAnswer",
    "NumberSuspended",
    "Offered",
    "PolicyChanged",
    "PutOff",
    "Refuse",
    "RefusedBefore",
    "RetentionOver",
    "Said",
    "Say",
    "SpeechReady",
    "Stopped",
    "Suspend",
    "TakeFloor",
    "VoiceChanged",
    "Withdrew",
    "YieldFloor",
]


# Events


@dataclass(frozen=True, slots=True)
class RefusedBefore:
    """The calling number has said no, or never, on an earlier call, or withdrew."""

    forever: bool


@dataclass(frozen=True, slots=True)
class NumberSuspended:
    """Somebody withdrew from this number without being recognised, and no operator has released it."""


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """A caller who is linked to the number agreed to an earlier policy version."""


@dataclass(frozen=True, slots=True)
class RetentionOver:
    """A caller who is linked to the number has not called for longer than the retention period."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The caller is unknown, the agent idle, and nothing speaks against asking.

    ``requested``: the caller wants to be asked, so that an earlier question or no is no hindrance.
    ``recognition``: the number is a known caller's, who need only be asked whether to be recognised. Who
    wants to be asked, or may have a consent to renew, is asked about voiceprints all the same.
    """

    requested: bool = False
    recognition: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A line was spoken: ``completed`` if the caller heard all of it, in the words of the script."""

    line: Line
    completed: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The caller spoke: the grammar's reading, the words, and the name in them if there is one."""

    answer: Answer
    text: str = field(default="", repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Emergency:
    """The caller is in an emergency; ``answer`` is what the same words answer, which may be a no.

    ``stored``: a caller was stored by then.
    """

    answer: Answer
    stored: bool


@dataclass(frozen=True, slots=True)
class PutOff:
    """The caller asked to wait, and answered nothing."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The caller said nothing for too long, or no transcript of it came."""


@dataclass(frozen=True, slots=True)
class SpeechReady:
    """There is enough net speech of one voice for an enrollment."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Whether caller and consent were stored, together; ``otherwise`` is what is said if they were not."""

    stored: bool
    otherwise: Line = "failed"


@dataclass(frozen=True, slots=True)
class MemoryStored:
    """Whether the consent to memory was stored."""

    stored: bool


@dataclass(frozen=True, slots=True)
class VoiceChanged:
    """Somebody else is speaking than the one who was asked."""


@dataclass(frozen=True, slots=True)
class Withdrew:
    """The caller took a consent back; ``recognised``: it is known whose voice that is."""

    recognised: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The dialogue cannot go on: the voice is known after all, or the agent fails.

    ``stored``: a caller was stored by then, here and below.
    """

    stored: bool


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call is over."""

    stored: bool


Event = (
    RefusedBefore
    | NumberSuspended
    | PolicyChanged
    | RetentionOver
    | Offered
    | Said
    | Answered
    | Emergency
    | PutOff
    | NoAnswer
    | SpeechReady
    | Enrolled
    | MemoryStored
    | VoiceChanged
    | Withdrew
    | Stopped
    | HungUp
)


# Actions


@dataclass(frozen=True, slots=True)
class TakeFloor:
    """Keep the agent from replying on its own."""


@dataclass(frozen=True, slots=True)
class YieldFloor:
    """Let the agent go on; with ``reply`` it answers the caller's last words."""

    reply: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a line of the script, then report :class:`Said`."""

    line: Line


@dataclass(frozen=True, slots=True)
class Refuse:
    """Remember the no: for the usual time, or for ever."""

    forever: bool


@dataclass(frozen=True, slots=True)
class Enroll:
    """Store caller, voiceprint and consent as one; report :class:`Enrolled`. Wait for speech if need be.

    ``renews``: if the voice is that of the number's caller under the earlier policy, the consent is added to
    that caller, and no second one is made.
    """

    name: str | None = field(repr=False)
    answer: str = field(repr=False)
    renews: bool = False


@dataclass(frozen=True, slots=True)
class GrantMemory:
    """Store the consent to memory; report :class:`MemoryStored`."""

    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase the recognised caller with everything of theirs, and say so."""


@dataclass(frozen=True, slots=True)
class Suspend:
    """Match nobody on calls from this number any more, queue it for review, and say so."""


Action = TakeFloor | YieldFloor | Say | Refuse | Enroll | GrantMemory | Erase | Suspend
