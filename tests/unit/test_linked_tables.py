"""The linked tables of an edition: each count once, with what follows from it, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.ledger.entries import linked_tables
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.disclosure.system import Status
from jsna.errors import JsnaError
from jsna.model import schema
from jsna.model.cells import make
from jsna.model.kinds import KINDS
from tests.spec import world
from tests.unit.cells_support import with_cells

CONFIG = world.configuration()


def row(indicator: str, top: float, bottom: float = np.nan, **changes: Any) -> dict[str, Any]:
    """One measure of the authority in January 2025 and of the default profile."""
    dims = changes.pop("dims", {})
    breakdown, category = schema.canonical(dims)
    return {
        "edition": "example-2025",
        "indicator": indicator,
        "area_code": world.AREA,
        "geography": "authority",
        "period": "2025",
        "period_type": "january",
        "breakdown": breakdown,
        "category": category,
        "numerator": top,
        "denominator": bottom,
        "profile": "default",
        **changes,
    }


def made(*rows: dict[str, Any], **options: Any) -> LinkedTables:
    return linked_tables(
        with_cells(schema.conform(pd.DataFrame(list(rows))), CONFIG), CONFIG, **options
    )


def named(found: LinkedTables) -> dict[str, float]:
    """Label -> count."""
    return dict(zip(found.labels, found.value, strict=True))


def equations(found: LinkedTables) -> set[tuple[str, ...]]:
    """Total and sorted parts, by label."""
    return {
        (found.labels[total], *sorted(found.labels[part] for part in parts))
        for total, *parts in found.equations
    }


PUPILS = "pupil rows: period 2025"


def test_a_count_that_two_indicators_show_is_one_cell() -> None:
    found = made(row("pupils", 100), row("pupils_ehc_plan", 6, 100), row("pupils_sen", 20, 100))
    cells = [label for label in found.labels if label == PUPILS]
    assert len(cells) == 1
    shares = {found.denominators[at] for at in range(3)} - {-1}
    assert shares == {found.numerators[0]}


def test_those_not_counted_are_a_cell_with_the_equation_that_gives_them() -> None:
    found = made(row("pupils_ehc_plan", 97, 100))
    rest = f"{PUPILS}, sen_provision other or not known"
    assert named(found)[rest] == 3
    assert found.small()[found.labels.index(rest)]
    assert (PUPILS, f"{PUPILS}, sen_provision E", rest) in {
        (e[0], *sorted(e[1:])) for e in equations(found)
    }


def test_the_difference_of_nested_counts_is_a_cell() -> None:
    """Of 20 pupils with SEN 18 have a plan: two have support, though nobody prints it."""
    found = made(row("pupils_sen", 20, 100), row("pupils_ehc_plan", 18, 100))
    small = {found.labels[i]: found.value[i] for i in np.flatnonzero(found.small())}
    assert small == {f"{PUPILS}; sen_provision in (K)": 2}


def test_the_strictest_profile_of_the_rows_that_show_a_count_holds() -> None:
    found = made(row("pupils", 6, profile="health"), row("pupils_ehc_plan", 0, 6))
    cell = found.numerators[0]
    assert found.threshold[cell] == 8
    assert found.rounding[cell] == 5
    # One of the profiles may hide zeros, so that everyone must reckon with a 0.
    assert found.zeros_shown[cell] is False
    assert found.small()[cell]


def test_a_count_in_official_figures_is_public_where_it_is_the_same() -> None:
    rows = row("pupils_ehc_plan", 3, 100), row("pupils_sen", 20, 100)
    official = schema.conform(pd.DataFrame(rows)).assign(source="release")
    official.loc[official["indicator"].eq("pupils_sen"), "numerator"] = 21.0
    found = made(*rows, official=official)
    marks = dict(zip(found.labels, found.public, strict=True))
    assert marks[f"{PUPILS}, sen_provision E"] == "release"
    assert marks[PUPILS] == "release"
    assert marks[f"{PUPILS}, sen_provision in (E, K)"] == ""
    status = found.system(np.zeros(2, dtype=bool)).status
    assert status[found.labels.index(PUPILS)] == Status.PUBLIC


def test_residents_are_no_secret() -> None:
    found = made(
        row("population_0_17", 3, period="2024", period_type="mid_year", profile="default")
    )
    assert found.public == ["population"]
    assert not found.small().any()


def test_hiding_a_count_costs_the_rows_that_print_it() -> None:
    found = made(row("pupils", 100), row("pupils_ehc_plan", 6, 100))
    whole, part = found.numerators
    weights = found.weights(np.zeros(2, dtype=bool))
    assert weights[whole] == pytest.approx(2 * np.log(101) + 0.01)
    assert weights[part] == pytest.approx(np.log(7) + 0.01)
    # A row that is not printed anyway costs nothing.
    assert found.weights(np.array([False, True]))[part] == 0


@pytest.mark.parametrize(
    ("change", "dominance", "percent"),
    [
        ({"kind": KINDS["mean"]}, 25.0, 25.0),
        ({"unit": "pounds"}, 25.0, 25.0),
        # A profile that says nothing of sums does not make them exact.
        ({"kind": KINDS["mean"]}, 0.0, 10.0),
        # What is no sum of amounts is protected as a count.
        ({}, 25.0, 0.0),
    ],
)
def test_a_sum_of_amounts_stays_uncertain_by_a_share_of_it(
    change: dict[str, object], dominance: float, percent: float
) -> None:
    declared = CONFIG.indicators["pupils_ehc_plan"].model_copy(update=change)
    profile = CONFIG.profiles["default"].model_copy(update={"dominance": dominance})
    config = replace(
        CONFIG,
        indicators={**CONFIG.indicators, declared.id: declared},
        profiles={**CONFIG.profiles, "default": profile},
    )
    rows = with_cells(schema.conform(pd.DataFrame([row(declared.id, 37.0, 800.0)])), config)
    found = linked_tables(rows, config)
    top, bottom = found.numerators[0], found.denominators[0]
    assert (found.magnitude[top], found.magnitude[bottom]) == (percent, 0.0)
    # Nor is a small sum a small count.
    assert (found.threshold[top] == 0) == bool(percent)


def test_rows_that_contradict_each_other_are_refused_together() -> None:
    with pytest.raises(JsnaError) as caught:
        made(row("pupils", 100), row("pupils_ehc_plan", 6, 99), row("pupils_sen", 7, 98))
    said = str(caught.value)
    assert "rows count this differently" in said
    assert PUPILS in said


def test_parts_that_come_to_more_than_their_total_are_refused() -> None:
    with pytest.raises(JsnaError, match="the parts of a count come to more than it"):
        made(
            row("pupils", 100),
            row("pupils", 60, dims={"sex": "F"}),
            row("pupils", 41, dims={"sex": "M"}),
        )


def test_the_equations_hold_in_every_book() -> None:
    found = made(
        row("pupils", 100),
        row("pupils", 60, dims={"sex": "F"}),
        row("pupils", 38, dims={"sex": "M"}),
        row("pupils_ehc_plan", 6, 100),
        row("pupils_ehc_plan", 4, 60, dims={"sex": "F"}),
    )
    assert np.abs(found.matrix() @ np.array(found.value)).max() == 0
    assert named(found)[f"{PUPILS}, sex other or not known"] == 2


def test_a_zero_of_a_category_with_nobody_is_shown_by_whatever_else_it_is_split() -> None:
    """No pupil has the need at all, so no row of it by sex either: a missing row tells the zero."""
    needs = {"ASD": (7, 0), "SLCN": (5, 5), "HI": (0, 0)}
    found = made(
        row("pupils_sen", 12, 100),
        *(row("sen_primary_need", n, 12, dims={"primary_need": c}) for c, (n, _) in needs.items()),
        *(
            row("sen_primary_need", n, 5, dims={"primary_need": c, "sex": "F"})
            for c, (_, n) in needs.items()
        ),
    )
    shown = {
        label: shown
        for label, shown in zip(found.labels, found.zeros_shown, strict=True)
        if "primary_need HI" in label and ";" not in label
    }
    assert len(shown) == 2
    assert all(shown.values())
    girls = [at for at, label in enumerate(found.labels) if "ASD" in label and "F" in label[-5:]]
    girls = [at for at in girls if ";" not in found.labels[at]]
    assert [found.zeros_shown[at] for at in girls] == [False]


def test_rounding_moves_a_count_by_half_its_base_or_by_less_than_all_of_it() -> None:
    found = LinkedTables()
    for base, controlled in ((5, False), (10, False), (1, False), (5, True), (10, True)):
        cell = found.add(make("pupil", "rows", {}), "", 20)
        found.rounding[cell], found.controlled[cell] = base, controlled
    # To the nearest 10, 15 to 25 are printed as 20: ten either way in all.
    assert found.moves().tolist() == [2, 5, 0, 4, 9]


@pytest.mark.parametrize(("count", "uncertain"), [(0, False), (1, True), (7, True), (8, False)])
def test_counts_below_the_limit_of_rounding_must_stay_uncertain(
    count: float, uncertain: bool
) -> None:
    found = LinkedTables()
    cell = found.add(make("pupil", "rows", {}), "", count)
    found.protects[cell] = 8
    assert found.uncertain().tolist() == [uncertain]
    found.public[cell] = "release"
    assert found.uncertain().tolist() == [False]
