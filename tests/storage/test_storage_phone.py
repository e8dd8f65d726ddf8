"""Keyed hashes of phone numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opusagent_voiceprint.storage import PhoneHasher, normalise_number

HASHER = PhoneHasher(bytes(range(32)))


@pytest.mark.parametrize(
    "spelling",
    [
        "+431234567",
        "+43 1 234 567",
        "+43-1-234-567",
        "+43 (1) 234.567",
        "0043 1 234567",
        "tel:+43-1-234567",
        "TEL:+431234567;ext=9",
        "sip:+431234567@carrier.example",
        "sips:+431234567;phone-context=x@carrier.example;user=phone",
        "<sip:%2B431234567@10.0.0.1:5060>",
        "  +43\u00a01\u2011234567 ",
    ],
)
def test_all_spellings_of_a_number_have_one_link(spelling: str) -> None:
    assert HASHER.link(spelling) == HASHER.link("+431234567") is not None


@pytest.mark.parametrize(
    "withheld",
    [
        None, "", "  ", "anonymous", "Anonymous", "ANONYMOUS", "unknown", "Restricted", "unavailable",
        "private", "+266696687", "266696687", "00266696687", "+7378742833", "+8656696",
        "sip:anonymous@anonymous.invalid", "tel:", "+", "client:alice", "1", "+" + "1" * 30, "555-CALL-NOW",
    ],
)  # fmt: skip
def test_a_withheld_number_has_no_link(withheld: str | None) -> None:
    assert HASHER.link(withheld) is None


@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"))
def test_normalising_twice_changes_nothing(number: str) -> None:
    normal = normalise_number(number)
    assert normalise_number(normal) == normal


def test_a_link_gives_nothing_away() -> None:
    link = HASHER.link("+431234567")
    assert link is not None
    assert len(bytes.fromhex(link)) == 32
    assert "1234567" not in link


def test_links_differ_by_number_and_by_key() -> None:
    assert HASHER.link("+431234567") != HASHER.link("+431234568")
    assert HASHER.link("+431234567") != PhoneHasher(bytes(32)).link("+431234567")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        PhoneHasher(b"short")
