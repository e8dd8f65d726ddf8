"""What can be set: every setting with its default, what is allowed, and what it is for."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from opusagent_voiceprint.policies import IdentifyScope, PolicyName
from opusagent_voiceprint.settings.environment import ENABLED, PREFIX

__all__ = ["DEFAULT_JSON_PATH", "DEFAULT_SQLITE_PATH", "SettingsFields"]

DEFAULT_JSON_PATH: Final = "voiceprints.json"
DEFAULT_SQLITE_PATH: Final = "voiceprints.db"


class SettingsFields(BaseSettings):
    """The fields, each checked by itself."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
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
        validation_alias=AliasChoices("enabled", ENABLED),
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
