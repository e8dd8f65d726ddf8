"""The filter banks are Kaldi's: golden values made by kaldi-native-fbank 1.23.0 with numpy 2.4.

They were made by these lines, with ``signal`` and ``CASES`` of this module::

    for rate, scale, chosen, _, _ in CASES.values():
        made = knf.FbankOptions()
        made.use_energy = False
        made.frame_opts.dither = 0.0
        made.frame_opts.samp_freq = rate
        made.frame_opts.window_type = chosen.window
        made.frame_opts.frame_length_ms = chosen.frame_length_ms
        made.frame_opts.frame_shift_ms = chosen.frame_shift_ms
        made.frame_opts.preemph_coeff = chosen.preemphasis
        made.mel_opts.num_bins = chosen.mel_bins
        made.mel_opts.low_freq = chosen.low_hz
        made.mel_opts.high_freq = chosen.high_hz
        bank = knf.OnlineFbank(made)
        bank.accept_waveform(rate, (signal(rate) * scale).tolist())
        bank.input_finished()
        mel = np.stack([bank.get_frame(n) for n in range(bank.num_frames_ready)])
        if chosen.mean_normalisation:
            mel = mel - mel.mean(axis=0)
        print(mel.shape, {n: mel[n, ::5].round(4) for n in (0, len(mel) // 2, len(mel) - 1)})
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.encoding.kaldi_features import FbankOptions, log_mel_frames

Samples = npt.NDArray[np.float32]

THREE_D_SPEAKER = FbankOptions()
WESPEAKER = FbankOptions(window="hamming", mean_normalisation=True)
TELEPHONE = FbankOptions(mel_bins=40, high_hz=-200.0)
OTHER_FRAMES = FbankOptions(
    mel_bins=23,
    window="hanning",
    frame_length_ms=20.0,
    frame_shift_ms=8.0,
    preemphasis=0.9,
    low_hz=64.0,
    high_hz=7000.0,
    mean_normalisation=True,
)

# rate, scale of the samples, options, shape, every fifth bin of some frames
CASES = {
    "3D-Speaker": (
        16_000,
        1.0,
        THREE_D_SPEAKER,
        (58, 80),
        {
            0: "-7.6609 -0.3349 -7.0968 -6.9171 -7.8853 -6.7306 -6.5995 -5.5426 "
            "-6.3838 -4.6446 -5.6730 -5.0428 -3.6233 -2.3987 -3.4525 -1.7160",
            29: "-12.1581 -11.2328 -8.0826 -8.1561 -8.3964 -7.5997 -5.2896 -2.1102 "
            "-4.5192 -4.3655 -3.5468 -4.2768 -2.3762 -2.2960 -2.5853 -2.5189",
            57: "-13.4714 -10.5054 -9.1070 -9.1568 -8.0121 -6.5682 -7.3589 -5.7852 "
            "-5.4548 -4.3464 -4.1985 -3.0883 -3.5443 -2.7235 -2.0886 -2.5904",
        },
    ),
    "WeSpeaker": (
        16_000,
        32768.0,
        WESPEAKER,
        (58, 80),
        {
            0: "2.0772 9.1134 0.8101 0.6402 -1.0952 -0.4922 -0.8304 -0.5304 "
            "-2.1841 -1.2243 -2.5046 -1.2134 -0.3955 0.3142 -1.0937 0.2667",
            29: "-0.3352 -1.3663 1.0109 -0.6543 -2.1111 -0.8910 0.4373 2.6828 "
            "-0.4079 -0.9195 -0.3671 -0.4650 0.8563 0.4288 -0.2151 -0.5279",
            57: "-2.4400 -1.1569 -0.2495 -1.6494 -1.3990 -0.4358 -1.7695 -0.7898 "
            "-1.3012 -0.9200 -1.0424 0.7479 -0.2957 -0.0041 0.2885 -0.5943",
        },
    ),
    "8 kHz": (
        8_000,
        1.0,
        TELEPHONE,
        (58, 40),
        {
            0: "-6.4165 -2.4091 -8.3322 -6.2779 -5.2164 -5.2384 -3.9950 -3.2600",
            29: "-12.2561 -9.3537 -7.7748 -7.4408 -5.6967 3.0768 -3.7471 -2.6796",
            57: "-13.8334 -7.7724 -6.8326 -7.0519 -5.0068 -4.2988 -4.0586 0.7139",
        },
    ),
    "other frames": (
        16_000,
        1.0,
        OTHER_FRAMES,
        (73, 23),
        {
            0: "9.5060 -1.3208 -0.8579 -1.6195 -0.2765",
            36: "-0.9939 -1.8768 6.1630 -0.9435 -0.1158",
            72: "0.0214 -1.3468 -1.2228 3.2437 -0.0960",
        },
    ),
}


def signal(rate: int) -> Samples:
    """0.6 s of a chirp that swells, noise of a linear congruential generator, and an offset."""
    count = np.arange(int(0.6 * rate))
    time = count / rate
    state, noise = 1, []
    for _ in count:
        state = (1103515245 * state + 12345) % 2**31
        noise.append(state / 2**30 - 1.0)
    chirp = np.sin(2 * np.pi * (100.0 * time + 2500.0 * time**2))
    swelling = 0.1 * chirp * (1.2 + np.sin(2 * np.pi * 3.0 * time))
    return (swelling + 0.01 * np.array(noise) + 0.02).astype(np.float32)


@pytest.mark.parametrize("case", CASES)
def test_the_filter_banks_agree_with_kaldi(case: str) -> None:
    rate, scale, options, shape, golden = CASES[case]
    [mel] = log_mel_frames(signal(rate)[None] * np.float32(scale), options, rate)
    assert mel.dtype == np.float32
    assert mel.shape == shape
    for frame, values in golden.items():
        np.testing.assert_allclose(mel[frame, ::5], [float(each) for each in values.split()], atol=1e-3)


def test_a_batch_gives_what_its_windows_give_by_themselves(voice: Callable[[str, str], Samples]) -> None:
    speech = voice("slt", "enroll")
    windows = np.stack([speech[start : start + 25_600] for start in range(8_000, 28_000, 4_000)])
    together = log_mel_frames(windows, WESPEAKER, 16_000)
    alone = np.concatenate([log_mel_frames(window[None], WESPEAKER, 16_000) for window in windows])
    np.testing.assert_array_equal(together, alone)
    assert not np.allclose(together[0], together[1], atol=0.1)


def test_after_mean_normalisation_the_level_makes_no_difference() -> None:
    # Both well above the floor, which is an absolute one.
    quiet = log_mel_frames(signal(16_000)[None] * np.float32(2048.0), WESPEAKER, 16_000)
    loud = log_mel_frames(signal(16_000)[None] * np.float32(32768.0), WESPEAKER, 16_000)
    np.testing.assert_allclose(quiet.mean(axis=1), 0.0, atol=1e-5)
    np.testing.assert_allclose(quiet, loud, atol=1e-3)


def test_silence_gives_the_floor() -> None:
    silence = np.zeros((1, 25_600), dtype=np.float32)
    np.testing.assert_allclose(
        log_mel_frames(silence, FbankOptions(), 16_000), np.log(np.finfo(np.float32).eps), atol=1e-5
    )
    np.testing.assert_allclose(log_mel_frames(silence, FbankOptions(mel_floor=1.0), 16_000), 0.0)


def test_an_offset_makes_no_difference() -> None:
    sound = signal(16_000)[None]
    there = log_mel_frames(sound + np.float32(0.25), FbankOptions(), 16_000)
    np.testing.assert_allclose(there, log_mel_frames(sound, FbankOptions(), 16_000), atol=0.02)


def test_a_window_without_a_whole_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="no frame of 400 samples fits into a window of 399"):
        log_mel_frames(np.zeros((1, 399), np.float32), FbankOptions(), 16_000)


def test_filters_that_hold_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="mel_bins=256 is too many for frames of 200 samples at 8000 Hz"):
        FbankOptions(mel_bins=256).check(8_000)


@pytest.mark.parametrize(("low", "high"), [(4000.0, 0.0), (20.0, 4001.0), (3000.0, 2000.0), (20.0, -4000.0)])
def test_filters_without_room_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="leave no band below 4000 Hz"):
        FbankOptions(low_hz=low, high_hz=high).check(8_000)
