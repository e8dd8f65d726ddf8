"""The voice models of a process: each an engine that embeds, and the gallery of what it embedded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from opusagent_voiceprint.encoding import (
    Encoders,
    RecognitionEngine,
    SpeechStream,
    chosen_encoders,
    encoder_for,
)
from opusagent_voiceprint.matching import Backend, Gallery
from opusagent_voiceprint.models import Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["VoiceModel", "VoiceModels"]

_DEFAULT: Final = ""


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """An engine with its encoders, and the gallery of voices whose embeddings are theirs."""

    engine: RecognitionEngine
    gallery: Gallery


class VoiceModels:
    """The model for calls in most languages, and those for calls in some.

    To whoever follows the store all galleries are one: each takes the voiceprints that fit.
    """

    def __init__(self, models: Mapping[str, VoiceModel], by_language: Mapping[str, str]) -> None:
        self._models = models
        self._by_language = by_language

    @classmethod
    def configured(
        cls, settings: VoiceFingerprintConfig, encoders: Encoders | None, by_language: Mapping[str, str]
    ) -> VoiceModels:
        """As the settings say; ``encoders`` instead of those that ``VOICE_ENCODER`` names.

        Raises:
            SettingsError: an encoder or a calibration cannot be used.
            EncoderError: likewise.
        """
        default = encoders if encoders is not None else chosen_encoders(settings.encoder)
        backend = Backend.configured(default, settings.calibration)
        limit = settings.index_exact_limit
        models = {_DEFAULT: VoiceModel(RecognitionEngine(default), Gallery(backend, limit))}
        chosen = {}
        for language, name in by_language.items():
            # The same encoder as for everybody shares engine and gallery.
            chosen[language] = key = _DEFAULT if encoders is None and name == settings.encoder else name
            if key not in models:
                other = chosen_encoders(name)
                models[key] = VoiceModel(RecognitionEngine(other), Gallery(Backend.shipped(other), limit))
        return cls(models, chosen)

    @property
    def default(self) -> VoiceModel:
        """The model for calls in most languages."""
        return self._models[_DEFAULT]

    @property
    def all(self) -> Sequence[VoiceModel]:
        """Every model, the default one first."""
        return tuple(self._models.values())

    def of(self, language: str) -> VoiceModel:
        """The model for calls in a language."""
        return self._models[encoder_for(language, _DEFAULT, self._by_language)]

    def start(self, failed: Callable[[Exception], None]) -> bool:
        """Load and start every engine; false if the default one failed. What fails is stopped and told."""
        default, *_ = [_started(model.engine, failed) for model in self.all]
        return default

    def stop(self) -> None:
        """Stop every engine."""
        for model in self.all:
            model.engine.stop()

    # What a gallery offers to whoever follows the store

    @property
    def callers(self) -> int:
        """How many callers the default gallery has."""
        return self.default.gallery.callers

    def put(self, caller_id: str, voiceprints: Sequence[Voiceprint]) -> None:
        """Make these the caller's voiceprints."""
        for model in self.all:
            model.gallery.put(caller_id, voiceprints)

    def put_many(self, callers: Sequence[tuple[str, Sequence[Voiceprint]]]) -> None:
        """The same for several callers."""
        for model in self.all:
            model.gallery.put_many(callers)

    def remove(self, caller_id: str) -> bool:
        """Take a caller out; true if there was one."""
        removed = [model.gallery.remove(caller_id) for model in self.all]
        return any(removed)

    def clear(self) -> None:
        """Take everybody out."""
        for model in self.all:
            model.gallery.clear()


def _started(engine: RecognitionEngine, failed: Callable[[Exception], None]) -> bool:
    try:
        engine.encoders.warm_up()
        SpeechStream.warm_up(engine.encoders.window)
    except Exception as exc:  # noqa: BLE001 - an encoder of a plugin may fail in any way
        failed(exc)
        engine.stop()
        return False
    engine.start()
    return True
