"""Twenty calls at once: each caller is recognised as itself, and nothing is shared between them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from worlds import until, world

from opusagent_hooks.testing import SimulatedHost
from opusagent_voiceprint.audio import resample
from opusagent_voiceprint.calls.enrollment import new_caller
from opusagent_voiceprint.calls.tracker import VoiceSample
from opusagent_voiceprint.encoding import chosen_encoders, embed_utterance
from opusagent_voiceprint.matching import Probe
from opusagent_voiceprint.models import ConsentDecision, ConsentEvidence, ConsentRecord, Purpose


def sample_of(speech: Any) -> VoiceSample:
    heard = embed_utterance(chosen_encoders(), resample(speech, 8000, 16000))
    probe = Probe(heard.embedding, heard.wide_embedding, heard.channel, heard.snr_db)
    ids = (chosen_encoders().encoder_id, chosen_encoders().wide_encoder_id)
    return VoiceSample(0, heard.windows, probe, heard.net_speech_seconds, heard.quality, 0.0, *ids)


async def test_twenty_calls_at_once_are_each_recognised_as_themselves(
    tmp_path: Path, voice: Any, voice_names: list[str], telephone: Any
) -> None:
    assert len(voice_names) == 20
    async with world(tmp_path, speed=2.0) as ours:
        for name in voice_names:
            consent = ConsentRecord(
                purpose=Purpose.VOICEPRINT,
                decision=ConsentDecision.GRANTED,
                evidence=ConsentEvidence.APPLICATION,
                at=ours.clock.now,
                policy_version="1",
            )
            caller = new_caller(
                sample_of(telephone(voice(name, "enroll"))),
                call_id="enrolled earlier",
                name=name.replace("_", " ").replace("16", "").replace("2", ""),
                consent=consent,
                phone_link=None,
                language="en",
                at=ours.clock.now,
            )
            ours.service.store.put(caller, expected_version=0)
            ours.extra[name] = caller.caller_id

    async with world(tmp_path, speed=2.0) as ours_again:
        ids = ours.extra

        async def one(name: str) -> None:
            host = SimulatedHost(ours_again.manager, speed=2.0)
            async with host.call(call_id=f"call-{name}") as call:
                await call.play(telephone(voice(name, "return")))
                await until(call, lambda: call.session.caller_id is not None)
                assert call.session.caller_id == ids[name]
                (item,) = call.agent.context
                others = [each.caller_id for each in ours_again.callers if each.caller_id != ids[name]]
                assert not any(other in item.text for other in others)
                assert call.call.userdata.keys() == {"voiceprint", "voiceprint.session"}

        await asyncio.gather(*(one(name) for name in voice_names))
        assert ours_again.witness.identified == {f"call-{name}": ids[name] for name in voice_names}
        assert ours_again.service.active_calls == 0
