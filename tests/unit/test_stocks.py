"""Stocks by their flows: parts that add up, what stops them, and how they are said and held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna.charts.select import figures
from jsna.measures.derived import complete, derive, verify
from jsna.measures.ingredients import ABSENT, EMPTY, HIDDEN, ROUNDED
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.derivation import taken_over
from jsna.model.indicators import Indicator
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit.readback_support import html as page
from tests.unit.test_reconciled import said
from tests.unit.test_slopes import _problems, loaded, plain
from tests.unit.test_worked import problems

WORLD = world.configuration()


def counted(name: str, period_type: str) -> Indicator:
    given = {
        **world.LEAST, "id": name, "period_type": period_type, "kind": "count", "decimals": 0,
        "numerator": {"table": "plan"}, "breakdowns": ["sex"],
    }  # fmt: skip
    return Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})


STOCK = counted("there", "january")
JOINED, LEFT = counted("came", "calendar_year"), counted("went", "calendar_year")


def declared(**changes: Any) -> Indicator:
    given = {
        "id": "made_stock",
        "title": "Plans, who joined and left",
        "phrase": "the number of plans",
        "definition": "The change by who joined and left.",
        "kind": "stock_change",
        "derived": {"of": "there", "joined": "came", "left": "went"},
        "breakdowns": ["flow_part"],
    } | changes
    made = Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})
    return taken_over(made, STOCK)


def config(*indicators: Indicator) -> Configuration:
    made = world.configuration({i.id: i for i in (STOCK, JOINED, LEFT, *indicators)})
    return replace(made, edition=made.edition.model_copy(update={"chapters": ("exclusions",)}))


def rows(name: str, period: str, value: float, **changes: Any) -> pd.DataFrame:
    made = {
        "edition": "example-2025", "indicator": name, "area_code": world.AREA,
        "geography": "authority", "period": period,
        "period_type": "january" if name == "there" else "calendar_year",
        "breakdown": "total", "category": "total", "population_base": "maintained",
        "numerator": value, "value": value, "unit": "count", "method": "count",
        "profile": "default", "source": "local:sen2",
    }  # fmt: skip
    return schema.conform(pd.DataFrame([made | changes]))


FOUR = pd.concat(
    [rows("there", "2024", 1_000), rows("there", "2025", 1_120), rows("came", "2024", 300),
     rows("went", "2024", 140)],
    ignore_index=True,
)  # fmt: skip


def values(frame: pd.DataFrame) -> dict[str, float]:
    return {str(k): float(v) for k, v in zip(frame["category"], frame["value"], strict=True)}


def test_parts_add_up_to_the_change() -> None:
    one = config(declared())
    found = values(derive(FOUR, one))
    assert found == {"total": 120, "joined": 300, "left": -140, "other": -40}
    assert verify(complete(FOUR, one), one) == 4


def test_a_stock_at_the_end_of_march_has_the_financial_year_up_to_it() -> None:
    march = FOUR.assign(
        period_type=FOUR["period_type"].map(
            {"january": "31_march", "calendar_year": "financial_year"}
        ),
        period=np.where(FOUR["indicator"].eq("there"), FOUR["period"], "2024/25"),
    )
    stock = STOCK.model_copy(update={"period_type": "31_march"})
    made = config(taken_over(declared(), stock))
    made = replace(made, indicators={**made.indicators, "there": stock})
    assert values(derive(march, made))["other"] == -40
    assert problems(complete(march, made), made) == []


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize(("status", "reason"), [("c", HIDDEN), ("x", ABSENT)])
def test_what_stands_on_a_hidden_count_is_hidden(at: int, status: str, reason: str) -> None:
    hidden = FOUR.copy()
    hidden.loc[at, list(schema.NUMBERS)] = np.nan
    hidden.loc[at, "status"] = status
    found = derive(hidden, config(declared()))
    assert len(found) == 4
    assert set(found["status"]) == {status}
    assert set(found["reason"]) == {reason}
    assert found[list(schema.NUMBERS)].isna().all(axis=None)


@pytest.mark.parametrize("at", range(4))
def test_without_one_of_them_nothing_is_told(at: int) -> None:
    assert derive(FOUR.drop(index=at), config(declared())).empty


def test_stocks_counted_in_two_ways_and_rounded_counts() -> None:
    broken = FOUR.assign(segment=np.where(FOUR["period"].eq("2025"), "2025", ""))
    assert set(derive(broken, config(declared()))["reason"]) == {EMPTY}
    name = next(n for n, p in WORLD.profiles.items() if p.rounding == 5)
    near = FOUR.assign(profile=np.where(FOUR["indicator"].eq("went"), name, "default"))
    assert set(derive(near, config(declared()))["note"]) == {ROUNDED}


ENTRY = """
  - id: made
    title: Made
    phrase: the number of plans
    definition: The change by who joined and left.
    kind: stock_change
    derived: {of: there, joined: came, left: went}
    breakdowns: [flow_part]
  - id: there
    like: permanent_exclusion_rate
    kind: count
    unit: count
    multiplier: 1.0
    decimals: 0
    per: ""
    method: count
    denominator:
    fallbacks: []
    breakdowns: [sex]
    charts: []
    numerator: {table: plan}
    population_base: maintained
    period_type: january
  - {id: came, like: there, numerator: {table: new_plan}, period_type: calendar_year}
  - {id: went, like: there, numerator: {table: ceased_plan}, period_type: calendar_year}
"""


def told(tmp_path: Path, entry: str) -> str:
    """What is wrong with the entry, beside what other entries lack where nothing else is read."""
    return "\n".join(x for x in loaded(tmp_path, entry)[1].splitlines() if "made" in x)


def test_seven_lines_declare_it(tmp_path: Path) -> None:
    found, all_told = loaded(tmp_path, ENTRY)
    assert "'made." not in all_told
    assert "(made)" not in all_told
    assert found["made"].refers_to == ("there", "came", "went")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (", left: went", "", "names the stock"),
        ("left: went", "left: came", "names the stock"),
        ("joined: came", "joined: suspended_pupils", "has another unit than goes with there"),
        ("of: there, joined: came", "of: came, joined: there", "january, not any"),
        ("left: went}", "left: went, years: 2}", "is all there is to say"),
        ("[flow_part]", "[sex]", "has flow_part"),
    ],
)
def test_faults_of_a_declaration_are_told(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert old in ENTRY
    assert rule in told(tmp_path, ENTRY.replace(old, new, 1))


def test_a_stock_is_said_with_its_flows_drawn_and_read_back(tmp_path: Path) -> None:
    one = declared(charts=["bars flow_part"])
    made = config(one)
    safe = complete(FOUR, made)
    texts = said(Measures(safe, made), one)
    assert [plain(text) for text in texts] == [
        "In Example, the number of plans in January 2025 had changed by 120 since January 2024.",
        "Those who joined add 300 to it, those who left −140; −40 is neither.",
    ]
    (drawing,) = figures(made, safe)
    assert drawing.title == "Plans, who joined and left: by part of the change"
    body = page("".join(f"<p>{text}</p>" for text in texts))
    files = {f"{drawing.id}.svg": drawing.svg, "report.html": body}
    assert _problems(safe, made, files, tmp_path) == []
    wrong = files | {"report.html": body.replace(">−40<", ">−41<", 1)}
    assert len(_problems(safe, made, wrong, tmp_path)) == 1
    assert problems(safe, made) == []
    mine = safe.index[safe["indicator"].eq(one.id)]
    for at in mine:
        changed = safe.copy()
        changed.loc[at, "value"] += 1
        assert len(problems(changed, made)) == 1
