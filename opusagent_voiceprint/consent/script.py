"""What the agent says about being remembered in one language."""

from __future__ import annotations

import hashlib
import json
import unicodedata

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

__all__ = ["ConsentScript"]

_NAME = "{name}"


class ConsentScript(BaseModel):
    """The sentences of the consent dialogue in one language.

    ``question`` and ``ask_memory`` are what consent is given to; they, the ``explanation`` and the
    reprompts end in a question that yes or no answers. ``{name}`` in ``enrolled_named`` is the caller's.
    ``covers_later_calls`` says that the question is about voiceprints of later calls too: without it none is
    added to the first. The lines ``..._unheard`` are for calls on which no voice is listened to, or no more.

    The lines ``recognition_...`` are for callers of a known number, where only a yes allows listening: all of
    them, or none, and then these callers are asked the ``question`` as well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1, max_length=40)
    language: str = Field(min_length=2, max_length=35)
    question: str = Field(max_length=600)
    explanation: str = Field(max_length=1000)
    reprompt: str = Field(max_length=600)
    ask_name: str = Field(max_length=600)
    ask_name_again: str = Field(max_length=600)
    keep_talking: str = Field(max_length=600)
    poor_line: str = Field(max_length=600)
    enrolled_named: str = Field(max_length=600)
    enrolled_unnamed: str = Field(max_length=600)
    ask_memory: str = Field(max_length=600)
    memory_reprompt: str = Field(max_length=600)
    memory_granted: str = Field(max_length=600)
    memory_declined: str = Field(max_length=600)
    memory_failed: str = Field(max_length=600)
    declined: str = Field(max_length=600)
    never_again: str = Field(max_length=600)
    withdrawn: str = Field(max_length=600)
    withdrawal_noted: str = Field(max_length=600)
    withdrawal_pending: str = Field(max_length=600)
    withdrawal_suspended: str = Field(max_length=600)
    withdrawal_suspended_unheard: str = Field(max_length=600)
    withdrawal_noted_unheard: str = Field(max_length=600)
    failed: str = Field(max_length=600)
    two_voices: str = Field(max_length=600)
    agents_voice: str = Field(max_length=600)
    third_party: str = Field(max_length=600)
    minor: str = Field(max_length=600)
    withdrawn_in_part: str = Field(max_length=600)
    recognition_question: str | None = Field(default=None, max_length=600)
    recognition_explanation: str | None = Field(default=None, max_length=1000)
    recognition_reprompt: str | None = Field(default=None, max_length=600)
    recognition_granted: str | None = Field(default=None, max_length=600)
    recognition_declined: str | None = Field(default=None, max_length=600)
    recognition_never_again: str | None = Field(default=None, max_length=600)
    covers_later_calls: bool = False

    @field_validator("*", mode="after")
    @classmethod
    def _says_something(cls, value: str | bool | None) -> str | bool | None:
        if not isinstance(value, str):
            return value
        text = " ".join(unicodedata.normalize("NFC", value).split())
        if not text:
            raise ValueError("must not be blank: the agent would say nothing")
        return text

    @model_validator(mode="after")
    def _recognises_wholly_or_not(self) -> ConsentScript:
        lines = [field for field in type(self).model_fields if field.startswith("recognition_")]
        missing = [field for field in lines if getattr(self, field) is None]
        if missing and len(missing) < len(lines):
            raise ValueError(
                f"{', '.join(missing)}: missing; give all of the lines recognition_..., or none of them"
            )
        return self

    @property
    def recognises(self) -> bool:
        """Whether it has words that ask for no more than to be recognised on this call."""
        return self.recognition_question is not None

    @property
    def hash(self) -> str:
        """SHA-256 over every word of the script, in hexadecimal: what a consent record points to."""
        # Lines that a script does not have leave its hash what it was before there were any such.
        said = self.model_dump(exclude_none=True)
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

    def enrolled(self, name: str | None) -> str:
        """The sentence that says the voice is known now, with the caller's name if there is one."""
        return self.enrolled_named.replace(_NAME, name) if name else self.enrolled_unnamed
