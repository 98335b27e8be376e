"""The tables of the invented official release: what is counted, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from jsna.generator.official_columns import MAINSTREAM, REASONS
from jsna.generator.official_home import Home

GEOGRAPHY: Final = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "new_la_code", "old_la_code", "la_name", "lad_code", "lad_name",
    "ward_code", "ward_name",
)  # fmt: skip
TOPIC, LABEL = "breakdown_topic", "breakdown"
#: Which area and year a row is of, while the figures of all of them are stacked.
PART: Final = "_part"
AGE_TOPIC: Final = "Child or young persons age"
SEXES: Final = {"F": "Female", "M": "Male"}


@dataclass(frozen=True, slots=True)
class Spec:
    """A table of the release.

    Attributes:
        counted: year a period ends in -> the home area's counts for it.
        finish: adds totals and percentages to the counts of one area and year.
        years: how many years it gives, the newest counted one the last.
        growth: what a year's figures are of the next, where not counted.
        academic: times are school years (202425), else calendar years.
        within: column -> the column whose part it is.
        apart: part -> a part of the same column that it shares nobody with.
        localities: year -> locality -> counts.
        rows_of: name and table whose rows' sums the rows of the same label come to.
    """

    counted: Mapping[int, pd.DataFrame]
    finish: Callable[[pd.DataFrame], pd.DataFrame]
    years: int
    growth: float = 0.93
    academic: bool = False
    within: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)
    localities: Mapping[int, Mapping[str, pd.DataFrame]] = field(default_factory=dict)
    rows_of: tuple[str, Spec] | None = None

    @property
    def identifier(self) -> str:
        """Kind of the table's times."""
        return "Academic year" if self.academic else "Calendar year"

    def time(self, end: int) -> str:
        """The time of a year, as written."""
        return f"{end - 1}{end % 100:02d}" if self.academic else str(end)


def percent(part: pd.Series[float], whole: pd.Series[float]) -> pd.Series[str]:
    """Percentages to one decimal as text; "z" of nobody."""
    return rate(part, whole, 1)


def rate(part: pd.Series[float], whole: pd.Series[float], decimals: int) -> pd.Series[str]:
    """Parts per hundred to some decimals as text; "z" of nobody."""
    values = 100 * part / whole.where(whole > 0)
    return values.map(lambda v: "z" if np.isnan(v) else f"{v:.{decimals}f}").astype("str")


def labelled(counts: pd.DataFrame, topic: str, labels: Iterable[str]) -> pd.DataFrame:
    """Rows of counts with their topic and labels before them."""
    out = counts.reset_index(drop=True)
    out.insert(0, LABEL, list(labels))
    out.insert(0, TOPIC, topic)
    return out


def by_age(table: pd.DataFrame, words: str, oldest: int, youngest: str, topic: str) -> pd.DataFrame:
    """Rows of single years of age with their labels; the ends open as published."""
    lowest = 2
    ages = np.clip(table.index.to_numpy(dtype="int64"), lowest, oldest)
    counts = table.groupby(ages).sum()
    last = f"{words} {oldest}" if oldest > 20 else f"{words} 20 and over"
    labels = {lowest: youngest, oldest: last}
    return labelled(counts, topic, [labels.get(int(a), f"{words} {a}") for a in counts.index])


def by_sex(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the sexes."""
    return labelled(table.reindex(list(SEXES), fill_value=0), "Sex", SEXES.values())


def summed(rows: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """One row of the sums of every area and year, with the labels of a total."""
    numbers = [c for c in rows.select_dtypes("number") if c != PART]
    return rows.groupby(PART, sort=True)[numbers].sum().reset_index().assign(**labels)


def with_total(rows: pd.DataFrame, label: str, topic: str) -> pd.DataFrame:
    """The rows of every area and year after one of their total over a topic."""
    total = summed(rows[rows[TOPIC] == topic], {TOPIC: label, LABEL: label})
    return total_first(total, rows)


def total_first(total: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Totals and rows together, area by area and year by year, the total first."""
    both = pd.concat([total[[str(c) for c in rows]], rows])
    return both.sort_values(PART, kind="stable").reset_index(drop=True)


def ehcp(home: Home, year: int) -> dict[str, Spec]:
    """Tables of the release on EHC plans; `year` is that of the January they end in."""
    before = year - 1
    old = ("Aged", 20, "Aged 2 and under", AGE_TOPIC)
    young = ("age", 20, "age 2 and under")
    issued = home.issued("age")
    den = [c for c in issued if c != "new_ehc_plans"]
    requests = pd.concat([by_age(home.requests("age"), *old), by_sex(home.requests("sex"))])
    held = ("age", 25, "under 3", AGE_TOPIC)
    plans = pd.concat([by_age(home.plans("age"), *held), by_sex(home.plans("sex"))])
    needs = pd.concat([by_age(home.needs("age"), *held), by_sex(home.needs("sex"))])
    started = pd.concat(
        [
            by_age(issued[["new_ehc_plans"]], *young, "Age when plan started"),
            by_sex(home.issued("sex")[["new_ehc_plans"]]),
        ]
    )
    caseload = Spec(
        {year: plans.reset_index(drop=True)},
        partial(_caseload, home.columns.settings),
        7,
        0.91,
        True,
    )
    return {
        "caseload": caseload,
        "sen_needs_all_plans": Spec(
            {year: needs.reset_index(drop=True)}, partial(_needs, home.columns.needs), 1, 1.0, True,
            rows_of=("caseload", caseload),
        ),
        "residential_settings": Spec(
            {year: by_age(home.residential(), *young, AGE_TOPIC)}, _residential, 7, 0.97, True
        ),
        "newplans": Spec(
            {before: started.reset_index(drop=True)},
            lambda rows: with_total(rows, "New EHC plans", "Age when plan started"), 6,
        ),
        "timeliness_20_week": Spec(
            {before: by_age(_disjoint(issued[den]), *young, AGE_TOPIC)}, _timeliness, 6
        ),
        "requests": Spec({before: requests.reset_index(drop=True)}, _requests, 6),
        "assessments": Spec(
            {before: by_age(issued[["new_ehc_plans"]], *young, AGE_TOPIC)}, _assessments, 6
        ),
        "ceased_plans": Spec(
            {before: by_age(home.ceased(), *young, "Age plan ceased")}, _ceased, 3
        ),
    }  # fmt: skip


def _caseload(settings: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All EHC plans", AGE_TOPIC)
    out["mainstream_total"] = out[
        [c for c in settings if c.startswith((*MAINSTREAM, "mainstream_independent"))]
    ].sum(axis=1)
    out["special_total"] = out[[c for c in settings if c.startswith("special_")]].sum(axis=1)
    out["ehcplans"] = out[list(settings)].sum(axis=1)
    return out.assign(
        mainstream_total_pc=percent(out["mainstream_total"], out["ehcplans"]),
        special_total_pc=percent(out["special_total"], out["ehcplans"]),
    )


def _needs(needs: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All EHC plans", AGE_TOPIC)
    out["ehc_plans"] = out[list(needs)].sum(axis=1)
    shares = {
        f"{need.removeprefix('need_')}_pc": percent(out[need], out["ehc_plans"]) for need in needs
    }
    return out.rename(columns={need: f"number_{need}" for need in needs}).assign(**shares)


def _residential(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All residential placements", AGE_TOPIC)
    return out.assign(Res_tot=out["Res_3851"] + out["Res_52"])


def _disjoint(issued: pd.DataFrame) -> pd.DataFrame:
    """Plans issued by whether an exception applied and whether in time: each in one column.

    Areas are moved by chance column by column; those that lie in one another would cross.
    """
    ex, timely = issued["plans_issued_den_ex"], issued["plans_issued_within_20_weeks"]
    both = issued["plans_issued_20_weeks_ex"]
    return pd.DataFrame(
        {
            "plain_timely": both, "plain_late": ex - both, "exception_timely": timely - both,
            "exception_late": issued["plans_issued_den"] - ex - timely + both,
        }
    )  # fmt: skip


def _timeliness(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All EHC plans issued", AGE_TOPIC)
    timely, plain = out.pop("exception_timely"), out.pop("plain_timely")
    late, plain_late = out.pop("exception_late"), out.pop("plain_late")
    out = out.assign(
        plans_issued_den=plain + plain_late + timely + late,
        plans_issued_den_ex=plain + plain_late,
        plans_issued_within_20_weeks=plain + timely,
        plans_issued_20_weeks_ex=plain,
    )
    return out.assign(
        pc_plans_issued_within_20_weeks=percent(
            out["plans_issued_within_20_weeks"], out["plans_issued_den"]
        ),
        PC_plans_issued_20_weeks_ex=percent(
            out["plans_issued_20_weeks_ex"], out["plans_issued_den_ex"]
        ),
    )


def _requests(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All requests for EHC needs assessments", AGE_TOPIC)
    outcomes = ("decided_to_assess", "decided_not_to_assess", "withdrawn", "decision_not_made")
    out["requests_received_in_year"] = out[[f"requests_{name}" for name in outcomes]].sum(axis=1)
    decided = out["request_outcome_six_weeks"] + out["request_outcome_over_6_weeks"]
    return out.assign(
        request_not_assess_pc=percent(
            out["requests_decided_not_to_assess"], out["requests_received_in_year"]
        ),
        request_outcome_six_weeks_pc=percent(out["request_outcome_six_weeks"], decided),
    )


def _assessments(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All EHC needs assessments", AGE_TOPIC)
    return out.rename(columns={"new_ehc_plans": "assess_issued"})


def _ceased(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "All ceased EHC plans", "Age plan ceased")
    return out.assign(total_ceased=out[[*REASONS.values(), "not_rec"]].sum(axis=1))
