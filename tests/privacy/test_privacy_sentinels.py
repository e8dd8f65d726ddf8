"""Whole calls with marks in them: a name, a number, phrases, the audio; and where each is afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from privacy_places import Place, forms, found_in
from worlds import World, agent_says, enroll, speaks, until, world

from opusagent_hooks import codecs
from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.models import Caller

YES = {"name": "Quirinelda", "number": "+4366499887766", "phrase": "zanzibarbican telescopes"}
NO = {"name": "Wulfhardine", "number": "+4915123459876", "phrase": "bergamottish umbrellas"}
PLACES = [kind + key for kind in ("json", "sqlite", "redis") for key in ("", "-encrypted")]


class Everything(logging.Handler):
    """Keeps all that a log record holds, formatted and not, whatever its level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(message)s %(exc_text)s"))
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record) + repr(record.__dict__))
        error = record.exc_info[1] if record.exc_info else None
        while error is not None:
            self.text.append(repr(error))
            error = error.__cause__ or error.__context__


@pytest.fixture
def log() -> Iterator[Everything]:
    """Everything that is logged, at DEBUG level."""
    handler, root = Everything(), logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


class Clumsy:
    """A plugin that fails with all that it was given in its message."""

    @hookimpl
    def voiceprint_greeting(self, caller: Caller, memory: Any) -> str:
        raise ValueError(f"{caller.name!r} {memory!r} {caller.model_dump_json()}")

    @hookimpl
    async def voiceprint_summarize(self, turns: Any) -> str:
        raise RuntimeError(f"{turns!r}")


def marks_of(person: dict[str, str], samples: Any) -> dict[str, list[bytes]]:
    """Each mark in every form in which it might be found."""
    marks = {what: [text.encode(), text.encode("utf-16-le")] for what, text in person.items()}
    digits = person["number"][1:]
    marks["number"] += [digits.encode(), hashlib.sha256(person["number"].encode()).hexdigest().encode()]
    marks["number"] += [hashlib.sha256(digits.encode()).hexdigest().encode()]
    loudest = np.argsort([-float(np.abs(part).mean()) for part in np.array_split(samples, 40)])[:4]
    marks["audio"] = []
    for at in (int(part) * (len(samples) // 40) for part in loudest):
        piece = samples[at : at + 24]
        pulses = np.round(piece * 32768).astype("<i2")
        for raw in (codecs.encode(piece, "mulaw"), pulses.tobytes(), piece.astype("<f4").tobytes()):
            marks["audio"] += forms(raw)
    return marks


async def two_lives(ours: World, yes: Any, yes_again: Any, no: Any) -> None:
    """One person agrees to everything, and calls again; another says no."""
    async with ours.host.call(from_number=YES["number"]) as call:
        await enroll(call, yes, name=YES["name"])
    async with ours.host.call(from_number=YES["number"]) as call:
        await call.play(yes_again)
        await until(call, lambda: bool(call.agent.context))
        assert YES["name"] in call.agent.context[0].text
        await speaks(call, f"I like the {YES['phrase']}.")
        await call.use_tool("voiceprint_who_am_i")
    async with ours.host.call(from_number=NO["number"]) as call:
        await speaks(call, f"My name is {NO['name']}, and I need {NO['phrase']}, please.", no)
        await agent_says(call, "voiceprint")
        await call.use_tool("voiceprint_enroll")
        await speaks(call, f"No, thank you, only the {NO['phrase']}.")
        await speaks(call, f"No, not for {NO['name']}.")
    # The last writes of a call are made after it.
    await asyncio.sleep(0)


@pytest.mark.parametrize("place", PLACES, indirect=True)
async def test_p2_p15_p17_what_was_said_is_nowhere_but_with_who_said_yes_and_there_encrypted(
    place: Place,
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    log: Everything,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "work"))
    yes, no = telephone(voice("slt", "enroll")), telephone(voice("rms", "enroll"))
    yes_marks, no_marks = marks_of(YES, yes), marks_of(NO, no)
    async with world(tmp_path / "unused", Clumsy(), debug=True, **place.settings) as ours:
        await two_lives(ours, yes, telephone(voice("slt", "return")), no)
        (caller,) = ours.callers
        assert caller.name == YES["name"]
        assert YES["phrase"] in caller.model_dump_json()
        in_use = place.everything()
    held = {**in_use, **{f"closed {name}": content for name, content in place.everything().items()}}
    elsewhere = {str(path): path.read_bytes() for path in (tmp_path / "work").rglob("*") if path.is_file()}
    printed = capfd.readouterr()
    elsewhere |= {"log": "\n".join(log.text).encode(), "printed": (printed.out + printed.err).encode()}
    for error in ("ValueError", "RuntimeError"):  # of the clumsy plugin, by their types
        assert error in "".join(log.text)

    everywhere = {**held, **elsewhere}
    # Of who said no: nothing, and neither in what the key opens.
    assert found_in(everywhere, no_marks) == set()
    opened = {"the caller": caller.model_dump_json().encode()}
    assert found_in(opened, no_marks) == set()
    # Of who said yes: nothing outside of the store, and no number and no audio there either.
    assert found_in(elsewhere, yes_marks) == set()
    assert found_in({**held, **opened}, {what: yes_marks[what] for what in ("number", "audio")}) == set()
    said = {
        "name": yes_marks["name"],
        "phrase": yes_marks["phrase"],
        "answer": [caller.consents[0].answer.encode()],
        "link": [caller.phone_links[0].encode()],
        "embedding": [form for each in caller.voiceprints for form in forms(each.embedding.tobytes()[:96])],
    }
    assert caller.consents[0].answer
    assert found_in(elsewhere, said) == set()
    found = {what for _, what in found_in(held, said)}
    # The search finds what is there to be found: without a key it stands in the store in the clear.
    assert found == ({"link"} if place.encrypted else set(said))


def test_p2_a_mark_is_found_wherever_in_a_text_it_begins() -> None:
    import base64

    mark = bytes(range(100, 124))
    for before in range(7):
        for encoded in (base64.b64encode, base64.urlsafe_b64encode):
            text = encoded(b"x" * before + mark + b"yy")
            assert found_in({"here": text}, {"mark": forms(mark)}) == {("here", "mark")}
