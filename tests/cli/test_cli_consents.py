"""``opusagent-voiceprint consents`` and the receipt of ``callers erase``."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.errors import StorageError, StoreFormatError
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Purpose,
    Voiceprint,
)
from opusagent_voiceprint.storage import CallerStore, generate_key, open_store

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(autouse=True, params=["plain", "encrypted"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", str(tmp_path / "voices.db"))
    monkeypatch.setenv("COLUMNS", "250")
    if request.param == "encrypted":
        monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())
    return tmp_path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def the_store() -> CallerStore:
    return open_store(VoiceFingerprintConfig())


@pytest.fixture(autouse=True)
def enrolled(place: Path) -> None:
    with the_store() as store:
        for name in ("ada", "bob"):
            consent = ConsentRecord(
                purpose=Purpose.VOICEPRINT,
                decision=ConsentDecision.GRANTED,
                evidence=ConsentEvidence.CONVERSATION,
                at=NOON,
                policy_version="1",
                wording_version="2",
                wording_hash="0123456789abcdef",
                language="en",
                channel="twilio",
                answer=f"Yes, says {name.title()}.",
                played_to_end=True,
            )
            voiceprint = Voiceprint(caller_id=f"caller_{name}", embedding=[0.6, 0.8])
            caller = Caller(caller_id=f"caller_{name}", voiceprints=[voiceprint], consents=[consent])
            store.put(caller, expected_version=0)


def test_show_lists_who_agreed_to_what_in_which_words() -> None:
    shown = invoke("consents", "show")
    assert shown.exit_code == 0
    (line,) = [each for each in shown.stdout.splitlines() if "caller_ada" in each]
    for word in ("granted", "voiceprint", "2 01234567", "en", "twilio", "conversation"):
        assert word in line
    assert "caller_bob" not in invoke("consents", "show", "caller_ada").stdout
    data = [json.loads(each) for each in invoke("consents", "show", "--json").stdout.splitlines()]
    assert [each["subject"] for each in data] == ["caller_ada", "caller_bob"]
    assert data[1]["previous"] == data[0]["hash"]
    assert data[0]["decided_on"] == "2026-03-01"
    assert [json.loads(invoke("consents", "show", "--last", "1", "--json").stdout)] == data[1:]


def test_p9_an_erasure_has_a_receipt_that_the_ledger_holds() -> None:
    erased = invoke("callers", "erase", "caller_ada")
    assert erased.exit_code == 0
    (receipt,) = [each for each in erased.stdout.splitlines() if each.startswith("receipt:")]
    assert "1 voiceprint, 1 consent" in receipt
    (entry,) = (
        json.loads(each)
        for each in invoke("consents", "show", "caller_ada", "--json").stdout.splitlines()
        if '"erased"' in each
    )
    assert entry["hash"] in receipt
    assert entry["reason"] == "operator"
    shown = invoke("consents", "export").stdout
    assert "Ada" not in shown
    assert invoke("consents", "verify").exit_code == 0


def test_verify_says_what_is_wrong_and_fails() -> None:
    good = invoke("consents", "verify")
    assert good.exit_code == 0
    assert "2 entries, compared with 2 callers: no problems" in good.stdout
    (head,) = [each.removeprefix("head ") for each in good.stdout.splitlines() if each.startswith("head ")]
    (unseen,) = [each for each in good.stdout.splitlines() if "--head" in each]
    assert "newest entries were removed with their callers" in unseen
    assert "put back to an earlier copy" in unseen
    known = invoke("consents", "verify", "--head", head)
    assert known.exit_code == 0
    assert unseen not in known.stdout
    with the_store() as store:
        store._remove("caller_bob")
    bad = invoke("consents", "verify")
    assert bad.exit_code == 1
    assert "caller caller_bob: is gone, and the ledger has no erasure" in bad.stderr
    replaced = invoke("consents", "verify", "--head", f"2:{'0' * 64}")
    assert "the ledger was replaced" in replaced.stderr


@pytest.mark.parametrize("head", ["2", "two:" + "0" * 64, "2:abc", ":"])
def test_a_head_that_is_none_is_refused(head: str) -> None:
    with pytest.raises(StorageError, match="as `consents verify` prints it"):
        CliRunner().invoke(app, ["consents", "verify", "--head", head], catch_exceptions=False)


def test_an_export_is_verified_without_the_store(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place / "ledger.jsonl"
    written = invoke("consents", "export", "--file", str(file))
    assert written.exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    lines = file.read_text().splitlines()
    assert invoke("consents", "export").stdout.splitlines()[1:] == lines[1:]
    (place / "voices.db").unlink()
    monkeypatch.delenv("VOICE_ENCRYPTION_KEY", raising=False)
    good = invoke("consents", "verify", "--file", str(file))
    assert good.exit_code == 0
    assert written.stdout.split()[-1] in good.stdout

    def verified(*changed: str) -> Result:
        file.write_text("\n".join(changed) + "\n")
        return invoke("consents", "verify", "--file", str(file))

    other = json.loads(lines[1])
    other["language"] = "de"
    assert "entry 1: has not the hash that it says" in verified(lines[0], json.dumps(other), lines[2]).stderr
    assert "entry 2: stands at another's place" in verified(lines[0], lines[2]).stderr
    assert "entry 1: cannot be read" in verified(lines[0], "{}", lines[2]).stderr
    assert "entry 1: cannot be read" in verified(lines[0], "[]", lines[2]).stderr


def test_nothing_is_overwritten_and_another_file_is_refused(place: Path) -> None:
    file = place / "there"
    file.write_text("mine")
    with pytest.raises(StorageError, match="left as it is"):
        CliRunner().invoke(app, ["consents", "export", "--file", str(file)], catch_exceptions=False)
    assert file.read_text() == "mine"
    for text in ("mine", "", "[1]\n", '{"format": "another"}\n', "\xff"):
        file.write_text(text, encoding="latin-1")
        with pytest.raises(StorageError) as failed:
            CliRunner().invoke(app, ["consents", "verify", "--file", str(file)], catch_exceptions=False)
        assert isinstance(failed.value, StoreFormatError) or "cannot read" in str(failed.value)
