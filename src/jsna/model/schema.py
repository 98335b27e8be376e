"""The measure table: the one tidy table every stage after measurement reads and writes.

One row is one measured thing for one area, period and category. The version is stored in the
parquet metadata; `check` is called by every stage on what it reads and on what it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jsna.errors import JsnaError, Problem

# Every stage reads the names here; most hold no frame, and pandas takes a fifth of a second.
if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION: Final = "1.1"

#: Key of the version in a parquet file's metadata.
VERSION_KEY: Final = "jsna_measures"

#: Together they identify a row. `breakdown` and `category` hold one or more dimensions in
#: canonical form: names in alphabetical order joined by "|", categories in the same order.
KEY: Final = (
    "edition",
    "indicator",
    "area_code",
    "geography",
    "period",
    "period_type",
    "breakdown",
    "category",
    # Which way of counting a figure is of; figures of two segments are never compared. Of official
    # ones the first period counted as this one was, "" before the first break or without any; of
    # local ones `LOCAL` where they are counted otherwise than the official, which then stand beside
    # them.
    "segment",
)
#: What a figure is of, however it is counted.
SUBJECT: Final = tuple(name for name in KEY if name != "segment")
NUMBERS: Final = (
    "numerator",
    "denominator",
    "value",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
)
NUMERATOR_CELL: Final = "numerator_cell"
DENOMINATOR_CELL: Final = "denominator_cell"
COLUMNS: Final = (
    *KEY,
    "population_base",
    "numerator",
    "denominator",
    "value",
    "unit",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
    "method",
    "status",
    "reason",
    "profile",
    "source",
    "note",
    # Why a published figure is in doubt, though it stands: "zero", "jump" or "doubt", joined by
    # "+" in that order; what changes up to it or from it is not headlined.
    "mark",
)
TEXT: Final = tuple(name for name in COLUMNS if name not in (*KEY, *NUMBERS))

#: What the two counts of a row count (`model.cells`): in the restricted zone only. Empty where a
#: row has no such count, or has it from a publisher and not from records counted here.
CELLS: Final = (NUMERATOR_CELL, DENOMINATOR_CELL)

#: `segment` of local figures whose declaration says how they differ from official ones.
LOCAL: Final = "local"

TOTAL: Final = "total"
JOIN: Final = "|"

#: Government Statistical Service symbols. Empty means the value stands as it is.
STATUSES: Final = ("", "z", "x", "c", "low", "u")
STATUS_WORDS: Final = {
    "": "",
    "z": "not applicable",
    "x": "not available",
    "c": "hidden to protect confidentiality",
    "low": "rounds to zero but is not zero",
    "u": "low reliability",
}
GEOGRAPHIES: Final = (
    "national",
    "region",
    "authority",
    "neighbours",
    "locality_group",
    "district",
    "ward",
)
PERIOD_TYPES: Final = (
    "january",  # position on school census / SEN2 day
    "31_march",  # position at the end of a financial year; the period is the year of that March
    "calendar_year",
    "academic_year",
    "financial_year",
    "mid_year",
    "three_years",
    "release",  # a dated reference product such as the Indices of Deprivation
)
POPULATION_BASES: Final = (
    "attending",
    "resident",
    "maintained",
    "responsible",
    "areas",
    "records",
    "sources",
)
#: The unit of sums of money, and of their means.
MONEY: Final = "pounds"
#: Units what is measured of one child may be in, in the plural.
MEASURED: Final = ("hours", "days", "weeks", "months", "years", "miles", MONEY)
#: Unit -> what a quotient of two counts is multiplied by to be in it.
MULTIPLIERS: Final[Mapping[str, float]] = {
    "count": 1.0,
    "percent": 100.0,
    "per_100": 100.0,
    "per_1000": 1_000.0,
    "per_10000": 10_000.0,
    "ratio": 1.0,
    "mean": 1.0,
    "percentage_points": 100.0,
    "standard_deviations": 1.0,
    **dict.fromkeys(MEASURED, 1.0),
}
UNITS: Final = tuple(MULTIPLIERS)
METHODS: Final = (
    "count",
    "sum",
    "proportion",  # a complete count that no chance stands behind: no limits
    "proportion_wilson",
    "rate_byar",
    "mean_t",
    "quantile",
    "kaplan_meier",
    "dsr_dobson",
    "isr_byar",
    "sii_linear",
    "rii_linear",
    "ratio_log",
    "ratio_katz",  # ratios and differences are worked out from published rows, see `derived`
    "ratio_rates",
    "standardised_difference",
    "kitagawa",
    "two_sources",
    "stock_flows",
    "median_of_areas",
    "pooled_areas",
    "published",
)
#: Methods whose value is worked out from values one by one, and from no counts.
OF_VALUES: Final = ("quantile", "kaplan_meier")
#: Methods whose value is not that of the two counts beside it.
ADJUSTED: Final = ("dsr_dobson", "isr_byar")
MARKS: Final = ("zero", "jump", "doubt")
#: What stands in a note behind why the auditor of releases does not use a figure.
NOT_USED: Final = "It is not used."
_ENUMS: Final = {
    "status": STATUSES,
    "geography": GEOGRAPHIES,
    "period_type": PERIOD_TYPES,
    "population_base": POPULATION_BASES,
    "unit": UNITS,
    "method": METHODS,
}


def audit_reason(note: str) -> str:
    """Why the auditor of releases does not use a figure, from its note."""
    return note.partition(NOT_USED)[0].strip()


def canonical(dimensions: dict[str, str]) -> tuple[str, str]:
    """The canonical (breakdown, category) of a set of dimensions; empty gives the total."""
    if not dimensions:
        return TOTAL, TOTAL
    names = sorted(dimensions)
    return JOIN.join(names), JOIN.join(dimensions[name] for name in names)


def dimensions(breakdown: str, category: str) -> dict[str, str]:
    """The reverse of `canonical`."""
    if breakdown == TOTAL:
        return {}
    return dict(zip(breakdown.split(JOIN), category.split(JOIN), strict=True))


def columns(*, cells: bool = False) -> tuple[str, ...]:
    """The columns of a measure table, with the cells of its counts or without."""
    return (*COLUMNS, *CELLS) if cells else COLUMNS


def empty(*, cells: bool = False) -> pd.DataFrame:
    """A measure table of no rows, with the right columns and types."""
    import pandas as pd

    return conform(pd.DataFrame({column: [] for column in columns(cells=cells)}), cells=cells)


#: So many rows are sorted sooner one by one than by columns.
_FEW: Final = 500


def conform(frame: pd.DataFrame, *, cells: bool = False) -> pd.DataFrame:
    """Columns in order with their types, missing text as "", sorted by the key.

    Args:
        frame: measure rows.
        cells: whether the cells of the counts are kept; else they are left out.
    """
    import pandas as pd

    made: dict[str, pd.Series[Any]] = {}
    for column in columns(cells=cells):
        if column in NUMBERS:
            given = frame.get(column, float("nan"))
            made[column] = pd.Series(given, index=frame.index, dtype="float64")
        else:
            text = pd.Series(frame.get(column, ""), index=frame.index, dtype="str")
            made[column] = text.fillna("") if text.hasnans else text
    out = pd.DataFrame(made, index=frame.index)
    if len(out) > _FEW:
        return out.sort_values(list(KEY), kind="stable").reset_index(drop=True)
    order = sorted(range(len(out)), key=_keys(out).__getitem__)
    return out.iloc[order].reset_index(drop=True)


def _keys(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [*zip(*(frame[column].tolist() for column in KEY), strict=True)]


def _few_alone(frame: pd.DataFrame) -> bool:
    """Whether rows are few, with whole keys, and no two are the same."""
    if len(frame) > _FEW:
        return False
    keys = _keys(frame)
    whole = all(isinstance(part, str) for key in keys for part in key)
    return whole and len({*keys}) == len(keys)


def check(frame: pd.DataFrame, where: str, *, cells: bool = False) -> pd.DataFrame:
    """Return the frame if it obeys the schema; else raise with every fault found.

    Args:
        frame: measure rows.
        where: name of the table for the message.
        cells: whether it has the cells of its counts; what is published may not have them.
    """
    problems: list[Problem] = []
    expected = columns(cells=cells)
    missing = [column for column in expected if column not in frame]
    extra = [column for column in frame if column not in expected]
    if missing or extra:
        rule = f"measure table has missing columns {missing} and unknown columns {extra}"
        raise JsnaError(Problem(where, rule, code="measure.columns"))
    for column, allowed in _ENUMS.items():
        if set(frame[column].tolist()) <= {*allowed}:
            continue
        bad = frame.loc[~frame[column].isin(allowed), column]
        for value in sorted(set(bad.astype(str))):
            rule = f"must be one of {', '.join(map(repr, allowed))}"
            problems.append(
                Problem(where, rule, column=column, value=value, code="measure.enumeration")
            )
    if not _few_alone(frame) and (duplicated := frame.duplicated(list(KEY))).any():
        first = frame.loc[duplicated, list(KEY)].iloc[0]
        rule = f"measure key occurs more than once: {'; '.join(map(str, first))}"
        problems.append(
            Problem(where, rule, count=int(duplicated.sum()), code="measure.duplicate_key")
        )
    valued = frame["value"].notna()
    hidden = frame["status"].isin(("c", "x", "z"))
    for mask, rule in (
        (valued & hidden, "a value stands beside a status that says there is none"),
        (~valued & frame["status"].eq(""), "no value, and no status says why"),
        (frame["breakdown"].eq(TOTAL) != frame["category"].eq(TOTAL), "total on one side only"),
        (frame["lower_95"] > frame["upper_95"], "lower limit above upper limit"),
    ):
        if mask.any():
            row = frame.loc[mask].iloc[0]
            named = "; ".join(str(row[column]) for column in KEY)
            problems.append(
                Problem(where, f"{rule}: {named}", count=int(mask.sum()), code="measure.value")
            )
    if problems:
        raise JsnaError(problems, title="The measure table breaks its schema:")
    return frame
