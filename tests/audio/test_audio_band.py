"""The band of a line: shown by one clear window or by two, and not by a torn one."""

from __future__ import annotations

from typing import Any

import numpy as np

from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.audio.band import BandDetector

WINDOW = 25_840


def windows(samples: Any) -> list[Any]:
    return [samples[at : at + WINDOW] for at in range(0, len(samples) - WINDOW, WINDOW // 2)]


def with_high_band(level_db: float) -> Any:
    """A window with so much above 4.3 kHz, against what is below 3.4 kHz."""
    at = np.arange(WINDOW) / 16_000
    return (np.sin(2 * np.pi * 1000 * at) + 10 ** (level_db / 20) * np.sin(2 * np.pi * 6000 * at)).astype(
        np.float32
    )


def channel_after(*levels_db: float) -> str:
    band = BandDetector()
    for level_db in levels_db:
        band.add(with_high_band(level_db))
    return band.channel


def test_one_window_with_strong_consonants_shows_a_wide_line() -> None:
    assert channel_after(-15.0) == "wide"


def test_a_weak_one_needs_a_second() -> None:
    assert channel_after(-30.0, -60.0, -60.0) == "narrow"
    assert channel_after(-30.0, -60.0, -31.0) == "wide"


def test_what_resampling_and_noise_leave_shows_nothing() -> None:
    assert channel_after(*[-40.0] * 50) == "narrow"


def test_every_voice_is_wide_within_two_windows_and_never_on_the_telephone(
    voice: Any, voice_names: list[str], telephone: Any
) -> None:
    for name in voice_names:
        wide, narrow = BandDetector(), BandDetector()
        speech = voice(name, "return")
        for each in windows(speech):
            wide.add(each)
        for each in windows(resample(telephone(speech), 8_000, 16_000)):
            narrow.add(each)
        assert (wide.channel, narrow.channel) == ("wide", "narrow"), name
