"""Tables of an evaluation, the same for the terminal, HTML and Markdown, and what is said beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from opusagent_voiceprint.evaluation.plan import RELATIONS
from opusagent_voiceprint.evaluation.results import Condition, Data, Evaluation, Interval

__all__ = ["Table", "facts", "remarks", "remarks_on_data", "tables", "text_of"]

_PERCENT: Final = {
    "eer": 1,
    "far": 2,
    "frr": 0,
    "dir_at_fpir_1e-2": 0,
    "dir_at_fpir_1e-3": 0,
    "dir": 0,
    "wrong": 1,
    "fpir": 1,
}
"""Figures in percent, and their digits; the others have three."""
_PAIRS: Final = {
    "eer": "EER %",
    "min_dcf_1e-2": "minDCF 0.01",
    "min_dcf_1e-3": "minDCF 0.001",
    "far": "FAR %",
    "frr": "FRR %",
    "cllr": "Cllr",
    "min_cllr": "min Cllr",
}
_OPEN: Final = {
    "dir_at_fpir_1e-2": "DIR at FPIR 1 %",
    "dir_at_fpir_1e-3": "DIR at FPIR 0.1 %",
    "dir": "DIR %",
    "wrong": "wrong name %",
    "fpir": "FPIR %",
}
_MARK: Final = "*"
_FEW: Final = 30


@dataclass(frozen=True, slots=True)
class Table:
    """A title, column headings, and rows of text."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str = ""


def text_of(name: str, figure: Interval | None, before: str | None = " ", mark: str = "") -> str:
    """A figure, a mark, and after ``before`` the interval; in percent where it is a rate."""
    if figure is None:
        return "-"
    scale, digits = (100, _PERCENT[name]) if name in _PERCENT else (1, 3)
    text = f"{scale * figure.value:.{digits}f}{mark}"
    if before is None or figure.low is None or figure.high is None:
        return text
    return f"{text}{before}({scale * figure.low:.{digits}f}-{scale * figure.high:.{digits}f})"


def _supported(condition: Condition, name: str) -> bool:
    """Whether there are probes enough for one of them to be the part that FPIR means."""
    fpir = {"dir_at_fpir_1e-2": 0.01, "dir_at_fpir_1e-3": 0.001}.get(name)
    return fpir is None or condition.probes * fpir >= 1.0


def tables(evaluation: Evaluation, before: str | None = " ") -> list[Table]:
    """Pairs of voices, then the open set.

    ``before`` stands between a figure and its interval; with None there are no intervals.
    """
    return [
        _table(
            evaluation,
            "Pairs of voices; FAR and FRR are at the configured threshold",
            _PAIRS,
            ["enrolled / probe", "probe s", "net s", "genuine", "impostor", "refused"],
            lambda each: [f"{each.genuine:,}", f"{each.impostor:,}", str(each.refused)],
            before,
        ),
        _table(
            evaluation,
            "Open set: random galleries, each probe with its speaker enrolled and without; DIR, wrong "
            "name and FPIR are at the configured threshold and margin",
            _OPEN,
            ["enrolled / probe", "probe s", "net s", "gallery", "probes", "refused"],
            lambda each: [str(each.gallery), str(each.probes), str(each.refused)],
            before,
        ),
    ]


def _table(
    evaluation: Evaluation,
    title: str,
    figures: dict[str, str],
    first: list[str],
    counts: Callable[[Condition], list[str]],
    before: str | None,
) -> Table:
    rows, marked = [], False
    for each in evaluation.conditions:
        row = [each.lines, f"{each.seconds:g}", f"{each.net_seconds.value:.1f}", *counts(each)]
        for name in figures:
            figure = each.figures.get(name)
            mark = "" if figure is None or _supported(each, name) else _MARK
            marked = marked or bool(mark)
            row.append(text_of(name, figure, before, mark))
        rows.append(row)
    note = (
        f"{_MARK} fewer probes than one over the FPIR: the threshold rests on the one stranger who is most "
        "like a caller, and the figure says little."
        if marked
        else ""
    )
    return Table(title, [*first, *figures.values()], rows, note)


def facts(evaluation: Evaluation) -> list[tuple[str, str]]:
    """What was measured, on what, where and when."""
    system, data, options = evaluation.system, evaluation.data, evaluation.options
    encoders = " and ".join(filter(None, (system.encoder_id, system.wide_encoder_id)))
    probes = ", ".join(f"{count} of {relation}" for relation, count in data.relations.items() if count)
    return [
        ("data", f"{data.corpus}: {data.speakers} speakers, {data.recordings} recordings"),
        (
            "enrolled",
            f"{data.enrolled} speakers, {options['calls']} x {options['enroll_seconds']} s of audio",
        ),
        ("probes", f"{probes}, the last {options['seconds'].replace(' ', ', ')} s of audio"),
        ("encoder", f"{system.encoder} ({encoders})"),
        ("calibration", system.calibration),
        (
            "operating point",
            f"similarity {system.similarity_threshold:g}"
            f"{' (of a known number)' if system.known_number else ''}, margin {system.recognition_margin:g}",
        ),
        ("lines", "simulated; wide is the recording as it is"),
        ("machine", evaluation.machine),
        ("made", f"{evaluation.made_at}, in {evaluation.seconds_taken:.0f} s, seed {options['seed']}"),
        ("versions", ", ".join(f"{name} {version}" for name, version in evaluation.versions.items())),
    ]


def remarks_on_data(data: Data) -> list[str]:
    """What of a corpus flatters, and what could not be used."""
    probes = sum(data.relations.values())
    same, other = (data.relations.get(RELATIONS[number], 0) for number in (2, 1))
    said = []
    if same:
        said.append(
            f"Probes cut from the recording that enrolled their speaker, without overlap: {same} of "
            f"{probes}. Being of one session flatters: callers who come back on another day are harder."
        )
    if other:
        said.append(
            f"Probes of another recording than the enrollment, of which it is not known whether it is of "
            f"another session: {other} of {probes}. An index with a session column would tell."
        )
    if data.overlapping_calls:
        said.append(
            f"Speakers whose enrollment calls are overlapping parts of one recording: "
            f"{data.overlapping_calls}. Several real calls bring more than these do."
        )
    for count, of, what in (
        (
            data.fewer_calls,
            data.speakers,
            "Speakers with recordings for fewer enrollment calls than asked for",
        ),
        (
            data.poor_enrollments,
            data.enrollments,
            "Enrollments that would be refused for their quality, and are measured all the same",
        ),
        (
            data.refused_enrollments,
            data.enrollments + data.refused_enrollments,
            "Enrollments that are refused, with too little speech or clipped to nothing; a speaker without "
            "another one counts as not enrolled",
        ),
        (data.unused_speakers, data.speakers, "Speakers with too little audio to be enrolled and probed"),
    ):
        if count:
            said.append(f"{what}: {count} of {of}.")
    for names, what in (
        (data.unreadable, "Recordings that cannot be read and were skipped"),
        (data.too_short, "Recordings that are too short and were skipped"),
    ):
        if names:
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            said.append(f"{what}: {len(names)} of {data.recordings} ({shown}).")
    return [*said, *data.notes]


def remarks(evaluation: Evaluation) -> list[str]:
    """What flatters, what was left out, and what else is to be known beside the figures."""
    said = remarks_on_data(evaluation.data)
    conditions, asked = evaluation.conditions, int(evaluation.options["gallery"])
    if refused := sum(each.refused for each in conditions):
        said.append(
            f"Probes that are refused, with too little speech or clipped to nothing: {refused} in all rows. "
            "DIR counts those of enrolled speakers as not named; FPIR and the figures of pairs are of the "
            "others."
        )
    if evaluation.not_measured:
        said.append(
            "Nothing could be compared, since all probes or all enrollments are refused or unreadable, and "
            f"there is no row of: {', '.join(evaluation.not_measured)}."
        )
    if (smallest := min(each.gallery for each in conditions)) < asked:
        said.append(f"Galleries are of {smallest} instead of {asked}: there are no more speakers.")
    wide = [each for each in conditions if (each.enroll, each.probe) == ("wide", "wide")]
    if wide and wide[0].classes.get("wide", 0) < wide[0].genuine / 2:
        said.append("Most recordings are of telephone band: what is called wide is what was recorded.")
    if any(each.callers <= _FEW for each in conditions):
        said.append("With this few speakers the intervals are wide, and themselves uncertain.")
    return said
