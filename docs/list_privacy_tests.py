"""Lists in docs/privacy.md the tests named after each requirement: ``python docs/list_privacy_tests.py``."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "privacy.md"
REQUIREMENTS: Final = tuple(f"P{number}" for number in range(1, 26))

_IDS: Final = re.compile(r"^test_(?P<ids>(?:p\d+_)+)\w")
_LIST: Final = re.compile(r"<!-- tests: (?P<id>P\d+) -->\n.*?<!-- end -->", re.DOTALL)

Tests = dict[str, dict[str, list[str]]]
"""By requirement and file, relative to ``tests``: the names of tests."""


def tests_in(path: Path) -> list[str]:
    """The names of the test functions of a file, in its order."""
    return [
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
    ]


def named_tests(root: Path = ROOT / "tests") -> Tests:
    """Every test that is named after a requirement: ``test_p7_...``, or ``test_p7_p23_...`` for two."""
    found: Tests = {}
    for path in sorted(root.rglob("test_*.py")):
        for name in tests_in(path):
            if ids := _IDS.match(name):
                for each in dict.fromkeys(ids["ids"].upper().strip("_").split("_")):
                    found.setdefault(each, {}).setdefault(path.relative_to(root).as_posix(), []).append(name)
    return found


def listed(page: str, tests: Mapping[str, Mapping[str, list[str]]]) -> str:
    """The page with the list of each requirement written anew."""

    def anew(place: re.Match[str]) -> str:
        files = tests.get(place["id"], {})
        count = sum(len(names) for names in files.values())
        lines = [
            f"- [{file}](../tests/{file}): {', '.join(f'`{name}`' for name in sorted(names))}"
            for file, names in files.items()
        ]
        head = f"<details><summary>{count} test{'' if count == 1 else 's'}</summary>"
        return "\n".join(
            [f"<!-- tests: {place['id']} -->", head, "", *lines, "", "</details>", "<!-- end -->"]
        )

    return _LIST.sub(anew, page)


if __name__ == "__main__":
    PAGE.write_text(listed(PAGE.read_text(encoding="utf-8"), named_tests()), encoding="utf-8")
    sys.stdout.write(f"the lists of {PAGE} are written\n")
