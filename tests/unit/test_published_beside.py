"""Published figures beside local ones that are counted otherwise, from the rows to the page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup
from pydantic import ValidationError

from jsna.disclosure import revision
from jsna.disclosure.evidence import gather
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.disclosure.ledger.outside import mark_public
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError, Problem
from jsna.measures import derived, pairs
from jsna.measures.derived import derive, verify
from jsna.measures.engine import measure
from jsna.measures.ingredients import EMPTY, ways
from jsna.measures.merge import merge, reconcile
from jsna.model import cells, schema
from jsna.model.indicators import Caveats, Indicator
from jsna.report import changes, datatables, messages
from jsna.report.chapters import key_number
from jsna.tables.catalogue import CATALOGUE
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit import report_support as made
from tests.unit.test_money import CONFIG as COSTS
from tests.unit.test_money import LEAST, costs
from tests.unit.worked_support import suspended

PLAN = made.configured()[0]["pupils_ehc_plan"]
ENGLAND: dict[str, Any] = {"area": "E92000001", "geography": "national"}
RATIO = world.configuration().indicators["suspended_pupils_ratio"]
CONFIG = world.configuration()


def local(x: int, of: int, period: str, **more: Any) -> dict[str, Any]:
    return {**made.measure(PLAN, x, of, period=period, **more), "segment": schema.LOCAL}


def official(x: int, of: int, period: str, **more: Any) -> dict[str, Any]:
    row = made.measure(PLAN, x, of, period=period, source="sen_2025", **more)
    return {**row, "profile": "official"}


#: 5.0 % of the pupils the council knows in 2025, 5.4 % of all; England 4.0 %.
ROWS = [
    local(1_600, 40_000, "2024"),
    local(2_000, 40_000, "2025"),
    *(official(900 + 150 * n, 50_000, str(2014 + n)) for n in range(11)),
    official(2_700, 50_000, "2025"),
    *(official(400_000, 10_000_000, str(year), **ENGLAND) for year in range(2014, 2026)),
]


def plain(text: object) -> str:
    return Markup(re.sub(r"<[^>]*>", "", str(getattr(text, "text", text)))).unescape()


# -- rows ----------------------------------------------------------------------------------------


def test_both_figures_stand_each_with_a_key_of_its_own() -> None:
    given = schema.conform(pd.DataFrame(ROWS), cells=True)
    own, others = given[given["segment"].eq("local")], given[given["segment"].eq("")]
    measures, both = merge(own, others)
    assert len(measures) == len(given)
    assert sorted(both["period"]) == ["2024", "2025"]
    schema.check(measures, "measures", cells=True)
    found = reconcile(measures, both).set_index("period")
    assert found["official"].round(6).to_dict() == {"2024": 4.8, "2025": 5.4}
    # What is counted as published gives way, as ever.
    alike, _ = merge(own.assign(segment=""), others)
    assert len(alike) == len(given) - 2


def test_how_published_figures_differ_is_said_in_both_ways_or_not_at_all() -> None:
    with pytest.raises(ValidationError, match="are given together"):
        Caveats(beside="Published figures are of all schools.")
    assert PLAN.caveats.beside and PLAN.caveats.differs.startswith("which ")


# -- disclosure control ----------------------------------------------------------------------------


def test_no_small_count_is_public_by_a_figure_of_another_way_of_counting() -> None:
    """3 in the council's schools and 3 in all: that nobody is in another is told by nobody else."""
    rows = schema.conform(pd.DataFrame([local(3, 100, "2025")]))
    given = schema.conform(pd.DataFrame([official(3, 100, "2025")]))
    for alike in (False, True):
        tables = LinkedTables()
        for count in (3, 100):
            tables.add(cells.make("pupil", "rows", {}), "", count, threshold=5)
        tables.numerators, tables.denominators = [0], [1]
        mark_public(tables, rows.assign(segment="") if alike else rows, given)
        assert tables.public == (["sen_2025"] * 2 if alike else ["", ""])
        # That 100 are 100 is taken to be known all the same: nothing may follow from it.
        assert tables.told == [(-np.inf, np.inf), (-np.inf, np.inf) if alike else (100, 100)]


@pytest.mark.parametrize(
    ("published", "hidden"),
    [
        # The same small number, or another: hidden either way, and nothing is told by that.
        ({world.WEST: 3}, {world.WEST, world.EAST}),
        ({world.WEST: 4}, {world.WEST, world.EAST}),
        # The east's 40 are known: of 43 they would leave 3.
        ({world.EAST: 40}, {world.WEST, world.AREA}),
        # Of 43 the east's 40 leave 3 whatever is hidden: the small count itself is not printed.
        ({world.WEST: 3, world.EAST: 40, world.AREA: 43}, {world.WEST}),
    ],
)
def test_what_others_count_otherwise_is_known_and_makes_nothing_public(
    monkeypatch: pytest.MonkeyPatch, published: dict[str, int], hidden: set[str]
) -> None:
    monkeypatch.setitem(CATALOGUE, world.COSTS.name, world.COSTS)
    counted = Indicator.model_validate(
        {
            **LEAST, "kind": "count", "numerator": {"table": world.COSTS.name},
            "breakdowns": [["locality"]],
            "caveats": {"beside": "Published figures are of all schools.",
                        "differs": "which counts pupils of independent schools as well"},
        }
    )  # fmt: skip
    config = replace(COSTS, indicators={"spent": counted})
    rows = costs(("west", "A", [1.0] * 3), ("east", "A", [1.0] * 40))
    measured = measure({world.COSTS.name: rows}, [counted], config)
    assert measured["segment"].eq(schema.LOCAL).all()
    given = measured.loc[measured["area_code"].isin([*published])].assign(
        segment="", source="sen_2025", profile="official"
    )
    given["numerator"] = given["value"] = given["area_code"].map(published).astype("float64")
    safe = protect(measured, config, schema.conform(given)).safe
    assert set(safe.loc[safe["status"].eq("c"), "area_code"]) == hidden
    prove(gather(safe, measured, config, schema.conform(given)))


def test_only_what_was_counted_here_is_an_earlier_state_of_what_is() -> None:
    before = schema.conform(pd.DataFrame([local(1_990, 40_000, "2025"), official(1, 9, "2024")]))
    # As an edition printed them before they were declared to differ.
    last = revision.latest(before.assign(segment=""))
    assert len(last) == len(before)
    rows = schema.conform(pd.DataFrame(ROWS[:2]))
    past = revision.align(rows, last)
    assert past["numerator"].isna().tolist() == [True, False]
    assert past["numerator"].iloc[1] == 1_990
    alike = revision.align(rows.assign(segment=""), last)
    assert alike["numerator"].tolist() == [1, 1_990]
    both = schema.conform(pd.DataFrame([ROWS[1], official(2_700, 50_000, "2025")]))
    assert revision.latest(both)["numerator"].tolist() == [2_000]
    assert revision.align(rows, both)["numerator"].iloc[1] == 2_000


# -- what is worked out ----------------------------------------------------------------------------

GROUPS = {"E": (60.0, 1_000.0), "N": (30.0, 1_000.0)}


def test_a_ratio_is_of_one_way_of_counting_and_says_which() -> None:
    here = suspended(GROUPS, "sen_provision", segment="local")
    there = suspended(
        {"E": (90.0, 1_200.0), "N": (30.0, 1_200.0)}, "sen_provision",
        source="exclusions_2025", profile="official",
    )  # fmt: skip
    nation = there.assign(area_code="E92000001", geography="national")
    rows = schema.conform(pd.concat([here, there, nation]))
    found = derive(rows, CONFIG).set_index(["geography", "segment"])
    assert found["value"].round(6).to_dict() == {
        ("authority", "local"): 2.0, ("authority", ""): 3.0, ("national", ""): 3.0
    }  # fmt: skip
    assert found["unit"].unique().tolist() == [RATIO.unit]
    assert verify(schema.conform(pd.concat([rows, derive(rows, CONFIG)])), CONFIG) == 3


def test_no_ratio_is_made_of_a_local_and_a_published_figure() -> None:
    """The publisher has no figure of those with a plan, and the council none of those without."""
    here = suspended({"E": GROUPS["E"]}, "sen_provision", segment="local")
    there = suspended({"N": GROUPS["N"]}, "sen_provision", source="exclusions_2025")
    (row,) = derive(schema.conform(pd.concat([here, there])), CONFIG).to_dict("records")
    assert (row["status"], row["reason"]) == ("z", EMPTY)
    assert np.isnan(row["value"])


def test_what_others_publish_may_lack_the_category_to_compare_with_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of all there is no published figure of those without SEN; of girls there is one."""
    within = RATIO.derived.model_copy(update={"within": ("sex",)})  # type: ignore[union-attr]
    breakdowns = (("sen_provision",), ("sen_provision", "sex"))
    both = RATIO.model_copy(update={"derived": within, "breakdowns": breakdowns})
    config = replace(CONFIG, indicators=CONFIG.indicators | {RATIO.id: both})
    more: dict[str, Any] = {"source": "exclusions_2025", "profile": "official"}
    rows = schema.conform(
        pd.concat(
            [
                suspended(GROUPS, "sen_provision", segment="local"),
                suspended({"E": GROUPS["E"]}, "sen_provision", **more),
                suspended(
                    {"E": (45.0, 600.0), "N": (15.0, 600.0)}, "sen_provision", rest="F", **more
                ),
                suspended(GROUPS, "sen_provision", rest="F", segment="local"),
            ]
        )
    )
    found = derive(rows, config)
    told = found.set_index(["segment", "category"])["value"].round(6).to_dict()
    assert told == {("local", "E"): 2.0, ("local", "E|F"): 2.0, ("", "E|F"): 3.0}
    # Of what is counted here it must be there.
    with pytest.raises(JsnaError, match="no such category of sen_provision"):
        derive(rows.loc[rows["category"].ne("N")], config)

    # Any other fault stops the build, of published figures as well.
    def fault(*_: object, **__: object) -> None:
        raise JsnaError(Problem("ratio", "is broken"))

    monkeypatch.setattr(pairs, "_worked_out", fault)
    with pytest.raises(JsnaError, match="is broken"):
        [*derived._published(*ways(rows), config)]


# -- what is said ----------------------------------------------------------------------------------


def test_a_view_has_the_local_series_and_the_published_one_unbroken() -> None:
    view = made.view(ROWS)
    latest = view.latest(PLAN.id)
    assert latest is not None and latest.segment == "local"
    published = view.published(latest)
    assert published is not None and published.numerator == 2_700
    assert published.key != latest.key
    assert view.beside_local(published) and not view.beside_local(latest)
    assert {latest.key, published.key} <= view.by_key.keys()
    assert [row.period for row in view.official(PLAN.id)] == [str(y) for y in range(2014, 2026)]
    assert [row.local for row in view.series(PLAN.id)] == [False] * 10 + [True] * 2
    # Beside a figure of each way stands the one counted as it is.
    (england,) = [r for r in view.rows(PLAN.id) if r.geography == "national" and r.period == "2025"]
    assert view.at(PLAN.id, made.AREA.code, england) is published
    assert view.at(PLAN.id, made.AREA.code, latest) is latest


def sentences(rows: list[dict[str, Any]]) -> list[str]:
    return [plain(sentence) for sentence in changes.headline(made.view(rows), PLAN)]


def test_sentences_say_both_and_compare_the_published_one_of_the_same_year() -> None:
    level, comparison, change, published = sentences(ROWS)
    assert level.endswith("was 5.0% in January 2025 (2,000 of 40,000).")
    which = PLAN.caveats.differs
    assert comparison == (f"The published figure, {which}, was 5.4%: higher than England (4.0%).")
    assert change == "It rose from 4.0% in January 2024."
    assert published == "Published figures rose from 1.8% in January 2014 to 5.4% in January 2025."
    same = [local(2_160, 40_000, "2025"), official(2_700, 50_000, "2025"), ROWS[-1]]
    assert f"The published figure, {which}, was also 5.4%: higher" in sentences(same)[1]
    assert sentences(same[:2])[1] == f"The published figure, {which}, was also 5.4%."
    found = messages.against_country(made.view(ROWS), PLAN)
    assert found is not None
    assert plain(found.text) == (
        "5.4% (2,700 of 50,000) in January 2025, as published; England 4.0%. That is about 700 "
        "more than at England’s rate."
    )
    number = key_number(made.view(ROWS), PLAN)
    assert number is not None
    assert (plain(number.number), plain(number.aside)) == (
        "5.0%",
        "as published 5.4%; England 4.0%",
    )


def test_where_the_local_figure_is_hidden_the_published_one_is_told() -> None:
    hidden = {**made.measure(PLAN, 0, period="2025", status="c"), "segment": schema.LOCAL}
    rows = [hidden if row == ROWS[1] else row for row in ROWS]
    level, comparison, *_ = sentences(rows)
    assert level.endswith("was 5.4% in January 2025 (2,700 of 50,000).")
    assert comparison == "This was higher than England (4.0%)."
    table = datatables.series(made.view(rows), PLAN)
    assert table is not None
    assert [plain(cell) for cell in table.rows[-1][1]][:2] == ["[c]", "5.4"]


def test_tables_have_a_column_of_either() -> None:
    table = datatables.series(made.view(ROWS), PLAN)
    assert table is not None
    assert table.header[:3] == ("Period", "Marrowshire", "Marrowshire, published")
    texts = [[plain(cell) for cell in cells] for _, cells in table.rows]
    assert texts[-1][:3] == ["5.0", "5.4", "4.0"]
    assert texts[0][:3] == ["[x]", "1.8", "4.0"]


def test_a_breakdown_is_of_one_way_of_counting() -> None:
    """The publisher has an age nobody here is of."""
    rows = [
        *(local(9, 90, "2025", dims={"sex": sex}) for sex in "MF"),
        *(official(9, 91, "2025", dims={"sex": sex}) for sex in "FMU"),
    ]
    view = Measures(made.frame(rows), made.configuration())
    assert [row.segment for row in view.breakdown(PLAN.id, ["sex"])] == ["local", "local"]
