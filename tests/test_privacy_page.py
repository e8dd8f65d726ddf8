"""docs/privacy.md: every requirement has a test that is named after it, and the page lists exactly those."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
LISTING = runpy.run_path(str(ROOT / "docs" / "list_privacy_tests.py"))
NAMED: dict[str, dict[str, list[str]]] = LISTING["named_tests"]()
SECTIONS = dict(re.findall(r"^### (P\d+): .*?\n(.*?)(?=^### |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("requirement", LISTING["REQUIREMENTS"])
def test_each_requirement_has_a_test_named_after_it_and_a_section_with_its_limits(requirement: str) -> None:
    assert NAMED.get(requirement), f"no test is named test_{requirement.lower()}_..."
    section = SECTIONS[requirement]
    assert "**Kept by**" in section
    assert "**Not covered:**" in section
    assert section.count(f"<!-- tests: {requirement} -->") == 1


def test_no_test_is_named_after_a_requirement_that_there_is_not() -> None:
    assert set(NAMED) == set(LISTING["REQUIREMENTS"]) == set(SECTIONS)


def test_the_page_lists_the_tests_that_there_are() -> None:
    assert LISTING["listed"](PAGE, NAMED) == PAGE, "run `python docs/list_privacy_tests.py`"


def test_every_test_and_every_file_that_the_page_names_is_there() -> None:
    existing = {name for path in (ROOT / "tests").rglob("test_*.py") for name in LISTING["tests_in"](path)}
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert named <= existing
    for link in set(re.findall(r"\]\(([^)#]+)", PAGE)):
        assert (ROOT / "docs" / link).exists(), link
    package = ROOT / "opusagent_voiceprint"
    for path in set(re.findall(r"`([\w/*]+(?:\.py|/))`", PAGE)) - {"call_recordings/"}:
        assert list(package.glob(path.rstrip("/"))) or (ROOT / path).exists(), path


@pytest.mark.parametrize(
    "wrong",
    [
        {**NAMED, "P1": {}},
        {**NAMED, "P1": {**NAMED["P1"], "test_new.py": ["test_p1_new"]}},
    ],
    ids=["a test that is not there", "a test that is not listed"],
)
def test_a_page_that_is_out_of_date_shows(wrong: Any) -> None:
    assert LISTING["listed"](PAGE, wrong) != PAGE
