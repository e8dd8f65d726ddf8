"""The gallery at scale: search beside the bare product, loading from a store, and the index beside the exact
search.

    python benchmarks/gallery.py [search] [load] [index] [--callers 100000 ...] [--json FILE]

Needs no data: voices are drawn from the Gaussian model that the shipped back-end has of its embeddings, a
speaker's own point and what differs from call to call. Embeddings for wideband have strangers' cosines about
0.56 and one speaker's about 0.84. Products are of float32 (callers, 256) and (256,), with the threads that
BLAS takes for both sides; search and product take turns in one process, and medians are given. What is to be
loaded is written first, each caller durably, which on a disk takes many times as long: TMPDIR=/dev/shm
spares that, and what is read comes from memory either way.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint import Voiceprint
from opusagent_voiceprint.encoding import chosen_encoders
from opusagent_voiceprint.matching import Backend, Gallery, Probe, StoreView

Floats = npt.NDArray[np.float32]

RUNS: Final = 60
PROBES: Final = 300
BATCH: Final = 500
DIMENSION: Final = 256


class Voices:
    """Speakers that nobody is; ``heard`` has a later call of some of them."""

    def __init__(self, calls: int, wide: bool) -> None:
        self.backend = Backend.shipped(chosen_encoders())
        self._random = np.random.default_rng(1)
        self._calls, self._wide = calls, wide
        self._common = self._unit(self._random.normal(size=DIMENSION))
        self.heard: list[tuple[str, Probe]] = []

    def batches(self, callers: int) -> Iterator[list[tuple[str, list[Voiceprint]]]]:
        step = max(1, callers // PROBES)
        for first in range(0, callers, BATCH):
            count = min(BATCH, callers - first)
            narrow, wide = self._narrow(count), self._wideband(count)
            batch = []
            for index in range(count):
                name = f"nobody-{first + index}"
                if (first + index) % step == 0:
                    channel = "wide" if self._wide else "narrow"
                    heard = wide[index, -1] if self._wide else None
                    self.heard.append((name, Probe(narrow[index, -1].copy(), heard, channel, 40.0)))  # type: ignore[arg-type]
                batch.append(
                    (
                        name,
                        [
                            self._voiceprint(name, *both)
                            for both in zip(narrow[index, :-1], wide[index], strict=False)
                        ],
                    )
                )
            yield batch

    def _voiceprint(self, name: str, narrow: Floats, wide: Floats) -> Voiceprint:
        if not self._wide:
            return Voiceprint(
                caller_id=name, embedding=narrow, encoder=self.backend.encoder_id, channel="narrow"
            )
        return Voiceprint(
            caller_id=name,
            embedding=narrow,
            encoder=self.backend.encoder_id,
            channel="wide",
            wide_embedding=wide,
            wide_encoder=self.backend.wide_encoder_id,
        )

    def _narrow(self, count: int) -> Floats:
        plda = self.backend.plda
        assert plda is not None
        own = self._random.normal(size=(count, 1, DIMENSION)) * np.sqrt(plda.between)
        calls = own + self._random.normal(size=(count, self._calls + 1, DIMENSION))
        away = self._unit(calls @ plda.inverse)
        # As far from the mean in that direction as embeddings of length one are.
        along = away @ plda.mean
        far = np.sqrt(along**2 + 1.0 - plda.mean @ plda.mean) - along
        return (plda.mean + far[..., None] * away).astype(np.float32)

    def _wideband(self, count: int) -> Floats:
        own = self._unit(self._random.normal(size=(count, 1, DIMENSION)))
        call = self._unit(self._random.normal(size=(count, self._calls + 1, DIMENSION)))
        return self._unit(0.75 * self._common + 0.53 * own + 0.4 * call).astype(np.float32)

    @staticmethod
    def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        units: npt.NDArray[np.float64] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
        return units


def in_turns(*runs: Callable[[], object]) -> list[float]:
    """Medians in ms."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(RUNS):
        for run, own in zip(runs, times, strict=True):
            began = time.perf_counter()
            run()
            own.append(time.perf_counter() - began)
    return [1000 * float(np.median(own)) for own in times]


def search(callers: int, calls: int, *, wide: bool) -> dict[str, Any]:
    voices = Voices(calls, wide)
    gallery = Gallery(voices.backend, exact_limit=callers)
    for batch in voices.batches(callers):
        gallery.put_many(batch)
    probe = voices.heard[0][1]
    matrices = [
        np.random.default_rng(at).normal(size=(callers, DIMENSION)).astype(np.float32)
        for at in range(1 + wide)
    ]
    vector = probe.embedding
    product, found = in_turns(lambda: [each @ vector for each in matrices], lambda: gallery.search(probe))
    line = "wide, two matrices" if wide else "narrow"
    return {
        "callers": callers,
        "voiceprints each": calls,
        "probe": line,
        "product ms": product,
        "search ms": found,
        "ratio": found / product,
    }


def load(callers: int, calls: int) -> dict[str, Any]:
    """A gallery from an encrypted store, by the follower's own way."""
    from opusagent_voiceprint.models import (
        Caller,
        ConsentDecision,
        ConsentEvidence,
        ConsentRecord,
        Purpose,
        utc_now,
    )
    from opusagent_voiceprint.storage import (
        FileKeyStore,
        KeyRing,
        RecordCipher,
        RecordCodec,
        SQLiteStorage,
        generate_key,
    )

    voices = Voices(calls, wide=False)
    consent = ConsentRecord(
        purpose=Purpose.VOICEPRINT,
        decision=ConsentDecision.GRANTED,
        evidence=ConsentEvidence.APPLICATION,
        at=utc_now(),
        policy_version="1",
    )
    with tempfile.TemporaryDirectory() as folder:
        keys = FileKeyStore(Path(folder) / "voices.keys")
        cipher = RecordCipher(KeyRing.parse(generate_key()), keys)
        store = SQLiteStorage(Path(folder) / "voices.db", codec=RecordCodec(cipher))
        began = time.perf_counter()
        for batch in voices.batches(callers):
            for name, voiceprints in batch:
                caller = Caller(caller_id=name, voiceprints=voiceprints, consents=[consent])
                store.put(caller, expected_version=0)
        written = time.perf_counter() - began
        gallery = Gallery(voices.backend, exact_limit=callers)
        view = StoreView(store, gallery, lambda caller: True)
        began, cpu = time.perf_counter(), time.process_time()
        view.catch_up()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        assert gallery.callers == callers
        began = time.perf_counter()
        ids, _ = store.changes(0)
        for first in range(0, callers, 512):
            store.get_many(ids[first : first + 512])
        reading = time.perf_counter() - began
        store.close()
    return {
        "callers": callers,
        "voiceprints each": calls,
        "written s": written,
        "loaded s": took,
        "of it reading s": reading,
        "CPU s": cpu,
        "us a caller": 1e6 * took / callers,
    }


def index(callers: int) -> dict[str, Any]:
    voices = Voices(1, wide=False)
    exact, indexed = (
        Gallery(voices.backend, exact_limit=callers),
        Gallery(voices.backend, exact_limit=callers - 1),
    )
    for batch in voices.batches(callers):
        exact.put_many(batch)
        indexed.put_many(batch)
    began = time.perf_counter()
    indexed.settle()
    built = time.perf_counter() - began
    assert indexed.indexed_callers == callers
    both = [(exact.search(probe, 2), indexed.search(probe, 2), name) for name, probe in voices.heard]
    strangers = [
        Probe(each, None, "narrow", 40.0) for each in Voices(1, wide=False)._narrow(PROBES + 1)[1:, 0]
    ]
    others = [(exact.search(probe, 2), indexed.search(probe, 2), "") for probe in strangers]
    probes = iter([probe for _, probe in voices.heard] * 3)
    again = iter([probe for _, probe in voices.heard] * 3)
    slow, fast = in_turns(lambda: exact.search(next(probes)), lambda: indexed.search(next(again)))
    name, vectors = next(iter(voices.batches(1)))[0]
    began = time.perf_counter()
    for _ in range(100):
        indexed.put(name, vectors)
    put = (time.perf_counter() - began) * 10

    def same(pairs: list[Any], place: int) -> float:
        return float(np.mean([a[place][0] == b[place][0] for a, b, _ in pairs]))

    return {
        "callers": callers,
        "exact ms": slow,
        "index ms": fast,
        "built s": built,
        "put ms": put,
        "enrolled: best": same(both, 0),
        "second": same(both, 1),
        "strangers: best": same(others, 0),
        "second ": same(others, 1),
    }


def table(title: str, rows: list[dict[str, Any]]) -> None:
    """Print what was measured as a Markdown table."""
    head = list(rows[0])
    print(f"\n{title}:\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for row in rows:
        cells = (
            f"{each:.3g}" if isinstance(each, float) else f"{each:,}" if isinstance(each, int) else str(each)
            for each in row.values()
        )
        print(f"| {' | '.join(cells)} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", help="search, load, index; all of them if none is named")
    parser.add_argument("--callers", type=int, nargs="+", default=[100_000])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {machine}")
    results: dict[str, Any] = {}
    parts = options.parts or ["search", "load", "index"]
    if unknown := set(parts) - {"search", "load", "index"}:
        parser.error(f"{unknown.pop()!r} is none of search, load, index")
    if "search" in parts:
        shapes = [(n, c, w) for n in options.callers for c, w in ((1, False), (1, True))]
        shapes += [(n // 3, 3, False) for n in options.callers]
        results["search"] = [search(n, c, wide=w) for n, c, w in shapes]
        table("A search, median", results["search"])
    if "load" in parts:
        results["load"] = [load(n, 3) for n in options.callers]
        table("A gallery loaded from an encrypted SQLite store", results["load"])
    if "index" in parts:
        results["index"] = [index(n) for n in options.callers]
        table(
            f"The index beside the exact search; shares of {PROBES} probes with the same best and second",
            results["index"],
        )
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
