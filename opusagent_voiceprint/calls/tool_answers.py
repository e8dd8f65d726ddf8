"""What the tools answer: the state of the call in words for the model, and what a use sets off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from opusagent_voiceprint.assurance import Assurance
from opusagent_voiceprint.calls.offering import Bar
from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.calls.questions import Hindrance, Question
from opusagent_voiceprint.calls.tools import ToolUse
from opusagent_voiceprint.calls.withdrawal import Outcome
from opusagent_voiceprint.consent.machine import Stage
from opusagent_voiceprint.models import Decision

__all__ = ["ToolAnswers"]

_LATE_WORDS_SECONDS: Final = 15.0
"""How long after a use the words that justify it may be transcribed."""

_NOT_VERIFIED: Final = "not verified: disclose nothing and change nothing on the strength of it."
_LEVELS: Final[dict[Assurance, str]] = {
    Assurance.RECOGNISED: f"Recognised by voice, {_NOT_VERIFIED}",
    Assurance.CONFIRMED: f"Recognised by voice, and the caller said that it is so; {_NOT_VERIFIED}",
    Assurance.VERIFIED: "Recognised by voice, and verified by the application with evidence of its own. What "
    "that permits, only your other instructions say.",
}
_WHY_NOT: Final[dict[Bar, str]] = {
    "switched_off": "Nobody is asked on this line.",
    "withdrawn": "The caller asked to be forgotten on this call.",
    "excluded": "Only adults are asked, and only for themselves.",
    "suspended": "Nobody is recognised on calls from this number until it was reviewed.",
    "matching_stopped": "Nobody is recognised on calls from this number for now: too many in a row were by "
    "other voices. It may work tomorrow.",
}
_MISSING: Final[dict[Hindrance, str]] = {
    "no_words": "Nobody is asked in the language of this call.",
    "no_release": "A voice is stored only of who signed a release before, and there is none of this caller.",
}
_FORGOTTEN: Final[dict[Outcome, str]] = {
    "deleted": "Everything kept about the caller is deleted, and the caller was told so.",
    "deletion_pending": "The caller is recognised no more; the deletion is repeated until it succeeds. "
    "The caller was told so.",
    "noted": "The caller is not recognised so far. The request is noted, and the caller was told so.",
}
_SAY_IT: Final = (
    'Only the caller\'s own words count. If that is what they want, ask them to say "forget my voice".'
)


class ToolAnswers:
    """Answers the uses of tools on one call. Called from the call's own task, one at a time."""

    def __init__(self, parts: CallParts, *, withdraw: Callable[[], Awaitable[None]]) -> None:
        self._call = parts.call
        self._shared = parts.shared
        self._language = parts.language
        self._known = parts.known
        self._offers = parts.offers
        self._dialogue = parts.dialogue
        self._withdrawal = parts.withdrawal
        self._withdraw = withdraw

    async def answer(self, use: ToolUse) -> None:
        """Answer one use, unless the model no longer waits for it: then nothing may come of it either."""
        if use.answer.done():
            return
        match use.name:
            case "voiceprint_who_am_i":
                use.answer.set_result(self._who_am_i())
            case "voiceprint_forget":
                await self._forget(use)
            case "voiceprint_enroll":
                result = self._why_no_enrollment() or await self._nothing_to_ask_with()
                if not use.answer.done():
                    use.answer.set_result(result or self._request())

    def _who_am_i(self) -> dict[str, Any]:
        known = self._known
        if known.recognised_id is not None and known.recognised_id == self._enrolled_id():
            return _result("enrolled_on_this_call", "The voice was first heard and stored on this call.")
        if known.recognised is not None:
            # Read, never raised: there is no argument by which a model could.
            level = known.evidence.now.assurance
            # Not the name itself: hosts log what tools return, and the model has it in its context.
            where = (
                ", is in the data about the caller" if known.told else " cannot be said on this connection"
            )
            return _result(level.value, f"Who it is{where}. {_LEVELS[level]}")
        listening = self._dialogue.voice.tracker is not None
        if listening and known.decision in (Decision.PENDING, Decision.RECOGNISED):
            return _result("still_listening", "It is not known yet whose voice this is.")
        return _result("not_recognised", "Call the caller by no name that they did not give on this call.")

    async def _forget(self, use: ToolUse) -> None:
        if self._withdrawal.outcome is not None:
            note = _FORGOTTEN[self._withdrawal.outcome]
            use.answer.set_result(_result(self._withdrawal.outcome, note))
        elif self._offers.taken_back:
            # The words alone set it off; this is for when that went wrong.
            use.answer.set_result(_result("in_progress", "The caller is told in a moment what became of it."))
            await self._withdraw()
        else:
            use.answer.set_result(_result("ask_the_caller_to_say_so", _SAY_IT))

    def _why_no_enrollment(self) -> dict[str, Any] | None:
        offers, stage = self._offers, self._dialogue.stage
        if (bar := offers.bar) is not None or stage is Stage.EXCLUDED:
            return _result("not_possible", _WHY_NOT[bar or "excluded"])
        if self._known.recognised_id is not None:
            return _result("already_known", "The caller's voice is stored already.")
        if stage.under_way:
            return _result("being_asked", "The caller is being asked already. Do not ask yourself.")
        if self._known.decision is Decision.AMBIGUOUS:
            return _result("not_possible", "The voice is too much like one that is known.")
        return None

    async def _nothing_to_ask_with(self) -> dict[str, Any] | None:
        question = await self._shared.questions.question(self._call, self._language)
        return None if isinstance(question, Question) else _result("not_possible", _MISSING[question])

    def _request(self) -> dict[str, Any]:
        offers = self._offers
        if not offers.asked_for:
            offers.expect_request(asyncio.get_running_loop().time() + _LATE_WORDS_SECONDS)
            return _result(
                "not_asked",
                "The caller's own words do not ask for it so far, and only they count. Do not offer it.",
            )
        offers.requested = True
        if not offers.unknown:
            return _result(
                "listening_first",
                "The caller is asked for consent as soon as enough of the voice was heard. Promise nothing.",
            )
        return _result(
            "will_be_asked",
            "The caller is asked for consent in a moment, in fixed words. Do not ask yourself, and promise "
            "nothing.",
        )

    def _enrolled_id(self) -> str | None:
        return self._dialogue.caller.caller_id if self._dialogue.caller is not None else None


def _result(status: str, note: str) -> dict[str, Any]:
    return {"status": status, "note": note}
