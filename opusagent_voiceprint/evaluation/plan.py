"""Which part of which recording enrolls a speaker, and which parts are probes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.corpus import Corpus, Recording

__all__ = ["RELATIONS", "Cut", "Plan", "plan_cuts"]

RELATIONS: Final = ("other session", "other recording", "same recording")
"""How a probe stands to the enrollment of its speaker; the last flatters most, the first not at all."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a recording, in seconds. ``relation`` is one of :data:`RELATIONS`, empty for an enrollment.

    ``seconds`` is how long it is at most; a shorter probe is its last part.
    """

    recording: Recording
    start: float
    seconds: float
    relation: str = ""


@dataclass(slots=True)
class Plan:
    """Enrollments of each speaker, probes, and what could not be used.

    ``unreadable`` and ``too_short`` are names of recordings, ``unused`` speakers without an enrollment.
    ``overlapping`` counts speakers whose enrollment calls are overlapping parts of one recording,
    ``fewer_calls`` those with fewer recordings than there were to be calls.
    """

    enrollments: dict[int, list[Cut]] = field(default_factory=dict)
    probes: list[Cut] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    too_short: list[str] = field(default_factory=list)
    unused: int = 0
    overlapping: int = 0
    fewer_calls: int = 0

    @property
    def relations(self) -> dict[str, int]:
        """How many probes stand how to the enrollments."""
        counts = Counter(each.relation for each in self.probes)
        return {relation: counts[relation] for relation in RELATIONS}


def plan_cuts(
    corpus: Corpus, *, enroll_seconds: float, probe_seconds: float, calls: int = 1, probes: int = 5
) -> Plan:
    """Divide each speaker's recordings.

    Calls of different sessions, or else of different recordings, are taken where there are some; what is left
    over are probes. A speaker with one recording is enrolled on its beginning and probed on its end, and
    if there are to be several calls, they overlap where the recording is too short for them.

    Args:
        corpus: the recordings; only their headers are read.
        enroll_seconds: of audio, for each enrollment call.
        probe_seconds: of audio, for the longest probe.
        calls: enrollment calls of each speaker.
        probes: of each speaker, at most.

    Raises:
        EvaluationError: fewer than three speakers can be enrolled, or nobody can be probed.
    """
    plan = Plan()
    for speaker in range(len(corpus.speakers)):
        usable = []
        for recording in corpus.of(speaker):
            seconds = _duration(recording)
            if seconds is None:
                plan.unreadable.append(recording.name)
            elif seconds < min(enroll_seconds, probe_seconds):
                plan.too_short.append(recording.name)
            else:
                usable.append((recording, seconds))
        if not _divide(plan, speaker, usable, enroll_seconds, probe_seconds, calls, probes):
            plan.unused += 1
            plan.too_short += [recording.name for recording, _ in usable]
    if len(plan.enrollments) < 3 or not plan.probes:
        raise EvaluationError(
            f"of {len(corpus.speakers)} speakers {len(plan.enrollments)} can be enrolled on "
            f"{enroll_seconds:g} s and probed with other {probe_seconds:g} s; at least 3 are needed. "
            f"{len(plan.unreadable)} recordings cannot be read{_first(plan.unreadable)}, "
            f"{len(plan.too_short)} are too short{_first(plan.too_short)}"
        )
    return plan


def _first(names: Sequence[str]) -> str:
    return f" ({names[0]!r}{', ...' if len(names) > 1 else ''})" if names else ""


def _duration(recording: Recording) -> float | None:
    import soundfile

    try:
        return float(soundfile.info(str(recording.path)).duration)
    # TypeError is what soundfile raises for headerless files.
    except (soundfile.LibsndfileError, OSError, TypeError):
        return None


def _divide(
    plan: Plan,
    speaker: int,
    usable: Sequence[tuple[Recording, float]],
    enroll: float,
    probe: float,
    calls: int,
    most: int,
) -> bool:
    """Plan one speaker; false if the recordings do not suffice."""
    for relation, key in ((RELATIONS[0], _session), (RELATIONS[1], _name)):
        long_enough: dict[str, Recording] = {}
        for recording, seconds in usable:
            if seconds >= enroll and key(recording):
                long_enough.setdefault(key(recording), recording)
        for count in range(min(calls, len(long_enough)), 0, -1):
            enrolled = list(long_enough)[:count]
            rest = [
                (recording, seconds)
                for recording, seconds in usable
                if key(recording) and key(recording) not in enrolled and seconds >= probe
            ]
            if rest:
                plan.fewer_calls += count < calls
                plan.enrollments[speaker] = [Cut(long_enough[each], 0.0, enroll) for each in enrolled]
                plan.probes += [
                    Cut(recording, seconds - probe, probe, relation)
                    for recording, seconds in _spread(rest, most)
                ]
                return True
    return _divide_one(plan, speaker, usable, enroll, probe, calls)


def _session(recording: Recording) -> str:
    return recording.session


def _name(recording: Recording) -> str:
    return recording.name


def _spread(rows: Sequence[tuple[Recording, float]], most: int) -> list[tuple[Recording, float]]:
    """At most so many, from all over."""
    step = max(1.0, len(rows) / most)
    return [rows[int(number * step)] for number in range(min(most, len(rows)))]


def _divide_one(
    plan: Plan,
    speaker: int,
    usable: Sequence[tuple[Recording, float]],
    enroll: float,
    probe: float,
    calls: int,
) -> bool:
    if not usable:
        return False
    recording, seconds = max(usable, key=lambda each: each[1])
    spare = seconds - enroll - probe
    if spare < 0.0:
        return False
    step = spare / max(1, calls - 1)
    plan.overlapping += calls > 1 and step < enroll
    plan.enrollments[speaker] = [Cut(recording, call * step, enroll) for call in range(calls)]
    plan.probes.append(Cut(recording, seconds - probe, probe, RELATIONS[2]))
    return True
