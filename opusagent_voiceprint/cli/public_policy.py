"""The public retention policy, in words and in figures, from the live settings."""

from __future__ import annotations

import textwrap
from typing import Any, Final

from opusagent_voiceprint.memory.notes import MemoryLimits
from opusagent_voiceprint.policies import IdentifyScope
from opusagent_voiceprint.settings import VoiceFingerprintConfig, speaks_of_itself

__all__ = ["figures", "public_policy"]

_WIDTH: Final = 100

_LOOKED_AT: Final[dict[IdentifyScope, str]] = {
    "everyone": "The voice of every caller is compared with the stored voiceprints, from the beginning of "
    "the call.",
    "known_numbers": "Voices are compared with the stored voiceprints only on calls from a telephone number "
    "that is linked to a caller who agreed; there, that of whoever speaks.",
    "on_request": "No voice is compared with the stored voiceprints before the caller says yes on that call.",
}


def figures(settings: VoiceFingerprintConfig) -> dict[str, Any]:
    """What the public policy rests on: the settings, and the profile they are held to."""
    profile, limits = settings.jurisdiction, MemoryLimits()
    return {
        "organization": settings.organization,
        "enabled": settings.enabled,
        "policy": profile.name,
        "law": profile.law,
        "policy_version": settings.policy_version,
        "dpia_reference": settings.dpia_reference,
        "written_release": profile.written_release,
        "identify_scope": settings.identify_scope,
        "identify_scopes_allowed": list(profile.scopes),
        "retention_days": settings.retention_days,
        "longest_retention_days": profile.longest_retention_days,
        "longest_retention_days_because": profile.why_retention,
        "refusal_days": settings.refusal_days,
        "callers_are_asked": settings.consent_enabled,
        "enrollment_seconds": settings.enrollment_duration,
        "max_voiceprints_per_caller": settings.max_voiceprints_per_caller,
        "later_calls_add_voiceprints": settings.progressive_enrollment,
        "max_summaries": limits.summaries,
        "max_facts": limits.facts,
        "encrypted": _encrypted(settings),
    }


def public_policy(settings: VoiceFingerprintConfig) -> str:
    """The policy for publication, in English: headings and paragraphs of plain text.

    It says what the settings have the package do. Whatever else is done with what callers say is not in it.
    """
    sections = {
        "Who": _who(settings),
        "What is stored": _stored(settings),
        "What is never stored": [
            "No recording: sound is held in memory while the call lasts, and dropped with it.",
            "Nothing of the voice of anybody who did not agree.",
            "No telephone number: only a keyed code in place of it.",
            "Nothing about emotion, age, sex, ethnicity, health or truthfulness is worked out from a voice.",
        ],
        "What it is for": [
            "A voiceprint serves one purpose: recognising the caller on another call, and greeting them.",
            "Being recognised is no proof of identity.",
            _LOOKED_AT[settings.identify_scope],
            "What is worked out from a voice in order to compare it is held in memory only, unless the "
            "caller agrees to a voiceprint, and is dropped at the end of the call at the latest.",
        ],
        "How long": _how_long(settings),
        "How to have it deleted": [
            "By saying 'forget my voice' or 'delete my data' at any time on any call. Who is recognised on "
            "that call is deleted at once, with everything that is kept about them.",
            "Who is not recognised: nobody is recognised on calls from that telephone number any more, and a "
            "person reviews the request.",
            "Callers can ask what is kept about them, and get a copy.",
        ],
        "It is optional": _optional(settings),
    }
    if extra := [*settings.jurisdiction.published, *_references(settings)]:
        held_to = [f"Held to: {settings.jurisdiction.law}."] if settings.jurisdiction.published else []
        sections["The law"] = [*held_to, *extra]
    paragraphs = ["Voiceprints: what is kept, and for how long"]
    for heading, sentences in sections.items():
        paragraphs.append(heading.upper())
        paragraphs.extend(textwrap.fill(each, _WIDTH, subsequent_indent="  ") for each in sentences)
    return "\n".join(_spaced(paragraphs)) + "\n"


def _who(settings: VoiceFingerprintConfig) -> list[str]:
    itself = speaks_of_itself(settings.organization)
    who = "We answer these calls" if itself else f"{settings.organization} answers these calls"
    if not settings.enabled:
        return [f"{who}. Recognition by voice is switched off: no voice is compared, and none is stored."]
    return [
        f"{who}, and can recognise callers by their voice if they agree to it.",
        f"This is version {settings.policy_version} of the policy. Who agreed to another version is not "
        "recognised before agreeing to this one.",
    ]


def _stored(settings: VoiceFingerprintConfig) -> list[str]:
    most = settings.max_voiceprints_per_caller
    several = (
        f"Up to {most} are kept of each caller, and later calls may add to the first."
        if settings.progressive_enrollment and most > 1
        else f"No more than {most} {'is' if most == 1 else 'are'} kept of each caller."
    )
    limits = MemoryLimits()
    sealed = (
        "All of this is encrypted where it is stored."
        if _encrypted(settings)
        else "None of this is encrypted where it is stored."
    )
    return [
        "Of a caller who agreed: a voiceprint, which is a row of numbers worked out from how they sound. It "
        f"is biometric data. It takes {settings.enrollment_duration:g} seconds of speech. {several}",
        "With it: the name that the caller gave, languages, when the caller first and last called, which "
        "calls the voiceprints come from, a code in place of the telephone number, and the proof of the "
        "consent, which holds the words of the answer.",
        "Under the same code: on how many calls in a row nobody who agreed was recognised, and when that "
        "was. It deletes itself.",
        f"If the caller agrees to that as well: short notes of what the calls were about, of up to "
        f"{limits.summaries} calls, and up to {limits.facts} things that the caller said.",
        sealed,
    ]


def _how_long(settings: VoiceFingerprintConfig) -> list[str]:
    days = settings.retention_days
    return [
        f"A caller who was not recognised on any call for {days} {'day' if days == 1 else 'days'} is "
        "deleted, with everything that is kept about them, without having to ask. An older voiceprint is "
        "never compared, even if deleting it should be delayed: by up to a week, where a machine sleeps or "
        "its clock may be wrong.",
    ]


def _optional(settings: VoiceFingerprintConfig) -> list[str]:
    days = settings.refusal_days
    asked = (
        "Callers are asked once on a call at most, and only a clear yes counts."
        if settings.consent_enabled
        else "Callers are not asked on calls: those who agree do so elsewhere."
    )
    return [
        f"{asked} Without a yes nothing else changes.",
        f"A no is remembered for {days} {'day' if days == 1 else 'days'}, and a 'never' without end, by a "
        "code in place of the telephone number and nothing of the voice.",
    ]


def _references(settings: VoiceFingerprintConfig) -> list[str]:
    if not settings.dpia_reference:
        return []
    return [f"The data protection impact assessment is {settings.dpia_reference}."]


def _encrypted(settings: VoiceFingerprintConfig) -> bool:
    return settings.encryption_key is not None or bool(settings.encryption_key_file)


def _spaced(paragraphs: list[str]) -> list[str]:
    """With an empty line before each heading."""
    spaced: list[str] = []
    for each in paragraphs:
        spaced.extend(["", each] if each.isupper() else [each])
    return spaced
