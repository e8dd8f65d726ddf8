"""An evaluation from a corpus to its figures, on the product's own path."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from opusagent_voiceprint.encoding import Encoders, chosen_encoders
from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.codecs import available, encoder_of
from opusagent_voiceprint.evaluation.corpus import Corpus
from opusagent_voiceprint.evaluation.figures import ROUNDS
from opusagent_voiceprint.evaluation.identification import DRAWS
from opusagent_voiceprint.evaluation.lines import Line
from opusagent_voiceprint.evaluation.listening import Heard, Pair, listen, work_of
from opusagent_voiceprint.evaluation.machine import machine, versions
from opusagent_voiceprint.evaluation.measure import measure
from opusagent_voiceprint.evaluation.plan import Plan, plan_cuts
from opusagent_voiceprint.evaluation.results import Data, Evaluation, System
from opusagent_voiceprint.evaluation.scoring import OperatingRule, score_pair
from opusagent_voiceprint.matching import Backend
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["LINES", "NOISE", "PAIRS", "Options", "Progress", "data_of", "evaluate", "line_pairs"]

LINES: Final = ("wide", "mulaw", "alaw", "gsm", "opus")
"""Each of them with itself; those without a codec here are left out unless asked for by name."""
PAIRS: Final = ("wide:mulaw", "mulaw:gsm")
NOISE: Final = ("white15", "babble15", "white10", "babble10")

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        pairs: names of the lines of enrollment and probe.
        seconds: of audio, of the probes.
        enroll_seconds: of audio, of each enrollment call.
        calls: enrollment calls of each speaker.
        gallery: callers in a gallery of the open set.
        probes: of each speaker, at most.
        rounds: of the bootstrap; 0 for no intervals.
        draws: of galleries.
        seed: of noise, galleries and bootstrap.
        known_number: whether all callers are those of a number that is known to be calling.
        title: of the report.
    """

    pairs: tuple[Pair, ...]
    seconds: tuple[float, ...] = (2.0, 3.0, 5.0)
    enroll_seconds: float = 6.0
    calls: int = 1
    gallery: int = 60
    probes: int = 5
    rounds: int = ROUNDS
    draws: int = DRAWS
    seed: int = 0
    known_number: bool = False
    title: str = ""


def line_pairs(
    lines: Sequence[str] | None = None, pairs: Sequence[str] | None = None, noise: Sequence[str] | None = None
) -> tuple[Pair, ...]:
    """The pairs of lines that are meant.

    Args:
        lines: each with itself; by default :data:`LINES`, as far as there are codecs.
        pairs: others, as ``enrolled:probe``; by default :data:`PAIRS` where both lines are among ``lines``.
        noise: kinds with their SNR in dB, as ``white15``, added to probes on mu-law, or on the first line if
            mu-law is not among them; by default :data:`NOISE`.

    Raises:
        EvaluationError: a name of a line, pair or noise that there is not.
    """
    if lines is None:
        lines = [name for name in LINES if name == "wide" or name in available()]
    if pairs is None:
        pairs = [each for each in PAIRS if all(name in lines for name in each.split(":"))]
    noisy = "mulaw" if "mulaw" in lines or not lines else lines[0]
    noise = NOISE if noise is None else noise
    found: list[Pair] = [(name, name) for name in lines]
    for each in pairs:
        enrolled, colon, probe = each.partition(":")
        if not colon:
            raise EvaluationError(f"{each!r} is not a pair of lines: write enrolled:probe, as in wide:mulaw")
        found.append((enrolled, probe))
    found += [(noisy, f"{noisy}+{kind}") for kind in noise]
    for pair in found:
        for name in pair:
            codec = Line.named(name).codec
            if codec and codec not in available():
                raise EvaluationError(
                    f"codec {codec!r} is not available here; these are: {', '.join(sorted(available()))}. "
                    "An ffmpeg that encodes it adds it"
                )
    if not found:
        raise EvaluationError("there is no pair of lines to measure; ask for --lines or --pairs")
    return tuple(dict.fromkeys(found))


def evaluate(
    corpus: Corpus,
    settings: VoiceFingerprintConfig,
    options: Options,
    progress: Progress = nothing,
    *,
    model: tuple[Encoders, Backend] | None = None,
) -> Evaluation:
    """Measure recognition with these settings on a corpus.

    ``model`` takes the place of encoders and back-end that the settings name: to measure others than those
    that are shipped.

    Raises:
        EvaluationError: the corpus does not have what the options need.
        EncoderError: the encoder cannot be loaded.
        SettingsError: the calibration cannot be used.
    """
    started, made_at = time.monotonic(), utc_now().isoformat(timespec="seconds")
    calibration = Path(settings.calibration).name if settings.calibration else "shipped"
    if model is not None:
        calibration = "another than the shipped one"
    else:
        chosen = chosen_encoders(settings.encoder)
        model = chosen, Backend.configured(chosen, settings.calibration)
    encoders, backend = model
    rule = OperatingRule.of(settings, known_number=options.known_number)
    plan = plan_cuts(
        corpus,
        enroll_seconds=options.enroll_seconds,
        probe_seconds=max(options.seconds),
        calls=options.calls,
        probes=options.probes,
    )
    work = work_of(plan, options.pairs, options.seconds)
    total, done = sum(map(len, work.values())), 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("embedding", done, total)

    heard = listen(plan, work, encoders, seed=options.seed, advance=advance)
    wanted = [(pair, seconds) for pair in options.pairs for seconds in options.seconds]
    conditions, not_measured = [], []
    for number, (pair, seconds) in enumerate(wanted):
        progress("measuring", number, len(wanted))
        scored = score_pair(plan, heard, pair, seconds, encoders, backend, rule)
        if scored is None:
            not_measured.append(f"{pair[0]} / {pair[1]}, {seconds:g} s")
            continue
        conditions.append(
            measure(
                scored,
                enroll=pair[0],
                probe=pair[1],
                seconds=seconds,
                gallery=options.gallery,
                margin=rule.margin,
                rounds=options.rounds,
                draws=options.draws,
                seed=options.seed,
            )
        )
    progress("measuring", len(wanted), len(wanted))
    if not conditions:
        raise EvaluationError(
            f"none of {len(plan.probes)} probes of {corpus.name} could be compared with anybody: "
            f"{sum(heard.refused.values())} have too little speech, {len(heard.unreadable)} recordings "
            "cannot be read"
        )
    return Evaluation(
        title=options.title,
        made_at=made_at,
        seconds_taken=round(time.monotonic() - started, 1),
        machine=machine(),
        versions=versions() | _encoders_of(options.pairs),
        system=System(
            encoder=settings.encoder,
            encoder_id=encoders.encoder_id,
            wide_encoder_id=encoders.wide_encoder_id,
            calibration=calibration,
            similarity_threshold=settings.threshold_for_known_number
            if options.known_number
            else settings.similarity_threshold,
            known_number=options.known_number,
            recognition_margin=settings.recognition_margin,
        ),
        data=data_of(corpus, plan, heard, settings.min_audio_quality),
        options={
            name: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in asdict(options).items()
            if name not in {"title", "pairs", "seconds"}
        }
        | {
            "pairs": " ".join(":".join(each) for each in options.pairs),
            "seconds": " ".join(f"{each:g}" for each in options.seconds),
        },
        conditions=conditions,
        not_measured=not_measured,
    )


def _encoders_of(pairs: Sequence[Pair]) -> dict[str, str]:
    """What encoded the codecs that not everything encodes alike."""
    codecs = {Line.named(name).codec for pair in pairs for name in pair}
    return {f"{codec} by": encoder_of(codec) for codec in sorted(codecs) if encoder_of(codec) == "ffmpeg"}


def data_of(corpus: Corpus, plan: Plan, heard: Heard, least_quality: float) -> Data:
    """What a corpus had, and what of it could not be used, or would not be enrolled."""
    qualities = [each.quality for (cut, _, _), each in heard.utterances.items() if not cut.relation]
    return Data(
        corpus=corpus.name,
        speakers=len(corpus.speakers),
        recordings=len(corpus.recordings),
        enrolled=len(plan.enrollments),
        enrollments=len(qualities),
        refused_enrollments=heard.refused_enrollments,
        poor_enrollments=sum(each < least_quality for each in qualities),
        relations=plan.relations,
        unreadable=sorted({*plan.unreadable, *heard.unreadable}),
        too_short=plan.too_short,
        unused_speakers=plan.unused,
        overlapping_calls=plan.overlapping,
        fewer_calls=plan.fewer_calls,
        notes=corpus.notes,
    )
