"""Fits what is shipped beside the telephone encoder: the back-end and the two calibrations.

    python -m fitting.ship SPEECH_FOLDER SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT ARTEFACTS_FOLDER

``ARTEFACTS_FOLDER`` has the encoder's weights, ``telephone.npz``. Writes ``telephone-plda.npz`` (mean, basis,
between; nothing in it is code), ``telephone-calibration.json`` for the pair of networks,
``resemblyzer-calibration.json`` for the stock network's cosine alone, and a card, ``telephone-plda.json``.
The back-end is fitted on everybody, on embeddings of students that never heard them; the calibrations and
thresholds on cross-fitted scores of everybody.

The similarity of a log likelihood ratio is ``sigmoid(log 3 + (ratio - threshold) / 2)``: 0.75 at the
threshold.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from fitting.backend import fit_plda
from fitting.embed import segment_embeddings
from fitting.scores import BETWEEN, COLUMNS, FAR, PAIRS, STRICT, WITHIN, Bench
from fitting.segments import Segments
from fitting.speech import FOLDS, Corpus
from fitting.system import BANDS, NOISY_BELOW_DB, WIDE_ABOVE_DB, Operating, fit_operating
from opusagent_voiceprint.encoding import ResemblyzerEncoder, TelephoneEncoder

__all__: list[str] = []

FAR_KNOWN: Final = 0.01 / 3
"""Of pairs, where the caller's number is that of three people: at most 1 % of strangers named."""


def operating_of(bench: Bench, system: str, far: float) -> Operating:
    """The calibrations and thresholds of a system at its operating point, fitted on all pairs of lines."""
    where = bench.conditions(1, "probe-5", PAIRS)
    features = bench.features(bench.scores(where), where, system, net=False)
    bands = bench.bands(where)
    scores = COLUMNS.get(system, 1)
    return fit_operating(
        [features[pair].reshape(-1, scores) for pair in where],
        [(part.callers[:, None] == part.speakers[None]).ravel() for part in where.values()],
        [bands[pair].ravel() for pair in where],
        far=far,
        scores=scores,
        strict=STRICT,
    )


def calibration(operating: Operating, encoder_id: str, wide_encoder_id: str) -> dict[str, Any]:
    """What the package reads: of each class offset, weights of PLDA and cosine, and threshold."""
    classes = {}
    for band, name in enumerate(BANDS):
        found = operating.calibrations[band]
        weights = [0.0] * (2 - len(found.weights)) + [round(float(each), 5) for each in found.weights]
        classes[name] = {
            "offset": round(found.offset, 5),
            "weights": weights,
            "threshold": round(operating.thresholds[band], 5),
        }
    return {
        "encoder_id": encoder_id,
        "wide_encoder_id": wide_encoder_id,
        "noisy_below_db": NOISY_BELOW_DB,
        "classes": classes,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("speech", "segments", "outputs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("student")
    parser.add_argument("artefacts", type=Path)
    parser.add_argument(
        "--parts",
        type=int,
        default=FOLDS,
        help="into which speakers are dealt; scores are cross-fitted by back-ends without two of them "
        f"(default {FOLDS}; a multiple of it for few speakers)",
    )
    options = parser.parse_args()
    test, fit = (Segments.load(options.segments / f"{name}.npz") for name in ("test", "fit"))
    corpus = Corpus(options.speech)
    encoder_id = TelephoneEncoder(options.artefacts / "telephone.npz").encoder_id
    embeddings = segment_embeddings(np.load(options.outputs / f"{options.student}.fit.npy"), fit.start)
    plda = fit_plda(embeddings, fit.pseudo, within_shrinkage=WITHIN, between_shrinkage=BETWEEN)
    written = [options.artefacts / "telephone-plda.npz"]
    np.savez(written[0], **plda.arrays())  # type: ignore[arg-type]
    bench = Bench(corpus, test, fit, options.outputs, options.student, options.parts)
    stock_id = ResemblyzerEncoder().encoder_id
    known = {}
    for name, system, ids in (
        ("telephone", "together", (encoder_id, stock_id)),
        ("resemblyzer", "stock cosine", (stock_id, "")),
    ):
        operating = operating_of(bench, system, FAR)
        written.append(options.artefacts / f"{name}-calibration.json")
        written[-1].write_text(json.dumps(calibration(operating, *ids), indent=2) + "\n")
        nearer = operating_of(bench, system, FAR_KNOWN).thresholds
        known[name] = {
            band: round(nearer[number] - operating.thresholds[number], 3) for number, band in enumerate(BANDS)
        }
    where = bench.conditions(1, "probe-5", [("mulaw", "mulaw")])["mulaw", "mulaw"]
    card: dict[str, Any] = {
        "what": "two-covariance PLDA on the telephone encoder's leaky outputs, calibrations, thresholds",
        "data": "LibriSpeech (CC BY 4.0), the development speech; simulated rooms, noise and telephone lines",
        "speakers": corpus.speakers,
        "pseudo_speakers": len(np.unique(fit.pseudo)),
        "segments": len(fit.speaker),
        "within_shrinkage": WITHIN,
        "between_shrinkage": BETWEEN,
        "callers": len(where.callers),
        "probes_of_each_line": len(where.probes),
        "parts": options.parts,
        "pairs_of_lines": [" / ".join(pair) for pair in PAIRS],
        "far_of_pairs": FAR,
        "strict": STRICT,
        "weights": "of the PLDA score and of the cosine: of telephone embeddings, where both lines are wide "
        "of the stock network's",
        "wide_above_db": WIDE_ABOVE_DB,
        "threshold_of_a_known_number_of_three_less_the_threshold": known,
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in written},
    }
    (options.artefacts / "telephone-plda.json").write_text(json.dumps(card, indent=2) + "\n")
    print(json.dumps(card, indent=2))


if __name__ == "__main__":
    main()
