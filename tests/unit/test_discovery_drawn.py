"""Rows that identities are looked for in are what declarations say, and nothing ties by chance."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jsna.disclosure.discovery import people, search, supposed, worlds
from jsna.disclosure.discovery.draws import Draw
from jsna.model.configuration import Configuration
from jsna.model.contract import Column as Field
from jsna.model.contract import Extract, Rule, Table
from jsna.model.indicators import Indicator
from jsna.model.tables import AnalysisTable, Column
from jsna.settings import shared
from jsna.shared import columns
from jsna.shared.fragments import numbered
from jsna.shared.table_columns import declared
from jsna.sources import registry
from tests.spec import world
from tests.unit.discovery_support import known
from tests.unit.test_discovery import configuration, indicator, said

# Rows that are drawn once are drawn by one worker.
pytestmark = pytest.mark.xdist_group("drawn")
ROOT = Path(__file__).parents[2]


def of_all() -> Configuration:
    """The project's own indicators and code lists, over the supposed edition."""
    config = dataclasses.replace(world.configuration(), hierarchies=shared.hierarchies(ROOT))
    return supposed.configuration(config)


@cache
def rows(*, filled: bool, apart: bool = False, size: int = 400) -> dict[str, pa.Table]:
    draw = Draw(of_all(), np.random.default_rng(3), size, filled)
    drawn, _ = worlds.linked(draw, people.People("3", size, apart, supposed.spine(ROOT)))
    return drawn


def listed(table: pa.Table, column: str) -> list[Any]:
    return list(table[column].to_pylist())


# ---- what is drawn -----------------------------------------------------------------------------


def test_codes_are_those_of_their_lists_and_none_is_rare() -> None:
    census = rows(filled=False, size=2_000)["school_census.census"]
    codes = set(of_all().codelists["sen_type"])
    needs = [code for code in listed(census, "primary_need") if code is not None]
    assert set(needs) == codes
    assert min(needs.count(code) for code in codes) > len(needs) / len(codes) / 2
    assert None in listed(census, "year_group")


def test_no_row_breaks_a_rule_or_repeats_a_key() -> None:
    drawn = rows(filled=False)
    contacts, referrals = drawn["mental_health.contacts"], drawn["mental_health.referrals"]
    key = [*zip(listed(referrals, "period"), listed(referrals, "service_request_id"), strict=True)]
    assert len(set(key)) == len(key)
    received = dict(zip(key, listed(referrals, "referral_received_date"), strict=True))
    for period, request, day in zip(
        *(listed(contacts, n) for n in ("period", "service_request_id", "care_contact_date")),
        strict=True,
    ):
        # A contact has a referral, and is not before it.
        assert received[period, request] <= day
    episodes = drawn["cin_census.episodes"].to_pandas()
    both = episodes.dropna(subset=["referral_date", "closure_date"])
    assert len(both) > 50
    assert (both["closure_date"] >= both["referral_date"]).all()


@pytest.mark.full
def test_the_schools_phase_is_one_in_each_census() -> None:
    census = rows(filled=True)["school_census.census"].to_pandas()
    assert census.groupby(["period", "school_urn"])["phase"].nunique(dropna=False).max() == 1
    assert census.groupby("school_urn")["phase"].nunique().max() > 1


def test_records_in_which_nothing_is_missing_have_every_need_and_home() -> None:
    drawn = rows(filled=True)
    census = drawn["school_census.census"].to_pandas()
    assert census["year_group"].notna().all()
    assert census.loc[census["sen_provision"] != "N", "primary_need"].notna().all()
    assert census["lsoa_code"].notna().all()
    plans, needs = drawn["sen2.activeplans"], drawn["sen2.senneed"]
    assert set(listed(plans, "activeplans_table_id")) <= set(listed(needs, "activeplans_table_id"))


@pytest.fixture
def unjoined(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if no table joined plans with what other sources say: care leavers do, and no other."""
    known = {name: one for name, one in people.CATALOGUE.items() if name != "care_leaver"}
    monkeypatch.setattr(people, "CATALOGUE", known)
    people.joined.cache_clear()
    yield
    people.joined.cache_clear()


@pytest.mark.usefixtures("unjoined")
def test_people_apart_are_in_one_school_year_and_in_sources_that_are_joined() -> None:
    drawn = rows.__wrapped__(filled=False, apart=True)
    census, plans = drawn["school_census.census"], drawn["sen2.person"]
    years: dict[str, set[str]] = {}
    for person, period in zip(listed(census, "person_key"), listed(census, "period"), strict=True):
        years.setdefault(person, set()).add(period)
    assert {len(found) for found in years.values()} == {1}
    assert not {*listed(census, "person_key")} & {*listed(plans, "person_key")}
    events = {*listed(drawn["exclusions.exclusions"], "person_key")}
    assert events & {*listed(census, "person_key")}


def test_a_table_that_joins_sources_gives_them_people_in_common() -> None:
    drawn = rows(filled=False, apart=True)
    plans = {*listed(drawn["sen2.activeplans"], "person_key")}
    assert plans & {*listed(drawn["ssda903.header"], "person_key")}


@pytest.mark.full
def test_records_are_repeatable_and_no_two_sets_share_a_person() -> None:
    one, same = (worlds.Drawing(of_all(), supposed.spine(ROOT)) for _ in range(2))
    first, again = one.tables(200), same.tables(200)
    assert all(table.equals(again[name]) for name, table in first.items())
    second = one.tables(200)
    assert not {*listed(first["pupil"], "person_key")} & {*listed(second["pupil"], "person_key")}


# ---- a source that nobody has invented rows of -------------------------------------------------

STAYS = Table(
    "stays", "One stay.",
    (
        columns.UPN, columns.DATE_OF_BIRTH, columns.SEX, columns.LSOA,
        Field("Kind", "services", "code", "Who arranged it.", codes="services"),
        Field("Nights", "nights", "integer", "Nights away.", minimum=0, maximum=9),
    ),
    key=("upn", "services", "nights"),
    rules=(
        Rule(
            "nights.none", "error", "an overnight stay of no night", ("services", "nights"),
            lambda frame, _: (frame["nights"] > 0) == frame["services"].isin(["both", "care"]),
        ),
    ),
)  # fmt: skip
RESPITE = Extract(
    "respite", "Short breaks", "Stays away from home.", "january", "responsible", (STAYS,)
)


def stays() -> AnalysisTable:
    return AnalysisTable(
        name="stay",
        row="a short break",
        base="responsible",
        key=("period", "person_key", "record_number"),
        columns=declared("person_key period sex services", Column("away", "boolean"),
                         "record_number"),
        sql=f"""
        select person_key, period, sex, services, nights > 0 as away, record_number
        from {numbered("respite.stays", "services", "nights")}
        order by period, person_key, record_number
        """,
    )  # fmt: skip


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Declares the source and its table."""
    with known(monkeypatch, RESPITE, stays()):
        yield


def judged(*indicators: Indicator) -> search.Discovery:
    config = supposed.configuration(configuration(*indicators))
    drawing = worlds.Drawing(config)
    return search.discover(drawing.first(), config, drawing.further())


def of_stays(away: str) -> tuple[Indicator, Indicator]:
    """Stays by who arranged them, and those away by sex."""
    return (
        indicator(
            "stays", numerator={"table": "stay"}, population_base="responsible",
            breakdowns=[["services"], ["sex"], ["services", "sex"]],
        ),
        indicator(
            "nights_away", numerator={"table": "stay", "where": away},
            population_base="responsible", breakdowns=[["sex"]],
        ),
    )  # fmt: skip


BY_SERVICE = of_stays("services in ('both', 'care')")


@pytest.mark.full
def test_a_source_without_invented_rows_is_judged(source: None) -> None:
    found = judged(*BY_SERVICE)
    assert said(found) == ""
    assert found.unseen == ()
    assert found.counts > 30
    assert found.zero == 0


@pytest.mark.full
def test_what_a_rule_of_its_own_ties_is_found_where_nobody_says_so(source: None) -> None:
    found = judged(*of_stays("away"))
    text = said(found)
    assert {problem.where for problem in found.problems} == {"indicators nights_away, stays"}
    assert "nights_away numerator [2023, sex F] = stays numerator [2023, services both, sex F]" in (
        text
    )
    assert "take a condition or breakdown out of config/indicators/prevalence.yaml" in text


@pytest.mark.full
def test_a_rule_that_no_row_obeys_is_passed_over_and_named(
    source: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = Rule(
        "nights.never", "error", "never", ("nights",), lambda frame, _: frame["nights"] > 99
    )
    made = dataclasses.replace(RESPITE, tables=(dataclasses.replace(STAYS, rules=(never,)),))
    monkeypatch.setitem(registry(), "respite", made)
    drawing = worlds.Drawing(supposed.configuration(configuration(*BY_SERVICE)))
    assert drawing.tables(50)["stay"].num_rows > 0
    assert drawing.passed_over == {"respite.stays.nights.never"}


# ---- what is found -----------------------------------------------------------------------------


@pytest.mark.full
def test_the_phase_of_a_school_tells_whether_it_is_in_the_headline() -> None:
    by_phase = {
        "kind": "proportion", "period_type": "academic_year", "breakdowns": [["phase"]],
        "numerator": {"table": "roll", "where": "suspended"}, "denominator": {"table": "roll"},
    }  # fmt: skip
    headline = {**by_phase, "breakdowns": [], "denominator": {"table": "roll", "where": "headline"}}
    headline["numerator"] = {"table": "roll", "where": "headline and suspended"}
    config = supposed.configuration(
        configuration(indicator("suspended", **by_phase), indicator("headline", **headline))
    )
    # Where every phase is known, as in most censuses.
    found = search.discover([worlds.Drawing(config).tables(1_500)], config)
    assert (
        "headline denominator [2024/25] = suspended denominator [2024/25, phase all_through]"
        in (said(found))
    )


@pytest.mark.full
def test_an_identity_that_further_records_break_is_not_reported() -> None:
    config = supposed.configuration(
        configuration(
            indicator("girls", numerator={"table": "pupil", "where": "sex = 'F'"}),
            indicator("plans", numerator={"table": "pupil", "where": "sen_provision = 'E'"}),
        )
    )
    drawing = worlds.Drawing(config)
    chance = drawing.tables(300)
    # In these every girl has a plan, and nobody else.
    pupils = chance["pupil"]
    plan = pa.array(["E" if sex == "F" else "N" for sex in listed(pupils, "sex")])
    at = pupils.column_names.index("sen_provision")
    chance["pupil"] = pupils.set_column(at, "sen_provision", plan)
    tied = "girls numerator [2023] = plans numerator [2023] (3 of this kind)"
    assert tied in said(search.discover([chance], config))
    assert search.discover([chance], config, drawing.further()).problems == ()


def fine_grained() -> list[Indicator]:
    """126 proportions of pupils: what 21 groups of them are, by 6 pairs of dimensions."""
    lists = of_all().codelists
    conditions = [
        *(f"primary_need = '{code}'" for code in [*lists["sen_type"]][:10]),
        *(f"ethnicity = '{code}'" for code in [*lists["ethnicity"]][:8]),
        *("sen_provision = 'K'", "sen_provision = 'E'", "sex = 'F'"),
    ]
    pairs = [
        ("age_group", "sex"), ("imd_decile", "sex"), ("locality", "sex"),
        ("sen_provision", "year_group"), ("age_group", "imd_quintile"),
        ("locality", "sen_provision"),
    ]  # fmt: skip
    return [
        indicator(
            f"fine_{number}", kind="proportion", numerator={"table": "pupil", "where": where},
            denominator={"table": "pupil"}, breakdowns=[[pair[0]], [pair[1]], [*pair]],
        )
        for number, (where, pair) in enumerate(product(conditions, pairs))
    ]  # fmt: skip


@pytest.mark.full
def test_126_fine_grained_proportions_more_are_tied_in_no_way() -> None:
    config = of_all()
    more = {one.id: one for one in fine_grained()}
    assert len(more) == 126
    config = dataclasses.replace(config, indicators={**config.indicators, **more})
    found = search.look(config, ROOT)
    assert found["undeclared"] == 0
    assert found["unseen"] == []
    assert isinstance(found["quantities"], int)
    assert found["quantities"] > 20_000
