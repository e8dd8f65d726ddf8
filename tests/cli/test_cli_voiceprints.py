"""The command that lists voiceprints, says what to enroll anew, and takes one out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from opusagent_voiceprint import SQLiteStorage, UnknownCallerError, Voiceprint
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.encoding import chosen_encoders


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SQLiteStorage:
    path = tmp_path / "voices.db"
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", str(path))
    monkeypatch.setenv("COLUMNS", "250")
    return SQLiteStorage(path)


def save(
    store: SQLiteStorage, caller_id: str, voiceprint_id: str, encoder: str, dimension: int = 256
) -> None:
    store.save(
        Voiceprint(
            caller_id=caller_id,
            voiceprint_id=voiceprint_id,
            embedding=np.ones(dimension),
            encoder=encoder,
            channel="narrow",
            metadata={"name": "Lovelace-sentinel"},
            source="application",
        )
    )


def test_it_says_who_has_no_voiceprint_of_the_encoder_in_use(store: SQLiteStorage) -> None:
    now = chosen_encoders().encoder_id
    save(store, "caller_both", "vp_old", "resemblyzer-of-before")
    save(store, "caller_both", "vp_new", now)
    save(store, "caller_old", "vp_lost", "resemblyzer-of-before")
    result = CliRunner().invoke(app, ["voiceprints", "list"])
    assert result.exit_code == 0, result.output
    assert "3 voiceprints of 2 callers" in result.output
    assert "1 of them cannot be recognised" in result.output
    assert result.output.rstrip().endswith("caller_old")
    assert "Lovelace" not in result.output
    outdated = CliRunner().invoke(app, ["voiceprints", "list", "--outdated", "--json"])
    found = json.loads(outdated.stdout)
    assert {each["voiceprint_id"] for each in found["voiceprints"]} == {"vp_old", "vp_lost"}
    assert found["enroll_anew"] == ["caller_old"]


def test_the_encoder_in_use_is_the_one_of_the_settings(
    store: SQLiteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, "caller_one", "vp_one", chosen_encoders("resemblyzer").encoder_id)
    for name, anew in (("telephone", ["caller_one"]), ("resemblyzer", [])):
        monkeypatch.setenv("VOICE_ENCODER", name)
        result = CliRunner().invoke(app, ["voiceprints", "list", "--json"])
        assert json.loads(result.stdout)["enroll_anew"] == anew
    monkeypatch.setenv("VOICE_ENCODER", "telephone")
    monkeypatch.setenv("VOICE_ENCODER_BY_LANGUAGE", "de=resemblyzer")
    assert json.loads(CliRunner().invoke(app, ["voiceprints", "list", "--json"]).stdout)["enroll_anew"] == []


def test_one_that_names_no_encoder_counts_as_resemblyzers(
    store: SQLiteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, "caller_nameless", "vp_one", "")
    for name, anew in (("telephone", ["caller_nameless"]), ("resemblyzer", [])):
        monkeypatch.setenv("VOICE_ENCODER", name)
        result = CliRunner().invoke(app, ["voiceprints", "list", "--json"])
        assert json.loads(result.stdout)["enroll_anew"] == anew
    monkeypatch.delenv("VOICE_ENCODER")
    assert "no: no encoder named" in CliRunner().invoke(app, ["voiceprints", "list"]).output


def test_one_of_another_dimension_is_not_in_use_whatever_encoder_it_names(store: SQLiteStorage) -> None:
    save(store, "caller_odd", "vp_odd", chosen_encoders().encoder_id, dimension=255)
    result = CliRunner().invoke(app, ["voiceprints", "list", "--json"])
    found = json.loads(result.stdout)
    assert found["enroll_anew"] == ["caller_odd"]
    assert [each["in_use"] for each in found["voiceprints"]] == [False]


def test_the_help_says_that_a_plugins_encoder_is_not_asked_for() -> None:
    assert "voiceprint_encoder" in CliRunner().invoke(app, ["voiceprints", "list", "--help"]).output


def test_one_voiceprint_is_taken_out_and_the_others_stay(store: SQLiteStorage) -> None:
    for voiceprint_id in ("vp_1", "vp_2"):
        save(store, "caller_one", voiceprint_id, chosen_encoders().encoder_id)
    result = CliRunner().invoke(app, ["voiceprints", "remove", "caller_one", "vp_1"])
    assert result.exit_code == 0, result.output
    caller = store.get("caller_one")
    assert caller is not None
    assert [each.voiceprint_id for each in caller.voiceprints] == ["vp_2"]


@pytest.mark.parametrize(
    "arguments",
    [["remove", "caller_one", "vp_9"], ["remove", "nobody", "vp_1"], ["list", "--caller", "nobody"]],
)
def test_what_is_not_there_is_said(store: SQLiteStorage, arguments: list[str]) -> None:
    save(store, "caller_one", "vp_1", chosen_encoders().encoder_id)
    result = CliRunner().invoke(app, ["voiceprints", *arguments])
    assert isinstance(result.exception, UnknownCallerError)
    assert "nobody" in str(result.exception) or "vp_9" in str(result.exception)
    assert store.count() == 1
