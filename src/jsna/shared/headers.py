"""What a header says: its words, and a name and a description made of them."""

from __future__ import annotations

import re
from typing import Final

#: What may stand in a header between words, and where a word begins by its capital.
_APART: Final = re.compile(r"[^A-Za-z0-9]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?<!\b[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def words(header: str) -> list[str]:
    """The words of a header in small letters: `date, of, referral` of `DateOfReferral`."""
    return [word.lower() for word in _HUMP.sub(" ", _APART.sub(" ", header)).split()]


def field(header: str) -> str:
    """A name for the column: `date_of_referral`."""
    return "_".join(words(header))


def sentence(header: str) -> str:
    """A description of the column: `Date of referral.`, `SEN support hours.`, `RAG.`"""
    whole = _HUMP.sub(" ", _APART.sub(" ", header)).split()
    # Where all of it is in capitals, they say nothing of a word, unless it is as short as one.
    loud = len(whole) > 1 and header.upper() == header
    text = " ".join(word if _abbreviates(word) and not loud else word.lower() for word in whole)
    return f"{text[:1].upper()}{text[1:]}."


def _abbreviates(word: str) -> bool:
    return len(word) < 5 and word.isalpha() and word[1:] != word[1:].lower()
