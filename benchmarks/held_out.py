"""Open-set identification by the product on people that nothing was fitted on, beside stock Resemblyzer.

    python held_out.py ROTATION_FOLDER ROTATION_FOLDER ...

A rotation (fitting.rotations) has speech to test on in ``test/``, and in ``artefacts/`` what was fitted on
the other speakers. Callers are enrolled by ``enroll_caller`` on 6 s of audio, at default settings; probes are
5 s. Each probe is tried against random galleries of 60 with its speaker and of 60 without, decided as
``match_caller`` decides; for one gallery of each condition, on one of the rotations, ``match_caller`` itself
is asked, and every answer has to be the same. Stock is Resemblyzer's ``embed_utterance`` of its own
``preprocess_wav``; the caller of the highest cosine is named if that is 0.75 or more. Intervals are of 95 %,
by speaker.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rotation import CONDITIONS, Embedding, Heard, Rotation, stock_encoder

from opusagent_voiceprint.errors import AudioError
from opusagent_voiceprint.evaluation.figures import Figure, bootstrap
from opusagent_voiceprint.evaluation.seeds import seeded
from opusagent_voiceprint.matching import DecisionRule, Gallery

SIZE: Final = 60
HOUSEHOLD: Final = 3
STOCK_THRESHOLD: Final = 0.75
TABLES: Final = (
    ("one call", 1, False),
    ("three calls", 3, False),
    ("known number of three, one call", 1, True),
    ("known number of three, three calls", 3, True),
)


@dataclass
class Outcomes:
    """Of each trial of a probe with one gallery: how it went, and whose probe it was."""

    speakers: list[str]
    right: list[bool]
    wrong: list[bool]
    stranger: list[bool]

    def figures(self) -> dict[str, Figure]:
        """DIR, wrong names and FPIR in percent, with intervals."""
        rates = {
            name: 100 * np.array(values, dtype=np.float64)
            for name, values in (("DIR", self.right), ("wrong", self.wrong), ("FPIR", self.stranger))
        }
        _, who = np.unique(self.speakers, return_inverse=True)
        return bootstrap(
            who.astype(np.int64),
            lambda rows: {name: float(each[rows].mean()) for name, each in rates.items()},
        )


def named_by_product(
    rule: DecisionRule, gallery: Gallery, heard: Heard, among: Sequence[str], known: Sequence[str]
) -> str | None:
    """Whom the product names, of these callers."""
    if heard.probe is None:
        return None
    candidates = gallery.search(heard.probe, among=among)
    if known:
        near = dict(candidates) | dict(gallery.search(heard.probe, among=known))
        candidates = sorted(near.items(), key=lambda each: -each[1])
    return rule.decide(
        candidates,
        heard.seconds,
        heard.quality,
        clipped_fraction=heard.clipped_fraction,
        known=known,
        final=True,
    ).caller_id


def named_by_stock(voices: dict[str, list[Embedding]], heard: Heard, among: Sequence[str]) -> str | None:
    """Whom stock Resemblyzer names: whose best voiceprint has the highest cosine, from 0.75."""
    best, name = max((max(float(each @ heard.stock) for each in voices[who]), who) for who in among)
    return name if best >= STOCK_THRESHOLD else None


def tried(
    rotation: Rotation,
    pair: tuple[str, str],
    calls: int,
    known: bool,
    stock: bool,
    draws: int,
    outcomes: Outcomes,
) -> None:
    """Every probe of a condition against random galleries, with its speaker and without."""
    gallery = rotation.gallery(pair[0], calls)
    voices = {name: [rotation.stock[pair[0], call][name] for call in range(calls)] for name in rotation.names}
    rng = seeded("held out", pair, calls, known)
    for heard in rotation.heard[pair[1]]:
        others = [name for name in rotation.names if name != heard.speaker]
        for _ in range(draws):
            drawn = [others[index] for index in rng.permutation(len(others))[:SIZE]]
            found = []
            for among in ([heard.speaker, *drawn[: SIZE - 1]], drawn):
                household = among[:HOUSEHOLD] if known else []
                if stock:
                    found.append(named_by_stock(voices, heard, household or among))
                else:
                    found.append(named_by_product(rotation.rule, gallery, heard, among, household))
            outcomes.speakers.append(heard.speaker)
            outcomes.right.append(found[0] == heard.speaker)
            outcomes.wrong.append(found[0] not in {None, heard.speaker})
            outcomes.stranger.append(found[1] is not None)


def verify(rotation: Rotation, pair: tuple[str, str]) -> int:
    """How many answers of ``match_caller`` were compared. Raises RuntimeError where one is another."""
    among = rotation.names[:SIZE]
    gallery = rotation.gallery(pair[0], 1)
    with tempfile.TemporaryDirectory() as place, closing(rotation.recognizer(Path(place))) as recognizer:
        for name in among:
            if rotation.voiceprints[pair[0]][name][0] is not None:
                recognizer.enroll_caller(name, rotation.clips[pair[0], 0][name])
        for heard in rotation.heard[pair[1]]:
            expected = named_by_product(rotation.rule, gallery, heard, among, [])
            try:
                found = recognizer.match_caller(heard.samples)
            except AudioError:
                found = None
            if (found[0] if found else None) != expected:
                raise RuntimeError(f"match_caller and the trials differ for {heard.speaker} on {pair}")
    return len(rotation.heard[pair[1]])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rotations", type=Path, nargs="+")
    parser.add_argument("--draws", type=int, default=5, help="galleries for each probe (default 5)")
    options = parser.parse_args()
    stock, cache = stock_encoder(), dict[tuple[str, str, str, str], Embedding]()
    rotations = []
    for number, folder in enumerate(options.rotations):
        rotation = Rotation(folder, stock, cache)
        checked = CONDITIONS[number % len(options.rotations) :: len(options.rotations)]
        answers = sum(verify(rotation, pair) for pair in checked)
        print(
            f"{folder.name}: {len(rotation.names)} speakers; {answers} answers of match_caller on "
            f"{', '.join(map(' / '.join, checked))} are the same",
            flush=True,
        )
        rotations.append(rotation)
    for pair in CONDITIONS:
        seconds = [heard.seconds for rotation in rotations for heard in rotation.heard[pair[1]]]
        print(f"{' / '.join(pair)}: median net speech of a probe {np.median(seconds):.1f} s")
    for title, calls, known in TABLES:
        for who in ("product", "stock"):
            print(f"\n{title}, {SIZE} enrolled, {who}")
            for pair in CONDITIONS:
                together = Outcomes([], [], [], [])
                for each in rotations:
                    tried(each, pair, calls, known, who == "stock", options.draws, together)
                shown = "  ".join(
                    f"{name} {each.value:5.1f} ({each.low:.1f}-{each.high:.1f})"
                    for name, each in together.figures().items()
                )
                print(f"  {' / '.join(pair):16s} {shown}", flush=True)
            print(f"  {len(set(together.speakers))} speakers, {len(together.speakers)} trials a row")


if __name__ == "__main__":
    main()
