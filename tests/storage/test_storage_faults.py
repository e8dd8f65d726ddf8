"""Every call by which a store writes fails once: a clear error, and the old state intact."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from faults.judging import (
    OPEN,
    RENAME,
    SYNC,
    SYNC_DIRECTORY,
    TRUNCATE,
    WRITE,
    compile_library,
    judge,
    run_trials,
)
from faults.trials import changes_of


@pytest.fixture(scope="session")
def failing_writes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes calls fail."""
    library = compile_library(tmp_path_factory.mktemp("faults"))
    if library is None:
        reason = "calls are made to fail with LD_PRELOAD, and a C compiler is needed"
        if os.environ.get("CI") == "true" and sys.platform == "linux":
            pytest.fail(f"{reason}; CI must test it")
        pytest.skip(reason)
    return library


@pytest.mark.parametrize("subject", ["json", "sqlite", "keystore"])
def test_p3_whichever_write_fails_the_error_is_clear_and_the_old_state_intact(
    subject: str, failing_writes: Path, tmp_path: Path
) -> None:
    results = run_trials(subject, failing_writes, tmp_path)
    problems = judge(subject, results, tmp_path)
    assert [(told, wrong) for told, wrong in zip(results, problems, strict=True) if wrong] == []

    for name in changes_of(subject):
        # Each was tried until it came through, for three ways to fail, once and from then on.
        of_this = [told for told in results if told["change"] == name]
        assert sum(not told["failed"] for told in of_this) == 6
        assert sum(told["outcome"] == "error" for told in of_this) > 10
        assert {WRITE, SYNC} <= {told["failed"] for told in of_this}
    kinds = {told["failed"] for told in results}
    assert {OPEN, SYNC_DIRECTORY} <= kinds
    assert (RENAME if subject == "json" else TRUNCATE) in kinds
