"""How callers ask, unasked, to be remembered in German, and what only sounds like it.

All patterns search one prepared sentence without fillers, as those of a withdrawal do (:mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.languages.de.withdrawal_words import vocabulary
from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["no_requests_after", "requests"]

_REQUESTS = r"""
    ^<opening><demand>
    \bich habe es mir anders uberlegt (?:und |also |jetzt )?<demand>
    \b(?:konnen|konnten|kannst|konntest|konnt|wurden|wurdest) (?:sie|du|ihr)(?: sich| dir)? <soft>(?:<stored>
    |<known>)
    \b(?:will|mochte|mocht|wunsche|hatte gern|wurde gern|bitte) (?:\w+ ){0,2}?dass (?:sie|du
    |ihr) (?:sich |dir )?<soft>(?:<stored>|<known>)
    \b(?:will|mochte|mocht|wurde gern|wunsche) <soft>(?:(?:wieder ?)?erkannt|gespeichert) werden\b<not_as>
    \b(?:will|mochte|mocht|wurde gern) <soft><voice> <soft><store>\b
    \b(?:will|mochte|mocht|hatte gern|hatte
    |wunsche mir) (?:auch |gern )*(?:so )?ein(?:en)? (?:eigenes |eigenen )?<voice_thing>\b(?! <unwanted>)
    \b(?:will|mochte|mocht|hatte gern|hatte) <soft><voice> <soft>(?:gespeichert|hinterlegt|registriert)\b
    \b(?:kann|konnte|darf|durfte) ich (?:mich )?<soft>(?:<voice> <soft><store>|(?:fur|bei
    |zu) (?:der |die )?<voice_thing> <join>)
    \b(?:will|mochte|mocht|wurde) (?:ich )?mich <soft>(?:fur|bei|zu) (?:der |die |das )?<voice_thing> <join>
    \bwie (?:kann|konnte) ich (?:mich )?<soft>(?:<voice> <soft><store>|(?:fur|bei
    |zu) (?:der |die )?<voice_thing> <join>)
    \b(?:ware|fande) (?:\w+ ){0,3}?wenn (?:sie|du|ihr) (?:sich |dir )?<soft>(?:<stored>|<known>)
    \blassen sie mich <soft><voice> <soft><store>\b
    \bbitte <voice> <soft><store>\b|^<opening><voice> <soft><store>$
    |^<opening>ein(?:en)? <voice_thing> (?:von mir )?(?:anlegen|erstellen)\b
"""
_DEMAND = r"""
    (?:merken sie sich|merk dir|merke dir) <soft>(?:<voice>(?! (?:ist|klingt)\b)|mich
    |wer ich bin)\b<not_negated>(?! \?)<not_as>
    (?:speichern sie|speichere?) mich(?: ein| ab)?$|(?:richten sie|richte?) <soft><voice_of_all> <soft>ein\b
    (?:speichern sie|speichere?|hinterlegen sie|registrieren sie|behalten sie
    |behalte?) (?:sich )?<soft><voice><not_negated>(?! \?)
    (?:legen sie|leg) <soft>ein(?:en)? <voice_thing> (?:\w+ ){0,3}?an\b
    (?:erstellen sie|erstelle?|machen sie|mach) <soft>(?:ein|einen) <voice_thing>(?! \?)
    (?:erkennen sie|erkenne?) mich <soft><next_time>(?: \w+){0,2}?(?: wieder)?\b<not_negated>(?! \?)<not_as>
    (?:erinnern sie sich|erinnere? dich) <next_time> an mich\b
    (?:begrussen sie|begrusse) mich <soft><next_time>\b
    (?:melden sie|melde|tragen sie) mich <soft>(?:fur|bei|zu|in) (?:der |die |das )?<voice_thing> (?:an|ein)\b
    (?:sie durfen|du darfst|sie konnen|du kannst) (?:sich )?<soft><voice> <soft><store>
"""
_STORED = r"""
    <voice> <soft><store>\b
    ein(?:en)? <voice_thing> (?:\w+ ){0,3}?(?:anlegen|erstellen|machen|speichern)\b
"""
_KNOWN = r"""
    mich <soft>(?:merken|einspeichern)\b
    mich <soft><next_time> (?:\w+ ){0,2}?(?:wieder ?)?(?:erkennen|begrussen)\b<not_as>
    mich wieder ?erkennen\b(?! \?)
    <next_time> (?:\w+ ){0,2}?(?:an mich erinnern|mich (?:wieder ?)?erkennen)\b
    an meiner stimme (?:wieder ?)?erkennen
"""
_NEXT_TIME = r"""
    (?:beim|fur(?:s| das)|das|zum) nachste[nsm]? (?:mal|anruf)|nachstes mal|kunftig|in zukunft|ab jetzt
    |von nun an
    wenn ich (?:wieder|nochmal|das nachste mal) (?:anrufe|anruf)|bei (?:meinem|einem) nachsten anruf
"""
_NO_REQUESTS_AFTER = r"""
    \b(?:nicht|nie|niemals|niemand|ohne|statt|aufhoren|warum|wieso|weshalb|was|ob|wenn|falls|wann|bevor
    |nachdem|bis|ausser|haben|hat|hast|hoffe|denke|glaube|glaubte|gesagt|sagte|sagt|sagen|gefragt|kein|keine
    |nur) (?:\w+ )?$
    \b(?:warum|wieso|ob|wann|was|wer|welche) (?:\w+ ){0,3}$
    \b(?:nie|nicht|niemals) (?:\w+ ){0,3}$
"""


def requests() -> tuple[re.Pattern[str], ...]:
    """The patterns of a request; each is searched in one sentence."""
    names = vocabulary()
    names["soft"] = (
        r"(?:(?:mir|auch|immer|gern|bitte|jetzt|dann|vielleicht|vorher|noch|fur|das|nachste|mal|beim|nachsten|heute"
        r"|schon|wieder|kunftig|sich|dir) ){0,5}"
    )
    names["voice_of_all"] = f"(?:(?:ein|eine|die|das) )?{names['voice_thing']}"
    names["not_as"] = r"(?! (?:als|aus|von|unter|mit)\b)"
    names["voice"] = f"(?:{names['thing']}|{names['my_voice']})"
    names["store"] = (
        r"(?:ab|ein)?(?:speichern|merken|hinterlegen|registrieren|behalten|aufnehmen|anlegen|sichern)"
    )
    names["join"] = "(?:anmelden|registrieren|eintragen|einschreiben)"
    names["unwanted"] = rf"(?:\w+ )?(?:{names['erased']}|nicht)"
    for name, text in (
        ("next_time", _NEXT_TIME),
        ("stored", _STORED),
        ("known", _KNOWN),
        ("demand", _DEMAND),
    ):
        names[name] = alternatives(spelt_alike(text), names)
    return compiled(spelt_alike(_REQUESTS), names)


def no_requests_after() -> re.Pattern[str]:
    """Words before a find that make no request of it: "warum merken Sie sich meine Stimme"."""
    return re.compile(alternatives(spelt_alike(_NO_REQUESTS_AFTER)))
