"""``opusagent-voiceprint retention run``: who is past the retention period goes, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.models import Caller, utc_now
from opusagent_voiceprint.storage import CallerStore, generate_key, open_store
from opusagent_voiceprint.storage.number_failures import FAILURES, note_failure, numbers_counted

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True, params=["plain", "encrypted"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", "sqlite")
    monkeypatch.setenv("VOICE_STORAGE_PATH", str(tmp_path / "voices.db"))
    if request.param == "encrypted":
        monkeypatch.setenv("VOICE_ENCRYPTION_KEY", generate_key())


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["retention", "run", *arguments])


def the_store() -> CallerStore:
    return open_store(VoiceFingerprintConfig())


def callers_seen(*times: datetime) -> list[str]:
    ids = [f"caller_{number}" for number in range(len(times))]
    with the_store() as store:
        for caller_id, at in zip(ids, times, strict=True):
            store.put(Caller(caller_id=caller_id, created_at=at, last_seen=at), expected_version=0)
    return ids


def kept() -> set[str]:
    with the_store() as store:
        return {caller.caller_id for caller in store.all()}


def test_p10_who_is_past_the_period_is_erased_and_named_and_nobody_else() -> None:
    now, period = utc_now(), timedelta(days=365)
    minute = timedelta(minutes=1)  # for the test itself
    old, fresh, new = callers_seen(now - period - SECOND, now - period + minute, now)
    done = invoke()
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{old}\n1 caller was erased: no call for 365 days\n"
    assert kept() == {fresh, new}
    again = invoke()
    assert again.exit_code == 0
    assert again.stdout == "0 callers were erased: no call for 365 days\n"


def test_p10_a_dry_run_names_them_and_erases_nobody() -> None:
    old, new = callers_seen(utc_now() - timedelta(days=366), utc_now())
    shown = invoke("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == f"{old}\n1 caller would be erased now: no call for 365 days\n"
    assert kept() == {old, new}


def test_p10_a_profile_s_period_and_one_that_is_set_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    half_a_year, _ = callers_seen(utc_now() - timedelta(days=180), utc_now())
    monkeypatch.setenv("VOICE_POLICY", "us-tx")
    monkeypatch.setenv("VOICE_ORGANIZATION", "Acme Bank")
    assert "0 callers would be erased now: no call for 358 days" in invoke("--dry-run").stdout
    monkeypatch.setenv("VOICE_RETENTION_DAYS", "179")
    assert invoke("--dry-run").stdout.startswith(half_a_year)
    assert "1 caller was erased: no call for 179 days" in invoke().stdout


@pytest.mark.parametrize("ahead", [timedelta(days=3653), -timedelta(days=3653)])
def test_p10_after_a_clock_that_was_ten_years_off_nobody_is_erased_unasked(ahead: timedelta) -> None:
    everybody = set(callers_seen(*[utc_now() + ahead] * 3))
    done = invoke()
    if ahead > timedelta():  # written ahead of the clock: not known to be old
        assert (done.exit_code, kept()) == (0, everybody)
        assert invoke("--force").exit_code == 0
        assert kept() == everybody
        return
    assert done.exit_code == 1
    assert "0 callers were erased" in done.stdout
    assert (
        "3 callers are left: they are more than half of all callers, and the clock may be wrong"
        in done.stderr
    )
    assert kept() == everybody
    dry = invoke("--dry-run")
    assert dry.exit_code == 0
    assert dry.stdout.endswith("\n0 callers would be erased now: no call for 365 days\n")
    assert dry.stderr.startswith("3 callers are held: they are more than half of all callers")
    assert kept() == everybody
    forced = invoke("--force")
    assert forced.exit_code == 0
    assert "3 callers were erased" in forced.stdout
    assert kept() == set()


def test_p10_more_than_one_slice_of_callers_is_erased_in_one_run() -> None:
    long_ago = utc_now() - timedelta(days=400)
    callers_seen(*[long_ago] * 40, *[utc_now()] * 60)
    done = invoke()
    assert done.exit_code == 0
    assert "40 callers were erased" in done.stdout
    assert len(done.stdout.splitlines()) == 41
    assert len(kept()) == 60


def test_p10_a_note_that_cannot_be_read_keeps_nobody_from_being_erased() -> None:
    old, new = callers_seen(utc_now() - timedelta(days=400), utc_now())
    with the_store() as store:
        note_failure(store, "a" * 64, utc_now() - timedelta(days=60))
        note_failure(store, "c" * 64, utc_now())
        store._set_note(FAILURES, "b" * 64, "damaged")
    done = invoke()
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(old)
    assert kept() == {new}
    with the_store() as store:
        assert numbers_counted(store) == ["c" * 64]


def test_p10_an_operator_who_says_that_the_clock_is_right_ends_the_hold_for_the_next_run_too() -> None:
    callers_seen(*[utc_now() - timedelta(days=400)] * 3)
    assert invoke().exit_code == 1
    assert invoke("--force").exit_code == 0
    _, new = callers_seen(utc_now() - timedelta(days=400), utc_now())
    assert invoke().exit_code == 0
    assert kept() == {new}


def test_p10_a_dry_run_while_one_caller_is_held_says_that_nobody_would_be_erased_now() -> None:
    (old,) = callers_seen(utc_now() - timedelta(days=400))
    dry = invoke("--dry-run")
    assert dry.stdout == f"{old}\n0 callers would be erased now: no call for 365 days\n"
    assert dry.stderr.startswith("1 caller is held: ")
    forced = invoke("--dry-run", "--force")
    assert forced.stdout == f"{old}\n1 caller would be erased now: no call for 365 days\n"
    assert forced.stderr == ""
    assert kept() == {old}
