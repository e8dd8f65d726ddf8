"""Fits what is shipped beside the telephone encoder: the back-end, the calibration and the operating point.

    python -m fitting.ship SPEECH_FOLDER SEGMENTS_FOLDER OUTPUTS_FOLDER STUDENT BACKEND.npz

The back-end is fitted on everybody, on embeddings of students that never heard them; the calibration and the
thresholds on cross-fitted scores of everybody. Writes the parameters as arrays (nothing in the file is code)
and a card beside them. Similarity is ``sigmoid(log 3 + (ratio - threshold) / 2)``: 0.75 at the threshold.
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
from fitting.evaluate import BETWEEN, COLUMNS, FAR, INDEPENDENCE, PAIRS, STRICT, WITHIN, Bench, joined
from fitting.segments import Segments
from fitting.speech import Corpus
from fitting.system import BANDS, NOISY_BELOW_DB, WIDE_ABOVE_DB, fit_operating

__all__: list[str] = []

FAR_KNOWN: Final = 0.01 / 3
"""Of pairs, where the caller's number is that of three people: at most 1 % of strangers named."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("speech", "segments", "outputs"):
        parser.add_argument(name, type=Path)
    parser.add_argument("student")
    parser.add_argument("backend", type=Path)
    parser.add_argument("--both", action="store_true", help="for both networks on everything")
    options = parser.parse_args()
    test, fit = (Segments.load(options.segments / f"{name}.npz") for name in ("test", "fit"))
    corpus = Corpus(options.speech)
    embeddings = {
        name: segment_embeddings(np.load(options.outputs / f"{name}.fit.npy"), fit.start)
        for name in (options.student, "stock")
    }
    models = {"": embeddings[options.student]}
    if options.both:
        models["both_"] = joined(embeddings[options.student], embeddings["stock"])
    arrays = {
        prefix + name: values
        for prefix, rows in models.items()
        for name, values in fit_plda(rows, fit.pseudo, within_shrinkage=WITHIN, between_shrinkage=BETWEEN)
        .arrays()
        .items()
    }
    system = "both together" if options.both else "together"
    bench = Bench(corpus, test, fit, options.outputs, options.student)
    where = bench.conditions(1, "probe-5", PAIRS)
    features = bench.features(bench.scores(where), where, system, net=False)
    bands = bench.bands(where)
    operating, known = (
        fit_operating(
            [features[pair].reshape(-1, COLUMNS[system]) for pair in where],
            [(part.callers[:, None] == part.speakers[None]).ravel() for part in where.values()],
            [bands[pair].ravel() for pair in where],
            far=far,
            scores=COLUMNS[system],
            strict=STRICT,
        )
        for far in (FAR, FAR_KNOWN)
    )
    order = range(len(BANDS))
    np.savez(
        options.backend,
        **arrays,  # type: ignore[arg-type]
        offsets=np.array([operating.calibrations[band].offset for band in order]),
        weights=np.stack([operating.calibrations[band].weights for band in order]),
        thresholds=np.array([operating.thresholds[band] for band in order]),
        thresholds_known_number=np.array([known.thresholds[band] for band in order]),
        noisy_below_db=np.array(NOISY_BELOW_DB),
        wide_above_db=np.array(WIDE_ABOVE_DB),
        independence=np.array(INDEPENDENCE),
    )
    card: dict[str, Any] = {
        "what": "two-covariance PLDA on the telephone encoder's leaky outputs, calibration, operating point",
        "data": "LibriSpeech (CC BY 4.0), the development speech; simulated rooms, noise and telephone lines",
        "speakers": corpus.speakers,
        "pseudo_speakers": len(np.unique(fit.pseudo)),
        "segments": len(fit.speaker),
        "within_shrinkage": WITHIN,
        "between_shrinkage": BETWEEN,
        "operating_point": {
            "far_of_pairs": FAR,
            "strict": STRICT,
            "bands": list(BANDS),
            "thresholds": [round(operating.thresholds[band], 4) for band in order],
            "thresholds_known_number": [round(known.thresholds[band], 4) for band in order],
            "far_of_pairs_known_number": FAR_KNOWN,
            "features": "PLDA of both networks, PLDA, cosine of telephone embeddings, cosine of stock's"
            if options.both
            else "PLDA score, then the cosine of telephone embeddings, where both are wide that of stock's",
            "weights": [operating.calibrations[band].weights.round(4).tolist() for band in order],
            "offsets": [round(operating.calibrations[band].offset, 4) for band in order],
        },
        "sha256": hashlib.sha256(options.backend.read_bytes()).hexdigest(),
    }
    options.backend.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")
    print(json.dumps(card, indent=2))


if __name__ == "__main__":
    main()
