"""Runs everything in this folder, and two scripts beside it, and writes docs/reliability.md; takes an hour.

    python benchmarks/reliability/report.py [--rounds-divided-by 1] [--only TITLE ...] [--out FILE]

With ``--only`` the other sections stay as they are in the file. Exits with 1, and writes nothing, if one of
the benchmarks found something.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

INTRODUCTION = """\
# Reliability

What becomes of stored callers when processes are killed, disks fail, files are damaged and keys are
missing. Each table was printed by the script named below it, with the conditions under it; `python
benchmarks/reliability/report.py` runs them all and writes this file. A script exits with an error, and
this file is not written, if anything is lost that was acknowledged, read differently than it was
written, or brought back after it was erased, or if a caller is told of an enrollment or an erasure that
was not done. Those that measure time alone (saving, the gallery at scale) have nothing to fail at. Smaller
runs of most of these scripts are part of the tests.

What none of this measures: power failures. A killed process leaves what it gave to the operating system;
a machine without power does not. The stores sync their files and directories before they acknowledge a
change, and the table of failing calls shows that a failed sync is never taken for success, but whether a
disk keeps what it said it had is the disk's affair.
"""


@dataclass(frozen=True)
class Section:
    """A heading, what its tables show, and the scripts that print them with their rounds."""

    title: str
    text: str
    commands: tuple[tuple[str, int], ...]
    """Scripts with their options, each with its rounds; 0 for one that has no such option."""


SECTIONS = [
    Section(
        "Killed while writing",
        "Three processes enroll, change and erase callers, say what they begin and what was "
        "acknowledged, and are all killed with SIGKILL at a random moment, which may be while they "
        "open the store. *Lost*: an acknowledged change that is not there. *Came back*: somebody who "
        "was erased. *Unreadable*: the store does not open afterwards.",
        (("kill.py", 300), ("redis_kill.py", 300)),
    ),
    Section(
        "Failing calls",
        "Each call that changes a file fails once: the first of a change, then the second, and so on, "
        "with ENOSPC, with EIO, and with a write that is short by half; once, or from then on. What "
        "is not known is said: a database's log was written and could not be synced, or a file was "
        "replaced and its directory could not be. Where the change was done, what failed came after "
        "it: emptying a log, making the copy beside a JSON file, or removing what a killed writer "
        "left.",
        (("failing_calls.py", 1),),
    ),
    Section(
        "Several processes",
        "Eight processes change the same eight callers of one store, picked at random, 2,000 times each.",
        (("processes.py", 2000), ("redis_processes.py", 2000)),
    ),
    Section(
        "Flipped bits",
        "Single bits of the file of an encrypted store, each on a fresh copy. *Refused*: the store "
        "does not open, and says what is damaged. *Unreadable*: the record is an error when it is "
        "read, and the others are not. *Named*: `storage check` says what and where. *Without "
        "effect*: everything is as it was written and the check finds nothing, as the byte is one "
        "that a database does not use. Of flips within one record's payload: *took others along*, and "
        "*not put right* once the record was put aside (SQLite) or the file repaired without its copy "
        "(JSON).",
        (("flips.py", 10_000), ("redis_flips.py", 10_000)),
    ),
    Section(
        "Odd circumstances",
        "Encrypted stores of three callers. Messages are shortened.",
        (("oddities.py", 1), ("redis_oddities.py", 0)),
    ),
    Section(
        "Saving with 10,000 callers",
        "`save` of one voiceprint, half of them of new callers. A JSON file is written as a whole, "
        "twice, with every change.",
        (("saving.py", 200), ("opusagent_saving.py", 10)),
    ),
    Section(
        "Two workers on one Redis",
        "A caller enrolled by one worker is recognised by the other, and gone from both when erased.",
        (("redis_workers.py", 50),),
    ),
    Section(
        "A store that fails in a call",
        "What a failing store adds to what callers wait for. *Setup*: from the call's start to the session, "
        "of a call from a number that the store knows. *Greeting*: how long the first reply after a "
        "recognition is held. *Enrolling*: from the last answer to the agent's next words. *Forgetting*: "
        'from "Forget my voice." to what is said then. *Heard*: what callers were told; nobody of an '
        "enrollment that was not stored. *Again*: seconds from the end of the failure to a call that is "
        "recognised, without a restart.",
        (("../failing_store.py", 0),),
    ),
    Section(
        "The gallery at scale",
        "A search beside the bare product of the matrix with one embedding, in turns in one process; "
        "loading from an encrypted store; and above how many callers a FAISS index pays, with how often it "
        "finds whom the exact search finds.",
        (
            ("../gallery.py search load --callers 100000", 0),
            ("../gallery.py index --callers 50000 100000 200000 400000", 0),
        ),
    ),
]


def run(command_line: str, rounds: int) -> str:
    script, *options = shlex.split(command_line)
    options += ["--rounds", str(rounds)] if rounds > 1 else []
    print(f"{script} {shlex.join(options)}", file=sys.stderr, flush=True)
    command = [sys.executable, str((HERE / script).resolve()), *options]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{script} found something:\n{ran.stdout}\n{ran.stderr[-4000:]}")
    place = (HERE / script).resolve().relative_to(ROOT)
    shown = shlex.join(["python", str(place), *options])
    return f"{ran.stdout.strip()}\n`{shown}`\n"


def written(section: Section, divisor: int) -> str:
    parts = [run(each, max(rounds // divisor, 1) if rounds else 0) for each, rounds in section.commands]
    return "\n".join([f"## {section.title}\n", f"{section.text}\n", *parts])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds-divided-by", type=int, default=1, help="for a trial of this script")
    parser.add_argument("--only", nargs="+", choices=[section.title for section in SECTIONS])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "reliability.md")
    chosen = parser.parse_args()
    earlier = chosen.out.read_text() if chosen.out.exists() else ""
    there = {
        found.partition("\n")[0]: f"## {found.strip()}\n"
        for found in re.split(r"^## ", earlier, flags=re.MULTILINE)[1:]
    }
    for section in SECTIONS:
        if chosen.only is None or section.title in chosen.only:
            there[section.title] = written(section, chosen.rounds_divided_by)
    sections = [there[section.title] for section in SECTIONS if section.title in there]
    chosen.out.write_text("\n".join([INTRODUCTION, *sections]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
