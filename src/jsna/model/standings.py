"""The table of standings: the latest figure of every authority in each official indicator.

One row is one authority in one indicator, with its place among all that have a figure. All of it
is what a publisher issued of whole authorities: it goes from the restricted zone to the safe one
as it is, and its contract lets nothing else through.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem
from jsna.model.schema import METHODS, NUMBERS, PERIOD_TYPES, TOTAL, UNITS

if TYPE_CHECKING:
    import pandas as pd

#: Its file in the zones.
FILE: Final = "standings.parquet"
KEY: Final = ("edition", "indicator", "area_code")
TEXT: Final = (
    "area_name", "period", "period_type", "segment", "population_base", "unit", "method", "mark",
    "source",
)  # fmt: skip
#: How many authorities have a figure; how many of them have a higher and a lower one, and surely
#: so (-1 where nobody can tell); the quarter it lies in, 1 the highest (`methods.ranking`).
PLACES: Final = ("of", "above", "below", "surely_above", "surely_below", "quarter")
COLUMNS: Final = (*KEY, *TEXT, *NUMBERS, *PLACES)
#: Fewer authorities are not all of them, and there is no place among them.
FEWEST: Final = 100
#: Put before a measure's key, it names a figure of this table.
AMONG: Final = "among~"
_ENUMS: Final = {"unit": UNITS, "method": METHODS, "period_type": PERIOD_TYPES}


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns in order with their types, sorted by the key."""
    import pandas as pd

    made: dict[str, pd.Series] = {}
    for name in COLUMNS:
        column = frame[name] if name in frame else pd.Series("", index=frame.index)
        if name in NUMBERS:
            made[name] = column.astype("float64")
        elif name in PLACES:
            made[name] = column.astype("int64")
        else:
            made[name] = column.fillna("").astype("str")
    out = pd.DataFrame(made, index=frame.index)
    return out.sort_values(list(KEY), kind="stable").reset_index(drop=True)


def empty() -> pd.DataFrame:
    """A table of no rows."""
    import pandas as pd

    return conform(pd.DataFrame({name: [] for name in COLUMNS}))


def check(frame: pd.DataFrame, where: str, sources: Collection[str] | None = None) -> pd.DataFrame:
    """The frame, if it keeps the contract.

    Args:
        frame: the table.
        where: its name, for messages.
        sources: ids of the releases it may be of; any but local records where not given.

    Raises:
        JsnaError: every way in which it does not.
    """
    missing = [name for name in COLUMNS if name not in frame]
    extra = [name for name in frame if name not in COLUMNS]
    if missing or extra:
        rule = f"standings have missing columns {missing} and unknown columns {extra}"
        raise JsnaError(Problem(where, rule, code="standing.columns"))
    problems = [
        Problem(where, f"must be one of {', '.join(allowed)}", column=name, value=str(value),
                code="standing.enumeration")
        for name, allowed in _ENUMS.items()
        for value in sorted(set(frame[name]) - set(allowed))
    ]  # fmt: skip
    told = frame["source"].map({one: _official(one, sources) for one in set(frame["source"])})
    of = frame.groupby(["edition", "indicator"])["area_code"].transform("size")
    ties = frame["of"] - frame["above"] - frame["below"]
    sure = frame[["surely_above", "surely_below"]]
    rules = (
        (frame.duplicated(list(KEY)), "an authority stands twice in one indicator"),
        (~told.astype("bool"), "a figure that is of no official release of the edition"),
        (frame["value"].isna(), "an authority without a figure"),
        (frame["of"].ne(of), "not as many authorities as are said"),
        (ties.lt(1), "more authorities above and below than there are others"),
        (sure["surely_above"].gt(frame["above"]) | sure["surely_below"].gt(frame["below"]),
         "more authorities surely above or below than above or below"),
        (sure.lt(-1).any(axis=1) | frame["quarter"].lt(1) | frame["quarter"].gt(4),
         "a place that no authority can have"),
    )  # fmt: skip
    for mask, rule in rules:
        if mask.any():
            first = "; ".join(str(frame.loc[mask, name].iloc[0]) for name in KEY)
            problems.append(
                Problem(where, f"{rule}: {first}", count=int(mask.sum()), code="standing.value")
            )
    if problems:
        raise JsnaError(problems, title="The table of standings breaks its contract:")
    return frame


def _official(source: str, sources: Collection[str] | None) -> bool:
    if sources is None:
        return bool(source) and not source.startswith("local:")
    return source in sources


def key_of(row: dict[str, object]) -> str:
    """The key outputs carry of a figure of this table: a measure's, led by `AMONG`."""
    parts = (
        row["indicator"], row["area_code"], "authority", row["period"], row["period_type"],
        TOTAL, TOTAL, row["segment"],
    )  # fmt: skip
    return AMONG + "~".join(map(str, parts))
