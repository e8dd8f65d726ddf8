"""The demo: five calls with real audio through the real pipeline, and a check of what came of each."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from opusagent_hooks import Call, HookManager, Spoken, Turn
from opusagent_hooks.testing import Event, SimulatedCall, SimulatedHost
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.calls import VoiceprintService
from opusagent_voiceprint.cli.demo_report import DemoCall, DemoReport, timeline_entries
from opusagent_voiceprint.errors import VoiceprintError
from opusagent_voiceprint.hookspecs import hookimpl
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.plugin import VoiceprintPlugin
from opusagent_voiceprint.settings import VoiceFingerprintConfig

__all__ = ["run_demo"]

_LINE_RATE: Final = 8_000
_PATIENCE: Final = 30.0  # real seconds for one thing to happen, on a slow machine too
_GREETING: Final = re.compile(r'^Begin your next reply with: (".*")$', re.MULTILINE)
_CALLER: Final = "+15550100"
_OTHER: Final = "+15550177"


class _Witness:
    """A plugin that notes which of voiceprint's hooks were called."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @hookimpl
    def voiceprint_identified(self, call: Call, caller: Caller) -> None:
        """Note it."""
        self.seen.append("identified")

    @hookimpl
    def voiceprint_unknown(self, call: Call) -> None:
        """Note it."""
        self.seen.append("unknown")

    @hookimpl
    def voiceprint_enrolled(self, call: Call, caller: Caller) -> None:
        """Note it."""
        self.seen.append("enrolled")

    @hookimpl
    def voiceprint_forgotten(self, caller_id: str) -> None:
        """Note it."""
        self.seen.append("forgotten")


@dataclass(slots=True)
class _Stage:
    """What a scene needs."""

    call: SimulatedCall
    service: VoiceprintService
    witness: _Witness
    report: DemoCall

    async def caller(self, text: str, recording: str) -> None:
        """The caller says this, in the voice of a recording."""
        await self.call.caller_says(text, _line(recording), sample_rate=_LINE_RATE, encoding="mulaw")
        await self.call.settle()

    async def until(self, what: str, happened: Callable[[Event], bool]) -> None:
        """Wait for something; if it does not come, the call goes on and the checks will say so."""
        try:
            await self.call.wait_for(happened, _PATIENCE)
        except TimeoutError:
            self.check(f"{what} within {_PATIENCE:.0f} s", ok=False)

    async def asked(self, words: str) -> None:
        """Wait until the agent has said something with these words in it."""
        await self.until(f"the agent says {words!r}", lambda event: words in _said(event))

    async def decided(self, hook: str) -> None:
        """Wait until voiceprint has called this hook of its own."""
        await self.until(f"hook {hook}", lambda _: hook in self.witness.seen)

    def check(self, what: str, *, ok: bool) -> None:
        """Note whether what was to be shown is so."""
        self.report.checks.append((what, ok))

    @property
    def callers(self) -> list[Caller]:
        """Everybody in the store."""
        return list(self.service.store.all())


def _said(event: Event) -> str:
    return event.data.text if isinstance(event.data, (Spoken, Turn)) and event.kind in ("say", "turn") else ""


async def _enroll(stage: _Stage) -> None:
    await stage.caller(
        "Good morning. I would like to ask about the delivery of my order. It was supposed to arrive on "
        "Tuesday, but nobody came to the door.",
        "caller_order",
    )
    await stage.asked("voiceprint")
    await stage.caller("Yes, you may.", "caller_yes")
    await stage.asked("name")
    await stage.caller("My name is Ada.", "caller_name")
    await stage.asked("notes")
    await stage.caller("Yes, please.", "caller_yes_memory")
    await stage.asked("I will keep notes")
    await stage.caller("Thank you very much, that was all for today. Goodbye.", "caller_thanks")
    stage.check("greeted neutrally", ok="Ada" not in _first_words(stage.call))
    stage.check("the voice was unknown", ok="unknown" in stage.witness.seen)
    stage.check("enrolled after an express yes", ok=len(stage.callers) == 1)
    caller = stage.callers[0] if stage.callers else None
    stage.check("under the name she gave", ok=caller is not None and caller.name == "Ada")
    stage.check(
        "with both consents",
        ok=caller is not None and {c.purpose.value for c in caller.consents} == {"voiceprint", "memory"},
    )


async def _recognise(stage: _Stage) -> None:
    await stage.caller(
        "Hello again. The parcel arrived at last, thank you, but one of the two lamps inside is broken, so I "
        "want to send it back.",
        "caller_return",
    )
    await stage.decided("identified")
    await stage.caller(
        "And please send the invoice for the new lamp to the same address as the last time.", "caller_invoice"
    )
    replies = stage.call.replies
    named = next((reply for reply in replies if "Ada" in reply.text), None)
    stage.check("recognised while speaking", ok="identified" in stage.witness.seen)
    stage.check("greeted by name", ok=named is not None)
    stage.check(
        "the model was given what was remembered",
        ok=named is not None and any("deliver" in item.text for item in named.context),
    )
    stage.check("the session carries the caller", ok=stage.call.session.caller_id is not None)
    stage.check(
        "not asked for consent again", ok=not any("voiceprint," in _said(e) for e in stage.call.events)
    )


async def _stranger(stage: _Stage) -> None:
    await stage.caller(
        "Good evening. I am calling because my account shows a payment that I do not remember. Could you "
        "please tell me what it was for?",
        "other_order",
    )
    await stage.decided("unknown")
    await stage.asked("voiceprint")
    await stage.caller("No, thank you.", "other_no")
    await stage.asked("I will not keep")
    stage.check("another voice is not recognised", ok="identified" not in stage.witness.seen)
    stage.check("no personal context", ok=not stage.call.agent.context)
    stage.check("a no is taken: nothing was stored", ok=len(stage.callers) == 1)


async def _withdraw(stage: _Stage) -> None:
    await stage.caller(
        "Good afternoon, it is me once more. The new lamp is fine and everything works.", "caller_forget"
    )
    await stage.decided("identified")
    await stage.caller("Forget my voice.", "caller_withdraw")
    await stage.asked("are deleted")
    stage.check("erased at once, without a second question", ok="forgotten" in stage.witness.seen)
    stage.check("nothing is left in the store", ok=not stage.callers)
    personal = [item for item in stage.call.agent.context if "Ada" in item.text]
    stage.check("personal context was taken back", ok=not personal and stage.call.session.caller_id is None)


async def _after(stage: _Stage) -> None:
    await stage.caller(
        "Hello, I would like to know when your shop in the old town is open on Saturdays, and whether there "
        "is any parking nearby.",
        "caller_after",
    )
    await stage.decided("unknown")
    stage.check("the voice is unknown again", ok="identified" not in stage.witness.seen)
    stage.check("nobody is greeted by name", ok=not any("Ada" in turn.text for turn in stage.call.turns))
    stage.check(
        "who withdrew is not asked again", ok=not any("voiceprint" in _said(e) for e in stage.call.events)
    )


_SCRIPT: Final = (
    ("Call 1: an unknown voice is asked, and enrolled", _CALLER, _enroll),
    ("Call 2: the same voice comes back with other words", _CALLER, _recognise),
    ("Call 3: another voice", _OTHER, _stranger),
    ("Call 4: the first voice withdraws", _CALLER, _withdraw),
    ("Call 5: the first voice is unknown again", _CALLER, _after),
)


async def run_demo(speed: float = 8.0) -> DemoReport:
    """Play the calls one after the other on a fresh store in a temporary folder.

    Raises:
        VoiceprintError: the encoder cannot be loaded.
    """
    report = DemoReport()
    with tempfile.TemporaryDirectory(prefix="voiceprint-demo-") as folder:
        settings = _settings(Path(folder) / "voiceprints.db")
        for title, number, scene in _SCRIPT:
            call_report = DemoCall(title, "Twilio, G.711 mu-law, 8 kHz")
            report.calls.append(call_report)
            # A manager for each call: what one call leaves to the next went through the store.
            async with _manager(settings) as (manager, service, witness):
                host = SimulatedHost(manager, speed=speed, reply=_Model().reply)
                async with host.call(from_number=number, platform="twilio") as call:
                    stage = _Stage(call, service, witness, call_report)
                    await scene(stage)
                    call_report.timeline = [
                        entry for event in call.events for entry in timeline_entries(event)
                    ]
                    _note_decision(call_report, call.session.metadata.get("voiceprint"), witness.seen)
    return report


@asynccontextmanager
async def _manager(
    settings: VoiceFingerprintConfig,
) -> AsyncIterator[tuple[HookManager, VoiceprintService, _Witness]]:
    manager = HookManager()
    plugin, witness = VoiceprintPlugin(settings), _Witness()
    manager.register(plugin, "voiceprint")
    manager.register(witness, "demo")
    manager.ready()
    service = plugin.service
    if service is None or not service.wait_until_ready(_PATIENCE):
        manager.close()
        raise VoiceprintError(f"the encoder was not loaded within {_PATIENCE:.0f} s; see the log above")
    try:
        yield manager, service, witness
    finally:
        manager.close()


def _settings(path: Path) -> VoiceFingerprintConfig:
    # Every setting is given, so that the environment of whoever runs the demo does not change it.
    values = {
        name: field.get_default(call_default_factory=True)
        for name, field in VoiceFingerprintConfig.model_fields.items()
    }
    return VoiceFingerprintConfig(
        **{**values, "storage_backend": "sqlite", "storage_path": path, "organization": "Lamps and More"}
    )


class _Model:
    """A scripted model that does as it is told: its next reply begins with the greeting asked for."""

    def __init__(self) -> None:
        self._greeted: set[str] = set()

    def reply(self, turn_text: str, context_items: Sequence[str], instructions: Sequence[str]) -> str:
        """Answer the caller's words."""
        words = ["I have made a note of that."]
        for item in context_items:
            if (match := _GREETING.search(item)) and item not in self._greeted:
                self._greeted.add(item)
                words.insert(0, json.loads(match.group(1)))
        return " ".join(words)


def _line(recording: str) -> npt.NDArray[np.float32]:
    """A recording as it comes out of a telephone line, of shape (samples,) at 8 kHz."""
    source = resources.files("opusagent_voiceprint.cli") / "demo_voices" / f"{recording}.ogg"
    with resources.as_file(source) as path:
        samples, rate = soundfile.read(path, dtype="float32")
    return resample(samples, int(rate), _LINE_RATE)


def _first_words(call: SimulatedCall) -> str:
    return next((turn.text for turn in call.turns if turn.speaker == "agent"), "")


def _note_decision(report: DemoCall, noted: object, seen: list[str]) -> None:
    if isinstance(noted, dict):
        report.decision = str(noted.get("decision", report.decision))
        report.net_speech_seconds = noted.get("net_speech_seconds")
        report.latency_ms = noted.get("latency_ms")
    if "forgotten" in seen:
        report.decision += ", then forgotten"
