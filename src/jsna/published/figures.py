"""The figures a mapping points at: one row for each area, period and category."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jsna.errors import Problem
from jsna.measures.declaration import CategoryColumns, Published
from jsna.measures.schema import canonical
from jsna.published import periods, symbols
from jsna.published.areas import AREA_CODE, GEOGRAPHY
from jsna.published.release import FOOTNOTE, ROW, TIME

#: Joins columns that are added up: `elective_home_education + other_arrangements_la`.
PLUS: Final = "+"
PLACE: Final = [AREA_CODE, GEOGRAPHY, "period"]
KEY: Final = [*PLACE, "breakdown", "category"]
PARTIAL: Final = "Some of the published columns added up here have no figure for this period."
SIDES: Final = ("value", "numerator", "denominator")


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
    if mapping.denominator_from is not None and other is not None:
        rows, problems = _with_denominator(rows, mapping, other, where)
        if problems:
            return Figures(pd.DataFrame(), problems)
    problems = _missing_columns(rows, mapping, where)
    if problems:
        return Figures(pd.DataFrame(), problems)
    rows = _selected(rows, mapping)
    timed, problems = _periods(rows, mapping, where)
    parts: list[pd.DataFrame] = []
    for category, columns in _wide(mapping):
        part, found = _part(timed, mapping, category, columns, where)
        parts.append(part)
        problems += found
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return Figures(frame, list(dict.fromkeys(problems)))


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
    if problems := _missing_columns(other, theirs, where):
        return rows, problems
    chosen = _selected(other, theirs)
    keys = [AREA_CODE, GEOGRAPHY, TIME]
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


def _missing_columns(rows: pd.DataFrame, mapping: Published, where: str) -> list[Problem]:
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
    return rows[kept]


def _periods(
    rows: pd.DataFrame, mapping: Published, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    known = {t: periods.period(t, mapping.period_type) for t in rows[TIME].unique()}
    found = rows[TIME].map(known)
    unread = found.isna()
    # A row of nothing but symbols is no loss where its time cannot be read (the bare 0 of some).
    cells = [name for _, columns in _wide(mapping) for name in _parts(columns.value)]
    blank = pd.Series(bool(cells), index=rows.index)
    for name in cells:
        blank &= rows[name].str.strip().str.lower().isin(symbols.STATUS)
    lost = unread & ~blank
    problems = [
        Problem(
            where,
            f"does not fit the period type {mapping.period_type!r} the indicator declares",
            row=int(group[ROW].iloc[0]),
            column=TIME,
            value=str(time),
            code="published.period",
            count=len(group),
        )
        for time, group in rows[lost].groupby(TIME, sort=True)
    ]
    said = {
        t: periods.QUALIFIERS.get(parsed.qualifier, "") if (parsed := periods.parse(t)) else ""
        for t in known
    }
    timed = rows.assign(period=found, _said=rows[TIME].map(said))[~unread]
    return timed, problems


def _part(
    rows: pd.DataFrame,
    mapping: Published,
    wide: dict[str, str],
    columns: CategoryColumns,
    where: str,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Figures of one wide category (or of a long file), one row for each key."""
    rows, labels = _labelled(rows, mapping, wide)
    problems = _repeated(rows, labels, where)
    out = rows[KEY].copy()
    notes = [rows["_said"], rows[FOOTNOTE].str.strip()]
    for side in SIDES:
        number, status, partial, found = _side(rows, _parts(getattr(columns, side)), where)
        problems += found
        out[side], out[f"{side}_status"] = number, status
        notes.append(pd.Series(np.where(partial, PARTIAL, ""), index=rows.index))
    out["note"] = _joined(notes)
    return _added_up(out, bool(columns.value)), problems


_RANGE: Final = re.compile(r"(.*?)(\d+)\.\.(\d+)(.*)")


def expanded(categories: Mapping[str, str]) -> dict[str, str]:
    """Categories by published label, `age 5..10` written out as six labels."""
    out: dict[str, str] = {}
    for label, category in categories.items():
        match = _RANGE.fullmatch(label)
        if match is None:
            out[label] = category
            continue
        before, first, last, after = match.groups()
        out |= {f"{before}{n}{after}": category for n in range(int(first), int(last) + 1)}
    return out


def _labelled(
    rows: pd.DataFrame, mapping: Published, wide: dict[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of known categories with `breakdown` and `category`; and the label columns."""
    names = sorted(mapping.dimensions)
    ours = pd.DataFrame(index=rows.index)
    for name in names:
        labels = rows[mapping.dimensions[name]].str.strip()
        known = mapping.categories.get(name)
        ours[name] = labels.map(expanded(known)) if known is not None else labels
    kept = ours.notna().all(axis=1)
    rows, ours = rows[kept], ours[kept]
    combined = {
        combination: canonical({**dict(zip(names, combination, strict=True)), **wide})
        for combination in set(zip(*(ours[name] for name in names), strict=True))
    } or {(): canonical(wide)}
    keys = list(zip(*(ours[name] for name in names), strict=True)) if names else [()] * len(rows)
    raw = {f"_label_{name}": rows[mapping.dimensions[name]].str.strip() for name in names}
    # The file may have columns called `breakdown` or `category`: its labels are kept apart.
    return (
        rows.assign(
            **raw,
            breakdown=[combined[key][0] for key in keys],
            category=[combined[key][1] for key in keys],
        ),
        list(raw),
    )


def _repeated(rows: pd.DataFrame, labels: Sequence[str], where: str) -> list[Problem]:
    again = rows.duplicated([*PLACE, *labels], keep=False)
    if not again.any():
        return []
    twice = rows[again]
    first = twice.iloc[0]
    others = twice.loc[(twice[[*PLACE, *labels]] == first[[*PLACE, *labels]]).all(axis=1), ROW]
    rule = (
        "several rows give the same area, period and category (rows "
        f"{', '.join(f'{row:,}' for row in others[:5])}); the indicator's `select` must tell "
        "them apart, or the file repeats rows"
    )
    return [Problem(where, rule, row=int(first[ROW]), code="published.duplicate", count=len(twice))]


def _side(
    rows: pd.DataFrame, names: Sequence[str], where: str
) -> tuple[pd.Series[float], pd.Series[str], pd.Series[bool], list[Problem]]:
    """A side's numbers, their status, and where only some of the added columns had a number."""
    if not names:
        nothing = pd.Series(np.nan, index=rows.index)
        none = pd.Series("", index=rows.index, dtype="str")
        return nothing, none, pd.Series(False, index=rows.index), []
    problems: list[Problem] = []
    total = np.full(len(rows), np.nan)
    first = np.full(len(rows), "", dtype=object)
    missing, hidden = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for name in names:
        cells, found = symbols.cells(rows[name], where, rows[ROW])
        problems += found
        value, status = cells.value.to_numpy(), cells.status.to_numpy(dtype=object)
        total = np.where(np.isnan(total), value, total + np.nan_to_num(value))
        first = np.where(first == "", status, first)
        missing |= np.isnan(value)
        # "x" in the column of a category not yet collected in that year hides no number.
        hidden |= np.isin(status.astype(str), ("c", "low", "u")) & (len(names) > 1)
    total = np.where(hidden, np.nan, total)
    gone = np.isnan(total)
    return (
        pd.Series(total, index=rows.index),
        pd.Series(np.where(gone, first, ""), index=rows.index, dtype="str"),
        pd.Series(missing & ~gone, index=rows.index),
        problems,
    )


def _joined(notes: Sequence[pd.Series[str]]) -> pd.Series[str]:
    out = notes[0]
    for more in notes[1:]:
        out = (out + " " + more).str.strip()
    return out


def _added_up(part: pd.DataFrame, has_value: bool) -> pd.DataFrame:
    """One row for each key: labels mapped to one category are added up."""
    part["given"] = has_value
    if not part.duplicated(KEY).any():
        return part
    notes = part[[*KEY, "note"]].drop_duplicates().query("note != ''")
    groups = part.groupby(KEY, sort=True)
    out = groups[list(SIDES)].sum(min_count=1)
    out["given"] = has_value & (groups.size() == 1)
    out["note"] = notes.groupby(KEY)["note"].agg(" ".join).reindex(out.index).fillna("")
    for side in SIDES:
        # Any symbol sorts after none; where one part is hidden or missing there is no total.
        out[f"{side}_status"] = groups[f"{side}_status"].max()
        out[side] = out[side].mask(out[f"{side}_status"] != "")
    return out.reset_index()
