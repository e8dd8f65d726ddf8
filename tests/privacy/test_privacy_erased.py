"""A caller who was erased: in no file, in no dump, and in the memory of no worker."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import platform
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pybase64
import pytest
from privacy_places import Place, forms, found_in
from process_memory import found_in_memory
from storage_media import a_caller
from worlds import agent_says, enroll, speaks, until, world

from opusagent_voiceprint import VoiceFingerprintConfig
from opusagent_voiceprint.calls.workers import DaemonPool
from opusagent_voiceprint.encoding import chosen_encoders
from opusagent_voiceprint.matching import Backend
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.storage import CallerStore
from opusagent_voiceprint.storage.factory import open_store

PLACES = [kind + key for kind in ("json", "sqlite", "redis") for key in ("", "-encrypted")]
NUMBER = "+4366499887766"

# With these the C library and Python overwrite memory when it is given back.
WIPING = {
    "PYTHONMALLOC": "malloc",
    "MALLOC_PERTURB_": "165",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
}


def opened(place: Place) -> CallerStore:
    return open_store(VoiceFingerprintConfig(_env_file=None, **place.settings))


def marks_of(caller: Caller) -> dict[str, list[bytes]]:
    """Whatever of a caller would tell who it was."""
    (voiceprint,) = caller.voiceprints
    return {
        "name": [(caller.name or "").encode()],
        "metadata": [b"platinum-sentinel"],
        "memory": [b"refund-sentinel"],
        "answer": [caller.consents[0].answer.encode()],
        "consent": [each.consent_id.encode() for each in caller.consents],
        "link": [each.encode() for each in caller.phone_links],
        "voiceprint": [voiceprint.voiceprint_id.encode()],
        "embedding": forms(voiceprint.embedding.tobytes()[:96]) + forms(voiceprint.embedding.tobytes()[-96:]),
    }


@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_p9_no_byte_of_an_erased_caller_is_in_any_file_log_or_dump(place: Place) -> None:
    with opened(place) as store, opened(place) as another_worker:
        erased, kept = a_caller("caller_e", seed=1), a_caller("caller_k", seed=2, phone_links=["link-k"])
        for caller in (erased, kept):
            store.put(caller, expected_version=0)
        store.update("caller_e", lambda caller: caller.model_copy(update={"languages": ["de"]}))
        assert another_worker.get("caller_e") is not None
        own = marks_of(erased)
        shared = {"name", "metadata", "memory", "answer", "consent"}  # the other caller has them, too
        assert {what for _, what in found_in(place.everything(), own)} >= {"link"}
        another_worker.erase("caller_k")
        assert store.erase("caller_e") is True
        while_open = place.everything()
        assert store.get("caller_e") is another_worker.get("caller_e") is None
        assert found_in(while_open, own) == set()
    assert shared < own.keys()
    assert found_in(place.everything(), own) == set()


def store_of(place: Place) -> dict[str, bytes]:
    """What a backup of the store alone takes: files without the keystore, and the keys of Redis."""
    if place.server is not None:
        with contextlib.closing(place.server.client()) as client:
            return {key.decode(): client.dump(key) for key in client.scan_iter()}
    return {path.name: path.read_bytes() for path in place.folder.iterdir() if "keys" not in path.name}


def put_back(place: Place, copy: dict[str, bytes]) -> None:
    for name in store_of(place).keys() - copy.keys():
        if place.server is None:
            (place.folder / name).unlink()
    for name, content in copy.items():
        if place.server is None:
            (place.folder / name).write_bytes(content)
        else:
            with contextlib.closing(place.server.client()) as client:
                client.restore(name, 0, content, replace=True)


@pytest.mark.parametrize("place", [each for each in PLACES if each.endswith("encrypted")], indirect=True)
def test_p9_yesterdays_copy_of_a_store_is_unreadable_where_somebody_was_erased_and_they_stay_away(
    place: Place,
) -> None:
    erased, kept = a_caller("caller_e", seed=1), a_caller("caller_k", seed=2)
    with opened(place) as store:
        for caller in (erased, kept):
            store.put(caller, expected_version=0)
    yesterday = store_of(place)
    with opened(place) as store:
        store.erase("caller_e")
        revision = store.changes(0)[1]
    put_back(place, yesterday)
    with opened(place) as store:
        assert store.changes(0)[1] < revision, "it is the store of yesterday"
        assert store.get("caller_e") is None
        assert [caller.caller_id for caller in store.all()] == ["caller_k"]
        assert store.count() == 1
        assert store.ids_by_phone("link-of-caller_e") == []
    left = place.everything()
    assert found_in(left, {"link": [b"link-of-caller_e"]}) == set()


async def test_p9_nothing_in_the_process_refers_to_who_was_erased(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    name = "".join(["Rosa", "munda"])  # no literal of this file
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")), name=name)
        (caller,) = ours.callers
        embedding = caller.voiceprints[0].embedding.tobytes()
        del caller
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda call=call: bool(call.agent.context))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "deleted")
        del call
        models = ours.service.models
        assert models is not None
        assert models.callers == 0
        for segment in models.default.gallery._segments:
            assert not any(column.any() for column in segment.columns)
        gc.collect()
        objects = gc.get_objects()
        arrays = [each for each in objects if type(each) is np.ndarray]
        assert not any(array.tobytes() == embedding for array in arrays)
        assert not [each for each in objects if type(each) is Caller and each.name == name]
        held = [
            inner
            for each in objects
            if type(each) in (dict, list, tuple, set)
            for inner in gc.get_referents(each)
            if type(inner) is str and inner != name
        ]
        assert not [each for each in held if name in each]


def test_p9_a_thread_that_read_a_caller_holds_on_to_nobody_until_it_is_needed_again() -> None:
    pool = DaemonPool("reading", threads=1, most_waiting=1)
    reading = pool.submit(lambda: a_caller("caller_e"))
    read = weakref.ref(reading.result(timeout=10))
    del reading
    deadline = time.monotonic() + 10
    while read() is not None:
        assert time.monotonic() < deadline
        gc.collect()
        time.sleep(0.01)
    pool.close()


@contextlib.contextmanager
def a_worker(place: Place, folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    tests = Path(__file__).parent.parent
    paths = [str(tests / each) for each in ("calls", "privacy", "storage")]
    environment = {
        **os.environ,
        **WIPING,
        "PYTHONPATH": os.pathsep.join([*paths, *filter(None, sys.path)]),
        "WORKER_EMAN": name[::-1],
        "WORKER_REBMUN": NUMBER[::-1],
        "WORKER_FOLDER": str(folder),
        "WORKER_SETTINGS": json.dumps(place.settings),
    }
    script = str(tests / "privacy" / "voice_worker.py")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, script], stdin=pipe, stdout=pipe, env=environment, text=True, cwd=folder
    ) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def tell(worker: subprocess.Popen[str], what: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(f"{what}\n")
    worker.stdin.flush()
    answers(worker, what)


def answers(worker: subprocess.Popen[str], what: str) -> None:
    assert worker.stdout is not None
    assert worker.stdout.readline() == f"{what}\n"


@pytest.mark.skipif(
    not Path("/proc/self/mem").exists() or platform.libc_ver()[0] != "glibc",
    reason="looks into memory through /proc, and has the C library of GNU overwrite what is given back",
)
@pytest.mark.parametrize("place", ["sqlite-encrypted"], indirect=True)
def test_p9_no_worker_has_an_erased_caller_in_its_memory_where_memory_is_wiped_when_given_back(
    place: Place, tmp_path: Path
) -> None:
    name = "".join(["Rosa", "munda"])
    with a_worker(place, tmp_path, name) as first, a_worker(place, tmp_path, name) as second:
        answers(first, "ready")
        answers(second, "ready")
        tell(first, "live")
        tell(second, "hold")
        with opened(place) as store:
            (caller,) = store.all()
            sealed = store._codec.keys_of([caller.caller_id])
        assert sealed is not None
        (row,) = Backend.configured(chosen_encoders("telephone"), "").enroll_many([caller.voiceprints])
        assert row is not None
        embedding = caller.voiceprints[0].embedding.tobytes()
        needles = {
            "embedding": embedding[64:96],
            "embedding in base64": pybase64.b64encode(embedding)[60:100],
            "row of the gallery": row.vector.tobytes()[64:96],
            "name": name.encode(),
            "consent": caller.consents[0].consent_id.encode(),
            "key": sealed[caller.caller_id].sealed.encode(),
        }
        link = {"link": caller.phone_links[0].encode()}
        assert "row of the gallery" in found_in_memory(second.pid, needles)
        tell(first, "forget")
        for worker in (first, second):
            tell(worker, "gone")
        # The first remembers the number, so that whoever calls from it is not asked again.
        assert found_in_memory(first.pid, needles) == set()
        assert found_in_memory(second.pid, needles | link) == set()
