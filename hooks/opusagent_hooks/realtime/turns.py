"""The words of both sides, in the order in which they were said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from opusagent_hooks.events import Turn
from opusagent_hooks.realtime.playback import Playback
from opusagent_hooks.realtime.signals import Signals

__all__ = ["AgentSpeech", "TurnKeeper"]

_TRANSCRIPT_WITHIN: Final = 4.0
"""Seconds that the agent's turn waits for the transcript of the caller's turn that it answers."""

_LONGEST_PLAYBACK: Final = 300.0
_KEPT_ITEMS: Final = 50


@dataclass(eq=False, slots=True)
class AgentSpeech:
    """One response, as far as it is words."""

    response_id: str
    answers: frozenset[str]
    began_at: float | None = None
    status: str | None = None
    interrupted: bool = False
    heard: bool = False
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    final: set[str] = field(default_factory=set, repr=False)

    @property
    def words(self) -> str:
        """What was said, as far as it is known."""
        return " ".join(text.strip() for text in self.texts.values() if text.strip())

    def add(self, item_id: str, text: str, *, final: bool) -> None:
        """A piece of an item's words, or all of them."""
        if final:
            self.texts[item_id] = text
            self.final.add(item_id)
        elif item_id not in self.final:
            self.texts[item_id] = self.texts.get(item_id, "") + text


class TurnKeeper:
    """Makes turns of transcripts.

    An agent's turn is given when it was heard to its end, or cut short. The transcript of what the caller
    said may come after the response to it, for which that turn then waits a while. Only transcripts of
    items that were committed on this call count.
    """

    def __init__(self, on_turn: Callable[[Turn], None], playback: Playback, signals: Signals) -> None:
        self._on_turn = on_turn
        self._playback = playback
        self._signals = signals
        self._starts: dict[str, float | None] = {}
        self._untranscribed: dict[str, None] = {}
        self._committed: dict[str, None] = {}
        self._speeches: dict[str, AgentSpeech] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.transcribed = False
        """Whether the session has what the caller says transcribed."""

    def speech_started(self, item_id: str, at: float | None) -> None:
        """The caller begins to speak, at that time: whoever is being heard is interrupted."""
        _keep(self._starts, item_id, at)
        self.interrupt()

    def interrupt(self) -> None:
        """The caller speaks: what the agent is saying is not heard to its end."""
        for speech in self._speeches.values():
            if not speech.heard and (speech.status is None or self._playback.playing):
                speech.interrupted = True
        self._signals.changed()

    def committed(self, item_id: str) -> None:
        """What the caller said is an item now."""
        _keep(self._committed, item_id, None)
        if self.transcribed:
            _keep(self._untranscribed, item_id, None)

    def transcript(self, item_id: str, text: str | None) -> None:
        """The caller's words, or None if they could not be made out."""
        if item_id not in self._committed:
            return
        del self._committed[item_id]
        self._untranscribed.pop(item_id, None)
        if text is not None and text.strip():
            self._on_turn(Turn("caller", text.strip(), item_id, at=self._starts.get(item_id)))
        self._signals.changed()

    def response(self, response_id: str) -> AgentSpeech:
        """A response begins."""
        speech = AgentSpeech(response_id, frozenset(self._untranscribed))
        self._speeches[response_id] = speech
        return speech

    def speech(self, response_id: str) -> AgentSpeech | None:
        """The response of this id, while it is not over."""
        return self._speeches.get(response_id)

    def done(self, response_id: str, status: str) -> None:
        """A response is generated; its turn follows when it was heard."""
        speech = self._speeches.get(response_id)
        if speech is None or speech.status is not None:
            return
        speech.status = status
        task = asyncio.get_running_loop().create_task(self._finish(speech))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """The call is over: the agent's words so far are given, as interrupted."""
        for task in self._tasks:
            task.cancel()
        for speech in list(self._speeches.values()):
            speech.interrupted |= not speech.heard
            self._give(speech)

    async def _finish(self, speech: AgentSpeech) -> None:
        until = self._playback.until
        await self._signals.until(
            lambda: speech.interrupted or self._playback.reached(until), _LONGEST_PLAYBACK
        )
        speech.heard = not speech.interrupted
        await self._signals.until(lambda: not speech.answers & self._untranscribed.keys(), _TRANSCRIPT_WITHIN)
        for item_id in speech.answers:
            self._untranscribed.pop(item_id, None)
        self._give(speech)

    def _give(self, speech: AgentSpeech) -> None:
        if self._speeches.pop(speech.response_id, None) is None or not speech.words:
            return
        interrupted = speech.interrupted or speech.status != "completed"
        item_id = next(iter(speech.texts))
        self._on_turn(
            Turn("agent", speech.words, item_id or None, interrupted=interrupted, at=speech.began_at)
        )


def _keep(items: dict[str, float | None] | dict[str, None], key: str, value: float | None) -> None:
    """Add to a dictionary that forgets its oldest."""
    items[key] = value  # type: ignore[assignment]
    while len(items) > _KEPT_ITEMS:
        del items[next(iter(items))]
