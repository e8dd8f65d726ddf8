"""Where something was measured: the machine, and the versions of what counts."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

from opusagent_voiceprint._version import __version__

__all__ = ["machine", "versions"]


def machine() -> str:
    """Processor, cores and operating system, in a line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()} {platform.machine()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Of this package, Python, and the packages that figures may depend on."""
    import soundfile

    found = {"opusagent-voiceprint": __version__, "python": platform.python_version()}
    found |= {name: metadata.version(name) for name in ("numpy", "scipy", "torch", "soxr", "soundfile")}
    return found | {"libsndfile": soundfile.__libsndfile_version__}
