"""Measures the cosines behind ``matching/scores.py`` on a folder of speech, one folder a speaker.

    python benchmarks/operating_points.py SPEECH_FOLDER

Every speaker's first recording is cut in two; the halves share a session, so that genuine figures flatter.
Telephone lines are simulated: 8 kHz, band-pass 300 to 3400 Hz, G.711. Prints, for each pair of channels: the
equal error rate, the cosine that 0.1 % of impostor pairs exceed, and the genuine pairs below it; then the
cosines of three windows against an enrollment (for watching a voice), and of the two sides of a split (for
telling two speakers in one recording).
"""

from __future__ import annotations

import argparse
import itertools
import platform
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from opusagent_hooks import codecs
from opusagent_voiceprint.audio import read_audio, resample
from opusagent_voiceprint.encoding import SpeechStream, shared_encoder

Floats = npt.NDArray[np.float32]
_BAND_PASS = signal.butter(4, [300 / 4000, 3400 / 4000], "band", output="sos")


def telephone(audio: Floats) -> Floats:
    narrow = signal.sosfilt(_BAND_PASS, resample(audio, 16_000, 8_000)).astype(np.float32)
    return resample(codecs.decode(codecs.encode(narrow, "mulaw"), "mulaw"), 8_000, 16_000)


def windows_of(audio: Floats, seconds: float) -> tuple[Floats, float]:
    stream = SpeechStream(shared_encoder().window)
    windows = [*stream.push(audio[: int(seconds * 16_000)]), *stream.finish()]
    embeddings = shared_encoder().embed(np.stack([window.samples for window in windows]))
    return embeddings, stream.band.high_band_db


def mean(embeddings: Floats) -> Floats:
    total = embeddings.sum(axis=0)
    return total / np.linalg.norm(total)


def off_diagonal(matrix: Floats) -> Floats:
    return matrix[~np.eye(len(matrix), dtype=bool)]


def equal_error_rate(genuine: Floats, impostor: Floats) -> float:
    points = np.sort(genuine)
    rejected = np.array([(genuine < point).mean() for point in points])
    accepted = np.array([(impostor >= point).mean() for point in points])
    nearest = int(np.argmin(np.abs(rejected - accepted)))
    return float((rejected[nearest] + accepted[nearest]) / 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=6.0, help="of audio on each side (default 6)")
    options = parser.parse_args()

    speakers = [
        sorted(path for path in folder.iterdir() if path.suffix in {".flac", ".wav", ".ogg"})[0]
        for folder in sorted(options.folder.rglob("*"))
        if folder.is_dir() and any(path.suffix in {".flac", ".wav", ".ogg"} for path in folder.iterdir())
    ]
    sides: dict[tuple[str, int], list[Floats]] = {
        key: [] for key in itertools.product(("wide", "narrow"), (0, 1))
    }
    high: dict[str, list[float]] = {"wide": [], "narrow": []}
    used = 0
    for path in speakers:
        audio = read_audio(path)
        if len(audio) < 2 * 4 * 16_000:
            continue
        used += 1
        for channel, line in (("wide", audio), ("narrow", telephone(audio))):
            half = len(line) // 2
            for side, part in enumerate((line[:half], line[half:])):
                embeddings, band = windows_of(part, options.seconds)
                sides[channel, side].append(embeddings)
                high[channel].append(band)

    print(
        f"{used} speakers, {options.seconds:g} s a side, {used} genuine and {used * (used - 1)} impostor "
        "pairs a row"
    )
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"high band: wide at least {min(high['wide']):.1f} dB, narrow at most {max(high['narrow']):.1f} dB")
    for enrolled, probe in (("wide", "wide"), ("narrow", "narrow"), ("wide", "narrow")):
        first = np.stack([mean(part) for part in sides[enrolled, 0]])
        second = np.stack([mean(part) for part in sides[probe, 1]])
        scores = first @ second.T
        genuine, impostor = np.diag(scores), off_diagonal(scores)
        point = float(np.quantile(impostor, 0.999))
        watched = first @ np.stack([mean(part[-3:]) for part in sides[probe, 1]]).T
        own, other = np.diag(watched), off_diagonal(watched)
        print(
            f"{enrolled} / {probe}: EER {100 * equal_error_rate(genuine, impostor):.2f} %, "
            f"0.1 % of impostors above {point:.3f}, {100 * (genuine < point).mean():.0f} % of genuine below; "
            f"three windows: genuine 1st percentile {np.quantile(own, 0.01):.3f}, "
            f"impostor median {np.median(other):.3f}"
        )
    for channel in ("wide", "narrow"):
        parts = [part for part in sides[channel, 0] if len(part) >= 4]  # a side of a split has two windows
        one = [worst_split(part) for part in parts]
        two = [
            worst_split(np.concatenate([part[:4], other[:4]]))
            for part, other in zip(parts, parts[1:] + parts[:1], strict=True)
        ]
        print(
            f"split {channel}: {len(one)} recordings of one speaker, 1st and 5th percentile "
            f"{np.quantile(one, 0.01):.3f}, {np.quantile(one, 0.05):.3f}; "
            f"{len(two)} of two speakers, 90th and 99th percentile {np.quantile(two, 0.90):.3f}, "
            f"{np.quantile(two, 0.99):.3f}"
        )


def worst_split(embeddings: Floats) -> float:
    return min(
        float(mean(embeddings[:cut]) @ mean(embeddings[cut:])) for cut in range(2, len(embeddings) - 1)
    )


if __name__ == "__main__":
    main()
