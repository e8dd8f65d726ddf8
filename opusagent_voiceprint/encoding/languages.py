"""Which encoder hears which language: the setting ``VOICE_ENCODER_BY_LANGUAGE``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from opusagent_voiceprint.errors import SettingsError

__all__ = ["encoder_for", "encoders_by_language"]

_VARIABLE: Final = "VOICE_ENCODER_BY_LANGUAGE"
_EXAMPLE: Final = "de=onnx:/models/german.onnx,fr=resemblyzer"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_ENCODER: Final = re.compile(r"telephone|resemblyzer|onnx:.+")


def encoders_by_language(text: str) -> dict[str, str]:
    """The encoder's name for each language, by primary subtag in lower case; empty for blank text.

    ``text`` is ``LANGUAGE=ENCODER`` for each, with commas between them.

    Raises:
        SettingsError: a part that is not of this form, or a language that is there twice.
    """
    chosen: dict[str, str] = {}
    if not text.strip():
        return chosen
    for part in text.split(","):
        language, equals, encoder = (piece.strip() for piece in part.partition("="))
        language = language.lower()
        if not equals:
            raise _not_allowed(
                part, f"each part is LANGUAGE=ENCODER, as in {_EXAMPLE}; a path holds no comma"
            )
        if not _LANGUAGE.fullmatch(language):
            raise _not_allowed(part, "a language is two or three letters, without region: de, not de-AT")
        if not _ENCODER.fullmatch(encoder):
            raise _not_allowed(part, "an encoder is telephone, resemblyzer, or onnx: and the path of a model")
        if language in chosen:
            raise _not_allowed(part, f"{language} is there twice; name one encoder for it")
        chosen[language] = encoder
    return chosen


def encoder_for(language: str, default: str, by_language: Mapping[str, str]) -> str:
    """The encoder's name for a call in ``language`` (``de``, ``de-AT``), whose primary subtag decides."""
    return by_language.get(re.split(r"[-_]", language.strip().lower())[0], default)


def _not_allowed(part: str, allowed: str) -> SettingsError:
    return SettingsError(f"{_VARIABLE}: {part.strip()!r} is not allowed: {allowed}.")
