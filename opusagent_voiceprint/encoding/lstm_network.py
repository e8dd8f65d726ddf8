"""The LSTM itself, in the precision that this processor is fastest in, on one thread."""

from __future__ import annotations

import contextlib
import copy
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

__all__ = ["BFLOAT16_AGREEMENT", "LstmNetwork", "Precision"]

Precision = Literal["float32", "bfloat16"]

BFLOAT16_AGREEMENT: Final = 0.999
"""The least cosine between a window's embeddings in the two precisions; benchmarks/network.py measures it."""

_WORTH_IT: Final = 0.8
_PROBE_WINDOWS: Final = 2
_CPU_FLAGS: Final = Path("/proc/cpuinfo")

Floats = npt.NDArray[np.float32]


class LstmNetwork:
    """LSTM layers over mel frames, and a projection of the last layer's last state.

    ``parameters`` are torch's own names for an ``LSTM`` under ``lstm.`` and a ``Linear`` under ``linear.``;
    anything else is left out. ``leak`` is what is left of negative outputs. Without ``precision`` bfloat16
    is used where the processor has matrix units for it, a trial run shows that it is cheaper, and its
    embeddings agree; float32 everywhere else.
    """

    def __init__(
        self,
        parameters: Mapping[str, torch.Tensor],
        *,
        shape: tuple[int, int, int, int],
        leak: float,
        precision: Precision | None = None,
    ) -> None:
        import torch

        bands, hidden, layers, dimension = shape
        lstm = torch.nn.LSTM(bands, hidden, layers, batch_first=True)
        linear = torch.nn.Linear(hidden, dimension)
        for prefix, module in (("lstm.", lstm), ("linear.", linear)):
            module.load_state_dict(
                {
                    key.removeprefix(prefix): value.float()
                    for key, value in parameters.items()
                    if key.startswith(prefix)
                }
            )
        self._lstm, self._linear = lstm.eval(), linear.eval()
        self._leak = leak
        self.precision: Precision = "float32"
        """What the LSTM computes in; the projection is always in float32."""
        if precision == "bfloat16" or (precision is None and self._prefers_bfloat16(bands)):
            self._lstm, self.precision = copy.deepcopy(lstm).to(torch.bfloat16), "bfloat16"

    def embed(self, mels: Floats) -> Floats:
        """Embeddings of shape (windows, dimension), each of length one, of (windows, frames, bands)."""
        return self._run(self._lstm, mels)

    def _run(self, lstm: torch.nn.LSTM, mels: Floats) -> Floats:
        import torch

        with torch.inference_mode(), _one_thread():
            given = torch.from_numpy(np.ascontiguousarray(mels)).to(lstm.all_weights[0][0].dtype)
            _, (hidden, _) = lstm(given)
            raw = torch.nn.functional.leaky_relu(self._linear(hidden[-1].float()), self._leak).numpy()
        # All-zero outputs do not occur for speech; the floor keeps a freak window from becoming NaN.
        lengths = np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), np.float32(1e-6))
        embeddings: Floats = raw / lengths
        return embeddings

    def _prefers_bfloat16(self, bands: int) -> bool:
        if not _has_matrix_units():
            return False
        import torch

        half = copy.deepcopy(self._lstm).to(torch.bfloat16)
        # Powers of mel bands, as speech at -27 dBFS has them.
        random = np.random.default_rng(0)
        mels = random.lognormal(-7.0, 2.0, (_PROBE_WINDOWS, 160, bands)).astype(np.float32)
        whole_cost, whole = _cost(lambda: self._run(self._lstm, mels))
        half_cost, halved = _cost(lambda: self._run(half, mels))
        agreement = float((whole * halved).sum(axis=1).min())
        return agreement >= BFLOAT16_AGREEMENT and half_cost < _WORTH_IT * whole_cost


def _has_matrix_units() -> bool:
    """Whether the processor multiplies bfloat16 in tiles (AMX). Without them it was never cheaper."""
    try:
        return "amx_bf16" in _CPU_FLAGS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _cost(run: Callable[[], Floats]) -> tuple[float, Floats]:
    """This thread's seconds of CPU for a run, at best, and its result. The first run prepares kernels."""
    result, costs = run(), []
    for _ in range(2):
        began = time.thread_time()
        result = run()
        costs.append(time.thread_time() - began)
    return min(costs), result


_THREADS: Final = threading.Lock()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    # On two threads every step of the recurrence waits for the slower one: twice the CPU on an idle machine,
    # tens of times the delay on a busy one. Put back at once, since the setting is the whole process's.
    import torch

    with _THREADS:  # two at once would take the one's 1 for what was there before
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)
