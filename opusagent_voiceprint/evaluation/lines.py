"""Simulated telephone lines and noise, to measure on.

Everything works on mono float32 at 16 kHz and gives the same length back. A line is named by its codec and
what noise is added before it: ``wide`` (the recording as it is), ``mulaw``, ``gsm``, ``mulaw+white15`` for
white noise at an SNR of 15 dB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.audio import SAMPLE_RATE, resample
from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.codecs import CODEC_RATE, CODECS, round_trip

__all__ = [
    "G712",
    "NOISES",
    "OTHER_BAND",
    "Line",
    "active_power",
    "mixed",
    "noise",
    "through_line",
    "to_codec",
    "to_wide",
]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]

NOISES: Final = ("babble", "white", "pink", "brown", "hum")
"""Kinds of noise; babble is two to eight other people talking at once."""
G712: Final = ("butterworth", 4, 300.0, 3400.0)
"""The band of a telephone channel (ITU-T G.712), for G.711: kind, order, lowest and highest Hz."""
OTHER_BAND: Final = ("elliptic", 5, 220.0, 3550.0)
"""A somewhat wider band, as mobile handsets have it, for every other codec."""
_UNCHANGED: Final = ("wide", "recorded")
_NAME: Final = re.compile(r"(?P<codec>[a-z0-9]+)(?:\+(?P<noise>[a-z]+)(?P<snr>\d+))?")


@dataclass(frozen=True, slots=True)
class Line:
    """A codec after a telephone's band, or none for a wide line; and noise at an SNR in dB."""

    codec: str = ""
    noise: str = ""
    snr_db: float = 99.0

    @classmethod
    def named(cls, name: str) -> Line:
        """The line of a name such as ``wide``, ``gsm`` or ``mulaw+babble10``.

        Raises:
            EvaluationError: there is no such line; the message says what there is.
        """
        found = _NAME.fullmatch(name)
        codec, kind = (found["codec"], found["noise"] or "") if found else ("", "")
        if found is None or codec not in (*_UNCHANGED, *CODECS) or (kind and kind not in NOISES):
            raise EvaluationError(
                f"{name!r} is not a line. A line is one of {', '.join((*_UNCHANGED, *CODECS))}, and may have "
                f"noise ({', '.join(NOISES)}) at an SNR in dB, as in mulaw+white15"
            )
        return cls("" if codec in _UNCHANGED else codec, kind, float(found["snr"]) if kind else 99.0)


def active_power(samples: Floats) -> float:
    """Mean power of the 10 ms frames within 25 dB of the loudest."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    power: Floats = (frames**2).mean(axis=1)
    return float(power[power >= power.max() * 10**-2.5].mean() + 1e-12)


def noise(kind: str, count: int, rng: np.random.Generator, talkers: Sequence[Samples]) -> Floats:
    """``count`` samples of noise at 16 kHz. ``talkers`` are other people's speech, for babble.

    Raises:
        EvaluationError: babble is asked for and there are fewer than two other talkers.
    """
    if kind == "white":
        return rng.standard_normal(count)
    if kind in {"pink", "brown"}:
        spectrum = np.fft.rfft(rng.standard_normal(count))
        bins = np.maximum(np.arange(len(spectrum)), count * 30 / SAMPLE_RATE)
        return np.fft.irfft(spectrum / bins ** (0.5 if kind == "pink" else 1.0), count)
    if kind == "hum":
        time = np.arange(count) / SAMPLE_RATE
        mains = rng.choice([50.0, 60.0])
        total: Floats = 0.3 * rng.standard_normal(count)
        for harmonic in range(1, 12):
            phase = 2 * np.pi * (mains * harmonic * time + rng.random())
            total += 2.0 * rng.random() / harmonic * np.sin(phase)
        return total
    if len(talkers) < 2:
        raise EvaluationError(
            f"babble needs speech of at least 2 other speakers, and there is {len(talkers)}"
        )
    total = np.zeros(count)
    several = rng.integers(2, min(9, len(talkers) + 1))
    for index in rng.choice(len(talkers), several, replace=False):
        talker = np.roll(talkers[index], -int(rng.integers(len(talkers[index])))).astype(np.float64)
        level = 10 ** (rng.uniform(-6, 0) / 20) / np.sqrt((talker**2).mean() + 1e-12)
        total += np.resize(talker, count) * level
    return total


def mixed(speech: Floats, added: Floats, snr_db: float) -> Floats:
    """Speech with noise of the same shape added, at an SNR over the parts with speech."""
    power = (added**2).mean() + 1e-12
    both: Floats = speech + added * np.sqrt(active_power(speech) / power / 10 ** (snr_db / 10))
    return both


def to_codec(samples: Floats) -> Floats:
    """From 16 kHz to a codec's rate."""
    return resample(samples.astype(np.float32), SAMPLE_RATE, CODEC_RATE).astype(np.float64)


def to_wide(samples: Floats, count: int) -> Samples:
    """From a codec's rate to ``count`` samples at 16 kHz."""
    wide = resample(samples.astype(np.float32), CODEC_RATE, SAMPLE_RATE)[:count]
    return np.pad(wide, (0, count - len(wide)))


def _band(kind: str, order: int, low: float, high: float) -> Floats:
    """Second-order sections at a codec's rate."""
    from scipy import signal

    edges = [2 * low / CODEC_RATE, 2 * high / CODEC_RATE]
    sections: Floats
    if kind == "elliptic":
        sections = signal.ellip(order, 0.3, 35, edges, "band", output="sos")
    else:
        sections = signal.butter(order, edges, "band", output="sos")
    return sections


def through_line(
    speech: Samples, line: Line, rng: np.random.Generator, talkers: Sequence[Samples] = ()
) -> Samples:
    """Audio of shape (samples,) at 16 kHz through a line.

    Args:
        speech: at 16 kHz.
        line: G.711 has the 300 to 3400 Hz of telephone channels, every other codec 220 to 3550 Hz.
        rng: makes the noise.
        talkers: other people's speech, for babble.

    Raises:
        EvaluationError: the codec is not available here, or babble without talkers.
    """
    from scipy import signal

    if not line.codec:
        if not line.noise:
            return speech
        added = noise(line.noise, len(speech), rng, talkers)
        loud = mixed(speech.astype(np.float64), added, line.snr_db)
        return _below_full_scale(loud).astype(np.float32)
    band = _band(*(G712 if line.codec in {"mulaw", "alaw"} else OTHER_BAND))
    samples: Floats = signal.sosfilt(band, to_codec(speech.astype(np.float64)))
    if line.noise:
        added = noise(line.noise, len(speech), rng, talkers)
        samples = mixed(samples, signal.sosfilt(band, to_codec(added)), line.snr_db)
    samples = _below_full_scale(samples)
    return to_wide(round_trip(samples.astype(np.float32), line.codec).astype(np.float64), len(speech))


def _below_full_scale(samples: Floats) -> Floats:
    result: Floats = samples / max(1.0, float(np.abs(samples).max(initial=0.0)) / 0.98)
    return result
