"""Listening that only a yes on the call allows: it begins with the yes, and ends when that is taken back."""

from __future__ import annotations

from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.consent.machine import Stage

__all__ = ["ConsentedListening"]


class ConsentedListening:
    """Keeps a call's listening in step with its dialogue. Called from the call's own task.

    With each step of the dialogue, and before anything is said about it: a voice is not listened to while it
    is told that it will not be. And after each event: a caller may have been let go of.
    """

    def __init__(self, parts: CallParts) -> None:
        self._parts = parts

    def follow(self) -> None:
        """Begin or end it, if what was said last asks for that."""
        parts, listening, offers = self._parts, self._parts.listening, self._parts.offers
        consented = parts.dialogue.consented
        if not listening.on and consented and not offers.withdrawn:
            parts.listen()
            listening.by_consent = True
            listening.only_compares = parts.dialogue.stage is Stage.COMPARING
            if listening.only_compares:
                # Who asks to be remembered may be known already: that is found out first.
                offers.unknown = False
        elif listening.by_consent and not consented and not parts.known.somebody:
            listening.by_consent = False
            parts.stop_listening()
            offers.unknown = True  # as before the yes: nobody's voice is looked at
