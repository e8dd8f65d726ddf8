"""Recognizers over stores of a test's own, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint import JSONStorage, OpusAgentVoiceRecognizer, SQLiteStorage
from opusagent_voiceprint.audio import SAMPLE_RATE
from opusagent_voiceprint.storage import CallerStore

OpenStore = Callable[[], CallerStore]
Samples = npt.NDArray[np.float32]


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
def any_recognizer(open_store: OpenStore) -> OpusAgentVoiceRecognizer:
    """A recognizer over each kind of store, for what the store has a part in."""
    return OpusAgentVoiceRecognizer(open_store())


@pytest.fixture
def recognizer(an_empty_folder: Path) -> OpusAgentVoiceRecognizer:
    """A recognizer over a JSON store."""
    return OpusAgentVoiceRecognizer(JSONStorage(an_empty_folder / "callers.json"))


@pytest.fixture(scope="session")
def briefly(voice: Callable[[str, str], Samples]) -> Callable[[str, str], Samples]:
    """The first six seconds of a test voice: enough to know it, and half the work."""
    return lambda name, take: voice(name, take)[: 6 * SAMPLE_RATE]
