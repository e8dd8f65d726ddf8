"""Whether an enrollment is of the voice that is enrolled already (PRIVACY P21)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from opusagent_voiceprint.encoding import Encoders, Utterance, chosen_encoders, encoders_by_language
from opusagent_voiceprint.errors import EncoderError, VoiceMismatchError
from opusagent_voiceprint.matching import Backend, Gallery, Probe
from opusagent_voiceprint.models import Voiceprint
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["check_same_voice", "probe_of"]

logger = logging.getLogger("opusagent_voiceprint")

_ANOTHER_VOICE: Final = 0.0
"""Log likelihood ratio under which a voice is likelier somebody else's than the one enrolled."""


def probe_of(speech: Utterance) -> Probe:
    """A recording as something to look for."""
    return Probe(speech.embedding, speech.wide_embedding, speech.channel, speech.snr_db)


def check_same_voice(
    caller_id: str,
    known: Sequence[Voiceprint],
    probe: Probe,
    backend: Backend,
    config: VoiceFingerprintConfig,
    heard_by: Callable[[Encoders], Utterance],
) -> None:
    """Refuse another voice than the one that ``known`` are of.

    Where none of them is of the encoder in use, the recording is ``heard_by`` the one that made them, if this
    process has it: callers enroll anew after a change of encoder.

    Raises:
        VoiceMismatchError: it is another voice, or nobody can tell.
    """
    if not known:
        return
    if any(map(backend.fits, known)):
        _refuse_another_voice(caller_id, known, probe, backend)
        return
    names = ["telephone", "resemblyzer", *encoders_by_language(config.encoder_by_language).values()]
    for name in dict.fromkeys([config.encoder, *names]):
        earlier = _heard_by_what_made(known, name, heard_by)
        if earlier is not None:
            _refuse_another_voice(caller_id, known, *earlier)
            return
    raise VoiceMismatchError(
        f"the voiceprints of {caller_id!r} were made by encoders that cannot be run here, so that nobody can "
        "tell whether this is the same voice; remove these voiceprints first, or use another caller_id"
    )


def _heard_by_what_made(
    known: Sequence[Voiceprint], name: str, heard_by: Callable[[Encoders], Utterance]
) -> tuple[Probe, Backend] | None:
    try:
        encoders = chosen_encoders(name)
        backend = Backend.shipped(encoders)
        if any(map(backend.fits, known)):
            return probe_of(heard_by(encoders)), backend
    except EncoderError as exc:
        logger.warning("an encoder that may have made earlier voiceprints fails: %s", type(exc).__name__)
    return None


def _refuse_another_voice(
    caller_id: str, known: Sequence[Voiceprint], probe: Probe, backend: Backend
) -> None:
    enrolled = Gallery(backend)
    enrolled.put(caller_id, known)
    found = enrolled.compare(probe)
    threshold = backend.calibration.of(int(found.classes[0])).threshold
    if float(found.above[0]) + threshold < _ANOTHER_VOICE:
        raise VoiceMismatchError(
            f"this is another voice than the one enrolled as {caller_id!r}; use another caller_id, or forget "
            "that caller first"
        )
