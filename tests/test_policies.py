"""The jurisdiction profiles: what each sets, what it refuses, and what has to be written."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opusagent_voiceprint import SettingsError, VoiceFingerprintConfig
from opusagent_voiceprint.calls import purge as purge_module
from opusagent_voiceprint.calls.purge_wait import HELD
from opusagent_voiceprint.policies import POLICIES, Policy

NAMED: dict[str, str] = {"dpia_reference": "DPIA-2026-7", "organization": "Acme Bank"}
LONGEST = {"default": 3650, "eu": 365, "us-il": 1088, "us-tx": 358, "us-ca": 1095}
CONSENT_FIRST = ["eu", "us-il", "us-tx"]
EACH = pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.name)


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(policy: str, **values: Any) -> VoiceFingerprintConfig:
    return VoiceFingerprintConfig(policy=policy, **{**NAMED, **values})


def test_without_a_profile_nothing_is_as_it_was_not() -> None:
    usual = VoiceFingerprintConfig()
    assert (usual.policy, usual.identify_scope, usual.retention_days) == ("default", "everyone", 365)
    assert usual.model_fields_set == set()
    assert VoiceFingerprintConfig(policy="default", retention_days=3650).retention_days == 3650


@EACH
def test_p10_a_profile_s_cap_is_allowed_and_a_day_more_is_not(policy: Policy) -> None:
    longest = policy.longest_retention_days
    assert longest == LONGEST[policy.name]
    assert config(policy.name, retention_days=longest).retention_days == longest
    with pytest.raises(SettingsError, match=f"VOICE_RETENTION_DAYS={longest + 1} is not allowed"):
        config(policy.name, retention_days=longest + 1)


@pytest.mark.parametrize(("policy", "law"), [("us-il", 3 * 365), ("us-tx", 365)])
def test_p10_a_law_s_figure_holds_for_who_is_erased_at_the_latest(policy: str, law: int) -> None:
    longest = timedelta(days=config(policy, retention_days=LONGEST[policy]).retention_days)
    assert longest + HELD + timedelta(seconds=purge_module._EVERY) < timedelta(days=law)


@EACH
def test_p10_what_is_left_unset_is_within_the_profile(policy: Policy) -> None:
    ours = config(policy.name)
    assert ours.identify_scope == policy.scopes[0]
    assert ours.retention_days == min(365, policy.longest_retention_days)
    assert ours.jurisdiction is policy


@pytest.mark.parametrize("policy", CONSENT_FIRST)
@pytest.mark.parametrize("scope", ["everyone", "known_numbers"])
def test_p1_where_consent_comes_first_no_scope_looks_at_those_who_were_not_asked(
    policy: str, scope: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        config(policy, identify_scope=scope)
    message = str(refused.value)
    assert f"VOICE_IDENTIFY_SCOPE='{scope}' is not allowed with VOICE_POLICY={policy}" in message
    assert "Set it to on_request" in message
    assert config(policy, identify_scope="on_request").identify_scope == "on_request"


@pytest.mark.parametrize("scope", ["everyone", "known_numbers", "on_request"])
def test_p1_california_wants_a_notice_and_allows_every_scope(scope: str) -> None:
    assert config("us-ca", identify_scope=scope).identify_scope == scope


def test_the_european_profile_does_not_start_without_an_assessment_or_a_controller() -> None:
    with pytest.raises(SettingsError) as refused:
        VoiceFingerprintConfig(policy="eu")
    first, second = str(refused.value).splitlines()
    assert first.startswith("VOICE_DPIA_REFERENCE='' is not allowed with VOICE_POLICY=eu: ")
    assert second.startswith("VOICE_ORGANIZATION='we' is not allowed with VOICE_POLICY=eu: ")
    with pytest.raises(SettingsError, match=r"^VOICE_DPIA_REFERENCE='' .*document number"):
        config("eu", dpia_reference=" \n ")
    assert config("eu", dpia_reference=" DPIA \n 7 ").dpia_reference == "DPIA 7"


@pytest.mark.parametrize("policy", sorted(set(LONGEST) - {"default"}))
@pytest.mark.parametrize("nobody", ["we", "We", "US", " us ", "Wir", "nosotros", "NOUS"])
def test_p4_no_law_s_profile_takes_a_pronoun_for_who_keeps_the_voiceprint(policy: str, nobody: str) -> None:
    with pytest.raises(
        SettingsError, match=rf"^VOICE_ORGANIZATION='\w+' is not allowed with VOICE_POLICY={policy}: "
    ) as refused:
        config(policy, organization=nobody)
    assert str(refused.value).endswith("; name your organisation.")
    assert config("default", organization=nobody).organization == nobody.strip()
    assert config(policy, organization="We Are Bank").organization == "We Are Bank"


@pytest.mark.parametrize("policy", sorted(set(LONGEST) - {"default"}))
def test_p4_a_profile_of_a_law_does_not_start_while_the_organisation_is_unnamed(policy: str) -> None:
    with pytest.raises(
        SettingsError, match=f"VOICE_ORGANIZATION='we' is not allowed with VOICE_POLICY={policy}"
    ):
        VoiceFingerprintConfig(policy=policy, dpia_reference=NAMED["dpia_reference"])


@pytest.mark.parametrize("policy", sorted(set(LONGEST) - {"eu"}))
def test_no_other_profile_asks_for_an_assessment(policy: str) -> None:
    assert VoiceFingerprintConfig(policy=policy, organization=NAMED["organization"]).dpia_reference == ""


def test_only_illinois_wants_a_written_release() -> None:
    assert [policy.name for policy in POLICIES.values() if policy.written_release] == ["us-il"]


def test_a_profile_comes_from_the_environment_with_its_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_POLICY", " US-IL ")
    monkeypatch.setenv("VOICE_ORGANIZATION", NAMED["organization"])
    assert VoiceFingerprintConfig().identify_scope == "on_request"
    monkeypatch.setenv("VOICE_IDENTIFY_SCOPE", "everyone")
    with pytest.raises(SettingsError, match="VOICE_IDENTIFY_SCOPE='everyone' is not allowed"):
        VoiceFingerprintConfig()


def test_a_profile_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"VOICE_POLICY='us-ny' is not allowed.*'us-il'"):
        VoiceFingerprintConfig(policy="us-ny")  # type: ignore[arg-type]


def test_a_profile_set_later_does_not_slip_past_the_check() -> None:
    ours = VoiceFingerprintConfig()
    with pytest.raises(SettingsError, match="VOICE_IDENTIFY_SCOPE='everyone' is not allowed"):
        ours.policy = "us-il"
    assert ours.policy == "default"
    ours.identify_scope = "on_request"
    with pytest.raises(SettingsError, match="VOICE_ORGANIZATION='we' is not allowed"):
        ours.policy = "us-il"
    ours.organization = NAMED["organization"]
    ours.policy = "us-il"
    assert ours.jurisdiction.name == "us-il"


@pytest.mark.parametrize(
    ("policy", "setting", "value"),
    [
        ("us-il", "identify_scope", "everyone"),
        ("us-il", "retention_days", 1089),
        ("us-tx", "retention_days", 3650),
        ("eu", "organization", "us"),
        ("us-tx", "organization", "we"),
        ("eu", "dpia_reference", " "),
    ],
)
def test_p1_what_a_profile_does_not_allow_cannot_be_assigned_later_either(
    policy: str, setting: str, value: Any
) -> None:
    ours = config(policy)
    before = ours.model_dump()
    with pytest.raises(SettingsError) as refused:
        setattr(ours, setting, value)
    assert ours.model_dump() == before
    with pytest.raises(SettingsError) as refused_at_first:
        config(policy, **{setting: value})
    assert str(refused.value) == str(refused_at_first.value)


@EACH
def test_every_profile_names_its_law_where_it_is_defined(policy: Policy) -> None:
    source = Path(__file__).parents[1] / "opusagent_voiceprint" / "policies.py"
    text = source.read_text(encoding="utf-8")
    (documented,) = re.findall(rf'name="{policy.name}",.*?\n\)\n"""(.*?)"""', text, flags=re.DOTALL)
    for section in re.findall(r"\d+(?:/\d+|\.\d+)", policy.law):
        assert section in documented
    assert "Not legal advice" in text.splitlines()[0]
