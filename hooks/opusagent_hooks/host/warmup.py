"""What the host does slowly the first time, done before the first call."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from opusagent_hooks.host.mishaps import Mishaps

__all__ = ["WARM_UP_VARIABLE", "is_wanted", "warm_up"]

logger = logging.getLogger("opusagent_hooks")

WARM_UP_VARIABLE: Final = "OPUSAGENT_HOOKS_WARM_UP"

_OFF: Final = frozenset({"0", "false", "no", "off"})
_RATES: Final = ((16000, 24000), (24000, 8000))
"""From and to, in Hz: what comes from AudioCodes, and what goes to Twilio."""


def is_wanted(environ: Mapping[str, str]) -> bool:
    """False if ``OPUSAGENT_HOOKS_WARM_UP`` switches it off."""
    return environ.get(WARM_UP_VARIABLE, "").strip().casefold() not in _OFF


async def warm_up(mishaps: Mishaps, *, patience: float) -> None:
    """Resample and detect speech once as calls do, in a thread, waited for at most ``patience`` seconds.

    The first time, the host's resampler compiles itself for seconds, and its speech detector for some tens
    of milliseconds: on the event loop of the first call, unless that was done before.
    """
    work = asyncio.ensure_future(asyncio.to_thread(_run_all, mishaps))
    await asyncio.wait({work}, timeout=patience)
    if not work.done():
        logger.warning("OpusAgent is not warm after %g s, and starts all the same", patience)


def _run_all(mishaps: Mishaps) -> None:
    _run("resampler", _resample, mishaps)
    _run("speech detector", _detect_speech, mishaps)


def _run(name: str, job: Callable[[], None], mishaps: Mishaps) -> None:
    try:
        job()
    except Exception as error:  # noqa: BLE001 - the first call is slow then, as it was without this
        mishaps.report(f"warming up OpusAgent's {name}", error)


def _resample() -> None:
    module: Any = sys.modules.get("opusagent.utils.audio_utils")
    if module is not None:
        for from_rate, to_rate in _RATES:
            module.AudioUtils.resample_audio(bytes(2 * from_rate // 10), from_rate, to_rate)


def _detect_speech() -> None:
    factory: Any = sys.modules.get("opusagent.vad.vad_factory")
    settings: Any = sys.modules.get("opusagent.vad.vad_config")
    if factory is not None and settings is not None:
        detector = factory.VADFactory.create_vad(settings.load_vad_config())
        detector.process_audio(np.zeros(1024, dtype=np.float32))
