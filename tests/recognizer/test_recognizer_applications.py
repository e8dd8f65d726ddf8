"""Stores of applications: what they may lack, and what one of their rows may not do to the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint import JSONStorage, OpusAgentVoiceRecognizer, VoiceMismatchError, Voiceprint
from opusagent_voiceprint.matching import Backend, Probe, log_odds
from opusagent_voiceprint.recognizer.applications import ApplicationsCallers

Voice = Callable[[str, str], Any]


@dataclass
class Theirs:
    """A voiceprint as OpusAgent's own module has it."""

    caller_id: str
    embedding: Any
    metadata: dict[str, Any]
    created_at: str | None = None
    last_seen: str | None = None


class Shop:
    """An application's store that makes ``row`` of each voiceprint, and keeps nothing else."""

    def __init__(self, row: Callable[[Voiceprint], Any] = lambda each: each) -> None:
        self.rows: list[Any] = []
        self._row = row

    def save(self, voiceprint: Voiceprint) -> None:
        self.rows.append(self._row(voiceprint))

    def get_all(self) -> list[Any]:
        return list(self.rows)


FIVE_FIELDS: dict[str, Callable[[Voiceprint], Any]] = {
    "objects": lambda each: Theirs(each.caller_id, each.embedding, each.metadata),
    "our class": lambda each: Voiceprint(
        caller_id=each.caller_id, embedding=each.embedding, metadata=each.metadata
    ),
    "mappings": lambda each: {
        "caller_id": each.caller_id,
        "embedding": each.embedding.tolist(),
        "metadata": each.metadata,
    },
}
ALL_FIELDS: dict[str, Callable[[Voiceprint], Any]] = {
    "objects": lambda each: SimpleNamespace(**dict(each)),
    "our class": lambda each: each,
    "mappings": dict,
}


@pytest.mark.parametrize("form", FIVE_FIELDS)
def test_in_five_fields_encoder_and_line_are_kept_in_the_metadata_and_not_given_back(
    form: str, briefly: Voice, telephone: Any
) -> None:
    whole, lost = OpusAgentVoiceRecognizer(Shop()), OpusAgentVoiceRecognizer(Shop(FIVE_FIELDS[form]))
    enrolled, heard = telephone(briefly("slt", "enroll")), telephone(briefly("slt", "return"))
    for recognizer in (whole, lost):
        for plan in ("basic", "premium"):
            made = recognizer.enroll_caller("ada", enrolled, {"plan": plan}, sample_rate=8_000)
            assert (made.metadata, made.channel) == ({"plan": plan}, "narrow")
    matches = [each.match_caller(heard, sample_rate=8_000) for each in (whole, lost)]
    assert matches[0] is not None
    # As sure as where every field is kept: the line is known to be a telephone's on both sides.
    assert matches[1] == ("ada", pytest.approx(matches[0][1], abs=1e-3), {"plan": "premium"})


@pytest.mark.parametrize("form", ALL_FIELDS)
def test_a_store_that_keeps_the_encoder_gets_nothing_in_the_metadata(form: str, briefly: Voice) -> None:
    store = Shop(ALL_FIELDS[form])
    recognizer = OpusAgentVoiceRecognizer(store)
    for caller_id, name in (("ada", "slt"), ("ben", "rms")):
        recognizer.enroll_caller(caller_id, briefly(name, "enroll"), {"plan": "basic"})
    last = store.rows[-1]
    assert (last["metadata"] if form == "mappings" else last.metadata) == {"plan": "basic"}
    # With everything that a voiceprint has: wideband meets wideband by the encoder for it.
    reference = OpusAgentVoiceRecognizer(JSONStorage("ours.json"))
    reference.enroll_caller("ada", briefly("slt", "enroll"))
    heard = briefly("slt", "return")
    sure = [log_odds(each.identify(heard).similarity) for each in (recognizer, reference)]
    assert sure[0] == pytest.approx(sure[1], abs=0.01)


@pytest.mark.parametrize("form", FIVE_FIELDS)
def test_p21_another_voice_does_not_take_a_callers_place_in_five_fields(form: str, briefly: Voice) -> None:
    store = Shop(FIVE_FIELDS[form])
    recognizer = OpusAgentVoiceRecognizer(store)
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    for name in ("rms", "kal16"):
        with pytest.raises(VoiceMismatchError, match="another voice than the one enrolled as 'ada'"):
            recognizer.enroll_caller("ada", briefly(name, "enroll"))
    recognizer.enroll_caller("ada", briefly("slt", "return"))
    assert len(store.rows) == 2


UNUSABLE: dict[str, Any] = {
    "not a number": SimpleNamespace(caller_id="x", embedding=[float("nan")] * 256),
    "no embedding": SimpleNamespace(caller_id="x"),
    "no caller": {"embedding": [0.1234567] * 256},
    "a number for a caller": Theirs(7, [0.1234567] * 256, {}),  # type: ignore[arg-type]
    "no line": SimpleNamespace(caller_id="x", embedding=[0.1234567] * 256, channel=5),
    "None": None,
    "text": "x",
}


@pytest.mark.parametrize("row", UNUSABLE)
def test_p15_a_row_that_cannot_be_used_hides_no_other_and_is_logged_once_without_its_embedding(
    row: str, briefly: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    store = Shop()
    recognizer = OpusAgentVoiceRecognizer(store)
    store.rows = [UNUSABLE[row], UNUSABLE[row]]
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    for _ in range(2):
        match = recognizer.match_caller(briefly("slt", "return"))
        assert match is not None
        assert match[0] == "ada"
    (told,) = [each.getMessage() for each in caplog.records]
    assert told.startswith("2 voiceprints of Shop cannot be used (")
    assert "0.123" not in told
    assert "nan" not in told


def test_a_row_that_raises_when_it_is_read_hides_no_other(briefly: Voice) -> None:
    class Detached:
        caller_id = "x"

        @property
        def embedding(self) -> Any:
            raise RuntimeError("the session of this row is closed")

        encoder = embedding

    store = Shop()
    store.rows = [Detached()]
    recognizer = OpusAgentVoiceRecognizer(store)
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"


@pytest.mark.parametrize("metadata", [None, "{}", 5])
def test_metadata_that_is_no_mapping_counts_as_none(metadata: Any, briefly: Voice) -> None:
    store = Shop()
    recognizer = OpusAgentVoiceRecognizer(store)
    embedding = recognizer.get_embedding(briefly("slt", "enroll"))
    encoder = recognizer.encoders.encoder_id
    store.rows = [
        SimpleNamespace(
            caller_id="ada", embedding=embedding, encoder=encoder, channel="wide", metadata=metadata
        )
    ]
    match = recognizer.match_caller(briefly("slt", "return"))
    assert match is not None
    assert (match[0], match[2]) == ("ada", {})


def test_rows_that_name_no_encoder_are_left_out_which_is_logged_once(
    briefly: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    store = Shop()
    recognizer = OpusAgentVoiceRecognizer(store)
    embedding = recognizer.get_embedding(briefly("slt", "enroll"))
    store.rows = [Theirs("ada", embedding, {}), Theirs("ben", embedding, {})]
    for _ in range(2):
        assert recognizer.identify(briefly("slt", "return")).candidates == ()
    assert caplog.text.count("2 voiceprints do not say which encoder made them and are left out") == 1


def test_rows_that_name_no_encoder_are_compared_by_resemblyzers(
    briefly: Voice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("VOICE_ENCODER", "resemblyzer")
    store = Shop()
    recognizer = OpusAgentVoiceRecognizer(store)
    store.rows = [Theirs("ada", recognizer.get_embedding(briefly("slt", "enroll")), {})]
    match = recognizer.match_caller(briefly("slt", "return"))
    assert match is not None
    assert match[0] == "ada"
    assert caplog.text == ""


@pytest.fixture
def many_callers() -> Shop:
    random, store = np.random.default_rng(0), Shop()
    store.rows = [
        Voiceprint(caller_id=f"caller {index}", embedding=random.normal(size=DIMENSION), encoder="here")
        for index in range(300)
    ]
    return store


DIMENSION = 16
BACKEND = Backend.of_cosine("here", DIMENSION)


def test_a_gallery_that_is_being_searched_is_not_changed(many_callers: Shop) -> None:
    callers = ApplicationsCallers(many_callers, BACKEND)
    searched = callers.gallery()
    many_callers.rows = many_callers.rows[:1]
    assert (callers.gallery().callers, searched.callers) == (1, 300)


def test_threads_that_search_at_once_each_see_all_callers(many_callers: Shop) -> None:
    # The caller is the last of many, so that a gallery that is being filled has not got there for long.
    callers = ApplicationsCallers(many_callers, BACKEND)
    embedding = many_callers.rows[-1].embedding
    heard = Probe(embedding / np.linalg.norm(embedding), None, "narrow", 40.0)
    found: list[str] = []

    def search() -> None:
        for _ in range(30):
            gallery = callers.gallery()
            found.extend(caller_id for caller_id, _ in gallery.search(heard, k=1))

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["caller 299"] * 120
