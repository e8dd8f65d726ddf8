"""The report: one HTML file with everything in it, and tables in Markdown for documents."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.plots import PLOTS
from opusagent_voiceprint.evaluation.results import Evaluation
from opusagent_voiceprint.evaluation.tables import Table, facts, remarks, tables

__all__ = ["READ_FIRST", "html_report", "markdown", "write_bytes", "write_markdown", "write_text"]

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 78rem; margin: 2rem auto }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2.2rem }
table { border-collapse: collapse; font-size: 0.82rem; display: block; overflow-x: auto }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap }
th { font-weight: 600; vertical-align: bottom; white-space: normal }
th:first-child, td:first-child { text-align: left }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem }
dt { color: #666 } dd { margin: 0 }
img { max-width: 100% } .note { color: #666; font-size: 0.85rem }
li { margin: 0.3rem 0 }
"""
_BEGIN: Final = "<!-- measured: begin -->"
_END: Final = "<!-- measured: end -->"
_TITLE: Final = "Speaker recognition, measured"
READ_FIRST: Final = (
    "Intervals are of 95 %, from a bootstrap over speakers. Rates are in percent; Cllr is in bits, 1 for a "
    "system that says nothing. Net s is the median net speech of a probe. What never happened has no "
    "interval: of n speakers, up to 3 / n of others may yet show it. Speakers whom encoder or calibration "
    "were fitted on flatter."
)
"""How the figures are to be read."""


def html_report(evaluation: Evaluation, plots: Mapping[str, bytes]) -> str:
    """A page with tables and plots, which needs no other file and nothing from the network.

    Args:
        evaluation: what to show.
        plots: PNG files by their names in :data:`~opusagent_voiceprint.evaluation.plots.PLOTS`.
    """
    title = escape(evaluation.title or _TITLE)
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        "<dl>",
        *(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts(evaluation)),
        "</dl>",
    ]
    if said := remarks(evaluation):
        parts.append("<h2>To be read beside the figures</h2><ul>")
        parts += [f"<li>{escape(each)}</li>" for each in said]
        parts.append("</ul>")
    parts.append(f'<p class="note">{escape(READ_FIRST)}</p>')
    parts += [_html_table(each) for each in tables(evaluation)]
    for name, heading in PLOTS.items():
        if name in plots:
            data = base64.b64encode(plots[name]).decode("ascii")
            parts.append(
                f'<h2>{escape(heading)}</h2><img alt="{escape(heading)}" src="data:image/png;base64,{data}">'
            )
    return "\n".join([*parts, "</body></html>", ""])


def _html_table(table: Table) -> str:
    heading = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return f"<h2>{escape(table.title)}</h2><table><tr>{heading}</tr>\n{rows}</table>{note}"


def write_markdown(path: Path, evaluations: Sequence[Evaluation]) -> None:
    """Write the tables of evaluations, each with its data, machine, date, versions and reservations.

    In a file that has them already only what is between the two comments is replaced.

    Raises:
        EvaluationError: the file cannot be read or written.
    """
    text = f"{_BEGIN}\n\n{markdown(evaluations)}\n{_END}\n"
    if path.is_file():
        try:
            before, begin, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
        except (OSError, UnicodeDecodeError) as exc:
            raise EvaluationError(f"{path} cannot be read as text: {type(exc).__name__}") from exc
        _, end, after = rest.partition(_END)
        if not (begin and end):
            raise EvaluationError(
                f"{path} is there and does not say where tables belong: put {_BEGIN} and {_END} in it, or "
                "name another file"
            )
        text = before + text.rstrip("\n") + after
    else:
        text = f"# Accuracy\n\n{text}"
    write_text(path, text)


def markdown(evaluations: Sequence[Evaluation]) -> str:
    """The tables of several evaluations."""
    parts = [READ_FIRST]
    for evaluation in evaluations:
        parts.append(f"## {evaluation.title or evaluation.system.encoder}")
        parts.append("\n".join(f"- {name}: {text}" for name, text in facts(evaluation)))
        if said := remarks(evaluation):
            parts.append("To be read beside the figures:\n\n" + "\n".join(f"- {each}" for each in said))
        parts += [_markdown_table(each) for each in tables(evaluation)]
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    alignment = "|" + "|".join(["---"] + ["---:"] * (len(table.columns) - 1)) + "|"
    note = f"\n\n{table.note.replace('*', chr(92) + '*', 1)}" if table.note else ""
    rows = [[cell.replace("*", "\\*") for cell in row] for row in table.rows]
    return "\n".join([f"### {table.title}\n", line(table.columns), alignment, *map(line, rows)]) + note


def write_text(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        EvaluationError: it cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Likewise."""
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise EvaluationError(f"{path} cannot be written: {exc.strerror}") from exc
