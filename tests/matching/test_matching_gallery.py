"""The gallery against a model of it that is a plain list, and the scores behind it."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from opusagent_voiceprint import Voiceprint
from opusagent_voiceprint.matching import Channel, Gallery, similarity_of
from opusagent_voiceprint.matching.scores import OPERATING_POINTS

Vector = npt.NDArray[np.float32]

DIMENSION = 8
CALLERS = ("ada", "ben", "cyd", "dan", "eve")


def a_vector(seed: int, dimension: int = DIMENSION) -> Vector:
    vector = np.abs(np.random.default_rng(seed).normal(size=dimension))
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def a_voiceprint(caller_id: str, seed: int, channel: str = "wide", **fields: Any) -> Voiceprint:
    whole: dict[str, Any] = {"embedding": a_vector(seed), "encoder": "here", "channel": channel, **fields}
    return Voiceprint(caller_id=caller_id, **whole)


def a_gallery() -> Gallery:
    return Gallery("here", DIMENSION)


CHANNELS = st.sampled_from(["wide", "narrow"])
VOICEPRINTS = st.lists(
    st.tuples(st.integers(0, 10_000), CHANNELS, st.sampled_from(["here", "here", "here", "elsewhere"])),
    max_size=4,
)


class GalleryBesideItsModel(RuleBasedStateMachine):
    """Whatever is done to it, the gallery finds what looking at every voiceprint finds."""

    @initialize()
    def begin(self) -> None:
        self.gallery = a_gallery()
        self.model: dict[str, list[Voiceprint]] = {}

    @rule(caller_id=st.sampled_from(CALLERS), prints=VOICEPRINTS)
    def put(self, caller_id: str, prints: list[tuple[int, str, str]]) -> None:
        made = [a_voiceprint(caller_id, seed, channel, encoder=encoder) for seed, channel, encoder in prints]
        self.gallery.put(caller_id, made)
        usable = [voiceprint for voiceprint in made if voiceprint.encoder == "here"]
        self.model.pop(caller_id, None)
        if usable:
            self.model[caller_id] = usable

    @rule(caller_id=st.sampled_from(CALLERS))
    def remove(self, caller_id: str) -> None:
        assert self.gallery.remove(caller_id) == (self.model.pop(caller_id, None) is not None)

    @rule()
    def clear(self) -> None:
        self.gallery.clear()
        self.model.clear()

    @rule(
        seed=st.integers(0, 10_000),
        channel=CHANNELS,
        k=st.integers(0, 6),
        among=st.none() | st.sets(st.sampled_from([*CALLERS, "nobody"])),
    )
    def search(self, seed: int, channel: Channel, k: int, among: Collection[str] | None) -> None:
        probe = a_vector(seed)
        wanted = sorted(
            (
                (caller_id, max(self._similarity(voiceprint, probe, channel) for voiceprint in prints))
                for caller_id, prints in self.model.items()
                if among is None or caller_id in among
            ),
            key=lambda found: -found[1],
        )[:k]
        found = self.gallery.search(probe, channel, k, among)
        # Callers may be as alike as rounding can tell, so scores are compared by rank and by caller.
        assert [score for _, score in found] == pytest.approx([score for _, score in wanted], abs=1e-5)
        assert len({caller_id for caller_id, _ in found}) == len(found)
        for caller_id, score in found:
            prints = self.model[caller_id]
            best = max(self._similarity(voiceprint, probe, channel) for voiceprint in prints)
            assert score == pytest.approx(best, abs=1e-5)

    @invariant()
    def counts_agree(self) -> None:
        assert len(self.gallery) == sum(map(len, self.model.values()))
        assert self.gallery.callers == len(self.model)

    @invariant()
    def what_was_removed_is_zeros(self) -> None:
        assert not self.gallery._matrix[len(self.gallery) :].any()

    @staticmethod
    def _similarity(voiceprint: Voiceprint, probe: Vector, channel: Channel) -> float:
        enrolled: Channel = "narrow" if voiceprint.channel == "narrow" else "wide"
        cosine = np.float32(voiceprint.embedding @ probe)
        return float(similarity_of(np.array([cosine]), enrolled, channel)[0])


TestGalleryBesideItsModel = GalleryBesideItsModel.TestCase
TestGalleryBesideItsModel.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_a_caller_is_as_like_as_the_best_of_their_voiceprints() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", seed) for seed in (1, 2, 3)])
    for seed in (1, 2, 3):
        assert gallery.search(a_vector(seed), "wide") == [("ada", pytest.approx(1.0, abs=1e-5))]


def test_callers_with_many_voiceprints_do_not_crowd_others_out() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1) for _ in range(6)])
    gallery.put("ben", [a_voiceprint("ben", 2)])
    gallery.put("cyd", [a_voiceprint("cyd", 3)])
    assert {caller_id for caller_id, _ in gallery.search(a_vector(1), "wide", k=3)} == {"ada", "ben", "cyd"}


def test_voiceprints_of_another_encoder_or_dimension_are_left_out() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, encoder="elsewhere")])
    gallery.put("ben", [a_voiceprint("ben", 1, embedding=a_vector(1, DIMENSION + 1))])
    assert (len(gallery), gallery.callers) == (0, 0)
    assert gallery.search(a_vector(1), "wide") == []
    gallery.put("cyd", [a_voiceprint("cyd", 1, encoder="elsewhere"), a_voiceprint("cyd", 1)])
    assert (len(gallery), gallery.callers) == (1, 1)


def test_a_caller_whose_voiceprints_all_went_is_gone() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1)])
    gallery.put("ada", [])
    assert gallery.search(a_vector(1), "wide") == []
    assert not gallery.remove("ada")


def test_the_length_of_a_stored_embedding_does_not_matter() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, embedding=a_vector(1) * np.float32(7.0))])
    assert gallery.search(a_vector(1), "wide")[0][1] == pytest.approx(1.0, abs=1e-5)


def test_an_embedding_of_zeros_is_like_nobody() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, embedding=np.zeros(DIMENSION))])
    assert gallery.search(a_vector(1), "wide") == [("ada", 0.0)]


def test_it_grows_beyond_its_first_rows_and_shrinks_again() -> None:
    gallery = a_gallery()
    for index in range(600):
        gallery.put(f"caller {index}", [a_voiceprint(f"caller {index}", index)])
    for index in (0, 255, 256, 599):
        assert gallery.search(a_vector(index), "wide", k=1)[0][0] == f"caller {index}"
    for index in range(0, 600, 2):
        assert gallery.remove(f"caller {index}")
    for index in (1, 255, 257, 599):
        assert gallery.search(a_vector(index), "wide", k=1)[0][0] == f"caller {index}"
    assert not gallery._matrix[300:].any()


def test_searches_and_writes_from_several_threads_do_not_disturb_each_other() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1)])
    errors: list[BaseException] = []

    def write(offset: int) -> None:
        try:
            for index in range(150):
                gallery.put(f"caller {offset}", [a_voiceprint(f"caller {offset}", offset + index)])
                gallery.remove(f"caller {offset}")
        except BaseException as exc:  # noqa: BLE001 - reported by the test
            errors.append(exc)

    def search() -> None:
        try:
            for _ in range(150):
                assert gallery.search(a_vector(1), "wide", among={"ada"})[0][1] > 0.99
        except BaseException as exc:  # noqa: BLE001 - reported by the test
            errors.append(exc)

    threads = [threading.Thread(target=write, args=(1000 * index,)) for index in range(1, 4)]
    threads += [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (len(gallery), gallery.callers) == (1, 1)


PAIRS: list[tuple[Channel, Channel]] = [
    ("wide", "wide"),
    ("narrow", "narrow"),
    ("wide", "narrow"),
    ("narrow", "wide"),
]


@pytest.mark.parametrize(("enrolled", "probe"), PAIRS)
def test_similarity_grows_with_the_cosine_between_0_and_1(enrolled: Channel, probe: Channel) -> None:
    cosines = np.linspace(-1, 1, 2001, dtype=np.float32)
    similarity = similarity_of(cosines, enrolled, probe)
    assert (np.diff(similarity) >= 0).all()
    assert (np.diff(similarity[cosines > 0]) > 0).all()
    assert similarity[0] == 0.0
    assert similarity[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(("enrolled", "probe"), PAIRS)
def test_the_operating_point_of_a_pair_of_channels_is_similarity_0_75(
    enrolled: Channel, probe: Channel
) -> None:
    point = np.array([OPERATING_POINTS[frozenset({enrolled, probe})]], np.float32)
    assert similarity_of(point, enrolled, probe)[0] == pytest.approx(0.75, abs=1e-6)


def test_the_same_cosine_means_less_on_the_telephone_than_across_lines() -> None:
    cosine = np.array([0.8], np.float32)
    assert similarity_of(cosine, "narrow", "narrow") < similarity_of(cosine, "wide", "wide")
    assert similarity_of(cosine, "wide", "wide") < similarity_of(cosine, "wide", "narrow")
    assert similarity_of(cosine, "wide", "narrow") == similarity_of(cosine, "narrow", "wide")


@given(shape=st.sampled_from([(0,), (3,), (2, 3)]))
@settings(max_examples=3)
def test_cosines_of_any_shape_keep_it(shape: tuple[int, ...]) -> None:
    assert similarity_of(np.zeros(shape, np.float32), "wide", "wide").shape == shape


def test_a_voiceprint_that_names_no_encoder_is_taken_for_this_ones() -> None:
    gallery = Gallery("here", DIMENSION)
    gallery.put("ada", [a_voiceprint("ada", 1, encoder="")])
    ((caller_id, similarity),) = gallery.search(a_vector(1), "wide")
    assert caller_id == "ada"
    assert similarity > 0.99
