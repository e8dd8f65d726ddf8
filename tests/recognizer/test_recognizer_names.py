"""The public names, with the signatures that code written for OpusAgent's own voiceprint module relies on."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opusagent_voiceprint
from opusagent_voiceprint import (
    FAISSVoiceStorage,
    JSONStorage,
    OpusAgentVoiceRecognizer,
    RedisStorage,
    SecureVoiceRecognizer,
    SQLiteStorage,
    VoiceFingerprintConfig,
    Voiceprint,
    consent,
)

NEEDED = "needed"
RECOGNIZER = OpusAgentVoiceRecognizer

# what is called -> its positional parameters in order, with their defaults
SIGNATURES: list[tuple[Callable[..., Any], list[tuple[str, Any]]]] = [
    (OpusAgentVoiceRecognizer, [("storage_backend", None)]),
    (SecureVoiceRecognizer, [("encryption_key", None)]),
    (RECOGNIZER.get_embedding, [("self", NEEDED), ("audio_buffer", NEEDED)]),
    (RECOGNIZER.match_caller, [("self", NEEDED), ("audio_buffer", NEEDED)]),
    (
        RECOGNIZER.enroll_caller,
        [("self", NEEDED), ("caller_id", NEEDED), ("audio_buffer", NEEDED), ("metadata", None)],
    ),
    (JSONStorage, [("file_path", "voiceprints.json")]),
    (SQLiteStorage, [("db_path", "voiceprints.db")]),
    (RedisStorage, [("redis_client", NEEDED)]),
    (FAISSVoiceStorage.add_voiceprint, [("self", NEEDED), ("voiceprint", NEEDED)]),
    (FAISSVoiceStorage.search_similar, [("self", NEEDED), ("query", NEEDED), ("k", 5)]),
    *(
        (method, parameters)
        for store in (JSONStorage, SQLiteStorage, RedisStorage)
        for method, parameters in (
            (store.save, [("self", NEEDED), ("voiceprint", NEEDED)]),
            (store.get_all, [("self", NEEDED)]),
        )
    ),
]


@pytest.mark.parametrize(
    ("called", "wanted"), SIGNATURES, ids=[called.__qualname__ for called, _ in SIGNATURES]
)
def test_a_signature_is_the_one_that_was_given(
    called: Callable[..., Any], wanted: list[tuple[str, Any]]
) -> None:
    parameters = [
        (each.name, NEEDED if each.default is inspect.Parameter.empty else each.default)
        for each in inspect.signature(called).parameters.values()
        if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    assert parameters == wanted
    for each in inspect.signature(called).parameters.values():
        # What was added since can be left out.
        assert each.name in dict(wanted) or each.default is not inspect.Parameter.empty


@pytest.mark.parametrize("name", ["get_embedding", "match_caller", "enroll_caller"])
def test_other_rates_come_by_a_keyword(name: str) -> None:
    parameter = inspect.signature(getattr(RECOGNIZER, name)).parameters["sample_rate"]
    assert (parameter.kind, parameter.default) == (inspect.Parameter.KEYWORD_ONLY, 16_000)


@pytest.mark.parametrize("recognizer", [OpusAgentVoiceRecognizer, SecureVoiceRecognizer])
def test_debug_is_a_keyword(recognizer: type) -> None:
    assert inspect.signature(recognizer).parameters["debug"].default is False


def test_consent_is_interpreted_from_a_text_and_a_language() -> None:
    first, second, *_ = inspect.signature(consent.interpret).parameters.values()
    assert (first.name, second.name) == ("text", "language")


def test_a_voiceprint_begins_with_the_five_fields_it_always_had() -> None:
    fields = ["caller_id", "embedding", "metadata", "created_at", "last_seen"]
    assert list(Voiceprint.model_fields)[:5] == fields
    voiceprint = Voiceprint(
        caller_id="ada",
        embedding=np.ones(4),
        metadata={"tier": "gold"},
        created_at="2026-03-02T12:00:00Z",
        last_seen="2026-03-02T12:00:00Z",
    )
    assert voiceprint.embedding.dtype == np.float32
    assert Voiceprint(caller_id="ada", embedding=[1.0, 2.0]).metadata == {}
    assert Voiceprint.model_validate_json(voiceprint.model_dump_json()) == voiceprint


def test_the_settings_that_were_given_have_the_defaults_that_were_given() -> None:
    config = VoiceFingerprintConfig()
    given = (
        config.enabled,
        config.similarity_threshold,
        config.enrollment_duration,
        config.storage_backend,
        str(config.storage_path),
        config.min_audio_quality,
        config.max_voiceprints_per_caller,
        config.encryption_key,
    )
    assert given == (True, 0.75, 5.0, "json", "voiceprints.json", 0.6, 3, None)


def test_everything_can_be_imported_at_once() -> None:
    namespace: dict[str, Any] = {}
    exec("from opusagent_voiceprint import *", namespace)  # noqa: S102 - a star import is only allowed at module level
    assert set(opusagent_voiceprint.__all__) <= set(namespace)
    assert all(namespace[name] is not None for name in opusagent_voiceprint.__all__)


def test_dir_lists_the_public_names() -> None:
    assert dir(opusagent_voiceprint) == sorted(opusagent_voiceprint.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'OpusAgentVoiceRecogniser'"):
        _ = opusagent_voiceprint.OpusAgentVoiceRecogniser
