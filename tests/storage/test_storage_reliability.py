"""The measurements of benchmarks/reliability, in small: that they find nothing, and that they would."""

from __future__ import annotations

import importlib
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

RELIABILITY = Path(__file__).parents[2] / "benchmarks" / "reliability"


def run(script: str, *options: str) -> str:
    command = [sys.executable, str(RELIABILITY / f"{script}.py"), *options]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One of the scripts, to be looked into."""
    monkeypatch.syspath_prepend(str(RELIABILITY))
    return importlib.import_module(request.param)


# They find nothing


@pytest.mark.parametrize("store", ["json", "sqlite"])
def test_p3_nothing_acknowledged_is_lost_and_nobody_erased_comes_back_when_writers_are_killed(
    store: str, tmp_path: Path
) -> None:
    said = run("kill", "--rounds", "8", "--store", store, "--directory", str(tmp_path))
    assert said.count("| 8 | 24 |") == 2  # plain and encrypted, three writers each


@pytest.mark.parametrize("store", ["json", "sqlite"])
def test_no_update_is_lost_when_processes_change_the_same_callers(store: str, tmp_path: Path) -> None:
    options = ["--rounds", "30", "--processes", "4", "--store", store, "--directory", str(tmp_path)]
    assert run("processes", *options).count("| 120 | 0 | 0 |") == 2


@pytest.mark.parametrize("store", ["json", "sqlite"])
def test_p17_no_flipped_bit_goes_unnoticed(store: str, tmp_path: Path) -> None:
    said = run("flips", "--rounds", "120", "--seed", "7", "--store", store, "--directory", str(tmp_path))
    assert "| 120 |" in said


@pytest.mark.parametrize("module", ["oddities"], indirect=True)
def test_p18_each_oddity_is_the_error_that_it_should_be(module: ModuleType, tmp_path: Path) -> None:
    found = {}
    expected = {}
    for oddity in module.ODDITIES:
        for kind in ("json", "sqlite"):
            folder = tmp_path / f"{kind}-{oddity.run.__name__}"
            folder.mkdir(mode=0o700)
            place = module.PLACES[kind](folder, encrypted=True)
            raised, said = module.try_out(oddity, place)
            assert len(said) > 20 or raised is None
            found[oddity.name, kind] = raised
            expected[oddity.name, kind] = oddity.expected
    assert found == expected
    assert len(found) >= 28


@pytest.mark.usefixtures("redis_url")  # skipped without a redis-server
@pytest.mark.parametrize("module", ["redis_oddities"], indirect=True)
def test_p18_each_oddity_in_redis_is_the_error_that_it_should_be(module: ModuleType, tmp_path: Path) -> None:
    found = {}
    with module.RedisPlace(tmp_path, encrypted=True) as place:
        for oddity in module.ODDITIES:
            module.begin_anew(place)
            raised, said = module.try_out(oddity, place)
            assert len(said) > 20 or raised is None
            found[oddity.name] = raised
    assert found == {oddity.name: oddity.expected for oddity in module.ODDITIES}
    assert len(found) >= 10


# They would find it


@pytest.mark.parametrize("module", ["kill"], indirect=True)
def test_a_write_that_is_lost_and_a_caller_who_comes_back_are_counted(
    module: ModuleType, tmp_path: Path
) -> None:
    place = module.PLACES["sqlite"](tmp_path)
    with place.open() as store:
        store.put(module.Caller(caller_id=module.COUNTER, metadata={"step": 3}), expected_version=0)
        store.put(module.a_caller("back", step=5), expected_version=0)
        store.put(module.a_caller("old", step=1), expected_version=0)
        store.put(module.a_caller("begun", step=9), expected_version=0)
        expected = module.Expected(
            step={"back": module.ERASED, "old": 2, "begun": 8, "gone": 4}, counted=4, may_be_counted=5
        )
        assert expected.take(b"b begun 9\n") == 0
        found: Counter[str] = Counter()
        module.compare(store, expected, found)
    # The count, the caller with an older state, and the one who is not there.
    assert (found["lost"], found["came back"]) == (3, 1)


@pytest.mark.parametrize("wrongly", [True, False])
async def test_who_is_told_of_an_enrollment_that_was_not_done_is_counted(
    wrongly: bool, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is down, so that callers are told that it did not work; taken for the opposite, that counts."""
    monkeypatch.syspath_prepend(str(RELIABILITY.parent))
    module = importlib.import_module("failing_store")
    if wrongly:
        monkeypatch.setattr(module, "ENROLLED", "did not work")
    with module.failure_named("redis_down", tmp_path) as failure:
        bench = module.Bench(failure, 1, 0.12)
        async with module.world(tmp_path, **failure.values, storage_timeout=0.12) as ours:
            await bench._enroll(ours, bench.failing, fails=True)
    assert bench.heard["“did not work”"]
    assert bench.told_wrongly == (["an enrollment"] if wrongly else [])


@pytest.mark.parametrize("module", ["flips"], indirect=True)
def test_a_flip_that_nothing_tells_of_is_counted(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the checksums of rows switched off, some flips read as if they had been written so."""
    monkeypatch.setattr("opusagent_voiceprint.storage.sqlite_store.caller_row", unchecked_row)
    monkeypatch.setattr("opusagent_voiceprint.storage.sqlite_check.find_damage", lambda connection: [])
    original = module.PLACES["sqlite"](tmp_path / "original")
    module.fill(original)
    with original.open() as store:
        whole = module.Reading.of(store)
    raw = original.path.read_bytes()
    silent = 0
    for at in random.Random(1).sample(range(4096, len(raw)), 150):
        scratch = module.PLACES["sqlite"](tmp_path / f"scratch-{at}")
        scratch.directory.mkdir()
        scratch.path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        silent += "silent" in module.judge(scratch, whole, None)
    assert silent


def unchecked_row(row: tuple[object, ...]) -> object:
    from opusagent_voiceprint.storage import StoredRecord

    return None if row[2] is None else StoredRecord(str(row[0]), row[1], str(row[2]))  # type: ignore[arg-type]
