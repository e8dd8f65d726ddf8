"""``opusagent-voiceprint policy show``: the public text says what the settings do, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from opusagent_voiceprint import SettingsError, VoiceFingerprintConfig
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.cli.public_policy import figures, public_policy
from opusagent_voiceprint.policies import POLICIES

# Numbers that occur nowhere else in the text.
UNUSUAL: dict[str, Any] = {
    "retention_days": 97,
    "refusal_days": 41,
    "max_voiceprints_per_caller": 7,
    "enrollment_duration": 6.5,
    "policy_version": "2026.3",
    "organization": "Acme Bank",
}
# setting, another value, and what the text says with it
CHANGES: list[tuple[str, Any, str]] = [
    ("retention_days", 30, "for 30 days"),
    ("retention_days", 1, "for 1 day is deleted"),
    ("refusal_days", 90, "remembered for 90 days"),
    ("refusal_days", 1, "remembered for 1 day,"),
    ("max_voiceprints_per_caller", 2, "Up to 2 are kept"),
    ("max_voiceprints_per_caller", 1, "No more than 1 is kept"),
    ("progressive_enrollment", False, "No more than 7 are kept"),
    ("enrollment_duration", 8.0, "It takes 8 seconds"),
    ("policy_version", "44", "This is version 44"),
    ("organization", "Acme Insurance", "Acme Insurance answers"),
    ("organization", "we", "We answer these calls"),
    ("identify_scope", "known_numbers", "only on calls from a telephone number"),
    ("identify_scope", "on_request", "before the caller says yes on that call"),
    ("consent_enabled", False, "Callers are not asked on calls"),
    ("enabled", False, "Recognition by voice is switched off"),
    ("encryption_key_file", "/run/secrets/keys", "All of this is encrypted"),
    ("dpia_reference", "DPIA/Q", "assessment is DPIA/Q."),
    ("policy", "us-il", "740 ILCS 14/15"),
]
NOT_IN_THE_TEXT = {
    # of the sound, the machine and the store: nothing that is kept of anybody, or for how long
    "encoder",
    "encoder_by_language",
    "calibration",
    "similarity_threshold",
    "known_number_threshold",
    "recognition_margin",
    "max_number_failures",
    "decision_min_speech",
    "decision_max_speech",
    "storage_backend",
    "storage_path",
    "redis_url",
    "storage_timeout",
    "min_audio_quality",
    "keystore_path",
    "tenant",
    "erasure_journal",
    "index_exact_limit",
    "default_language",
    "max_concurrent_calls",
    "debug",
    "encryption_key",  # as encryption_key_file
}


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(**values: Any) -> VoiceFingerprintConfig:
    return VoiceFingerprintConfig(**{**UNUSUAL, **values})


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policy", "show", *arguments])


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_p13_every_number_of_the_text_is_one_of_the_settings() -> None:
    settings = config()
    text = public_policy(settings)
    expected = {"97", "41", "7", "6.5", "2026.3", "10", "20"}
    assert numbers(text) == expected
    known = {
        str(value) if not isinstance(value, float) else f"{value:g}" for value in figures(settings).values()
    }
    assert expected <= known


@pytest.mark.parametrize("policy", POLICIES)
def test_p13_a_profile_adds_its_own_sentences_and_no_figure_that_is_not_the_law_s(policy: str) -> None:
    settings = config(policy=policy, dpia_reference="DPIA")
    text, published = one_line(public_policy(settings)), POLICIES[settings.policy].published
    for sentence in published:
        assert sentence in text
        text = text.replace(sentence, "")
    law = settings.jurisdiction.law
    assert numbers(text) - numbers(law) == {"97", "41", "7", "6.5", "2026.3", "10", "20"}
    assert (f"Held to: {law}." in one_line(public_policy(settings))) is bool(
        POLICIES[settings.policy].published
    )
    assert "none in particular" not in text
    others = {each for other in POLICIES.values() if other.name != policy for each in other.published}
    assert not [each for each in others if each in text]


@pytest.mark.parametrize(("setting", "value", "words"), CHANGES)
def test_p13_when_a_setting_changes_the_text_does(setting: str, value: Any, words: str) -> None:
    before, after = one_line(public_policy(config())), one_line(public_policy(config(**{setting: value})))
    assert words in after
    assert words not in before


def test_p13_every_setting_is_in_the_text_or_said_not_to_be() -> None:
    assert {setting for setting, *_ in CHANGES} | NOT_IN_THE_TEXT == set(VoiceFingerprintConfig.model_fields)


def test_p13_a_key_makes_it_encrypted_and_is_not_shown() -> None:
    text = public_policy(config(encryption_key="a-key-that-nobody-sees"))
    assert "All of this is encrypted" in text
    assert "a-key" not in text + json.dumps(figures(config(encryption_key="a-key-that-nobody-sees")))


def test_p13_the_command_prints_the_live_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_RETENTION_DAYS", "97")
    monkeypatch.setenv("VOICE_POLICY", "us-ca")
    monkeypatch.setenv("VOICE_ORGANIZATION", "Acme Bank")
    shown = invoke()
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == public_policy(VoiceFingerprintConfig())
    assert "for 97 days" in one_line(shown.stdout)
    data = json.loads(invoke("--json").stdout)
    assert data == figures(VoiceFingerprintConfig())
    assert (data["retention_days"], data["longest_retention_days"]) == (97, 1095)
    assert data["identify_scope"] == "on_request"
    assert not (Path.cwd() / "voiceprints.json").exists()  # no store is opened for it


def test_settings_that_the_profile_does_not_allow_print_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_POLICY", "eu")
    refused = invoke()
    assert isinstance(refused.exception, SettingsError)
    assert refused.stdout == ""
