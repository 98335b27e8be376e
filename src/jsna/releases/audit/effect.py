"""What follows from the auditor's findings for the measures: figures not used, marks, breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.model import schema
from jsna.model.audits import Known
from jsna.model.releases import Release
from jsna.releases.audit.finding import MARKS, Finding, reviewed

#: `reason` of a figure that the auditor made not available.
REASON: Final = "audit"
#: The publisher's figure of a row that is not used, kept beside it until sources are compared.
PUBLISHED: Final = "_published"
_PLACE: Final = ("indicator", "period", "period_type", "breakdown", "category", "area_code",
                 "geography")  # fmt: skip


def applied(rows: pd.DataFrame, findings: Iterable[Finding], table: str) -> pd.DataFrame:
    """Measure rows of one mapping, as the findings about its table leave them.

    A figure that must not be used has status `x`, and the reason in its note; so have those of
    finer breakdowns that hold its category. A mark goes to its own row alone.
    """
    out = rows.assign(mark="", reason="", **{PUBLISHED: np.nan})
    dims = [
        schema.dimensions(b, c).items()
        for b, c in zip(out["breakdown"], out["category"], strict=True)
    ]
    mine = [f for f in findings if f.table == table and f.effect != "none"]
    for one in sorted(mine, key=lambda f: f.effect == "mark"):
        of = schema.dimensions(one.breakdown, one.category).items()
        near = (
            (out["indicator"] == one.indicator)
            & (out["area_code"] == one.area_code)
            & (out["period"] == one.period)
        ).to_numpy()
        if one.effect == "mark":
            exact = [bool(n) and d == of for n, d in zip(near, dims, strict=True)]
            _mark(out, np.array(exact, dtype=bool), one)
        else:
            inside = [bool(n) and (d == of or bool(of and of <= d))
                      for n, d in zip(near, dims, strict=True)]  # fmt: skip
            _withdraw(out, np.array(inside, dtype=bool), one.published, one.reason)
    return out


def _mark(rows: pd.DataFrame, at: NDArray[np.bool_], one: Finding) -> None:
    at = at & (rows["reason"] != REASON).to_numpy() & rows["value"].notna().to_numpy()
    name = one.kind if one.kind in MARKS else "doubt"
    marks = rows.loc[at, "mark"]
    rows.loc[at, "mark"] = [
        "+".join(m for m in schema.MARKS if m == name or m in mark.split("+")) for mark in marks
    ]
    rows.loc[at, "note"] = (rows.loc[at, "note"] + " " + one.reason).str.strip()


def _withdraw(rows: pd.DataFrame, at: NDArray[np.bool_], published: float, reason: str) -> None:
    at = at & (rows["reason"] != REASON).to_numpy()
    rows.loc[at, PUBLISHED] = rows.loc[at, "value"].fillna(published)
    rows.loc[at, list(schema.NUMBERS)] = np.nan
    rows.loc[at, ["status", "method", "reason", "mark"]] = ["x", "published", REASON, ""]
    rows.loc[at, "note"] = (f"{reason} {schema.NOT_USED} " + rows.loc[at, "note"]).str.strip()


def segmented(rows: pd.DataFrame, table: str, audit: Known | None) -> pd.DataFrame:
    """The rows with the segment of their series each lies in, and the break said in its note.

    Args:
        rows: measure rows of one mapping, with `indicator`.
        table: the table of the release they come from.
        audit: what is known of the release.
    """
    out = rows.assign(segment="")
    for one in sorted(audit.breaks if audit else (), key=lambda b: b.starts):
        told = out["indicator"].isin(one.indicators) | (table in one.tables)
        after = told & (out["period"] >= one.starts)
        out.loc[after, "segment"] = one.starts
        first = told & (out["period"] == one.starts)
        out.loc[first, "note"] = (out.loc[first, "note"] + " " + one.reason).str.strip()
    return out


def no_zero_for_a_gap(
    rows: pd.DataFrame,
    tables: Mapping[int, str],
    audits: Mapping[str, Release],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of several sources, in which no later one fills a gap of an earlier with a zero.

    A source has a gap where it gives the indicator, for whatever area and period, and has no figure
    for this place and period: of a year it lacks altogether nobody can tell whether another's zero
    stands for none or for nothing received. Nor does a later source bring back what the auditor
    withdrew.

    Args:
        rows: measure rows with `_rank`, the order in which sources are taken.
        tables: rank -> the table the rows come from.
        audits: source -> what is known of it; a finding rejected there leaves the zero.

    Returns:
        the rows, and what was found.
    """
    of = ["indicator", "period_type", "breakdown", "category"]
    known = rows[rows["value"].notna()]
    first = _least(known, rows, of)
    own = _least(known, rows, _PLACE) == rows["_rank"].to_numpy()
    source_of = rows.drop_duplicates("_rank").set_index("_rank")["source"]
    given = set(known[[*of, "period", "_rank"]].itertuples(index=False, name=None))
    out, findings = rows.copy(), []
    for i in np.flatnonzero(rows["value"].eq(0).to_numpy() & own).tolist():
        row, source = rows.iloc[i], str(source_of[first[i]])
        if source == row["source"]:
            continue
        what = "place" if (*row[[*of, "period"]], first[i]) in given else "period"
        by = audits[source].title
        found = Finding(
            row["source"], tables[row["_rank"]], row["indicator"], "value", row["area_code"],
            row["period"], row["breakdown"], row["category"], "zero_for_gap", 0.0,
            f"The published 0 stands where {by} has no figure for this {what}.", "not_available",
        )  # fmt: skip
        findings += reviewed([found], audits.get(found.source))
        if findings[-1].effect != "none":
            _withdraw(out, np.arange(len(out)) == i, 0.0, found.reason)
    return _not_brought_back(out, _PLACE), findings


def _least(known: pd.DataFrame, rows: pd.DataFrame, keys: Sequence[str]) -> NDArray[np.float64]:
    """For each row the first rank that has a value at its keys, NaN where none has."""
    ranks = known.groupby(list(keys), sort=False)["_rank"].min()
    found = ranks.reindex(pd.MultiIndex.from_frame(rows[list(keys)]))
    return np.array(found.to_numpy(), dtype=np.float64)


def _not_brought_back(rows: pd.DataFrame, place: Sequence[str]) -> pd.DataFrame:
    """Later sources' rows that repeat a figure the auditor withdrew are withdrawn too."""
    gone = rows[rows["reason"].eq(REASON) & rows[PUBLISHED].notna()]
    if gone.empty:
        return rows
    wrong = gone.drop_duplicates(place).set_index(list(place))[[PUBLISHED, "note"]]
    beside = wrong.reindex(pd.MultiIndex.from_frame(rows[list(place)]))
    same = (rows["value"].to_numpy() - beside[PUBLISHED].to_numpy()).astype("float64")
    again = np.abs(same) < 0.5
    out = rows.copy()
    for i in np.flatnonzero(again).tolist():
        reason = schema.audit_reason(str(beside["note"].iloc[i]))
        _withdraw(out, np.arange(len(out)) == i, float(rows["value"].iloc[i]), reason)
    return out
