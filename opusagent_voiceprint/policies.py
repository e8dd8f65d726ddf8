"""The jurisdiction profiles of ``VOICE_POLICY``: what each law has the settings keep to. Not legal advice.

A profile holds the settings within what a law allows, asks for the references that the law wants written, and
says in the public retention policy what it wants said. It replaces no lawyer, and no other duty of whoever
uses it. Where a law names a figure, the profile has it; where it names none, the figure is ours and is said
to be.

**Before a voice is looked at.** Three of the four laws want a consent before a voiceprint is made, and do not
ask whether it is kept. Under ``everyone`` the voice of every caller becomes an embedding, and under
``known_numbers`` that of whoever calls from an enrolled caller's number: of another member of the household
as well, who was never asked. Only under ``on_request`` does a yes of the caller on the same call come first;
its price is that a returning caller is recognised after saying yes on each call, and not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

__all__ = ["DAYS_FOR_ERASING", "POLICIES", "IdentifyScope", "Policy", "PolicyName"]

IdentifyScope = Literal["everyone", "known_numbers", "on_request"]
PolicyName = Literal["default", "eu", "us-il", "us-tx", "us-ca"]

DAYS_FOR_ERASING: Final = 7
"""Off a law's period. A purge comes once an hour, and is held for three days where the clock may be wrong.

Those are days of a machine that is awake: a process that slept cannot tell that from a clock that was moved.
Where it is awake for 12 hours of each day they are over in under seven; where nothing but ``retention run``
runs, once a day, in five. Where less runs, ``VOICE_RETENTION_DAYS`` has to be shorter.
"""

_CONSENT_FIRST: Final = (
    "the law wants a consent before a voice is looked at, and another scope looks at voices of people who "
    "were not asked"
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What one profile asks of the settings.

    ``scopes`` are the allowed values of ``VOICE_IDENTIFY_SCOPE``, the profile's default first;
    ``longest_retention_days`` is the most that ``VOICE_RETENTION_DAYS`` may be; ``required`` are settings
    that may not be left at their defaults, with the reason. With ``written_release`` nobody is asked or
    enrolled in a call without a reference to a release (hook ``voiceprint_written_release``), and nobody
    matched whose consent has none. ``published`` are sentences of the public retention policy.
    """

    name: PolicyName
    law: str
    scopes: tuple[IdentifyScope, ...]
    why_scopes: str
    longest_retention_days: int
    why_retention: str
    required: tuple[tuple[str, str], ...] = ()
    written_release: bool = False
    published: tuple[str, ...] = ()


def _named(why: str) -> tuple[str, str]:
    return "organization", f"{why}; name your organisation"


_DEFAULT: Final = Policy(
    name="default",
    law="none in particular",
    scopes=("everyone", "known_numbers", "on_request"),
    why_scopes="",
    longest_retention_days=3650,
    why_retention="ours",
)
"""No law in particular: what the settings allow by themselves."""

_EU: Final = Policy(
    name="eu",
    law="GDPR Art. 5(1)(e), 9 and 35",
    scopes=("on_request",),
    why_scopes=_CONSENT_FIRST,
    longest_retention_days=365,
    why_retention="data may be kept no longer than the purpose needs (Art. 5(1)(e)); a year without a call "
    "is our figure, the law names none",
    required=(
        (
            "dpia_reference",
            "an impact assessment has to be made before biometric data are processed on a large scale "
            "(Art. 35); name it, by its document number, say",
        ),
        _named("a consent is informed only if it says who the controller is"),
    ),
    published=(
        "The legal basis is the caller's explicit consent (Art. 9(2)(a) GDPR), which can be withdrawn at any "
        "time; what was done before remains lawful.",
        "Callers have the rights of access, rectification, erasure, restriction and portability (Art. 15 to "
        "20 GDPR), and may complain to a supervisory authority.",
        "A data protection impact assessment was made (Art. 35 GDPR).",
    ),
)
"""The European Union, and whoever applies its General Data Protection Regulation (EU) 2016/679.

Art. 9(1) forbids processing biometric data for uniquely identifying a person; of the exceptions only explicit
consent, 9(2)(a), fits here. Comparing a voice in order to find out whose it is, is such processing, of those
too who turn out to be nobody known: EDPB guidelines 02/2021 on virtual voice assistants (section on user
identification) and 3/2019 on video devices (section 5). Art. 35(3)(b): an impact assessment. Art. 5(1)(e):
storage limitation. Who the controller is belongs to the least that an informed consent needs: EDPB guidelines
05/2020, section 3.3.1.
"""

_ILLINOIS: Final = Policy(
    name="us-il",
    law="Biometric Information Privacy Act, 740 ILCS 14/15",
    scopes=("on_request",),
    why_scopes=_CONSENT_FIRST,
    longest_retention_days=3 * 365 - DAYS_FOR_ERASING,
    why_retention="voiceprints are destroyed within 3 years of the last interaction (740 ILCS 14/15(a)); "
    "a week is left for doing it, as a purge may be held for three days of a machine that is awake",
    written_release=True,
    required=(_named("the question has to say who collects the voiceprint, as the release does (14/15(b))"),),
    published=(
        "A voiceprint is made only of a caller who was told in writing what is collected, why and for how "
        "long, and who signed a written release before (740 ILCS 14/15(b)); the signature may be electronic.",
        "Voiceprints are destroyed for good when the purpose is satisfied, or within 3 years of the "
        "caller's last interaction, whichever is first (740 ILCS 14/15(a)).",
        "Voiceprints are not sold, leased or traded, and nobody profits from them in any other way.",
    ),
)
"""Illinois: the Biometric Information Privacy Act (BIPA), under which a voiceprint is a biometric identifier.

740 ILCS 14/15(a): a written policy, available to the public, with a retention schedule; destroyed when the
initial purpose has been satisfied or within 3 years of the individual's last interaction, whichever is first.
14/15(b): before collecting, informed in writing of what is collected, of the purpose and of the length of
term, and a written release received. Since Public Act 103-0769 (Senate Bill 2979, 2024) the release may bear
an electronic signature (14/10). A spoken yes is none: hence the reference to a release, obtained outside of
the call. Publishing what ``policy show`` prints, and erasing who is a customer no more, is up to whoever uses
the profile.
"""

_TEXAS: Final = Policy(
    name="us-tx",
    law="Texas Business and Commerce Code 503.001",
    scopes=("on_request",),
    why_scopes=_CONSENT_FIRST,
    longest_retention_days=365 - DAYS_FOR_ERASING,
    why_retention="voiceprints are destroyed within a reasonable time, and no later than a year after the "
    "purpose expires (503.001(c)(3)), which is reckoned from the last call here; "
    "a week is left for doing it, as a purge may be held for three days of a machine that is awake",
    required=(
        _named("a caller is informed (503.001(b)) only by a question that says who captures the voiceprint"),
    ),
    published=(
        "A voiceprint is made only of a caller who was informed and consented before (Texas Business and "
        "Commerce Code 503.001(b)).",
        "Voiceprints are not sold, leased or disclosed, but where 503.001(c)(1) allows it.",
    ),
)
"""Texas: capture or use of biometric identifiers, Business and Commerce Code section 503.001 (CUBI).

503.001(b): whoever captures a biometric identifier, a voiceprint for one, for a commercial purpose informs
the individual before and receives consent. (c)(3): destroyed within a reasonable time, not later than the
first anniversary of the date on which the purpose expires. When that is, the law does not say: the profile
takes the last call, the earliest date that can be meant.
"""

_CALIFORNIA: Final = Policy(
    name="us-ca",
    law="California Civil Code 1798.100 and 1798.121",
    scopes=("on_request", "known_numbers", "everyone"),
    why_scopes="",
    longest_retention_days=3 * 365,
    why_retention="sensitive personal information may be kept no longer than is reasonably necessary for the "
    "disclosed purpose (1798.100(a)(3)); three years without a call is our figure, the law names none",
    required=(
        _named("the question is the notice of the business that collects (1798.100(a)), so it says which"),
    ),
    published=(
        "A voiceprint is sensitive personal information (California Civil Code 1798.140). It is not sold or "
        "shared.",
        "It is used for recognising and greeting the caller only, and not for inferring anything about them; "
        "a caller may limit its use and disclosure (1798.121) by having it deleted.",
        "How long it is kept is disclosed here and in the question itself (1798.100(a)(3)).",
    ),
)
"""California: the Consumer Privacy Act of 2018 as amended by the Privacy Rights Act of 2020 (CPRA).

Civil Code 1798.140: biometric information processed to identify a consumer uniquely is sensitive personal
information. 1798.100(a): at or before collection consumers are told what is collected, for what purpose, and
(a)(3) for how long; it is kept no longer than reasonably necessary. 1798.121: the right to limit its use.
A notice, not a consent: so every scope is allowed. But before the question this package says nothing, so
``known_numbers`` and ``everyone`` need an announcement of yours at the start of the call, and the default is
``on_request``, where the question itself is the notice.
"""

POLICIES: Final[Mapping[PolicyName, Policy]] = MappingProxyType(
    {policy.name: policy for policy in (_DEFAULT, _EU, _ILLINOIS, _TEXAS, _CALIFORNIA)}
)
"""Every profile by its name."""
