"""Identifiers of invented children: of the right form, with valid check digits, and never real.

UPNs carry the area's three-digit code, which no authority has; NHS numbers begin with 999, which
are never issued; postcodes lie in an area (ZZ) that does not exist.
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


def _digits(numbers: Ints, width: int) -> Ints:
    """Digits of each number, most significant first, shape (n, width)."""
    return (numbers[:, None] // 10 ** np.arange(width - 1, -1, -1)) % 10


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
    last = np.where(temporary, serial % 23, body[:, -1])
    values = body.copy()
    values[:, -1] = last
    values[temporary, 9:11] = _digits(serial[temporary] // 23, 2)
    check = (values * np.arange(2, 14)).sum(axis=1) % 23
    letters = np.frombuffer(UPN_LETTERS.encode(), dtype=np.uint8)
    characters = np.empty((len(values), 13), dtype=np.uint8)
    characters[:, 0] = letters[check]
    characters[:, 1:] = values + ord("0")
    characters[temporary, 12] = letters[last[temporary]]
    return text(characters)


def nhs_numbers(rng: np.random.Generator, count: int) -> pa.StringArray:
    """Distinct NHS numbers of the range 999…, in random order.

    Raises:
        ValueError: where the range does not hold that many.
    """
    numbers = np.arange(1_000_000, dtype=np.int64) + 999_000_000
    digits = _digits(numbers, 9)
    check = 11 - (digits * np.arange(10, 1, -1)).sum(axis=1) % 11
    check[check == 11] = 0
    # Ten equal digits would pass the check and are never issued.
    usable = np.flatnonzero((check != 10) & (numbers != 999_999_999))
    if count > len(usable):
        raise ValueError(f"the range holds {len(usable):,} NHS numbers, not {count:,}")
    chosen = rng.permutation(usable)[:count]
    characters = np.empty((count, 10), dtype=np.uint8)
    characters[:, :9] = digits[chosen] + ord("0")
    characters[:, 9] = check[chosen] + ord("0")
    return text(characters)


def ulns(count: int) -> pa.StringArray:
    """Distinct unique learner numbers beginning with 99, with their check digit."""
    # Every tenth or so base has no check digit; more are tried than needed.
    numbers = np.arange(int(count * 1.2) + 20, dtype=np.int64) + 990_000_000
    digits = _digits(numbers, 9)
    rest = (digits * np.arange(10, 1, -1)).sum(axis=1) % 11
    usable = np.flatnonzero(rest != 0)[:count]
    characters = np.empty((count, 10), dtype=np.uint8)
    characters[:, :9] = digits[usable] + ord("0")
    characters[:, 9] = 10 - rest[usable] + ord("0")
    return text(characters)


def postcodes(sector: Ints, unit: Ints) -> pa.StringArray:
    """Postcodes of sector number (ten to a district) and unit below `POSTCODES_PER_SECTOR`."""
    letters = np.frombuffer(_POSTCODE_LETTERS.encode(), dtype=np.uint8)
    district = sector // 10 + 1
    characters = np.full((len(sector), 8), ord(" "), dtype=np.uint8)
    characters[:, 0:2] = ord("Z")
    characters[:, 2:4] = _digits(district, 2) + ord("0")
    characters[:, 5] = sector % 10 + ord("0")
    characters[:, 6] = letters[unit // len(letters)]
    characters[:, 7] = letters[unit % len(letters)]
    # Districts below ten have one digit: take the padding nought out.
    return pc.replace_substring_regex(text(characters), "^ZZ0", "ZZ")


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
