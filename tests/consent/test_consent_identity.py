"""Who a caller says they are: what confirms a recognition, what takes it away, and what does neither."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from utterances.tables import LANGUAGES, as_recognisers_write, without_accents

from opusagent_voiceprint.consent import clean_name
from opusagent_voiceprint.consent.identity import (
    Addressed,
    Claim,
    addressed,
    asks_something_else,
    claim_of,
    same_name,
)

NAME = "Ada Lovelace"
EVERY = tuple(Addressed)
AT_ANY_TIME = tuple(each for each in Addressed if each is not Addressed.ASKED)
CALLED_BY_NAME = (Addressed.NAMED, Addressed.HALF_ASKED, Addressed.ASKED)
ASKED = (Addressed.HALF_ASKED, Addressed.ASKED)


def tables(language: str) -> ModuleType:
    return importlib.import_module(f"utterances.identity_{language}")


def each(*names: str) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for name in names:
            for text in getattr(tables(language), name):
                yield language, text


@pytest.mark.parametrize(("language", "text"), [*each("ASKS")])
def test_a_question_whether_the_caller_is_the_person_is_one(language: str, text: str) -> None:
    assert addressed(text, language, NAME) is Addressed.ASKED
    assert addressed(text.lower(), language, NAME) is Addressed.ASKED
    assert addressed(text, language, NAME, interrupted=True) is Addressed.HALF_ASKED
    assert addressed(text, language, "Grace Hopper") is Addressed.NOT


@pytest.mark.parametrize(("language", "text"), [*each("HALF_ASKS")])
def test_a_question_by_surname_alone_can_be_denied_and_not_affirmed(language: str, text: str) -> None:
    assert addressed(text, language, NAME) is Addressed.HALF_ASKED


@pytest.mark.parametrize(("language", "text"), [*each("NAMES_ONLY")])
def test_a_name_that_is_only_mentioned_asks_nothing(language: str, text: str) -> None:
    assert addressed(text, language, NAME) in (Addressed.NAMED, Addressed.QUESTIONED)


@pytest.mark.parametrize(("language", "text"), [*each("NOT_ADDRESSED")])
def test_words_about_something_else_address_nobody(language: str, text: str) -> None:
    assert addressed(text, language, NAME) is Addressed.NOT


@pytest.mark.parametrize(("language", "text"), [*each("SAYS")])
def test_p14_whoever_gives_the_stored_name_as_their_own_confirms_it(language: str, text: str) -> None:
    for written in as_recognisers_write(text) | without_accents(text):
        assert claim_of(written, language, NAME) is Claim.IS, written
    assert claim_of(text, language, "Grace Hopper") is Claim.NONE


@pytest.mark.parametrize(("language", "text"), [*each("SAYS_NOTHING")])
def test_p14_words_that_claim_nothing_confirm_nothing(language: str, text: str) -> None:
    for written in as_recognisers_write(text) | without_accents(text):
        assert claim_of(written, language, NAME) is not Claim.IS, written


@pytest.mark.parametrize(("language", "text"), [*each("YES", "THAT_IS_ME")])
def test_p14_an_express_yes_confirms_only_straight_after_the_question_by_name(
    language: str, text: str
) -> None:
    for written in (text, text.lower()):
        assert claim_of(written, language, NAME, after=Addressed.ASKED, early=False) is Claim.IS
        assert claim_of(written, language, NAME, after=Addressed.ASKED, early=True) is Claim.NONE
        for after in AT_ANY_TIME:
            assert claim_of(written, language, NAME, after=after, early=False) is Claim.NONE


@pytest.mark.parametrize(("language", "text"), [*each("YES")])
def test_p14_a_bare_yes_confirms_nothing_where_nobody_knows_when_it_was_said(
    language: str, text: str
) -> None:
    assert claim_of(text, language, NAME, after=Addressed.ASKED) is Claim.NONE


@pytest.mark.parametrize(("language", "text"), [*each("THAT_IS_ME")])
def test_p14_an_answer_that_fits_no_other_question_needs_no_times(language: str, text: str) -> None:
    assert claim_of(text, language, NAME, after=Addressed.ASKED) is Claim.IS


@pytest.mark.parametrize(("language", "text"), [*each("NO_YES", "NO_DENIAL_IF_ASKED")])
def test_p14_anything_but_a_yes_to_the_question_confirms_nothing(language: str, text: str) -> None:
    for written in as_recognisers_write(text) | without_accents(text):
        assert claim_of(written, language, NAME, after=Addressed.ASKED, early=False) is Claim.NONE, written


@pytest.mark.parametrize(("language", "text"), [*each("DENIES")])
def test_p14_whoever_says_that_they_are_not_the_person_denies_it_at_any_time(
    language: str, text: str
) -> None:
    for after in EVERY:
        for written in as_recognisers_write(text) | without_accents(text):
            assert claim_of(written, language, NAME, after=after) is Claim.IS_NOT, written


@pytest.mark.parametrize(("language", "text"), [*each("DENIES_IF_NAMED")])
def test_p14_the_wrong_person_denies_it_when_called_by_the_name(language: str, text: str) -> None:
    for after in CALLED_BY_NAME:
        for written in as_recognisers_write(text) | without_accents(text):
            assert claim_of(written, language, NAME, after=after) is Claim.IS_NOT, written
    assert claim_of(text, language, NAME) is Claim.NONE


@pytest.mark.parametrize(("language", "text"), [*each("DENIES_IF_ASKED")])
def test_p14_a_plain_no_or_another_name_denies_it_when_asked(language: str, text: str) -> None:
    for after in ASKED:
        assert claim_of(text, language, NAME, after=after) is Claim.IS_NOT
    assert claim_of(text, language, NAME) is Claim.NONE


@pytest.mark.parametrize(("language", "text"), [*each("DENIES_IF_ASKED")])
def test_p14_a_no_that_was_said_before_the_question_denies_nothing_that_it_asks(
    language: str, text: str
) -> None:
    early = claim_of(text, language, NAME, after=Addressed.ASKED, early=True)
    assert early is claim_of(text, language, NAME, after=Addressed.NAMED)


@pytest.mark.parametrize(("language", "text"), [*each("CORRECTS")])
def test_p14_whoever_corrects_the_name_denies_it_when_called_by_it(language: str, text: str) -> None:
    for after in CALLED_BY_NAME:
        assert claim_of(text, language, NAME, after=after) is Claim.IS_NOT
    assert claim_of(text, language, NAME) is Claim.NONE


@pytest.mark.parametrize(("language", "text"), [*each("ANSWERS_SOMETHING_ELSE")])
def test_p14_an_answer_to_another_question_by_name_denies_nothing(language: str, text: str) -> None:
    assert claim_of(text, language, NAME, after=Addressed.QUESTIONED) is Claim.NONE
    assert claim_of(text, language, NAME) is Claim.NONE


@pytest.mark.parametrize(
    ("language", "asks", "offers"),
    [
        ("en", "Ada, are you American?", "Welcome back, Ada! How can I help you today?"),
        (
            "en",
            "Thanks, Ada. Who made this payment?",
            "Good to hear from you, Ada! What can I assist you with?",
        ),
        ("de", "Ada, sind Sie Eigentümerin?", "Willkommen zurück, Ada! Wie kann ich Ihnen helfen?"),
        ("es", "Ada, ¿es usted mexicana?", "¡Hola, Ada! ¿En qué puedo ayudarle?"),
        ("fr", "Ada, êtes-vous belge ?", "Bonjour Ada ! Comment puis-je vous aider ?"),
    ],
)
def test_an_offer_of_help_is_no_question_that_a_no_answers(language: str, asks: str, offers: str) -> None:
    assert addressed(asks, language, NAME) is Addressed.QUESTIONED
    assert addressed(offers, language, NAME) is Addressed.NAMED
    assert asks_something_else(asks.replace("Ada", ""), language)
    assert not asks_something_else(offers.replace("Ada", ""), language)


@pytest.mark.parametrize(("language", "text"), [*each("NO_DENIAL")])
def test_p14_ordinary_talk_denies_nothing_even_when_called_by_name(language: str, text: str) -> None:
    for after in (Addressed.NOT, Addressed.NAMED):
        for written in as_recognisers_write(text) | without_accents(text):
            assert claim_of(written, language, NAME, after=after) is Claim.NONE, written


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_of_identity_are_of_some_size(language: str) -> None:
    ours = tables(language)
    denials = len(ours.DENIES) + len(ours.DENIES_IF_NAMED) + len(ours.DENIES_IF_ASKED)
    assert len(ours.ASKS) >= 15
    assert len(ours.SAYS) >= 15
    assert denials >= 45
    assert len(ours.NO_DENIAL) + len(ours.NO_DENIAL_IF_ASKED) + len(ours.SAYS_NOTHING) >= 40


def test_a_language_without_patterns_confirms_and_denies_nothing() -> None:
    assert addressed("Am I speaking with Ada?", "nl", NAME) is Addressed.NOT
    assert claim_of("I'm not Ada", "nl", NAME, after=Addressed.ASKED) is Claim.NONE
    assert claim_of("This is Ada", "en-GB", NAME) is Claim.IS


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("ada", "Ada Lovelace"),
        ("ADA LOVELACE", "Ada Lovelace"),
        ("Ada Lovelace", "Ada King Lovelace"),
        ("Ada Lovelace", "Ada"),
        ("Jose", "José García"),
        ("Joerg Mueller", "Jörg Müller"),
        ("Jörg", "Joerg Müller"),
        ("Strasse", "Straße"),
        ("Soren", "Søren Kierkegaard"),
        ("jean luc", "Jean-Luc Picard"),
        ("Jeanluc Picard", "Jean-Luc Picard"),
        ("OBrien", "O'Brien"),
        ("Sean O\u2019Brien", "Sean O'Brien"),
        ("Mrs Ada Lovelace", "Ada Lovelace"),
        ("Ada", "Ms. Ada Lovelace"),
    ],
)
def test_a_name_is_compared_fairly(said: str, stored: str) -> None:
    assert same_name(said, stored, frozenset({"mrs", "ms"}))


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("Lovelace", "Ada Lovelace"),
        ("Mrs Lovelace", "Ada Lovelace"),
        ("Ada Byron", "Ada Lovelace"),
        ("Adam", "Ada"),
        ("Michal", "Michael"),
        ("A", "A Lovelace"),
        ("Grace", "Ada"),
        ("", "Ada"),
        ("Ada", ""),
    ],
)
def test_another_name_is_another(said: str, stored: str) -> None:
    assert not same_name(said, stored, frozenset({"mrs", "ms"}))


@pytest.mark.parametrize(
    ("name", "text", "claim"),
    [
        ("Kay", "I'm okay.", Claim.NONE),
        ("Kay", "Okay, this is fine.", Claim.NONE),
        ("Kay", "This is Kay.", Claim.IS),
        ("Will", "I'm not Will.", Claim.NONE),  # nobody has used the name
        ("Will", "My name is not Will.", Claim.IS_NOT),
        ("Will", "My name is Will.", Claim.IS),
        ("Will Byron", "I'm not Will Byron.", Claim.IS_NOT),
        ("Will", "No I'm not will you tell me", Claim.NONE),
        ("Christian Meier", "I'm not Christian.", Claim.NONE),
        ("Frank Moss", "I'm not frank", Claim.NONE),
        ("May Lee", "It's May.", Claim.NONE),
        ("May Lee", "This is May Lee.", Claim.IS),
        ("An Nguyen", "I'm an", Claim.NONE),
        ("An Nguyen", "I'm An.", Claim.IS),
        ("So Yun", "Hi, it's so", Claim.NONE),
        ("Sunny", "It's sunny here.", Claim.NONE),
        ("James", "This is James' wife.", Claim.IS_NOT),
        ("James", "This is James.", Claim.IS),
        ("Will", "I will not.", Claim.NONE),
        ("Ben", "Je ne suis pas Ben.", Claim.NONE),  # in English
        ("Jörg Müller", "This is Joerg Mueller.", Claim.IS),
        ("Jean-Luc Picard", "Hello, this is Jean Luc Picard.", Claim.IS),
        ("Maria de la Cruz", "My name is Maria de la Cruz.", Claim.IS),
    ],
)
def test_names_that_are_words_are_told_from_them(name: str, text: str, claim: Claim) -> None:
    assert claim_of(text, "en", name) is claim


@pytest.mark.parametrize(
    ("language", "name", "text", "claim"),
    [
        ("fr", "Ben", "Je suis Ben.", Claim.IS),
        ("fr", "Ben", "Je ne suis pas Ben.", Claim.IS_NOT),
        ("fr", "D'Arcy", "Je suis D'Arcy.", Claim.IS),
        ("fr", "Ada", "Je suis le mari d'Ada.", Claim.IS_NOT),
        ("fr", "Ada Lovelace", "Je suis le mari d'Ada Lovelace.", Claim.IS_NOT),
        ("fr", "Bon Scott", "C'est bon", Claim.NONE),
        ("de", "Da Costa", "Ich bin da", Claim.NONE),
        ("de", "Ernst Huber", "Ich bin nicht ernst", Claim.NONE),
        ("fr", "Ada Lovelace", "C'est la mère d'Ada Lovelace.", Claim.IS_NOT),
        ("fr", "Zoë", "Bonjour, c'est Zoe.", Claim.IS),
        ("de", "Jörg Müller", "Hier ist Jörg Mueller.", Claim.IS),
        ("es", "José García", "Soy Jose Garcia.", Claim.IS),
        # A comma makes all the difference, and where there is none the denial counts.
        ("es", "Ada", "No, soy Ada.", Claim.IS),
        ("es", "Ada", "No soy Ada.", Claim.IS_NOT),
    ],
)
def test_names_are_understood_in_every_language(language: str, name: str, text: str, claim: Claim) -> None:
    assert claim_of(text, language, name) is claim


@pytest.mark.parametrize("after", CALLED_BY_NAME)
def test_p14_a_name_that_is_a_word_counts_alone_when_it_was_used(after: Addressed) -> None:
    assert addressed("Welcome back, Will!", "en", "Will Byron") is Addressed.NAMED
    assert addressed("One moment, I will check.", "en", "Will Byron") is Addressed.NOT
    assert claim_of("I'm not Will.", "en", "Will Byron", after=after) is Claim.IS_NOT
    assert claim_of("I'm not frank.", "en", "Frank Moss", after=after) is Claim.NONE
    said = claim_of("This is Will.", "en", "Will Byron", after=after)
    assert said is (Claim.NONE if after is Addressed.NAMED else Claim.IS)


@pytest.mark.parametrize("filler", ["I waited for my blue lamp. ", "and I waited for my blue lamp "])
def test_p14_a_denial_at_the_end_of_a_long_turn_counts_and_a_long_sentence_confirms_nothing(
    filler: str,
) -> None:
    assert claim_of("This is Ada. " + filler * 40 + "but I'm not Ada.", "en", NAME) is Claim.IS_NOT
    # Wherever a part ends, no sentence begins or ends there.
    for length in range(0, 440, 4):
        before = "well " * (length // 5) + "x" * (length % 5)
        assert claim_of(f"{before} this is Ada " + "and so on " * 50, "en", NAME) is Claim.NONE
        sent = f"{before} you sent it to the wrong person " + "and so on " * 50
        assert claim_of(sent, "en", NAME, after=Addressed.NAMED) is Claim.NONE


def test_p14_a_turn_that_says_both_denies() -> None:
    both = "Yes, this is Ada. No, wait, I'm not Ada."
    assert claim_of(both, "en", NAME, after=Addressed.ASKED) is Claim.IS_NOT


def test_p5_p15_no_name_stays_in_the_cache_of_patterns() -> None:
    re.purge()
    name = "Zebulonia Quartermaine"
    claim_of(f"This is {name}", "en", name, after=addressed(f"Is this {name}?", "en", name))
    assert not [key for key in re._cache if "zebulonia" in str(key).lower()]  # type: ignore[attr-defined]


without_deadline = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("language", LANGUAGES)
@without_deadline
@given(data=st.data())
def test_words_in_any_order_are_read_in_no_time(language: str, data: st.DataObject) -> None:
    ours = tables(language)
    phrases = [*ours.ASKS, *ours.SAYS, *ours.DENIES, *ours.DENIES_IF_NAMED, *ours.NO_DENIAL]
    vocabulary = sorted({word for text in phrases for word in text.split()})
    words = data.draw(st.lists(st.sampled_from(vocabulary), min_size=1, max_size=8))
    text = (" ".join(words) + " ") * 60
    began = time.perf_counter()
    for name in (NAME, "A " * 4 + "A", "Jean-Luc-" * 4 + "Li"):
        claim_of(text, language, name, after=addressed(text, language, name))
    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize("language", LANGUAGES)
@without_deadline
@given(text=st.text(max_size=300), name=st.text(min_size=1, max_size=40))
def test_no_words_and_no_name_break_the_reading(language: str, text: str, name: str) -> None:
    name = clean_name(name) or NAME
    for after in Addressed:
        assert isinstance(claim_of(text, language, name, after=after), Claim)
    assert isinstance(addressed(text, language, name), Addressed)
