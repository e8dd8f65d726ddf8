"""What one call is made of, for its actor and for those who work for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from opusagent_hooks import Call
from opusagent_voiceprint.calls.assurance import Vouched
from opusagent_voiceprint.calls.attempts import Attempts
from opusagent_voiceprint.calls.context import Shared
from opusagent_voiceprint.calls.dialogue import ConsentDialogue
from opusagent_voiceprint.calls.greeting import Greeter
from opusagent_voiceprint.calls.hold import ReplyHold
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.calls.listening import Listening
from opusagent_voiceprint.calls.number import CallingNumber
from opusagent_voiceprint.calls.offering import OfferRules
from opusagent_voiceprint.calls.tracker import TrackerEvent
from opusagent_voiceprint.calls.transcript import Transcript
from opusagent_voiceprint.calls.withdrawal import Withdrawal

__all__ = ["CallParts", "language_of"]

_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


class CallParts:
    """The parts of one call, put together.

    ``post`` takes what comes later, ``emit`` the voice's events on the engine's thread. ``forget_call`` is
    called when who withdrew is known.
    """

    def __init__(
        self,
        call: Call,
        shared: Shared,
        *,
        post: Callable[[Any], None],
        emit: Callable[[TrackerEvent], None],
        forget_call: Callable[[], None],
    ) -> None:
        self.call = call
        self.shared = shared
        self.language = language = language_of(call, shared.settings.default_language)
        self.number = number = CallingNumber(call, shared)
        self.attempts = Attempts(call.id, shared, number)
        self.transcript = Transcript()
        self.offers = OfferRules(enabled=shared.settings.consent_enabled)
        self.known = KnownCaller(call, shared, lambda evidence: post(Vouched(evidence)))
        self.hold = ReplyHold(call, for_store=shared.records.patience)
        self.greeter = Greeter(call, shared, self.known, self.hold, post)
        self.listening = Listening(shared, language, emit)
        self.withdrawal = Withdrawal(
            call,
            shared,
            self.known,
            number=number,
            listening=self.listening,
            language=language,
            forget_call=forget_call,
        )
        self.dialogue = ConsentDialogue(
            call,
            shared,
            language=language,
            number=number,
            withdrawal=self.withdrawal,
            enrolled=self.known.enrolled,
        )

    def listen(self) -> None:
        """Begin to listen to the call."""
        self.listening.start()
        self.dialogue.voice.tracker = self.listening.tracker

    def stop_listening(self) -> None:
        """Stop, and drop what was heard."""
        self.listening.stop()
        self.dialogue.voice.tracker = None

    def drop(self) -> None:
        """The call is over: hold on to nothing of it."""
        self.hold.end()
        self.number.drop()
        self.greeter.drop()
        self.stop_listening()
        self.transcript.clear()
        self.known.drop()
        self.offers.another_voice()
        self.dialogue.drop()


def language_of(call: Call, default: str) -> str:
    """The call's language, if what the platform says is a language tag."""
    given = str(call.parameters.get("language", ""))
    return given if _LANGUAGE_TAG.fullmatch(given) else default
