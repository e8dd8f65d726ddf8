"""The settings: one class, read from the environment and ``.env``, checked at start-up."""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.policies import POLICIES, IdentifyScope, Policy, PolicyName

__all__ = [
    "DEFAULT_JSON_PATH",
    "DEFAULT_SQLITE_PATH",
    "Config",
    "VoiceFingerprintConfig",
    "environment_name",
    "speaks_of_itself",
    "switched_off",
]

logger = logging.getLogger(__name__)

DEFAULT_JSON_PATH = "voiceprints.json"
DEFAULT_SQLITE_PATH = "voiceprints.db"

_PREFIX = "VOICE_"
_ENABLED = "VOICE_FINGERPRINTING_ENABLED"


# What an agent that speaks of itself, and names no organisation, is called in the settings.
_ITSELF = frozenset({"", "we", "us", "wir", "uns", "nosotros", "nosotras", "nous"})


def speaks_of_itself(organization: str) -> bool:
    """Whether ``VOICE_ORGANIZATION`` names nobody, but is "we" or the like, in whatever case."""
    return " ".join(organization.split()).lower() in _ITSELF


def environment_name(field: str) -> str:
    """The environment variable of a settings field."""
    return _ENABLED if field == "enabled" else f"{_PREFIX}{field.upper()}"


class VoiceFingerprintConfig(BaseSettings):
    """Every setting, each from the environment variable ``VOICE_<NAME>`` or a keyword argument.

    A value that is not allowed, now or when it is assigned later, raises :class:`SettingsError`, which names
    the variable and what is; the settings stay as they were.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        validate_default=True,
        validate_assignment=True,
    )

    enabled: bool = Field(
        default=True,
        validation_alias=AliasChoices("enabled", _ENABLED),
        description="Switches the whole plugin on or off. "
        "Off loads no encoder, buffers no audio, opens no store.",
    )
    encoder: str = Field(
        default="telephone",
        pattern=r"^(telephone|resemblyzer|onnx:.+)$",
        description="telephone (ours, with Resemblyzer's network beside it for wideband lines), resemblyzer "
        "(its network alone), or onnx: and the path of a model with a description file.",
    )
    encoder_by_language: str = Field(
        default="",
        description="Another encoder for calls in some languages: de=onnx:/models/de.onnx,fr=resemblyzer.",
    )
    calibration: str = Field(
        default="",
        description="A file that `opusagent-voiceprint calibrate` made of your own callers' speech; unset, "
        "the calibration that came with the encoder.",
    )
    similarity_threshold: float = Field(
        default=0.75, ge=0.1, le=1.0, description="A voice is recognised at or above this similarity."
    )
    known_number_threshold: float | None = Field(
        default=None,
        ge=0.1,  # far below it the number alone would name its callers
        le=1.0,
        description="The threshold for callers linked to the calling number; unset, where the odds are a "
        "third of the other's: 0.5 for 0.75.",
    )
    recognition_margin: float = Field(
        default=0.2,
        ge=0.0,
        le=1.0,
        description="How far the best caller's odds must be ahead of the second's, as (best - second) / "
        "(best + second); else the voice is ambiguous.",
    )
    enrollment_duration: float = Field(
        default=5.0, ge=1.6, le=60.0, description="Seconds of net speech that an enrollment needs."
    )
    decision_min_speech: float = Field(
        default=3.0, ge=1.6, le=30.0, description="Seconds of net speech before an ordinary decision."
    )
    decision_max_speech: float = Field(
        default=8.0, ge=1.6, le=60.0, description="Seconds of net speech after which a voice is decided."
    )
    max_number_failures: int = Field(
        default=10,
        ge=0,
        le=1000,
        description="Calls in a row from one number that recognise nobody of those linked to it, after which "
        "no voice is compared on its calls for a day; 0: comparing never stops.",
    )
    progressive_enrollment: bool = Field(
        default=True,
        description="Whether later calls of an enrolled caller add voiceprints, from other lines or days, up "
        "to VOICE_MAX_VOICEPRINTS_PER_CALLER.",
    )
    storage_backend: Literal["json", "sqlite", "redis"] = Field(
        default="json", description="json for development, sqlite for one machine, redis for many."
    )
    storage_path: str = Field(
        default=DEFAULT_JSON_PATH,
        min_length=1,
        description="The store's file. With sqlite and no path given: voiceprints.db.",
    )
    redis_url: SecretStr = Field(
        default=SecretStr("redis://127.0.0.1:6379/0"),
        description="The Redis to use: redis://, rediss:// for TLS, unix://, "
        "redis+sentinel://host:26379,host2/service/0 or redis+cluster://host:6379,host2.",
    )
    storage_timeout: float = Field(
        default=0.12,
        gt=0.0,
        le=10.0,
        description="Seconds that a reply may wait for the store, for all that it needs of it.",
    )
    min_audio_quality: float = Field(
        default=0.6, ge=0.0, le=1.0, description="Speech below this quality is not enrolled."
    )
    max_voiceprints_per_caller: int = Field(
        default=3,
        ge=1,
        le=20,
        description="Voiceprints kept for each caller; an application's new one takes the oldest's place.",
    )
    encryption_key: SecretStr | None = Field(
        default=None,
        description="The master key, 32 random bytes in URL-safe base64 (`opusagent-voiceprint keys "
        "generate`); several, newest first and separated by commas, while it is rotated. Encrypts everything "
        "personal in the store.",
    )
    encryption_key_file: str = Field(
        default="",
        description="A file with the master keys, one a line and newest first, in place of "
        "VOICE_ENCRYPTION_KEY.",
    )
    keystore_path: SecretStr = Field(
        default=SecretStr(""),
        description="Where each caller's own key is kept, apart from the data: a file, or the URL of another "
        "Redis. Unset: beside the store, and with Redis in the same Redis; backups of both undo an erasure.",
    )
    tenant: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,64}$",
        description="Whose callers these are, where several organisations share a machine or a Redis; "
        "records of one cannot be read as another's.",
    )
    erasure_journal: str = Field(
        default="voiceprint-erasures.journal",
        min_length=1,
        description="A file for erasures that the store refused, so that they outlive a restart.",
    )
    index_exact_limit: int = Field(
        default=200_000,
        ge=1,
        description="Callers above which the gallery is searched with FAISS (extra faiss), approximately.",
    )
    identify_scope: IdentifyScope = Field(
        default="everyone",
        description="Whose voice is compared: everyone's, only that of calls from a number linked to an "
        "enrolled caller (known_numbers), or only after the caller said yes on this call (on_request).",
    )
    consent_enabled: bool = Field(
        default=True, description="Whether unknown callers are asked if they want to be remembered."
    )
    default_language: str = Field(
        default="en",
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="The language of a call whose platform does not say.",
    )
    organization: str = Field(
        default="we",
        min_length=1,
        max_length=60,
        description="Who remembers, as the consent question says it: 'Acme Bank', say.",
    )
    policy_version: str = Field(
        default="1",
        min_length=1,
        max_length=40,
        description="The version of your privacy policy; kept with consents.",
    )
    policy: PolicyName = Field(
        default="default",
        description="The jurisdiction whose law the other settings are held to: default (none), eu, us-il, "
        "us-tx or us-ca. Not legal advice.",
    )
    dpia_reference: str = Field(
        default="",
        max_length=200,
        description="Which data protection impact assessment covers this; needed with VOICE_POLICY=eu.",
    )
    retention_days: int = Field(
        default=365, ge=1, le=3650, description="Days without a call after which a caller is erased."
    )
    refusal_days: int = Field(
        default=182, ge=1, le=3650, description="Days for which a no is remembered. 'Never' is for ever."
    )
    max_concurrent_calls: int = Field(
        default=256, ge=1, le=100_000, description="Calls listened to at once; further ones stay anonymous."
    )
    debug: bool = Field(default=False, description="More detail in the logs, still without names or numbers.")

    def __init__(self, **values: Any) -> None:
        outside = _outside(values.get("_env_file", self.model_config.get("env_file")))
        for field in ("encryption_key", "encryption_key_file"):
            key = environment_name(field)
            if field not in values and key in outside and not (outside[key] or "").strip():
                # An empty value usually means the default; here that would silently store in the clear.
                raise SettingsError(
                    f"{key}=(hidden) is not allowed: must not be blank; unset it to store without encryption."
                )
        try:
            super().__init__(**values)
        except ValidationError as exc:
            raise SettingsError(_explain(exc)) from None
        _warn_of_misspelt_variables(outside)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).model_fields:
            # On a copy first: where one setting does not go with another, pydantic has set it already.
            copy = self.model_copy()
            try:
                super(VoiceFingerprintConfig, copy).__setattr__(name, value)
            except ValidationError as exc:
                raise SettingsError(_explain(exc)) from None
        super().__setattr__(name, value)

    @field_validator("storage_path", "encryption_key_file", "erasure_journal", mode="before")
    @classmethod
    def _path_of_the_user(cls, value: Any) -> Any:
        return os.path.expanduser(value) if isinstance(value, (str, os.PathLike)) else value

    @field_validator("storage_backend", "identify_scope", "policy", mode="before")
    @classmethod
    def _case_does_not_matter(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("default_language", mode="before")
    @classmethod
    def _language_tag(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        primary, _, rest = value.strip().replace("_", "-").partition("-")
        return f"{primary.lower()}-{rest}" if rest else primary.lower()

    @field_validator("organization")
    @classmethod
    def _organization_says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return " ".join(value.split())

    @field_validator("dpia_reference")
    @classmethod
    def _reference_on_one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("encryption_key")
    @classmethod
    def _key_is_not_blank(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("must not be blank; unset it to store without encryption")
        return value

    @model_validator(mode="before")
    @classmethod
    def _sqlite_has_its_own_default_path(cls, values: Any) -> Any:
        if isinstance(values, dict) and "storage_path" not in values:
            backend = values.get("storage_backend")
            if backend == "sqlite":
                values = {**values, "storage_path": DEFAULT_SQLITE_PATH}
        return values

    @model_validator(mode="before")
    @classmethod
    def _policy_has_its_own_defaults(cls, values: Any) -> Any:
        named = str(values.get("policy", "")).strip().lower() if isinstance(values, dict) else ""
        policy = next((each for each in POLICIES.values() if each.name == named), POLICIES["default"])
        if policy is POLICIES["default"]:
            return values
        days = min(cls.model_fields["retention_days"].default, policy.longest_retention_days)
        return {"identify_scope": policy.scopes[0], "retention_days": days, **values}

    @model_validator(mode="after")
    def _policy_allows_the_rest(self) -> VoiceFingerprintConfig:
        if problems := list(_against(self, self.jurisdiction)):
            raise ValueError("\n".join(problems))
        return self

    @model_validator(mode="after")
    def _durations_are_in_order(self) -> VoiceFingerprintConfig:
        if self.decision_max_speech < self.decision_min_speech:
            raise ValueError(
                f"VOICE_DECISION_MAX_SPEECH={self.decision_max_speech} must not be less than "
                f"VOICE_DECISION_MIN_SPEECH={self.decision_min_speech}"
            )
        return self

    @property
    def jurisdiction(self) -> Policy:
        """The profile that ``VOICE_POLICY`` names."""
        return POLICIES[self.policy]

    @property
    def threshold_for_known_number(self) -> float:
        """The threshold for callers that the calling number is linked to."""
        if self.known_number_threshold is not None:
            return self.known_number_threshold
        # threshold / (3 - 2 threshold) has a third of the threshold's odds.
        third = self.similarity_threshold / (3.0 - 2.0 * self.similarity_threshold)
        return min(self.similarity_threshold, max(0.1, third))


Config = VoiceFingerprintConfig
"""The name by which OpusAgent's own voiceprint package has it too."""

_SECRET_FIELDS = frozenset({"encryption_key", "keystore_path", "redis_url"})


def _against(settings: VoiceFingerprintConfig, policy: Policy) -> Iterator[str]:
    """What a profile has against the settings: a line each, with the value, what is allowed, and why."""
    under = f"is not allowed with VOICE_POLICY={policy.name}"
    if settings.identify_scope not in policy.scopes:
        allowed = " or ".join(policy.scopes)
        yield (
            f"VOICE_IDENTIFY_SCOPE={settings.identify_scope!r} {under}: {policy.why_scopes}. "
            f"Set it to {allowed}, or leave it unset."
        )
    if settings.retention_days > policy.longest_retention_days:
        yield (
            f"VOICE_RETENTION_DAYS={settings.retention_days} {under}: {policy.why_retention}. "
            f"Set it to {policy.longest_retention_days} or less."
        )
    for field, why in policy.required:
        value = getattr(settings, field)
        if value == VoiceFingerprintConfig.model_fields[field].default or (
            field == "organization" and speaks_of_itself(value)
        ):
            yield f"{environment_name(field)}={value!r} {under}: {why}."


def _explain(exc: ValidationError) -> str:
    lines = []
    for error in exc.errors(include_url=False, include_context=False):
        field = str(error["loc"][0]) if error["loc"] else ""
        if not field:
            lines.append(error["msg"].removeprefix("Value error, "))
            continue
        field = "enabled" if field == _ENABLED else field
        name = environment_name(field)
        value = "(hidden)" if field in _SECRET_FIELDS else repr(error["input"])
        message = error["msg"].removeprefix("Value error, ")
        description = ""
        if field in VoiceFingerprintConfig.model_fields:
            description = f" {VoiceFingerprintConfig.model_fields[field].description}"
        lines.append(f"{name}={value} is not allowed: {message[:1].lower()}{message[1:]}.{description}")
    return "\n".join(lines)


class _Switch(BaseSettings):
    """The one setting that counts when it is off, whatever the others are."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    enabled: bool = Field(default=True, validation_alias=_ENABLED)


def switched_off() -> bool:
    """Whether ``VOICE_FINGERPRINTING_ENABLED`` is false. The other settings are not looked at."""
    try:
        return not _Switch().enabled
    except (ValidationError, UnicodeDecodeError):
        return False  # reading all of them says what is wrong


def _outside(env_file: Any) -> Mapping[str, str | None]:
    """The variables that a process sees: those of the ``.env`` file under those of the environment."""
    files = env_file if isinstance(env_file, (list, tuple)) else [env_file] if env_file else []
    outside: dict[str, str | None] = {}
    for file in files:
        if Path(file).is_file():
            try:
                outside.update(dotenv_values(file))
            except UnicodeDecodeError:
                raise SettingsError(f"{file} is not UTF-8: save it in that encoding") from None
    # pydantic-settings does not mind the case of a name, so neither do the checks.
    return {name.upper(): value for name, value in {**outside, **os.environ}.items()}


def _warn_of_misspelt_variables(environ: Mapping[str, str | None]) -> None:
    known = {environment_name(field) for field in VoiceFingerprintConfig.model_fields}
    for name in environ:
        if name.startswith(_PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            if close:
                logger.warning("environment variable %s is not a setting; did you mean %s?", name, close[0])
