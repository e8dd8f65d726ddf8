"""Who the agent speaks for, as far as the settings say."""

from __future__ import annotations

__all__ = ["speaks_of_itself"]

# What an agent that speaks of itself, and names no organisation, is called in the settings.
_ITSELF = frozenset({"", "we", "us", "wir", "uns", "nosotros", "nosotras", "nous"})


def speaks_of_itself(organization: str) -> bool:
    """Whether ``VOICE_ORGANIZATION`` names nobody, but is "we" or the like, in whatever case."""
    return " ".join(organization.split()).lower() in _ITSELF
