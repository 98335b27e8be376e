"""The same persons in two periods: the table, and shares and moves counted in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from pydantic import ValidationError

from jsna.charts.select import figures
from jsna.disclosure.protect import protect
from jsna.measures import derive
from jsna.measures.derived import complete
from jsna.measures.engine import measure
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.report.breakdowns import sentences as breakdown_sentences
from jsna.report.changes import headline
from jsna.shared.followed import followed
from jsna.shared.fragments import YEAR_LATER
from jsna.tables import VIEWS, catalogue
from jsna.tables.catalogue import CATALOGUE, made_of, period_type, periods
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit.readback_support import html as page
from tests.unit.test_slopes import _problems, plain
from tests.unit.test_tables import given, made, pupil

TABLE = world.FOLLOWED
WORLD = world.with_followed(world.configuration())


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table stands among the others."""
    monkeypatch.setitem(CATALOGUE, TABLE.name, TABLE)
    monkeypatch.setitem(catalogue._VIEWS, TABLE.name, TABLE)
    monkeypatch.setattr(derive, "VIEWS", (*VIEWS, TABLE))


def declared(kind: str, **changes: Any) -> Indicator:
    given_ = {
        **world.LEAST,
        "phrase": "pupils",
        "kind": kind,
        "numerator": {"table": TABLE.name},
        "breakdowns": [["sen_provision", "sen_provision_later"]],
        "charts": ["heat sen_provision sen_provision_later"],
    } | ({"over": ["sen_provision_later"]} if kind == "transition" else {})
    made_ = Indicator.model_validate(given_ | changes)
    return made_.model_copy(update={"chapter": "prevalence"})


# -- the table -------------------------------------------------------------------------------------


def test_a_row_is_a_pupil_of_the_year_before_with_what_became_of_them() -> None:
    census = [
        pupil("a", "2024", sen_provision="K"), pupil("a", "2025", sen_provision="E"),
        pupil("b", "2024"), pupil("b", "2025", lsoa_code="E01000002"),
        pupil("left", "2024", sen_provision="K"),
        pupil("came", "2025"),
        pupil("unknown", "2024"), pupil("unknown", "2025", sen_provision=None),
        # Nobody knows what became of those of 2022: no census of 2023 came.
        pupil("a", "2022"), pupil("b", "2022"),
    ]  # fmt: skip
    found = made(given(school_census__census=census), TABLE.name)
    rows = found[["person_key", "period", "sen_provision", "sen_provision_later"]]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        ["a", "2024", "K", "E"],
        ["b", "2024", "N", "N"],
        ["left", "2024", "K", "gone"],
        ["unknown", "2024", "N", None],
    ]
    # Homes are those of the year in which they are counted.
    assert found["locality_code"].tolist() == [world.WEST] * 4


def test_who_is_counted_is_one_count_with_the_roll_and_a_year_not_followed_is_a_gap() -> None:
    census = [pupil(str(n), year) for n in range(9) for year in ("2023", "2024", "2025")]
    found = made(given(school_census__census=census), TABLE.name)
    assert found.groupby("period").size().to_dict() == {"2023": 9, "2024": 9}
    assert (TABLE.rows_of, TABLE.key, made_of(TABLE)) == (
        "pupil", ("period", "person_key"), ("school_census", "areas"),
    )  # fmt: skip
    came = [("school_census", year) for year in ("2022", "2024", "2025")]
    assert periods(TABLE.name, world.configuration(deliveries=came)) == {"2024"}
    assert period_type(TABLE) == "january"
    implied = {(one.column, one.of) for one in TABLE.implied}
    assert ("locality", "(place)") in implied
    assert not any(one.column == "primary_need" for one in TABLE.implied)


def test_only_who_has_one_row_a_period_can_be_followed() -> None:
    several = next(t for t in CATALOGUE.values() if "record_number" in t.key)
    with pytest.raises(ValueError, match="one row a period"):
        followed("x", "x", several, "sex", extract="sen2", kept="", gone="gone")


@pytest.mark.parametrize(
    ("period", "later"), [("2024", "2025"), ("2024/25", "2025/26"), ("1998/99", "1999/00")]
)
def test_the_year_after(period: str, later: str) -> None:
    query = f"select {YEAR_LATER.format(row='t')} from (select '{period}' as period) t"
    assert duckdb.sql(query).fetchall() == [(later,)]


# -- what is counted in it -------------------------------------------------------------------------


def counts() -> pd.DataFrame:
    numbers = {
        ("K", "K"): 160, ("K", "E"): 50, ("K", "N"): 30, ("K", "gone"): 10, ("E", "E"): 90,
        ("E", "gone"): 20, ("N", "N"): 900, ("N", "K"): 80, ("N", "gone"): 25, ("N", "E"): 2,
    }  # fmt: skip
    rows = [
        {"period": "2024", "person_key": f"{now}{later}{n}", "sen_provision": now,
         "sen_provision_later": later, "sex": "F", "locality_code": world.WEST}
        for (now, later), number in numbers.items()
        for n in range(number)
    ]  # fmt: skip
    return world.filled(TABLE.name, pd.DataFrame(rows).astype(object))


def config(*indicators: Indicator) -> Configuration:
    return replace(WORLD, indicators={one.id: one for one in indicators})


def safe_of(*indicators: Indicator) -> tuple[Configuration, pd.DataFrame]:
    one = config(*indicators)
    measures = measure({TABLE.name: counts()}, one.indicators.values(), one)
    return one, complete(protect(measures, one).safe, one)


def said(view: Measures, indicator: Indicator) -> list[str]:
    own = view.config.indicators[indicator.id]
    return [s.text for s in (*headline(view, own), *breakdown_sentences(view, own))]


def test_shares_of_each_state_and_moves_are_protected_said_drawn_and_read_back(
    tmp_path: Path,
) -> None:
    shares = declared("transition", id="later")
    moves = declared("flow", id="moves")
    made_, safe = safe_of(shares, moves)
    hidden = safe.loc[safe["status"].eq("c")]
    # The two who went from none to a plan, and others so that they cannot be worked out: of either
    # indicator the same, as they count the same.
    for name in ("later", "moves"):
        own = set(hidden.loc[hidden["indicator"].eq(name), "category"])
        assert "N|E" in own
        assert len(own) > 1
    assert set(hidden.loc[hidden["indicator"].eq("later"), "category"]) == set(
        hidden.loc[hidden["indicator"].eq("moves"), "category"]
    )
    view = Measures(safe, made_)
    texts = {one.id: [plain(text) for text in said(view, one)] for one in (shares, moves)}
    assert texts["later"][1].startswith(
        "Of pupils with SEN support, a year later 64.0% were in “SEN support”, 20.0% in "
        "“Education, health and care plan” and 12.0% in “No special educational need”."
    )
    assert texts["later"][0].startswith(
        "Of pupils without SEN in January 2024, a year later, of the figures shown, "
    )
    assert texts["moves"][0] == (
        "In Example, what became of 1,367 pupils in January 2024 is known."
    )
    assert texts["moves"][1].startswith("The largest moves shown in the year after were from “")
    drawn = {f"{d.id}.svg": d.svg for d in figures(made_, safe)}
    assert len(drawn) == 2
    body = "".join(f"<p>{text}</p>" for one in (shares, moves) for text in said(view, one))
    files = drawn | {"report.html": page(body)}
    assert _problems(safe, made_, files, tmp_path) == []
    wrong = files | {"report.html": files["report.html"].replace(">20.0%<", ">21.0%<", 1)}
    assert len(_problems(safe, made_, wrong, tmp_path)) == 1
    assert not re.search("highest|clearly", " ".join(texts["later"] + texts["moves"]))


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        ("transition", {"over": []}, "a transition needs `over`"),
        ("transition", {"breakdowns": [["sen_provision_later"]]}, "the state now and after it"),
        ("flow", {"breakdowns": []}, "every breakdown of a flow"),
        ("flow", {"breakdowns": [["sex"]]}, "every breakdown of a flow"),
    ],
)
def test_a_breakdown_has_both_states(kind: str, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        declared(kind, charts=[], **changes)
