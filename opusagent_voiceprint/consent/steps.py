"""How a step of the consent dialogue is written down: the next state, and what is to be done."""

from __future__ import annotations

from dataclasses import replace

from opusagent_voiceprint.consent.events import Action
from opusagent_voiceprint.consent.states import ConsentState, Stage

__all__ = ["Step", "at", "settled"]

Step = tuple[ConsentState, tuple[Action, ...]]


def at(state: ConsentState, stage: Stage, *actions: Action) -> Step:
    """The same dialogue at another stage."""
    return replace(state, stage=stage), actions


def settled(state: ConsentState, stage: Stage, *actions: Action) -> Step:
    """An end without consent: no yes is held on to, and no name."""
    return ConsentState(stage, renews=state.renews), actions
