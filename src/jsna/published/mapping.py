"""Published figures as measures: value kept as published, limits from published counts.

The value is the publisher's, even where it cannot be right: what is negative, impossible or at
odds with the counts beside it is kept and said in the note. Where a release gives counts and no
value, the value is calculated and said to be. Limits are calculated wherever both counts stand.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jsna.errors import Problem
from jsna.measures.declaration import Indicator, Published
from jsna.published import figures, footnotes
from jsna.published.release import Release

NEGATIVE: Final = "Negative as published."
IMPOSSIBLE: Final = "Outside 0 to 100 as published."
CALCULATED: Final = "Calculated from published counts."
LIMITS: Final = ("lower_95", "upper_95", "lower_998", "upper_998")
#: Categories of a share may add up to this much more than their total (publishers round counts).
OVERLAP: Final = 1.01


def measures(
    release: Release,
    indicator: Indicator,
    mapping: Published,
    source: str,
    other: Release | None = None,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Measure rows (less `edition`) of one mapping of one indicator.

    Args:
        release: the table the mapping names, less rows of areas not shown (`official.shown`).
        indicator: its declaration.
        mapping: one of `indicator.published`.
        source: id of the release in the source register.
        other: the table of `mapping.denominator_from`.
    """
    whole = None if other is None else other.frame
    frame, problems = figures.figures(release.frame, mapping, release.where, whole)
    problems = [_of(indicator, problem) for problem in problems]
    if problems or frame.empty:
        return pd.DataFrame(), problems
    problems = _overlap(frame, indicator, release.where)
    out = _valued(frame, indicator, mapping)
    out = _with_limits(out, indicator)
    out["note"] = _text(out["note"], mapping.note, footnotes.of(out, release.scopes))
    return out.assign(
        indicator=indicator.id,
        period_type=mapping.period_type,
        population_base=indicator.population_base,
        unit=indicator.unit,
        source=source,
    ).drop(columns=["given", "computed", *(f"{side}_status" for side in figures.SIDES)]), problems


def _of(indicator: Indicator, problem: Problem) -> Problem:
    """The problem, naming the indicator whose mapping met it."""
    return Problem(
        problem.where,
        f"{problem.rule} (indicator {indicator.id})",
        problem.row,
        problem.column,
        problem.value,
        problem.code,
        problem.count,
    )


def _valued(frame: pd.DataFrame, indicator: Indicator, mapping: Published) -> pd.DataFrame:
    """Value, status and method, with what is odd about the value in the note."""
    out = frame.copy()
    if indicator.kind == "count":
        out["computed"] = np.nan
        out["value"] = out["value"].fillna(out["numerator"])
        out["numerator"] = out["value"]
        published = out["value"].notna()
    else:
        usable = out["denominator"] > 0
        out["computed"] = (out["numerator"] / out["denominator"].where(usable)) * (
            indicator.multiplier
        )
        out["value"] = (out["value"] * mapping.scale).where(out["given"])
        published = out["value"].notna()
        out["note"] = _add(out["note"], ~published & out["computed"].notna(), CALCULATED)
        out["note"] = _disagreement(out, published)
        out["value"] = out["value"].fillna(out["computed"])
    missing = out["value"].isna()
    reason = out["value_status"].where(out["value_status"] != "", out["numerator_status"])
    reason = reason.where(reason != "", out["denominator_status"])
    reason = reason.where(reason != "", np.where(out["denominator"] == 0, "z", "x"))
    out["status"] = reason.where(missing, "")
    out["method"] = np.where(published | missing, "published", _method(indicator))
    out["note"] = _add(out["note"], out["value"] < 0, NEGATIVE)
    if indicator.kind in ("proportion", "share") and indicator.unit == "percent":
        out["note"] = _add(out["note"], out["value"] > 100, IMPOSSIBLE)
    return out


def _add(note: pd.Series[str], where: pd.Series[bool], text: str) -> pd.Series[str]:
    return note.where(~where, (note + " " + text).str.strip())


def _decimals(values: pd.Series[float]) -> pd.Series[int]:
    """Decimals a published value shows, at least one: 46 stands for 46.0."""
    shown = {
        value: len(repr(round(value, 6)).partition(".")[2])
        for value in values.dropna().unique().tolist()
    }
    return values.map(shown).fillna(1).clip(lower=1).astype("int64")


def _disagreement(frame: pd.DataFrame, published: pd.Series[bool]) -> pd.Series[str]:
    """The note, saying so where the published counts do not give the published value."""
    decimals = _decimals(frame["value"])
    apart = (frame["value"] - frame["computed"]).abs() > 0.5 * 10.0**-decimals + 1e-6
    note = frame["note"].copy()
    for row in frame.index[published & apart]:
        given = f"{frame['computed'][row]:.{decimals[row]}f}"
        note[row] = f"{note[row]} The published counts give {given}.".strip()
    return note


def _method(indicator: Indicator) -> str:
    """Method of the limits: the indicator's, or by kind where it is only published."""
    if indicator.method != "published":
        return indicator.method
    by_kind = {"proportion": "proportion_wilson", "share": "proportion_wilson", "rate": "rate_byar"}
    return by_kind.get(indicator.kind, "published")


def _with_limits(frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    from jsna.measures import methods

    out = frame.assign(**dict.fromkeys(LIMITS, np.nan))
    method = _method(indicator)
    x, n = out["numerator"], out["denominator"]
    usable = out["value"].notna() & (x >= 0) & (n > 0)
    if method == "proportion_wilson":
        usable &= x <= n
    if method not in ("proportion_wilson", "rate_byar") or not usable.any():
        return out
    found = methods.interval(method, x[usable], n[usable], indicator.multiplier)  # type: ignore[arg-type]
    for name in LIMITS:
        out.loc[usable, name] = getattr(found, name)
    out.loc[usable, "method"] = method
    return out


def _overlap(frame: pd.DataFrame, indicator: Indicator, where: str) -> list[Problem]:
    """Refuse a share whose categories add up to more than the total: they overlap."""
    if indicator.kind != "share" or not frame["denominator"].notna().any():
        return []
    others = frame.assign(
        _rest=[
            _without(b, c, indicator.over)
            for b, c in zip(frame["breakdown"], frame["category"], strict=True)
        ]
    )
    sums = others.groupby([*figures.PLACE, "_rest"], sort=True).agg(
        parts=("numerator", "sum"), whole=("denominator", "max")
    )
    worst = sums[(sums["whole"] > 0) & (sums["parts"] > sums["whole"] * OVERLAP)]
    if worst.empty:
        return []
    (code, _, period, _), first = worst.index[0], worst.iloc[0]
    rule = (
        f"the categories of {indicator.id} overlap: for {code} in {period} they add up to "
        f"{first['parts']:,.0f} where the total is {first['whole']:,.0f}; map each plan, pupil or "
        "event to one category only, leaving subtotals out"
    )
    return [Problem(where, rule, code="published.overlap", count=len(worst))]


def _without(breakdown: str, category: str, over: tuple[str, ...]) -> str:
    pairs = zip(breakdown.split("|"), category.split("|"), strict=True)
    return "|".join(f"{name}={value}" for name, value in pairs if name not in over)


def _text(note: pd.Series[str], own: str, said: pd.Series[str]) -> pd.Series[str]:
    joined = note + " " + own.strip() + " " + said
    return joined.str.replace(r"\s+", " ", regex=True).str.strip()
