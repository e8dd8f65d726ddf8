"""What a consent script of a plugin's lacks of what the law wants said, as far as a program can tell."""

from __future__ import annotations

import unicodedata
from typing import Final

from opusagent_voiceprint.consent.language import language_for
from opusagent_voiceprint.consent.script import ConsentScript
from opusagent_voiceprint.consent.wording import default_script, retention_in_words
from opusagent_voiceprint.settings import speaks_of_itself

__all__ = ["MOST_WORDS", "shortcomings"]

MOST_WORDS: Final = 35
"""Words of twelve seconds, at 175 words a minute; the name in ``VOICE_ORGANIZATION`` does not count."""


def shortcomings(
    script: ConsentScript, language: str, organization: str, retention_days: int
) -> tuple[str, ...]:
    """What is wrong with a script, a phrase each; nothing for the built-in one.

    It is told by the length, by what the settings say, and by words that have to occur. Whether the sentences
    are true, and clear, only a person can tell.

    :param language: of the call that the script is for.
    :param organization: ``VOICE_ORGANIZATION``; "we" need not be said.
    :param retention_days: ``VOICE_RETENTION_DAYS``.
    """
    builtin = default_script(language, organization, retention_days)
    if builtin is not None and script.hash == builtin.hash:
        return ()
    named = "" if speaks_of_itself(organization) else _folded(organization)
    found = _of_a_question("the question", question := _folded(script.question), named)
    if builtin is not None:
        periods = [_folded(each) for each in _periods(retention_days, language)]
        if not any(each in question for each in periods):
            found.append("the question does not say how long VOICE_RETENTION_DAYS is")
        if "biometri" not in question:
            found.append("the question does not say that a voiceprint is biometric data")
        if not any(each in _folded(script.ask_memory) for each in periods):
            found.append("the question about notes does not say how long VOICE_RETENTION_DAYS is")
        if script.version == builtin.version:
            found.append("it has the version of the built-in words, and other words")
    found += _of_a_question("the question about notes", _folded(script.ask_memory), named)
    if script.recognition_question is not None:
        asked = _folded(script.recognition_question)
        found += _of_a_question("the question about recognition", asked, named)
    if _primary(script.language) != _primary(language):
        found.append(f"it is given for calls in {_primary(language)}")
    return tuple(found)


def _of_a_question(which: str, question: str, named: str) -> list[str]:
    """What any of the questions may lack."""
    found = []
    of_the_name = len(named.split()) if named in question else 0
    if (count := len(question.split()) - of_the_name) > MOST_WORDS:
        found.append(f"{which} has {count} words, and takes longer than twelve seconds to say")
    if not question.rstrip("\"'”’»").endswith(("?", "？", ";", "؟")):  # noqa: RUF001 - other scripts' marks
        found.append(f"{which} does not end as one")
    if named not in question:
        found.append(f"{which} does not name VOICE_ORGANIZATION")
    return found


def _periods(days: int, language: str) -> tuple[str, ...]:
    spoken = language_for(language)
    in_figures = (spoken.speech.days.format(days),) if spoken is not None else ()
    return (retention_in_words(days, language), *in_figures)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _folded(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))
