"""The decision: who is recognised, who is not, and when it listens on."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opusagent_voiceprint import Decision, Identification, VoiceFingerprintConfig
from opusagent_voiceprint.matching import DecisionRule
from opusagent_voiceprint.matching.decision import CLIPPED, CLIPPED_ABOVE, HOPELESS, LATE, PER_E_FOLD

RULE = DecisionRule(threshold=0.75, known_number_threshold=0.5, margin=0.2, min_speech=3.0, max_speech=8.0)

PENDING, RECOGNISED = Decision.PENDING, Decision.RECOGNISED
AMBIGUOUS, UNKNOWN, TOO_LITTLE = Decision.AMBIGUOUS, Decision.UNKNOWN, Decision.NOT_ENOUGH_SPEECH


def above(offset: float, threshold: float = 0.75) -> float:
    """The similarity whose log odds lie so far above those of the threshold."""
    odds = threshold / (1 - threshold) * math.exp(offset)
    return odds / (1 + odds)


A_LITTLE = 0.01
AT_THE_END = above(PER_E_FOLD * math.log(8 / 3))
# best, second (None: nobody else; best None: nobody at all), seconds, final -> decision
TABLE: list[tuple[float | None, float | None, float, bool, Decision]] = [
    # Less than one window names nobody, however alike.
    (0.999, None, 0.0, False, PENDING),
    (0.999, None, 1.59, False, PENDING),
    (0.999, None, 1.59, True, TOO_LITTLE),
    (None, None, 1.0, True, TOO_LITTLE),
    # The threshold serves from the first window on.
    (0.75, None, 1.6, False, RECOGNISED),
    (0.74, None, 1.6, False, PENDING),
    (0.75, None, 3.0, False, RECOGNISED),
    (0.74, None, 3.0, False, PENDING),
    # Nobody is given up before min_speech.
    (0.01, None, 2.9, False, PENDING),
    (None, None, 2.9, False, PENDING),
    (above(-HOPELESS + A_LITTLE), None, 3.0, False, PENDING),
    (above(-HOPELESS - A_LITTLE), None, 3.0, False, UNKNOWN),
    (None, None, 3.0, False, UNKNOWN),
    # The bar rises with the logarithm of the seconds beyond three.
    (above(PER_E_FOLD + A_LITTLE), None, 3.0 * math.e, False, UNKNOWN),  # and after max_speech more
    (above(PER_E_FOLD + LATE + A_LITTLE), None, 3.0 * math.e, False, RECOGNISED),
    # Where there is a single look, none is late.
    (above(PER_E_FOLD + A_LITTLE), None, 3.0 * math.e, True, RECOGNISED),
    (above(PER_E_FOLD - A_LITTLE), None, 3.0 * math.e, True, UNKNOWN),
    (above(PER_E_FOLD * math.log(2) + A_LITTLE), None, 6.0, False, RECOGNISED),
    (above(PER_E_FOLD * math.log(2) - A_LITTLE), None, 6.0, False, PENDING),
    # At max_speech everything is decided.
    (AT_THE_END + A_LITTLE, None, 8.0, False, RECOGNISED),
    (AT_THE_END - A_LITTLE, None, 8.0, False, UNKNOWN),
    (None, None, 8.0, False, UNKNOWN),
    # And so when no more speech will come.
    (0.75, None, 1.6, True, RECOGNISED),
    (0.74, None, 1.6, True, UNKNOWN),
    (None, None, 1.6, True, UNKNOWN),
    # Two that are too close are told apart by more speech, and otherwise not at all: odds of 9 and 6.1.
    (0.90, 0.86, 1.6, False, PENDING),
    (0.90, 0.86, 3.0, False, PENDING),
    (0.93, 0.91, 8.0, False, AMBIGUOUS),
    (0.90, 0.86, 2.0, True, AMBIGUOUS),
    (0.90, 0.85, 3.0, False, RECOGNISED),
    (0.90, 0.85, 2.0, True, RECOGNISED),
    # What is certain stays certain although another one is likely, too.
    (0.9999, 0.97, 3.0, False, RECOGNISED),
    (0.74, 0.73, 8.0, False, UNKNOWN),
]


@pytest.mark.parametrize(("best", "second", "seconds", "final", "decision"), TABLE)
def test_the_table_of_decisions(
    best: float | None, second: float | None, seconds: float, final: bool, decision: Decision
) -> None:
    pairs = [("ada", best), ("ben", second)]
    candidates = [(caller_id, score) for caller_id, score in pairs if score is not None]
    found = RULE.decide(candidates, seconds, 0.9, final=final)
    assert found.decision is decision
    assert found.caller_id == ("ada" if decision is RECOGNISED else None)


@pytest.mark.parametrize(
    ("best", "seconds", "known", "decision"),
    [
        (0.51, 3.0, {"ada"}, RECOGNISED),
        (0.49, 3.0, {"ada"}, PENDING),
        (0.51, 3.0, {"ben"}, PENDING),
        (0.51, 3.0, set(), PENDING),
        (0.65, 8.0, {"ada", "ben"}, RECOGNISED),
        (0.65, 8.0, {"ben"}, UNKNOWN),
        (0.51, 1.6, {"ada"}, RECOGNISED),
        (0.51, 1.6, set(), PENDING),
        (above(-HOPELESS + A_LITTLE, 0.5), 3.0, {"ada"}, PENDING),
        (above(-HOPELESS - A_LITTLE, 0.5), 3.0, {"ada"}, UNKNOWN),
        (0.999, 1.0, {"ada"}, PENDING),
    ],
)
def test_callers_linked_to_the_number_have_their_own_threshold(
    best: float, seconds: float, known: set[str], decision: Decision
) -> None:
    found = RULE.decide([("ada", best), ("ben", 0.01)], seconds, 0.9, known=known)
    assert found.decision is decision


@pytest.mark.parametrize(
    ("offset", "decision"), [(CLIPPED + A_LITTLE, RECOGNISED), (CLIPPED - A_LITTLE, UNKNOWN)]
)
def test_clipped_speech_has_to_be_clearer(offset: float, decision: Decision) -> None:
    clipped = CLIPPED_ABOVE + 0.001
    found = RULE.decide([("ada", above(offset))], 3.0, 0.9, clipped_fraction=clipped, final=True)
    assert found.decision is decision
    found = RULE.decide([("ada", above(A_LITTLE))], 3.0, 0.9, clipped_fraction=CLIPPED_ABOVE, final=True)
    assert found.decision is RECOGNISED


@given(
    seconds=st.floats(0, 60),
    more=st.floats(0, 60),
    clipped=st.floats(0, 1),
    worse=st.floats(0, 1),
    similarity=st.floats(0, 1),
)
def test_neither_clipped_nor_more_speech_lowers_the_bar(
    seconds: float, more: float, clipped: float, worse: float, similarity: float
) -> None:
    most = max(clipped, worse)
    assert RULE.bar(seconds + more, clipped) >= RULE.bar(seconds, clipped) - 1e-12
    assert RULE.bar(seconds, clipped, final=True) <= RULE.bar(seconds, clipped)
    assert RULE.bar(seconds, most) >= RULE.bar(seconds, clipped)
    cleaner, poorer = (
        RULE.decide([("ada", similarity)], seconds, 0.9, clipped_fraction=each, final=True)
        for each in (clipped, most)
    )
    assert poorer.decision is not RECOGNISED or cleaner.decision is RECOGNISED


def test_a_number_alone_recognises_nobody() -> None:
    assert RULE.decide([("ada", 0.2)], 8.0, 0.9, known={"ada"}).decision is UNKNOWN


def test_two_of_one_household_who_sound_alike_are_not_guessed_between() -> None:
    found = RULE.decide([("ada", 0.92), ("ben", 0.91)], 8.0, 0.9, known={"ada", "ben"})
    assert found.decision is AMBIGUOUS
    assert found.caller_id is None


def test_the_evidence_goes_with_the_decision() -> None:
    candidates = [(f"caller {index}", 0.9 - index / 10) for index in range(7)]
    found = RULE.decide(candidates, 4.5, 0.8)
    assert found.similarity == 0.9
    assert found.margin == pytest.approx((9 - 4) / (9 + 4))  # of odds
    assert (found.net_speech_seconds, found.quality) == (4.5, 0.8)
    assert found.candidates == tuple(candidates[:5])


def test_the_margin_of_a_single_caller_is_to_nobody_and_that_of_nobody_is_none() -> None:
    assert RULE.decide([("ada", 0.9)], 4.0, 0.8).margin == 1.0
    assert RULE.decide([], 4.0, 0.8).margin == 0.0


def test_the_rule_is_the_one_of_the_settings() -> None:
    settings = VoiceFingerprintConfig(
        similarity_threshold=0.8,
        recognition_margin=0.3,
        decision_min_speech=2.0,
        decision_max_speech=9.0,
    )
    rule = DecisionRule.of(settings)
    odds = 4 / 3  # a third of those of 0.8
    assert rule == DecisionRule(
        threshold=0.8,
        known_number_threshold=pytest.approx(odds / (1 + odds)),
        margin=0.3,
        min_speech=2.0,
        max_speech=9.0,
    )


def test_p14_a_decision_says_recognised_and_never_authenticated_or_verified() -> None:
    every = [
        RULE.decide([("ada", best), ("ben", second)], seconds, 0.9, final=final)
        for best, second in ((0.99, 0.1), (0.95, 0.94), (0.01, 0.0))
        for seconds in (1.0, 4.0, 9.0)
        for final in (True, False)
    ]
    assert {found.decision for found in every} == set(Decision)
    said = json.dumps(Identification.model_json_schema())
    said += "".join(found.model_dump_json() + repr(found) for found in every)
    said += "".join(member.name + member.value for member in Decision)
    said = said.lower().replace("never authenticated", "")
    for word in ("authentic", "verif", "identity", "confirmed", "trusted"):
        assert word not in said
    assert "recognised" in said


def test_p14_nothing_but_recognised_names_a_caller() -> None:
    fields = set(Identification.model_fields)
    expected = {
        "decision",
        "caller_id",
        "similarity",
        "margin",
        "net_speech_seconds",
        "quality",
        "candidates",
    }
    assert fields == expected


def test_p15_an_identification_shows_no_score_when_it_is_printed() -> None:
    found = RULE.decide([("ada", 0.8765), ("ben", 0.4321)], 4.0, 0.9876)
    for text in (repr(found), str(found), f"{found}"):
        assert "recognised" in text
        assert not any(number in text for number in ("8765", "4321", "4444", "9876"))
