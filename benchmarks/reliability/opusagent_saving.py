"""How long OpusAgent's own JSON storage takes to save one voiceprint beside many others.

    OPUSAGENT_SRC=... python benchmarks/reliability/opusagent_saving.py [--rounds 10] [--callers 10000]

OPUSAGENT_SRC is a checkout of OpusAgent, OPUSAGENT_PYTHON an interpreter with its requirements (this one, if
it is not set). Without OPUSAGENT_SRC nothing is measured, and the row says so. Its ``save`` reads and writes
the whole file, and does not sync it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
from places import a_directory, arguments, conditions, table

_WORKER = """
import json, sys, time
import numpy as np
from opusagent.voiceprint.models import Voiceprint
from opusagent.voiceprint.storage import JSONStorage

path, callers, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = np.random.default_rng(1)

def a_voiceprint(caller_id):
    return Voiceprint(caller_id=caller_id, embedding=chance.normal(size=256).astype(np.float32))

storage = JSONStorage(path)
storage.save(a_voiceprint("caller_0"))
with open(path) as file:
    (entry,) = json.load(file).values()
filled = {
    f"caller_{n}": {**entry, "caller_id": f"caller_{n}", "embedding": a_voiceprint("c").embedding.tolist()}
    for n in range(callers)
}
storage._save_all(filled)
took = []
for number in range(rounds):
    voiceprint = a_voiceprint(f"new_{number}" if number % 2 == 0 else f"caller_{number}")
    began = time.perf_counter()
    storage.save(voiceprint)
    took.append((time.perf_counter() - began) * 1000)
assert len(storage.get_all()) == callers + (rounds + 1) // 2
print(json.dumps(took))
"""


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=10, rounds_are="how many voiceprints are saved")
    parser.add_argument("--callers", type=int, default=10_000)
    chosen = parser.parse_args(options)
    source = os.environ.get("OPUSAGENT_SRC")
    if not source:
        print("OpusAgent's own JSON storage was not measured: OPUSAGENT_SRC names no checkout of it.")
        return 0
    with a_directory(chosen.directory) as directory:
        python = os.environ.get("OPUSAGENT_PYTHON", sys.executable)
        numbers = [str(directory / "voiceprints.json"), str(chosen.callers), str(chosen.rounds)]
        done = subprocess.run(
            [python, "-c", _WORKER, *numbers],
            env={**os.environ, "PYTHONPATH": source},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        took = json.loads(done.stdout.splitlines()[-1])
        cells = [f"{value:,.0f}" for value in np.percentile(took, [50, 99])]
        row = ["OpusAgent's own JSON", f"{chosen.callers:,}", *cells]
        print(table(["store", "callers", "p50 [ms]", "p99 [ms]"], [row]))
        print(f"\n{chosen.rounds} saves; {conditions(directory)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
