"""Deals speakers into those to fit on and those to test on, in rotation, as folders of links.

    python -m fitting.rotations SPEECH_FOLDER ROTATIONS_FOLDER

Rotation ``k`` fits on everybody whose speech is too short for an enrollment of 6 s and a probe of 5 s, and on
a third of the others; it tests on the other two thirds. ``ROTATIONS_FOLDER/rotation-k/fit`` and ``/test`` are
folders of speech like the original, so that every other script runs on them as it is, and what is fitted in
one never hears anybody of the other, not even as babble.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import soundfile

from fitting.speech import seeded

__all__ = ["ROTATIONS", "deal"]

ROTATIONS: Final = 3
_LONG_SECONDS: Final = 11.0


def _long_enough(recordings: list[Path]) -> bool:
    return len(recordings) > 1 or soundfile.info(str(recordings[0])).duration >= _LONG_SECONDS


def deal(speech: Path, seed: int = 0) -> list[tuple[list[Path], list[Path]]]:
    """The folders of the speakers to fit on and to test on, for each rotation."""
    folders = sorted({path.parent for path in speech.rglob("*.flac")})
    long = [each for each in folders if _long_enough(sorted(each.glob("*.flac")))]
    short = [each for each in folders if each not in long]
    order = [long[index] for index in seeded("rotations", seed).permutation(len(long))]
    rotations = []
    for rotation in range(ROTATIONS):
        own = order[rotation::ROTATIONS]
        rotations.append((sorted([*short, *own]), sorted(each for each in long if each not in own)))
    return rotations


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("rotations", type=Path)
    options = parser.parse_args()
    for number, parts in enumerate(deal(options.speech)):
        for name, folders in zip(("fit", "test"), parts, strict=True):
            for folder in folders:
                place = options.rotations / f"rotation-{number}" / name / folder.name
                place.mkdir(parents=True, exist_ok=True)
                for path in folder.glob("*.flac"):
                    link = place / path.name
                    link.unlink(missing_ok=True)
                    link.symlink_to(path.resolve())
        print(f"rotation {number}: {len(parts[0])} speakers to fit on, {len(parts[1])} to test on")


if __name__ == "__main__":
    main()
