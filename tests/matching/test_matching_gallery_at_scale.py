"""The gallery when it is large: bounds, segments, batches, searches beside writes, and the index."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matching_gallery import (
    BACKENDS,
    FITTED,
    PLAIN,
    WIDE_DIMENSION,
    a_probe,
    a_vector,
    a_voiceprint,
)

from opusagent_voiceprint import Voiceprint
from opusagent_voiceprint.matching import Backend, Gallery, similarity_of
from opusagent_voiceprint.matching import segment as segments

BACKEND = st.sampled_from(list(BACKENDS.values()))


@pytest.fixture
def faiss_installed() -> None:
    try:
        import faiss  # noqa: F401
    except ImportError:
        if os.environ.get("CI") == "true":
            pytest.fail("faiss is not installed; CI must test it")
        pytest.skip("faiss is not installed")


def random_callers(seed: int, count: int) -> list[tuple[str, list[Voiceprint]]]:
    """Callers of every line, with noise, of one to three voiceprints that may disagree altogether."""
    random = np.random.default_rng(seed)
    callers = []
    for index in range(count):
        prints = []
        for _ in range(random.integers(1, 4)):
            fields: dict[str, Any] = {"snr_db": float(random.choice([10.0, 40.0]))}
            channel = str(random.choice(["wide", "narrow", ""]))
            if channel == "wide" and random.random() < 0.7:
                wide = a_vector(int(random.integers(1 << 30)), WIDE_DIMENSION)
                fields.update(wide_embedding=wide, wide_encoder="wide here")
            prints.append(a_voiceprint("", int(random.integers(1 << 30)), channel, **fields))
        if index % 40 == 0:
            prints[1:] = [prints[0].model_copy(update={"embedding": -prints[0].embedding})]
        callers.append((f"caller {index}", prints))
    return callers


def expected(gallery: Gallery, probe: Any, k: int) -> dict[str, float]:
    """The best as looking at everybody gives them."""
    found = gallery.compare(probe)
    best = np.argsort(-found.above, kind="stable")[:k]
    return {found.callers[row]: float(similarity_of(found.above[row : row + 1])[0]) for row in best}


@given(
    seed=st.integers(0, 1 << 30),
    count=st.integers(0, 1500),
    k=st.sampled_from([1, 2, 5, 70, 2000]),
    backend=BACKEND,
    wide=st.booleans(),
    snr_db=st.sampled_from([10.0, 40.0]),
    rows=st.sampled_from([64, 300, 65_536]),
)
@settings(max_examples=40, deadline=None)
def test_a_search_finds_what_looking_at_everybody_finds(
    seed: int, count: int, k: int, backend: Backend, wide: bool, snr_db: float, rows: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "SEGMENT_ROWS", rows)
        gallery = Gallery(backend)
        gallery.put_many(random_callers(seed, count))
        heard = a_vector(seed + 1, WIDE_DIMENSION) if wide else None
        probe = a_probe(seed + 2, "wide" if wide else "narrow", snr_db, heard)
        found = gallery.search(probe, k)
        wanted = expected(gallery, probe, k)
        assert [score for _, score in found] == pytest.approx(list(wanted.values()), abs=1e-5)
        everybody = expected(gallery, probe, count)
        assert dict(found) == pytest.approx({name: everybody[name] for name, _ in found}, abs=1e-5)
        assert len(dict(found)) == min(k, count)


@given(seed=st.integers(0, 1 << 30), backend=BACKEND)
@settings(max_examples=10, deadline=None)
def test_many_at_once_become_the_same_rows_as_one_by_one(seed: int, backend: Backend) -> None:
    callers = random_callers(seed, 60)
    together = backend.enroll_many([prints for _, prints in callers])
    for (_, prints), row in zip(callers, together, strict=True):
        alone = backend.enroll(prints)
        assert alone is not None
        assert row is not None
        assert row.group == alone.group
        np.testing.assert_allclose(row.vector, alone.vector, atol=1e-5)
        assert (row.own, row.handicap) == pytest.approx((alone.own, alone.handicap), abs=1e-5)
        if float(np.linalg.norm(alone.vector)) > 1e-3:  # otherwise nothing is left of them but rounding
            assert row.scale == pytest.approx(alone.scale, rel=1e-4)
        assert (row.wide_vector is None) == (alone.wide_vector is None)
        if row.wide_vector is not None and alone.wide_vector is not None:
            np.testing.assert_allclose(row.wide_vector, alone.wide_vector, atol=1e-5)


def test_many_at_once_leave_out_who_does_not_fit_and_replace_who_is_there() -> None:
    gallery = Gallery(PLAIN)
    gallery.put("ada", [a_voiceprint("ada", 1)])
    gallery.put_many(
        [
            ("ada", [a_voiceprint("ada", 2)]),
            ("ben", [a_voiceprint("ben", 3, encoder="elsewhere")]),
            ("cyd", []),
        ]
    )
    assert list(gallery.compare(a_probe(2)).callers) == ["ada"]
    assert gallery.compare(a_probe(2)).cosine[0] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("limit", [100, 1_000_000])
def test_rows_that_move_while_a_search_runs_are_never_taken_for_somebody_elses(
    limit: int, faiss_installed: None
) -> None:
    gallery = Gallery(PLAIN, exact_limit=limit)
    callers = [(f"caller {seed}", [a_voiceprint("", seed, "narrow")]) for seed in range(2000)]
    gallery.put_many(callers)
    gallery.settle()
    probe = a_probe(5000, "narrow")
    truth = expected(gallery, probe, len(callers))
    best = list(truth)[:5]
    done = threading.Event()
    errors: list[BaseException] = []

    def write(mine: int) -> None:
        try:
            random = np.random.default_rng(mine)
            while not done.is_set():
                # The best too: others come up then that the search had not looked for.
                some = [2 * int(each) + mine for each in random.integers(0, 1000, 20)]
                for each in some:
                    gallery.remove(f"caller {each}")
                gallery.put_many([callers[each] for each in some])
        except BaseException as exc:  # noqa: BLE001 - reported by the test
            errors.append(exc)

    threads = [threading.Thread(target=write, args=(mine,)) for mine in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(300):
            found = gallery.search(probe)
            assert len(found) == 5
            for name, score in found:
                assert score == pytest.approx(truth[name], abs=1e-5)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert [name for name, _ in gallery.search(probe)] == best


class ClearedWhileSearched(Gallery):
    """Something happens when a search has looked at the rows and has not answered yet."""

    then: Callable[[], None] | None = None

    def _proposed(self, *search: Any) -> list[int]:
        proposed = super()._proposed(*search)
        if self.then is not None:
            self.then()
        return proposed


@pytest.mark.parametrize("limit", [100, 1_000_000])
def test_a_search_finds_nobody_of_a_gallery_that_is_emptied_meanwhile(
    limit: int, faiss_installed: None
) -> None:
    gallery = ClearedWhileSearched(PLAIN, exact_limit=limit)
    everybody = [(f"caller {seed}", [a_voiceprint("", seed, "narrow")]) for seed in range(500)]
    others = [(f"other {seed}", [a_voiceprint("", seed, "narrow")]) for seed in range(700, 703)]
    probe = a_probe(701, "narrow")

    def begin_anew() -> None:
        gallery.clear()
        gallery.put_many(others)

    for then, names in ((gallery.clear, set()), (begin_anew, {name for name, _ in others})):
        gallery.then = None
        gallery.clear()
        gallery.put_many(everybody)
        gallery.settle()
        assert len(gallery.search(probe)) == 5
        gallery.then = then
        found = gallery.search(probe)
        assert {name for name, _ in found} == names
        truth = expected(gallery, probe, 5)
        assert all(score == pytest.approx(truth[name], abs=1e-5) for name, score in found)


def an_indexed_gallery(count: int = 1200, backend: Backend = FITTED) -> Gallery:
    gallery = Gallery(backend, exact_limit=400)
    gallery.put_many([(f"caller {seed}", [a_voiceprint("", seed, "narrow")]) for seed in range(count)])
    gallery.settle()
    assert gallery.indexed_callers >= count / 2
    return gallery


def share_that_finds(gallery: Gallery, seeds: range) -> float:
    found = [gallery.search(a_probe(seed, "narrow"), k=2) for seed in seeds]
    plain = [list(expected(gallery, a_probe(seed, "narrow"), 2).items()) for seed in seeds]
    right: npt.NDArray[np.bool_] = np.array(
        [
            np.allclose([s for _, s in a], [s for _, s in b], atol=1e-5)
            for a, b in zip(found, plain, strict=True)
        ]
    )
    return float(right.mean())


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
def test_above_the_limit_nearly_every_search_finds_the_best_two_with_exact_scores(
    backend: Backend, faiss_installed: None
) -> None:
    assert share_that_finds(an_indexed_gallery(backend=backend), range(5000, 5060)) > 0.9


def test_the_index_follows_every_write_at_once(faiss_installed: None) -> None:
    gallery = an_indexed_gallery()
    for seed in range(0, 1200, 7):
        assert gallery.remove(f"caller {seed}")
        names = {name for name, _ in gallery.search(a_probe(seed, "narrow"), k=50)}
        assert f"caller {seed}" not in names
    gallery.put("new", [a_voiceprint("", 9001, "narrow")])
    gallery.put("caller 1", [a_voiceprint("", 9002, "narrow")])
    assert gallery.search(a_probe(9001, "narrow"), k=1)[0][0] == "new"
    assert gallery.search(a_probe(9002, "narrow"), k=1)[0][0] == "caller 1"
    assert gallery.indexed_callers == gallery.callers
    gallery.clear()
    assert gallery.search(a_probe(1, "narrow")) == []
    assert gallery.indexed_callers == 0


def test_callers_who_are_named_are_searched_exactly(faiss_installed: None) -> None:
    gallery = an_indexed_gallery()
    everybody = expected(gallery, a_probe(7000, "narrow"), 1200)
    for name in ("caller 3", "caller 900"):
        ((found, score),) = gallery.search(a_probe(7000, "narrow"), among={name})
        assert found == name
        assert score == pytest.approx(everybody[name], abs=1e-5)


def test_a_gallery_that_doubled_has_a_new_index_with_everybody_in_it(faiss_installed: None) -> None:
    gallery = an_indexed_gallery(500)
    gallery.put_many([(f"later {seed}", [a_voiceprint("", seed, "narrow")]) for seed in range(3000, 4500)])
    gallery.settle()
    assert gallery.indexed_callers == gallery.callers == 2000
    assert share_that_finds(gallery, range(5000, 5040)) > 0.9


def test_without_faiss_the_search_stays_exact_and_one_warning_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    gallery = Gallery(PLAIN, exact_limit=10)
    with caplog.at_level(logging.WARNING):
        for seed in range(300):
            gallery.put(f"caller {seed}", [a_voiceprint("", seed, "narrow")])
            gallery.settle()
    (said,) = [each.getMessage() for each in caplog.records]
    assert 'pip install "opusagent-voiceprint[faiss]"' in said
    assert gallery.indexed_callers == 0
    assert share_that_finds(gallery, range(5000, 5010)) == 1.0
