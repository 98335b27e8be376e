"""What a change comes of: parts that add up, what they stand on, and how they are said and held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.charts.select import figures
from jsna.measures.derived import complete, derive, verify
from jsna.measures.ingredients import ABSENT, EMPTY, HIDDEN, ROUNDED
from jsna.measures.methods.decomposition import NOBODY, decomposition
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.derivation import taken_over
from jsna.model.hierarchies import later
from jsna.model.indicators import Indicator
from jsna.report.breakdowns import sentences as breakdown_sentences
from jsna.report.changes import headline
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit.readback_support import html as page
from tests.unit.test_slopes import _problems, config_of, loaded, plain
from tests.unit.worked_support import suspended

WORLD = world.configuration()
BASE = WORLD.indicators["suspended_pupils"].model_copy(
    update={
        "breakdowns": (("sen_provision",), ("sen_provision", "sex"), ("sex",)),
        "charts": (),
        "fallbacks": (),
        "decimals": 1,
    }
)
#: Of pupils by SEN provision those suspended, in two years.
BEFORE = {"N": (30.0, 800.0), "K": (20.0, 160.0), "E": (10.0, 40.0)}
AFTER = {"N": (40.0, 700.0), "K": (50.0, 220.0), "E": (12.0, 80.0)}


def declared(**changes: Any) -> Indicator:
    given = {
        "id": "made_change",
        "title": "Suspended, what the change comes of",
        "phrase": "the share of pupils suspended",
        "definition": "The change since the year before and its parts.",
        "kind": "decomposition",
        "derived": {"of": "suspended_pupils", "along": "sen_provision"},
        "breakdowns": ["change_part"],
    } | changes
    made = Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})
    return taken_over(made, BASE)


def rows(
    groups: Mapping[str, tuple[float, float]],
    period: str = "2024/25",
    total: tuple[float, float] | None = None,
    rest: str = "",
    **changes: Any,
) -> pd.DataFrame:
    """Rows of everyone and of groups as published: of them, out of."""
    x, n = zip(*groups.values(), strict=True)
    every = {"": total or (sum(x), sum(n)), **groups}
    return suspended(every, "sen_provision", period, rest, **changes)


def config(*indicators: Indicator, base: Indicator = BASE) -> Configuration:
    return config_of(base, *indicators)


BOTH = pd.concat([rows(BEFORE, "2023/24"), rows(AFTER)], ignore_index=True)


def by_part(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    return {str(row["category"]): row for _, row in frame.iterrows()}


def values(frame: pd.DataFrame) -> dict[str, float]:
    return {str(k): float(v) for k, v in zip(frame["category"], frame["value"], strict=True)}


# -- the method ------------------------------------------------------------------------------------


@given(st.data())
def test_the_parts_add_up_to_the_change_and_turn_round_with_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    people = st.lists(st.integers(0, 500), min_size=size, max_size=size)
    rates = st.lists(st.floats(0, 100), min_size=size, max_size=size)
    one = [data.draw(rates), [1.0] * size, data.draw(people)]
    other = [data.draw(rates), [2.0] * size, data.draw(people)]
    found, back = decomposition(one, other), decomposition(other, one)
    if not sum(one[2]) or not sum(other[2]):
        assert found.change.reason[0] == NOBODY
        return
    means = [np.average(side[0], weights=side[2]) for side in (one, other)]
    assert found.change.value[0] == pytest.approx(means[1] - means[0], abs=1e-9)
    parts = found.composition.value[0] + found.rates.value[0]
    assert parts == pytest.approx(found.change.value[0], abs=1e-9)
    for forth, turned in zip(found, back, strict=True):
        assert forth.value[0] == pytest.approx(-turned.value[0], abs=1e-9)
        assert forth.lower[0] == pytest.approx(-turned.upper[0], abs=1e-9)


def test_the_example_of_two_groups() -> None:
    """Rates the same in both years: all comes of who there is; and the other way round."""
    same = decomposition(([10, 30], [0, 0], [100, 300]), ([10, 30], [0, 0], [300, 100]))
    assert (same.composition.value[0], same.rates.value[0]) == (pytest.approx(-10), 0)
    grown = decomposition(([10, 30], [0, 0], [100, 300]), ([14, 32], [0, 0], [10, 30]))
    assert (grown.composition.value[0], grown.rates.value[0]) == (0, pytest.approx(2.5))


def test_the_interval_of_the_part_within_groups_covers_as_often_as_it_says() -> None:
    draw = np.random.default_rng(20251127)
    runs, n1, n2 = 20_000, np.array([400, 800]), np.array([700, 500])
    p1, p2 = np.array([0.2, 0.1]), np.array([0.25, 0.12])

    def side(n: Any, p: Any) -> tuple[Any, Any, Any]:
        rate = draw.binomial(n, p, (runs, 2)) / n
        return rate, np.sqrt(rate * (1 - rate) / n), np.broadcast_to(n, (runs, 2))

    found = decomposition(side(n1, p1), side(n2, p2)).rates
    truth = float(((p2 - p1) * (n1 / 1_200 + n2 / 1_200) / 2).sum())
    covered = np.mean((found.lower <= truth) & (truth <= found.upper))
    assert covered == pytest.approx(0.95, abs=0.006)


@pytest.mark.parametrize(
    ("period", "by", "found"),
    [("2024/25", -1, "2023/24"), ("1999/00", 1, "2000/01"), ("2025", 5, "2030")],
)
def test_later_periods(period: str, by: int, found: str) -> None:
    assert later(period, by) == found


# -- rows ------------------------------------------------------------------------------------------


def test_a_change_and_its_parts_by_hand() -> None:
    found = values(derive(BOTH, config(declared())))
    # Shares .8, .16, .04, then .7, .22, .08; in a hundred 3.75, 12.5, 25 and 5.7143, 22.7273, 15.
    make_up = -0.1 * 4.732143 + 0.06 * 17.613636 + 0.04 * 20
    within = 1.964286 * 0.75 + 10.227273 * 0.19 - 10 * 0.06
    assert found["composition"] == pytest.approx(make_up, abs=1e-5)
    assert found["rates"] == pytest.approx(within, abs=1e-5)
    assert found["total"] == pytest.approx(10.2 - 6)
    assert found["total"] == pytest.approx(found["composition"] + found["rates"])


@pytest.mark.parametrize("period", ["2023/24", "2024/25"])
@pytest.mark.parametrize("category", ["E", "total"])
@pytest.mark.parametrize(("status", "reason"), [("c", HIDDEN), ("x", ABSENT)])
def test_what_stands_on_a_hidden_figure_of_either_year_is_hidden(
    period: str, category: str, status: str, reason: str
) -> None:
    hidden = BOTH.copy()
    where = hidden["category"].eq(category) & hidden["period"].eq(period)
    hidden.loc[where, list(schema.NUMBERS)] = np.nan
    hidden.loc[where, "status"] = status
    found = derive(hidden, config(declared()))
    assert len(found) == 3
    assert set(found["status"]) == {status}
    assert set(found["reason"]) == {reason}
    assert found[list(schema.NUMBERS)].isna().all(axis=None)


def test_a_year_without_the_one_before_has_no_change() -> None:
    assert derive(rows(AFTER), config(declared())).empty
    gap = pd.concat([rows(BEFORE, "2022/23"), rows(AFTER)])
    assert derive(gap, config(declared())).empty
    two = declared(derived={"of": BASE.id, "along": "sen_provision", "years": 2})
    assert values(derive(gap, config(two)))["total"] == pytest.approx(4.2)


def test_figures_counted_in_two_ways_are_not_taken_apart() -> None:
    broken = BOTH.assign(segment=np.where(BOTH["period"].eq("2024/25"), "2024/25", ""))
    assert set(derive(broken, config(declared()))["reason"]) == {EMPTY}


def test_those_in_no_group_are_one_and_their_chance_is_everyones_but_wider() -> None:
    more = pd.concat([rows(BEFORE, "2023/24", (70, 1_100)), rows(AFTER, total=(122, 1_050))])
    one = by_part(derive(more, config(declared())))
    named = pd.concat([rows(BEFORE | {"U": (10, 100)}, "2023/24"), rows(AFTER | {"U": (20, 50)})])
    other = by_part(derive(named, config(declared())))
    for part in ("total", "composition", "rates"):
        assert one[part]["value"] == pytest.approx(other[part]["value"])
        assert one[part]["lower_95"] < one[part]["value"] < one[part]["upper_95"]


def test_counts_that_contradict_each_other_are_not_taken_apart() -> None:
    """More in the groups than there are, and events of nobody counted."""
    for total in ((101.0, 1_000.0), (102.0, 990.0), (110.0, 1_000.0)):
        odd = pd.concat([rows(BEFORE, "2023/24"), rows(AFTER, total=total)])
        assert set(derive(odd, config(declared()))["reason"]) == {EMPTY}


def test_rounded_counts_may_miss_their_sum_by_their_rounding() -> None:
    name = next(n for n, p in WORLD.profiles.items() if p.rounding == 5)
    for total, status in (((105.0, 995.0), ""), ((100.0, 950.0), "z")):
        near = pd.concat(
            [rows(BEFORE, "2023/24", profile=name), rows(AFTER, total=total, profile=name)]
        )
        found = by_part(derive(near, config(declared())))
        assert found["total"]["status"] == status
        assert found["total"]["note"] == ROUNDED * (status == "")
        if not status:
            parts = found["composition"]["value"] + found["rates"]["value"]
            assert found["total"]["value"] == pytest.approx(parts)


def test_each_sex_has_a_change_of_its_own() -> None:
    girls = [rows(BEFORE, "2023/24", rest="F"), rows(AFTER, rest="F")]
    many = declared(breakdowns=["change_part", ["change_part", "sex"]])
    found = derive(pd.concat([BOTH, *girls]), config(many))
    keys = found.set_index(["breakdown", "category"])["value"]
    assert keys["sex", "F"] == pytest.approx(4.2)
    assert keys["change_part|sex", "composition|F"] == pytest.approx(
        keys["change_part", "composition"]
    )
    assert len(found) == 6


def test_what_is_published_is_held_to_it() -> None:
    one = config(declared())
    safe = complete(BOTH, one)
    assert verify(safe, one) == 3


# -- declarations ----------------------------------------------------------------------------------

ENTRY = """
  - id: made
    title: Made
    phrase: the share of pupils suspended
    definition: The change since the year before and its parts.
    kind: decomposition
    derived: {of: suspended_pupils, along: sen_provision}
    breakdowns: [change_part]
"""


def test_seven_lines_declare_a_change(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, ENTRY)
    assert "'made." not in problems
    assert "(made)" not in problems
    assert found["made"].unit == "percentage_points"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", along: sen_provision", "", "says in `along` by which dimension"),
        ("along: sen_provision", "along: colour", "to take a change apart by"),
        ("along: sen_provision", "along: ethnicity", "is not broken down by ethnicity"),
        ("[change_part]", "[sex]", "has change_part"),
        ("[change_part]", "[[change_part, sen_provision]]", "cannot be broken down by it"),
        ("suspended_pupils,", "suspended_pupils_ratio,", "or from what is derived itself"),
    ],
)
def test_faults_of_a_declaration_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in ENTRY
    assert told in loaded(tmp_path, ENTRY.replace(old, new))[1]


# -- in the report ---------------------------------------------------------------------------------


def said(view: Measures, indicator: Indicator) -> str:
    own = view.config.indicators[indicator.id]
    return "".join(
        f"<p>{s.text}</p>" for s in (*headline(view, own), *breakdown_sentences(view, own))
    )


def test_a_change_is_said_with_its_parts_drawn_and_read_back(tmp_path: Path) -> None:
    one = declared(charts=["bars change_part"])
    made = config(one)
    safe = complete(BOTH, made)
    view = Measures(safe, made)
    text = said(view, one)
    first, second = re.findall(r"<p>(.*?)</p>", text)
    assert plain(first) == (
        "In Example, the share of pupils suspended in the 2024/25 school year had changed by 4.2 "
        "percentage points since the 2023/24 school year (95% interval 1.9 to 6.5 percentage "
        "points)."
    )
    assert plain(second) == (
        "Of this, 1.4 percentage points (95% interval 1.0 to 1.8) came of a change in the make-up "
        "by SEN provision and 2.8 percentage points (95% interval 0.5 to 5.2) of changes within "
        "its groups."
    )
    (drawing,) = figures(made, safe)
    assert drawing.title == (
        "Suspended, what the change comes of: a rise from make-up by group and within groups"
    )
    files = {f"{drawing.id}.svg": drawing.svg, "report.html": page(text)}
    assert _problems(safe, made, files, tmp_path) == []
    files["report.html"] = files["report.html"].replace(">1.8<", ">1.9<", 1)
    assert len(_problems(safe, made, files, tmp_path)) == 1


def test_a_part_that_may_be_none_is_not_clear() -> None:
    little = {"N": (31.0, 790.0), "K": (20.0, 165.0), "E": (10.0, 42.0)}
    one = declared()
    both = config(one)
    frame = pd.concat([rows(BEFORE, "2023/24"), rows(little)], ignore_index=True)
    text = plain(said(Measures(complete(frame, both), both), one))
    assert "which is no clear change." in text
    assert "; not clear) of changes within its groups." in text


def test_limits_that_round_to_nought_are_printed_so_and_read_back(tmp_path: Path) -> None:
    one = declared()
    made = config(one)
    near = {"N": (30.0, 801.0), "K": (20.0, 160.0), "E": (10.0, 40.0)}
    frame = pd.concat([rows(BEFORE, "2023/24"), rows(near)], ignore_index=True)
    safe = complete(frame, made)
    text = said(Measures(safe, made), one)
    assert "(95% interval 0.0 to 0.0" in plain(text)
    assert "interval less than" not in plain(text)
    assert _problems(safe, made, {"report.html": page(text)}, tmp_path) == []
