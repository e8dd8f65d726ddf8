"""What every store does, whatever it is made of and whether or not it is encrypted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from pydantic import ValidationError
from storage_media import NOON, Medium, a_caller, a_consent, a_voiceprint, contents

from opusagent_voiceprint.errors import (
    ConsentError,
    SettingsError,
    StorageError,
    UnknownCallerError,
    VersionConflictError,
)
from opusagent_voiceprint.models import (
    Caller,
    ConsentDecision,
    ConsentEvidence,
    DoNotAsk,
    Memory,
    Purpose,
)
from opusagent_voiceprint.storage import CallerStore, RecordCodec

# Reading and writing


def test_a_caller_comes_back_as_written(store: CallerStore) -> None:
    caller = a_caller()
    written = store.put(caller, expected_version=0)
    read = store.get(caller.caller_id)
    assert read is not None
    assert contents(read) == contents(caller)
    assert read.version == written.version > 0
    np.testing.assert_array_equal(read.voiceprints[0].embedding, caller.voiceprints[0].embedding)


def test_a_caller_is_there_after_the_store_was_closed(medium: Medium, codec: RecordCodec) -> None:
    caller = a_caller()
    with medium.open(codec) as store:
        written = store.put(caller, expected_version=0)
    with medium.open(codec) as store:
        read = store.get("caller_a")
    assert read is not None
    assert (read.version, contents(read)) == (written.version, contents(caller))


def test_an_id_may_be_any_text(store: CallerStore) -> None:
    ids = ["ü ñ 漢字", "a:b", "a", 'quote"', "new\nline", "{}", "*", "1:"]
    for caller_id in ids:
        store.put(a_caller(caller_id), expected_version=0)
    assert sorted(caller.caller_id for caller in store.all()) == sorted(ids)
    assert [store.ids_by_phone(f"link-of-{caller_id}") for caller_id in ids] == [[one] for one in ids]


def test_a_caller_who_is_not_there_is_none(store: CallerStore) -> None:
    assert store.get("nobody") is None
    assert store.count() == 0
    assert list(store.all()) == []


def test_a_written_caller_is_not_tied_to_the_object_that_was_given(store: CallerStore) -> None:
    caller = a_caller()
    store.put(caller, expected_version=0)
    caller.metadata["plan"] = "changed"
    read = store.get("caller_a")
    assert read is not None
    assert read.metadata == {"plan": "platinum-sentinel"}
    read.metadata["plan"] = "changed"
    again = store.get("caller_a")
    assert again is not None
    assert again.metadata == {"plan": "platinum-sentinel"}


def test_a_record_that_could_not_be_read_again_is_refused(store: CallerStore) -> None:
    caller = a_caller()
    caller.name = "x" * 41
    with pytest.raises(StorageError, match="'name' does not fit") as caught:
        store.put(caller, expected_version=0)
    assert "xxx" not in str(caught.value)
    with pytest.raises(StorageError, match="JSON"):
        store.put(a_caller(metadata={"thing": object()}), expected_version=0)
    assert store.count() == 0


def test_another_callers_voiceprint_is_refused(store: CallerStore) -> None:
    with pytest.raises(StorageError, match="another caller's voiceprint"):
        store.put(a_caller("caller_a", voiceprints=[a_voiceprint("caller_b")]), expected_version=0)
    assert store.count() == 0


def test_all_gives_every_caller_of_a_large_store(store: CallerStore) -> None:
    ids = [f"caller_{number:03}" for number in range(300)]
    store.put(a_caller(ids[0]), expected_version=0)
    for caller_id in ids[1:]:
        store.put(Caller(caller_id=caller_id), expected_version=0)
    assert sorted(caller.caller_id for caller in store.all()) == ids
    assert store.count() == 300


# Compare and swap


def test_a_new_caller_must_not_be_there_yet(store: CallerStore) -> None:
    store.put(a_caller(), expected_version=0)
    with pytest.raises(VersionConflictError) as caught:
        store.put(a_caller(name="Other"), expected_version=0)
    assert caught.value.expected == 0
    assert caught.value.found > 0
    read = store.get("caller_a")
    assert read is not None
    assert read.name == "Wilhelmina Sentinel"


def test_of_two_handles_that_read_the_same_version_one_may_write(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as one, medium.open(codec) as other:
        one.put(a_caller(), expected_version=0)
        first, second = one.get("caller_a"), other.get("caller_a")
        assert first is not None
        assert second is not None
        first.name, second.name = "First", "Second"
        written = one.put(first, expected_version=first.version)
        with pytest.raises(VersionConflictError) as caught:
            other.put(second, expected_version=second.version)
        assert caught.value.found == written.version
        seen = other.get("caller_a")
        assert seen is not None
        assert seen.name == "First"


def test_an_erased_caller_is_not_written_back_by_somebody_who_read_it_before(store: CallerStore) -> None:
    before = store.put(a_caller(), expected_version=0)
    store.erase("caller_a")
    with pytest.raises(VersionConflictError) as caught:
        store.put(before, expected_version=before.version)
    assert caught.value.found == 0
    assert store.get("caller_a") is None


def test_a_caller_who_came_back_does_not_get_an_old_version_again(store: CallerStore) -> None:
    before = store.put(a_caller(), expected_version=0)
    store.erase("caller_a")
    back = store.put(a_caller(name="Back"), expected_version=0)
    assert back.version > before.version
    with pytest.raises(VersionConflictError):
        store.put(before, expected_version=before.version)


def test_update_reads_again_when_somebody_was_faster(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as one, medium.open(codec) as other:
        one.put(a_caller(metadata={}), expected_version=0)
        runs: list[int] = []

        def change(caller: Caller) -> Caller:
            runs.append(caller.version)
            if len(runs) == 1:
                other.update("caller_a", lambda rival: rival.metadata.update(rival=1))
            caller.metadata["mine"] = 1
            return caller

        updated = one.update("caller_a", change)
        assert updated.metadata == {"rival": 1, "mine": 1}
        assert len(runs) == 2
        seen = other.get("caller_a")
        assert seen is not None
        assert contents(seen) == contents(updated)


def test_update_gives_up_after_its_attempts(store: CallerStore) -> None:
    store.put(a_caller(metadata={"n": 0}), expected_version=0)

    def always_too_late(caller: Caller) -> Caller:
        current = store.get("caller_a")
        assert current is not None
        current.metadata["n"] += 1
        store.put(current, expected_version=current.version)
        caller.name = "Never"
        return caller

    with pytest.raises(VersionConflictError):
        store.update("caller_a", always_too_late, attempts=3)
    read = store.get("caller_a")
    assert read is not None
    assert (read.metadata["n"], read.name) == (3, "Wilhelmina Sentinel")


def test_update_of_a_caller_who_is_not_there_says_so(store: CallerStore) -> None:
    with pytest.raises(UnknownCallerError, match="nobody"):
        store.update("nobody", lambda caller: caller)


def test_an_update_that_changes_nothing_writes_nothing(store: CallerStore) -> None:
    before = store.put(a_caller(), expected_version=0)
    assert store.update("caller_a", lambda caller: None).version == before.version
    assert store.changes(before.version) == ([], before.version)


def test_an_update_that_fails_changes_nothing(store: CallerStore) -> None:
    before = store.put(a_caller(), expected_version=0)

    def fail(caller: Caller) -> None:
        caller.name = "Half"
        raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError, match="the change failed"):
        store.update("caller_a", fail)
    assert store.changes(before.version) == ([], before.version)


# Consent


@pytest.mark.parametrize("has_voice_consent", [True, False])
@pytest.mark.parametrize("has_memory_consent", [True, False])
def test_p5_voice_and_memory_each_need_their_own_consent(
    store: CallerStore, has_voice_consent: bool, has_memory_consent: bool
) -> None:
    consents = [a_consent(Purpose.VOICEPRINT)] * has_voice_consent + [
        a_consent(Purpose.MEMORY)
    ] * has_memory_consent
    whole = a_caller("whole", consents=consents)
    voice = a_caller("voice", consents=consents, memory=Memory())
    memory = a_caller("memory", consents=consents, voiceprints=[])
    neither = a_caller("neither", consents=consents, voiceprints=[], memory=Memory())
    allowed = {
        "whole": has_voice_consent and has_memory_consent,
        "voice": has_voice_consent,
        "memory": has_memory_consent,
        "neither": True,
    }
    for caller in (whole, voice, memory, neither):
        if allowed[caller.caller_id]:
            store.put(caller, expected_version=0)
        else:
            with pytest.raises(ConsentError):
                store.put(caller, expected_version=0)
    assert {caller.caller_id for caller in store.all()} == {one for one, may in allowed.items() if may}


def test_p3_a_voiceprint_does_not_outlive_its_consent(store: CallerStore) -> None:
    store.put(a_caller(), expected_version=0)

    def withdraw_only(caller: Caller) -> None:
        caller.consents.append(a_consent(Purpose.VOICEPRINT, ConsentDecision.WITHDRAWN))

    def withdraw_and_remove(caller: Caller) -> None:
        withdraw_only(caller)
        caller.voiceprints.clear()

    with pytest.raises(ConsentError, match="voiceprint"):
        store.update("caller_a", withdraw_only)
    assert store.update("caller_a", withdraw_and_remove).voiceprints == []
    assert store.get_all() == []


# Erasing, and following changes


def test_an_erased_caller_is_gone_with_all_links(store: CallerStore) -> None:
    store.put(a_caller(), expected_version=0)
    assert store.erase("caller_a") is True
    assert store.get("caller_a") is None
    assert store.ids_by_phone("link-of-caller_a") == []
    assert (store.count(), list(store.all()), store.get_all()) == (0, [], [])
    assert store.erase("caller_a") is False


def test_changes_name_who_was_written_or_erased_since(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as writer, medium.open(codec) as follower:
        assert follower.changes(0) == ([], 0)
        for caller_id in ("a", "b", "c"):
            writer.put(a_caller(caller_id), expected_version=0)
        changed, revision = follower.changes(0)
        assert changed == ["a", "b", "c"]
        assert follower.changes(revision) == ([], revision)

        writer.update("a", lambda caller: caller.metadata.update(seen=1))
        writer.erase("b")
        changed, newer = follower.changes(revision)
        assert changed == ["a", "b"]
        assert newer > revision
        assert follower.get("b") is None


def test_a_follower_who_is_ahead_of_the_store_can_tell(store: CallerStore) -> None:
    written = store.put(a_caller(), expected_version=0)
    assert store.changes(written.version + 100) == ([], written.version)


def test_erasing_nobody_is_no_change(store: CallerStore) -> None:
    written = store.put(a_caller(), expected_version=0)
    assert store.erase("nobody") is False
    assert store.changes(written.version) == ([], written.version)


def test_what_stays_of_an_erased_caller_is_the_id_alone(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller("an-opaque-id", phone_links=["a-link-of-theirs"]), expected_version=0)
        store.erase("an-opaque-id")
        assert store.changes(0)[0] == ["an-opaque-id"]
        assert b"an-opaque-id" in medium.everything()
        assert b"a-link-of-theirs" not in medium.everything()


# Phone links


def test_a_household_shares_a_number(store: CallerStore) -> None:
    store.put(a_caller("b", phone_links=["home", "mobile"]), expected_version=0)
    store.put(a_caller("a", phone_links=["home", "home"]), expected_version=0)
    assert store.ids_by_phone("home") == ["a", "b"]
    assert store.ids_by_phone("mobile") == ["b"]
    assert store.ids_by_phone("hom") == []
    assert store.ids_by_phone("home1") == []


def test_a_link_that_was_taken_away_finds_nobody(store: CallerStore) -> None:
    store.put(a_caller("a", phone_links=["old", "kept"]), expected_version=0)

    def move(caller: Caller) -> None:
        caller.phone_links = ["kept", "new"]

    store.update("a", move)
    assert [store.ids_by_phone(link) for link in ("old", "kept", "new")] == [[], ["a"], ["a"]]


# Refusals and secrets


def test_p7_a_refusal_is_remembered_until_forgotten(medium: Medium, codec: RecordCodec) -> None:
    later = DoNotAsk(subject="s1", until=NOON + timedelta(days=182))
    never = DoNotAsk(subject="s2")
    with medium.open(codec) as store:
        assert store.refusal("s1") is None
        store.remember_refusal(later)
        store.remember_refusal(never)
    with medium.open(codec) as store:
        assert store.refusal("s1") == later
        assert store.refusal("s2") == never
        assert sorted(store.refusals(), key=lambda one: one.subject) == [later, never]
        store.remember_refusal(DoNotAsk(subject="s1"))
        assert store.refusal("s1") == DoNotAsk(subject="s1")
        store.forget_refusal("s1")
        store.forget_refusal("s1")
        assert store.refusal("s1") is None
        assert list(store.refusals()) == [never]


def test_a_secret_is_made_once(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as one, medium.open(codec) as other:
        secret = one.secret("phone")
        assert len(secret) == 32
        assert other.secret("phone") == secret
        assert other.secret("another") != secret
    with medium.open(codec) as again:
        assert again.secret("phone") == secret


# The face of OpusAgent's own module


def test_save_creates_the_caller_and_get_all_gives_the_voiceprint_back(store: CallerStore) -> None:
    saved = a_voiceprint("john", metadata={"name": "John"}, created_at="2025-01-02T03:04:05Z")
    store.save(saved)
    (found,) = store.get_all()
    assert (found.caller_id, found.voiceprint_id) == ("john", saved.voiceprint_id)
    assert (found.metadata, found.created_at) == ({"name": "John"}, "2025-01-02T03:04:05Z")
    np.testing.assert_array_equal(found.embedding, saved.embedding)


def test_times_may_be_given_as_they_are_and_are_kept_as_text_in_utc(store: CallerStore) -> None:
    summer = timezone(timedelta(hours=2))
    made, seen = datetime(2025, 7, 2, 3, 4, 5, tzinfo=summer), datetime(2025, 7, 3, 1, 0)
    store.save(a_voiceprint("john", created_at=made, last_seen=seen))
    (found,) = store.get_all()
    caller = store.get("john")
    assert caller is not None
    assert found.created_at == "2025-07-02T01:04:05+00:00"
    assert (caller.created_at, caller.last_seen) == (made, seen.replace(tzinfo=timezone.utc))
    with pytest.raises(ValidationError):
        a_voiceprint("john", created_at=1_751_400_000)


def test_save_records_that_the_application_vouches(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec, policy_version="7") as store:
        store.save(a_voiceprint("john", 1))
        store.save(a_voiceprint("john", 2))
        caller = store.get("john")
    assert caller is not None
    (consent,) = caller.consents
    assert (consent.purpose, consent.evidence) == (Purpose.VOICEPRINT, ConsentEvidence.APPLICATION)
    assert (consent.decision, consent.policy_version) == (ConsentDecision.GRANTED, "7")


def test_save_keeps_a_consent_that_is_in_force(store: CallerStore) -> None:
    caller = store.put(a_caller(), expected_version=0)
    store.save(a_voiceprint("caller_a", 5))
    read = store.get("caller_a")
    assert read is not None
    assert read.consents == caller.consents
    assert len(read.voiceprints) == 2


def test_what_save_is_given_stands_in_for_what_the_store_was_opened_with(
    medium: Medium, codec: RecordCodec
) -> None:
    with medium.open(codec, max_voiceprints=3, policy_version="1") as store:
        for number in range(3):
            store.save(a_voiceprint("john", number, voiceprint_id=f"vp_{number}"))
        store.save(a_voiceprint("john", 3, voiceprint_id="vp_3"), max_voiceprints=2)
        assert [one.voiceprint_id for one in store.get_all()] == ["vp_2", "vp_3"]
        store.save(a_voiceprint("john", 4, voiceprint_id="vp_4"))
        assert len(store.get_all()) == 3

        store.save(a_voiceprint("mary"), policy_version="2")
        mary, john = store.get("mary"), store.get("john")
    assert mary is not None
    assert [one.policy_version for one in mary.consents] == ["2"]
    assert john is not None
    assert [one.policy_version for one in john.consents] == ["1"]


def test_an_application_that_saves_under_a_new_policy_vouches_again(store: CallerStore) -> None:
    for policy in ("1", "2", "2"):
        store.save(a_voiceprint("john"), policy_version=policy)
    store.save(a_voiceprint("john"))
    caller = store.get("john")
    assert caller is not None
    assert [(one.policy_version, one.evidence) for one in caller.consents] == [
        ("1", ConsentEvidence.APPLICATION),
        ("2", ConsentEvidence.APPLICATION),
    ]
    consent = caller.consent(Purpose.VOICEPRINT)
    assert consent is not None
    assert consent.policy_version == "2"


def test_an_application_does_not_vouch_for_what_a_caller_agreed_to_in_a_call(store: CallerStore) -> None:
    caller = store.put(a_caller(), expected_version=0)
    store.save(a_voiceprint("caller_a", 5), policy_version="2")
    read = store.get("caller_a")
    assert read is not None
    assert read.consents == caller.consents


def test_a_limit_below_one_is_refused_for_one_save_too(store: CallerStore) -> None:
    with pytest.raises(SettingsError, match="max_voiceprints=0"):
        store.save(a_voiceprint("john"), max_voiceprints=0)
    assert store.count() == 0


def test_save_replaces_a_voiceprint_with_the_same_id(store: CallerStore) -> None:
    store.save(a_voiceprint("john", 1, voiceprint_id="vp_1"))
    store.save(a_voiceprint("john", 2, voiceprint_id="vp_2"))
    store.save(a_voiceprint("john", 3, voiceprint_id="vp_1"))
    found = store.get_all()
    assert [one.voiceprint_id for one in found] == ["vp_1", "vp_2"]
    np.testing.assert_array_equal(found[0].embedding, a_voiceprint("john", 3).embedding)


def test_beyond_the_limit_the_oldest_voiceprint_goes(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec, max_voiceprints=2) as store:
        for number in range(4):
            store.save(a_voiceprint("john", number, voiceprint_id=f"vp_{number}"))
        assert [one.voiceprint_id for one in store.get_all()] == ["vp_2", "vp_3"]


def test_a_limit_below_one_is_refused(medium: Medium) -> None:
    with pytest.raises(SettingsError, match="max_voiceprints=0"):
        medium.open(max_voiceprints=0)


def test_get_all_puts_what_the_caller_knows_under_the_voiceprints_own(store: CallerStore) -> None:
    own = a_voiceprint("caller_a", metadata={"plan": "own", "device": "desk"})
    store.put(
        a_caller(metadata={"plan": "of caller", "city": "Graz"}, voiceprints=[own], last_seen=NOON),
        expected_version=0,
    )
    (found,) = store.get_all()
    assert found.metadata == {"plan": "own", "device": "desk", "city": "Graz"}
    assert found.last_seen == NOON.isoformat()


def test_what_get_all_returns_is_a_copy(store: CallerStore) -> None:
    store.save(a_voiceprint("john", metadata={"tags": ["a"]}))
    store.get_all()[0].metadata["tags"].append("b")
    assert store.get_all()[0].metadata == {"tags": ["a"]}


def test_saving_a_voiceprint_seen_later_brings_the_caller_forward(store: CallerStore) -> None:
    store.put(a_caller(last_seen=NOON), expected_version=0)
    for seen in ((NOON + timedelta(hours=2)).isoformat(), NOON.isoformat(), "not a time"):
        store.save(a_voiceprint("caller_a", voiceprint_id="vp", last_seen=seen))
    read = store.get("caller_a")
    assert read is not None
    assert read.last_seen == NOON + timedelta(hours=2)
