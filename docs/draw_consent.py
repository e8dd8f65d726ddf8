"""Draws docs/consent.md from the consent dialogue's own code and words: ``python docs/draw_consent.py``."""

from __future__ import annotations

import itertools
import sys
import typing
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opusagent_voiceprint.consent import Answer, default_script, english_script
from opusagent_voiceprint.consent.languages import LANGUAGES
from opusagent_voiceprint.consent.machine import (
    Action,
    Answered,
    ConsentState,
    Emergency,
    Enroll,
    Enrolled,
    Erase,
    Event,
    GrantMemory,
    HungUp,
    Line,
    MemoryStored,
    NoAnswer,
    NumberSuspended,
    Offered,
    PolicyChanged,
    PutOff,
    Refuse,
    RefusedBefore,
    RetentionOver,
    Said,
    Say,
    SpeechReady,
    Stage,
    Stopped,
    Suspend,
    TakeFloor,
    VoiceChanged,
    Withdrew,
    YieldFloor,
    transition,
)
from opusagent_voiceprint.consent.shortcomings import MOST_WORDS
from opusagent_voiceprint.policies import POLICIES
from opusagent_voiceprint.settings import environment_name

PAGE: Final = Path(__file__).with_name("consent.md")
TEMPLATE: Final = Path(__file__).with_name("consent.md.in")
ORGANIZATION: Final = "Acme Bank"
RETENTION_DAYS: Final = 365

ANSWERS: Final[dict[Answer, str]] = {
    Answer.YES: "an express yes",
    Answer.NO: "no",
    Answer.NOT_NOW: "not now",
    Answer.NEVER: "never",
    Answer.EXPLAIN: '"what is that?"',
    Answer.REPEAT: '"say that again"',
    Answer.MINOR: "a child speaks",
    Answer.THIRD_PARTY: "somebody answers for another",
    Answer.UNCLEAR: "anything else",
}

EVENTS: Final[dict[str, Event]] = {
    "the number said no on an earlier call": RefusedBefore(forever=False),
    "the number said never, or withdrew": RefusedBefore(forever=True),
    "the number is suspended": NumberSuspended(),
    "the number's caller agreed to an earlier policy": PolicyChanged(),
    "the number's caller is past the retention period": RetentionOver(),
    "it may be offered": Offered(),
    "it may be offered to a known number's caller": Offered(recognition=True),
    "the caller wants to be asked": Offered(requested=True),
    **{f"`{line}` was heard": Said(line, completed=True) for line in typing.get_args(Line)},
    **{f"`{line}` was cut short": Said(line, completed=False) for line in typing.get_args(Line)},
    **{words: Answered(answer, "words") for answer, words in ANSWERS.items()},
    "the caller asks to wait": PutOff(),
    "a name": Answered(Answer.UNCLEAR, "words", "Ada"),
    "an emergency": Emergency(Answer.UNCLEAR, stored=False),
    "a no in an emergency": Emergency(Answer.NO, stored=False),
    "not now in an emergency": Emergency(Answer.NOT_NOW, stored=False),
    "never in an emergency": Emergency(Answer.NEVER, stored=False),
    "a child in an emergency": Emergency(Answer.MINOR, stored=False),
    "somebody for another in an emergency": Emergency(Answer.THIRD_PARTY, stored=False),
    "silence, or no transcript": NoAnswer(),
    "enough speech": SpeechReady(),
    "stored": Enrolled(stored=True),
    "not stored": Enrolled(stored=False),
    "notes agreed to and stored": MemoryStored(stored=True),
    "notes not stored": MemoryStored(stored=False),
    "another voice": VoiceChanged(),
    "the call ends": HungUp(stored=False),
    "the voice is recognised after all, or the agent fails": Stopped(stored=False),
}
WITHDRAWALS: Final[dict[str, Event]] = {
    "a withdrawal, by a voice that is recognised": Withdrew(recognised=True),
    "a withdrawal, by a voice that is not": Withdrew(recognised=False),
}
IN_MOST_STATES: Final = (
    "another voice",
    "the call ends",
    "the voice is recognised after all, or the agent fails",
)
CONDITIONS: Final[dict[str, tuple[str, str]]] = {
    "asked_again": ("the first time", "the second time"),
    "explained": ("not explained yet", "explained before"),
    "heard": ("to words that were cut short", "to words heard to their end"),
    "renews": ("nobody to renew", "somebody to renew"),
    "played": ("question cut short", "question heard"),
}

# What has to be said before a yes (GDPR, Articles 7, 9 and 13; BIPA, section 15(b)), and where it is said.
REQUIRED: Final[dict[str, str]] = {
    "who keeps it": f"May {ORGANIZATION} keep",
    "what is kept": "voiceprints from your calls, biometric data without audio",
    "what for": "to recognise you",
    "how to have it deleted": "until you say 'delete me'",
    "for how long": "or don't call for a year",
    "that it is optional": "It's optional and changes nothing else",
}

AFTER_A_WITHDRAWAL: Final = ("withdrawal_suspended", "withdrawal_suspended_unheard")

Outcome = tuple[Stage, tuple[Action, ...]]


def done(actions: Sequence[Action]) -> str:
    """What actions come to, in words."""
    words = []
    for action in actions:
        match action:
            case TakeFloor():
                words.append("take the floor")
            case YieldFloor(reply):
                words.append("the agent answers what was said" if reply else "give the floor back")
            case Say(line):
                words.append(f"say `{line}`")
            case Refuse(forever):
                words.append("remember it for ever" if forever else "remember it for `VOICE_REFUSAL_DAYS`")
            case Enroll(renews=renews):
                words.append("enroll as soon as there is speech enough" + (", renewing" if renews else ""))
            case GrantMemory():
                words.append("store the consent to notes")
            case Erase():
                words.append("erase everything, and say so")
            case Suspend():
                words.append("suspend the number, queue it for review, and say so")
    return "; ".join(words) or "nothing"


def every_state() -> list[ConsentState]:
    """The states that any sequence of events leads to, in the order of their discovery."""
    found = [ConsentState()]
    for state in found:  # grows meanwhile
        for event in (*EVENTS.values(), *WITHDRAWALS.values()):
            after, _ = transition(state, event)
            if after not in found:
                found.append(after)
    return found


def outcomes(states: list[ConsentState]) -> dict[Stage, dict[str, dict[Outcome, list[ConsentState]]]]:
    """For each stage and event what follows, and from which states; what changes nothing is left out."""
    table: dict[Stage, dict[str, dict[Outcome, list[ConsentState]]]] = {stage: {} for stage in Stage}
    for stage, (name, event) in itertools.product(Stage, EVENTS.items()):
        found: dict[Outcome, list[ConsentState]] = defaultdict(list)
        for state in (each for each in states if each.stage is stage):
            after, actions = transition(state, event)
            found[after.stage, actions].append(state)
        if set(found) != {(stage, ())}:
            table[stage][name] = dict(found)
    return table


def conditions(found: dict[Outcome, list[ConsentState]]) -> dict[Outcome, str]:
    """Which of the state's marks decides between the outcomes: of all sets of marks a smallest one."""
    if len(found) == 1:
        return dict.fromkeys(found, "")
    for size in range(1, len(CONDITIONS) + 1):
        for marks in itertools.combinations(CONDITIONS, size):
            seen = {
                outcome: {tuple(getattr(state, mark) for mark in marks) for state in states}
                for outcome, states in found.items()
            }
            if sum(map(len, seen.values())) == len(set().union(*seen.values())):
                return {outcome: _condition(marks, values) for outcome, values in seen.items()}
    raise ValueError("no marks of the state tell the outcomes apart")


def _condition(marks: tuple[str, ...], values: set[tuple[bool, ...]]) -> str:
    told = []
    for position, mark in enumerate(marks):
        found = {value[position] for value in values}
        if len(found) == 1:
            told.append(CONDITIONS[mark][found.pop()])
    return " and ".join(told) or "otherwise"


def withdrawals() -> list[str]:
    """The lines of the table that hold for every state."""
    lines = []
    for name, event in WITHDRAWALS.items():
        after, actions = transition(ConsentState(), event)
        lines.append(f"| *every* | {name} | `{after.stage.value}` | {done(actions)} |")
    return lines


def rows(table: dict[Stage, dict[str, dict[Outcome, list[ConsentState]]]]) -> list[str]:
    """The lines of the table; events that come to the same share one."""
    lines = []
    for stage, events in table.items():
        merged: dict[tuple[str, Stage, str], list[str]] = defaultdict(list)
        for name, found in events.items():
            said = conditions(found)
            for outcome in sorted(found, key=lambda each: (list(Stage).index(each[0]), done(each[1]))):
                merged[said[outcome], outcome[0], done(outcome[1])].append(name)
        for (condition, after_stage, action), names in merged.items():
            happens = ", ".join(names) + (f" ({condition})" if condition else "")
            lines.append(f"| `{stage.value}` | {happens} | `{after_stage.value}` | {action} |")
    return lines


def diagram(table: dict[Stage, dict[str, dict[Outcome, list[ConsentState]]]]) -> list[str]:
    """The lines of the diagram: without what happens in most states, and without what stays where it is."""
    edges: dict[tuple[Stage, Stage], list[str]] = defaultdict(list)
    for stage, events in table.items():
        for name, found in events.items():
            for after, _ in found:
                label = name.replace('"', "").replace("`", "")
                if after is not stage and name not in IN_MOST_STATES and label not in edges[stage, after]:
                    edges[stage, after].append(label)
    lines = ["stateDiagram-v2", "    [*] --> idle"]
    for (stage, after), names in filter(lambda edge: edge[1], edges.items()):
        lines.append(f"    {stage.value} --> {after.value}: {', '.join(names)}")
    return lines


def marked_question() -> str:
    """The question in English, with what has to be said in it in bold."""
    question = english_script(ORGANIZATION, RETENTION_DAYS).question
    for what, words in REQUIRED.items():
        if words not in question:
            raise ValueError(f"the question no longer says {what} as {words!r}; change REQUIRED with it")
        question = question.replace(words, f"**{words}**")
    return question


def questions(field: str) -> str:
    """The rows of a table: each language's question of a name."""
    scripts = (default_script(language, ORGANIZATION, RETENTION_DAYS) for language in LANGUAGES)
    return "\n".join(f"| `{script.language}` | {getattr(script, field)} |" for script in scripts if script)


def policies() -> str:
    """The rows of a table: each jurisdiction profile."""
    rows = []
    for policy in POLICIES.values():
        needed = [f"`{environment_name(field)}`" for field, _ in policy.required]
        needed += ["a written release of each caller"] if policy.written_release else []
        scopes = ", ".join(f"`{scope}`" for scope in policy.scopes)
        cells = (f"`{policy.name}`", policy.law, scopes, f"{policy.longest_retention_days}")
        rows.append(f"| {' | '.join(cells)} | {', '.join(needed) or 'nothing'} |")
    return "\n".join(rows)


def page() -> str:
    """The whole document."""
    states = every_state()
    about_voiceprints = rows(outcomes([each for each in states if not each.recognition]))
    about_recognition = rows(outcomes([each for each in states if each.recognition]))
    script = english_script(ORGANIZATION, RETENTION_DAYS)
    spoken = (
        *("explanation", "reprompt", "declined", "never_again", "ask_memory", "withdrawn"),
        *(field for field in type(script).model_fields if field.startswith("recognition_")),
    )
    law = "\n".join(f"| {what} | {words} |" for what, words in REQUIRED.items())
    words = "\n".join(f"| `{name}` | {getattr(script, name)} |" for name in (*spoken, *AFTER_A_WITHDRAWAL))
    meanings = "\n".join(f"| `{stage.value}` | {stage.meaning} |" for stage in Stage)
    return TEMPLATE.read_text(encoding="utf-8").format(
        states=meanings,
        diagram="\n".join(diagram(outcomes(states))),
        rows="\n".join([*withdrawals(), *about_voiceprints]),
        recognition_rows="\n".join(about_recognition),
        question=marked_question(),
        law=law,
        words=words,
        languages=questions("question"),
        recognition_languages=questions("recognition_question"),
        policies=policies(),
        most_words=MOST_WORDS,
        organization=ORGANIZATION,
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is drawn\n")
