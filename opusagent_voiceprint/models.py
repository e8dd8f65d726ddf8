"""The records: callers with their voiceprints, memory and consents, and what an identification says."""

from __future__ import annotations

import binascii
import uuid
from datetime import datetime, timezone
from enum import Enum
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import pybase64
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

__all__ = [
    "CallNotes",
    "CallSummary",
    "Caller",
    "ConsentDecision",
    "ConsentEvidence",
    "ConsentRecord",
    "Decision",
    "DoNotAsk",
    "Embedding",
    "Fact",
    "Identification",
    "Memory",
    "Purpose",
    "Voiceprint",
    "new_caller_id",
    "utc_now",
]

Embedding = npt.NDArray[np.float32]
"""A speaker embedding: float32 of shape (dimension,), of length one."""

_CACHED: Final = "keys"
"""pydantic keeps short strings that it has read for the life of the process: not those of callers."""

MAX_EMBEDDING_DIMENSION = 4096
"""Bounds what a record may make us allocate; speaker encoders have 128 to 1024 dimensions."""


def utc_now() -> datetime:
    """The time now, in UTC and aware of it."""
    return datetime.now(timezone.utc)


def new_caller_id() -> str:
    """An opaque, random caller id: nothing about the person can be read from it."""
    return f"caller_{uuid.uuid4().hex}"


def _decode_embedding(value: Any) -> npt.NDArray[np.float32]:
    if isinstance(value, str):
        if len(value) > MAX_EMBEDDING_DIMENSION * 4 * 2:
            raise ValueError("embedding is larger than any speaker embedding")
        try:
            raw = pybase64.b64decode(value, validate=True)
        except binascii.Error as exc:
            raise ValueError("embedding is not base64") from exc
        if len(raw) % 4:
            raise ValueError("embedding is not a whole number of float32 values")
        array = np.frombuffer(raw, dtype="<f4").astype(np.float32)
    elif isinstance(value, (list, tuple, np.ndarray)):
        array = np.array(value, dtype=np.float32)
    else:
        raise ValueError(f"embedding must be a list or numpy array, got {type(value).__name__}")
    if array.ndim != 1 or not 1 <= array.size <= MAX_EMBEDDING_DIMENSION:
        raise ValueError(
            f"embedding must have one dimension of 1 to {MAX_EMBEDDING_DIMENSION} values, "
            f"got shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError("embedding holds values that are not finite numbers")
    array.setflags(write=False)
    return array


def _encode_embedding(value: npt.NDArray[np.float32]) -> str:
    return pybase64.b64encode(np.ascontiguousarray(value, dtype="<f4").tobytes()).decode("ascii")


StoredEmbedding = Annotated[
    npt.NDArray[np.float32],
    PlainSerializer(_encode_embedding, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class Record(BaseModel):
    """Base of everything that is stored: unknown fields are an error, arrays are allowed."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, cache_strings=_CACHED)


class Voiceprint(BaseModel):
    """A stored template of one voice: the speaker embedding of one enrollment.

    The first five fields are those of OpusAgent's own voiceprint module. ``embedding`` has shape
    (dimension,); ``created_at`` and ``last_seen`` are ISO 8601 in UTC, and may be given as a
    datetime; one without an offset is taken for UTC. Embeddings made by different
    encoders are never compared, hence ``encoder``, an ``encoder_id``; one that is empty counts as
    Resemblyzer's. ``channel`` is ``wide`` or ``narrow`` (telephone band); with any other the stricter
    comparison is made.
    ``wide_embedding`` is of ``wide_encoder``, which some encoders have beside them for wideband lines.
    ``snr_db`` is the speech's over what was heard between it. ``source`` says how it came about:
    ``application``, ``conversation``, or ``progressive`` for one that a later call added; ``call_id`` on
    which call.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, cache_strings=_CACHED)

    caller_id: str
    embedding: StoredEmbedding
    metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: str | None = None
    last_seen: str | None = None
    voiceprint_id: str = Field(default_factory=lambda: f"vp_{uuid.uuid4().hex}")
    encoder: str = ""
    channel: str = ""
    net_speech_seconds: float = 0.0
    quality: float = 0.0
    wide_embedding: StoredEmbedding | None = None
    wide_encoder: str = ""
    snr_db: float = 40.0
    source: str = ""
    call_id: str = ""

    @field_validator("embedding", "wide_embedding", mode="before")
    @classmethod
    def _check_embedding(cls, value: Any, info: ValidationInfo) -> npt.NDArray[np.float32] | None:
        if value is None and info.field_name == "wide_embedding":
            return None
        return _decode_embedding(value)

    @field_validator("created_at", "last_seen", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        at = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return at.astimezone(timezone.utc).isoformat()

    def __eq__(self, other: object) -> bool:
        # pydantic compares fields with ==, which for arrays is not a truth value.
        if not isinstance(other, Voiceprint):
            return NotImplemented
        vectors = {"embedding", "wide_embedding"}
        mine, theirs = self.model_dump(exclude=vectors), other.model_dump(exclude=vectors)
        return mine == theirs and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in vectors
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Voiceprint(caller_id={self.caller_id!r}, voiceprint_id={self.voiceprint_id!r})"

    __str__ = __repr__


class Purpose(str, Enum):
    """What a consent is for; each is asked and taken back by itself."""

    VOICEPRINT = "voiceprint"
    MEMORY = "memory"


class ConsentDecision(str, Enum):
    """What was decided about one purpose."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class ConsentEvidence(str, Enum):
    """Where the proof of a consent lies: in the call itself, or with the application that enrolled."""

    CONVERSATION = "conversation"
    APPLICATION = "application"


class ConsentRecord(Record):
    """Proof of one decision: what was asked, in which words, and what was answered. No audio.

    ``covers_later_calls``: the words were about voiceprints of later calls as well. ``release_reference`` is
    where the caller's written release can be found, where the law wants one.
    """

    consent_id: str = Field(default_factory=lambda: f"consent_{uuid.uuid4().hex}")
    purpose: Purpose
    decision: ConsentDecision
    evidence: ConsentEvidence
    at: AwareDatetime
    policy_version: str
    wording_version: str = ""
    wording_hash: str = ""
    language: str = ""
    channel: str = ""
    call_id: str = ""
    answer: str = Field(default="", max_length=400, repr=False)
    played_to_end: bool = False
    covers_later_calls: bool = False
    release_reference: str = Field(default="", max_length=200, repr=False)


class CallSummary(Record):
    """What one call was about, in the caller's own words."""

    call_id: str
    at: AwareDatetime
    text: str = Field(max_length=400, repr=False)


class Fact(Record):
    """One thing a caller said about themselves. ``kind`` is ``fact``, ``preference`` or ``date``."""

    kind: str = "fact"
    text: str = Field(max_length=200, repr=False)
    call_id: str
    at: AwareDatetime


class Memory(Record):
    """What a caller agreed to have remembered, newest last."""

    summaries: list[CallSummary] = Field(default_factory=list)
    facts: list[Fact] = Field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.summaries or self.facts)


class CallNotes(Record):
    """What ``voiceprint_summarize`` returns for one call: a summary, and (kind, text) facts."""

    summary: str = ""
    facts: list[tuple[str, str]] = Field(default_factory=list)


class Caller(Record):
    """One caller's profile: all that is stored about a person, written as one record.

    ``version`` is the store's: 0 for a caller that was never written. ``phone_links`` are keyed hashes
    of numbers, never numbers.
    """

    caller_id: str = Field(default_factory=new_caller_id, min_length=1, max_length=200)
    version: int = 0
    name: str | None = Field(default=None, max_length=40, repr=False)
    metadata: dict[str, Any] = Field(default_factory=dict, repr=False)
    created_at: AwareDatetime = Field(default_factory=utc_now)
    last_seen: AwareDatetime | None = None
    languages: list[str] = Field(default_factory=list)
    voiceprints: list[Voiceprint] = Field(default_factory=list)
    phone_links: list[str] = Field(default_factory=list, repr=False)
    memory: Memory = Field(default_factory=Memory)
    consents: list[ConsentRecord] = Field(default_factory=list)

    def consent(self, purpose: Purpose) -> ConsentRecord | None:
        """The consent in force for a purpose: the latest record, if it grants."""
        for record in reversed(self.consents):
            if record.purpose is purpose:
                return record if record.decision is ConsentDecision.GRANTED else None
        return None


class DoNotAsk(Record):
    """A remembered no: this subject (a keyed hash, nothing biometric) is not asked before ``until``.

    ``until=None`` means never again. ``at``, ``why`` and ``call_id`` are for whoever reviews it, where it
    waits for a review.
    """

    subject: str
    until: AwareDatetime | None = None
    at: AwareDatetime | None = None
    why: str = Field(default="", max_length=40)
    call_id: str = Field(default="", max_length=200)


class Decision(str, Enum):
    """What is known about who is speaking."""

    PENDING = "pending"
    RECOGNISED = "recognised"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    NOT_ENOUGH_SPEECH = "not_enough_speech"


class Identification(BaseModel):
    """What an identification found. It says recognised, never authenticated.

    ``similarity`` is the best caller's score, ``margin`` how far its odds are ahead of the second caller's in
    [0, 1] (where callers linked to the calling number stand higher), ``net_speech_seconds`` the seconds of
    voice it rests on, ``quality`` in [0, 1], ``candidates`` up to five (caller_id, similarity), best first.
    ``caller_id`` is set only when RECOGNISED.
    """

    model_config = ConfigDict(frozen=True)

    decision: Decision
    caller_id: str | None = None
    similarity: float = 0.0
    margin: float = 0.0
    net_speech_seconds: float = 0.0
    quality: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()

    def __repr__(self) -> str:
        # Scores stay out of logs, so they stay out of the representation too.
        return (
            f"Identification(decision={self.decision.value!r}, caller_id={self.caller_id!r}, "
            f"net_speech_seconds={self.net_speech_seconds:.1f})"
        )

    __str__ = __repr__
