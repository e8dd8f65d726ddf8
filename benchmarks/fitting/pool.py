"""Pairs to distil from: a window of speech through a random line, and the original network's view of it
clean.

    python -m fitting.pool SPEECH_FOLDER POOL_FOLDER

Each recording is drawn several times, each time at a random speed (which makes a pseudo-speaker: pitch,
formants and pace move together), and sent through several random lines. Babble comes from speakers of the
same fold, so that nothing of one fold's speakers reaches the other fold's students.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
import torch

from fitting.lines import random_line
from fitting.network import outputs, stock_network
from fitting.speech import Corpus, Samples, net_speech, seeded
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.encoding import ResemblyzerEncoder
from opusagent_voiceprint.encoding.features import mel_frames

__all__ = ["cut_windows"]

SPEEDS: Final = (0.85, 0.92, 1.0, 1.08, 1.17)
SPEED_ODDS: Final = (0.175, 0.175, 0.3, 0.175, 0.175)
_UTTERANCES: Final = 3  # of speakers with several recordings, in each draw
_LENGTH: Final = ResemblyzerEncoder().window.length
_HOP: Final = ResemblyzerEncoder().window.hop
_TARGET_RMS: Final = 10.0 ** (-27.0 / 20.0)
_OVERDRIVEN: Final = 0.15


def cut_windows(samples: Samples, offset: int = 0) -> Samples:
    """Windows of shape (windows, 25840), each at -27 dBFS, of samples of shape (samples,) at 16 kHz."""
    views = np.lib.stride_tricks.sliding_window_view(samples[offset:], _LENGTH)[::_HOP]
    rms = np.sqrt((views.astype(np.float64) ** 2).mean(axis=1, keepdims=True))
    windows: Samples = (views * (_TARGET_RMS / np.maximum(rms, 1e-6))).astype(np.float32)
    return windows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("pool", type=Path)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--first", type=int, default=0, help="first draw, to add to a pool (default 0)")
    parser.add_argument("--lines", type=int, default=4, help="lines for each draw (default 4)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = Corpus(options.speech)
    options.pool.mkdir(parents=True, exist_ok=True)
    talkers: dict[int, list[tuple[int, Samples]]] = defaultdict(list)
    for recording in corpus.recordings:
        talkers[int(corpus.fold[recording.speaker])].append(
            (recording.speaker, net_speech(recording.samples))
        )
    teacher = stock_network()
    started = time.monotonic()
    for draw in range(options.first, options.draws):
        columns: dict[str, list[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]] = defaultdict(list)
        for index, recording in enumerate(corpus.recordings):
            rng = seeded("pool", options.seed, draw, recording.path.name)
            if corpus.several[recording.speaker] and (index + draw) % (10 // _UTTERANCES) != 0:
                continue
            speed = int(rng.choice(len(SPEEDS), p=SPEED_ODDS))
            source = recording.samples
            if SPEEDS[speed] != 1.0:
                source = resample(source, int(16_000 * SPEEDS[speed]), 16_000)
            clean = net_speech(source)
            offset = int(rng.integers(0, 9600))
            if len(clean) < offset + _LENGTH + _HOP:
                continue
            others = [
                speech
                for who, speech in talkers[int(corpus.fold[recording.speaker])]
                if who != recording.speaker
            ]
            targets = outputs(teacher, mel_frames(cut_windows(clean, offset)))
            for line in range(options.lines):
                heard, info = random_line(clean, rng, others)
                if rng.random() < _OVERDRIVEN:
                    heard = np.clip(heard * 10 ** (rng.uniform(0, 10) / 20), -1, 1).astype(np.float32)
                mels = mel_frames(cut_windows(heard, offset)).astype(np.float16)
                columns["mels"].append(mels)
                columns["targets"].append(targets)
                about = np.zeros((len(mels), 8), dtype=np.int16)
                about[:] = (
                    recording.speaker,
                    speed,
                    index,
                    draw,
                    line,
                    info.narrow,
                    "gsm" in info.codecs,
                    round(info.snr_db),
                )
                columns["about"].append(about)
        for name, parts in columns.items():
            np.save(options.pool / f"{name}-{draw}.npy", np.concatenate(parts))
        count = sum(map(len, columns["about"]))
        print(f"draw {draw}: {count} pairs, {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
