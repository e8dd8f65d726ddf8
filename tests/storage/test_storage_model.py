"""A store against a dictionary: any sequence of operations, through two handles that come and go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from storage_media import Medium, a_caller, contents

from opusagent_voiceprint.errors import VersionConflictError
from opusagent_voiceprint.models import Caller, DoNotAsk
from opusagent_voiceprint.storage import CallerStore, RecordCodec

IDS = st.sampled_from(["a", "b", "ab", "é:1"])
LINKS = st.lists(st.sampled_from(["x", "y", "xy", "1:x"]), max_size=3)
HANDLES = st.integers(0, 1)


class StoreAgainstDictionary(RuleBasedStateMachine):
    def __init__(self, medium: Medium, codec: RecordCodec) -> None:
        super().__init__()
        self._medium, self._codec = medium, codec
        self._handles: list[CallerStore] = [medium.open(codec), medium.open(codec)]
        self._callers: dict[str, Caller] = {}
        self._changed: list[str] = []
        self._revision = 0
        self._refusals: dict[str, DoNotAsk] = {}
        self._seen: dict[int, int] = {0: 0}  # revision -> length of the log of changes then

    def teardown(self) -> None:
        for handle in self._handles:
            handle.close()

    def _note_change(self, caller_id: str) -> None:
        self._changed.append(caller_id)
        self._revision = self._handles[0].changes(0)[1]
        assert self._revision > max(self._seen)
        self._seen[self._revision] = len(self._changed)

    @rule(handle=HANDLES, caller_id=IDS, links=LINKS, seed=st.integers(0, 3))
    def put(self, handle: int, caller_id: str, links: list[str], seed: int) -> None:
        known = self._callers.get(caller_id)
        caller = a_caller(caller_id, seed=seed, phone_links=links)
        written = self._handles[handle].put(caller, expected_version=known.version if known else 0)
        self._callers[caller_id] = written
        self._note_change(caller_id)
        assert written.version == self._revision

    @rule(handle=HANDLES, caller_id=IDS, off=st.sampled_from([-1, 1, 100]))
    def put_with_a_wrong_version(self, handle: int, caller_id: str, off: int) -> None:
        known = self._callers.get(caller_id)
        wrong = max(known.version + off, 0) if known else abs(off)
        with pytest.raises(VersionConflictError):
            self._handles[handle].put(a_caller(caller_id, name="Wrong"), expected_version=wrong)

    @rule(handle=HANDLES, caller_id=IDS)
    def erase(self, handle: int, caller_id: str) -> None:
        was_there = self._callers.pop(caller_id, None) is not None
        assert self._handles[handle].erase(caller_id) is was_there
        if was_there:
            self._note_change(caller_id)

    @rule(handle=HANDLES, subject=IDS)
    def refuse(self, handle: int, subject: str) -> None:
        self._refusals[subject] = DoNotAsk(subject=subject)
        self._handles[handle].remember_refusal(self._refusals[subject])

    @rule(handle=HANDLES, subject=IDS)
    def forget(self, handle: int, subject: str) -> None:
        self._refusals.pop(subject, None)
        self._handles[handle].forget_refusal(subject)

    @rule(handle=HANDLES)
    def reopen(self, handle: int) -> None:
        self._handles[handle].close()
        self._handles[handle] = self._medium.open(self._codec)

    @rule(handle=HANDLES, back=st.integers(0, 5))
    def follow(self, handle: int, back: int) -> None:
        since = sorted(self._seen)[-1 - min(back, len(self._seen) - 1)]
        later = self._changed[self._seen[since] :]
        in_order = [one for place, one in enumerate(later) if one not in later[place + 1 :]]
        assert self._handles[handle].changes(since) == (in_order, self._revision)

    @invariant()
    def both_handles_agree_with_the_dictionary(self) -> None:
        for handle in self._handles:
            found = {caller.caller_id: caller for caller in handle.all()}
            assert handle.count() == len(self._callers)
            assert {one: (caller.version, contents(caller)) for one, caller in found.items()} == {
                one: (caller.version, contents(caller)) for one, caller in self._callers.items()
            }
            for link in ("x", "y", "xy", "1:x"):
                linked = sorted(one for one, caller in self._callers.items() if link in caller.phone_links)
                assert handle.ids_by_phone(link) == linked
            assert {one.subject: one for one in handle.refusals()} == self._refusals


def test_a_store_does_what_a_dictionary_would(new_medium: Callable[[], Medium], codec: RecordCodec) -> None:
    run_state_machine_as_test(
        lambda: StoreAgainstDictionary(new_medium(), codec),
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
