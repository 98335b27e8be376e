"""Columns of few different texts, of which each is held, and looked at, once.

A column of a file is an Arrow array of texts, or, where few of them differ, of numbers of texts (an
Arrow dictionary, none of whose texts is null). What can be told of a cell by its text alone is
asked of the different texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows by whose texts it is told whether a column has few.
_SOME: Final = 2_000
#: Share of different texts among rows above which a column stays as it is.
_FEW: Final = 0.25


def compact(cells: pa.Array[Any]) -> pa.Array[Any]:
    """Cells as numbers of different texts, of one or two bytes each, where there are few of these.

    Args:
        cells: texts, or numbers of texts already, which stay as they are.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    few = _FEW * min(len(cells), _SOME)
    if is_coded(cells) or pc.count_distinct(cells.slice(0, _SOME)).as_py() > max(1, few):
        return cells
    coded = cells.dictionary_encode()
    many = len(coded.dictionary)
    if many > max(1, _FEW * len(cells)):
        return cells
    width = pa.int8() if many < 1 << 7 else pa.int16() if many < 1 << 15 else pa.int32()
    return pa.DictionaryArray.from_arrays(coded.indices.cast(width), coded.dictionary)


def is_coded(cells: pa.Array[Any]) -> bool:
    """Whether cells are numbers of texts."""
    import pyarrow as pa

    return bool(pa.types.is_dictionary(cells.type))


def texts(cells: pa.Array[Any]) -> pa.Array[Any]:
    """The different texts of a column, or all of them where it is held as it is."""
    return cells.dictionary if is_coded(cells) else cells


def spelt(cells: pa.Array[Any]) -> pa.Array[Any]:
    """Cells as texts."""
    return cells.dictionary_decode() if is_coded(cells) else cells


def spread(found: pa.Array[Any], cells: pa.Array[Any]) -> pa.Array[Any]:
    """What was found of each of `texts(cells)`, of each cell; null of an empty one."""
    return found.take(cells.indices) if is_coded(cells) else found


def any_like(cells: pa.Array[Any], pattern: str) -> bool:
    """Whether any text of a column holds a pattern."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(texts(cells), pattern)).as_py())
