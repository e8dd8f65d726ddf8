"""What all calls of a process share, and how they reach it safely."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from opusagent_hooks import HookManager
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.questions import Questions
from opusagent_voiceprint.calls.records import Records
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.calls.voice_models import VoiceModels
from opusagent_voiceprint.matching import DecisionRule
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["Shared", "log_failure"]

logger = logging.getLogger("opusagent_voiceprint")


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts that every call uses."""

    settings: VoiceFingerprintConfig
    hooks: HookManager
    access: StoreAccess
    records: Records
    arrears: Arrears
    models: VoiceModels
    follower: GalleryFollower
    questions: Questions
    rule: DecisionRule
    clock: Callable[[], datetime]


def log_failure(call_id: str, what: str, exc: BaseException) -> None:
    """One line: which call, what was not done, and the type of the error, whose message may be personal."""
    logger.error("call %s: %s: %s; the call goes on", call_id, what, type(exc).__name__)
    if logger.isEnabledFor(logging.DEBUG):
        trace = exc.__traceback__
        while trace is not None:
            logger.debug("  at %s:%d", trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
