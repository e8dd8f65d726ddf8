"""The settings class: the fields, read from the environment, and held to each other and to a law."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr, ValidationError, field_validator, model_validator

from opusagent_voiceprint.errors import SettingsError
from opusagent_voiceprint.policies import POLICIES, Policy
from opusagent_voiceprint.settings.environment import (
    ENABLED,
    PREFIX,
    environment_name,
    outside,
    warn_of_misspelt_variables,
)
from opusagent_voiceprint.settings.fields import DEFAULT_SQLITE_PATH, SettingsFields
from opusagent_voiceprint.settings.organization import speaks_of_itself

__all__ = ["Config", "VoiceFingerprintConfig"]

_SECRET_FIELDS = frozenset({"encryption_key", "keystore_path", "redis_url"})


class VoiceFingerprintConfig(SettingsFields):
    """Every setting, each from the environment variable ``VOICE_<NAME>`` or a keyword argument.

    A value that is not allowed, now or when it is assigned later, raises :class:`SettingsError`, which names
    the variable and what is; the settings stay as they were. So does a name that is no setting's.
    """

    def __init__(self, **values: Any) -> None:
        for name in values:
            if not name.startswith("_") and name not in {*type(self).model_fields, ENABLED}:
                raise SettingsError(_no_setting(name))
        variables = outside(values.get("_env_file", self.model_config.get("env_file")))
        for field in ("encryption_key", "encryption_key_file"):
            key = environment_name(field)
            if field not in values and key in variables and not (variables[key] or "").strip():
                # An empty value usually means the default; here that would silently store in the clear.
                raise SettingsError(
                    f"{key}=(hidden) is not allowed: must not be blank; unset it to store without encryption."
                )
        try:
            super().__init__(**values)
        except ValidationError as exc:
            raise SettingsError(_explain(exc)) from None
        warn_of_misspelt_variables(variables, type(self).model_fields)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).model_fields:
            # On a copy first: where one setting does not go with another, pydantic has set it already.
            copy = self.model_copy()
            try:
                super(VoiceFingerprintConfig, copy).__setattr__(name, value)
            except ValidationError as exc:
                raise SettingsError(_explain(exc)) from None
        elif not name.startswith("_"):
            raise SettingsError(_no_setting(name))
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


def _no_setting(name: str) -> str:
    """Without the value, which may be a secret under a misspelt name."""
    field = "enabled" if name == ENABLED else name.lower().removeprefix(PREFIX.lower())
    close = difflib.get_close_matches(field, VoiceFingerprintConfig.model_fields, n=1, cutoff=0.8)
    meant = f"; did you mean {close[0]!r}?" if close else ":"
    return f"{name!r} is not a setting{meant} VoiceFingerprintConfig.model_fields has the names that are."


def _explain(exc: ValidationError) -> str:
    lines = []
    for error in exc.errors(include_url=False, include_context=False):
        field = str(error["loc"][0]) if error["loc"] else ""
        if not field:
            lines.append(error["msg"].removeprefix("Value error, "))
            continue
        field = "enabled" if field == ENABLED else field
        name = environment_name(field)
        value = "(hidden)" if field in _SECRET_FIELDS else repr(error["input"])
        message = error["msg"].removeprefix("Value error, ")
        description = ""
        if field in VoiceFingerprintConfig.model_fields:
            description = f" {VoiceFingerprintConfig.model_fields[field].description}"
        lines.append(f"{name}={value} is not allowed: {message[:1].lower()}{message[1:]}.{description}")
    return "\n".join(lines)
