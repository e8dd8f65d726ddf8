"""The languages in which callers are asked, one package each."""

from __future__ import annotations

__all__ = ["LANGUAGES"]

LANGUAGES = ("en", "de", "es", "fr")
