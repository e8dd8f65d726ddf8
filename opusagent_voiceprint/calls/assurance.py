"""How sure a call is of who is calling: the evidence, and the handle by which hosts and plugins see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from opusagent_voiceprint.assurance import Assurance
from opusagent_voiceprint.errors import AssuranceError
from opusagent_voiceprint.memory import clean_text

__all__ = ["CallEvidence", "CallIdentity", "Evidence", "Verification", "Vouched"]

_MAX_METHOD: Final = 40
_MAX_REFERENCE: Final = 200
_HOW: Final = {
    Assurance.RECOGNISED: "wait until the voice is recognised (hook voiceprint_identified)",
    Assurance.CONFIRMED: "have the agent ask the caller whether they are that person, by name",
    Assurance.VERIFIED: "verify the caller by means of your own, then call verify(caller_id, method=...)",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What an application vouched with: its name for the method, and a reference of its own, if any."""

    method: str
    reference: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the present voice's caller; one is replaced by another, never changed."""

    caller_id: str | None = None
    confirmed: bool = False
    verification: Verification | None = field(default=None, repr=False)

    @property
    def assurance(self) -> Assurance:
        """The highest level that it reaches."""
        if self.caller_id is None:
            return Assurance.NONE
        if self.verification is not None:
            return Assurance.VERIFIED
        return Assurance.CONFIRMED if self.confirmed else Assurance.RECOGNISED


@dataclass(frozen=True, slots=True)
class Vouched:
    """The application has verified the caller; this is what is known with it."""

    evidence: Evidence = field(repr=False)


class CallEvidence:
    """The evidence of one call, kept by the call. ``verified`` is called when the application vouches."""

    def __init__(self, verified: Callable[[], object] = lambda: None) -> None:
        self._loop = asyncio.get_running_loop()
        self._verified: Callable[[], object] | None = verified
        self.now = Evidence()

    def recognised(self, caller_id: str) -> None:
        """The voice is this caller's; what was known before was of a voice before."""
        self.now = Evidence(caller_id)

    def confirm(self, caller_id: str) -> bool:
        """This caller said so in person. Whether that raised the level."""
        before = self.now
        if before.caller_id != caller_id or before.confirmed:
            return False
        self.now = Evidence(caller_id, True, before.verification)
        return before.verification is None

    def vouch(self, caller_id: str, verification: Verification) -> None:
        """The application says so; see :meth:`CallIdentity.verify`."""
        try:
            on_loop = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            on_loop = False
        found = self.now.assurance
        if not on_loop:
            raise AssuranceError(
                "verify() was called beside the call's event loop; from another thread use "
                "loop.call_soon_threadsafe",
                needed=Assurance.VERIFIED,
                found=found,
            )
        if self.now.caller_id is None:
            raise AssuranceError(
                "nobody is recognised on this call, so nobody can be verified; wait for the hook "
                "voiceprint_identified, then verify",
                needed=Assurance.VERIFIED,
                found=found,
            )
        # Neither id is in the message: what was given may be a number or a PIN in the wrong place.
        if caller_id != self.now.caller_id:
            raise AssuranceError(
                "verify() names another caller than the one whose voice was recognised, and nothing has "
                "changed; compare with the handle's caller_id",
                needed=Assurance.VERIFIED,
                found=found,
            )
        self.now = Evidence(caller_id, self.now.confirmed, verification)
        if found < Assurance.VERIFIED and self._verified is not None:
            self._verified()

    def lapse(self) -> None:
        """It is not known any more whose voice this is."""
        self.now = Evidence()

    def close(self) -> None:
        """The call is over: from now on nobody is known, and nothing of the call is held."""
        self.now, self._verified = Evidence(), None


class CallIdentity:
    """Who is calling, and how sure that is: ``call.userdata["voiceprint"]``.

    It is there from the start of the call, and may be kept: after the call it holds nobody. When another
    person takes the phone, when the caller says that they are somebody else, and with a withdrawal, it goes
    back to ``NONE`` by itself; so ask it each time, and keep no answer.

    Properties and :meth:`require` may be used from any thread; :meth:`verify` on the call's event loop only,
    where hooks and tools run.
    """

    __slots__ = ("__weakref__", "_evidence")

    def __init__(self, evidence: CallEvidence) -> None:
        self._evidence = evidence

    @property
    def assurance(self) -> Assurance:
        """The level that this call has reached."""
        return self._evidence.now.assurance

    @property
    def caller_id(self) -> str | None:
        """The recognised caller's id, or None."""
        return self._evidence.now.caller_id

    @property
    def verification(self) -> Verification | None:
        """What the application vouched with last; it is in memory only, until the call ends."""
        return self._evidence.now.verification

    def verify(self, caller_id: str, *, method: str, reference: str = "") -> None:
        """Vouch for the recognised caller, whom the application has verified by means of its own.

        It takes effect at once. The model is told the method; the reference is told nobody.

        :param caller_id: whom the application has verified, from its own records; it has to be the recognised
            caller's id. Do not pass on the handle's own: that would verify whoever was recognised.
        :param method: what it was done with, such as "PIN": at most 40 characters, some of them visible.
        :param reference: where the application can find the proof: at most 200 characters.
        :raises AssuranceError: for another caller's id, while nobody is recognised, for a method or reference
            that is not such a text, and beside the call's event loop. Then nothing has changed.
        """
        for what, value, least, most in (
            ("method", method, 1, _MAX_METHOD),
            ("reference", reference, 0, _MAX_REFERENCE),
        ):
            if not isinstance(value, str) or len(clean_text(value, most)) < least or len(value) > most:
                raise AssuranceError(
                    f"verify(): {what} is a text of {least} to {most} characters"
                    f"{', such as PIN' if least else ''}",
                    needed=Assurance.VERIFIED,
                    found=self.assurance,
                )
        self._evidence.vouch(caller_id, Verification(method, reference))

    def require(self, level: Assurance) -> str | None:
        """Raise :class:`AssuranceError` unless the call has reached this level, or a higher one.

        :return: the id of the caller who has; None only for ``Assurance.NONE`` with nobody recognised. Act
            for this one: by the next line another person may be on the phone.
        """
        if not isinstance(level, Assurance):
            # Not the value: it may be a PIN in the wrong place.
            raise TypeError(
                f"require() takes an Assurance, such as Assurance.VERIFIED, not {type(level).__name__}"
            )
        evidence = self._evidence.now
        if (found := evidence.assurance) < level:
            raise AssuranceError(
                f"the caller has to be {level.value}, and is at {found.value}: {_HOW[level]}",
                needed=level,
                found=found,
            )
        return evidence.caller_id

    def __repr__(self) -> str:
        return f"CallIdentity(assurance={self.assurance.value!r})"
