"""The settings: defaults, environment, and what a bad value is told."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from opusagent_voiceprint import SettingsError, VoiceFingerprintConfig, VoiceprintError
from opusagent_voiceprint.settings import environment_name

# variable -> field, default, a value in the environment, and what becomes of it
SETTINGS: dict[str, tuple[str, Any, str, Any]] = {
    "VOICE_FINGERPRINTING_ENABLED": ("enabled", True, "false", False),
    "VOICE_SIMILARITY_THRESHOLD": ("similarity_threshold", 0.75, "0.8", 0.8),
    "VOICE_KNOWN_NUMBER_THRESHOLD": ("known_number_threshold", None, "0.6", 0.6),
    "VOICE_RECOGNITION_MARGIN": ("recognition_margin", 0.2, "0.1", 0.1),
    "VOICE_ENCODER": ("encoder", "telephone", "onnx:/models/a.onnx", "onnx:/models/a.onnx"),
    "VOICE_ENCODER_BY_LANGUAGE": ("encoder_by_language", "", "de=resemblyzer", "de=resemblyzer"),
    "VOICE_CALIBRATION": ("calibration", "", "/srv/calibration.json", "/srv/calibration.json"),
    "VOICE_MAX_NUMBER_FAILURES": ("max_number_failures", 10, "0", 0),
    "VOICE_PROGRESSIVE_ENROLLMENT": ("progressive_enrollment", True, "no", False),
    "VOICE_ENROLLMENT_DURATION": ("enrollment_duration", 5.0, "10", 10.0),
    "VOICE_DECISION_MIN_SPEECH": ("decision_min_speech", 3.0, "2", 2.0),
    "VOICE_DECISION_MAX_SPEECH": ("decision_max_speech", 8.0, "12.5", 12.5),
    "VOICE_STORAGE_BACKEND": ("storage_backend", "json", "redis", "redis"),
    "VOICE_STORAGE_PATH": ("storage_path", "voiceprints.json", "/srv/callers", "/srv/callers"),
    "VOICE_REDIS_URL": (
        "redis_url",
        SecretStr("redis://127.0.0.1:6379/0"),
        "rediss://cache:6380/1",
        SecretStr("rediss://cache:6380/1"),
    ),
    "VOICE_STORAGE_TIMEOUT": ("storage_timeout", 0.12, "2", 2.0),
    "VOICE_MIN_AUDIO_QUALITY": ("min_audio_quality", 0.6, "0.9", 0.9),
    "VOICE_MAX_VOICEPRINTS_PER_CALLER": ("max_voiceprints_per_caller", 3, "5", 5),
    "VOICE_ENCRYPTION_KEY": ("encryption_key", None, "a-key", SecretStr("a-key")),
    "VOICE_ENCRYPTION_KEY_FILE": ("encryption_key_file", "", "/run/secrets/keys", "/run/secrets/keys"),
    "VOICE_KEYSTORE_PATH": ("keystore_path", SecretStr(""), "/srv/keys", SecretStr("/srv/keys")),
    "VOICE_TENANT": ("tenant", "", "acme.bank-1", "acme.bank-1"),
    "VOICE_ERASURE_JOURNAL": ("erasure_journal", "voiceprint-erasures.journal", "/srv/e", "/srv/e"),
    "VOICE_INDEX_EXACT_LIMIT": ("index_exact_limit", 200_000, "5000", 5000),
    "VOICE_IDENTIFY_SCOPE": ("identify_scope", "everyone", "known_numbers", "known_numbers"),
    "VOICE_CONSENT_ENABLED": ("consent_enabled", True, "no", False),
    "VOICE_DEFAULT_LANGUAGE": ("default_language", "en", "de-AT", "de-AT"),
    "VOICE_ORGANIZATION": ("organization", "we", "Acme Bank", "Acme Bank"),
    "VOICE_POLICY_VERSION": ("policy_version", "1", "2026-03", "2026-03"),
    "VOICE_POLICY": ("policy", "default", "us-tx", "us-tx"),
    "VOICE_DPIA_REFERENCE": ("dpia_reference", "", "DPIA-7", "DPIA-7"),
    "VOICE_RETENTION_DAYS": ("retention_days", 365, "30", 30),
    "VOICE_REFUSAL_DAYS": ("refusal_days", 182, "90", 90),
    "VOICE_MAX_CONCURRENT_CALLS": ("max_concurrent_calls", 256, "10", 10),
    "VOICE_DEBUG": ("debug", False, "1", True),
}

# variable, value, and a part of what is allowed
BAD: list[tuple[str, str, str]] = [
    ("VOICE_FINGERPRINTING_ENABLED", "perhaps", "valid boolean"),
    ("VOICE_CONSENT_ENABLED", "2", "valid boolean"),
    ("VOICE_DEBUG", "loud", "valid boolean"),
    ("VOICE_SIMILARITY_THRESHOLD", "high", "valid number"),
    ("VOICE_SIMILARITY_THRESHOLD", "1.1", "less than or equal to 1"),
    ("VOICE_SIMILARITY_THRESHOLD", "0.05", "greater than or equal to 0.1"),
    ("VOICE_SIMILARITY_THRESHOLD", "nan", "less than or equal to 1"),
    ("VOICE_KNOWN_NUMBER_THRESHOLD", "2", "less than or equal to 1"),
    ("VOICE_KNOWN_NUMBER_THRESHOLD", "0", "greater than or equal to 0.1"),
    ("VOICE_RECOGNITION_MARGIN", "-1", "greater than or equal to 0"),
    ("VOICE_ENCODER", "cam++", "match pattern"),
    ("VOICE_ENCODER", "onnx:", "match pattern"),
    ("VOICE_PROGRESSIVE_ENROLLMENT", "sometimes", "valid boolean"),
    ("VOICE_MAX_NUMBER_FAILURES", "-1", "greater than or equal to 0"),
    ("VOICE_ENROLLMENT_DURATION", "1.5", "greater than or equal to 1.6"),
    ("VOICE_ENROLLMENT_DURATION", "inf", "less than or equal to 60"),
    ("VOICE_DECISION_MIN_SPEECH", "31", "less than or equal to 30"),
    ("VOICE_DECISION_MAX_SPEECH", "61", "less than or equal to 60"),
    ("VOICE_STORAGE_BACKEND", "mysql", "'json', 'sqlite' or 'redis'"),
    ("VOICE_STORAGE_BACKEND", "jason", "'json', 'sqlite' or 'redis'"),
    ("VOICE_STORAGE_TIMEOUT", "0", "greater than 0"),
    ("VOICE_STORAGE_TIMEOUT", "11", "less than or equal to 10"),
    ("VOICE_MIN_AUDIO_QUALITY", "good", "valid number"),
    ("VOICE_MAX_VOICEPRINTS_PER_CALLER", "0", "greater than or equal to 1"),
    ("VOICE_MAX_VOICEPRINTS_PER_CALLER", "21", "less than or equal to 20"),
    ("VOICE_MAX_VOICEPRINTS_PER_CALLER", "2.5", "valid integer"),
    ("VOICE_TENANT", "acme:bank", "match pattern"),
    ("VOICE_TENANT", "x" * 65, "match pattern"),
    ("VOICE_INDEX_EXACT_LIMIT", "0", "greater than or equal to 1"),
    ("VOICE_IDENTIFY_SCOPE", "all", "'everyone', 'known_numbers' or 'on_request'"),
    ("VOICE_DEFAULT_LANGUAGE", "english please", "match pattern"),
    ("VOICE_ORGANIZATION", "x" * 61, "at most 60 characters"),
    ("VOICE_POLICY_VERSION", "x" * 41, "at most 40 characters"),
    ("VOICE_POLICY", "mars", "'default', 'eu', 'us-il', 'us-tx' or 'us-ca'"),
    ("VOICE_DPIA_REFERENCE", "x" * 201, "at most 200 characters"),
    ("VOICE_RETENTION_DAYS", "0", "greater than or equal to 1"),
    ("VOICE_RETENTION_DAYS", "forever", "valid integer"),
    ("VOICE_REFUSAL_DAYS", "3651", "less than or equal to 3650"),
    ("VOICE_MAX_CONCURRENT_CALLS", "0", "greater than or equal to 1"),
]


# What a setting may not be set without.
WITH: dict[str, dict[str, str]] = {"policy": {"organization": "Acme Bank"}}


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where no ``.env`` lies but the test's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_setting_is_tested_here() -> None:
    assert {field for field, *_ in SETTINGS.values()} == set(VoiceFingerprintConfig.model_fields)
    for variable, (field, *_) in SETTINGS.items():
        assert environment_name(field) == variable


def test_every_setting_says_what_it_is_for() -> None:
    for field, info in VoiceFingerprintConfig.model_fields.items():
        assert info.description, field
        assert info.description.endswith("."), field


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_has_its_default(variable: str) -> None:
    field, default, _, _ = SETTINGS[variable]
    assert getattr(VoiceFingerprintConfig(), field) == default


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_is_read_from_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field, default, text, value = SETTINGS[variable]
    monkeypatch.setenv(variable, text)
    assert getattr(VoiceFingerprintConfig(**WITH.get(field, {})), field) == value != default


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_is_read_from_the_file_env(variable: str, an_empty_folder: Path) -> None:
    field, _, text, value = SETTINGS[variable]
    (an_empty_folder / ".env").write_text(f"{variable}={text}\nANOTHER_PROGRAMS_SETTING=1\n")
    assert getattr(VoiceFingerprintConfig(**WITH.get(field, {})), field) == value


@pytest.mark.parametrize("variable", [name for name in SETTINGS if "ENCRYPTION_KEY" not in name])
def test_an_empty_value_is_the_default(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field, default, _, _ = SETTINGS[variable]
    monkeypatch.setenv(variable, "")
    assert getattr(VoiceFingerprintConfig(), field) == default


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_can_be_given_as_an_argument_which_wins(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, default, text, value = SETTINGS[variable]
    monkeypatch.setenv(variable, text)
    assert getattr(VoiceFingerprintConfig(**{field: default}), field) == default
    monkeypatch.delenv(variable)
    assert getattr(VoiceFingerprintConfig(**{field: value, **WITH.get(field, {})}), field) == value


def test_the_environment_wins_over_the_file(an_empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (an_empty_folder / ".env").write_text("VOICE_RETENTION_DAYS=30\n")
    monkeypatch.setenv("VOICE_RETENTION_DAYS", "60")
    assert VoiceFingerprintConfig().retention_days == 60


@pytest.mark.parametrize(("variable", "value", "allowed"), BAD)
def test_a_bad_value_is_told_with_its_variable_and_what_is_allowed(
    variable: str, value: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        VoiceFingerprintConfig()
    message = str(caught.value)
    assert message.startswith(f"{variable}={value!r} is not allowed: ")
    assert allowed in message
    field = SETTINGS[variable][0]
    assert message.endswith(str(VoiceFingerprintConfig.model_fields[field].description))


def test_a_bad_value_in_the_file_env_is_told_too(an_empty_folder: Path) -> None:
    (an_empty_folder / ".env").write_text("VOICE_STORAGE_BACKEND=mysql\n")
    with pytest.raises(SettingsError, match="VOICE_STORAGE_BACKEND='mysql' is not allowed"):
        VoiceFingerprintConfig()


def test_a_bad_argument_is_told_by_its_variable() -> None:
    with pytest.raises(SettingsError, match="VOICE_FINGERPRINTING_ENABLED='perhaps' is not allowed"):
        VoiceFingerprintConfig(enabled="perhaps")  # type: ignore[arg-type]


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_RETENTION_DAYS", "0")
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "mysql")
    with pytest.raises(SettingsError) as caught:
        VoiceFingerprintConfig()
    lines = str(caught.value).splitlines()
    assert [line.partition("=")[0] for line in lines] == ["VOICE_STORAGE_BACKEND", "VOICE_RETENTION_DAYS"]


def test_a_settings_error_is_a_value_error_of_this_package() -> None:
    with pytest.raises(ValueError, match="VOICE_RETENTION_DAYS") as caught:
        VoiceFingerprintConfig(retention_days=0)
    assert isinstance(caught.value, VoiceprintError)


def test_decisions_cannot_end_before_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_DECISION_MAX_SPEECH", "2.5")
    with pytest.raises(SettingsError) as caught:
        VoiceFingerprintConfig()
    assert str(caught.value) == (
        "VOICE_DECISION_MAX_SPEECH=2.5 must not be less than VOICE_DECISION_MIN_SPEECH=3.0"
    )
    monkeypatch.setenv("VOICE_DECISION_MIN_SPEECH", "2.5")
    assert VoiceFingerprintConfig().decision_max_speech == 2.5


@pytest.mark.parametrize("name", ["VOICE_ENCRYPTION_KEY", "VOICE_ENCRYPTION_KEY_FILE"])
def test_p18_a_blank_key_is_refused_and_not_taken_for_none(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "   ")
    with pytest.raises(SettingsError, match=rf"{name}=\(hidden\) is not allowed: must not be blank"):
        VoiceFingerprintConfig()


def test_p15_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", "key-sentinel")
    monkeypatch.setenv("VOICE_REDIS_URL", "redis://worker:password-sentinel@cache/0")
    config = VoiceFingerprintConfig()
    shown = f"{config!r} {config} {config.model_dump()} {config.model_dump_json()}"
    # A mistake elsewhere must not bring them up either.
    monkeypatch.setenv("VOICE_RETENTION_DAYS", "0")
    monkeypatch.setenv("VOICE_DECISION_MAX_SPEECH", "1.7")
    with pytest.raises(SettingsError) as caught:
        VoiceFingerprintConfig()
    shown += "".join(traceback.format_exception(caught.value))
    assert "sentinel" not in shown
    assert config.encryption_key is not None
    assert config.encryption_key.get_secret_value() == "key-sentinel"


@pytest.mark.parametrize("field", ["encryption_key", "redis_url"])
def test_p15_a_bad_secret_is_not_shown(field: str) -> None:
    secret: Any = b"\xffsecret-value"
    with pytest.raises(SettingsError) as caught:
        VoiceFingerprintConfig(**{field: secret})
    shown = "".join(traceback.format_exception(caught.value))
    assert f"{environment_name(field)}=(hidden) is not allowed" in shown
    assert "secret-value" not in shown


def test_a_misspelt_variable_is_pointed_out_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("VOICE_SIMILARTY_THRESHOLD", "0.123456")
    assert VoiceFingerprintConfig().similarity_threshold == 0.75
    [record] = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert record.getMessage() == (
        "environment variable VOICE_SIMILARTY_THRESHOLD is not a setting; "
        "did you mean VOICE_SIMILARITY_THRESHOLD?"
    )


def test_variables_of_other_programs_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("VOICE_MAIL_SERVER", "example.org")
    monkeypatch.setenv("SIMILARITY_THRESHOLD", "0.1")
    assert VoiceFingerprintConfig().similarity_threshold == 0.75
    assert caplog.records == []


@pytest.mark.parametrize("as_argument", [True, False])
def test_sqlite_has_a_default_path_of_its_own(as_argument: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if as_argument:
        config = VoiceFingerprintConfig(storage_backend="sqlite")
    else:
        monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
        config = VoiceFingerprintConfig()
    assert config.storage_path == "voiceprints.db"


def test_a_path_that_is_given_is_sqlites_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", "voiceprints.json")
    assert VoiceFingerprintConfig().storage_path == "voiceprints.json"


def test_a_setting_that_is_changed_afterwards_is_checked_too() -> None:
    config = VoiceFingerprintConfig()
    config.similarity_threshold = 0.9
    with pytest.raises(SettingsError, match=r"VOICE_SIMILARITY_THRESHOLD=9\.0 is not allowed: .* equal to 1"):
        config.similarity_threshold = 9.0
    assert config.similarity_threshold == 0.9
    with pytest.raises(SettingsError, match=r"VOICE_DECISION_MAX_SPEECH=2\.0 must not be less than"):
        config.decision_max_speech = 2.0
    assert config.decision_max_speech == 8.0
    assert config.model_fields_set == {"similarity_threshold"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [("nonsense", ""), ("retention_day", "retention_days"), ("VOICE_RETENTION_DAYS", "retention_days")],
)
def test_a_name_that_is_no_settings_is_refused_and_what_may_be_meant_is_said(name: str, meant: str) -> None:
    config = VoiceFingerprintConfig()
    before = config.model_dump()
    values: dict[str, Any] = {name: 12345}
    for give in (lambda: setattr(config, name, 12345), lambda: VoiceFingerprintConfig(**values)):
        with pytest.raises(SettingsError) as caught:
            give()
        message = str(caught.value)
        assert message.startswith(f"{name!r} is not a setting")
        assert ("did you mean" in message) == bool(meant)
        assert meant in message
        assert "VoiceFingerprintConfig.model_fields" in message
        assert "12345" not in message  # it may be a key under a misspelt name
    assert config.model_dump() == before
    assert not hasattr(config, name)


@pytest.mark.parametrize("name", ["jurisdiction", "threshold_for_known_number"])
def test_what_follows_from_the_settings_cannot_be_assigned(name: str) -> None:
    config = VoiceFingerprintConfig()
    with pytest.raises(SettingsError, match=f"{name!r} is not a setting"):
        setattr(config, name, 0.5)


def test_the_switch_can_be_given_by_the_name_of_its_variable() -> None:
    assert not VoiceFingerprintConfig(**{"VOICE_FINGERPRINTING_ENABLED": False}).enabled


def test_p15_a_bad_secret_that_is_assigned_is_not_shown() -> None:
    secret: Any = b"\xffsecret-value"
    config = VoiceFingerprintConfig(encryption_key="key-sentinel")
    with pytest.raises(SettingsError, match=r"VOICE_ENCRYPTION_KEY=\(hidden\) is not allowed") as caught:
        config.encryption_key = secret
    assert "secret-value" not in "".join(traceback.format_exception(caught.value))
    assert config.encryption_key is not None
    assert config.encryption_key.get_secret_value() == "key-sentinel"


def test_case_and_home_folders_are_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "SQLite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", "~/voices.db")
    monkeypatch.setenv("VOICE_DEFAULT_LANGUAGE", "EN_us")
    monkeypatch.setenv("HOME", "/home/ada")
    config = VoiceFingerprintConfig()
    assert config.storage_backend == "sqlite"
    assert config.storage_path == "/home/ada/voices.db"
    assert config.default_language == "en-us"


@pytest.mark.parametrize("name", ["VOICE_ORGANIZATION"])
def test_a_blank_name_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "   ")
    with pytest.raises(SettingsError, match=name):
        VoiceFingerprintConfig()


def test_an_env_file_in_another_encoding_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_bytes("VOICE_ORGANIZATION=Müller\n".encode("latin-1"))
    with pytest.raises(SettingsError, match="is not UTF-8"):
        VoiceFingerprintConfig(_env_file=file)


def test_off_is_off_whatever_the_other_settings_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from opusagent_voiceprint.plugin import VoiceprintPlugin

    monkeypatch.setenv("VOICE_SIMILARITY_THRESHOLD", "2")
    with pytest.raises(SettingsError):
        VoiceprintPlugin()
    monkeypatch.setenv("VOICE_FINGERPRINTING_ENABLED", "false")
    assert VoiceprintPlugin().service is None


@pytest.mark.parametrize(
    ("threshold", "known", "wanted"),
    [
        (0.75, None, 0.5),
        (0.9, None, 0.75),
        (0.1, None, 0.1),
        (0.2, None, 0.1),
        (1.0, None, 1.0),
        (0.75, 0.75, 0.75),
    ],
)
def test_the_threshold_for_known_numbers(threshold: float, known: float | None, wanted: float) -> None:
    config = VoiceFingerprintConfig(similarity_threshold=threshold, known_number_threshold=known)
    assert config.threshold_for_known_number == pytest.approx(wanted)


@pytest.mark.parametrize("value", ["", "   "])
def test_p18_an_empty_encryption_key_is_refused_rather_than_storing_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", value)
    with pytest.raises(SettingsError, match="VOICE_ENCRYPTION_KEY"):
        VoiceFingerprintConfig()


def test_p18_an_empty_encryption_key_in_the_env_file_is_refused_too(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("VOICE_ENCRYPTION_KEY=\n")
    with pytest.raises(SettingsError, match="VOICE_ENCRYPTION_KEY"):
        VoiceFingerprintConfig(_env_file=file)


def test_a_misspelt_variable_in_the_env_file_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "settings.env"
    file.write_text("VOICE_SIMILARITY_TRESHOLD=0.9\n")
    VoiceFingerprintConfig(_env_file=file)
    assert "VOICE_SIMILARITY_THRESHOLD" in caplog.text
