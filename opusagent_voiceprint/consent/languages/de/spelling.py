"""One spelling for German words: umlauts are written in three ways, and recognisers use all of them."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.patterns import without_accents

__all__ = ["spelt_alike"]

# "loeschen", but "neue", "Frauen" and "Quelle" hold no umlaut.
_UMLAUT = re.compile("(?:a|o|(?<![aeoq])u)e")


def spelt_alike(text: str) -> str:
    """The text with "löschen", "loeschen" and "loschen" all as "loschen"; patterns stay patterns.

    A pattern must not split a word before the "e" of an umlaut: "zu(?:er)st" is left as it is, the word is
    not.
    """
    bare = without_accents(text.replace("ß", "ss"))
    return _UMLAUT.sub(lambda found: found[0][0], bare)
