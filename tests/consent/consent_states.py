"""Every event that there is, and every state that any sequence of them leads to."""

from __future__ import annotations

import functools
import typing

from opusagent_voiceprint.consent import Answer
from opusagent_voiceprint.consent.machine import (
    Answered,
    ConsentState,
    Emergency,
    Enrolled,
    Event,
    HungUp,
    Line,
    MemoryStored,
    NoAnswer,
    NumberSuspended,
    Offered,
    PolicyChanged,
    PutOff,
    RefusedBefore,
    RetentionOver,
    Said,
    SpeechReady,
    Stopped,
    VoiceChanged,
    Withdrew,
    transition,
)

EVENTS: tuple[Event, ...] = (
    *(RefusedBefore(forever) for forever in (False, True)),
    NumberSuspended(),
    PolicyChanged(),
    RetentionOver(),
    *(Offered(requested, recognition) for requested in (False, True) for recognition in (False, True)),
    *(Said(line, completed) for line in typing.get_args(Line) for completed in (False, True)),
    *(Answered(answer, text, name) for answer in Answer for text in ("", "words") for name in (None, "Ada")),
    *(Emergency(answer, stored) for answer in Answer for stored in (False, True)),
    PutOff(),
    NoAnswer(),
    SpeechReady(),
    *(Enrolled(stored) for stored in (False, True)),
    *(MemoryStored(stored) for stored in (False, True)),
    VoiceChanged(),
    *(Withdrew(recognised) for recognised in (False, True)),
    *(Stopped(stored) for stored in (False, True)),
    *(HungUp(stored) for stored in (False, True)),
)


@functools.cache
def every_state() -> frozenset[ConsentState]:
    """The states that can be reached; there are finitely many, since words and names are only carried."""
    found, new = {ConsentState()}, [ConsentState()]
    while new:
        state = new.pop()
        for event in EVENTS:
            after, _ = transition(state, event)
            if after not in found:
                found.add(after)
                new.append(after)
    return frozenset(found)
