"""Recognizers over stores of a test's own, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from opusagent_voiceprint import JSONStorage, OpusAgentVoiceRecognizer, SQLiteStorage
from opusagent_voiceprint.storage import CallerStore

OpenStore = Callable[[], CallerStore]


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, where the default store would lie."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["json", "sqlite"])
def open_store(request: pytest.FixtureRequest, an_empty_folder: Path) -> Iterator[OpenStore]:
    """Opens one more handle on one and the same store."""
    opened: list[CallerStore] = []

    def open_it() -> CallerStore:
        if request.param == "json":
            opened.append(JSONStorage(an_empty_folder / "callers.json"))
        else:
            opened.append(SQLiteStorage(an_empty_folder / "callers.db"))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def recognizer(open_store: OpenStore) -> OpusAgentVoiceRecognizer:
    return OpusAgentVoiceRecognizer(open_store())
