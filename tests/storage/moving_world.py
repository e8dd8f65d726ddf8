"""Places for stores of every kind, and the storage commands run on them, in tests of moving."""

from __future__ import annotations

import base64
import itertools
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from storage_media import KEY, NOON, a_caller
from typer.testing import CliRunner

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.cli.app import app
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.moving import Access, Outcome, Place
from opusagent_voiceprint.storage.moving.writing import as_record, write_records

KINDS = ["json", "sqlite", "redis"]


class World:
    """Places that nobody else uses, and the command line."""

    def __init__(self, directory: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.directory = directory
        self.key_file = directory / "master.key"
        self.key_file.write_text(base64.urlsafe_b64encode(KEY).decode())
        self.key_file.chmod(0o600)
        self._server = redis_url.rpartition("/")[0]
        self._databases = itertools.count(1)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.chdir(directory)

    def place(self, kind: str, name: str) -> str:
        """An empty place, as the command line names it."""
        if kind != "redis":
            return f"{kind}:{self.directory / name}.{kind}"
        import redis

        url = f"{self._server}/{next(self._databases)}"
        with closing(redis.Redis.from_url(url)) as client:
            client.flushdb()
        return url

    def access(self, place: str, *, encrypted: bool) -> Access:
        settings = VoiceFingerprintConfig()
        key_file = str(self.key_file) if encrypted else None
        return Access(Place.parse(place, settings), settings, key_file=key_file)

    def open(self, place: str, *, encrypted: bool) -> CallerStore:
        """The store at a place, which is made if there is none."""
        return self.access(place, encrypted=encrypted).open_target()

    def run(self, *arguments: str) -> Result:
        # Wide enough for any folder, so that no words are broken off.
        return CliRunner().invoke(app, ["storage", *arguments], env={"COLUMNS": "1000"})

    def migrate(self, source: str, target: str, *options: str, encrypted: tuple[bool, bool]) -> Result:
        for name, is_encrypted in zip(("from", "to"), encrypted, strict=True):
            if is_encrypted:
                options = (*options, f"--{name}-key-file", str(self.key_file))
        return self.run("migrate", source, target, *options)


def fill(store: CallerStore, count: int = 4) -> None:
    """Callers, one of them erased since and the first written last; refusals, and a secret."""
    for number in range(count + 1):
        store.put(a_caller(f"caller_{number}", seed=number), expected_version=0)
    store.erase(f"caller_{count}")
    store.update("caller_0", lambda caller: caller.model_copy(update={"languages": ["de"]}))
    store.remember_refusal(DoNotAsk(subject="subject_1", until=NOON + timedelta(days=30)))
    store.remember_refusal(DoNotAsk(subject="subject_2"))
    store.secret("phone")


def everybody(store: CallerStore) -> dict[str, str]:
    """All callers but for their versions."""
    return {caller.caller_id: caller.model_dump_json(exclude={"version"}) for caller in store.all()}


def fill_with(store: CallerStore, count: int) -> None:
    """Many callers without voiceprints, and a secret."""
    store.secret("phone")
    callers = [a_caller(f"caller_{number:04}", voiceprints=[]) for number in range(count)]
    records = [as_record(store, caller, 0) for caller in callers]
    write_records(store, records, Outcome())
