"""The figures a mapping points at: one row for each area, period and category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.errors import Problem
from jsna.model.releases import SIDES, CategoryColumns, Published
from jsna.model.schema import canonical
from jsna.releases import identifiers, labels, periods, symbols
from jsna.releases.areas import AREA_CODE, GEOGRAPHY
from jsna.releases.identifiers import IDENTIFIER
from jsna.releases.release import FOOTNOTE, ROW, TIME

#: Joins columns that are added up: `elective_home_education + other_arrangements_la`.
PLUS: Final = "+"
PLACE: Final = [AREA_CODE, GEOGRAPHY, "period"]
KEY: Final = [*PLACE, "breakdown", "category"]
PARTIAL: Final = "Some of the published columns added up here have no figure for this period."


class Figures(NamedTuple):
    """Figures of a mapping, and what is wrong with the rows it selects.

    `frame`: `KEY`, then for each of `SIDES` the number and `<side>_status`, `given` (whether the
    value is one published cell), `note`, `end_year`.
    """

    frame: pd.DataFrame
    problems: list[Problem]


def figures(
    rows: pd.DataFrame, mapping: Published, where: str, other: pd.DataFrame | None = None
) -> Figures:
    """Read the cells a mapping selects.

    Args:
        rows: rows of a release about the edition's areas, from `areas.located`.
        mapping: columns and categories.
        where: file, for messages.
        other: rows of the table the denominator stands in, where it is another.
    """
    found = chosen(rows, mapping, where, other)
    if found.rows is None:
        return Figures(pd.DataFrame(), found.problems)
    reader = _Cells(found.rows, where)
    parts = [_part(reader, columns, wide, found.ours) for wide, columns in _wide(mapping)]
    frame = _added_up(pd.concat(parts, ignore_index=True))
    return Figures(frame, [*found.problems, *reader.problems])


class Chosen(NamedTuple):
    """The rows of a table that a mapping selects, before their cells are read.

    Attributes:
        rows: with their period, and in `_ours` the place of their categories in `ours`; None
            where there is nothing to read.
        ours: categories of the rows, by dimension.
        problems: what of the mapping the table does not have.
    """

    rows: pd.DataFrame | None
    ours: Sequence[dict[str, str]]
    problems: list[Problem]


def chosen(
    rows: pd.DataFrame, mapping: Published, where: str, other: pd.DataFrame | None = None
) -> Chosen:
    """The rows a mapping selects, or why it cannot; takes what `figures` takes."""
    if mapping.denominator_from is not None and other is not None:
        rows, problems = _with_denominator(rows, mapping, other, where)
        if problems:
            return Chosen(None, [], problems)
    if problems := missing_columns(rows, mapping, where):
        return Chosen(None, [], problems)
    selected = _selected(rows, mapping)
    if selected.empty and not rows.empty:
        return Chosen(None, [], labels.unmatched(rows, mapping.select, where))
    timed, problems = _periods(selected, mapping, where)
    rows, found, ours = labels.labelled(timed, mapping)
    if rows.empty and not timed.empty:
        named = {
            column: tuple(labels.expanded(mapping.categories.get(name, {})))
            for name, column in mapping.dimensions.items()
        }
        return Chosen(None, [], [*problems, *labels.unmatched(timed, named, where)])
    return Chosen(rows, ours, [*problems, *labels.repeated(rows, PLACE, found, where)])


def _with_denominator(
    rows: pd.DataFrame, mapping: Published, other: pd.DataFrame, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows with the denominator's column from another table, by area and time."""
    assert mapping.denominator_from is not None
    theirs = mapping.model_copy(
        update={
            "select": mapping.denominator_from.select, "value": mapping.denominator,
            "numerator": None, "denominator": None, "dimensions": {}, "category_columns": {},
        }
    )  # fmt: skip
    if problems := missing_columns(other, theirs, where):
        return rows, problems
    chosen = _selected(other, theirs)
    # A school year and its autumn term are written the same.
    keys = [AREA_CODE, GEOGRAPHY, TIME] + [
        name for name in (IDENTIFIER,) if name in chosen and name in rows
    ]
    names = _parts(mapping.denominator)
    if chosen.duplicated(keys).any():
        rule = f"table {mapping.denominator_from.table} has several rows for an area and time"
        return rows, [Problem(where, rule, code="published.duplicate")]
    joined = rows.drop(columns=names, errors="ignore").merge(
        chosen[[*keys, *names]], on=keys, how="left"
    )
    return joined.fillna(dict.fromkeys(names, "")), []


def columns_of(mapping: Published) -> list[str]:
    """Every column of the file a mapping names."""
    named = [*mapping.select, *mapping.dimensions.values()]
    for _, columns in _wide(mapping):
        for side in SIDES:
            named += _parts(getattr(columns, side))
    return sorted(set(named))


def _parts(spec: str | None) -> list[str]:
    return [name.strip() for name in spec.split(PLUS)] if spec else []


def _wide(mapping: Published) -> list[tuple[dict[str, str], CategoryColumns]]:
    """Categories that stand in columns, each with its columns; one of none for a long file."""
    whole = CategoryColumns(
        value=mapping.value, numerator=mapping.numerator, denominator=mapping.denominator
    )
    if not mapping.category_columns:
        return [({}, whole)]
    return [
        (
            {dimension: category},
            CategoryColumns(
                value=columns.value,
                numerator=columns.numerator,
                denominator=columns.denominator or mapping.denominator,
            ),
        )
        for dimension, categories in sorted(mapping.category_columns.items())
        for category, columns in sorted(categories.items())
    ]


def missing_columns(rows: pd.DataFrame, mapping: Published, where: str) -> list[Problem]:
    """A problem for each column a mapping names and the file lacks."""
    return [
        Problem(
            where,
            "the file has no column of this name, which an indicator's mapping needs; the release "
            "may have changed its layout",
            column=name,
            code="published.mapping",
        )
        for name in columns_of(mapping)
        if name not in rows
    ]


def _selected(rows: pd.DataFrame, mapping: Published) -> pd.DataFrame:
    kept = pd.Series(True, index=rows.index)
    for column, wanted in mapping.select.items():
        allowed = (wanted,) if isinstance(wanted, str) else wanted
        kept &= rows[column].str.strip().isin(allowed)
    needed = {*PLACE[:2], TIME, IDENTIFIER, FOOTNOTE, ROW, *columns_of(mapping)}
    return rows.loc[kept, [column for column in rows if column in needed]]


def _periods(
    rows: pd.DataFrame, mapping: Published, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    known = {t: periods.period(t, mapping.period_type) for t in rows[TIME].unique()}
    found = rows[TIME].map(known)
    kind = _of_kind(rows, mapping.period_type)
    unread = found.isna() | ~kind
    said = {
        t: periods.QUALIFIERS.get(parsed.qualifier, "") if (parsed := periods.parse(t)) else ""
        for t in known
    }
    timed = rows.assign(period=found, _said=rows[TIME].map(said))
    if not unread.any():
        return timed, []
    # A row of nothing but symbols is no loss where its time cannot be read (the bare 0 of some).
    cells = [name for _, columns in _wide(mapping) for name in _parts(columns.value)]
    blank = pd.Series(bool(cells), index=rows.index)
    for name in cells:
        blank &= rows[name].str.strip().str.lower().str.strip("[]").isin(symbols.STATUS)
    lost = unread & ~blank
    rule = f"does not fit the period type {mapping.period_type!r} the indicator declares"
    problems = _each(rows[lost & kind], TIME, rule, "period", where)
    if (lost & ~kind).any():
        others = sorted(rows.loc[kind, IDENTIFIER].unique())
        rule = identifiers.misfit(mapping.period_type, others)
        problems += _each(rows[lost & ~kind], IDENTIFIER, rule, "identifier", where)
    return timed[~unread], problems


def _each(rows: pd.DataFrame, column: str, rule: str, code: str, where: str) -> list[Problem]:
    """A problem for each entry of a column among rows that break a rule."""
    return [
        Problem(
            where, rule, row=int(group[ROW].iloc[0]), column=column, value=str(entry),
            code=f"published.{code}", count=len(group),
        )
        for entry, group in rows.groupby(column, sort=True)
    ]  # fmt: skip


def _of_kind(rows: pd.DataFrame, period_type: str) -> pd.Series[bool]:
    """Rows whose time identifier, where the layout has one, is that of such periods."""
    if IDENTIFIER not in rows:
        return pd.Series(True, index=rows.index)
    fits = {name: identifiers.fits(name, period_type) for name in rows[IDENTIFIER].unique()}
    return rows[IDENTIFIER].map(fits).astype("bool")


class _Cells:
    """Cells of a file's columns, each column read once."""

    def __init__(self, rows: pd.DataFrame, where: str) -> None:
        self.rows, self.where = rows, where
        self.problems: list[Problem] = []
        self._read: dict[str, symbols.Cells] = {}

    def __getitem__(self, name: str) -> symbols.Cells:
        if name not in self._read:
            self._read[name], found = symbols.cells(self.rows[name], self.where, self.rows[ROW])
            self.problems += found
        return self._read[name]


def _part(
    reader: _Cells,
    columns: CategoryColumns,
    wide: dict[str, str],
    ours: Sequence[dict[str, str]],
) -> pd.DataFrame:
    """Figures of one wide category, or of a long file: one row for each row of the file."""
    rows = reader.rows
    named = [canonical({**categories, **wide}) for categories in ours]
    codes = rows["_ours"].tolist()
    made: dict[str, object] = {name: rows[name] for name in PLACE}
    made["breakdown"] = [named[code][0] for code in codes]
    made["category"] = [named[code][1] for code in codes]
    notes = rows["_said"].str.cat(rows[FOOTNOTE], sep=" ")
    for side in SIDES:
        names = _parts(getattr(columns, side))
        number, status, partial = _side(reader, names)
        made[side], made[f"{side}_status"] = number, status
        for name in names:
            if (said := reader[name].note).ne("").any():
                notes = notes.str.cat(said, sep=" ")
        if partial.any():
            notes = notes.str.cat(
                pd.Series(np.where(partial, PARTIAL, ""), rows.index, dtype="str"), sep=" "
            )
    # Few distinct notes stand on many rows.
    made["note"] = notes.map({note: " ".join(note.split()) for note in notes.unique()})
    # Made at once: to put in column after column takes longer than to read them.
    return pd.DataFrame({**made, "given": bool(columns.value)}, index=rows.index)


def _side(
    reader: _Cells, names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.object_], NDArray[np.bool_]]:
    """A side's numbers, their status, and where only some of the added columns had a number."""
    size = len(reader.rows)
    total = np.full(size, np.nan)
    first = np.full(size, "", dtype=object)
    missing, hidden = np.zeros(size, bool), np.zeros(size, bool)
    for name in names:
        value = reader[name].value.to_numpy()
        status = reader[name].status.to_numpy(dtype=object)
        total = np.where(np.isnan(total), value, total + np.nan_to_num(value))
        first = np.where(first == "", status, first)
        missing |= np.isnan(value)
        if len(names) > 1:
            # "x" in the column of a category not yet collected in that year hides no number.
            hidden |= np.isin(status.astype(str), ("c", "low", "u"))
    total = np.where(hidden, np.nan, total)
    gone = np.isnan(total)
    return total, np.where(gone, first, ""), missing & ~gone & bool(names)


def _added_up(part: pd.DataFrame) -> pd.DataFrame:
    """One row for each key: labels mapped to one category are added up."""
    if not part.duplicated(KEY).any():
        return part
    notes: dict[tuple[str, ...], list[str]] = {}
    said = part.loc[part["note"] != "", [*KEY, "note"]].drop_duplicates()
    for *key, note in said.itertuples(index=False, name=None):
        notes.setdefault(tuple(key), []).append(note)
    groups = part.groupby(KEY, sort=True)
    out = groups[list(SIDES)].sum(min_count=1)
    out["given"] = groups["given"].first() & (groups.size() == 1)
    joined = [" ".join(notes.get(key, ())) for key in out.index]
    out["note"] = pd.Series(joined, out.index, dtype="str")
    for side in SIDES:
        # Any symbol sorts after none; where one part is hidden or missing there is no total.
        out[f"{side}_status"] = groups[f"{side}_status"].max()
        out[side] = out[side].mask(out[f"{side}_status"] != "")
    return out.reset_index()
