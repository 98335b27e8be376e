"""Identifiers of invented children: of the right form, with valid check digits, and never real.

UPNs carry the area's three-digit code, which no authority has; NHS numbers begin with 999, or where
a million are too few with 9, which are never issued; postcodes lie in areas (ZZ, then ZY and so on
back to ZF) that do not exist. No two people have the same number, however many there are.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jsna.synthetic.draws import Bools, Ints, Labels

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
#: Letters of the UPN in the order of their value; I, O and S are not used.
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
#: Letters the end of a postcode may have.
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
POSTCODES_PER_SECTOR = len(_POSTCODE_LETTERS) ** 2
#: Sectors of one postcode area: of 99 districts, the first of which has nine.
_SECTORS = 990
#: Last letters of the areas; ZE is a real one.
_AREAS = "ZYXWVUTSRQPNMLKJHGF"
#: NHS numbers without their check digit: where they end, and how many millions were never issued.
_NHS_END, _NHS_MILLIONS, _NHS_OF_A_MILLION = 1_000_000_000, 100, 909_000


def _digits(numbers: Ints, width: int) -> Bytes:
    """Digits of each number, most significant first, shape (n, width)."""
    digits: Bytes = np.empty((len(numbers), width), dtype=np.uint8)
    left = numbers
    for place in range(width - 1, -1, -1):
        left, digits[:, place] = left // 10, left % 10
    return digits


def _weighed(digits: Bytes, weights: range) -> Ints:
    """Sum of the digits of each row times their weights."""
    total: Ints = np.zeros(len(digits), dtype=np.int64)
    for place, weight in enumerate(weights):
        total += digits[:, place].astype(np.int64) * weight
    return total


def text(characters: Bytes) -> pa.StringArray:
    """Rows of equally many ASCII characters, shape (n, width), as text."""
    count, width = characters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    data = np.ascontiguousarray(characters, dtype=np.uint8)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def upns(
    authority: Labels, establishment: Ints, year: Ints, serial: Ints, temporary: Bools
) -> pa.StringArray:
    """Unique pupil numbers.

    Args:
        authority: three-digit codes, as numbers.
        establishment: four-digit numbers of the schools that gave them.
        year: last two digits of the year they were given.
        serial: running number within those, below 1,000.
        temporary: whether the number is one, ending in a letter.
    """
    body = np.concatenate(
        [
            _digits(authority.astype(np.int64), 3),
            _digits(establishment, 4),
            _digits(year, 2),
            _digits(serial, 3),
        ],
        axis=1,
    )
    # The last place of a temporary number is a letter that counts by its place in the list.
    last = serial[temporary] % 23
    body[temporary, 11] = last
    body[temporary, 9:11] = _digits(serial[temporary] // 23, 2)
    letters = np.frombuffer(UPN_LETTERS.encode(), dtype=np.uint8)
    characters = np.empty((len(body), 13), dtype=np.uint8)
    characters[:, 0] = letters[_weighed(body, range(2, 14)) % 23]
    characters[:, 1:] = body + ord("0")
    characters[temporary, 12] = letters[last]
    return text(characters)


def nhs_numbers(rng: np.random.Generator, count: int) -> pa.StringArray:
    """Distinct NHS numbers in random order: of the range 999…, of more below it where more are.

    Raises:
        ValueError: where the range 9… does not hold that many.
    """
    # Every million holds at least so many with a check digit.
    millions = -(-count // _NHS_OF_A_MILLION) or 1
    if millions > _NHS_MILLIONS:
        most = _NHS_MILLIONS * _NHS_OF_A_MILLION
        raise ValueError(f"the range holds {most:,} NHS numbers, not {count:,}")
    usable = _with_check(_NHS_END - 1_000_000 * millions)
    chosen = rng.permutation(usable)[:count]
    digits = _digits(chosen, 9)
    characters = np.empty((count, 10), dtype=np.uint8)
    characters[:, :9] = digits + ord("0")
    characters[:, 9] = _check(digits) + ord("0")
    return text(characters)


def _check(digits: Bytes) -> Ints:
    """Check digit of each NHS number, of nine digits; 10 where it can have none."""
    check = 11 - _weighed(digits, range(10, 1, -1)) % 11
    return np.where(check == 11, 0, check)


def _with_check(first: int) -> Ints:
    """NHS numbers from the first on that have a check digit, without it."""
    numbers = np.arange(first, _NHS_END, dtype=np.int64)
    # Ten equal digits would pass the check and are never issued.
    found: Ints = numbers[(_check(_digits(numbers, 9)) != 10) & (numbers != 999_999_999)]
    return found


def ulns(count: int) -> pa.StringArray:
    """Distinct unique learner numbers beginning with 99, with their check digit."""
    # Every tenth or so base has no check digit; more are tried than needed.
    numbers = np.arange(int(count * 1.2) + 20, dtype=np.int64) + 990_000_000
    digits = _digits(numbers, 9)
    rest = _weighed(digits, range(10, 1, -1)) % 11
    usable = np.flatnonzero(rest != 0)[:count]
    characters = np.empty((count, 10), dtype=np.uint8)
    characters[:, :9] = digits[usable] + ord("0")
    characters[:, 9] = 10 - rest[usable] + ord("0")
    return text(characters)


def postcodes(sector: Ints, unit: Ints) -> pa.StringArray:
    """Postcodes of sector number (ten to a district) and unit below `POSTCODES_PER_SECTOR`."""
    letters = np.frombuffer(_POSTCODE_LETTERS.encode(), dtype=np.uint8)
    areas = np.frombuffer(_AREAS.encode(), dtype=np.uint8)
    district = sector % _SECTORS // 10 + 1
    characters = np.full((len(sector), 8), ord(" "), dtype=np.uint8)
    characters[:, 0] = ord("Z")
    characters[:, 1] = areas[sector // _SECTORS]
    characters[:, 2:4] = _digits(district, 2) + ord("0")
    characters[:, 5] = sector % 10 + ord("0")
    characters[:, 6] = letters[unit // len(letters)]
    characters[:, 7] = letters[unit % len(letters)]
    # Districts below ten have one digit: take the padding nought out.
    return pc.replace_substring_regex(text(characters), "^(Z[A-Z])0", "\\1")


def running_number(group: Ints) -> Ints:
    """Running number of each row within its group, in order of rows, from 0."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    numbers = np.arange(len(ordered)) - np.repeat(starts, sizes)
    out: Ints = np.empty(len(group), dtype=np.int64)
    out[order] = numbers
    return out
