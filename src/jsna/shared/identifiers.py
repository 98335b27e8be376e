"""Pupil and patient numbers: what a sound one looks like, as pure functions of a column of text.

Every function takes a column of text (any length, missing values allowed) and returns a boolean
column of the same index; a missing value gives a missing answer, never a failure. Nothing here
reports a value.

Sources: Department for Education, *Generating unique pupil numbers* (check letter); NHS Data
Dictionary, *NHS number* (modulus 11, ranges in use).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

#: Check letters by remainder modulo 23; I, O and S are left out since they look like digits.
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_PATTERN = r"[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]"
NHS_NUMBER_PATTERN = r"\d{10}"
#: Local authority numbers lie in this range; which there are, current and historic, is configured
#: (`jsna.model.areas.authorities`).
AUTHORITY_NUMBERS = (201, 999)
#: First three digits of NHS numbers that are issued in England, Wales and the Isle of Man …
NHS_NUMBERS_ISSUED: Final = ((400, 499), (600, 799))
#: … and of those that never are, which invented people have: sound where records are synthetic, and
#: there no others are. The generator uses 999 alone; 999 holds too few for a large benchmark.
NHS_NUMBERS_INVENTED: Final = ((900, 999),)


def upn_wellformed(values: pd.Series[str]) -> pd.Series[bool]:
    """Whether each has the shape of a UPN: letter, eleven digits, then a digit or letter."""
    import pyarrow.compute as pc

    return _answer(values, pc.match_substring_regex(_text(values), f"^{UPN_PATTERN}$"))


def upn_temporary(values: pd.Series[str]) -> pd.Series[bool]:
    """Whether each is a well-formed temporary UPN, which ends in a letter."""
    import pyarrow.compute as pc

    return _answer(values, pc.match_substring_regex(_text(values), r"^[A-HJ-NP-RT-Z]\d{11}[A-Z]$"))


def upn_letter_ok(values: pd.Series[str]) -> pd.Series[bool]:
    """Whether the check letter agrees with the rest; False for what is not shaped like a UPN.

    The letter stands at index (sum of digit times position, for positions 2 to 13) mod 23 of
    `UPN_LETTERS`; the letter that ends a temporary UPN counts as its own index.
    """
    import numpy as np

    text, good = _shaped(values, f"^{UPN_PATTERN}$")
    codes = _characters(text, 13)
    index = np.full(256, -1, dtype=np.int64)
    index[np.frombuffer(b"0123456789", dtype=np.uint8)] = np.arange(10)
    index[np.frombuffer(UPN_LETTERS.encode(), dtype=np.uint8)] = np.arange(23)
    digits = index[codes]
    agrees = (digits[:, 1:] @ np.arange(2, 14)) % 23 == digits[:, 0]
    return _spread(values, good, agrees)


def upn_authority_ok(
    values: pd.Series[str], authorities: Collection[str] | None = None
) -> pd.Series[bool]:
    """Whether the authority number a UPN carries (characters 2 to 4) is one.

    Args:
        values: the column.
        authorities: the numbers there are, three digits each; any of `AUTHORITY_NUMBERS` where
            not given.
    """
    import numpy as np

    text, good = _shaped(values, f"^{UPN_PATTERN}$")
    number = _characters(text, 13)[:, 1:4].astype(np.int64) - ord("0")
    value = number @ np.array([100, 10, 1])
    known = np.zeros(1000, dtype=bool)
    if authorities is None:
        low, high = AUTHORITY_NUMBERS
        known[low : high + 1] = True
    else:
        known[[int(authority) for authority in authorities]] = True
    return _spread(values, good, known[value])


def nhs_number_ok(values: pd.Series[str], *, synthetic: bool = False) -> pd.Series[bool]:
    """Whether each is an NHS number that can have been issued.

    Ten digits, the last being 11 less (sum of the first nine times 10 to 2) mod 11, where 11 is
    written 0 and 10 cannot be. Ten equal digits pass that sum and are refused all the same. Only
    `NHS_NUMBERS_ISSUED` are sound or, where `synthetic`, only `NHS_NUMBERS_INVENTED`.
    """
    import numpy as np

    text, good = _shaped(values, f"^{NHS_NUMBER_PATTERN}$")
    digits = _characters(text, 10).astype(np.int64) - ord("0")
    check = (11 - (digits[:, :9] @ np.arange(10, 1, -1)) % 11) % 11
    agrees = check == digits[:, 9]
    agrees &= ~(digits == digits[:, :1]).all(axis=1)
    first = digits[:, :3] @ np.array([100, 10, 1])
    inside = np.zeros(1000, dtype=bool)
    for low, high in NHS_NUMBERS_INVENTED if synthetic else NHS_NUMBERS_ISSUED:
        inside[low : high + 1] = True
    return _spread(values, good, agrees & inside[first])


def _text(values: pd.Series[str]) -> pa.Array:
    """The column as one Arrow array of text."""
    import pyarrow as pa

    array = pa.array(values, type=pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _answer(values: pd.Series[str], found: pa.Array) -> pd.Series[bool]:
    import pandas as pd
    import pyarrow as pa

    return pd.Series(found, index=values.index, dtype=pd.ArrowDtype(pa.bool_()))


def _shaped(values: pd.Series[str], pattern: str) -> tuple[pa.Array, pa.Array]:
    """The values of the right shape, and for every value whether it is (missing where it is)."""
    import pyarrow.compute as pc

    text = _text(values)
    good = pc.match_substring_regex(text, pattern)
    return text.filter(pc.fill_null(good, False)), good


def _characters(text: pa.Array, width: int) -> np.ndarray:
    """Characters of values that are all `width` ASCII characters long, as bytes, one row each."""
    import numpy as np

    if not len(text):
        return np.empty((0, width), dtype=np.uint8)
    # Arrow keeps the values of a column end to end, so equally long ones are a table of bytes.
    _, offsets, data = text.buffers()
    first = int(np.frombuffer(offsets, dtype=np.int32)[text.offset])
    return np.frombuffer(data, np.uint8, len(text) * width, first).reshape(-1, width)


def _spread(values: pd.Series[str], good: pa.Array, agrees: np.ndarray) -> pd.Series[bool]:
    """Answers for the values of the right shape put back in their places."""
    import numpy as np
    import pyarrow as pa

    shaped = good.to_numpy(zero_copy_only=False)
    result = np.zeros(len(values), dtype=bool)
    result[shaped == True] = agrees  # noqa: E712 - missing answers are None, neither true nor false
    missing = np.asarray(good.is_null())
    return _answer(values, pa.array(result, mask=missing))
