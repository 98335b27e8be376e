"""Counts of which one holds the other, by queries alone: told, and protected once it is declared.

The worked example: of 120 pupils with any special educational need 118 have a plan. Two rows say
so, nothing ties them, and two pupils have SEN support.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from jsna.disclosure.discovery import supposed, within
from jsna.disclosure.discovery.worlds import Drawing
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures import derive
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.tables import AnalysisTable, Column, Implied
from jsna.shared.table_columns import declared
from jsna.tables import VIEWS, catalogue
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.unit.test_arrivals import indicator

ANY = Column("any_sen", "boolean", "Support or a plan")
QUERY = "select person_key, period, sen_provision in ('K', 'E') as any_sen from pupil order by all"
TURNED = Implied("any_sen", "sen_provision", frozenset({"K", "E"}), frozenset({"true"}))
SAID = Implied("sen_provision", "any_sen", frozenset({"true"}), frozenset({"K", "E"}))


def table(name: str, sql: str, *columns: Column, **more: Any) -> AnalysisTable:
    return AnalysisTable(
        name=name,
        row="a pupil",
        base="attending",
        columns=declared("person_key period", *columns),
        sql=sql,
        **more,
    )


def known(monkeypatch: pytest.MonkeyPatch, one: AnalysisTable) -> None:
    monkeypatch.setitem(CATALOGUE, one.name, one)
    monkeypatch.setitem(catalogue._VIEWS, one.name, one)
    ours = [view for view in VIEWS if view.name in ("pupil", "place", "small_area")]
    monkeypatch.setattr(derive, "VIEWS", (*ours, one))
    catalogue.implied.cache_clear()


@pytest.fixture(autouse=True)
def _forget() -> Any:
    yield
    catalogue.implied.cache_clear()


@pytest.fixture(scope="module")
def drawn() -> tuple[Configuration, list[dict[str, pa.Table]]]:
    """Two sets of rows of other people: what chance ties in one it does not in both."""
    config = supposed.configuration(world.configuration())
    drawing = Drawing(config)
    sets = [drawing.rows(400) for _ in range(2)]
    read = ("school_census", "areas")
    return config, [{n: r for n, r in rows.items() if n.split(".")[0] in read} for rows in sets]


WITHIN = "select person_key, period from pupil where sen_provision in ('K', 'E') order by all"


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (table("with_sen", WITHIN), "every row of `with_sen` is of somebody who is in `pupil`"),
        (table("flagged", QUERY, ANY, rows_of="pupil"), "whoever has sen_provision E has any_sen"),
        (table("flagged", QUERY, ANY, rows_of="pupil", implies=(SAID,)), ""),
        (table("turned", QUERY, ANY, rows_of="pupil", implies=(TURNED,)), ""),
    ],
)
def test_who_is_within_another_count_by_a_query_alone_is_told(
    monkeypatch: pytest.MonkeyPatch,
    drawn: tuple[Configuration, list[dict[str, pa.Table]]],
    one: AnalysisTable,
    told: str,
) -> None:
    config, sets = drawn
    known(monkeypatch, one)
    made = [derive.derive(rows, config, invented=True) for rows in sets]
    found = [str(problem) for problem in within.faults(made, config)]
    assert bool(found) == bool(told)
    assert all(told in text or "sen_provision K has any_sen" in text for text in found)
    # What half of the others have is no sign; that they all have it is said of nobody.
    assert not [text for text in found if "false" in text]


@pytest.mark.parametrize("said", [False, True])
def test_what_is_declared_is_protected_and_what_is_not_gives_two_children_away(
    monkeypatch: pytest.MonkeyPatch, said: bool
) -> None:
    one = table("flagged", QUERY, ANY, rows_of="pupil", implies=(SAID,) if said else ())
    known(monkeypatch, one)
    provision = ["E"] * 118 + ["K"] * 2 + ["N"] * 400
    pupils = pd.DataFrame({"sen_provision": provision}, dtype=object).assign(
        period="2025", person_key=[f"p{at}" for at in range(len(provision))]
    )
    flags = pupils[["period", "person_key"]].assign(any_sen=pupils["sen_provision"].ne("N"))
    tables = {"pupil": world.filled("pupil", pupils), "flagged": flags}
    counted = (
        indicator("plan", "count", "pupil", where="sen_provision = 'E'"),
        indicator("any", "count", "flagged", where="any_sen"),
    )
    config = replace(world.configuration(), indicators={i.id: i for i in counted})
    truth = measure(tables, counted, config)
    assert dict(zip(truth["indicator"], truth["numerator"], strict=True)) == {
        "plan": 118, "any": 120,
    }  # fmt: skip
    safe = protect(truth, config).safe
    assert safe["status"].eq("c").any() == said
    prove(gather(safe, truth, config))
    if said:
        with pytest.raises(JsnaError):
            prove(gather(truth[list(schema.columns())], truth, config))
