"""The simulated host: what a plugin's author can rely on when testing with it."""

from __future__ import annotations

import asyncio
import inspect

import numpy as np
import pytest

from opusagent_hooks import (
    AgentPort,
    AgentUnavailableError,
    AudioFormatError,
    HookManager,
    PersonalContextRefusedError,
    Tool,
    Turn,
    codecs,
    hookimpl,
)
from opusagent_hooks.testing import GREETING, AudioPlayed, Reply, SimulatedAgent, SimulatedHost, ToolUse

ONE_SECOND = np.sin(np.arange(8000) / 8).astype(np.float32) * 0.5


class Witness:
    """Notes every hook it is called for."""

    def __init__(self):
        self.seen = []
        self.chunks = []
        self.heard_something = asyncio.Event()

    @hookimpl
    def call_start(self, call):
        self.seen.append(("call_start", call))

    @hookimpl
    def session_create(self, call, session):
        self.seen.append(("session_create", session))

    @hookimpl
    def audio_input(self, audio):
        self.chunks.append(audio)
        self.heard_something.set()

    @hookimpl
    async def transcript(self, turn):
        self.seen.append((turn.speaker, turn.text))

    @hookimpl
    async def call_end(self, reason):
        self.seen.append(("call_end", reason))

    @property
    def kinds(self):
        return [kind for kind, _ in self.seen]


class Responder:
    """Does something when the caller has spoken."""

    def __init__(self, respond):
        self.respond = respond

    @hookimpl
    async def transcript(self, call, turn):
        if turn.speaker == "caller":
            await self.respond(call, turn)


@pytest.fixture
def witness():
    return Witness()


def host(*plugins, speed=None, **options):
    manager = HookManager()
    for number, plugin in enumerate(plugins):
        manager.register(plugin, f"plugin{number}")
    return SimulatedHost(manager, speed=speed, **options)


def kinds(call):
    return [event.kind for event in call.events]


def of_kind(call, kind):
    return [event.data for event in call.events if event.kind == kind]


class TestACall:
    async def test_a_call_goes_through_its_hooks_in_order(self, witness):
        async with host(witness).call(from_number="+15550100", platform="twilio") as call:
            await call.caller_says("What are your hours?", ONE_SECOND)
            await call.hang_up()
        assert witness.seen == [
            ("call_start", call.call),
            ("session_create", call.session),
            ("agent", GREETING),
            ("caller", "What are your hours?"),
            ("agent", call.replies[0].text),
            ("call_end", "caller_hung_up"),
        ]
        assert kinds(call) == [
            "call_start",
            "session_create",
            "turn",
            "audio",
            "turn",
            "reply",
            "turn",
            "call_end",
        ]

    async def test_what_the_platform_says_of_a_call_reaches_the_plugins(self):
        simulated = host().call(
            from_number="+15550100", to_number="+15550199", platform="twilio", parameters={"queue": "7"}
        )
        async with simulated as call:
            assert (call.call.from_number, call.call.to_number) == ("+15550100", "+15550199")
            assert (call.call.platform, call.call.parameters) == ("twilio", {"queue": "7"})
            assert call.call.agent is call.agent

    async def test_calls_of_one_host_have_ids_and_conversations_of_their_own(self, witness):
        simulated = host(witness)
        async with simulated.call() as one, simulated.call() as other:
            await asyncio.gather(one.caller_says("one"), other.caller_says("other"))
        assert one.call.id != other.call.id
        assert [turn.text for turn in one.turns if turn.speaker == "caller"] == ["one"]
        assert [reply.to for reply in other.replies] == ["other"]

    def test_a_speed_that_leads_nowhere_is_refused(self):
        with pytest.raises(ValueError, match="speed"):
            host(speed=0)

    async def test_events_are_in_the_order_of_their_times(self, witness):
        async with host(witness, speed=200).call() as call:
            await call.caller_says("Hello", ONE_SECOND)
        times = [event.at for event in call.events]
        assert times == sorted(times)
        # The greeting and a second of audio have been spoken by the time of the reply.
        (reply,) = [event for event in call.events if event.kind == "reply"]
        assert reply.at >= len(GREETING) * 0.06 + 1


class TestAudio:
    @pytest.mark.parametrize("encoding", codecs.ENCODINGS)
    @pytest.mark.parametrize("sample_rate", codecs.SAMPLE_RATES)
    async def test_speech_arrives_in_frames_of_twenty_milliseconds(self, witness, encoding, sample_rate):
        samples = np.linspace(-0.5, 0.5, sample_rate // 10, dtype=np.float32)
        async with host(witness).call() as call:
            await call.play(samples, sample_rate=sample_rate, encoding=encoding)
        assert [chunk.duration for chunk in witness.chunks] == pytest.approx([0.02] * 5)
        assert [chunk.at for chunk in witness.chunks] == pytest.approx([0, 0.02, 0.04, 0.06, 0.08])
        heard = np.concatenate([chunk.samples() for chunk in witness.chunks])
        np.testing.assert_allclose(heard, samples, atol=0.02)

    async def test_audio_goes_on_where_it_stopped(self, witness):
        async with host(witness).call() as call:
            await call.play(ONE_SECOND[:200])
            await call.silence(0.5)
            await call.play(ONE_SECOND[:160], speaker="agent")
        assert sum(chunk.duration for chunk in witness.chunks) == pytest.approx(0.545)
        assert witness.chunks[1].duration == pytest.approx(0.005)
        assert witness.chunks[2].at == pytest.approx(0.025)
        assert [chunk.speaker for chunk in witness.chunks[-2:]] == ["caller", "agent"]
        assert of_kind(call, "audio")[1] == AudioPlayed("caller", pytest.approx(0.5))

    async def test_sixteen_bit_samples_are_taken_for_what_they_are(self, witness):
        async with host(witness).call() as call:
            await call.play(np.full(160, 16384, np.int16), encoding="pcm16")
        np.testing.assert_array_equal(witness.chunks[0].samples(), np.full(160, 0.5))

    async def test_a_format_that_no_host_sends_is_refused(self):
        async with host().call() as call:
            with pytest.raises(AudioFormatError, match="11025"):
                await call.play(ONE_SECOND, sample_rate=11025)

    async def test_audio_does_not_wait_for_plugins_that_handle_transcripts(self, witness):
        handled = asyncio.Event()

        async def waits(call, turn):
            await handled.wait()

        async with host(witness, Responder(waits)).call() as call:
            speaking = asyncio.create_task(call.caller_says("Hello"))
            await call.wait_for(lambda event: event.data == Turn("caller", "Hello", at=event.at))
            await call.play(ONE_SECOND)
            assert len(witness.chunks) == 50
            assert not speaking.done()
            handled.set()
            await speaking


class TestTheAgent:
    def test_it_is_a_whole_agent_port(self):
        for name, method in inspect.getmembers(AgentPort, inspect.isfunction):
            if not name.startswith("_"):
                assert inspect.signature(getattr(SimulatedAgent, name)) == inspect.signature(method)

    async def test_a_reply_knows_what_plugins_put_before_the_model(self):
        async def remembers(call, turn):
            await call.agent.put_context("The caller is Maria.")

        def reply(text, context, instructions):
            return f"{instructions[0]} {context[0]} {text}"

        async with host(Responder(remembers), reply=reply).call() as call:
            await call.agent.add_instructions("Be brief.")
            await call.caller_says("Who am I?")
        (answer,) = call.replies
        assert isinstance(answer, Reply)
        assert answer.text == "Be brief. The caller is Maria. Who am I?"
        assert [item.text for item in answer.context] == ["The caller is Maria."]
        assert answer.instructions == ("Be brief.",)

    async def test_a_reply_waits_for_context_that_is_expected(self):
        async with host().call() as call:
            with call.agent.expect_context(5.0):
                asking = asyncio.create_task(call.caller_says("Who am I?"))
                await asyncio.sleep(0.05)
                assert call.replies == ()
                await call.agent.put_context("The caller is Maria.")
            await asking
        assert [item.text for item in call.replies[0].context] == ["The caller is Maria."]

    async def test_a_reply_waits_for_expected_context_only_so_long(self):
        async with host().call() as call:
            with call.agent.expect_context(0.05):
                await asyncio.wait_for(call.caller_says("Who am I?"), 2.0)
            assert call.replies[0].context == ()

    async def test_context_that_was_taken_back_is_in_no_later_reply(self):
        async with host().call() as call:
            kept = await call.agent.put_context("kept")
            removed = await call.agent.put_context("removed")
            await call.agent.remove_context(removed)
            await call.agent.remove_context("never was")
            await call.caller_says("Hello")
            assert [item.id for item in call.replies[0].context] == [kept]
            assert [item.text for item in of_kind(call, "context_removed")] == ["removed"]

    async def test_a_host_may_refuse_personal_context(self):
        async with host(personal_context=False).call() as call:
            with pytest.raises(PersonalContextRefusedError):
                await call.agent.put_context("The caller is Maria.")
            assert call.agent.context == ()

    async def test_what_a_plugin_says_is_spoken_and_becomes_a_turn(self, witness):
        async with host(witness).call() as call:
            spoken = await call.agent.say("May I remember you?")
            assert (spoken.text, spoken.completed) == ("May I remember you?", True)
            assert spoken.ended_at is not None
            await call.settle()
            assert witness.seen[-1] == ("agent", "May I remember you?")
            assert of_kind(call, "say_started") == ["May I remember you?"]
            assert of_kind(call, "say") == [spoken]

    async def test_what_was_cut_short_is_not_complete_and_its_turn_says_so(self):
        async with host().call() as call:
            call.agent.interrupt_next_say()
            spoken = await call.agent.say("May I remember you?")
            assert (spoken.text, spoken.completed) == ("May I remember you?", False)
            assert call.turns[-1].interrupted
            assert call.turns[-1].text == "May I"
            assert (await call.agent.say("Well?")).completed

    async def test_nobody_speaks_over_the_agent(self):
        async with host(speed=100).call() as call:
            await asyncio.gather(*(call.agent.say(text) for text in ("one", "two", "three")))
        spoken = [event.kind for event in call.events if event.kind.startswith("say")]
        assert spoken == ["say_started", "say"] * 3

    async def test_the_model_can_use_a_tool_of_a_plugin(self):
        async def forget(what):
            return {"forgotten": what}

        async with host().call() as call:
            await call.agent.register_tool(Tool("forget", "Forgets.", {"type": "object"}, forget))
            assert await call.use_tool("forget", what="voice") == {"forgotten": "voice"}
            assert of_kind(call, "tool_used") == [
                ToolUse("forget", {"what": "voice"}, {"forgotten": "voice"})
            ]

    async def test_the_agent_can_speak_of_its_own_accord(self, witness):
        async with host(witness).call() as call:
            await call.agent_says("Are you still there?")
            await call.settle()
            assert witness.seen[-1] == ("agent", "Are you still there?")

    async def test_it_is_idle_between_turns_and_not_within_them(self):
        seen = {}

        async def looks(call, turn):
            seen["owing a reply"] = call.agent.idle
            seen["after it"] = await call.agent.wait_idle(60)

        async with host(Responder(looks), speed=100).call() as call:
            seen["before"] = call.agent.idle
            talking = asyncio.create_task(call.play(ONE_SECOND))
            call.agent.caller_speaks(True)
            seen["while the caller speaks"] = call.agent.idle
            call.agent.caller_speaks(False)
            await talking
            await call.caller_says("Hello")
            await call.settle()
        assert seen == {
            "before": True,
            "while the caller speaks": False,
            "owing a reply": False,
            "after it": True,
        }

    async def test_waiting_for_it_to_be_idle_ends_with_the_patience(self):
        async with host().call() as call:
            call.agent.caller_speaks(True)
            assert await call.agent.wait_idle(0.01) is False


class TestTheFloor:
    async def test_the_agent_is_silent_while_a_plugin_has_the_floor(self):
        async with host().call() as call:
            await call.agent.take_floor()
            await call.caller_says("Hello?")
            await call.agent_says("Hello!")
            assert call.replies == ()
            assert [turn.speaker for turn in call.turns] == ["agent", "caller"]
            assert call.agent.idle

    async def test_the_plugin_itself_may_speak_then(self):
        async def asks(call, turn):
            await call.agent.take_floor()
            await call.agent.say("May I remember you?")

        async with host(Responder(asks)).call() as call:
            await call.caller_says("Hello")
            assert [turn.text for turn in call.turns[1:]] == ["Hello", "May I remember you?"]
            assert call.replies == ()

    async def test_giving_it_back_leaves_the_words_in_between_unanswered(self):
        async with host().call() as call:
            await call.agent.take_floor()
            await call.caller_says("Yes")
            await call.agent.yield_floor()
            await call.caller_says("What are your hours?")
            assert [reply.to for reply in call.replies] == ["What are your hours?"]

    async def test_giving_it_back_with_a_reply_answers_the_last_words_once(self):
        async def passes_on(call, turn):
            await call.agent.take_floor()
            await call.agent.yield_floor(reply=True)

        async with host(Responder(passes_on)).call() as call:
            await call.caller_says("What are your hours?")
            await call.wait_for(lambda event: event.kind == "reply")
            await call.agent.wait_idle(5)
        assert [reply.to for reply in call.replies] == ["What are your hours?"]

    async def test_giving_back_a_floor_one_does_not_have_changes_nothing(self):
        async def gives(call, turn):
            await call.agent.yield_floor()

        async with host(Responder(gives)).call() as call:
            await call.caller_says("Hello")
            assert [reply.to for reply in call.replies] == ["Hello"]

    async def test_a_floor_that_nobody_gives_back_comes_back_by_itself(self):
        async with host(floor_limit=0.02).call() as call:
            await call.agent.take_floor()
            await call.caller_says("Hello?")
            await call.wait_for(lambda event: event.kind == "floor_returned")
            reply = await call.wait_for(lambda event: event.kind == "reply")
            assert reply.data.to == "Hello?"
            assert not call.agent.floor_is_taken


class TestTheEnd:
    async def test_leaving_the_block_hangs_up(self, witness):
        async with host(witness).call() as call:
            assert not call.is_over
        assert call.is_over
        assert witness.seen[-1] == ("call_end", "caller_hung_up")

    async def test_an_exception_in_the_test_ends_the_call_and_goes_on(self, witness):
        with pytest.raises(LookupError):
            async with host(witness).call():
                raise LookupError
        assert witness.seen[-1] == ("call_end", "error")

    async def test_whatever_ends_a_call_it_ends_once(self, witness):
        async with host(witness).call() as call:
            await call.agent.end_call("goodbye")
            await call.agent.end_call("again")
            await call.hang_up()
            await call.hang_up()
        assert [each for each in witness.seen if each[0] == "call_end"] == [("call_end", "goodbye")]
        assert of_kind(call, "call_end") == ["goodbye"]

    async def test_a_plugin_may_hang_up_while_it_handles_a_turn(self, witness):
        async def ends(call, turn):
            await call.agent.end_call("goodbye")

        async with host(Responder(ends), witness).call() as call:
            await call.caller_says("Bye")
        assert call.replies == ()
        assert witness.kinds[-2:] == ["caller", "call_end"]

    async def test_every_turn_is_handled_before_the_end(self, witness):
        class TakesItsTime:
            @hookimpl
            async def transcript(self, turn):
                for _ in range(20):
                    await asyncio.sleep(0)

        async with host(witness, TakesItsTime()).call() as call:
            for number in range(3):
                await call.caller_says(str(number))
        assert witness.kinds == [
            "call_start",
            "session_create",
            "agent",
            *["caller", "agent"] * 3,
            "call_end",
        ]

    async def test_audio_stops_with_the_call(self, witness):
        async with host(witness, speed=50).call() as call:
            talking = asyncio.create_task(call.caller_says("Hello", np.tile(ONE_SECOND, 60)))
            await witness.heard_something.wait()
            await call.hang_up()
            heard = len(witness.chunks)
            await talking
        assert len(witness.chunks) == heard < 3000
        assert "caller" not in witness.kinds

    async def test_a_caller_who_hangs_up_does_not_hear_the_rest(self):
        async with host(speed=2, greeting="").call() as call:
            assert call.turns == ()
            speaking = asyncio.create_task(call.agent.say("An endless explanation. " * 100))
            await call.wait_for(lambda event: event.kind == "say_started")
            await call.hang_up()
            assert not (await speaking).completed

    @pytest.mark.parametrize(
        "attempt",
        [
            lambda agent: agent.say("Hello"),
            lambda agent: agent.put_context("x"),
            lambda agent: agent.remove_context("x"),
            lambda agent: agent.add_instructions("x"),
            lambda agent: agent.register_tool(Tool("x", "", {}, dict)),
            lambda agent: agent.take_floor(),
            lambda agent: agent.yield_floor(),
            lambda agent: agent.wait_idle(1),
        ],
    )
    async def test_after_the_end_the_agent_cannot_be_reached(self, attempt):
        async with host().call() as call:
            pass
        with pytest.raises(AgentUnavailableError):
            await attempt(call.agent)
        assert not call.agent.idle

    async def test_after_the_end_the_caller_cannot_speak(self):
        async with host().call() as call:
            await call.hang_up()
            with pytest.raises(AgentUnavailableError):
                await call.caller_says("Hello?")

    async def test_a_reply_script_that_fails_fails_the_test(self):
        def reply(text, context, instructions):
            raise LookupError(text)

        with pytest.raises(LookupError):
            async with host(reply=reply).call() as call:
                await call.caller_says("Hello")

    async def test_it_fails_the_test_too_where_the_agent_replied_by_itself(self):
        def reply(text, context, instructions):
            raise LookupError(text)

        async def play():
            async with host(reply=reply, floor_limit=0.01).call() as call:
                await call.agent.take_floor()
                await call.caller_says("Hello")
                await call.wait_for(lambda event: event.kind == "floor_returned")

        with pytest.raises(LookupError):
            await play()


class TestWaiting:
    async def test_an_event_of_the_past_is_found_at_once(self):
        async with host().call() as call:
            assert (await call.wait_for(lambda event: event.kind == "call_start", 0)).at == 0

    async def test_an_event_that_never_comes_is_an_error_that_says_what_did(self):
        async with host().call() as call:
            with pytest.raises(TimeoutError, match="call_start, session_create, turn"):
                await call.wait_for(lambda event: event.kind == "reply", 0.01)
