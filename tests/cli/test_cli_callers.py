"""``opusagent-voiceprint callers``: export, erasure and review."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.errors import StorageError, UnknownCallerError
from opusagent_voiceprint.models import (
    Caller,
    CallSummary,
    ConsentDecision,
    ConsentEvidence,
    ConsentRecord,
    Fact,
    Memory,
    Purpose,
    Voiceprint,
)
from opusagent_voiceprint.storage import CallerStore, generate_key, open_store
from opusagent_voiceprint.storage.reviews import suspension

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
    return CliRunner().invoke(app, ["callers", *arguments])


def the_store() -> CallerStore:
    return open_store(VoiceFingerprintConfig())


def a_consent(purpose: Purpose) -> ConsentRecord:
    return ConsentRecord(
        purpose=purpose,
        decision=ConsentDecision.GRANTED,
        evidence=ConsentEvidence.CONVERSATION,
        at=NOON,
        policy_version="1",
        answer="Yes, you may.",
    )


@pytest.fixture
def ada() -> Caller:
    caller = Caller(
        caller_id="caller_ada",
        name="Ada",
        created_at=NOON,
        last_seen=NOON,
        languages=["en"],
        voiceprints=[Voiceprint(caller_id="caller_ada", embedding=[0.6, 0.8], source="conversation")],
        phone_links=["a" * 64],
        memory=Memory(
            summaries=[CallSummary(call_id="call_1", at=NOON, text="Asked about a lamp.")],
            facts=[Fact(text="Lives upstairs.", call_id="call_1", at=NOON)],
        ),
        consents=[a_consent(Purpose.VOICEPRINT), a_consent(Purpose.MEMORY)],
    )
    with the_store() as store:
        return store.put(caller, expected_version=0)


def test_p12_an_export_has_everything_that_is_stored(ada: Caller) -> None:
    result = invoke("export", ada.caller_id)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)["caller"]
    whole = json.loads(ada.model_dump_json(exclude={"version"}))
    (voiceprint,) = whole["voiceprints"]
    embedding = voiceprint.pop("embedding")
    voiceprint.pop("wide_embedding")
    assert found == whole
    assert embedding not in result.stdout


def test_p12_an_export_with_embeddings_is_the_record_itself(ada: Caller) -> None:
    found = json.loads(invoke("export", ada.caller_id, "--embeddings").stdout)["caller"]
    assert Caller.model_validate(found).model_copy(update={"version": ada.version}) == ada


def test_p19_an_export_into_a_file_is_for_its_owner_and_overwrites_nothing(ada: Caller, place: Path) -> None:
    file = place / "ada.json"
    assert invoke("export", ada.caller_id, "--file", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text("utf-8"))["caller"]["name"] == "Ada"
    file.write_text("mine")
    assert isinstance(invoke("export", ada.caller_id, "--file", str(file)).exception, StorageError)
    assert file.read_text() == "mine"


def test_p9_who_is_erased_is_gone_and_a_receipt_says_when(ada: Caller) -> None:
    result = invoke("erase", ada.caller_id)
    assert result.exit_code == 0, result.output
    assert f"caller {ada.caller_id} was erased at 20" in result.stdout
    is_encrypted = VoiceFingerprintConfig().encryption_key is not None
    assert ("key was destroyed" in result.stdout) is is_encrypted
    assert ("not encrypted" in result.stdout) is not is_encrypted
    assert "Ada" not in result.stdout
    with the_store() as store:
        assert store.get(ada.caller_id) is None
    assert isinstance(invoke("erase", ada.caller_id).exception, UnknownCallerError)


@pytest.mark.parametrize("command", ["export", "erase"])
def test_who_is_not_there_is_an_error(command: str) -> None:
    with the_store():
        pass
    result = invoke(command, "nobody")
    assert isinstance(result.exception, UnknownCallerError)
    assert "nobody" in str(result.exception)


def test_p8_a_number_that_waits_for_a_review_is_shown_and_released(ada: Caller) -> None:
    (link,) = ada.phone_links
    with the_store() as store:
        store.remember_refusal(suspension(link, at=NOON, why="not_recognised", call_id="call_9"))
    (waiting,) = json.loads(invoke("review", "--json").stdout)
    assert waiting["caller_ids"] == [ada.caller_id]
    assert (waiting["why"], waiting["call_id"]) == ("not_recognised", "call_9")
    assert link not in json.dumps(waiting)
    shown = invoke("review")
    assert waiting["reference"] in shown.stdout
    assert "1 number waits" in shown.stdout
    released = invoke("release", waiting["reference"])
    assert released.exit_code == 0, released.output
    assert ada.caller_id in released.stdout
    assert json.loads(invoke("review", "--json").stdout) == []
    assert isinstance(invoke("release", waiting["reference"]).exception, StorageError)
