"""The names of OpusAgent's own voiceprint package: what its users rely on, answered by ours."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from cryptography.fernet import Fernet

import opusagent_voiceprint
from opusagent_hooks import HookManager
from opusagent_voiceprint import (
    EncryptionError,
    OpusAgentVoiceRecognizer,
    SettingsError,
    SQLiteStorage,
    StoreFormatError,
    VoiceFingerprintConfig,
    hookimpl,
)
from opusagent_voiceprint.encoding import Encoders, ResemblyzerEncoder, SpeakerEncoder, chosen_encoders
from opusagent_voiceprint.plugin import VoiceprintPlugin

Voice = Callable[[str, str], npt.NDArray[np.float32]]

NAMES = {
    "OpusAgentVoiceRecognizer",
    "Voiceprint",
    "VoiceFingerprintConfig",
    "JSONStorage",
    "RedisStorage",
    "SQLiteStorage",
    "Config",
}


def settings(folder: Path, **values: Any) -> VoiceFingerprintConfig:
    return VoiceFingerprintConfig(
        _env_file=None, **{"storage_backend": "sqlite", "storage_path": folder / "callers.db", **values}
    )


@pytest.fixture
def plugin(an_empty_folder: Path) -> Iterator[VoiceprintPlugin]:
    """The plugin, with its service running."""
    plugin, manager = VoiceprintPlugin(settings(an_empty_folder)), HookManager()
    manager.register(plugin, "voiceprint")
    manager.ready()
    assert plugin.service is not None
    assert plugin.service.wait_until_ready(60.0)
    yield plugin
    manager.close()


@pytest.fixture
def names(plugin: VoiceprintPlugin) -> dict[str, Any]:
    return dict(plugin.stand_ins()["voiceprint"])


def test_every_public_name_of_the_module_is_answered_and_no_other(names: dict[str, Any]) -> None:
    assert set(names) == NAMES
    for name in NAMES - {"OpusAgentVoiceRecognizer"}:
        assert names[name] is getattr(opusagent_voiceprint, name)
    assert issubclass(names["OpusAgentVoiceRecognizer"], OpusAgentVoiceRecognizer)
    assert names["OpusAgentVoiceRecognizer"].__name__ == "OpusAgentVoiceRecognizer"


@pytest.mark.parametrize("name", ["Config", "VoiceFingerprintConfig"])
def test_both_configurations_have_the_attributes_that_the_two_have_together(
    names: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = names[name]()
    assert {
        "enabled": config.enabled,
        "similarity_threshold": config.similarity_threshold,
        "enrollment_duration": config.enrollment_duration,
        "storage_backend": config.storage_backend,
        "storage_path": config.storage_path,
        "min_audio_quality": config.min_audio_quality,
        "max_voiceprints_per_caller": config.max_voiceprints_per_caller,
    } == {
        "enabled": True,
        "similarity_threshold": 0.75,
        "enrollment_duration": 5.0,
        "storage_backend": "json",
        "storage_path": "voiceprints.json",
        "min_audio_quality": 0.6,
        "max_voiceprints_per_caller": 3,
    }
    # One is read from the environment anew each time, the other is given its values.
    monkeypatch.setenv("VOICE_SIMILARITY_THRESHOLD", "0.8")
    assert names[name]().similarity_threshold == 0.8
    values = {"enrollment_duration": 10.0, "min_audio_quality": 0.7, "max_voiceprints_per_caller": 5}
    given = names[name](similarity_threshold=0.9, **values)
    assert (given.similarity_threshold, given.max_voiceprints_per_caller) == (0.9, 5)
    monkeypatch.setenv("VOICE_ENROLLMENT_DURATION", "long")
    with pytest.raises(ValueError, match="VOICE_ENROLLMENT_DURATION"):
        names[name]()


@pytest.mark.parametrize("embedding", [[0.1, 0.2, 0.3], np.array([0.1, 0.2, 0.3])])
def test_a_voiceprint_is_made_of_a_list_or_an_array(names: dict[str, Any], embedding: Any) -> None:
    voiceprint = names["Voiceprint"](
        caller_id="ada", embedding=embedding, metadata={"age": 30}, created_at="2024-01-01T00:00:00Z"
    )
    assert isinstance(voiceprint.embedding, np.ndarray)
    assert voiceprint.embedding.dtype == np.float32
    assert (voiceprint.caller_id, voiceprint.metadata, voiceprint.last_seen) == ("ada", {"age": 30}, None)
    with pytest.raises(ValueError, match="embedding"):
        names["Voiceprint"](caller_id="ada", embedding="not an embedding")


@pytest.mark.parametrize(
    ("name", "attribute", "default"),
    [("JSONStorage", "file_path", "voiceprints.json"), ("SQLiteStorage", "db_path", "voiceprints.db")],
)
def test_a_store_takes_its_path_shows_it_and_gives_back_what_was_saved(
    names: dict[str, Any], name: str, attribute: str, default: str
) -> None:
    by_default = names[name]()
    assert getattr(by_default, attribute) == default
    by_default.close()
    store = names[name]("elsewhere.store")
    assert getattr(store, attribute) == "elsewhere.store"
    assert store.get_all() == []
    store.save(names["Voiceprint"](caller_id="ada", embedding=[0.6, 0.8], metadata={"name": "Ada"}))
    (kept,) = store.get_all()
    assert (kept.caller_id, kept.metadata) == ("ada", {"name": "Ada"})
    np.testing.assert_array_equal(kept.embedding, np.array([0.6, 0.8], np.float32))
    store.close()


def test_a_recognizer_has_the_three_attributes_and_recognises(names: dict[str, Any], briefly: Voice) -> None:
    recognizer = names["OpusAgentVoiceRecognizer"](storage_backend=names["JSONStorage"]("callers.json"))
    assert recognizer.storage.file_path == "callers.json"
    assert recognizer.config.similarity_threshold == 0.75
    made = recognizer.enroll_caller("john_doe", briefly("rms", "enroll"), {"name": "John Doe"})
    assert (made.caller_id, made.metadata) == ("john_doe", {"name": "John Doe"})
    found = recognizer.match_caller(briefly("rms", "return"))
    assert found is not None
    caller_id, similarity, metadata = found
    assert (caller_id, metadata) == ("john_doe", {"name": "John Doe"})
    assert similarity > recognizer.config.similarity_threshold
    assert recognizer.match_caller(briefly("awb", "return")) is None


def test_the_encoder_embeds_an_utterance_as_the_recognizer_does(
    names: dict[str, Any], briefly: Voice
) -> None:
    recognizer = names["OpusAgentVoiceRecognizer"]()
    speech = briefly("slt", "enroll")
    embedding = recognizer.encoder.embed_utterance(speech)
    assert embedding.shape == (256,)
    assert embedding.dtype == np.float32
    assert float(np.linalg.norm(embedding)) == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_allclose(embedding, recognizer.get_embedding(speech), atol=1e-6)
    with pytest.raises(ValueError, match="silent"):
        recognizer.encoder.embed_utterance(np.zeros(16_000, np.float32))


@pytest.mark.parametrize("made_by", ["stand-in", "library"])
def test_making_a_recognizer_takes_microseconds(names: dict[str, Any], made_by: str) -> None:
    make = names["OpusAgentVoiceRecognizer"] if made_by == "stand-in" else OpusAgentVoiceRecognizer
    times = []
    for _ in range(300):
        began = time.perf_counter()
        make()
        times.append(time.perf_counter() - began)
    assert sorted(times)[150] < 0.0002


CONSTRUCTION = """
import json, os, sys
from opusagent_voiceprint import OpusAgentVoiceRecognizer
recognizers = [OpusAgentVoiceRecognizer() for _ in range(3)]
print(json.dumps([sorted(os.listdir(".")), "torch" in sys.modules]))
"""


def test_making_one_opens_no_store_and_loads_no_model(an_empty_folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CONSTRUCTION], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[[], false]"


@pytest.mark.parametrize(
    ("variable", "value", "error"),
    [
        ("VOICE_ENCRYPTION_KEY", "sesame", EncryptionError),
        ("VOICE_ENCRYPTION_KEY", Fernet.generate_key().decode(), EncryptionError),
        ("VOICE_SIMILARITY_THRESHOLD", "high", SettingsError),
        ("VOICE_STORAGE_PATH", "foreign.json", StoreFormatError),
    ],
    ids=["no key", "another key", "a bad setting", "a foreign file"],
)
def test_what_is_wrong_is_raised_when_it_is_used_and_not_when_it_is_made(
    variable: str,
    value: str,
    error: type[Exception],
    briefly: Voice,
    an_empty_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VOICE_STORAGE_PATH", "callers.json")
    first = OpusAgentVoiceRecognizer()
    first.enroll_caller("ada", briefly("slt", "enroll"))
    first.close()
    (an_empty_folder / "foreign.json").write_text('{"something": "else"}')
    monkeypatch.setenv(variable, value)
    recognizer = OpusAgentVoiceRecognizer()
    for _ in range(2):
        with pytest.raises(error):
            recognizer.match_caller(briefly("slt", "return"))
    recognizer.close()


def test_a_setting_that_was_put_right_is_taken_up(briefly: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_SIMILARITY_THRESHOLD", "high")
    recognizer = OpusAgentVoiceRecognizer()
    with pytest.raises(SettingsError):
        recognizer.match_caller(briefly("slt", "return"))
    monkeypatch.delenv("VOICE_SIMILARITY_THRESHOLD")
    assert recognizer.match_caller(briefly("slt", "return")) is None


def test_closing_one_that_was_never_used_opens_nothing(an_empty_folder: Path) -> None:
    OpusAgentVoiceRecognizer().close()
    assert list(an_empty_folder.iterdir()) == []


def test_it_shares_settings_store_and_encoder_with_the_service(
    plugin: VoiceprintPlugin, names: dict[str, Any], briefly: Voice
) -> None:
    one, other = names["OpusAgentVoiceRecognizer"](), names["OpusAgentVoiceRecognizer"]()
    assert plugin.service is not None
    for each in (one, other):
        assert each.encoders is plugin.service.encoders is chosen_encoders()
        assert each.storage is plugin.service.store
        assert each.config is plugin.service.settings
    one.enroll_caller("ada", briefly("slt", "enroll"))
    one.close()
    # The store is the service's to close.
    assert [caller.caller_id for caller in plugin.service.store.all()] == ["ada"]
    assert other.identify(briefly("slt", "return")).caller_id == "ada"


def test_a_store_of_the_application_is_closed_with_its_recognizer(names: dict[str, Any]) -> None:
    store = SQLiteStorage("own.db")
    names["OpusAgentVoiceRecognizer"](store).close()
    with pytest.raises(Exception, match=r"own\.db"):
        store.count()


class OtherEncoder(ResemblyzerEncoder):
    """An encoder of a plugin's, whose embeddings are its own."""

    @property
    def encoder_id(self) -> str:
        return "another"


def test_the_encoder_of_a_plugin_is_the_one_that_recognizers_use(an_empty_folder: Path) -> None:
    encoder = OtherEncoder()

    class Encoder:
        @hookimpl
        def voiceprint_encoder(self) -> SpeakerEncoder:
            return encoder

    plugin, manager = VoiceprintPlugin(settings(an_empty_folder)), HookManager()
    manager.register(plugin, "voiceprint")
    manager.register(Encoder())
    manager.ready()
    recognizer: Any = plugin.stand_ins()["voiceprint"]["OpusAgentVoiceRecognizer"]
    assert recognizer().encoder is encoder
    manager.close()


def test_without_a_running_service_the_environment_counts(
    an_empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_STORAGE_PATH", "from_the_environment.json")
    names = VoiceprintPlugin(settings(an_empty_folder)).stand_ins()["voiceprint"]
    recognizer: Any = names["OpusAgentVoiceRecognizer"]
    assert recognizer().storage.file_path == "from_the_environment.json"


def test_switched_off_nothing_stands_in(an_empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert VoiceprintPlugin(settings(an_empty_folder)).active
    by_settings = VoiceprintPlugin(settings(an_empty_folder, enabled=False))
    monkeypatch.setenv("VOICE_FINGERPRINTING_ENABLED", "false")
    for plugin in (by_settings, VoiceprintPlugin()):
        assert not plugin.active
        assert plugin.stand_ins() == {}


def test_a_part_that_is_replaced_is_used_from_then_on(briefly: Voice) -> None:
    recognizer = OpusAgentVoiceRecognizer(SQLiteStorage("one.db"))
    recognizer.enroll_caller("ada", briefly("slt", "enroll"))
    assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"
    first, recognizer.storage = recognizer.storage, SQLiteStorage("other.db")
    assert recognizer.identify(briefly("slt", "return")).caller_id is None
    recognizer.storage = first
    assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"
    # Embeddings of different encoders are never compared.
    recognizer.encoder = OtherEncoder()
    assert recognizer.identify(briefly("slt", "return")).caller_id is None
    recognizer.close()


def test_assigning_the_encoder_in_use_keeps_the_one_for_wideband() -> None:
    for prepare in (lambda each: each.encoder, lambda _: chosen_encoders().main):
        recognizer = OpusAgentVoiceRecognizer()
        recognizer.encoder = prepare(recognizer)
        assert recognizer.encoders is chosen_encoders()
    pair = Encoders(OtherEncoder(), chosen_encoders().main)
    recognizer.encoders = pair
    recognizer.encoder = pair.main
    assert recognizer.encoders is pair
    recognizer.encoder = OtherEncoder()
    assert recognizer.encoders.wide is None


def test_settings_that_name_another_encoder_mean_it_unless_one_was_assigned(
    an_empty_folder: Path, names: dict[str, Any], plugin: VoiceprintPlugin, briefly: Voice
) -> None:
    by_resemblyzer = settings(an_empty_folder, encoder="resemblyzer")
    for recognizer in (OpusAgentVoiceRecognizer(), names["OpusAgentVoiceRecognizer"]()):
        recognizer.enroll_caller("ada", briefly("slt", "enroll"))
        assert recognizer.encoders is chosen_encoders()
        recognizer.config = by_resemblyzer
        assert recognizer.encoders is chosen_encoders("resemblyzer")
        assert recognizer.match_caller(briefly("slt", "return")) is None
        recognizer.config = settings(an_empty_folder)
        assert recognizer.identify(briefly("slt", "return")).caller_id == "ada"
        recognizer.encoder = assigned = OtherEncoder()
        recognizer.config = by_resemblyzer
        assert recognizer.encoder is assigned
        recognizer.forget_caller("ada")
