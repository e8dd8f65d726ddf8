"""Makes each call by which a store writes fail, one after the other, and looks what it says and leaves.

    python benchmarks/reliability/failing_calls.py [--directory DIR]

Needs a C compiler: tests/storage/faults/failing_writes.c is loaded with LD_PRELOAD. For each change, the
first call that opens, writes, syncs, renames, truncates or removes a file fails, then the second, and so on
until the change comes through: with ENOSPC, with EIO, and with a write that is short by half; once, and from
then on.
Right is an error of ours that names the file, with the old state there afterwards; or the change, where what
failed came after it. Exits with 1 if anything else is found.
"""

from __future__ import annotations

import sys
from pathlib import Path

from places import a_directory, arguments, conditions, table

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "storage"))

from faults.judging import compile_library, judge, run_trials
from faults.trials import STORES, changes_of

NAMES = {"json": "JSON", "sqlite": "SQLite", "keystore": "keystore in a file"}


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=1, rounds_are="not used: there are as many as there are calls")
    chosen = parser.parse_args(options)
    rows = []
    failed = 0
    with a_directory(chosen.directory) as directory:
        library = compile_library(directory)
        if library is None:
            parser.error("this needs Linux and a C compiler")
        for subject in STORES:
            out = directory / subject
            out.mkdir()
            results = run_trials(subject, library, out)
            problems = [wrong for wrong in judge(subject, results, out) if wrong]
            failing = [told for told in results if told["failed"]]
            errors = [told for told in failing if told["outcome"] == "error"]
            unknown = [told for told in errors if "not known" in told["said"]]
            changes = ", ".join(changes_of(subject))
            counts = [len(failing), len(errors) - len(unknown), len(unknown), len(failing) - len(errors)]
            rows.append([NAMES[subject], changes, *(f"{count:,}" for count in counts), len(problems)])
            failed += len(problems)
            for wrong in problems:
                print(f"{subject}: {wrong}", file=sys.stderr)
        head = ["store", "changes", "failed calls", "error, old state", "error, says that it is not known"]
        print(table([*head, "change done", "anything else"], rows))
        print(f"\n{conditions(directory)}.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
