"""What follows from the auditor's findings for the measures: figures not used, marks, breaks."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Mapping, Sequence
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
    mine = [f for f in findings if f.table == table and f.effect != "none"]
    if not mine:
        return out
    columns = ("indicator", "area_code", "period", "breakdown", "category")
    listed = zip(*(out[name].tolist() for name in columns), strict=True)
    near: dict[tuple[str, str, str], list[tuple[int, ItemsView[str, str]]]] = {}
    for i, (indicator, area, period, breakdown, category) in enumerate(listed):
        place = near.setdefault((indicator, area, period), [])
        place.append((i, schema.dimensions(breakdown, category).items()))
    changing = _Changing(out)
    for one in sorted(mine, key=lambda f: f.effect == "mark"):
        of: ItemsView[str, str] = schema.dimensions(one.breakdown, one.category).items()
        for i, dims in near.get((one.indicator, one.area_code, one.period), ()):
            if one.effect == "mark" and dims == of:
                changing.mark(i, one)
            elif one.effect != "mark" and (dims == of or (of and of <= dims)):
                changing.withdraw(i, one.published, one.reason)
    return changing.done()


class _Changing:
    """Measure rows that findings change, one by one; the frame itself stays as it is."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows
        words = ("status", "method", "reason", "mark", "note")
        self._words = {name: rows[name].tolist() for name in words}
        self._numbers = {
            name: rows[name].to_numpy(dtype=np.float64, copy=True)
            for name in (*schema.NUMBERS, PUBLISHED)
        }

    def mark(self, i: int, one: Finding) -> None:
        """Mark the row at a position, where it has a figure that is used."""
        words = self._words
        if words["reason"][i] == REASON or np.isnan(self._numbers["value"][i]):
            return
        name, marks = one.kind if one.kind in MARKS else "doubt", words["mark"][i].split("+")
        words["mark"][i] = "+".join(m for m in schema.MARKS if m == name or m in marks)
        words["note"][i] = f"{words['note'][i]} {one.reason}".strip()

    def withdraw(self, i: int, published: float, reason: str) -> None:
        """Leave the figure of the row at a position out, with the reason in its note."""
        words, value = self._words, self._numbers["value"][i]
        if words["reason"][i] == REASON:
            return
        self._numbers[PUBLISHED][i] = published if np.isnan(value) else value
        for name in schema.NUMBERS:
            self._numbers[name][i] = np.nan
        for name, text in (("status", "x"), ("method", "published"), ("reason", REASON)):
            words[name][i] = text
        words["mark"][i] = ""
        words["note"][i] = f"{reason} {schema.NOT_USED} {words['note'][i]}".strip()

    def done(self) -> pd.DataFrame:
        """The rows as they were left."""
        index = self._rows.index
        made = {
            name: pd.Series(column, index, dtype=self._rows[name].dtype)
            for name, column in {**self._words, **self._numbers}.items()
        }
        return self._rows.assign(**made)


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
        if not told.any():
            continue
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
    changing, findings = _Changing(rows), []
    sources, by_rank = rows["source"].tolist(), source_of.to_dict()
    for i in np.flatnonzero(rows["value"].eq(0).to_numpy() & own).tolist():
        source = str(by_rank[first[i]])
        if source == sources[i]:
            continue
        row = rows.iloc[i]
        what = "place" if (*row[[*of, "period"]], first[i]) in given else "period"
        by = audits[source].title
        found = Finding(
            row["source"], tables[row["_rank"]], row["indicator"], "value", row["area_code"],
            row["period"], row["breakdown"], row["category"], "zero_for_gap", 0.0,
            f"The published 0 stands where {by} has no figure for this {what}.", "not_available",
        )  # fmt: skip
        findings += reviewed([found], audits.get(found.source))
        if findings[-1].effect != "none":
            changing.withdraw(i, 0.0, found.reason)
    return _not_brought_back(changing.done(), _PLACE), findings


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
    changing = _Changing(rows)
    for i in np.flatnonzero(again).tolist():
        reason = schema.audit_reason(str(beside["note"].iloc[i]))
        changing.withdraw(i, float(rows["value"].iloc[i]), reason)
    return changing.done()
