"""How names, days and numbers go wrong when somebody writes them down: for any invented record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jsna.synthetic.draws import Bools, Days, Floats, Ints, Labels

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Days a date of birth is out by, where day and month are not changed over.
_DAYS_OUT = (-10, -1, 1, 10, 30, 365)
WAYS_OUT = len(_DAYS_OUT)


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each thing is wrong in a record, on average.

    Attributes:
        typed: a name mistyped.
        nickname: a short form of the forename.
        surname: another surname altogether.
        born: a wrong date of birth.
        moved: another postcode.
        missing, invalid: the number is missing, or fails its check.
        slope: how many times as often in the poorest fifth as in the richest.
    """

    typed: float = 0.03
    nickname: float = 0.03
    surname: float = 0.02
    born: float = 0.01
    moved: float = 0.08
    missing: float = 0.10
    invalid: float = 0.01
    slope: float = 3.3


def burden(fifth: Ints, slope: float) -> Floats:
    """How much more often than on average each goes wrong, by fifth: 1 the poorest, to 5."""
    steps = np.linspace(slope, 1.0, 5)
    found: Floats = (steps / steps.mean())[fifth - 1]
    return found


def mistyped(rng: np.random.Generator, name: str) -> str:
    """A name with a letter dropped, doubled, changed or exchanged with the next."""
    at = int(rng.integers(0, max(len(name) - 1, 1)))
    letter = _LETTERS[int(rng.integers(0, 26))]
    return (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
    )[int(rng.integers(0, 4))]


def misdated(rng: np.random.Generator, born: Days) -> Days:
    """Dates of birth with day and month changed over where that is a day, else some days out."""
    out = rng.integers(0, len(_DAYS_OUT), len(born))
    return slipped(born, out, rng.random(len(born)))


def slipped(born: Days, out: Ints, luck: Floats) -> Days:
    """Wrong dates of birth, given what was drawn for each.

    Args:
        born: the true ones.
        out: whole numbers below `WAYS_OUT`: by how many days, if by days.
        luck: from 0 to 1: below a half day and month change over, where that is a day.
    """
    months = born.astype("datetime64[M]")
    day = (born.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = months.astype(np.int64) % 12 + 1
    years = born.astype("datetime64[Y]").astype("datetime64[M]")
    turned = (years + (day - 1) % 12).astype("datetime64[D]") + (month - 1)
    turns: Bools = (day <= 12) & (day != month) & (luck < 0.5)
    other: Days = born + np.array(_DAYS_OUT)[out]
    return np.where(turns, turned, other)


def wrong_digit(numbers: Labels) -> Labels:
    """Numbers whose last digit is one too high, so that their check fails."""
    return np.array([f"{text[:-1]}{(int(text[-1]) + 1) % 10}" for text in numbers], dtype=object)
