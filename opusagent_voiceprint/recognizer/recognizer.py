"""The recognizer: recognise, enroll and forget callers without any call."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.audio.buffers import SAMPLE_RATE, AudioBuffer
from opusagent_voiceprint.encoding import Utterance, embed_utterance
from opusagent_voiceprint.errors import (
    AudioQualityError,
    NotEnoughSpeechError,
    StorageError,
    UnknownCallerError,
    VoiceMismatchError,
    VoiceprintError,
)
from opusagent_voiceprint.matching import (
    Backend,
    DecisionRule,
    Gallery,
    Probe,
    StoreView,
    may_be_matched,
    one_voice,
)
from opusagent_voiceprint.matching.decision import SHORTEST_SPEECH
from opusagent_voiceprint.models import Caller, Decision, Embedding, Identification, Voiceprint, utc_now
from opusagent_voiceprint.recognizer.applications import fill_gallery
from opusagent_voiceprint.recognizer.parts import Parts
from opusagent_voiceprint.storage import CallerStore

__all__ = ["OpusAgentVoiceRecognizer"]

logger = logging.getLogger("opusagent_voiceprint")

_A_DAY: Final = timedelta(days=1)
_ANOTHER_VOICE: Final = 0.0
"""Log likelihood ratio under which a voice is likelier somebody else's than the one enrolled."""


class OpusAgentVoiceRecognizer(Parts):
    """Recognises callers by their voice.

    Making one costs nothing and raises nothing: settings are read, the store opened and the model loaded when
    they are first needed, and what is wrong with them is raised then.

    Args:
        storage_backend: a store of this package, or any object with ``save(voiceprint)`` and
            ``get_all()``; by default the one that the settings name.
        debug: log each step, without names, numbers or scores.

    Attributes:
        encoder: the speaker encoder, shared by all recognizers of the process.
        storage: the store.
        config: the settings. Each of the three may be replaced by assigning another one.

    Audio is a float (in [-1, 1]) or int16 array of shape (samples,), or a path to a recording. Its rate is
    16 kHz unless ``sample_rate`` says otherwise. Audio that cannot be used raises an
    :class:`~opusagent_voiceprint.errors.AudioError` that says why, which is a ``ValueError``.

    Enrolling through this class records that the application vouches for the caller's consent.
    """

    def __init__(self, storage_backend: Any | None = None, *, debug: bool = False) -> None:
        super().__init__(storage_backend)
        self._debug = debug
        self._backend: Backend | None = None
        self._gallery: Gallery | None = None
        self._view: StoreView | None = None

    def _changed(self) -> None:
        self._backend = self._gallery = self._view = None

    def get_embedding(self, audio_buffer: AudioBuffer, *, sample_rate: int = SAMPLE_RATE) -> Embedding:
        """The speaker embedding of a recording: float32 of shape (256,), of length one.

        Raises:
            AudioFormatError: not audio, or not of a supported form.
            NotEnoughSpeechError: less than 0.8 s of net speech.
            AudioQualityError: clipped to nothing.
        """
        return self._speech(audio_buffer, sample_rate).embedding

    def match_caller(
        self, audio_buffer: AudioBuffer, *, sample_rate: int = SAMPLE_RATE
    ) -> tuple[str, float, dict[str, Any]] | None:
        """Who is speaking: (caller_id, similarity, metadata), or None if nobody is recognised.

        Raises as :meth:`get_embedding`.
        """
        found = self._identify(self._speech(audio_buffer, sample_rate))
        if found.caller_id is None:
            return None
        self._note_seen(found.caller_id)
        return found.caller_id, found.similarity, self._metadata(found.caller_id)

    def identify(self, audio: AudioBuffer, sample_rate: int = SAMPLE_RATE) -> Identification:
        """What is known about who is speaking, with the evidence.

        Audio with too little speech gives ``NOT_ENOUGH_SPEECH``; audio that is none raises as
        :meth:`get_embedding`.
        """
        try:
            speech = self._speech(audio, sample_rate)
        except NotEnoughSpeechError as exc:
            return Identification(
                decision=Decision.NOT_ENOUGH_SPEECH, net_speech_seconds=exc.net_speech_seconds
            )
        return self._identify(speech)

    def enroll_caller(
        self,
        caller_id: str,
        audio_buffer: AudioBuffer,
        metadata: dict[str, Any] | None = None,
        *,
        sample_rate: int = SAMPLE_RATE,
    ) -> Voiceprint:
        """Store a voiceprint for a caller: the first one, or one more, up to the maximum.

        Args:
            caller_id: your id for the caller; better an opaque one than a name.
            audio_buffer: at least 1.6 s of net speech of this caller and nobody else; 5 s are better.
            metadata: kept with the voiceprint, and given back by :meth:`match_caller`.
            sample_rate: of the samples, in Hz.

        Raises:
            ValueError: an empty or overlong caller_id.
            AudioQualityError: quality under ``VOICE_MIN_AUDIO_QUALITY``, clipped to nothing, or more than
                one voice.
            VoiceMismatchError: the caller's voiceprints are of another voice; forget the caller first if
                that is meant.
            StorageError: the store could not be written; it is as it was.
            Also as :meth:`get_embedding`.
        """
        if not isinstance(caller_id, str) or not caller_id.strip() or len(caller_id) > 200:
            raise ValueError("caller_id must be a string of 1 to 200 characters that are not all blank")
        speech = self._speech(audio_buffer, sample_rate, needed=SHORTEST_SPEECH)
        if speech.quality < self.config.min_audio_quality:
            raise AudioQualityError(
                f"the speech has quality {speech.quality:.2f}, less than VOICE_MIN_AUDIO_QUALITY="
                f"{self.config.min_audio_quality:g}; take a longer or cleaner recording",
                quality=speech.quality,
            )
        if not one_voice(speech.windows, self.encoders.encoder_id, speech.snr_db):
            raise AudioQualityError(
                "the recording has more than one voice; take one of this caller alone", quality=speech.quality
            )
        now = utc_now().isoformat(timespec="seconds")
        voiceprint = Voiceprint(
            caller_id=caller_id,
            embedding=speech.embedding,
            metadata=dict(metadata or {}),
            created_at=now,
            last_seen=now,
            encoder=self.encoders.encoder_id,
            channel=speech.channel,
            net_speech_seconds=round(speech.net_speech_seconds, 2),
            quality=round(speech.quality, 3),
            wide_embedding=speech.wide_embedding,
            wide_encoder=self.encoders.wide_encoder_id if speech.wide_embedding is not None else "",
            snr_db=round(speech.snr_db, 1),
            source="application",
        )
        self._refuse_another_voice(voiceprint)
        if isinstance(self.storage, CallerStore):
            self.storage.save(
                voiceprint,
                max_voiceprints=self.config.max_voiceprints_per_caller,
                policy_version=self.config.policy_version,
            )
        else:
            self.storage.save(voiceprint)
        self._log("enrolled a voiceprint of %.1f s of net speech", speech.net_speech_seconds)
        return voiceprint

    def forget_caller(self, caller_id: str) -> bool:
        """Erase a caller: voiceprints, memory, consents. True if there was one.

        Raises:
            VoiceprintError: the store is one of the application's that cannot erase.
        """
        erase = getattr(self.storage, "erase", None)
        if erase is None:
            raise VoiceprintError(
                f"{type(self.storage).__name__} has no erase(caller_id): give it one, "
                "or use a store of this package"
            )
        # The store first: if it fails, the caller is still recognised, and the application is told.
        erased = bool(erase(caller_id))
        with self._lock:
            if self._gallery is not None:
                self._gallery.remove(caller_id)
        return erased

    def forget_voiceprint(self, caller_id: str, voiceprint_id: str) -> bool:
        """Take one of a caller's voiceprints out of the store; whether it was there. The others stay.

        Raises:
            VoiceprintError: the store is one of the application's.
        """
        if not isinstance(self.storage, CallerStore):
            raise VoiceprintError(
                f"{type(self.storage).__name__} cannot remove single voiceprints; use a store of this package"
            )
        return self.storage.remove_voiceprint(caller_id, voiceprint_id)

    def _speech(
        self, audio_buffer: AudioBuffer, sample_rate: int, *, needed: float | None = None
    ) -> Utterance:
        return embed_utterance(self.encoders, read_audio(audio_buffer, sample_rate), needed)

    def _identify(self, speech: Utterance) -> Identification:
        gallery = self._current_gallery()
        rule = DecisionRule.of(self.config)
        probe = Probe(speech.embedding, speech.wide_embedding, speech.channel, speech.snr_db)
        while True:
            found = rule.decide(
                gallery.search(probe),
                speech.net_speech_seconds,
                speech.quality,
                clipped_fraction=speech.clipped_fraction,
                final=True,
            )
            if found.caller_id is None or self._may_still_be_matched(found.caller_id):
                break
            # Expired, or not to be read any more: whoever is next is asked for.
            gallery.remove(found.caller_id)
        self._log("decided %s", found.decision.value)
        return found

    def _may_still_be_matched(self, caller_id: str) -> bool:
        if not isinstance(self.storage, CallerStore):
            return True
        try:
            caller = self.storage.get(caller_id)
        except StorageError as exc:
            logger.error("a caller could not be read and is not matched: %s", type(exc).__name__)
            return False
        return caller is not None and self._live(caller)

    def _live(self, caller: Caller) -> bool:
        return may_be_matched(caller, self.config, utc_now())

    def _current_gallery(self) -> Gallery:
        with self._lock:
            if self._gallery is None:
                self._gallery = Gallery(self._current_backend())
            if isinstance(self.storage, CallerStore):
                if self._view is None:
                    self._view = StoreView(self.storage, self._gallery, self._live)
                self._view.catch_up()
            else:
                fill_gallery(self._gallery, self.storage.get_all())
            return self._gallery

    def _current_backend(self) -> Backend:
        with self._lock:
            if self._backend is None:
                self._backend = Backend.configured(self.encoders, self.config.calibration)
            return self._backend

    def _note_seen(self, caller_id: str) -> None:
        """Keep who is matched from expiring. Once a day is enough, and matching must not fail for it."""
        if not isinstance(self.storage, CallerStore):
            return
        now = utc_now()

        def seen(caller: Caller) -> Caller | None:
            if not self._live(caller):
                return None
            latest = caller.last_seen or caller.created_at
            return caller.model_copy(update={"last_seen": now}) if now - latest > _A_DAY else None

        try:
            self.storage.update(caller_id, seen)
        except (StorageError, UnknownCallerError) as exc:
            logger.error("a matched caller could not be noted as seen: %s", type(exc).__name__)

    def _metadata(self, caller_id: str) -> dict[str, Any]:
        newest: dict[str, Any] = {}
        for voiceprint in self._voiceprints_of(caller_id):
            newest.update(voiceprint.metadata)
        return newest

    def _voiceprints_of(self, caller_id: str) -> list[Voiceprint]:
        if isinstance(self.storage, CallerStore):
            caller = self.storage.get(caller_id)
            if caller is None:
                return []
            return [
                voiceprint.model_copy(update={"metadata": {**caller.metadata, **voiceprint.metadata}})
                for voiceprint in caller.voiceprints
            ]
        return [each for each in self.storage.get_all() if each.caller_id == caller_id]

    def _refuse_another_voice(self, voiceprint: Voiceprint) -> None:
        """An enrollment never takes a caller's place for another voice (PRIVACY P21)."""
        known = self._voiceprints_of(voiceprint.caller_id)
        enrolled = Gallery(self._current_backend())
        enrolled.put(voiceprint.caller_id, [each for each in known if isinstance(each, Voiceprint)])
        found = enrolled.compare(Probe.of_voiceprint(voiceprint))
        if not len(found.above):
            return
        threshold = enrolled.backend.calibration.of(int(found.classes[0])).threshold
        if float(found.above[0]) + threshold < _ANOTHER_VOICE:
            raise VoiceMismatchError(
                f"this is another voice than the one enrolled as {voiceprint.caller_id!r}; use another "
                "caller_id, or forget that caller first"
            )

    def _log(self, message: str, *arguments: object) -> None:
        if self._debug or self.config.debug:
            logger.info(message, *arguments)
