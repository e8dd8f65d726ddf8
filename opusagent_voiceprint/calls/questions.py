"""What a caller may be asked with: the words, and the release that has to be signed before."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Final, Literal

from opusagent_hooks import Call, HookManager
from opusagent_voiceprint.consent import ConsentScript
from opusagent_voiceprint.consent.shortcomings import shortcomings
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["Hindrance", "Question", "Questions"]

logger = logging.getLogger("opusagent_voiceprint")

Hindrance = Literal["no_words", "no_release"]

_RELEASE: Final = "voiceprint_written_release"
_LONGEST_REFERENCE: Final = 200


@dataclass(frozen=True, slots=True)
class Question:
    """The words of one dialogue; ``release_reference`` is empty where no law wants a written release."""

    script: ConsentScript
    release_reference: str = field(default="", repr=False)


class Questions:
    """Asks the plugins for what a call's question needs. What they get wrong means that nobody is asked.

    The first plugin that raises, hangs or returns nonsense ends it: the next one's words, or the built-in
    ones, are not those that somebody chose to have said.
    """

    def __init__(self, settings: VoiceFingerprintConfig, hooks: HookManager) -> None:
        self._settings = settings
        self._hooks = hooks
        self._reviewed: set[str] = set()

    def warn_if_unanswerable(self) -> None:
        """Say at start that nobody will be asked, because no plugin knows of any release."""
        policy = self._settings.jurisdiction
        wanted = policy.written_release and self._settings.consent_enabled
        if wanted and not self._hooks.has_implementations(_RELEASE):
            logger.warning(
                "nobody will be asked: VOICE_POLICY=%s wants a written release of each caller, and no plugin "
                "implements %s",
                policy.name,
                _RELEASE,
            )

    def recognition_is_enough(self, question: Question) -> bool:
        """Whether a known number's caller need only be asked whether to be recognised.

        So where nobody's voice is looked at before a yes, and the script has words for it.
        """
        return self._settings.identify_scope == "on_request" and question.script.recognises

    async def question(self, call: Call, language: str) -> Question | Hindrance:
        """The question of a call, or what is missing. The release is looked for first."""
        reference = ""
        if self._settings.jurisdiction.written_release:
            found = await self._hooks.call_first(_RELEASE, call=call, skip_failed=False)
            reference = self._checked(found)
            if not reference:
                return "no_release"
        script = await self._hooks.call_first(
            "voiceprint_consent_script", call=call, skip_failed=False, language=language
        )
        if not isinstance(script, ConsentScript):
            if script is not None:
                _refused("voiceprint_consent_script", script, "a ConsentScript")
            return "no_words"
        self._review(script, language)
        return Question(script, reference)

    def _checked(self, reference: object) -> str:
        """A reference that can be kept, or nothing."""
        if reference is None:
            return ""
        text = " ".join(reference.split()) if isinstance(reference, str) else ""
        if not 1 <= len(text) <= _LONGEST_REFERENCE:
            _refused(_RELEASE, reference, f"a reference of 1 to {_LONGEST_REFERENCE} characters")
            return ""
        return text

    def _review(self, script: ConsentScript, language: str) -> None:
        """Report once what words of a plugin's lack."""
        if script.hash in self._reviewed:
            return
        self._reviewed.add(script.hash)
        settings = self._settings
        for lack in shortcomings(script, language, settings.organization, settings.retention_days):
            logger.warning("the consent script, version %s, in %s: %s", script.version, script.language, lack)


def _refused(hook: str, given: object, wanted: str) -> None:
    # Its type only: the thing itself may say who is calling.
    logger.error("%s gave a %s, not %s: nobody is asked on this call", hook, type(given).__name__, wanted)
