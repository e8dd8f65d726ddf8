"""Measures an encoder given as an ONNX file, side by side with Resemblyzer's network.

    python benchmarks/onnx_encoder.py MODEL.onnx [SPEECH_FOLDER]

Milliseconds of one core for each window, features and network, for one window and for batches: the best of
several rounds in which both take turns. With a folder of speech, one folder a speaker, also what the bare
cosines tell apart on simulated lines: everybody with 11 s is enrolled on 6 s of a recording and probed with
5 s of another one, or of the other end, which flatters; and the cosine that one pair of strangers in ten
thousand reaches, for the description's ``operating_point``.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from fitting.lines import fixed_line
from fitting.speech import Corpus, Samples, seeded

from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeakerEncoder, SpeechStream
from opusagent_voiceprint.encoding.onnx_encoder import OnnxEncoder
from opusagent_voiceprint.evaluation.metrics import eer, far_threshold, frr

BATCHES = (1, 4, 16, 32)
ROUNDS = 9
RATE = 16_000
ENROLL, PROBE = 6 * RATE, 5 * RATE
ENROLLED_LINES = ("wide", "mulaw", "gsm")
PROBE_LINES = (*ENROLLED_LINES, "white15")
ONE_IN_TEN_THOUSAND = 1e-4

Embeddings = npt.NDArray[np.float32]


def seconds(encoder: SpeakerEncoder, count: int, rng: np.random.Generator) -> float:
    windows = rng.normal(0.0, 0.045, (count, encoder.window.length)).astype(np.float32)
    before = time.perf_counter()
    encoder.embed(windows)
    return time.perf_counter() - before


def print_cost(encoders: dict[str, SpeakerEncoder]) -> None:
    rng = np.random.default_rng(0)
    print("\nwindows at once | ms a window: model, Resemblyzer | per second of speech")
    hops = [each.window.hop for each in encoders.values()]
    for count in BATCHES:
        rounds = [[seconds(each, count, rng) for each in encoders.values()] for _ in range(ROUNDS)]
        model, stock = 1000 * np.min(rounds, axis=0) / count
        ratio = model / hops[0] / (stock / hops[1])
        print(f"{count:15} | {model:18.1f}, {stock:11.1f} | {ratio:.1f} times as much")


def parts(folder: Path) -> list[tuple[Samples, Samples]]:
    """Enrollment and probe of each speaker who has enough speech."""
    corpus = Corpus(folder)
    found = []
    for speaker in range(corpus.speakers):
        own = [each.samples for each in corpus.recordings if each.speaker == speaker]
        long = [samples for samples in own if len(samples) >= ENROLL]
        if len(long) > 1:
            found.append((long[0][:ENROLL], long[1][-PROBE:]))
        elif long and len(long[0]) >= ENROLL + PROBE:
            found.append((long[0][:ENROLL], long[0][-PROBE:]))
    return found


def embedding(encoder: SpeakerEncoder, samples: Samples) -> Embeddings:
    stream = SpeechStream(encoder.window)
    windows = [*stream.push(samples), *stream.finish()]
    total = encoder.embed(np.stack([window.samples for window in windows])).sum(axis=0)
    mean: Embeddings = total / np.linalg.norm(total)
    return mean


def print_lines(encoders: dict[str, SpeakerEncoder], folder: Path) -> None:
    speech = parts(folder)
    same = np.eye(len(speech), dtype=bool)
    print(
        f"\n{len(speech)} genuine and {np.sum(~same)} impostor trials a row; EER / FRR at FAR 0.1 %, percent"
    )
    print(f"{'enrolled / probe':18} | {' | '.join(f'{name:>11}' for name in encoders)}")
    scores = {}
    for name, encoder in encoders.items():
        embedded = {
            (side, line): np.stack(
                [
                    embedding(encoder, fixed_line(pair[side], line, seeded("onnx", index, side, line)))
                    for index, pair in enumerate(speech)
                ]
            )
            for side, lines in enumerate((ENROLLED_LINES, PROBE_LINES))
            for line in lines
        }
        for enrolled, probe in product(ENROLLED_LINES, PROBE_LINES):
            cosines = embedded[0, enrolled] @ embedded[1, probe].T
            scores[name, enrolled, probe] = cosines.astype(np.float64)
    for enrolled, probe in product(ENROLLED_LINES, PROBE_LINES):
        trials = [(each[same], each[~same]) for each in (scores[name, enrolled, probe] for name in encoders)]
        rates = [f"{100 * eer(*each):4.1f} / {100 * frr(*each):4.1f}" for each in trials]
        print(f"{enrolled + ' / ' + probe:18} | {' | '.join(f'{rate:>11}' for rate in rates)}")
    print("\ncosine that one pair of strangers in ten thousand reaches")
    for name in encoders:
        for wide_sides, band in ((0, "narrow"), (1, "mixed"), (2, "wide")):
            pooled = np.concatenate(
                [
                    cosines[~same]
                    for (model, *lines), cosines in scores.items()
                    if model == name and lines.count("wide") == wide_sides
                ]
            )
            point = far_threshold(pooled, ONE_IN_TEN_THOUSAND)
            print(f"{name:>11}, {band:6}: {point:.2f} ({len(pooled)} pairs)")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    torch.set_num_threads(1)
    encoders: dict[str, SpeakerEncoder] = {
        "model": OnnxEncoder(options.model),
        "Resemblyzer": ResemblyzerEncoder(),
    }
    for encoder in encoders.values():
        encoder.warm_up()
        print(encoder.encoder_id)
    print_cost(encoders)
    if options.folder:
        print_lines(encoders, options.folder)


if __name__ == "__main__":
    main()
