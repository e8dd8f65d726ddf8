"""One spelling for French words: accents go, elisions are written out, with or without an apostrophe."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.patterns import without_accents

__all__ = ["spelt_alike"]

# Written without its apostrophe an elision is known by the word behind it; "mai" and "lai" are words.
_AFTER_ANY = r"""
    accepte|accepterai|accepterais|autorise|aimerais|appelle|appelles|appeler|appelez|arrete|efface|effacez
    effacer|effacement|effaces|effacent|effaciez|oublie|oublies|oubliez|oublier|oubli|oubliiez|exige|empreinte
    empreintes|enregistrement|enregistrer|enregistrez|enregistre|enregistriez|identifier|identifiez|identifie
    identifiiez|analysez|analyser|annule|accord|autorisation|identification|inscription|inscrire|inscrivez
    enleve|enlever|enlevez|elimine|eliminez|eliminer|utilise|utiliser|utilisez|interesse|avoir|avez|etre|etes
    etais|etait|avait|entends|entendu|espere|ecoute|hesite|insiste|habite|objecte|ambulance|assistante
    assistant|abonnement|appel|autre|autres|option|abandonne|incendie|avocat|aime|aidez|aide
    avis|exerce|oppose|instant|agit|expliquer|expliquez|interprete|interesses|arrive|eteins|etaient|organisme
"""
_WORDS = "|".join(line.strip() for line in _AFTER_ANY.strip().splitlines())
_FULL = {"j": "je ", "l": "le ", "d": "de ", "m": "me ", "n": "ne ", "s": "se ", "t": "te ", "c": "ce "}
_ELIDED = re.compile(rf"\b(?:([jldmnst])'|([jldmn])(?=(?:{_WORDS})\b)|([jn])(?=(?:ai|y|en|est)\b))")

_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"\bs ?'? ?il (?:vous|te) pla(?:it|is|iz)\b|\bstp\b|\bsiouplait\b", "svp"),
    (r"\baujourd ?'?hui\b", "aujourdhui"),
    (r"\bquelqu ?'?un\b", "quelquun"),
    (r"\b(jusqu|lorsqu|puisqu)'", r"\1e "),
    (r"\bqu ?'? ?est ce qu(?:e |i |')|\bquest ce qu(?:e |i )", "quest ce que "),
    (r"\bqu ?'? ?est ce\b", "quest ce"),
    (r"\best ce qu(?:e |')", "est ce que "),
    (r"\bqu'", "que "),
    (r"\bqu(?=(?:il|on|un|une|elles)\b)", "que "),
    (r"\bc ?'? ?(est|etait)\b", r"c\1"),
    (r"\bt'(?=(?:es|as|avais|aurais|etais)\b)", "tu "),
    (r"\bch'?(?:u|ui|uis)\b", "je suis"),
    (r"\b(?:chais|che|j'?sais|jsais) pas\b", "je sais pas"),
    (r"\bj'?(?=(?:veux|suis|voudrais|refuse|prefere|peux|dis|donne|consens|souhaite)\b)", "je "),
    (r"\bn'?(?=(?:veux|veut|voulez|voudrais|souhaite|suis|peux|crois|pense)\b)", "ne "),
    (r"\bsagit\b", "se agit"),
    (r"\bmen\b", "me en"),
    (r"\b(?:pt'?etre|p'tet|ptet)\b", "peut etre"),
)
_ALIKE: tuple[tuple[str, str], ...] = (
    (r"\b(?:ok|okey|oke|okay|okee|oki)\b", "okay"),
    (r"\b(?:en ?preintes?|empreinte?s?) (?:vocales?|vocaux|vocal|de (?:la )?voix)\b", "empreinte vocale"),
    (
        r"\b(?:voice ?prints?|signatures? vocales?|gabarits? vocau?x?l?|biometrie vocale)\b",
        "empreinte vocale",
    ),
    (r"\b(ma|la|votre) voie?\b(?! (?:\w+ )?(?:libre|express|ferree|rapide))", r"\1 voix"),
    (r"\b(veux|souhaite|accepte|consens|suis|reconnaissez|utilisez|gardez) pus?\b", r"\1 plus"),
    (r"\bde accord\b", "daccord"),
    (r"\bce est\b", "cest"),
    (r"\brendez vous\b", "rendezvous"),
    (r"\by'?a\b", "y a"),
)


def _compiled(table: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(found), written) for found, written in table)


_BEFORE, _AFTER = _compiled(_SPELLINGS), _compiled(_ALIKE)


def spelt_alike(words: str) -> str:
    """The words without accents and elisions: "j'accepte" and "jaccepte" are "je accepte"."""
    words = without_accents(words.replace("œ", "oe"))
    for found, written in _BEFORE:
        words = found.sub(written, words)
    words = _ELIDED.sub(lambda found: _FULL[found[1] or found[2] or found[3]], words)
    for found, written in _AFTER:
        words = found.sub(written, words)
    return words
