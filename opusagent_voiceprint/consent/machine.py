"""The consent dialogue as a pure state machine: (state, event) to (state, actions).

Nothing here speaks, listens or stores; whoever runs the call carries the actions out and feeds what happened
back as events. The one promise it has to keep: :class:`Enroll` follows only a yes to a question that was
played to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from opusagent_voiceprint.consent.interpret import Answer

__all__ = [
    "Action",
    "Answered",
    "ConsentState",
    "Enroll",
    "Enrolled",
    "Event",
    "GrantMemory",
    "Line",
    "MemoryStored",
    "NoAnswer",
    "Offered",
    "Refuse",
    "Said",
    "Say",
    "SpeechReady",
    "Stage",
    "TakeFloor",
    "VoiceChanged",
    "YieldFloor",
    "transition",
]


class Stage(str, Enum):
    """Where the dialogue stands."""

    IDLE = "idle"
    ASKING = "asking"
    ASKED = "asked"
    NAMING = "naming"
    COLLECTING = "collecting"
    STORING = "storing"
    ASKING_MEMORY = "asking_memory"
    MEMORY_ASKED = "memory_asked"
    STORING_MEMORY = "storing_memory"
    ENROLLED = "enrolled"
    DECLINED = "declined"
    NEVER = "never"
    EXCLUDED = "excluded"
    UNANSWERED = "unanswered"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """True when nothing more will be asked on this call."""
        return self in _OVER

    @property
    def waits_for_caller(self) -> bool:
        """True while the caller's next words are an answer to us."""
        return self in (Stage.ASKING, Stage.ASKED, Stage.NAMING, Stage.ASKING_MEMORY, Stage.MEMORY_ASKED)


_OVER = frozenset(
    {Stage.ENROLLED, Stage.DECLINED, Stage.NEVER, Stage.EXCLUDED, Stage.UNANSWERED, Stage.FAILED}
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
]
"""The sentences of the dialogue by name; a :class:`~opusagent_voiceprint.consent.ConsentScript` has them."""


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Everything the dialogue remembers.

    ``played`` says whether the whole question was heard; ``answer`` holds the words of the yes.
    """

    stage: Stage = Stage.IDLE
    played: bool = False
    asked_again: bool = False
    explained: bool = False
    name: str | None = field(default=None, repr=False)
    answer: str = field(default="", repr=False)


# Events


@dataclass(frozen=True, slots=True)
class Offered:
    """The caller is unknown, the agent idle, and nothing speaks against asking."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line was spoken: ``completed`` if the caller heard all of it."""

    line: Line
    completed: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The caller spoke: the grammar's reading, the words, and the name in them if there is one."""

    answer: Answer
    text: str = field(default="", repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The caller said nothing for too long."""


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


Event = Offered | Said | Answered | NoAnswer | SpeechReady | Enrolled | MemoryStored | VoiceChanged


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
    """Speak these lines one after the other, and report the last as :class:`Said`."""

    line: Line


@dataclass(frozen=True, slots=True)
class Refuse:
    """Remember the no: for the usual time, or for ever."""

    forever: bool


@dataclass(frozen=True, slots=True)
class Enroll:
    """Store caller, voiceprint and consent as one; report :class:`Enrolled`. Wait for speech if need be."""

    name: str | None = field(repr=False)
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrantMemory:
    """Store the consent to memory; report :class:`MemoryStored`."""

    answer: str = field(repr=False)


Action = TakeFloor | YieldFloor | Say | Refuse | Enroll | GrantMemory
Step = tuple[ConsentState, tuple[Action, ...]]


def transition(state: ConsentState, event: Event) -> Step:
    """The next state and what is to be done for any event in any state. What does not fit changes nothing."""
    if isinstance(event, VoiceChanged):
        return _voice_changed(state)
    handler = _HANDLERS.get(state.stage)
    return handler(state, event) if handler else (state, ())


def _idle(state: ConsentState, event: Event) -> Step:
    if isinstance(event, Offered):
        return replace(state, stage=Stage.ASKING), (TakeFloor(), Say("question"))
    return state, ()


def _asking(state: ConsentState, event: Event) -> Step:
    """The question is being spoken. A no counts at once, a yes never does."""
    if isinstance(event, Said):
        if event.completed:
            return replace(state, stage=Stage.ASKED, played=True), ()
        return state, ()  # cut short: what the caller said comes next
    if isinstance(event, Answered):
        if (refusal := _refusal(state, event)) is not None:
            return refusal
        return _ask_again(state, Say("question"))
    if isinstance(event, NoAnswer):
        return _ask_again(state, Say("question"))
    return state, ()


def _asked(state: ConsentState, event: Event) -> Step:
    if isinstance(event, NoAnswer):
        return _ask_again(state, Say("reprompt"))
    if not isinstance(event, Answered):
        return state, ()
    if (refusal := _refusal(state, event)) is not None:
        return refusal
    if event.answer is Answer.YES and state.played:
        return replace(state, stage=Stage.NAMING, answer=event.text, asked_again=False), (Say("ask_name"),)
    if event.answer is Answer.EXPLAIN and not state.explained:
        return replace(state, explained=True), (Say("explanation"),)
    if event.answer is Answer.REPEAT:
        return _ask_again(replace(state, stage=Stage.ASKING, played=False), Say("question"))
    return _ask_again(state, Say("reprompt"))


def _naming(state: ConsentState, event: Event) -> Step:
    if isinstance(event, NoAnswer):
        return replace(state, stage=Stage.COLLECTING), (Enroll(None, state.answer),)
    if not isinstance(event, Answered):
        return state, ()
    if event.name is not None:
        return replace(state, stage=Stage.COLLECTING, name=event.name), (Enroll(event.name, state.answer),)
    # Whoever says no here may mean the name or everything; the cautious reading wins.
    if (refusal := _refusal(state, event)) is not None:
        return refusal
    if not state.asked_again:
        return replace(state, asked_again=True), (Say("ask_name_again"),)
    return replace(state, stage=Stage.COLLECTING), (Enroll(None, state.answer),)


def _collecting(state: ConsentState, event: Event) -> Step:
    if isinstance(event, SpeechReady):
        return replace(state, stage=Stage.STORING), ()
    # Until it is stored, the yes can be taken back by an ordinary no.
    if isinstance(event, Answered) and (refusal := _refusal(state, event)) is not None:
        return refusal
    return state, ()


def _storing(state: ConsentState, event: Event) -> Step:
    if not isinstance(event, Enrolled):
        return state, ()
    if event.stored:
        return (
            replace(state, stage=Stage.ASKING_MEMORY, played=False, asked_again=False),
            (TakeFloor(), Say("enrolled_ask_memory")),
        )
    return replace(state, stage=Stage.FAILED), (Say(event.otherwise), YieldFloor())


def _asking_memory(state: ConsentState, event: Event) -> Step:
    if isinstance(event, Said):
        if event.completed:
            return replace(state, stage=Stage.MEMORY_ASKED, played=True), ()
        return state, ()
    if isinstance(event, (Answered, NoAnswer)):
        # The voiceprint is settled; a question that was talked over is not pressed.
        reply = isinstance(event, Answered) and event.answer is Answer.UNCLEAR
        return replace(state, stage=Stage.ENROLLED), (YieldFloor(reply=reply),)
    return state, ()


def _memory_asked(state: ConsentState, event: Event) -> Step:
    if isinstance(event, NoAnswer):
        return replace(state, stage=Stage.ENROLLED), (YieldFloor(),)
    if not isinstance(event, Answered):
        return state, ()
    if event.answer is Answer.YES and state.played:
        return replace(state, stage=Stage.STORING_MEMORY), (GrantMemory(event.text),)
    if event.answer in (Answer.UNCLEAR, Answer.REPEAT, Answer.EXPLAIN) and not state.asked_again:
        return replace(state, asked_again=True), (Say("memory_reprompt"),)
    if event.answer is Answer.UNCLEAR:
        return replace(state, stage=Stage.ENROLLED), (YieldFloor(reply=True),)
    return replace(state, stage=Stage.ENROLLED), (Say("memory_declined"), YieldFloor())


def _storing_memory(state: ConsentState, event: Event) -> Step:
    if not isinstance(event, MemoryStored):
        return state, ()
    line: Line = "memory_granted" if event.stored else "memory_failed"
    return replace(state, stage=Stage.ENROLLED), (Say(line), YieldFloor())


def _voice_changed(state: ConsentState) -> Step:
    """Whoever answers now is not who was asked: nothing they say counts, and nothing is stored."""
    if state.stage in (Stage.ASKING, Stage.ASKED, Stage.NAMING, Stage.COLLECTING):
        return replace(state, stage=Stage.UNANSWERED, answer="", name=None), (YieldFloor(reply=True),)
    if state.stage in (Stage.ASKING_MEMORY, Stage.MEMORY_ASKED):
        return replace(state, stage=Stage.ENROLLED), (YieldFloor(reply=True),)
    return state, ()


def _refusal(state: ConsentState, event: Answered) -> Step | None:
    match event.answer:
        case Answer.NEVER:
            return replace(state, stage=Stage.NEVER), (Refuse(forever=True), Say("never_again"), YieldFloor())
        case Answer.NO | Answer.NOT_NOW:
            return replace(state, stage=Stage.DECLINED), (
                Refuse(forever=False),
                Say("declined"),
                YieldFloor(),
            )
        case Answer.MINOR:
            return replace(state, stage=Stage.EXCLUDED), (Say("minor"), YieldFloor())
        case Answer.THIRD_PARTY:
            return replace(state, stage=Stage.EXCLUDED), (Say("third_party"), YieldFloor())
        case _:
            return None


def _ask_again(state: ConsentState, say: Say) -> Step:
    """Once; after that the agent simply answers whatever the caller said."""
    if state.asked_again:
        return replace(state, stage=Stage.UNANSWERED), (YieldFloor(reply=True),)
    return replace(state, asked_again=True), (say,)


_HANDLERS: dict[Stage, Callable[[ConsentState, Event], Step]] = {
    Stage.IDLE: _idle,
    Stage.ASKING: _asking,
    Stage.ASKED: _asked,
    Stage.NAMING: _naming,
    Stage.COLLECTING: _collecting,
    Stage.STORING: _storing,
    Stage.ASKING_MEMORY: _asking_memory,
    Stage.MEMORY_ASKED: _memory_asked,
    Stage.STORING_MEMORY: _storing_memory,
}
