"""What the agent says, handed on as sound: in each dialect's formats, and whatever is wrong with it."""

from __future__ import annotations

import asyncio
import base64
import logging
from typing import Any, Literal

import pytest
from wire import AUDIO, Wire

from opusagent_hooks.realtime import dialects

Spoken = Literal["beta", "ga"]
BOTH = pytest.mark.parametrize("dialect", ["beta", "ga"])
PIECE = bytes(range(240)) * 4

FLAT = {"g711_ulaw": ("mulaw", 8000), "g711_alaw": ("alaw", 8000), "pcm16": ("pcm16", 24000)}
GA = {"audio/pcmu": ("mulaw", 8000), "audio/pcma": ("alaw", 8000), "audio/pcm": ("pcm16", 24000)}


class Ear:
    """What comes of the agent's speech."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str, int, float]] = []

    def __call__(self, data: bytes, encoding: str, sample_rate: int, at: float) -> None:
        self.heard.append((data, encoding, sample_rate, at))


async def ready(dialect: Spoken = "beta", **session: Any) -> tuple[Wire, Ear]:
    ear = Ear()
    wire = Wire(dialect, on_agent_audio=ear)
    await wire.configure(**session)
    await wire.host("response.create")
    return wire, ear


def speak(wire: Wire, delta: Any, response_id: str | None = None) -> bool:
    kind = f"{AUDIO[wire.dialect]}.delta"
    return wire.service(kind, response_id=response_id or wire.begin(), item_id="item_1", delta=delta)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def output(kind: str, **fields: Any) -> dict[str, Any]:
    return {"audio": {"output": {"format": {"type": kind, **fields}}}}


@BOTH
async def test_what_the_agent_says_is_handed_on_with_when_it_is_played(dialect: Spoken) -> None:
    wire, ear = await ready(dialect)
    response_id = wire.begin()
    before = wire.link.now
    assert speak(wire, encoded(PIECE), response_id), "the host gets it as ever"
    assert speak(wire, encoded(PIECE[:480]), response_id)
    (first, *form, at), (second, *_, next_at) = ear.heard
    assert (first, second) == (PIECE, PIECE[:480])
    assert form == ["pcm16", 24000]
    assert before <= at <= wire.link.now
    assert next_at == pytest.approx(at + len(PIECE) / 48_000)


@pytest.mark.parametrize("name", FLAT)
async def test_row_formats_beta(name: str) -> None:
    wire, ear = await ready("beta", output_audio_format=name)
    speak(wire, encoded(PIECE))
    assert [(encoding, rate) for _, encoding, rate, _ in ear.heard] == [FLAT[name]]


@pytest.mark.parametrize("name", GA)
async def test_row_formats_ga(name: str) -> None:
    wire, ear = await ready("ga", **output(name))
    speak(wire, encoded(PIECE))
    assert [(encoding, rate) for _, encoding, rate, _ in ear.heard] == [GA[name]]


async def test_words_of_ours_are_the_agents_voice_as_well() -> None:
    wire, ear = await ready()
    wire.respond("Hello!")
    saying = asyncio.create_task(wire.link.say("May I remember your voice?"))
    await wire.until(lambda: len(wire.of("response.create")) == 2)
    response_id = wire.begin(wire.of("response.create")[-1]["response"]["metadata"])
    speak(wire, encoded(PIECE), response_id)
    wire.speak(response_id, "May I remember your voice?")
    wire.finish(response_id)
    await saying
    assert [data for data, *_ in ear.heard] == [PIECE]


@pytest.mark.parametrize(
    ("dialect", "session"),
    [
        ("beta", {"output_audio_format": "opus"}),
        ("beta", {"output_audio_format": ["pcm16"]}),
        ("ga", output("audio/opus")),
        ("ga", output("audio/pcm", rate=11_025)),
        ("ga", output("audio/pcm", rate="24000")),
        ("ga", {"audio": {"output": {"format": "pcm16"}}}),
    ],
)
async def test_audio_in_an_unknown_format_is_left_out_and_the_call_goes_on(
    dialect: Spoken, session: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    wire, ear = await ready(dialect, **session)
    response_id = wire.begin()
    for _ in range(3):
        assert speak(wire, encoded(PIECE), response_id)
    assert ear.heard == []
    assert caplog.text.count("audio of the agent is left out: its format is not known") == 1
    assert not wire.link.idle


@BOTH
@pytest.mark.parametrize(
    "delta", [None, 7, [1, 2], {"a": "b"}, "", "AAA", "A*=!", "\u00e4\u00f6\u00fc\u00df"]
)
async def test_what_is_no_audio_is_left_out_and_the_host_gets_the_message(
    dialect: Spoken, delta: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    wire, ear = await ready(dialect)
    response_id = wire.begin()
    assert speak(wire, delta, response_id)
    assert ear.heard == []
    assert speak(wire, encoded(PIECE), response_id)
    assert [data for data, *_ in ear.heard] == [PIECE]
    assert "\u00e4" not in caplog.text


async def test_base64_with_something_else_in_it_is_left_out_as_a_whole() -> None:
    wire, ear = await ready()
    speak(wire, encoded(PIECE)[:40] + "\n\n\n\n" + encoded(PIECE)[40:])
    assert ear.heard == []


async def test_a_piece_that_would_hold_the_event_loop_up_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wire, ear = await ready()
    response_id = wire.begin()
    speak(wire, encoded(bytes(96_000)), response_id)
    speak(wire, encoded(bytes(96_002)), response_id)
    assert [len(data) for data, *_ in ear.heard] == [96_000]
    assert "more than 96000 bytes" in caplog.text


async def test_whoever_fails_with_the_agents_speech_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("secret words")

    wire = Wire(on_agent_audio=fails)
    await wire.configure()
    await wire.host("response.create")
    wire.respond("Good morning.", seconds=0.05)
    wire.respond("Good evening.", seconds=0.05)
    await wire.until(lambda: len(wire.turns) == 2)
    assert caplog.text.count("audio of the agent is left out: RuntimeError") == 1
    assert "secret" not in caplog.text


async def test_after_the_end_of_the_call_nothing_is_handed_on() -> None:
    wire, ear = await ready()
    response_id = wire.begin()
    wire.link.close()
    assert speak(wire, encoded(PIECE), response_id)
    assert ear.heard == []


@pytest.mark.parametrize(
    ("session", "expected"),
    [({"output_audio_format": "g711_ulaw"}, 8_000), ({"output_audio_format": "opus"}, 48_000), ({}, 48_000)],
)
def test_the_rate_of_audio_in_an_unknown_format_is_taken_to_be_the_usual_one(
    session: dict[str, Any], expected: float
) -> None:
    assert dialects.bytes_per_second("beta", session, "output") == expected
    assert dialects.bytes_per_second("ga", output("audio/pcm", rate=16_000), "output") == 32_000
