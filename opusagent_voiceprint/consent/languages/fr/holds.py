"""How somebody asks the other to wait in French.

All patterns search prepared words without accents, "ne" and fillers (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.patterns import alternatives, compiled

__all__ = ["holds", "no_holds_after"]

_HOLDS = r"""
    ^(?:<lead> ){0,6}(?:une? |deux )?(?:petite? )?<moment>(?= (?:<while>)\b| \?|$)
    \b(?:attendez|attends|attendre|patientez|patiente|patienter|donnez moi|donne moi|laissez moi|laisse moi
        |accordez moi|besoin de|faut|prend|prendra|prendre|demande|auriez vous
        |avez vous)(?: \w+){0,2}? (?:une?|deux) (?:petite? )?<moment>\b
    ^(?:<lead> ){0,6}(?:attendez|attends|patientez|patiente)(?: (?:svp|voir|la|ici|moi|un peu|donc
        |merci))*(?: \?)*$
    \b(?:attendez|attends) (?:moi|un peu)\b|\b(?:merci de|veuillez
        |puis je vous demander de) (?:bien vouloir )?(?:patienter|rester|attendre)\b
    \bquittez pas\b|\bquitte pas\b|\braccroche(?:z|) pas\b|\bcoupez pas\b
    \b(?:restez|reste|rester) (?:bien )?en ligne\b|\bgardez la ligne\b
    \b(?:vous|te) (?:mets|met|mettre|place|placer) (?:un instant |quelques instants )?en attente\b
    \b(?:vous|te) (?:passe|transfere|mets en relation)(?: (?:avec|au|vers|une? (?:collegue|conseill\w+
        |technicien\w*
        |responsable)|(?:le|la|mon|ma) (?:service|collegue|responsable|standard|comptabilite
        |conseill\w+))\b|$)
    \b(?:je )?(?:reviens|suis a vous|suis de retour) (?:tout de suite|de suite|vers vous|dans (?:un|une
        |deux|quelques) <moment>)\b
    \b(?:le temps|pendant) que je (?:\w+ )?(?:regarde|verifie|cherche|consulte|trouve|demande|ouvre)\b
    \ble temps de (?:\w+ )?(?:regarder|verifier|chercher|consulter|trouver)\b
    \b(?:laissez|laisse) moi (?:\w+ )?(?:regarder|verifier|chercher|consulter|voir (?:ca|cela))\b
    \b(?:quelquun|on|le facteur|le livreur) (?:sonne|frappe|est)(?: \w+)? (?:a|devant) (?:la|ma) porte\b
        |\bca sonne a la porte\b
    ^on sonne$|\bfais patienter\b|\bje (?:regarde|verifie|cherche)(?: \w+)? tout de suite\b
"""


def _vocabulary() -> dict[str, str]:
    return {
        "lead": alternatives("""
            okay|oui|non|alors|pardon|excusez moi|desolee?|je suis desolee?|daccord|bien|bien sur|oh|ah
        |attendez
            attends|mais|tres bien|svp|une?|vous pouvez|pouvez vous|tu peux|peux tu|merci|je vous prie|encore
        """),
        "moment": r"(?:instants?|moments?|secondes?|minutes?|petit instant|ti moment)",
        "while": (
            "(?:svp|je|que|le temps|on|quelquun|il|madame|monsieur|merci|ca|pendant|voir|la"
            "|pour que|pour verifier|a)"
        ),
    }


def holds() -> tuple[re.Pattern[str], ...]:
    """What asks the other to wait."""
    return compiled(_HOLDS, _vocabulary())


def no_holds_after() -> re.Pattern[str]:
    """What, before words that ask to wait, makes a report or a complaint of them; ends in ``$``."""
    return re.compile(
        r"\b(?:pas|jamais|pour le|pour|depuis|il y a|ca fait|au bout de|du|dois|devoir|du mal a|marre de|fait"
        r"|dit de|demande de|avoir|combien de temps) $"
    )
