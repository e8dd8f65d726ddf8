"""What is stored, and what the model and the host are given: these fields, and no label of a person."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from worlds import enroll, until, world

import opusagent_voiceprint
from opusagent_voiceprint.calls.assurance import Verification
from opusagent_voiceprint.models import Caller, Identification, Record, Voiceprint

NUMBER = "+4366412345678"

STORED = {
    "CallNotes": "summary facts",
    "CallSummary": "call_id at text",
    "Caller": "caller_id version name metadata created_at last_seen languages voiceprints phone_links memory "
    "consents",
    "ConsentRecord": "consent_id purpose decision evidence at policy_version wording_version wording_hash "
    "language channel call_id answer played_to_end covers_later_calls release_reference",
    "DoNotAsk": "subject until at why call_id",
    "Fact": "kind text call_id at",
    "LedgerEntry": "sequence previous on event subject purpose decided_on evidence policy_version "
    "wording_version wording_hash language channel played_to_end covers_later_calls commitment reason erased",
    "Memory": "summaries facts",
    "NumberFailures": "count last",
    "PurgeHold": "since retention_days waited seen doubted",
    "StoreSecret": "value",
    "Voiceprint": "caller_id embedding metadata created_at last_seen voiceprint_id encoder channel "
    "net_speech_seconds quality wide_embedding wide_encoder snr_db source call_id",
    "_Body": "revision callers notes",  # of a store of files of the first version
    "_Row": "version payload links",
    "_Note": "started source_revision spans",  # how far a migration has come
}
"""Every record, and all of its fields. ``metadata`` is the application's own, and empty in conversations."""

FOUND = "decision caller_id similarity margin net_speech_seconds quality candidates"

LABELS = re.compile(
    r"emotions?|moods?|sentiments?|arousal|valence|angry|happy|sad|stressed|genders?|sex|sexes|male|female"
    r"|ethnic|ethnicity|races?|racial|nationality|accents?|ages?|aged|elderly|health|healthy|illness|disability"
    r"|truthful|truthfulness|lie|lies|lying|deception|personality"
)
HARMLESS = {
    "_health",  # of a Redis server
    "without_accents",  # of letters
    "age",  # how a caller says of themselves that they are under age, in the grammars
}


def records(kind: type[Record]) -> Iterator[type[Record]]:
    for each in kind.__subclasses__():
        yield each
        yield from records(each)


def test_p24_the_fields_of_all_that_is_stored_are_these() -> None:
    for module in pkgutil.walk_packages(opusagent_voiceprint.__path__, "opusagent_voiceprint."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ours = {each for each in records(Record) if each.__module__.startswith("opusagent_voiceprint")}
    found = {each.__name__: " ".join(each.model_fields) for each in ours}
    found["Voiceprint"] = " ".join(Voiceprint.model_fields)
    assert found == STORED
    assert " ".join(Identification.model_fields) == FOUND


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys_of(each) for each in value.values()))
    return set().union(*(keys_of(each) for each in value)) if isinstance(value, (list, tuple)) else set()


async def test_p24_a_model_and_its_host_are_given_these_fields_and_no_others(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")))
            await call.caller_says("I like the blue lamps very much.")
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            answers = [await call.use_tool(f"voiceprint_{name}") for name in ("who_am_i", "enroll", "forget")]
            data = call.agent.context[0].text.split("<caller_memory>")[1].split("</caller_memory>")[0]
            handle = call.call.userdata["voiceprint"]
            handle.verify(call.session.caller_id, method="PIN", reference="the host's own")
            answers.append(await call.use_tool("voiceprint_who_am_i"))
            await until(call, lambda: len(call.agent.context) > 1)
            # In words only, and of all that the application gave, the method alone.
            assert "PIN" in call.agent.context[1].text
            assert not {"{", "}"} & set(call.agent.context[1].text)
            assert "the host's own" not in call.agent.context[1].text
            told = call.session.metadata, call.session.caller_metadata
        (caller,) = ours.callers
    assert keys_of(json.loads(data)) == {"earlier_calls", "days_ago", "about", "facts"}
    assert keys_of(answers) == {"status", "note"}
    assert keys_of(told[0]) == {"voiceprint", "decision", "net_speech_seconds", "latency_ms"}
    assert keys_of(told[1]) == {"name", "last_seen", "languages", "assurance"}
    assert told[1]["assurance"] == "verified"
    seen = {name for name in dir(handle) if not name.startswith("_")}
    assert seen == {"assurance", "caller_id", "verification", "verify", "require"}
    assert [each.name for each in fields(Verification)] == ["method", "reference"]
    names = " ".join(STORED[each] for each in ("Caller", "Voiceprint", "ConsentRecord", "Memory"))
    allowed = set(f"{names} {STORED['CallSummary']} {STORED['Fact']}".split())
    assert keys_of(caller.model_dump(mode="json")) <= allowed
    assert caller.metadata == caller.voiceprints[0].metadata == {}
    assert isinstance(caller, Caller)


def names_in(path: Path) -> Iterator[str]:
    """Identifiers, and strings of one word: what a field or a label is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for part in ("id", "attr", "name", "arg"):
            if isinstance(name := getattr(node, part, None), str):
                yield name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def test_p24_nothing_in_the_code_is_named_after_a_label_of_what_a_person_is() -> None:
    root = Path(opusagent_voiceprint.__file__).parent
    found = {
        name
        for path in root.rglob("*.py")
        for name in names_in(path)
        if any(LABELS.fullmatch(word) for word in re.findall(r"[a-z]+", name.lower()))
    }
    assert found <= HARMLESS, found
    assert LABELS.fullmatch("emotion")
