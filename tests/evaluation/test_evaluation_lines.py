"""Simulated lines: what passes, what does not, and how loud the noise is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.codecs import available, encoder_of, round_trip
from opusagent_voiceprint.evaluation.lines import NOISES, Line, active_power, mixed, noise, through_line
from opusagent_voiceprint.evaluation.run import line_pairs

Samples = npt.NDArray[np.float32]
NARROW = [name for name in ("mulaw", "alaw", "gsm", "opus") if name in available()]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def level_db(samples: Samples, low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / 16_000)
    return float(10 * np.log10(power[(hz >= low) & (hz < high)].mean() + 1e-12))


@pytest.fixture(scope="module")
def flat() -> Samples:
    """White noise: as much of every frequency."""
    return (0.1 * np.random.default_rng(0).standard_normal(64_000)).astype(np.float32)


def test_the_codecs_that_need_nothing_but_libsndfile_are_there() -> None:
    assert {"mulaw", "alaw", "gsm"} <= available()
    assert encoder_of("mulaw") == "libsndfile"
    assert encoder_of("no such codec") == ""


@pytest.mark.parametrize("codec", ["mulaw", "alaw"])
def test_g711_passes_a_telephone_channel_and_nothing_else(flat: Samples, codec: str) -> None:
    heard = through_line(flat, Line(codec), rng())
    passed = level_db(heard, 500, 3_000) - level_db(flat, 500, 3_000)
    assert passed == pytest.approx(0.0, abs=1.0)
    for low, high, least in ((20, 150, 20.0), (3_700, 3_900, 10.0), (4_300, 7_500, 35.0)):
        stopped = level_db(flat, low, high) - level_db(heard, low, high)
        assert stopped > least, f"{low}-{high} Hz"


@pytest.mark.parametrize("codec", NARROW)
def test_no_telephone_line_has_anything_above_four_kilohertz(
    codec: str, voice: Callable[[str, str], Samples]
) -> None:
    speech = voice("slt", "enroll")[:64_000]
    heard = through_line(speech, Line(codec), rng())
    assert heard.shape == speech.shape
    assert heard.dtype == np.float32
    assert level_db(heard, 4_300, 7_500) < level_db(heard, 300, 3_400) - 45.0
    assert level_db(speech, 4_300, 7_500) > level_db(speech, 300, 3_400) - 40.0


@pytest.mark.parametrize("codec", NARROW)
def test_speech_comes_through_a_codec_in_step_and_changed(
    codec: str, voice: Callable[[str, str], Samples]
) -> None:
    speech = voice("rms", "enroll")[:64_000]
    at_8k = through_line(speech, Line(codec), rng())[::2]
    decoded = round_trip(np.ascontiguousarray(at_8k), codec)
    assert decoded.shape == at_8k.shape
    assert not np.array_equal(decoded, at_8k)
    lag = int(np.argmax(np.correlate(decoded, at_8k, "full"))) - (len(at_8k) - 1)
    assert abs(lag) <= 8  # a millisecond


def test_a_wide_line_is_the_recording_as_it_is(flat: Samples) -> None:
    assert through_line(flat, Line.named("wide"), rng()) is flat
    assert through_line(flat, Line.named("recorded"), rng()) is flat


@pytest.mark.parametrize("snr_db", [0.0, 10.0, 20.0])
def test_noise_is_as_far_below_the_speech_as_was_asked_for(
    snr_db: float, voice: Callable[[str, str], Samples]
) -> None:
    speech = voice("awb", "enroll")[:48_000].astype(np.float64)
    added = mixed(speech, noise("white", len(speech), rng(), ()), snr_db) - speech
    measured = 10 * np.log10(active_power(speech) / (added**2).mean())
    assert measured == pytest.approx(snr_db, abs=0.1)


def test_a_noisy_line_differs_from_a_quiet_one_by_the_noise(voice: Callable[[str, str], Samples]) -> None:
    speech = voice("kal16", "enroll")[:48_000]
    quiet = through_line(speech, Line.named("mulaw"), rng())
    noisy = {snr: through_line(speech, Line.named(f"mulaw+white{snr}"), rng()) for snr in (10, 20)}
    added = {snr: float(((each - quiet) ** 2).mean()) for snr, each in noisy.items()}
    assert 10 * np.log10(added[10] / added[20]) == pytest.approx(10.0, abs=1.0)


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_the_same_for_the_same_seed_and_as_long_as_asked_for(
    kind: str, voice: Callable[[str, str], Samples]
) -> None:
    talkers = [voice(name, "enroll") for name in ("slt", "rms", "awb")]
    once, again = (noise(kind, 32_000, rng(), talkers) for _ in range(2))
    other = noise(kind, 32_000, np.random.default_rng(2), talkers)
    assert once.shape == (32_000,)
    assert np.isfinite(once).all()
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_babble_takes_at_least_two_others(voice: Callable[[str, str], Samples]) -> None:
    with pytest.raises(EvaluationError, match="at least 2 other speakers, and there is 1"):
        noise("babble", 1_000, rng(), [voice("slt", "enroll")])


def test_loud_noise_does_not_clip() -> None:
    loud = np.full(16_000, 0.9, dtype=np.float32) * np.sin(np.arange(16_000), dtype=np.float32)
    heard = through_line(loud, Line.named("wide+white0"), rng())
    assert np.abs(heard).max() <= 0.98 + 1e-6


@pytest.mark.parametrize("name", ["isdn", "mulaw+", "mulaw+rain15", "mulaw+white", "", "mulaw white15"])
def test_a_line_that_there_is_not_is_refused_by_name(name: str) -> None:
    with pytest.raises(EvaluationError, match="is not a line") as caught:
        Line.named(name)
    assert repr(name) in str(caught.value)
    assert "mulaw+white15" in str(caught.value)


def test_the_default_pairs_are_each_line_with_itself_others_and_noise() -> None:
    pairs = line_pairs()
    for pair in (("wide", "wide"), ("gsm", "gsm"), ("wide", "mulaw"), ("mulaw", "gsm")):
        assert pair in pairs
    assert ("mulaw", "mulaw+babble10") in pairs
    assert len(set(pairs)) == len(pairs)


def test_lines_that_were_asked_for_are_the_only_ones() -> None:
    assert line_pairs(["gsm"], None, ["white15"]) == (("gsm", "gsm"), ("gsm", "gsm+white15"))
    assert line_pairs([], ["wide:gsm"], []) == (("wide", "gsm"),)


def test_a_pair_without_a_colon_and_no_pair_at_all_are_refused() -> None:
    with pytest.raises(EvaluationError, match="enrolled:probe"):
        line_pairs([], ["wide-gsm"], [])
    with pytest.raises(EvaluationError, match="no pair of lines"):
        line_pairs([], [], [])


def test_a_codec_that_this_machine_lacks_is_refused_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import shutil

    from opusagent_voiceprint.evaluation import codecs

    monkeypatch.setattr(shutil, "which", lambda name: None)
    codecs._in_ffmpeg.cache_clear()
    try:
        with pytest.raises(EvaluationError, match="'g723' is not available here"):
            line_pairs(["g723"], [], [])
        with pytest.raises(EvaluationError, match="'g723' is not available here"):
            round_trip(np.zeros(800, dtype=np.float32), "g723")
        assert encoder_of("mulaw") == "libsndfile"
    finally:
        codecs._in_ffmpeg.cache_clear()
