"""What the rows of a file show beside their columns: its year, its key, and the order of its days.

Nothing of a row is kept: fields are named, and rows are counted.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.dates import Written, read
from jsna.model.contract import Extract, Identifier
from jsna.shared import headers
from jsna.shared.periods import beginning_in, window
from jsna.shared.usual import OF_ROLLS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import pandas as pd

#: Share of a column of days that one year of a delivery must hold to date the file.
_DATED: Final = 0.6
#: Kinds of identifier that tell who a row is about, the surest first.
_WHO: Final[tuple[tuple[Identifier, ...], ...]] = (
    ("upn",),
    ("nhs_number",),
    ("local_id",),
    ("surname", "forename", "date_of_birth"),
)
#: Columns beside the person, or of a register, that a key may need.
_MOST_OF_KEY: Final = 3
#: Share of rows that must say who they are about for a key of it.
_FILLED: Final = 0.9
#: Share of rows that may have been entered twice by a slip.
_SLIPS: Final = 0.05
#: Rows that must have two values for their order to be no chance.
_ENOUGH: Final = 20
#: Words of the header of a whole, and of a part of it.
_WHOLES: Final = frozenset({"places", "capacity", "seats", "spaces", "total", "beds", "offered"})
_PARTS: Final = frozenset(
    {
        "filled",
        "taken",
        "attending",
        "attended",
        "occupied",
        "used",
        "booked",
        "vacant",
        "vacancies",
    }
)


def period(extract: Extract, dated: str | None, staged: pd.DataFrame) -> str:
    """The period most days of a file are of; any where nothing dates it."""
    two = extract.period_type in OF_ROLLS
    found: dict[str, int] = {}
    for text in staged[dated].dropna() if dated else ():
        day = read(str(text))
        if isinstance(day, Written):
            period = _of_day(day.day, extract.period_type)
            found[period] = found.get(period, 0) + 1
    if not found:
        return "2024/25" if two else "2024"
    return max(found, key=lambda period: (found[period], period))


def _of_day(day: date, period_type: str) -> str:
    """The period of a kind that a day falls in."""
    for year in (day.year - 1, day.year, day.year + 1):
        written = beginning_in(year, period_type)
        first, last = window(written, period_type)
        if first <= day <= last:
            return written
    raise ValueError(period_type)


def dated(extract: Extract, period_type: str, rows: pd.DataFrame) -> str:
    """The column of days that says which year a file is of; "" where none does."""
    best: tuple[float, str] = (_DATED, "")
    for column in extract.tables[0].columns:
        if column.type != "date" or column.identifier is not None:
            continue
        days = rows[column.field].dropna()
        of = days.map(lambda day: _of_day(day, period_type)).value_counts()
        share = float(of.iloc[0]) / len(rows) if len(of) else 0.0
        if share > best[0]:
            best = share, column.field
    return best[1]


def key(extract: Extract, rows: pd.DataFrame, copies: Collection[int]) -> tuple[str, ...]:
    """The fewest columns that tell all rows apart but for copies; none where no few do.

    Args:
        extract: the declaration.
        rows: of the file, typed.
        copies: numbers of rows that are another one over again. Where these are many, that rows
            are alike is no slip, and none is set aside for it.
    """
    table = extract.tables[0]
    identifiers = table.identifiers
    if len(copies) <= _SLIPS * len(rows):
        rows = rows[~rows["source_row"].isin(copies)]
    filled = [column.field for column in table.columns if rows[column.field].notna().all()]
    # What is measured tells rows apart by chance alone.
    plain = [
        column.field
        for column in table.columns
        if column.identifier is None and column.type not in ("number", "integer", "boolean")
    ]
    if not extract.person_level:
        return _apart(rows, (), [field for field in plain if field in filled])
    references = [f for f in filled if f in plain and table.column(f).personal]
    for field in references:
        if field != "lsoa_code" and rows[field].is_unique:
            return (field,)
    who = [tuple(identifiers[k] for k in kinds if k in identifiers) for kinds in _WHO]
    others = [f for f in plain if f in filled and f != "lsoa_code"]
    # That each child comes once in this file says nothing of the next.
    day = [f for f in others if table.column(f).type == "date"][:1]
    for person in who:
        # A row that does not say who it is about repeats no other.
        known = rows.dropna(subset=list(person[:1]))
        if person and len(known) >= _FILLED * len(rows):
            return _apart(known, (*person, *day), [f for f in others if f not in day])
    return ()


def aside(extract: Extract, rows: pd.DataFrame, copies: Collection[int]) -> int:
    """How many copies the key of a declaration sets aside: those that have its first part."""
    first = extract.tables[0].key[:1]
    return int(rows.loc[rows["source_row"].isin(copies), list(first)].notna().all(axis=1).sum())


def _apart(rows: Any, first: tuple[str, ...], others: Sequence[str]) -> tuple[str, ...]:
    for size in range(_MOST_OF_KEY + 1):
        for more in combinations(others, size):
            fields = (*first, *more)
            if fields and not rows.duplicated(list(fields)).any():
                return fields
    return ()


def days(extract: Extract, rows: pd.DataFrame) -> tuple[str, ...]:
    """The most columns of days of which, in every row, none is before the one named before it."""
    fields = [
        column.field
        for column in extract.tables[0].columns
        if column.type == "date" and column.identifier is None
    ]
    middle = {name: rows[name].dropna().astype("datetime64[s]").median() for name in fields}
    chains: list[tuple[str, ...]] = []
    for name in sorted(
        (name for name in fields if rows[name].notna().any()), key=middle.__getitem__
    ):
        before = [chain for chain in chains if _ordered(rows[chain[-1]], rows[name])]
        chains.append((*max(before, key=len, default=()), name))
    longest = max(chains, key=len, default=())
    return longest if len(longest) > 1 else ()


def parts(extract: Extract, rows: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Pairs of whole numbers, by their headers a part and its whole, that no row denies."""
    numbers = [column for column in extract.tables[0].columns if column.type == "integer"]
    wholes = [c for c in numbers if _says(c.name, _WHOLES) and not _says(c.name, _PARTS)]
    return tuple(
        (part.field, whole.field)
        for part in numbers
        if _says(part.name, _PARTS)
        for whole in wholes
        if _ordered(rows[part.field], rows[whole.field])
    )


def _says(header: str, words: Iterable[str]) -> bool:
    return not {*words}.isdisjoint(headers.words(header))


def _ordered(lower: pd.Series[Any], upper: pd.Series[Any]) -> bool:
    """Whether no row has the second below the first, and some have it above."""
    both = lower.notna() & upper.notna()
    if int(both.sum()) < _ENOUGH:
        return False
    first, second = lower[both], upper[both]
    return bool((first <= second).all()) and bool((first < second).any())
