"""The FAISS index over voiceprints."""

from __future__ import annotations

import os
import sys
import threading

import numpy as np
import pytest
from storage_media import a_voiceprint, an_embedding

from opusagent_voiceprint.errors import StorageError
from opusagent_voiceprint.models import Voiceprint
from opusagent_voiceprint.storage import FAISSVoiceStorage


@pytest.fixture
def index() -> FAISSVoiceStorage:
    try:
        import faiss  # noqa: F401
    except ImportError:
        if os.environ.get("CI") == "true":
            pytest.fail("faiss is not installed; CI must test it")
        pytest.skip("faiss is not installed")
    return FAISSVoiceStorage(dimension=256)


def test_the_most_alike_come_first_with_their_cosines(index: FAISSVoiceStorage) -> None:
    voiceprints = [a_voiceprint(f"caller_{seed}", seed) for seed in range(20)]
    for voiceprint in voiceprints:
        index.add_voiceprint(voiceprint)
    probe = an_embedding(7) + 0.02 * an_embedding(99)
    found = index.search_similar(probe, k=4)
    cosines = {one.caller_id: float(one.embedding @ probe / np.linalg.norm(probe)) for one in voiceprints}
    best = sorted(cosines, key=lambda one: -cosines[one])[:4]
    assert [one.caller_id for one, _ in found] == best
    assert found[0][0].caller_id == "caller_7"
    assert [score for _, score in found] == pytest.approx([cosines[one] for one in best], abs=1e-5)


def test_length_does_not_matter(index: FAISSVoiceStorage) -> None:
    index.add_voiceprint(Voiceprint(caller_id="loud", embedding=an_embedding(1) * 50))
    ((found, score),) = index.search_similar(an_embedding(1) * 0.001)
    assert found.caller_id == "loud"
    assert score == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_array_equal(found.embedding, an_embedding(1) * 50)


def test_no_more_are_found_than_there_are(index: FAISSVoiceStorage) -> None:
    assert index.search_similar(an_embedding(1)) == []
    index.add_voiceprint(a_voiceprint("a", 1))
    assert len(index.search_similar(an_embedding(1), k=5)) == 1
    assert index.search_similar(an_embedding(1), k=0) == []


def test_the_same_voiceprint_again_replaces_the_old_one(index: FAISSVoiceStorage) -> None:
    index.add_voiceprint(a_voiceprint("a", 1, voiceprint_id="vp"))
    index.add_voiceprint(a_voiceprint("a", 2, voiceprint_id="vp"))
    assert len(index) == 1
    ((_, score),) = index.search_similar(an_embedding(2))
    assert score == pytest.approx(1.0, abs=1e-5)


def test_a_removed_caller_is_not_found(index: FAISSVoiceStorage) -> None:
    for seed in range(3):
        index.add_voiceprint(a_voiceprint("a", seed))
    index.add_voiceprint(a_voiceprint("b", 9))
    assert index.remove("a") == 3
    assert index.remove("a") == 0
    assert [one.caller_id for one, _ in index.search_similar(an_embedding(0))] == ["b"]


def test_what_is_left_is_found_whatever_was_removed_before(index: FAISSVoiceStorage) -> None:
    left: dict[str, int] = {}
    random = np.random.default_rng(0)
    for seed in range(120):
        name = f"vp{random.integers(30)}"
        if seed % 3 == 2:
            assert index.remove_voiceprint(name) == (left.pop(name, None) is not None)
        else:
            index.add_voiceprint(a_voiceprint(f"owner of {name}", seed, voiceprint_id=name))
            left[name] = seed
        assert len(index) == len(left)
    for name, seed in left.items():
        found, score = index.search_similar(an_embedding(seed), k=1)[0]
        assert found.voiceprint_id == name
        assert score == pytest.approx(1.0, abs=1e-5)
    assert sum(index.remove(f"owner of {name}") for name in left) == len(left)
    assert index.search_similar(an_embedding(1)) == []


def test_voiceprints_of_different_encoders_are_never_compared(index: FAISSVoiceStorage) -> None:
    index.add_voiceprint(a_voiceprint("a", 1, encoder="one"))
    index.add_voiceprint(a_voiceprint("b", 1, encoder="another"))
    with pytest.raises(StorageError, match="2 encoders"):
        index.search_similar(an_embedding(1))
    ((found, _),) = index.search_similar(an_embedding(1), encoder="one")
    assert found.caller_id == "a"
    assert index.search_similar(an_embedding(1), encoder="a third") == []
    assert index.remove("b") == 1
    ((found, _),) = index.search_similar(an_embedding(1))
    assert found.caller_id == "a"


def test_what_is_found_is_a_copy(index: FAISSVoiceStorage) -> None:
    index.add_voiceprint(a_voiceprint("a", 1, metadata={"tags": ["x"]}))
    index.search_similar(an_embedding(1))[0][0].metadata["tags"].append("y")
    assert index.search_similar(an_embedding(1))[0][0].metadata == {"tags": ["x"]}


@pytest.mark.parametrize("unfit", [np.zeros(256), np.ones(128), np.ones((1, 256)), np.full(256, np.nan)])
def test_what_cannot_be_compared_is_refused(index: FAISSVoiceStorage, unfit: np.ndarray) -> None:
    with pytest.raises(StorageError):
        index.search_similar(unfit.astype(np.float32))


def test_several_threads_may_use_it(index: FAISSVoiceStorage) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for seed in range(15):
                index.add_voiceprint(a_voiceprint(f"t{number}", seed, voiceprint_id=f"{number}-{seed}"))
                index.search_similar(an_embedding(seed))
                index.add_voiceprint(a_voiceprint(f"gone{number}", seed))
                index.remove(f"gone{number}")
        except BaseException as exc:  # noqa: BLE001 - reported by the thread that waits
            failures.append(exc)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(index) == 45


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(StorageError, match=r'pip install "opusagent-voiceprint\[faiss\]"'):
        FAISSVoiceStorage()
