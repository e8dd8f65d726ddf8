"""Voiceprint's own hooks, for plugins that change what it says, remembers or recognises with.

The first result that is not None counts for hooks that return something; all others are called one and all.
An implementation names the arguments it wants and may be a coroutine function.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

import pluggy

from opusagent_hooks import Call, Turn
from opusagent_voiceprint.assurance import Assurance
from opusagent_voiceprint.consent import ConsentScript
from opusagent_voiceprint.encoding import SpeakerEncoder
from opusagent_voiceprint.models import Caller, CallNotes, ConsentRecord, Memory
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = [
    "hookimpl",
    "voiceprint_assurance",
    "voiceprint_candidates",
    "voiceprint_consent",
    "voiceprint_consent_script",
    "voiceprint_encoder",
    "voiceprint_enrolled",
    "voiceprint_forgotten",
    "voiceprint_greeting",
    "voiceprint_identified",
    "voiceprint_load_memory",
    "voiceprint_summarize",
    "voiceprint_unknown",
    "voiceprint_written_release",
]

hookspec = pluggy.HookspecMarker("opusagent")
hookimpl = pluggy.HookimplMarker("opusagent")


@hookspec
def voiceprint_greeting(call: Call, caller: Caller, memory: Memory) -> str | Awaitable[str | None] | None:
    """The words with which the agent greets a recognised caller. A reply waits: there is 0.1 s for them."""


@hookspec
def voiceprint_consent_script(
    call: Call, language: str
) -> ConsentScript | Awaitable[ConsentScript | None] | None:
    """The sentences of the consent dialogue; without a script in a language, nobody is asked in it.

    An implementation that raises, hangs or returns anything else is not stood in for: nobody is asked.
    """


@hookspec
def voiceprint_written_release(call: Call) -> str | Awaitable[str | None] | None:
    """Where the release that this caller signed can be found: a document number, 200 characters at most.

    Asked under ``VOICE_POLICY=us-il``, before the question is put; without a reference nobody is asked, and
    nobody enrolled. It is kept in the consent record.

    Give one only where it is known who speaks: by what the caller was asked for on this call, say, or by a
    link that was sent to them, with ``call.parameters``. The calling number alone is not enough: a relative
    who calls from it would be enrolled on a release that somebody else signed.
    """


@hookspec
def voiceprint_identified(call: Call, caller: Caller) -> Awaitable[None] | None:
    """A caller was recognised (recognised, never authenticated)."""


@hookspec
def voiceprint_assurance(call: Call, caller: Caller, assurance: Assurance) -> Awaitable[None] | None:
    """It became surer who is calling: a recognised caller is ``CONFIRMED`` or ``VERIFIED`` from now on.

    Until it lapses, of which no hook tells: ask ``call.userdata["voiceprint"]`` each time.
    """


@hookspec
def voiceprint_unknown(call: Call) -> Awaitable[None] | None:
    """The voice is nobody's who is enrolled, or cannot be told apart."""


@hookspec
def voiceprint_consent(call: Call, record: ConsentRecord) -> Awaitable[None] | None:
    """A consent was given and stored, or taken back."""


@hookspec
def voiceprint_enrolled(call: Call, caller: Caller) -> Awaitable[None] | None:
    """A caller was enrolled: voiceprint and consent are stored."""


@hookspec
def voiceprint_forgotten(caller_id: str) -> Awaitable[None] | None:
    """A caller was erased. Whatever else is kept under this id should go too."""


@hookspec
def voiceprint_load_memory(call: Call, caller: Caller) -> Memory | Awaitable[Memory | None] | None:
    """What is remembered of a recognised caller; by default what the caller agreed to.

    What takes longer than 0.2 s is put in after the greeting, for the replies to come.
    """


@hookspec
def voiceprint_summarize(call: Call, turns: Sequence[Turn]) -> CallNotes | Awaitable[CallNotes | None] | None:
    """What to remember of a call that is ending; asked only for callers who agreed to be remembered."""


@hookspec
def voiceprint_encoder(
    settings: VoiceFingerprintConfig,
) -> SpeakerEncoder | Awaitable[SpeakerEncoder | None] | None:
    """A speaker encoder in place of the one that ``VOICE_ENCODER`` names; asked for once at start.

    Without a calibration of its own (``opusagent-voiceprint calibrate``) its cosine is compared with its
    attribute ``operating_point``, if it has one.
    """


@hookspec
def voiceprint_candidates(call: Call) -> Sequence[str] | Awaitable[Sequence[str] | None] | None:
    """Ids of callers who are likely to be calling; by default those linked to the calling number."""
