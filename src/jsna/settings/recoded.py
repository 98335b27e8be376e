"""Authorities and districts whose code changed while their place did not.

They are listed, with the source, in `config/recoded.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from jsna.model.base import PlaceCode, Strict, Words
from jsna.settings.reading import read


class Recoded(Strict):
    """A change of code: `former` was valid until the day before `since`, `code` from then on."""

    code: PlaceCode
    former: PlaceCode
    since: date
    name: Words


class RecodedFile(Strict):
    """`recoded.yaml`: every change."""

    recoded: tuple[Recoded, ...]


#: Where the changes are listed, with their source.
FILE: Final = "config/recoded.yaml"


def _read() -> tuple[Recoded, ...]:
    """The list beside this code: it is the same for every edition."""
    return read(Path(__file__).parents[3] / FILE, RecodedFile).recoded


RECODED: Final = _read()
_LATEST: Final = {change.former: change.code for change in RECODED}


def latest(code: str) -> str:
    """The code a place goes by today; the code itself where it did not change."""
    while code in _LATEST:
        code = _LATEST[code]
    return code


def every(code: str) -> tuple[str, ...]:
    """Every code a place has or had, the given one first."""
    today = latest(code)
    return (code, *sorted(c for c in {today, *_LATEST} if latest(c) == today and c != code))


def known_as(codes: Iterable[str]) -> dict[str, str]:
    """Any code of some places -> the one it is given by here."""
    return {other: code for code in codes for other in reversed(every(code))}
