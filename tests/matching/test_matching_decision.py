"""The decision: who is recognised, who is not, and when it listens on."""

from __future__ import annotations

import json

import pytest

from opusagent_voiceprint import Decision, Identification, VoiceFingerprintConfig
from opusagent_voiceprint.matching import DecisionRule

RULE = DecisionRule(threshold=0.75, known_number_threshold=0.70, margin=0.03, min_speech=3.0, max_speech=8.0)

PENDING, RECOGNISED = Decision.PENDING, Decision.RECOGNISED
AMBIGUOUS, UNKNOWN, TOO_LITTLE = Decision.AMBIGUOUS, Decision.UNKNOWN, Decision.NOT_ENOUGH_SPEECH

# best, second (None: nobody else; best None: nobody at all), seconds, final -> decision
TABLE: list[tuple[float | None, float | None, float, bool, Decision]] = [
    # Less than one window names nobody, however alike.
    (0.99, None, 0.0, False, PENDING),
    (0.99, None, 1.59, False, PENDING),
    (0.99, None, 1.59, True, TOO_LITTLE),
    (None, None, 1.0, True, TOO_LITTLE),
    # Early, a voice must be clearer than the threshold by 0.07.
    (0.83, None, 1.6, False, RECOGNISED),
    (0.81, None, 1.6, False, PENDING),
    (0.75, None, 2.9, False, PENDING),
    (0.10, None, 2.9, False, PENDING),
    (None, None, 2.9, False, PENDING),
    # After min_speech the threshold serves.
    (0.75, None, 3.0, False, RECOGNISED),
    (0.74, None, 3.0, False, PENDING),
    (0.61, None, 3.0, False, PENDING),
    (0.59, None, 3.0, False, UNKNOWN),
    (None, None, 3.0, False, UNKNOWN),
    # At max_speech everything is decided.
    (0.75, None, 8.0, False, RECOGNISED),
    (0.74, None, 8.0, False, UNKNOWN),
    (None, None, 8.0, False, UNKNOWN),
    # And so when no more speech will come.
    (0.75, None, 1.6, True, RECOGNISED),
    (0.74, None, 1.6, True, UNKNOWN),
    (None, None, 1.6, True, UNKNOWN),
    # Two that are too close are told apart by more speech, and otherwise not at all.
    (0.90, 0.88, 1.6, False, PENDING),
    (0.90, 0.88, 3.0, False, PENDING),
    (0.90, 0.88, 8.0, False, AMBIGUOUS),
    (0.90, 0.88, 2.0, True, AMBIGUOUS),
    (0.90, 0.86, 3.0, False, RECOGNISED),
    (0.90, 0.86, 2.0, True, RECOGNISED),
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
        (0.71, 3.0, {"ada"}, RECOGNISED),
        (0.71, 3.0, {"ben"}, PENDING),
        (0.71, 3.0, set(), PENDING),
        (0.71, 8.0, {"ada", "ben"}, RECOGNISED),
        (0.71, 8.0, {"ben"}, UNKNOWN),
        (0.78, 1.6, {"ada"}, RECOGNISED),
        (0.78, 1.6, set(), PENDING),
        (0.56, 3.0, {"ada"}, PENDING),
        (0.54, 3.0, {"ada"}, UNKNOWN),
        (0.99, 1.0, {"ada"}, PENDING),
    ],
)
def test_callers_linked_to_the_number_have_their_own_threshold(
    best: float, seconds: float, known: set[str], decision: Decision
) -> None:
    found = RULE.decide([("ada", best), ("ben", 0.1)], seconds, 0.9, known=known)
    assert found.decision is decision


def test_a_number_alone_recognises_nobody() -> None:
    assert RULE.decide([("ada", 0.2)], 8.0, 0.9, known={"ada"}).decision is UNKNOWN


def test_two_of_one_household_who_sound_alike_are_not_guessed_between() -> None:
    found = RULE.decide([("ada", 0.85), ("ben", 0.84)], 8.0, 0.9, known={"ada", "ben"})
    assert found.decision is AMBIGUOUS
    assert found.caller_id is None


def test_the_evidence_goes_with_the_decision() -> None:
    candidates = [(f"caller {index}", 0.9 - index / 10) for index in range(7)]
    found = RULE.decide(candidates, 4.5, 0.8)
    assert found.similarity == 0.9
    assert found.margin == pytest.approx(0.1)
    assert (found.net_speech_seconds, found.quality) == (4.5, 0.8)
    assert found.candidates == tuple(candidates[:5])


def test_the_margin_of_a_single_caller_is_to_nobody() -> None:
    assert RULE.decide([("ada", 0.9)], 4.0, 0.8).margin == 0.9


def test_the_rule_is_the_one_of_the_settings() -> None:
    settings = VoiceFingerprintConfig(
        similarity_threshold=0.8,
        recognition_margin=0.05,
        decision_min_speech=2.0,
        decision_max_speech=9.0,
    )
    rule = DecisionRule.of(settings)
    assert rule == DecisionRule(
        threshold=0.8, known_number_threshold=0.75, margin=0.05, min_speech=2.0, max_speech=9.0
    )


def test_p14_a_decision_says_recognised_and_never_authenticated_or_verified() -> None:
    every = [
        RULE.decide([("ada", best), ("ben", second)], seconds, 0.9, final=final)
        for best, second in ((0.99, 0.1), (0.9, 0.89), (0.1, 0.0))
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
