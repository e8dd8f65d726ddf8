"""Sounds on a telephone line that are nobody's voice, synthesised: noise, tones, signalling, modems, music.

Each is 12 s of float32 at 16 kHz, at a speech-like level. Families that take parameters are drawn at random,
so that several seeds give several sounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import signal

__all__ = ["FAMILIES", "sounds"]

Floats = npt.NDArray[np.float64]
_RATE: Final = 16_000
_SECONDS: Final = 12.0
_TIME: Final[Floats] = np.arange(int(_SECONDS * _RATE)) / _RATE
_DTMF_LOW: Final = (697, 770, 852, 941)
_DTMF_HIGH: Final = (1209, 1336, 1477, 1633)


def _tones(*hertz: float) -> Floats:
    total: Floats = np.sum([np.sin(2 * np.pi * each * _TIME) for each in hertz], axis=0)
    return total


def _gated(sound: Floats, *pattern: float) -> Floats:
    """On and off for the seconds of the pattern, repeated, with edges of 4 ms."""
    edges = np.cumsum(pattern)
    phase = _TIME % edges[-1]
    on = (np.searchsorted(edges, phase, side="right") % 2 == 0).astype(np.float64)
    result: Floats = sound * np.convolve(on, np.ones(64) / 64, mode="same")
    return result


def _coloured(rng: np.random.Generator, power: float) -> Floats:
    spectrum = np.fft.rfft(rng.standard_normal(len(_TIME)))
    bins = np.maximum(np.arange(len(spectrum)), _SECONDS * 30)
    coloured: Floats = np.fft.irfft(spectrum / bins**power, len(_TIME))
    unit: Floats = coloured / coloured.std()
    return unit


def _noise(rng: np.random.Generator) -> Floats:
    return _coloured(rng, float(rng.choice([0.0, 0.5, 1.0])))


def _pulsing_noise(rng: np.random.Generator) -> Floats:
    """Noise whose level goes up and down 2 to 10 times a second, by up to 30 dB, as a syllable's does."""
    depth, rate = rng.uniform(6, 30), rng.uniform(2, 10)
    slow = signal.sosfilt(
        signal.butter(2, rate, "low", fs=_RATE, output="sos"), rng.standard_normal(len(_TIME))
    )
    wave = np.sin(2 * np.pi * rate * _TIME) if rng.random() < 0.5 else 1.4 * slow / slow.std()
    pulsing: Floats = _noise(rng) * 10 ** (depth * np.clip(wave, -1, 1) / 40)
    return pulsing


def _wind(rng: np.random.Generator) -> Floats:
    """Noise through a resonance that wanders."""
    noise, out = _noise(rng), np.zeros(len(_TIME))
    centre = np.exp(np.interp(_TIME, np.linspace(0, _SECONDS, 9), rng.uniform(np.log(300), np.log(2500), 9)))
    for begin in range(0, len(_TIME), 1600):
        band = signal.iirpeak(centre[begin], 3, fs=_RATE)
        out[begin : begin + 1600] = signal.lfilter(*band, noise[max(0, begin - 1600) : begin + 1600])[-1600:]
    return out


def _supervisory(rng: np.random.Generator) -> Floats:
    """Dial, ring-back, busy, congestion, call-waiting, and special-information tones (ITU-T E.180)."""
    sit = np.concatenate(
        [np.sin(2 * np.pi * hz * np.arange(int(0.33 * _RATE)) / _RATE) for hz in (950, 1400, 1800)]
        + [np.zeros(_RATE)]
    )
    choices: list[Floats] = [
        _tones(350, 440),
        _tones(425),
        _gated(_tones(440, 480), 2, 4),
        _gated(_tones(425), 1, 4),
        _gated(_tones(400, 450), 0.4, 0.2, 0.4, 2),
        _gated(_tones(480, 620), 0.5, 0.5),
        _gated(_tones(425), 0.48, 0.48),
        _gated(_tones(480, 620), 0.25, 0.25),
        _gated(_tones(440), 0.3, 3),
        np.resize(sit, len(_TIME)),
        _gated(_tones(1000), 0.2, 0.2),
        _gated(_tones(rng.uniform(300, 1500)), rng.uniform(0.05, 0.6), rng.uniform(0.05, 0.6)),
    ]
    return choices[int(rng.integers(len(choices)))]


def _dtmf(rng: np.random.Generator) -> Floats:
    """Keys pressed: one held down, or one after another."""
    keys: list[Floats] = []
    on, off = rng.uniform(0.05, 0.6), rng.uniform(0.03, 0.3)
    held = rng.random() < 0.25
    first = rng.integers(0, 4, 2)
    while sum(map(len, keys)) < len(_TIME):
        low, high = first if held else rng.integers(0, 4, 2)
        time = np.arange(int(on * _RATE)) / _RATE
        tone = np.sin(2 * np.pi * _DTMF_LOW[low] * time) + np.sin(2 * np.pi * _DTMF_HIGH[high] * time)
        keys += [tone, np.zeros(0 if held else int(off * _RATE))]
    return np.concatenate(keys)[: len(_TIME)]


def _modem(rng: np.random.Generator) -> Floats:
    """Fax and modem: calling and answer tones, frequency-shift and phase-shift keying."""
    kind = int(rng.integers(4))
    if kind == 0:
        return _gated(_tones(1100), 0.5, 3)
    if kind == 1:
        return _tones(2100) * (1 + 0.2 * np.sin(2 * np.pi * 15 * _TIME))
    rate = float(rng.choice([75, 300, 1200] if kind == 2 else [600, 1200, 2400]))
    symbols = rng.integers(0, 4, int(_SECONDS * rate) + 1)[(rate * _TIME).astype(int)]
    if kind == 2:
        hertz = (
            np.where(symbols % 2, 1650.0, 1850.0)
            if rng.random() < 0.5
            else np.where(symbols % 2, 1300.0, 2100.0)
        )
        keyed: Floats = np.sin(2 * np.pi * np.cumsum(hertz) / _RATE)
        return keyed
    shifted: Floats = np.sin(2 * np.pi * 1800 * _TIME + np.pi / 2 * symbols)
    return shifted


def _hum(rng: np.random.Generator) -> Floats:
    mains = float(rng.choice([50, 60]))
    parts = [rng.random() / k * np.sin(2 * np.pi * (mains * k * _TIME + rng.random())) for k in range(1, 30)]
    hum: Floats = np.sum(parts, axis=0)
    return hum + 0.05 * rng.standard_normal(len(_TIME))


def _alarm(rng: np.random.Generator) -> Floats:
    """Sirens and warbles: a tone that sweeps or jumps between two pitches."""
    low, high, rate = rng.uniform(300, 900), rng.uniform(1000, 2500), rng.uniform(0.3, 8)
    wave = signal.square if rng.random() < 0.5 else np.sin
    hertz = low + (high - low) * (0.5 + 0.5 * wave(2 * np.pi * rate * _TIME))
    harmonics = [
        np.sin(k * 2 * np.pi * np.cumsum(hertz) / _RATE) / k for k in range(1, int(rng.integers(2, 6)))
    ]
    total: Floats = np.sum(harmonics, axis=0)
    return total


def _note(rng: np.random.Generator, hertz: float, seconds: float, timbre: Floats, vibrato: float) -> Floats:
    time = np.arange(int(seconds * _RATE)) / _RATE
    phase = 2 * np.pi * hertz * time + vibrato * hertz / 5.5 * np.sin(2 * np.pi * 5.5 * time)
    sound = np.sum([level * np.sin((k + 1) * phase) for k, level in enumerate(timbre)], axis=0)
    attack, decay = rng.uniform(0.005, 0.08), rng.uniform(0.1, 2.0)
    edge = np.minimum(1, np.minimum(time / attack, (seconds - time) / 0.02))
    shaped: Floats = sound * np.maximum(edge, 0) * np.exp(-time / decay)
    return shaped


_SCALES: Final = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))


def _voice_part(rng: np.random.Generator, octave: float, seconds: float, chord: bool) -> Floats:
    """One instrument: a random walk on a scale, single notes or chords."""
    scale = _SCALES[int(rng.integers(len(_SCALES)))]
    timbre = rng.random(int(rng.integers(1, 12)))
    timbre = timbre / np.arange(1, len(timbre) + 1) ** rng.uniform(0.3, 2)
    vibrato = float(rng.choice([0.0, 0.0, rng.uniform(0.005, 0.03)]))
    root = octave * 2 ** (rng.integers(12) / 12)
    at = int(rng.integers(len(scale)))
    notes: list[Floats] = []
    while sum(map(len, notes)) < len(_TIME):
        at += int(rng.integers(-2, 3))
        length = seconds * float(rng.choice([0.5, 1, 1, 2]))
        degrees = (at, at + 2, at + 4) if chord else (at,)
        hertz = [root * 2 ** ((scale[d % len(scale)] + 12 * (d // len(scale))) / 12) for d in degrees]
        hertz = [hz * 2.0 ** -max(0, int(np.floor(np.log2(hz / 1200)))) for hz in hertz]
        notes.append(np.sum([_note(rng, hz, length, timbre, vibrato) for hz in hertz], axis=0))
    return np.concatenate(notes)[: len(_TIME)]


def _drums(rng: np.random.Generator, seconds: float) -> Floats:
    total = np.zeros(len(_TIME) + _RATE)
    time = np.arange(int(0.25 * _RATE)) / _RATE
    hits: list[Floats] = [
        np.sin(2 * np.pi * 60 * time + 8 * np.exp(-30 * time)) * np.exp(-18 * time),
        rng.standard_normal(len(time)) * np.exp(-25 * time),
        np.diff(rng.standard_normal(len(time) + 1)) * np.exp(-80 * time) * 0.4,
    ]
    for beat, begin in enumerate(np.arange(0, _SECONDS, seconds / 2)):
        hit = hits[(beat % 4) // 2 if beat % 2 == 0 else 2]
        total[int(begin * _RATE) :][: len(hit)] += hit * rng.uniform(0.5, 1)
    return total[: len(_TIME)]


def _music(rng: np.random.Generator) -> Floats:
    """Hold music: melody, chords, bass, drums, each there or not."""
    beat = rng.uniform(0.2, 0.8)
    parts = [
        _voice_part(rng, 440, beat, chord=False),
        _voice_part(rng, 220, 4 * beat, chord=True),
        _voice_part(rng, 80, 2 * beat, chord=False),
        _drums(rng, beat),
    ]
    weights = rng.uniform(0.2, 1, 4) * (rng.random(4) < (0.7, 0.6, 0.4, 0.4))
    if not weights.any():
        weights[0] = 1.0
    mixed: Floats = np.sum([w * p / (p.std() + 1e-9) for w, p in zip(weights, parts, strict=True)], axis=0)
    return mixed


FAMILIES: Final[dict[str, Callable[[np.random.Generator], Floats]]] = {
    "noise": _noise,
    "pulsing noise": _pulsing_noise,
    "wind": _wind,
    "supervisory tones": _supervisory,
    "DTMF": _dtmf,
    "fax and modem": _modem,
    "hum": _hum,
    "alarms": _alarm,
    "music": _music,
    "drums": lambda rng: _drums(rng, rng.uniform(0.2, 0.8)),
}


def sounds(count: int, seed: int = 0) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """``count`` sounds of each family: its name and samples of shape (192000,) at 16 kHz."""
    for number, (name, make) in enumerate(FAMILIES.items()):
        for draw in range(count):
            rng = np.random.default_rng((seed, number, draw))
            sound = make(rng)
            sound = sound / max(float(np.abs(sound).max()), 1e-9) * 10 ** (rng.uniform(-20, -3) / 20)
            yield name, sound.astype(np.float32)
