"""What the product hears of each cut on each line: embeddings, computed once each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio import SAMPLE_RATE, read_audio
from opusagent_voiceprint.encoding import Utterance, embed_utterance
from opusagent_voiceprint.encoding.encoders import Encoders
from opusagent_voiceprint.errors import AudioError, AudioFormatError
from opusagent_voiceprint.evaluation.lines import Line, through_line
from opusagent_voiceprint.evaluation.plan import Cut, Plan
from opusagent_voiceprint.evaluation.seeds import seeded

__all__ = ["Heard", "Pair", "listen", "work_of"]

Samples = npt.NDArray[np.float32]
Pair = tuple[str, str]
"""Names of the lines of enrollment and probe."""
Key = tuple[Cut, str, float]

_TALKERS: Final = 24
_TALKER_SECONDS: Final = 10.0


@dataclass(slots=True)
class Heard:
    """Utterances by cut, name of the line and seconds.

    ``refused`` counts, by line and seconds, probes and enrollments that the product refuses: too little
    net speech, or clipped to nothing; ``refused_enrollments`` are those of them that are enrollments.
    ``unreadable`` are names of recordings.
    """

    utterances: dict[Key, Utterance] = field(default_factory=dict)
    refused: dict[tuple[str, float], int] = field(default_factory=dict)
    refused_enrollments: int = 0
    unreadable: list[str] = field(default_factory=list)

    def of(self, cut: Cut, line: str, seconds: float) -> Utterance | None:
        """What was heard, or None where it was refused."""
        return self.utterances.get((cut, line, seconds))


def work_of(
    plan: Plan, pairs: Iterable[Pair], seconds: Sequence[float]
) -> dict[Cut, list[tuple[str, float]]]:
    """On which lines, and for how many seconds, each cut is to be heard."""
    pairs = list(pairs)
    enrolled, probed = (list(dict.fromkeys(each[side] for each in pairs)) for side in (0, 1))
    work = {
        cut: [(line, cut.seconds) for line in enrolled] for cuts in plan.enrollments.values() for cut in cuts
    }
    work.update({cut: [(line, each) for line in probed for each in seconds] for cut in plan.probes})
    return work


def listen(
    plan: Plan,
    work: dict[Cut, list[tuple[str, float]]],
    encoders: Encoders,
    *,
    seed: int = 0,
    advance: Callable[[int], None] = lambda count: None,
) -> Heard:
    """Send every cut through its lines and embed what arrives, as the product does.

    Args:
        plan: whose recordings also talk in the background of others'.
        work: see :func:`work_of`.
        encoders: of the product.
        seed: of the noise, which is another one for each cut and line.
        advance: told how many embeddings more are done.

    Raises:
        EvaluationError: a codec is not available, or babble without others to talk.
    """
    heard = Heard()
    lines = {name: Line.named(name) for jobs in work.values() for name, _ in jobs}
    babble = any(line.noise == "babble" for line in lines.values())
    talkers = _talkers(plan) if babble else {}
    recordings: dict[str, list[Cut]] = {}
    for cut in work:
        recordings.setdefault(cut.recording.name, []).append(cut)
    for cuts in recordings.values():
        recording = cuts[0].recording
        try:
            samples = read_audio(recording.path)
        except AudioFormatError:
            heard.unreadable.append(recording.name)
            advance(sum(len(work[cut]) for cut in cuts))
            continue
        others = [speech for speaker, speech in talkers.items() if speaker != recording.speaker]
        for cut in cuts:
            start = round(cut.start * SAMPLE_RATE)
            part = samples[start : start + round(cut.seconds * SAMPLE_RATE)]
            for name, seconds in work[cut]:
                rng = seeded("noise", seed, name, recording.name, cut.start)
                speech = np.ascontiguousarray(part[-round(seconds * SAMPLE_RATE) :])
                on_line = through_line(speech, lines[name], rng, others)
                try:
                    heard.utterances[cut, name, seconds] = embed_utterance(encoders, on_line)
                except AudioError:
                    heard.refused[name, seconds] = heard.refused.get((name, seconds), 0) + 1
                    heard.refused_enrollments += not cut.relation
                advance(1)
    return heard


def _talkers(plan: Plan) -> dict[int, Samples]:
    """Some seconds of speech of some speakers."""
    every = sorted(plan.enrollments)
    step = max(1, len(every) // _TALKERS)
    talkers = {}
    for speaker in every[::step][:_TALKERS]:
        try:
            samples = read_audio(plan.enrollments[speaker][0].recording.path)
        except AudioFormatError:
            continue  # counted where it is listened to
        talkers[speaker] = samples[: round(_TALKER_SECONDS * SAMPLE_RATE)]
    return talkers
