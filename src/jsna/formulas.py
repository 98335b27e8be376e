"""Text that a spreadsheet would take for a formula: the one rule, for every file that is written.

Source of what starts a formula: OWASP, CSV injection (equals, plus, minus, at, their full-width
forms, tab and line ends). Blanks and marks that are not seen may stand before it. A number with its
sign is a number.
"""

from __future__ import annotations

import re
from typing import Final

_STARTS: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
#: Put before such text; spreadsheets show it as text.
GUARD: Final = "'"
#: Characters that are not seen: blanks, zero widths, marks of direction and of order.
_UNSEEN: Final = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*")
#: A number with a sign, its thousands separated or not, or a percentage.
_AMOUNT: Final = re.compile(r"[+-]?[0-9][0-9., ]*%?")
_ENDS: Final = ("\t", "\r", "\n")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, or begin a cell or row with it."""
    seen = text[_length(text) :]
    if seen[:1] in _STARTS and not _AMOUNT.fullmatch(seen.strip()):
        return True
    return text.startswith(_ENDS)


def _length(text: str) -> int:
    """How many characters that are not seen a text begins with."""
    found = _UNSEEN.match(text)
    return found.end() if found else 0


def guarded(text: str) -> str:
    """The text led by an apostrophe where it may be taken for a formula.

    So is one that looks guarded already: `unguarded` gives every text back.
    """
    return GUARD + text if is_formula(text.lstrip(GUARD)) else text


def unguarded(text: str) -> str:
    """Text as it was before it was guarded."""
    return text[1:] if text.startswith(GUARD) and guarded(text[1:]) == text else text


def guarded_line(text: str) -> str:
    """The same of a text put on one line."""
    return guarded(" ".join(text.split()))
