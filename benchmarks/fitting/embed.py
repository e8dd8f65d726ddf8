"""Encoders' outputs for segments, each speaker's by a student that never heard the speaker; kept in files.

    python -m fitting.embed SPEECH_FOLDER SEGMENTS.npz OUTPUTS.npy [--students MODEL-0.npz MODEL-1.npz]

Without students the stock network is run. Student ``f`` was trained without fold ``f`` and is run for the
speakers of that fold, so that nobody's embedding comes from a network that was fitted on that person. All
students imitate one teacher, so that their embeddings lie in one space.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from fitting.network import LEAK, load_weights, outputs, stock_network
from fitting.segments import Segments
from fitting.speech import Corpus

__all__ = ["segment_embeddings", "window_embeddings"]

Floats = npt.NDArray[np.float64]


def window_embeddings(raw: npt.NDArray[np.float32], leak: float = LEAK) -> Floats:
    """Embeddings of length one of outputs before the ReLU, both of shape (windows, 256)."""
    active = np.where(raw > 0, raw, leak * raw).astype(np.float64)
    unit: Floats = active / np.maximum(np.linalg.norm(active, axis=1, keepdims=True), 1e-6)
    return unit


def segment_embeddings(
    raw: npt.NDArray[np.float32], start: npt.NDArray[np.int64], leak: float = LEAK
) -> Floats:
    """Normalised means of the windows' normalised leaky outputs.

    Args:
        raw: outputs before the ReLU, shape (windows, 256).
        start: the segments' first windows, and the end of the last; shape (segments + 1,).
        leak: what is left of negative outputs; 0 is Resemblyzer's own ReLU.

    Returns:
        Shape (segments, 256), each of length one.
    """
    total = np.add.reduceat(window_embeddings(raw, leak), start[:-1], axis=0)
    unit: Floats = total / np.linalg.norm(total, axis=1, keepdims=True)
    return unit


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("segments", type=Path)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("--students", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    torch.set_num_threads(1)
    segments = Segments.load(options.segments)
    if not options.students:
        np.save(options.outputs, outputs(stock_network(), segments.mels))
        return
    corpus = Corpus(options.speech)
    fold = np.repeat(corpus.fold[segments.speaker], np.diff(segments.start))
    result = np.zeros((len(segments.mels), 256), dtype=np.float32)
    for number, path in enumerate(options.students):
        result[fold == number] = outputs(load_weights(path), segments.mels[fold == number], fast=True)
    np.save(options.outputs, result)


if __name__ == "__main__":
    main()
