"""Text to types: what each text says under its column's type, and which cannot be read.

What a whole column must be looked at for is done before, in `jsna.ingest.meaning`.
Distinct values are read once each, however many rows carry them, so that a column of 180,000 dates
costs a few thousand readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jsna.ingest.coded import compact, spread, texts
from jsna.ingest.codes import finer_codes
from jsna.ingest.kept import Kept
from jsna.ingest.many_dates import days_of
from jsna.model.contract import Column, Context, Table
from jsna.shared import patterns

#: Types of validated columns; text stays text.
ARROW: Mapping[str, pa.DataType] = {
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
TEXT = pd.StringDtype(na_value=np.nan)
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})
#: A whole number with zeros before it, or after a point.
_NUMBER: Final = re.compile(r"0*(\d+?)(?:\.0+)?", re.ASCII)


def dtype(column: Column) -> Any:
    """The pandas type of a validated column."""
    return pd.ArrowDtype(ARROW[column.type]) if column.type in ARROW else TEXT


def as_declared(table: Table, staged: Kept) -> Kept:
    """The declared columns in declared order, absent optional ones empty."""
    none = compact(pa.nulls(len(staged), pa.string()))
    columns = {column.field: staged.columns.get(column.field, none) for column in table.columns}
    return replace(staged, columns=columns)


def convert(
    table: Table, text: Kept, context: Context
) -> tuple[pd.DataFrame, dict[str, np.ndarray[Any, Any]]]:
    """Read the text of every column.

    Args:
        table: the declaration.
        text: rows of its columns.
        context: gives the code lists.

    Returns:
        the typed frame, indexed 0 to n - 1 and numbered by `source_row`, with unreadable cells
        empty, and for each field with unreadable cells a boolean array of where they are. Unknown
        codes and wrong shapes are left for the schema.
    """
    typed: dict[str, Any] = {}
    unreadable: dict[str, np.ndarray[Any, Any]] = {}
    for column in table.columns:
        cells = text.columns[column.field]
        given = _given(column, texts(cells))
        read = _read(column, given, context)
        typed[column.field] = pd.array(spread(read, cells), dtype=dtype(column))
        unread = pc.and_(read.is_null(), given.is_valid())
        if pc.any(unread).as_py():
            unreadable[column.field] = np.asarray(pc.fill_null(spread(unread, cells), False))
    typed["source_row"] = text.numbers
    return pd.DataFrame(typed), unreadable


def _given(column: Column, array: pa.Array) -> pa.Array:
    """The cells, of which those that say there is no value are empty."""
    if not column.absent:
        return array
    says_none = pc.is_in(pc.utf8_upper(array), value_set=pa.array(column.absent, pa.string()))
    return pc.if_else(says_none, pa.scalar(None, pa.string()), array)


def _read(column: Column, array: pa.Array, context: Context) -> pa.Array:
    if column.marked:
        array = _bare(array)
    if column.type == "number":
        return _plain(array, r"^-?(\d+\.?\d*|\.\d+)$", pa.float64())
    if column.type == "integer":
        whole = pc.replace_substring_regex(array, r"\.0+$", "")
        return _plain(whole, r"^-?\d{1,18}$", pa.int64())
    if column.type == "date":
        encoded = array.dictionary_encode()
        return days_of(encoded.dictionary).take(encoded.indices)
    if column.type == "boolean":
        return _by_value(array, _truth, pa.bool_())
    if column.codes is not None:
        spellings = _spellings(column, context)
        return _by_value(array, lambda text: _code(text, spellings), pa.string())
    if column.identifier in ("upn", "former_upn", "nhs_number", "uln"):
        return pc.utf8_upper(pc.replace_substring_regex(array, r"[\s-]|\.0+$", ""))
    if column.identifier == "postcode":
        return _postcodes(array)
    return _whole(array) if column.pattern is None else _shaped(array, column.pattern)


def _shaped(array: pa.Array, pattern: str) -> pa.Array:
    """Codes of a declared shape: in capitals, without spaces, and without the `.0` of numbers.

    Only those are changed that then have the shape, and had not before.
    """
    shape = f"^({pattern})$"
    other = pc.invert(pc.fill_null(pc.match_substring_regex(array, shape), True))
    if not pc.any(other).as_py():
        return array
    odd = array.filter(other)
    tidy = pc.utf8_upper(pc.replace_substring_regex(odd, r"\s|\.0+$", ""))
    fits = pc.match_substring_regex(tidy, shape)
    return pc.replace_with_mask(array, other, pc.if_else(fits, tidy, odd))


def _whole(array: pa.Array) -> pa.Array:
    """Texts; numbers that all end in `.0` without it, as some programs write ids."""
    filled = array.drop_null()
    if not len(filled) or not filled[0].as_py().endswith(".0"):
        return array
    floats = pc.all(pc.match_substring_regex(filled, r"^\d+\.0$")).as_py()
    return pc.replace_substring_regex(array, r"\.0$", "") if floats else array


def _bare(array: pa.Array) -> pa.Array:
    """Numbers without the marks they are written with: `£1,234.50` as `1234.50`, `14.2%` as `14.2`.

    A comma counts only where it stands between thousands: `12,5` is no number.
    """
    good = pc.match_substring_regex(array, patterns.MARKED)
    bare = pc.replace_substring_regex(array, r"[£,% ]", "")
    return pc.if_else(pc.fill_null(good, False), bare, array)


def _postcodes(array: pa.Array) -> pa.Array:
    """Capitals with one space before the last three characters, where there are five to seven."""
    # Most are written so: only the others are rewritten, which takes far longer than to look.
    usual = pc.match_substring_regex(array, r"^[A-Z0-9]{2,4} [A-Z0-9]{3}$")
    other = pc.invert(pc.fill_null(usual, True))
    closed = pc.replace_substring_regex(pc.utf8_upper(array.filter(other)), r"\s", "")
    rewritten = pc.replace_substring_regex(closed, r"^(.{2,4})(.{3})$", r"\1 \2")
    return pc.replace_with_mask(array, other, rewritten)


def _plain(array: pa.Array, pattern: str, kind: pa.DataType) -> pa.Array:
    """Numbers written out in digits; anything else (1,000, 1e3, nan) is not one."""
    good = pc.match_substring_regex(array, pattern)
    return pc.if_else(good, array, pa.scalar(None, pa.string())).cast(kind)


def _by_value(array: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """Apply `read` to each distinct value once."""
    encoded = array.dictionary_encode()
    values = pa.array([read(text) for text in encoded.dictionary.to_pylist()], type=kind)
    return values.take(encoded.indices)


def _truth(text: str) -> bool | None:
    number = _NUMBER.fullmatch(text)
    folded = number[1] if number else text.casefold()
    return True if folded in _TRUE else False if folded in _FALSE else None


def _spellings(column: Column, context: Context) -> dict[str, str]:
    """Ways a code may be written, in small letters -> the code.

    Spreadsheets drop the zero of `01` or write it `1.0`; that is undone only where no other code is
    meant by it. Where a list answers yes or no it may be written in any way that flags are.
    """
    codes = context.codelists.get(str(column.codes), frozenset())
    finer = finer_codes(str(column.codes), context)
    found: dict[str, str] = {}
    if {"Y", "N"} <= codes:
        found |= dict.fromkeys(_TRUE, "Y") | dict.fromkeys(_FALSE, "N")
    found |= {text: finer[code] for text, code in _any_case(finer).items()}
    return found | _any_case(codes) | {text.casefold(): code for text, code in column.spellings}


def _any_case(codes: Iterable[str]) -> dict[str, str]:
    """Codes in small letters, and those of digits without zeros before them -> the code."""
    numbers = {code.lstrip("0"): code for code in sorted(codes) if code.isdigit()}
    return numbers | {code.casefold(): code for code in sorted(codes)}


def _code(text: str, spellings: Mapping[str, str]) -> str:
    """The code a text means; the text itself where it means none."""
    folded = text.casefold()
    if folded in spellings:
        return spellings[folded]
    number = _NUMBER.fullmatch(folded)
    return spellings.get(number[1], text) if number else text
