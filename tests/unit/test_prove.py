"""The proof of an edition: each way of giving a small number away, done on purpose and caught."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna import io
from jsna.disclosure import prove as stage
from jsna.disclosure import run as protection
from jsna.disclosure.discovery import run as discovery
from jsna.disclosure.evidence import gather
from jsna.disclosure.fallbacks import choose
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import Proof, prove
from jsna.errors import JsnaError
from jsna.measures.attrition import FILE as BESIDE
from jsna.measures.contributions import contributions
from jsna.measures.engine import measure
from jsna.model import schema, standings
from jsna.provenance import register
from jsna.records import CERTIFICATE, DISCOVERY
from tests.spec import world
from tests.unit.protection_support import caseload

CONFIG = world.configuration()
NUMBERS = list(schema.NUMBERS)
#: Plans by need: SLCN goes with MLD, as it is the least that protects it.
CELLS = {"ASD": 40, "SLCN": 12, "SEMH": 30, "MLD": 3}


MEASURES = caseload(CELLS, CONFIG)
MADE = protect(MEASURES, CONFIG)


def proven(safe: pd.DataFrame, **options: Any) -> Proof:
    return prove(gather(safe, MEASURES, CONFIG, **options))


def naive(measures: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """The measures with nothing hidden but small counts."""
    safe = choose(measures, CONFIG)[0]
    few = safe["numerator"].between(1, most)
    safe.loc[few, NUMBERS], safe.loc[few, "status"] = np.nan, "c"
    return safe


def put_back(made: Protection, measures: pd.DataFrame, *where: pd.Series[bool]) -> pd.DataFrame:
    """The safe measures with some hidden rows printed after all."""
    truth = choose(measures, CONFIG)[0]
    safe = made.safe.copy()
    rows = safe["status"].eq("c")
    for condition in where:
        rows &= condition
    assert rows.any()
    safe.loc[rows] = truth.loc[rows]
    return safe


def spoilt(status: str, **numbers: float) -> pd.DataFrame:
    """The safe measures with other numbers in the first share that has this status."""
    safe = MADE.safe.copy()
    at = safe.index[safe["indicator"].eq("plan_primary_need") & safe["status"].eq(status)][0]
    for column, number in numbers.items():
        safe.loc[at, column] = number + (0.0 if status else safe.loc[at, column])
    return safe


def test_a_protected_edition_is_proven() -> None:
    proof = proven(MADE.safe)
    assert not proof.report.failures
    assert proof.beyond == ()
    found = {c.cell: c for c in proof.report.intervals if c.contributor < 0}
    small = np.flatnonzero(proof.evidence.system.primary)
    assert set(found) == set(small.tolist())
    assert all(one.low <= 0 and one.high >= 4 for one in found.values())


def test_a_small_count_put_back_is_named() -> None:
    safe = put_back(MADE, MEASURES, MADE.safe["category"].eq("MLD"))
    with pytest.raises(JsnaError) as caught:
        proven(safe)
    codes = {problem.code for problem in caught.value.problems}
    assert "prove.shown" in codes
    assert "primary_need MLD" in str(caught.value)
    assert "plan_primary_need, plans" in str(caught.value)


def test_a_secondary_count_put_back_gives_the_small_one_away_and_the_sum_is_named() -> None:
    safe = put_back(MADE, MEASURES, MADE.safe["category"].eq("SLCN"))
    with pytest.raises(JsnaError) as caught:
        proven(safe)
    said = str(caught.value)
    assert "[plan rows: period 2025, primary_need MLD]" in said
    assert "plan_primary_need, plans" in said
    # 85 plans less 40, 12 and 30: the equation stands in the message.
    assert "[plan rows: period 2025] = " in said


def test_one_row_put_back_of_several_that_show_a_count_is_enough() -> None:
    """The share alone gives the count away that the caseload hides."""
    row = MADE.safe["category"].eq("SLCN") & MADE.safe["indicator"].eq("plan_primary_need")
    with pytest.raises(JsnaError, match="primary_need MLD"):
        proven(put_back(MADE, MEASURES, row))


def test_what_is_hidden_naively_fails() -> None:
    """Only small counts hidden: the one that is, is its total less the others."""
    with pytest.raises(JsnaError, match="is 3"):
        proven(naive(MEASURES))


@pytest.mark.parametrize("column", ["value", "lower_95", "upper_998"])
def test_a_value_of_other_counts_than_those_beside_it_is_named(column: str) -> None:
    with pytest.raises(JsnaError, match="not that of the counts beside it") as caught:
        proven(spoilt("", **{column: 0.01}))
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("column", ["numerator", "denominator"])
def test_a_number_that_was_changed_is_named(column: str) -> None:
    safe = spoilt("", **{column: 1})
    (changed,) = safe.loc[safe[column].ne(MADE.safe[column]) & safe[column].notna(), "category"]
    with pytest.raises(JsnaError, match="differs from the measure") as caught:
        proven(safe)
    assert changed in str(caught.value)
    assert "SEMH" not in str(caught.value)


@pytest.mark.parametrize(
    ("column", "number"),
    [("numerator", 12.0), ("value", 3.5), ("lower_95", 3.5), ("upper_998", 3.5)],
)
def test_a_number_left_in_a_hidden_row_is_named(column: str, number: float) -> None:
    """A percentage of a published total is the count in another form, and so is its limit."""
    with pytest.raises(JsnaError, match="a hidden row carries a number"):
        proven(spoilt("c", **{column: number}))


def test_a_row_nobody_measured_is_named() -> None:
    safe = MADE.safe.copy()
    safe.loc[0, "category"] = "XYZ"
    with pytest.raises(JsnaError, match="is published and was not measured"):
        proven(safe)


def test_an_official_count_is_exempt_and_what_it_exposes_is_not() -> None:
    """MLD is 3 in official figures. Then SLCN need not be hidden; a part of MLD still must."""
    official = MEASURES[
        MEASURES["indicator"].eq("plans")
        & MEASURES["breakdown"].eq("primary_need")
        & MEASURES["category"].eq("MLD")
    ].assign(source="release", profile="official")
    made = protect(MEASURES, CONFIG, official)
    # The groups of needs are not shown: nothing but MLD is small.
    assert not made.safe["status"].eq("c").any()
    proven(made.safe, official=official)
    with pytest.raises(JsnaError, match="can be read or follows at once"):
        proven(made.safe)


def test_a_family_that_knows_its_own_child_is_reckoned_with() -> None:
    """Two needs of 1 and 1, hidden beside a third: each family knows one of them.

    12 of the total are left for three needs: 1, 1 and 10. The family of one child subtracts its
    own, and what the other needs may be must still be two apart.
    """
    cells = {"ASD": 40, "SLCN": 10, "MLD": 1, "HI": 1}
    measures = caseload(cells, CONFIG)
    made = protect(measures, CONFIG)
    proof = prove(gather(made.safe, measures, CONFIG))
    insiders = [one for one in proof.report.intervals if one.contributor >= 0]
    assert all(one.high - one.low >= 2 for one in insiders)
    # With MLD and HI alone hidden their sum of 2 is known: each family would know the other's.
    with pytest.raises(JsnaError, match="between 0 and 2"):
        prove(gather(naive(measures), measures, CONFIG))


def test_counts_rounded_one_by_one_must_not_close_in_on_each_other() -> None:
    """Controlled rounding leaves 0 to 4 of what is printed as 0; exact totals would not."""
    config = world.configuration(profiles={"sen2": "rounded"})
    measures = caseload({"ASD": 41, "SLCN": 13, "SEMH": 2, "MLD": 1}, config)
    assert set(measures["profile"]) == {"rounded"}
    made = protect(measures, config)
    assert not prove(gather(made.safe, measures, config)).report.failures
    # All but one need printed as they are: what is left of the total is known.
    rows = made.safe["indicator"].eq("plans") & ~made.safe["category"].isin(["MLD", "cognition"])
    safe = made.safe.copy()
    safe.loc[rows] = choose(measures, config)[0].loc[rows]
    # The profile as if it rounded to 1, and so protected nothing by it.
    fine = config.profiles["default"].model_copy(update={"profile": "rounded"})
    exact = replace(config, profiles={**config.profiles, "rounded": fine})
    with pytest.raises(JsnaError):
        prove(gather(safe, measures, exact))


def test_a_count_of_one_that_follows_is_no_less_told_where_two_are_shown() -> None:
    """With a threshold of two the attacker must be left with 0 or 1: to know the 1 is too much."""
    rule = CONFIG.profiles["default"].model_copy(update={"threshold": 2})
    config = replace(CONFIG, profiles={**CONFIG.profiles, "default": rule})
    measures = caseload({"ASD": 40, "SLCN": 1, "SEMH": 30}, config)
    with pytest.raises(JsnaError, match="is 1"):
        prove(gather(naive(measures, most=1), measures, config))
    assert not prove(gather(protect(measures, config).safe, measures, config)).report.failures


# -- the stage -------------------------------------------------------------------------------------


def suspended() -> pd.DataFrame:
    """Measures of pupils suspended, of which a ratio is worked out."""
    rows = [
        {"period": "2024/25", "sen_provision": provision, "headline": True, "suspended": at < few}
        for provision, few, many in (("N", 40, 400), ("K", 30, 90), ("E", 20, 50))
        for at in range(many)
    ]
    table = {"roll": world.filled("roll", pd.DataFrame(rows, dtype=object))}
    return measure(table, [CONFIG.indicators["suspended_pupils"]], CONFIG)


#: A date of twelve requests of 4,310 that could not be read.
BESIDE_RECORD = {
    "plans": [
        {
            "how": "counted", "by": "", "kind": "emptied", "table": "sen2.requests",
            "field": "received_date", "periods": [], "rows": 12, "received": 4310,
        }
    ]
}  # fmt: skip


def protected(root: Path, found: Mapping[str, Any] | None) -> io.Paths:
    """An edition on disk that has been protected, with what discovery says of it."""
    paths = io.Paths(root, "example-2025")
    whole = pd.concat([MEASURES, suspended()])
    io.write_measures(paths.restricted / "measures.parquet", whole, cells=True)
    io.write_measures(paths.restricted / "official.parquet", schema.empty())
    io.write_parquet(
        paths.restricted / protection.CONTRIBUTIONS,
        contributions(whole, {}, CONFIG),
    )
    nothing: dict[str, Any] = {"previous": [], "used": []}
    io.write_json(paths.restricted / register.FILE, nothing)
    io.write_json(paths.restricted / BESIDE, BESIDE_RECORD)
    io.write_parquet(paths.restricted / standings.FILE, standings.empty())
    protection.run(CONFIG, paths)
    if found is not None:
        io.write_text(paths.restricted / DISCOVERY, json.dumps(found))
    return paths


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "have not been looked for"),
        ({}, "have not been looked for"),
        ({"undeclared": None}, "have not been looked for"),
        ({"looked": False}, "have not been looked for"),
        ({"undeclared": 1}, "nobody declared"),
    ],
)
def test_nothing_is_proven_on_equations_nobody_has_looked_for(
    tmp_path: Path, found: Mapping[str, Any] | None, said: str
) -> None:
    paths = protected(tmp_path, found)
    with pytest.raises(JsnaError, match=said):
        stage.run(CONFIG, paths)
    assert not (paths.safe / CERTIFICATE).exists()


def test_an_open_edition_counts_nobody_and_is_proven_without_looking(tmp_path: Path) -> None:
    opened = replace(CONFIG, edition=CONFIG.edition.model_copy(update={"kind": "open"}))
    paths = protected(tmp_path, None)
    with pytest.raises(JsnaError, match="have not been looked for"):
        stage.run(opened, paths)
    discovery.run(opened, paths)
    stage.run(opened, paths)
    assert (paths.safe / CERTIFICATE).exists()


def test_the_certificate_counts_what_was_published_hidden_and_attacked(tmp_path: Path) -> None:
    paths = protected(tmp_path, {"undeclared": 0})
    stage.run(CONFIG, paths)
    told = json.loads((paths.safe / CERTIFICATE).read_text(encoding="utf-8"))
    safe = io.read_measures(paths.safe / "measures.parquet")
    derived = {i.id for i in CONFIG.indicators.values() if i.derived}
    assert told["published"]["worked_out"] == safe["indicator"].isin(derived).sum() > 0
    assert told["measures_sha256"] == io.sha256(paths.safe / "measures.parquet")
    assert told["beside_sha256"] == io.sha256(paths.safe / BESIDE)
    assert told["attack"]["exact"] == told["attack"]["narrow"] == 0
    assert told["attack"]["programs"] > 0


def test_what_is_stated_beside_indicators_is_a_share_in_bands(tmp_path: Path) -> None:
    paths = protected(tmp_path, {"undeclared": 0})
    (entry,) = io.read_json(paths.safe / BESIDE)["plans"]
    assert entry["band"] == [0, 1]
    assert "rows" not in entry and "received" not in entry


@pytest.mark.parametrize("shown", [[0, 2], [0, 100]])
def test_another_share_beside_an_indicator_stops_the_build(
    tmp_path: Path, shown: list[int]
) -> None:
    paths = protected(tmp_path, {"undeclared": 0})
    (entry,) = io.read_json(paths.safe / BESIDE)["plans"]
    io.write_json(paths.safe / BESIDE, {"plans": [{**entry, "band": shown}]})
    with pytest.raises(JsnaError, match="not what the record gives"):
        stage.run(CONFIG, paths)
    assert not (paths.safe / CERTIFICATE).exists()
