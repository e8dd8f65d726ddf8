"""Measures recognition on people that nothing was fitted on, and writes docs/accuracy.md.

    python accuracy.py ROTATION_FOLDER ROTATION_FOLDER ... [--out FOLDER] [--markdown ../docs/accuracy.md]

A rotation (fitting.rotations) has speech to test on in ``test/``, and in ``artefacts/`` what was fitted on
the other speakers. Each is measured by what ``opusagent-voiceprint evaluate`` runs, at default settings.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.encoding import Encoders, ResemblyzerEncoder, TelephoneEncoder
from opusagent_voiceprint.evaluation.corpus import read_corpus
from opusagent_voiceprint.evaluation.report import write_markdown
from opusagent_voiceprint.evaluation.results import Evaluation
from opusagent_voiceprint.evaluation.run import Options, evaluate, line_pairs
from opusagent_voiceprint.matching import Backend, Calibration
from opusagent_voiceprint.matching.plda import Plda

PAIRS: Final = ["wide:mulaw", "mulaw:wide", "mulaw:gsm", "gsm:mulaw"]
NOISE: Final = ["white15", "babble15", "white10"]


def fitted(artefacts: Path) -> tuple[Encoders, Backend]:
    """The encoders and the back-end of a rotation."""
    encoders = Encoders(TelephoneEncoder(artefacts / "telephone.npz"), ResemblyzerEncoder())
    calibration = Calibration.load(artefacts / "telephone-calibration.json")
    return encoders, Backend(calibration, encoders.dimension, Plda.load(artefacts / "telephone-plda.npz"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rotations", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("accuracy"))
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--seconds", type=float, nargs="+", default=[3.0, 5.0])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found: list[Evaluation] = []
    for number, folder in enumerate(options.rotations, 1):
        asked = Options(
            pairs=line_pairs(["wide", "mulaw", "alaw", "gsm", "opus"], PAIRS, NOISE),
            seconds=tuple(options.seconds),
            title=f"Part {number} of {len(options.rotations)}: nothing was fitted on these speakers",
        )
        settings = VoiceFingerprintConfig(_env_file=None)
        part = evaluate(
            read_corpus(folder / "test", None), settings, asked, model=fitted(folder / "artefacts")
        )
        part.save(options.out / f"part-{number}.json")
        found.append(part)
        print(f"{folder}: {len(part.conditions)} conditions in {part.seconds_taken:.0f} s", flush=True)
    if options.markdown is not None:
        write_markdown(options.markdown, found)


if __name__ == "__main__":
    main()
