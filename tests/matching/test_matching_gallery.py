"""The gallery against a model of it that is a plain list, with and without a back-end of its own."""

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
from opusagent_voiceprint.matching import (
    CLASSES,
    Backend,
    Calibration,
    Channel,
    Comparison,
    Gallery,
    LineClass,
    Probe,
    log_odds,
    similarity_of,
)
from opusagent_voiceprint.matching.plda import Plda

Vector = npt.NDArray[np.float32]

DIMENSION, WIDE_DIMENSION = 8, 5
CALLERS = ("ada", "ben", "cyd", "dan", "eve")
CALIBRATION = Calibration(
    encoder_id="here",
    wide_encoder_id="wide here",
    noisy_below_db=18.0,
    classes={
        name: LineClass(offset=-index, weights=(0.1 + 0.02 * index, 8.0 + index), threshold=4.0 + index)
        for index, name in enumerate(CLASSES)
    },
)


def a_vector(seed: int, dimension: int = DIMENSION) -> Vector:
    vector = np.random.default_rng(seed).normal(size=dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def a_plda() -> Plda:
    random = np.random.default_rng(7)
    mean = 0.3 * random.normal(size=DIMENSION)
    return Plda(mean, random.normal(size=(DIMENSION, DIMENSION)), random.uniform(0.5, 4.0, DIMENSION))


PLAIN = Backend(CALIBRATION.model_copy(update={"wide_encoder_id": ""}), DIMENSION)
FITTED = Backend(CALIBRATION, DIMENSION, a_plda(), wide_dimension=WIDE_DIMENSION)
BACKENDS = {"cosine": PLAIN, "fitted": FITTED}


def a_voiceprint(caller_id: str, seed: int, channel: str = "wide", **fields: Any) -> Voiceprint:
    whole: dict[str, Any] = {"embedding": a_vector(seed), "encoder": "here", "channel": channel, **fields}
    return Voiceprint(caller_id=caller_id, **whole)


def a_probe(seed: int, channel: Channel = "wide", snr_db: float = 40.0, wide: Vector | None = None) -> Probe:
    return Probe(a_vector(seed), wide, channel, snr_db)


def a_gallery(backend: Backend = PLAIN) -> Gallery:
    return Gallery(backend)


def log_likelihood_ratio(plda: Plda, enrolled: Vector, probe: Vector) -> float:
    """One speaker against two, of two embeddings."""

    def projected(vector: Vector) -> npt.NDArray[np.float64]:
        difference = vector.astype(np.float64) - plda.mean
        return np.asarray(difference / np.linalg.norm(difference) @ plda.basis)

    return joint_ratio(plda, projected(enrolled), projected(probe))


def joint_ratio(plda: Plda, enrolled: npt.NDArray[np.float64], heard: npt.NDArray[np.float64]) -> float:
    """One speaker against two, from the joint Gaussian densities of both sides in the basis."""
    result = 0.0
    for first, second, between in zip(enrolled, heard, plda.between, strict=True):
        both = np.array([first, second])
        same = np.array([[between + 1, between], [between, between + 1]])
        result += -0.5 * (both @ np.linalg.solve(same, both) + np.log(np.linalg.det(same)))
        result += 0.5 * (both @ both / (between + 1) + 2 * np.log(between + 1))
    return float(result)


Prints = list[tuple[int, str, str, float]]
CHANNELS = st.sampled_from(["wide", "narrow"])
NOISE = st.sampled_from([5.0, 17.0, 19.0, 40.0])
ENCODERS = st.sampled_from(["here", "here", "here", "elsewhere"])
VOICEPRINTS = st.lists(st.tuples(st.integers(0, 10_000), CHANNELS, ENCODERS, NOISE), max_size=4)


class GalleryBesideItsModel(RuleBasedStateMachine):
    """Whatever is done to it, the gallery finds what looking at every caller by itself finds."""

    @initialize()
    def begin(self) -> None:
        self.gallery = a_gallery()
        self.model: dict[str, list[Voiceprint]] = {}

    @rule(caller_id=st.sampled_from(CALLERS), prints=VOICEPRINTS)
    def put(self, caller_id: str, prints: Prints) -> None:
        made = [
            a_voiceprint(caller_id, seed, channel, encoder=encoder, snr_db=snr_db)
            for seed, channel, encoder, snr_db in prints
        ]
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
        snr_db=NOISE,
        k=st.integers(0, 6),
        among=st.none() | st.sets(st.sampled_from([*CALLERS, "nobody"])),
    )
    def search(
        self, seed: int, channel: Channel, snr_db: float, k: int, among: Collection[str] | None
    ) -> None:
        probe = a_probe(seed, channel, snr_db)
        expected = {
            caller_id: self._similarity(prints, probe)
            for caller_id, prints in self.model.items()
            if among is None or caller_id in among
        }
        wanted = sorted(expected.values(), reverse=True)[:k]
        found = self.gallery.search(probe, k, among)
        # Callers may be as alike as rounding can tell, so scores are compared by rank and by caller.
        assert [score for _, score in found] == pytest.approx(wanted, abs=1e-5)
        assert len({caller_id for caller_id, _ in found}) == len(found)
        assert dict(found) == pytest.approx(
            {caller_id: expected[caller_id] for caller_id, _ in found}, abs=1e-5
        )

    @invariant()
    def counts_agree(self) -> None:
        assert len(self.gallery) == self.gallery.callers == len(self.model)

    @invariant()
    def what_was_removed_is_zeros(self) -> None:
        for segment in self.gallery._segments:
            assert not any(column[len(segment) :].any() for column in segment.columns)

    @staticmethod
    def _similarity(prints: list[Voiceprint], probe: Probe) -> float:
        mean = np.sum([each.embedding for each in prints], axis=0)
        cosine = float(mean @ probe.embedding / np.linalg.norm(mean))
        wide = np.mean([each.channel != "narrow" for each in prints]) > 0.5
        bands = int(wide) + int(probe.channel == "wide")
        noisy = min(float(np.mean([each.snr_db for each in prints])), probe.snr_db) < 18.0
        line = CALIBRATION.of(bands + 3 if noisy and bands < 2 else bands)
        above = line.offset + line.weights[1] * cosine - line.threshold - 0.45 * np.log(len(prints))
        return float(1 / (1 + np.exp(-(np.log(3) + above / 2))))


TestGalleryBesideItsModel = GalleryBesideItsModel.TestCase
TestGalleryBesideItsModel.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("channel", ["wide", "narrow"])
def test_the_back_end_gives_the_log_likelihood_ratio_of_its_model_and_the_cosine(channel: Channel) -> None:
    gallery = a_gallery(FITTED)
    for seed in range(20):
        gallery.put(f"caller {seed}", [a_voiceprint("", seed, channel)])
    for probe in (a_probe(100, channel), a_probe(3, channel)):
        found = gallery.compare(probe)
        assert list(found.callers) == [f"caller {seed}" for seed in range(20)]
        assert FITTED.plda is not None
        ratios = [log_likelihood_ratio(FITTED.plda, a_vector(seed), probe.embedding) for seed in range(20)]
        np.testing.assert_allclose(found.plda, ratios, atol=1e-3)
        cosines = [a_vector(seed) @ probe.embedding for seed in range(20)]
        np.testing.assert_allclose(found.cosine, cosines, atol=1e-4)


def test_the_shipped_back_end_gives_the_log_likelihood_ratio_of_its_model() -> None:
    from opusagent_voiceprint.encoding import chosen_encoders

    shipped = Backend.shipped(chosen_encoders())
    assert shipped.plda is not None
    gallery = Gallery(shipped)
    for seed in range(5):
        gallery.put(
            f"caller {seed}",
            [a_voiceprint("", 0, "narrow", encoder=shipped.encoder_id, embedding=a_vector(seed, 256))],
        )
    probe = Probe(a_vector(50, 256), None, "narrow", 40.0)
    found = gallery.compare(probe)
    ratios = [log_likelihood_ratio(shipped.plda, a_vector(seed, 256), probe.embedding) for seed in range(5)]
    np.testing.assert_allclose(found.plda, ratios, rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(
        found.cosine, [a_vector(k, 256) @ probe.embedding for k in range(5)], atol=1e-3
    )


def test_wideband_meets_wideband_by_the_encoder_for_it_and_by_no_other() -> None:
    gallery = a_gallery(FITTED)
    wides = {name: a_vector(seed, WIDE_DIMENSION) for name, seed in (("ada", 1), ("ben", 2))}
    gallery.put("ada", [a_voiceprint("ada", 1, wide_embedding=wides["ada"], wide_encoder="wide here")])
    gallery.put("ben", [a_voiceprint("ben", 1, wide_embedding=wides["ben"], wide_encoder="another")])
    gallery.put("cyd", [a_voiceprint("cyd", 1, "narrow")])
    probe = a_probe(9, wide=wides["ada"])
    found = gallery.compare(probe)
    assert [CLASSES[found.classes[0]], CLASSES[found.classes[2]]] == ["wide", "mixed"]
    telephone = a_vector(1) @ probe.embedding
    np.testing.assert_allclose(found.cosine, [1.0, telephone, telephone], atol=1e-4)
    # Neither does a probe over a telephone line reach it.
    assert [CLASSES[each] for each in gallery.compare(a_probe(9, "narrow")).classes] == [
        "mixed",
        "mixed",
        "narrow",
    ]
    # A voiceprint without one takes the place of the one that had it.
    gallery.put("ada", [a_voiceprint("ada", 1)])
    np.testing.assert_allclose(gallery.compare(probe).cosine, telephone, atol=1e-4)
    assert CLASSES[gallery.compare(probe).classes[0]] != "wide"


def above_as(name: str, found: Comparison, voiceprints: int = 1) -> Vector:
    line = CALIBRATION.classes[name]
    of_plda, of_cosine = line.weights
    ratios: Vector = line.offset + of_plda * found.plda + of_cosine * found.cosine
    return ratios - line.threshold - np.float32(0.45 * np.log(voiceprints))


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("snr_db", [10.0, 40.0])
@pytest.mark.parametrize(
    ("lines", "heard", "possible"),
    [
        ([""], "narrow", ("narrow", "mixed")),
        (["something else"], "narrow", ("narrow", "mixed")),
        (["", "narrow"], "narrow", ("narrow",)),
        (["", "wide"], "narrow", ("narrow", "mixed")),
        (["", "narrow", "wide"], "narrow", ("narrow", "mixed")),
        (["", "narrow", "narrow"], "narrow", ("narrow",)),
        (["", "wide", "wide"], "narrow", ("mixed",)),
        (["wide"], "narrow", ("mixed",)),
        ([""], "wide", ("mixed", "wide")),
    ],
)
def test_a_line_that_is_not_known_is_compared_by_the_stricter_class(
    lines: list[str], heard: Channel, possible: tuple[str, ...], snr_db: float, backend: Backend
) -> None:
    gallery = a_gallery(backend)
    for seed in range(100):
        gallery.put(f"caller {seed}", [a_voiceprint("", seed, line, snr_db=snr_db) for line in lines])
    found = gallery.compare(a_probe(200, heard))
    if heard == "wide" and backend is FITTED:
        # By the encoder for telephone lines, since the one for wideband has not heard both sides.
        possible = ("narrow", "mixed")
    names = [name if snr_db > 18.0 or name == "wide" else f"{name} and noisy" for name in possible]
    each_way = np.stack([above_as(name, found, len(lines)) for name in names])
    np.testing.assert_allclose(found.above, each_way.min(axis=0), atol=1e-3)
    assert [CLASSES[index] for index in found.classes] == [names[way] for way in each_way.argmin(axis=0)]
    best = found.callers[int(found.above.argmax())]
    assert gallery.search(a_probe(200, heard), k=1)[0][0] == best


def test_wideband_that_the_encoder_for_it_did_not_hear_on_both_sides_takes_the_stricter_class() -> None:
    gallery = a_gallery(FITTED)
    for seed in range(100):
        gallery.put(f"caller {seed}", [a_voiceprint("", seed, "wide")])
    found = gallery.compare(a_probe(200, wide=a_vector(3, WIDE_DIMENSION)))
    each_way = np.stack([above_as(name, found) for name in ("narrow", "mixed")])
    np.testing.assert_allclose(found.above, each_way.min(axis=0), atol=1e-3)
    # Heard by it on both sides, they have a class of their own, however strict that is.
    wide = a_vector(3, WIDE_DIMENSION)
    for seed in range(100):
        fields: dict[str, Any] = {
            "wide_embedding": a_vector(seed, WIDE_DIMENSION),
            "wide_encoder": "wide here",
        }
        gallery.put(f"caller {seed}", [a_voiceprint("", seed, "wide", **fields)])
    assert {CLASSES[each] for each in gallery.compare(a_probe(200, wide=wide)).classes} == {"wide"}
    # So they have where the calibration knows of no encoder for wideband.
    plain = a_gallery(PLAIN)
    plain.put("ada", [a_voiceprint("", 1, "wide")])
    assert CLASSES[plain.compare(a_probe(200)).classes[0]] == "wide"


@pytest.mark.parametrize("size", [1, WIDE_DIMENSION - 1, WIDE_DIMENSION + 1, DIMENSION])
def test_a_wide_embedding_of_another_size_counts_as_none(size: int) -> None:
    odd: dict[str, Any] = {"wide_embedding": np.ones(size), "wide_encoder": "wide here"}
    sound: dict[str, Any] = {"wide_embedding": a_vector(1, WIDE_DIMENSION), "wide_encoder": "wide here"}
    heard = a_probe(9, wide=a_vector(1, WIDE_DIMENSION))
    gallery = a_gallery(FITTED)
    for order in (("odd", "sound"), ("sound", "odd")):
        gallery.clear()
        for caller_id in order:
            gallery.put(caller_id, [a_voiceprint(caller_id, 1, **(odd if caller_id == "odd" else sound))])
        found = gallery.compare(heard)
        cosines = dict(zip(found.callers, found.cosine, strict=True))
        assert cosines["sound"] == pytest.approx(1.0, abs=1e-4)
        assert cosines["odd"] == pytest.approx(a_vector(1) @ a_vector(9), abs=1e-4)
    gallery.put("both", [a_voiceprint("both", 1, **odd), a_voiceprint("both", 1, **sound)])
    assert gallery.compare(heard, {"both"}).cosine[0] == pytest.approx(1.0, abs=1e-4)
    # A probe's own brings nothing down either.
    assert len(gallery.search(a_probe(9, wide=np.ones(size, np.float32)), k=3)) == 3


def test_voiceprints_of_one_caller_are_projected_one_by_one_and_averaged() -> None:
    # Around a mean of zeros the mean of the embeddings has the same direction, and this is exact.
    plda = Plda(np.zeros(DIMENSION), a_plda().basis, a_plda().between)
    calls = [a_vector(1) + np.float32(0.8) * a_vector(seed) for seed in (2, 3, 4)]
    units = [each.astype(np.float64) / np.linalg.norm(each) for each in calls]
    # The more the calls differ, the shorter their mean is, and the less they say together.
    assert np.linalg.norm(np.mean(units, axis=0)) < 0.9
    enrolled = np.mean([each @ plda.basis for each in units], axis=0)
    gallery = a_gallery(Backend(CALIBRATION, DIMENSION, plda))
    gallery.put("ada", [a_voiceprint("ada", 1, "narrow", embedding=each) for each in calls])
    for seed in range(20, 40):
        probe = a_probe(seed, "narrow")
        expected = joint_ratio(plda, enrolled, probe.embedding @ plda.basis)
        assert gallery.compare(probe).plda[0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("enrolled", [10.0, 40.0])
@pytest.mark.parametrize("heard", [10.0, 40.0])
@pytest.mark.parametrize(("lines", "name"), [(("narrow", "narrow"), "narrow"), (("wide", "narrow"), "mixed")])
def test_noise_on_either_side_has_its_own_calibration(
    enrolled: float, heard: float, lines: tuple[str, Channel], name: str
) -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, lines[0], snr_db=enrolled)])
    (found,) = gallery.compare(a_probe(2, lines[1], heard)).classes
    assert CLASSES[found] == (name if min(enrolled, heard) >= 18.0 else f"{name} and noisy")


@pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)
def test_voiceprints_of_a_caller_count_as_their_mean(backend: Backend) -> None:
    gallery, together = a_gallery(backend), np.sum([a_vector(seed) for seed in (1, 2, 3)], axis=0)
    gallery.put("ada", [a_voiceprint("ada", seed) for seed in (1, 2, 3)])
    found = gallery.compare(a_probe(4))
    expected = together @ a_vector(4) / np.linalg.norm(together)
    assert found.cosine[0] == pytest.approx(expected, abs=1e-4)
    # One voiceprint three times is that voiceprint, but for what several of them are held to.
    gallery.put("ben", [a_voiceprint("ben", 1)] * 3)
    gallery.put("cyd", [a_voiceprint("cyd", 1)])
    above = dict(
        zip(*(getattr(gallery.compare(a_probe(4)), name) for name in ("callers", "above")), strict=True)
    )
    assert above["cyd"] - above["ben"] == pytest.approx(0.45 * np.log(3), abs=1e-4)


def test_callers_with_many_voiceprints_do_not_crowd_others_out() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1) for _ in range(6)])
    gallery.put("ben", [a_voiceprint("ben", 2)])
    gallery.put("cyd", [a_voiceprint("cyd", 3)])
    assert {caller_id for caller_id, _ in gallery.search(a_probe(1), k=3)} == {"ada", "ben", "cyd"}


def test_voiceprints_of_another_encoder_or_dimension_are_left_out() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, encoder="elsewhere")])
    gallery.put("ben", [a_voiceprint("ben", 1, embedding=a_vector(1, DIMENSION + 1))])
    assert (len(gallery), gallery.callers) == (0, 0)
    assert gallery.search(a_probe(1)) == []
    gallery.put("cyd", [a_voiceprint("cyd", 1, encoder="elsewhere"), a_voiceprint("cyd", 1)])
    assert (len(gallery), gallery.callers) == (1, 1)


def test_a_caller_whose_voiceprints_all_went_is_gone() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1)])
    gallery.put("ada", [])
    assert gallery.search(a_probe(1)) == []
    assert not gallery.remove("ada")


def test_the_length_of_a_stored_embedding_does_not_matter() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, embedding=a_vector(1) * np.float32(7.0))])
    assert gallery.compare(a_probe(1)).cosine[0] == pytest.approx(1.0, abs=1e-5)


def test_an_embedding_of_zeros_is_like_nobody() -> None:
    gallery = a_gallery()
    gallery.put("ada", [a_voiceprint("ada", 1, embedding=np.zeros(DIMENSION))])
    assert gallery.compare(a_probe(1)).cosine.tolist() == [0.0]


def test_it_grows_beyond_its_first_rows_and_shrinks_again() -> None:
    gallery = a_gallery()
    for index in range(600):
        gallery.put(f"caller {index}", [a_voiceprint(f"caller {index}", index)])
    for index in (0, 255, 256, 599):
        assert gallery.search(a_probe(index), k=1)[0][0] == f"caller {index}"
    for index in range(0, 600, 2):
        assert gallery.remove(f"caller {index}")
    for index in (1, 255, 257, 599):
        assert gallery.search(a_probe(index), k=1)[0][0] == f"caller {index}"
    (segment,) = gallery._segments
    assert not any(column[300:].any() for column in segment.columns)


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
                assert gallery.search(a_probe(1), among={"ada"})[0][0] == "ada"
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


def test_similarity_is_0_75_at_the_operating_point_and_grows_between_0_and_1() -> None:
    above = np.linspace(-80, 80, 2001, dtype=np.float32)
    similarity = similarity_of(above)
    assert similarity_of(np.zeros(1, np.float32))[0] == pytest.approx(0.75)
    assert (np.diff(similarity) >= 0).all()
    assert similarity.min() >= 0.0
    assert similarity.max() <= 1.0


@given(shape=st.sampled_from([(0,), (3,), (2, 3)]))
@settings(max_examples=3)
def test_ratios_of_any_shape_keep_it(shape: tuple[int, ...]) -> None:
    assert similarity_of(np.zeros(shape, np.float32)).shape == shape


@given(st.floats(-50, 50, width=32))
def test_log_odds_are_half_the_nats_above_the_operating_point(above: float) -> None:
    similarity = float(similarity_of(np.array([above], np.float32))[0])
    assert log_odds(similarity) == pytest.approx(np.log(3) + above / 2, abs=1e-3)


@pytest.mark.parametrize("similarity", [0.0, 1.0])
def test_log_odds_are_finite(similarity: float) -> None:
    assert np.isfinite(log_odds(similarity))


@pytest.mark.parametrize(
    ("encoder_id", "taken"),
    [("resemblyzer-1-x", True), ("here", False), ("telephone1-1-x", False), ("my-resemblyzer-1-x", False)],
)
def test_a_voiceprint_that_names_no_encoder_is_taken_for_one_of_resemblyzers(
    encoder_id: str, taken: bool
) -> None:
    gallery = a_gallery(Backend.of_cosine(encoder_id, DIMENSION))
    nameless = a_voiceprint("ada", 1, encoder="")
    gallery.put("ada", [nameless, nameless])
    assert list(gallery.compare(a_probe(1)).callers) == (["ada"] if taken else [])
    # How many are left out is known.
    assert gallery.nameless == (0 if taken else 2)
    gallery.put("ada", [nameless, a_voiceprint("ada", 1, encoder=encoder_id)])
    assert (gallery.callers, gallery.nameless) == (1, 0 if taken else 1)
    gallery.remove("ada")
    assert (gallery.callers, gallery.nameless) == (0, 0)
