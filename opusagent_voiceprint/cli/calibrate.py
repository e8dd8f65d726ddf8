"""``calibrate``: threshold and calibration fitted to a site's own callers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from opusagent_voiceprint.cli.evaluate import CORPUS, DEPTH, names, numbers, output, progress_bar, show_table
from opusagent_voiceprint.errors import EvaluationError

if TYPE_CHECKING:
    from opusagent_voiceprint.evaluation.calibrate import Fitted, HeldOut
    from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["calibrate"]

_DEFAULT: Final = Path("calibration.json")
_COLUMNS: Final = ("class of lines", "speakers", "genuine", "impostor", "Cllr", "FAR %", "FRR %", "result")


def calibrate(
    corpus: Annotated[Path | None, typer.Argument(help=CORPUS, show_default=False)] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write. Default: that of VOICE_CALIBRATION, else calibration.json."),
    ] = None,
    lines: Annotated[
        str,
        typer.Option(
            help="Lines to send the recordings through, each against each: recorded (as they are), wide, "
            "mulaw, alaw, gsm, opus, mulaw+white15, ..."
        ),
    ] = "recorded",
    far: Annotated[
        float,
        typer.Option(
            min=1e-5,
            max=0.05,
            help="Of pairs of voices at the threshold; 0.0001 is 1 % of strangers named among 100 enrolled.",
        ),
    ] = 1e-4,
    seconds: Annotated[str, typer.Option(help="Lengths of probes, in s of audio.")] = "5",
    enroll_seconds: Annotated[
        float, typer.Option(min=1.6, max=60.0, help="Length of an enrollment, in s of audio.")
    ] = 6.0,
    probes: Annotated[int, typer.Option(min=1, help="Probes of each speaker, at most.")] = 5,
    seed: Annotated[int, typer.Option(help="Of noise, and of the division into folds.")] = 0,
    speaker_depth: Annotated[int | None, typer.Option(min=1, help=DEPTH)] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Bring back the calibration before the last one.")
    ] = False,
) -> None:
    """Fit threshold and calibration to your own callers.

    Cross-validated by speaker, beside the calibration that came along with the encoder. Nothing is written,
    and the exit status is 1, if there are too few speakers for the FAR, or if held-out speakers are not told
    apart, or recognised worse than with that. The file before is kept beside the new one.
    """
    from opusagent_voiceprint.evaluation.calibration_file import check_place, keep_and_save
    from opusagent_voiceprint.evaluation.calibration_file import undo as bring_back
    from opusagent_voiceprint.matching import Calibration
    from opusagent_voiceprint.settings import VoiceFingerprintConfig

    settings = VoiceFingerprintConfig()
    place = out or (Path(settings.calibration).expanduser() if settings.calibration else _DEFAULT)
    console = output()
    if undo:
        restored = bring_back(place)
        what = "is what it was before" if restored else "is gone: there was none before"
        console.print(f"{escape(str(place))} {what}", highlight=False)
        if not restored and settings.calibration:
            console.print("Unset VOICE_CALIBRATION to recognise with the calibration that came along.")
        return
    if corpus is None:
        raise EvaluationError("name the corpus to fit to: a folder with one folder a speaker, or a CSV index")
    check_place(place)
    fitted = _fitted(
        corpus,
        settings,
        lines=names(lines),
        seconds=numbers(seconds, "--seconds"),
        enroll_seconds=enroll_seconds,
        probes=probes,
        far=far,
        seed=seed,
        depth=speaker_depth,
        console=console,
    )
    _show(console, fitted, far)
    if fitted.calibration is None:
        console.print("Nothing was written: no class of lines can be fitted better than it came along.")
        if settings.calibration and any(each.after for each in fitted.verdicts):
            console.print("To recognise with the calibration that came along, unset VOICE_CALIBRATION.")
        raise typer.Exit(1)
    if place.exists() and Calibration.load(place) == fitted.calibration:
        # Written again it would be what --undo brings back.
        console.print(f"Nothing was written: {escape(str(place))} says the same.")
        return
    keep_and_save(fitted.calibration, place)
    console.print(f"Written to {escape(str(place))}; --undo brings back what was there before.")
    if not settings.calibration or Path(settings.calibration).expanduser().resolve() != place.resolve():
        console.print(
            f"To recognise with it, set VOICE_CALIBRATION={escape(str(place.resolve()))}", soft_wrap=True
        )


def _fitted(
    corpus: Path,
    settings: VoiceFingerprintConfig,
    *,
    lines: Sequence[str],
    seconds: Sequence[float],
    enroll_seconds: float,
    probes: int,
    far: float,
    seed: int,
    depth: int | None,
    console: Console,
) -> Fitted:
    from opusagent_voiceprint.encoding import chosen_encoders
    from opusagent_voiceprint.evaluation.calibrate import calibrate as fit
    from opusagent_voiceprint.evaluation.calibrate import table_of
    from opusagent_voiceprint.evaluation.corpus import read_corpus
    from opusagent_voiceprint.evaluation.listening import listen, work_of
    from opusagent_voiceprint.evaluation.plan import plan_cuts
    from opusagent_voiceprint.evaluation.run import data_of, line_pairs
    from opusagent_voiceprint.evaluation.scoring import OperatingRule, score_pair
    from opusagent_voiceprint.evaluation.tables import remarks_on_data
    from opusagent_voiceprint.matching import Backend

    recordings = read_corpus(corpus, depth)
    pairs = line_pairs((), [f"{one}:{other}" for one in lines for other in lines], ())
    encoders = chosen_encoders(settings.encoder)
    shipped = backend = Backend.shipped(encoders)
    # The first time, VOICE_CALIBRATION may name the file that is about to be written.
    if settings.calibration and Path(settings.calibration).expanduser().exists():
        backend = Backend.configured(encoders, settings.calibration)
        console.print(
            "- Compared is with the calibration that came along, not with that of VOICE_CALIBRATION: it may "
            "have been fitted to the same speakers. Classes that are not fitted stay as they are in it."
        )
    plan = plan_cuts(recordings, enroll_seconds=enroll_seconds, probe_seconds=max(seconds), probes=probes)
    work = work_of(plan, pairs, seconds)
    total, done = sum(map(len, work.values())), 0
    with progress_bar(Console(stderr=True)) as bar:

        def advance(count: int) -> None:
            nonlocal done
            done += count
            bar("embedding", done, total)

        heard = listen(plan, work, encoders, seed=seed, advance=advance)
    rule = OperatingRule.of(settings)
    scored = [
        each
        for pair in pairs
        for length in seconds
        if (each := score_pair(plan, heard, pair, length, encoders, backend, rule)) is not None
    ]
    if not scored:
        raise EvaluationError(f"none of {len(plan.probes)} probes has enough speech to be compared")
    data = data_of(recordings, plan, heard, settings.min_audio_quality)
    console.print(
        f"{data.corpus}: {data.speakers} speakers, {data.recordings} recordings; {data.enrolled} enrolled, "
        f"{sum(data.relations.values())} probes",
        highlight=False,
        markup=False,
    )
    for remark in remarks_on_data(data):
        console.print(f"- {escape(remark)}", highlight=False)
    return fit(table_of(scored), backend.calibration, baseline=shipped.calibration, far=far, seed=seed)


def _show(console: Console, fitted: Fitted, far: float) -> None:
    rows = []
    for each in fitted.verdicts:
        figures = _change(each.before, each.after)
        counts = (str(each.speakers), f"{each.genuine:,}", f"{each.impostor:,}")
        rows.append((each.name, *counts, *figures, f"as it was: {each.kept}" if each.kept else "fitted"))
    if fitted.calibration is not None:
        rows.append(("fitted, together", "", "", "", *_change(fitted.before, fitted.after), ""))
    title = f"Held-out speakers, as it came along -> fitted; for a FAR of {far:g}"
    show_table(console, title, _COLUMNS, rows)
    if fitted.calibration is not None:
        console.print("Which classes are fitted was chosen by these figures, so that they flatter a little.")


def _change(before: HeldOut | None, after: HeldOut | None) -> tuple[str, str, str]:
    if before is None or after is None:
        return "", "", ""
    return (
        f"{before.cllr:.3f} -> {after.cllr:.3f}",
        f"{100 * before.far:.3f} -> {100 * after.far:.3f}",
        f"{100 * before.frr:.1f} -> {100 * after.frr:.1f}",
    )
