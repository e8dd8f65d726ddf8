"""The recognizer: recognise, enroll and forget callers without any call."""

from __future__ import annotations

import logging
from typing import Any, Final

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.audio.buffers import SAMPLE_RATE, AudioBuffer
from opusagent_voiceprint.encoding import Encoders, Utterance, embed_utterance
from opusagent_voiceprint.errors import AudioQualityError, NotEnoughSpeechError, VoiceprintError
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery, one_voice
from opusagent_voiceprint.matching.decision import SHORTEST_SPEECH
from opusagent_voiceprint.models import Decision, Embedding, Identification, Voiceprint, utc_now
from opusagent_voiceprint.recognizer.applications import ApplicationsCallers
from opusagent_voiceprint.recognizer.callers import StoredCallers
from opusagent_voiceprint.recognizer.parts import Parts
from opusagent_voiceprint.recognizer.same_voice import check_same_voice, probe_of
from opusagent_voiceprint.storage import CallerStore

__all__ = ["OpusAgentVoiceRecognizer"]

logger = logging.getLogger("opusagent_voiceprint")

_CANDIDATES: Final = 5


class OpusAgentVoiceRecognizer(Parts):
    """Recognises callers by their voice.

    Making one costs nothing and raises nothing: settings are read, the store opened and the model loaded when
    they are first needed, and what is wrong with them is raised then.

    Args:
        storage_backend: a store of this package; or any object with ``save(voiceprint)`` and ``get_all()``,
            which gives back objects or mappings with ``caller_id`` and ``embedding`` and, of the other fields
            of :class:`~opusagent_voiceprint.Voiceprint`, as many as it keeps; encoder and line are noted for
            it in the metadata, under ``opusagent_voiceprint``, unless it keeps these. By default the one
            that the settings name.
        debug: log each step, without names, numbers or scores.

    Attributes:
        encoder: the speaker encoder, shared by all recognizers of the process.
        storage: the store.
        config: the settings. Each of the three may be replaced by assigning another one. Settings that name
            another encoder mean that one, unless an encoder was assigned.

    Audio is a float (in [-1, 1]) or int16 array of shape (samples,), or a path to a recording. Its rate is
    16 kHz unless ``sample_rate`` says otherwise. Audio that cannot be used raises an
    :class:`~opusagent_voiceprint.errors.AudioError` that says why, which is a ``ValueError``.

    Enrolling through this class records that the application vouches for the caller's consent.
    """

    def __init__(self, storage_backend: Any | None = None, *, debug: bool = False) -> None:
        super().__init__(storage_backend)
        self._debug = debug
        self._known: StoredCallers | ApplicationsCallers | None = None
        self._told_of_nameless = False

    def _changed(self) -> None:
        self._known = None
        self._told_of_nameless = False

    def get_embedding(self, audio_buffer: AudioBuffer, *, sample_rate: int = SAMPLE_RATE) -> Embedding:
        """The speaker embedding of a recording: float32 of shape (dimension,), of length one.

        It is of the encoder ``encoders.encoder_id``. A :class:`~opusagent_voiceprint.Voiceprint` that you
        make of it must say so: ``Voiceprint(..., encoder=recognizer.encoders.encoder_id)``.

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
        self._callers().note_seen(found.caller_id)
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
                that is meant. Or they are all of encoders that cannot be run here, so that nobody can tell;
                remove them first.
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

        def heard_by(encoders: Encoders) -> Utterance:
            return embed_utterance(encoders, read_audio(audio_buffer, sample_rate))

        callers = self._callers()
        known = callers.voiceprints_of(caller_id)
        check_same_voice(caller_id, known, probe_of(speech), callers.backend, self.config, heard_by)
        callers.save(voiceprint)
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
            if isinstance(self._known, StoredCallers):
                self._known.erased(caller_id)
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
        callers = self._callers()
        gallery = callers.gallery()
        self._tell_of_nameless(gallery)
        rule = DecisionRule.of(self.config)
        probe = probe_of(speech)
        passed_over: set[str] = set()
        while True:
            near = gallery.search(probe, _CANDIDATES + len(passed_over))
            found = rule.decide(
                [each for each in near if each[0] not in passed_over][:_CANDIDATES],
                speech.net_speech_seconds,
                speech.quality,
                clipped_fraction=speech.clipped_fraction,
                final=True,
            )
            if found.caller_id is None or callers.may_still_be_matched(found.caller_id):
                break
            # Expired, or not to be read just now: whoever is next is asked for.
            passed_over.add(found.caller_id)
        self._log("decided %s", found.decision.value)
        return found

    def _callers(self) -> StoredCallers | ApplicationsCallers:
        with self._lock:
            if self._known is None:
                backend = self._current_backend()
                if isinstance(self.storage, CallerStore):
                    self._known = StoredCallers(self.storage, backend, self.config)
                else:
                    self._known = ApplicationsCallers(self.storage, backend)
            return self._known

    def _current_backend(self) -> Backend:
        return Backend.configured(self.encoders, self.config.calibration)

    def _tell_of_nameless(self, gallery: Gallery) -> None:
        if gallery.nameless and not self._told_of_nameless:
            self._told_of_nameless = True
            logger.warning(
                "%d voiceprints do not say which encoder made them and are left out: enroll these callers "
                "anew, or save the voiceprints with their encoder",
                gallery.nameless,
            )

    def _metadata(self, caller_id: str) -> dict[str, Any]:
        newest: dict[str, Any] = {}
        for voiceprint in self._callers().voiceprints_of(caller_id):
            newest.update(voiceprint.metadata)
        return newest

    def _log(self, message: str, *arguments: object) -> None:
        if self._debug or self.config.debug:
            logger.info(message, *arguments)
