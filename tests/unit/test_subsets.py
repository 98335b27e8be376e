"""Whatever extracts an edition has, it is measured: what one would have fed is not there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jsna.disclosure.discovery import supposed
from jsna.disclosure.discovery.draws import Draw
from jsna.disclosure.discovery.people import People
from jsna.disclosure.discovery.worlds import linked
from jsna.measures.derive import derive
from jsna.measures.engine import measure
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of
from tests.spec import world

#: Rows of each table of a delivery: as few as show that queries run.
ROWS = 5
SOURCES = tuple(registry())


@cache
def drawn() -> tuple[Configuration, dict[str, pa.Table]]:
    """A few linked rows of every extract, and the edition they are of."""
    config = supposed.configuration(world.configuration())
    draw = Draw(config, np.random.default_rng(1), ROWS, True)
    rows, _ = linked(draw, People("subsets", ROWS, False, ()))
    return config, rows


def measured(sources: Collection[str]) -> tuple[dict[str, pa.Table], pd.DataFrame]:
    """Analysis tables and measures of some extracts alone."""
    config, rows = drawn()
    supplied = tuple(one for one in config.edition.extracts if one.extract in sources)
    config = replace(config, edition=config.edition.model_copy(update={"extracts": supplied}))
    given = {name: table for name, table in rows.items() if name.split(".")[0] in sources}
    made = derive(given, config, invented=True)
    return made, measure(made, config.indicators.values(), config)


def counted(indicator: Indicator) -> list[str]:
    """The analysis tables an indicator counts."""
    return [s.table for s in (indicator.numerator, indicator.denominator) if s is not None]


def check(*sources: str) -> None:
    """That some extracts alone are measured, and nothing is that would stand on others."""
    made, found = measured(sources)
    config, _ = drawn()
    for name in made:
        # The extract that brings a table's rows is there; places and schools may be lacking.
        assert made_of(CATALOGUE[name])[0] in sources, (sources, name)
    for name in set(found["indicator"]):
        assert set(counted(config.indicators[name])) <= made.keys(), (sources, name)
    told = {part for source in found["source"] for part in source.split(":")[1].split("+")}
    assert told <= {*sources}, sources


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_alone_is_measured(source: str) -> None:
    check(source)


@pytest.mark.parametrize("pair", [("sen2", "areas"), ("sen2", "school_census")])
def test_two_sources_are_measured(pair: tuple[str, str]) -> None:
    check(*pair)


@pytest.mark.full
@pytest.mark.parametrize("first", SOURCES)
def test_every_pair_of_sources_is_measured(first: str) -> None:
    for one, other in combinations(SOURCES, 2):
        if one == first:
            check(one, other)


@pytest.mark.full
@pytest.mark.parametrize("absent", SOURCES)
def test_all_sources_but_one_are_measured(absent: str) -> None:
    check(*(name for name in SOURCES if name != absent))


def test_plans_are_counted_without_a_register_of_schools() -> None:
    made, found = measured(["sen2"])
    _, rows = drawn()
    plans = made["plan"].to_pandas()
    assert 0 < len(plans) <= rows["sen2.activeplans"].num_rows
    # A school that nothing says anything of is not known, and no place is in or out of the area.
    assert not {"in_area", "out_of_area"} & set(plans["placement"])
    assert plans["locality_code"].isna().all()
    whole = found[(found["indicator"] == "plans") & (found["breakdown"] == "total")]
    assert whole["numerator"].sum() == len(plans)
