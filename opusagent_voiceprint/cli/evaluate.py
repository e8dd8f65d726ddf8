"""``evaluate``: recognition measured on a folder of speech."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from opusagent_voiceprint.errors import EvaluationError

if TYPE_CHECKING:
    from opusagent_voiceprint.evaluation.results import Evaluation
    from opusagent_voiceprint.evaluation.run import Options

__all__ = [
    "CORPUS",
    "DEPTH",
    "evaluate",
    "make_folder",
    "names",
    "numbers",
    "output",
    "progress_bar",
    "show_table",
]

CORPUS: Final = (
    "A folder with one folder a speaker (wav, flac, ogg), or a CSV file with the columns path, speaker "
    "and perhaps session."
)
_DATA, _TABLE, _REPORT = "evaluation.json", "evaluation.csv", "report.html"
_WIDE: Final = 130
DEPTH: Final = "How deep speakers' folders are; by default, folders that hold recordings are speakers."


def evaluate(
    corpus: Annotated[Path | None, typer.Argument(help=CORPUS, show_default=False)] = None,
    out: Annotated[Path, typer.Option(help="Where results and report go.")] = Path("evaluation"),
    lines: Annotated[
        str | None, typer.Option(help="Lines, each with itself. Default: wide,mulaw,alaw,gsm,opus.")
    ] = None,
    pairs: Annotated[
        str | None, typer.Option(help="Pairs of other lines. Default: wide:mulaw,mulaw:gsm.")
    ] = None,
    noise: Annotated[
        str | None,
        typer.Option(
            help="Noise on probes with its SNR in dB, or none. Default: white15,babble15,white10,babble10."
        ),
    ] = None,
    seconds: Annotated[str, typer.Option(help="Lengths of probes, in s of audio.")] = "2,3,5",
    enroll_seconds: Annotated[
        float, typer.Option(min=1.6, max=60.0, help="Length of an enrollment call, in s of audio.")
    ] = 6.0,
    calls: Annotated[int, typer.Option(min=1, max=3, help="Enrollment calls of each speaker.")] = 1,
    gallery: Annotated[int, typer.Option(min=2, help="Callers enrolled in the open set.")] = 60,
    probes: Annotated[int, typer.Option(min=1, help="Probes of each speaker, at most.")] = 5,
    bootstrap: Annotated[
        int, typer.Option(min=0, max=10_000, help="Samples behind the intervals; 0 for none.")
    ] = 200,
    seed: Annotated[int, typer.Option(help="Of noise, galleries and bootstrap.")] = 0,
    known_number: Annotated[
        bool,
        typer.Option(
            "--known-number",
            help="Whether all callers of a gallery are those of the calling number; then a gallery of 3 "
            "or so.",
        ),
    ] = False,
    speaker_depth: Annotated[int | None, typer.Option(min=1, help=DEPTH)] = None,
    title: Annotated[str, typer.Option(help="Of the report.")] = "",
    plots: Annotated[
        bool, typer.Option("--plots/--no-plots", help="Draw plots and write the report.")
    ] = True,
    markdown: Annotated[Path | None, typer.Option(hidden=True)] = None,
    results: Annotated[list[Path] | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure recognition on a folder of speech, over simulated lines.

    Error rates of pairs of voices and open-set identification, by line, noise and length of speech, on the
    recogniser's own path and with its settings (VOICE_ENCODER, VOICE_CALIBRATION, ...). Writes
    evaluation.json, evaluation.csv, report.html and the plots, in the place of those of an evaluation before.
    """
    from opusagent_voiceprint.evaluation.results import Evaluation

    found = [Evaluation.load(path) for path in results or ()]
    if corpus is None and not (found and markdown):
        raise EvaluationError(
            "name the corpus to measure: a folder with one folder a speaker, or a CSV index"
        )
    if corpus is not None:
        from opusagent_voiceprint.evaluation.run import Options, line_pairs

        options = Options(
            pairs=line_pairs(
                None if lines is None else names(lines),
                None if pairs is None else names(pairs),
                None if noise is None else [each for each in names(noise) if each != "none"],
            ),
            seconds=numbers(seconds, "--seconds"),
            enroll_seconds=enroll_seconds,
            calls=calls,
            gallery=gallery,
            probes=probes,
            rounds=bootstrap,
            seed=seed,
            known_number=known_number,
            title=title,
        )
        found.append(_measured(corpus, out, options, speaker_depth, plots=plots))
    if markdown is not None:
        from opusagent_voiceprint.evaluation.report import write_markdown

        write_markdown(markdown, found)


def _measured(corpus: Path, out: Path, options: Options, depth: int | None, *, plots: bool) -> Evaluation:
    """Measure, print and write everything."""
    from opusagent_voiceprint.evaluation.corpus import read_corpus
    from opusagent_voiceprint.evaluation.plots import draw_plots, matplotlib_is_there
    from opusagent_voiceprint.evaluation.report import html_report, write_bytes, write_text
    from opusagent_voiceprint.evaluation.results import write_csv
    from opusagent_voiceprint.evaluation.run import evaluate as measure
    from opusagent_voiceprint.settings import VoiceFingerprintConfig

    missing: EvaluationError | None = None
    if plots:
        try:
            matplotlib_is_there()
        except EvaluationError as exc:
            missing = exc
    console, errors = output(), Console(stderr=True)
    _check_folder(out)
    recordings = read_corpus(corpus, depth)
    make_folder(out)
    with progress_bar(errors) as advance:
        found = measure(recordings, VoiceFingerprintConfig(), options, advance)
    _show(console, found)
    found.save(out / _DATA)
    write_csv(found, out / _TABLE)
    written = [_DATA, _TABLE]
    if missing is not None:
        console.print(f"Written to {escape(str(out))}: {', '.join(written)}")
        raise missing
    if plots:
        images = draw_plots(found)
        for name, image in images.items():
            write_bytes(out / f"{name}.png", image)
        write_text(out / _REPORT, html_report(found, images))
        written += [_REPORT, *(f"{name}.png" for name in images)]
    console.print(f"Written to {escape(str(out))}: {', '.join(written)}")
    return found


def _check_folder(folder: Path) -> None:
    """Files that no evaluation wrote are somebody's; it writes its data first, the others after them."""
    from opusagent_voiceprint.evaluation.plots import PLOTS
    from opusagent_voiceprint.evaluation.results import Evaluation

    names = (_DATA, _TABLE, _REPORT, *(f"{name}.png" for name in PLOTS))
    there = [name for name in names if (folder / name).exists()]
    if not there:
        return
    try:
        Evaluation.load(folder / _DATA)
    except EvaluationError as exc:
        raise EvaluationError(
            f"{folder / there[0]} is there and would be lost, and the folder is not one of an evaluation: "
            f"{exc}. Name another folder with --out"
        ) from exc


def _show(console: Console, found: Evaluation) -> None:
    from opusagent_voiceprint.evaluation.report import READ_FIRST
    from opusagent_voiceprint.evaluation.tables import facts, remarks, tables

    for name, text in facts(found):
        console.print(f"{escape(name)}: {escape(text)}", highlight=False)
    # On a narrow terminal the intervals are left to the files.
    wide = not console.is_terminal or console.width >= _WIDE
    for table in tables(found, "\n" if wide else None):
        console.print()
        show_table(console, table.title, table.columns, table.rows)
        if table.note:
            console.print(escape(table.note), highlight=False)
    console.print(f"\n{READ_FIRST}", highlight=False)
    for remark in remarks(found):
        console.print(f"- {escape(remark)}", highlight=False)


def output() -> Console:
    """The console for results: wide tables are not folded where they go into a file."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE + 40)


def make_folder(folder: Path) -> None:
    """Make a folder that files will be written to.

    Raises:
        EvaluationError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise EvaluationError(f"the folder {folder} cannot be made: {exc.strerror}") from exc


def names(text: str) -> list[str]:
    """The parts of a list with commas, without blanks."""
    return [each.strip() for each in text.split(",") if each.strip()]


def numbers(text: str, option: str) -> tuple[float, ...]:
    """The lengths in a list with commas, shortest first.

    Raises:
        EvaluationError: one is not a number of seconds from 0.5 to 60, or there are none.
    """
    try:
        found = tuple(sorted({float(each) for each in names(text)}))
    except ValueError:
        found = ()
    if not found or not all(0.5 <= each <= 60.0 for each in found):
        raise EvaluationError(f"{option}={text} is not allowed: give seconds from 0.5 to 60, as in 2,3,5")
    return found


@contextmanager
def progress_bar(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A function that is told what is being done, how much of it is done, and of how much."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield advance


def show_table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; all columns but the first are numbers."""
    table = RichTable(title=escape(title), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        first = number == 0
        table.add_column(escape(column), justify="left" if first else "right", no_wrap=first, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)
