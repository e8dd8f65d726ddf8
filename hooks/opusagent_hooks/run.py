"""The command ``opusagent-hooks``: runs OpusAgent with its hooks on, and checks whether they fit."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from opusagent_hooks.host import shape

__all__ = ["main", "with_hooks"]

SITE: Final = Path(__file__).parent / "_site"
"""The folder whose ``sitecustomize`` attaches the hooks in every Python process that has it on its path."""

_USAGE: Final = 2
_NOT_FOUND: Final = 127
_NOT_EXECUTABLE: Final = 126


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="opusagent-hooks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="run a command with the hooks on",
        usage="opusagent-hooks run [--] COMMAND ...",
        description="Runs a command, and every Python process that it starts, with the hooks on.",
        epilog="opusagent-hooks run -- uvicorn opusagent.main:app --reload",
    )
    run.add_argument(
        "rest", nargs=argparse.REMAINDER, metavar="COMMAND ...", help="the command, as it is run without"
    )
    commands.add_parser(
        "check",
        help="see whether the hooks fit the OpusAgent on the path",
        description="Imports the OpusAgent of this folder or on PYTHONPATH, and lists the places that the "
        "hooks rely on. Exit status 1: something is missing.",
    )
    arguments = parser.parse_args(argv)
    if arguments.command == "check":
        return _check()
    command = arguments.rest[1:] if arguments.rest[:1] == ["--"] else arguments.rest
    if not command:
        run.print_usage(sys.stderr)
        return _complain("run needs a command, such as: python run_opus_server.py", _USAGE)
    return _run(command)


def with_hooks(environ: dict[str, str]) -> dict[str, str]:
    """An environment in which Python processes attach the hooks. Children need it as well: it stays set."""
    before = environ.get("PYTHONPATH")
    # An empty entry is the current folder, but an empty value is none at all.
    paths = [str(SITE), *(before.split(os.pathsep) if before else [])]
    return {**environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def _run(command: list[str]) -> int:
    environ = with_hooks(dict(os.environ))
    program = shutil.which(command[0])
    if program is None:
        return _complain(f"there is no command {command[0]!r}", _NOT_FOUND)
    if os.name == "nt":
        # Its exec would give the prompt back while the server still runs.
        return subprocess.run([program, *command[1:]], env=environ, check=False).returncode  # noqa: S603
    sys.stdout.flush()
    try:
        os.execve(program, command, environ)  # noqa: S606 - the user's own command, without a shell
    except OSError as error:
        return _complain(f"{command[0]!r} cannot be run: {error.strerror}", _NOT_EXECUTABLE)


def _check() -> int:
    # As `python -m` does: OpusAgent is a checkout, and is run from its folder.
    sys.path.insert(0, os.getcwd())
    if find_spec("opusagent") is None:
        return _complain("no OpusAgent here: run this in its folder, or put that on PYTHONPATH", 1)
    results = shape.check_host()
    width = max(len(result.seam.name) for result in results)
    for result in results:
        line = f"{result.seam.name:{width}}  ok" if result.problem is None else str(result)
        sys.stdout.write(f"{line}\n")
    missing = sum(result.problem is not None for result in results)
    if not missing:
        sys.stdout.write("Everything that the hooks need is there.\n")
        return 0
    sys.stdout.write(f"{missing} of {len(results)} places are not as the hooks need them.\n")
    return 1


def _complain(message: str, status: int) -> int:
    sys.stderr.write(f"opusagent-hooks: {message}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
