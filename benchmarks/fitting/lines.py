"""Simulated rooms, noise and telephone lines: random ones to train on, fixed ones to measure on.

Everything works on mono float32 at 16 kHz and gives the same length back. The random lines follow the recipe
of docs/accuracy.md; filters and codecs of some fixed lines never occur among the random ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import signal

from fitting.speech import Samples
from opusagent_voiceprint.evaluation.codecs import round_trip
from opusagent_voiceprint.evaluation.lines import (
    NOISES,
    Line,
    active_power,
    mixed,
    noise,
    through_line,
    to_codec,
    to_wide,
)

__all__ = ["FIXED", "LineInfo", "fixed_line", "random_line"]

Floats = npt.NDArray[np.float64]
_RATE: Final = 16_000
_NOISE_ODDS: Final = (0.4, 0.22, 0.22, 0.1, 0.06)
_CODEC_CHAINS: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("mulaw",),
    ("alaw",),
    ("gsm",),
    ("mulaw", "gsm"),
    ("gsm", "alaw"),
)
_CHAIN_ODDS: Final = (0.12, 0.25, 0.25, 0.28, 0.05, 0.05)


@dataclass(frozen=True)
class LineInfo:
    """What a random line did: band, codecs, noise and its SNR in dB (99 for none), room."""

    narrow: bool
    codecs: str
    noise: str
    snr_db: float
    room: bool


def _room(samples: Floats, rng: np.random.Generator) -> Floats:
    """A light room: exponentially decaying noise after the direct sound, 0.08 to 0.4 s."""
    seconds = rng.uniform(0.08, 0.4)
    length = int(_RATE * seconds)
    response = rng.standard_normal(length) * 10 ** (-3.0 * np.arange(length) / length)
    response[: int(0.002 * _RATE)] = 0.0
    response *= 10 ** (rng.uniform(-20, -3) / 20) / np.sqrt((response**2).sum())
    response[0] = 1.0
    wet: Floats = signal.fftconvolve(samples, response)[: len(samples)]
    return wet


def _coloured(samples: Floats, rng: np.random.Generator) -> Floats:
    """A handset: spectral tilt and up to three peaks or dips of at most 9 dB (RBJ's peaking filters)."""
    samples = signal.lfilter([1.0, rng.uniform(-0.6, 0.6)], [1.0], samples)
    for _ in range(rng.integers(0, 4)):
        omega = 2 * np.pi * np.exp(rng.uniform(np.log(150), np.log(6000))) / _RATE
        alpha = np.sin(omega) / (2 * rng.uniform(0.5, 2.0))
        gain = 10 ** (rng.uniform(-9, 9) / 40)
        cosine = -2 * np.cos(omega)
        samples = signal.lfilter(
            [1 + alpha * gain, cosine, 1 - alpha * gain],
            [1 + alpha / gain, cosine, 1 - alpha / gain],
            samples,
        )
    return samples


def _random_band(rng: np.random.Generator) -> Floats:
    """Second-order sections, at 8 kHz, of a random telephone band."""
    low = 0.0 if rng.random() < 0.15 else rng.uniform(80, 420)
    high = rng.uniform(2900, 3900)
    order = int(rng.choice([2, 3, 4, 6]))
    butter = rng.random() < 0.7
    if low == 0.0:
        sections: Floats = signal.butter(order, high / 4000, "low", output="sos")
    elif butter:
        sections = signal.butter(order, [low / 4000, high / 4000], "band", output="sos")
    else:
        edges = [max(60.0, low - 60) / 4000, min(3950.0, high + 250) / 4000]
        sections = signal.cheby2(order, 25, edges, "band", output="sos")
    return sections


def _levelled(samples: Floats, dbfs: float) -> Floats:
    levelled: Floats = samples / np.sqrt(active_power(samples)) * 10 ** (dbfs / 20)
    return np.clip(levelled, -1.0, 1.0)


def random_line(
    speech: Samples, rng: np.random.Generator, talkers: Sequence[Samples]
) -> tuple[Samples, LineInfo]:
    """Speech of shape (samples,) through a random room, handset, noise, band, codec and level.

    Args:
        speech: at 16 kHz, pauses taken out.
        rng: decides everything.
        talkers: other people's speech, for babble.
    """
    samples = speech.astype(np.float64)
    wide = rng.random() < 0.22
    if wide and rng.random() < 0.35:
        level = 10 ** (rng.uniform(-10, 6) / 20)
        return np.clip(samples * level, -1, 1).astype(np.float32), LineInfo(False, "", "", 99.0, False)
    room = rng.random() < 0.3
    if room:
        samples = _room(samples, rng)
    if rng.random() < 0.6:
        samples = _coloured(samples, rng)
    noise_kind, snr_db = "", 99.0
    added: Floats | None = None
    if rng.random() < 0.65:
        noise_kind = str(rng.choice(NOISES, p=_NOISE_ODDS))
        snr_db = float(rng.uniform(5, 30))
        added = noise(noise_kind, len(samples), rng, talkers)
    if wide:
        if added is not None:
            samples = mixed(samples, added, snr_db)
        samples = _levelled(samples, rng.uniform(-40, -18))
        return samples.astype(np.float32), LineInfo(False, "", noise_kind, snr_db, room)
    band = _random_band(rng)
    samples = signal.sosfilt(band, to_codec(samples))
    if added is not None:
        samples = mixed(samples, signal.sosfilt(band, to_codec(added)), snr_db)
    if rng.random() < 0.1:
        samples = np.clip(samples / np.abs(samples).max() * 10 ** (rng.uniform(2, 14) / 20), -1, 1)
    samples = _levelled(samples, rng.uniform(-38, -14))
    chain = _CODEC_CHAINS[int(rng.choice(len(_CODEC_CHAINS), p=_CHAIN_ODDS))]
    for codec in chain:
        samples = round_trip(samples.astype(np.float32), codec).astype(np.float64)
    if rng.random() < 0.1:
        samples = _with_losses(samples, rng)
    return to_wide(samples, len(speech)), LineInfo(True, "+".join(chain), noise_kind, snr_db, room)


def _with_losses(samples: Floats, rng: np.random.Generator) -> Floats:
    """20 ms packets lost in bursts (Gilbert's model), 1 to 6 % of them, replaced by silence."""
    samples = samples.copy()
    chance = rng.uniform(0.01, 0.06)
    lost = False
    for start in range(0, len(samples), 160):
        lost = bool(rng.random() < (0.5 if lost else chance * 0.5))
        if lost:
            samples[start : start + 160] = 0.0
    return samples


FIXED: Final = {
    **{name: Line.named(name) for name in ("wide", "mulaw", "alaw", "gsm", "opus", "g723", "amr")},
    **{
        kind: Line.named(f"mulaw+{kind}")
        for kind in ("white20", "white15", "babble15", "white10", "babble10")
    },
    "gsm-babble15": Line.named("gsm+babble15"),
}
"""Fixed lines, by the names that tables have for them."""


def fixed_line(
    speech: Samples, name: str, rng: np.random.Generator, talkers: Sequence[Samples] = ()
) -> Samples:
    """Audio of shape (samples,) at 16 kHz through the line of that name; ``rng`` makes its noise."""
    return through_line(speech, FIXED[name], rng, talkers)
