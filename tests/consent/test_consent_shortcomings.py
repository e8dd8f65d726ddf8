"""What is reported about a consent script of a plugin's: what a program can tell."""

from __future__ import annotations

from typing import Any

import pytest

from opusagent_voiceprint.consent import ConsentScript, default_script
from opusagent_voiceprint.consent.languages import LANGUAGES
from opusagent_voiceprint.consent.shortcomings import MOST_WORDS, shortcomings

GOOD = (
    "May Acme Bank keep a voiceprint, biometric data, to greet you next time? You need not, and it is "
    "deleted after a year without calls, or if you say 'forget me'. Yes or no?"
)


def a_script(language: str = "en", organization: str = "Acme Bank", **values: Any) -> ConsentScript:
    builtin = default_script("en", organization, 365)
    assert builtin is not None
    usual = {**builtin.model_dump(), "version": "acme-3", "language": language, "question": GOOD}
    return ConsentScript(**{**usual, **values})


def lacks(spoken: str = "en", *, days: int = 365, organization: str = "Acme Bank", **values: Any) -> str:
    return "; ".join(shortcomings(a_script(organization=organization, **values), spoken, organization, days))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("organization", ["we", "Acme Bank", "Stadtwerke Graz Customer Care"])
@pytest.mark.parametrize("days", [1, 30, 365, 1094])
def test_the_built_in_words_lack_nothing(language: str, organization: str, days: int) -> None:
    script = default_script(language, organization, days)
    assert script is not None
    assert shortcomings(script, language, organization, days) == ()
    # Under another version they are somebody's own words, and still say it all.
    own = script.model_copy(update={"version": "acme-1"})
    assert shortcomings(own, language, organization, days) == ()


def test_good_words_lack_nothing() -> None:
    assert lacks() == ""
    assert lacks(question=GOOD.replace("Acme Bank", "ACME bank").replace("a year", "365 days")) == ""


def test_a_question_that_takes_too_long_is_reported() -> None:
    longest = GOOD.replace("Yes or no?", " ".join(["really"] * (MOST_WORDS - len(GOOD.split()) + 5)) + "?")
    assert len(longest.replace("Acme Bank", "").split()) == MOST_WORDS
    assert lacks(question=longest) == ""
    assert "has 36 words" in lacks(question=longest.replace("really?", "very much?"))


@pytest.mark.parametrize(
    ("field", "which"),
    [("ask_memory", "the question about notes"), ("recognition_question", "the question about recognition")],
)
def test_what_the_other_questions_lack_is_reported_too(field: str, which: str) -> None:
    words = getattr(a_script(), field)
    assert lacks(**{field: words.replace("Yes or no?", "Say yes.")}) == f"{which} does not end as one"
    assert lacks(**{field: words.replace("Acme Bank", "we")}) == f"{which} does not name VOICE_ORGANIZATION"
    room = MOST_WORDS - len(words.replace("Acme Bank", "").split())
    longest = words.replace(" Yes or", " really" * room + " Yes or")
    assert lacks(**{field: longest}) == ""
    too_long = longest.replace(" Yes or", " really Yes or")
    assert lacks(**{field: too_long}).startswith(f"{which} has {MOST_WORDS + 1} words")


def test_a_question_about_notes_without_the_period_is_reported() -> None:
    words = a_script().ask_memory.replace("a year", "some time")
    lack = "the question about notes does not say how long VOICE_RETENTION_DAYS is"
    assert lacks(ask_memory=words) == lack


def test_a_long_name_makes_no_question_too_long() -> None:
    name = "Stadtwerke Graz Customer Care"
    assert lacks(question=GOOD.replace("Acme Bank", name), organization=name) == ""


@pytest.mark.parametrize(
    ("changed", "lack"),
    [
        ({"question": GOOD.replace("Acme Bank", "somebody")}, "does not name VOICE_ORGANIZATION"),
        ({"question": GOOD.replace("a year", "some time")}, "how long VOICE_RETENTION_DAYS is"),
        ({"question": GOOD.replace("biometric ", "")}, "biometric data"),
        ({"question": GOOD.replace("Yes or no?", "Say yes.")}, "does not end as one"),
        ({"version": "built-in's"}, "has the version of the built-in words"),
        ({"language": "fr"}, "is given for calls in en"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_missing_is_reported_and_nothing_else(changed: dict[str, Any], lack: str) -> None:
    if "version" in changed:
        builtin = default_script("en", "Acme Bank", 365)
        assert builtin is not None
        changed = {"version": builtin.version}
    (only,) = shortcomings(a_script(**changed), "en", "Acme Bank", 365)
    assert lack in only


def test_words_that_say_the_period_of_other_settings_are_reported() -> None:
    assert "how long" in lacks(days=90)


def test_an_agent_that_speaks_of_itself_need_not_say_we() -> None:
    assert lacks(organization="we") == ""


def test_in_a_language_that_is_not_known_only_what_can_be_told_is_reported() -> None:
    assert lacks("it", language="it-IT", question="Acme Bank può tenere la sua voce?") == ""
    assert lacks("it", language="it-IT", question="Possiamo tenere la sua voce?") != ""
