"""What is published of accuracy: beside each measured figure stand trials, data, line and interval."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
MEASURED = DOCUMENT.split("<!-- measured: begin -->")[1].split("<!-- measured: end -->")[0]
PARTS = re.split(r"^## ", MEASURED, flags=re.MULTILINE)[1:]
FIGURE = re.compile(r"(?P<value>[\d.]+)(?:\\\*)? \((?P<low>[\d.]+)-(?P<high>[\d.]+)\)")

COUNTS = ["genuine", "impostor", "probes", "gallery"]
CONDITIONS = {"enrolled / probe", "probe s", "net s", "refused", *COUNTS}


def tables(text: str) -> list[list[dict[str, str]]]:
    """Each table of a text, as rows by the names of their columns."""
    found: list[list[dict[str, str]]] = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        head, _, *rows = [
            [cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()
        ]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


@pytest.mark.parametrize("part", PARTS, ids=range(len(PARTS)))
def test_p25_each_measured_part_names_its_data_encoder_lines_machine_and_versions(part: str) -> None:
    said = dict(re.findall(r"^- (\w[\w ]*): (.+)$", part, flags=re.MULTILINE))
    for what in ("data", "enrolled", "probes", "encoder", "operating point", "lines", "machine", "versions"):
        assert said.get(what), what
    assert "speakers" in said["data"]
    assert "seed" in said["made"]


@pytest.mark.parametrize("part", PARTS, ids=range(len(PARTS)))
def test_p25_each_measured_figure_has_its_trials_its_line_and_an_interval_around_it(part: str) -> None:
    found = tables(part)
    assert len(found) == 2
    for table in found:
        assert len(table) >= 20
        for row in table:
            assert " / " in row["enrolled / probe"]
            assert float(row["net s"]) > 0
            counts = [int(row[each].replace(",", "")) for each in COUNTS if each in row]
            assert len(counts) == 2
            assert min(counts) > 0
            figures = {name: cell for name, cell in row.items() if name not in CONDITIONS}
            assert len(figures) >= 5
            for cell in figures.values():
                figure = FIGURE.fullmatch(cell)
                assert figure is not None, cell
                low, value, high = (float(figure[each]) for each in ("low", "value", "high"))
                assert low <= value <= high


def test_p25_the_figures_that_are_not_in_the_measured_part_say_where_theirs_are() -> None:
    before = DOCUMENT.split("<!-- measured: begin -->")[0]
    named = set(re.findall(r"benchmarks/[\w/]+\.(?:txt|py)", before))
    assert {"benchmarks/held_out.py", "benchmarks/fitting/tables/held_out.txt"} <= named
    for name in named:
        assert (ROOT / name).is_file(), name
    assert "LibriSpeech" in before
    assert re.search(r"\d+ genuine\s+and [\d,]+ impostor trials", before)
