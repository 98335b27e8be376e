"""Published figures as measures: value and limits from published counts, where there are any.

A publisher rounds its values, and limits of the counts would not hold a rounded value: where both
counts stand the value is theirs, and one that does not print as the publisher's is said in the
note. A value that is negative or impossible is not available. Counts that the publisher rounds are
less exact than its value, which then stands, with limits about it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from jsna.errors import Problem
from jsna.model.indicators import Indicator
from jsna.model.kinds import PUBLISHED
from jsna.model.releases import SIDES, Published
from jsna.releases import figures, footnotes
from jsna.releases.release import OfficialTable

NEGATIVE: Final = "The published figure, {}, is below 0. It is not used."
IMPOSSIBLE: Final = "The published share, {}%, is above 100%. It is not used."
#: Said of a value worked out from counts that the publisher's own does not agree with.
AT_ODDS: Final = "From the published counts; the publisher prints {}."
CALCULATED: Final = "Calculated from published counts."
LIMITS: Final = ("lower_95", "upper_95", "lower_998", "upper_998")
#: Categories of a share may add up to this much more than their total (publishers round counts).
OVERLAP: Final = 1.01


def measures(
    release: OfficialTable,
    indicator: Indicator,
    mapping: Published,
    other: OfficialTable | None = None,
    rounding: int = 1,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Measure rows (less `edition`) of one mapping of one indicator.

    Args:
        release: the table the mapping names, less rows of areas not shown (`official.shown`).
        indicator: its declaration.
        mapping: one of `Configuration.published`.
        other: the table of `mapping.denominator_from`.
        rounding: base the publisher rounds counts to; 1 for none.
    """
    whole = None if other is None else other.frame
    frame, problems = figures.figures(release.frame, mapping, release.where, whole)
    problems = [of_indicator(indicator, problem) for problem in problems]
    if problems or frame.empty:
        return pd.DataFrame(), problems
    problems = _overlap(frame, indicator, release.where)
    out = _valued(frame, indicator, mapping, rounding)
    out = _with_limits(out, indicator, rounding)
    out["note"] = _text(out["note"], mapping.note, footnotes.of(out, release.scopes))
    return out.assign(
        indicator=indicator.id,
        period_type=mapping.period_type,
        population_base=indicator.population_base,
        unit=indicator.unit,
        source=mapping.release,
    ).drop(columns=["given", "computed", *(f"{side}_status" for side in SIDES)]), problems


def of_indicator(indicator: Indicator, problem: Problem) -> Problem:
    """The problem, naming the indicator whose mapping met it."""
    return replace(problem, rule=f"{problem.rule} (indicator {indicator.id})")


def _valued(
    frame: pd.DataFrame, indicator: Indicator, mapping: Published, rounding: int
) -> pd.DataFrame:
    """Value, status and method, with what is odd about the value in the note."""
    out = frame.copy()
    if indicator.kind.is_count:
        out["computed"] = np.nan
        out["value"] = out["value"].fillna(out["numerator"])
        out["numerator"] = out["value"]
        published = out["value"].notna()
    else:
        usable = out["denominator"] > 0
        whole = out["denominator"].where(usable)
        out["computed"] = out["numerator"] * indicator.multiplier / whole
        if indicator.kind.standardised:
            out["computed"] = np.nan
        out["value"] = (out["value"] * mapping.scale).where(out["given"])
        published = out["value"].notna()
        out["note"] = _add(out["note"], ~published & out["computed"].notna(), CALCULATED)
        if rounding == 1:
            out["note"] = _disagreement(out, published)
            out["value"] = out["computed"].fillna(out["value"])
        out["value"] = out["value"].fillna(out["computed"])
    out = _possible(out, indicator)
    missing = out["value"].isna()
    reason = out["value_status"].where(out["value_status"] != "", out["numerator_status"])
    reason = reason.where(reason != "", out["denominator_status"])
    reason = reason.where(reason != "", np.where(out["denominator"] == 0, "z", "x"))
    out["status"] = reason.where(missing, "")
    out["method"] = np.where(published | missing, PUBLISHED, _method(indicator))
    return out


def _possible(frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """The frame without values that cannot be, which are said in the note."""
    out = frame.copy()
    value = out["value"]
    share = indicator.kind.inside and indicator.unit == "percent"
    counts = out[["numerator", "denominator"]].min(axis=1)
    rules = [(value < 0, NEGATIVE, value), (counts < 0, NEGATIVE, counts)]
    if share:
        rules.append((value > 100, IMPOSSIBLE, value))
    for wrong, words, figure in rules:
        for row in out.index[wrong & out["value"].notna()]:
            out.loc[row, "note"] = words.format(f"{figure[row]:.10g}")
            out.loc[row, ["value", "numerator", "denominator"]] = np.nan
            out.loc[row, "value_status"] = "x"
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
    """The note, giving the published value where it is not that of the published counts."""
    decimals = _decimals(frame["value"])
    apart = (frame["value"] - frame["computed"]).abs() > 0.5 * 10.0**-decimals + 1e-6
    note = frame["note"].copy()
    for row in frame.index[published & apart]:
        given = f"{frame['value'][row]:.{decimals[row]}f}"
        note[row] = f"{note[row]} {AT_ODDS.format(given)}".strip()
    return note


def _method(indicator: Indicator) -> str:
    """Method of the limits: the indicator's, or by kind where it is only published."""
    if indicator.method != PUBLISHED:
        return indicator.method
    return indicator.kind.limits_of_counts or PUBLISHED


def _with_limits(frame: pd.DataFrame, indicator: Indicator, rounding: int) -> pd.DataFrame:
    from jsna.measures import methods
    from jsna.measures.values import dispersions

    out = frame.assign(**dict.fromkeys(LIMITS, np.nan))
    method = _method(indicator)
    x, n = out["numerator"], out["denominator"]
    if rounding > 1:
        # Limits of rounded counts need not hold the value, which is more exact.
        x = (out["value"] * n / indicator.multiplier).where(x.notna())
    usable = out["value"].notna() & (x >= 0) & (n > 0)
    if method == "proportion_wilson":
        usable &= x <= n
    if method not in ("proportion_wilson", "rate_byar") or not usable.any():
        return out
    spread = dispersions(out.assign(indicator=indicator.id), {indicator.id: indicator})[usable]
    found = methods.interval(
        method,  # type: ignore[arg-type]
        x[usable] / spread,
        n[usable] / spread,
        indicator.multiplier,
    )
    for name in LIMITS:
        out.loc[usable, name] = getattr(found, name)
    out.loc[usable, "method"] = method
    return out


def _overlap(frame: pd.DataFrame, indicator: Indicator, where: str) -> list[Problem]:
    """Refuse a share whose categories add up to more than the total: they overlap."""
    if not indicator.kind.of_one_whole or not frame["denominator"].notna().any():
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
