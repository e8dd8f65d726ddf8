"""The environment of a process and its ``.env`` file: which variables there are, and which are misspelt."""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from opusagent_voiceprint.errors import SettingsError

__all__ = ["ENABLED", "PREFIX", "environment_name", "outside", "switched_off", "warn_of_misspelt_variables"]

logger = logging.getLogger(__name__)

PREFIX: Final = "VOICE_"
ENABLED: Final = "VOICE_FINGERPRINTING_ENABLED"


def environment_name(field: str) -> str:
    """The environment variable of a settings field."""
    return ENABLED if field == "enabled" else f"{PREFIX}{field.upper()}"


class _Switch(BaseSettings):
    """The one setting that counts when it is off, whatever the others are."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    enabled: bool = Field(default=True, validation_alias=ENABLED)


def switched_off() -> bool:
    """Whether ``VOICE_FINGERPRINTING_ENABLED`` is false. The other settings are not looked at."""
    try:
        return not _Switch().enabled
    except (ValidationError, UnicodeDecodeError):
        return False  # reading all of them says what is wrong


def outside(env_file: Any) -> Mapping[str, str | None]:
    """The variables that a process sees: those of the ``.env`` file under those of the environment.

    Raises :class:`SettingsError` for a file that is not UTF-8.
    """
    files = env_file if isinstance(env_file, (list, tuple)) else [env_file] if env_file else []
    found: dict[str, str | None] = {}
    for file in files:
        if Path(file).is_file():
            try:
                found.update(dotenv_values(file))
            except UnicodeDecodeError:
                raise SettingsError(f"{file} is not UTF-8: save it in that encoding") from None
    # pydantic-settings does not mind the case of a name, so neither do the checks.
    return {name.upper(): value for name, value in {**found, **os.environ}.items()}


def warn_of_misspelt_variables(environ: Iterable[str], fields: Iterable[str]) -> None:
    """Say in the log which variables are nearly that of a field; their values are not shown."""
    known = {environment_name(field) for field in fields}
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            if close:
                logger.warning("environment variable %s is not a setting; did you mean %s?", name, close[0])
