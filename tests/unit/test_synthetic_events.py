"""The engine of invented events: levels kept, ratios there, lengths and shares as declared."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.generator import views
from jsna.generator.found import parameters
from jsna.model.contract import Column, Extract, Table
from jsna.synthetic import course, often, world
from jsna.synthetic.course import Course
from jsna.synthetic.effects import Effects, Parameter
from jsna.synthetic.events import Each, Events, Shown
from jsna.synthetic.fill import fill
from jsna.synthetic.need import NEEDS
from jsna.synthetic.often import Often
from jsna.synthetic.people import YEAR_GROUPS
from jsna.synthetic.who import Base, pupils, residents, schools, small_areas
from jsna.synthetic.world import World
from tests.unit.synthetic_support import county as a_county

YEAR = "2024/25"
MANY = 200_000


@cache
def county() -> World:
    """A county of 40,000 pupils, with its groups. Shared: do not change."""
    made = world.build(a_county(), parameters())
    for year in ("2023/24", YEAR):
        residents()(made, year)
    return made


def declaring(**said: Any) -> World:
    """The county with effects of a source `x` beside its own."""
    mine = {f"x.{name}": Parameter(source="a test", effect=value) for name, value in said.items()}
    made = copy(county())
    made.effects = Effects({**made.effects.parameters, **mine})
    made._kept = dict(made._kept)
    return made


def drawn(draw: course.Draw, made: World | None = None, **columns: Any) -> np.ndarray:
    """What a draw gives many events, of which some columns are known."""
    made = made or declaring()
    known = {name: np.array(values) for name, values in columns.items()}
    count = len(next(iter(known.values()))) if known else MANY
    group = residents()(made, YEAR)
    member = np.resize(np.flatnonzero(group.here), count)
    return draw(Course(made, group, np.random.default_rng(7), member, "", known))


def shares(values: np.ndarray) -> dict[str, float]:
    codes, counts = np.unique(values, return_counts=True)
    return dict(zip(codes.tolist(), (counts / len(values)).tolist(), strict=True))


# ---- how often ---------------------------------------------------------------------------------


def test_each_ratio_is_that_of_its_own_trait() -> None:
    said: dict[str, Any] = {
        "deprivation": 3.0, "boys_to_girls": 4.0, "age": {"0-6": 2.0, "7-25": 5.0},
        "year_group": {"R": 2.0, "6": 7.0}, "sen": {"K": 1.5, "E": 6.0},
        "need": {"any": 2.0, "ASD": 3.0}, "fsm": 2.5, "special_school": 0.25,
    }  # fmt: skip
    made = declaring(**said)
    group = pupils()(made, YEAR)
    people, roll, person = made.people, group.roll, group.person
    assert roll is not None
    primary = np.array(NEEDS)[made.need.primary[person]]
    provision = np.array(["N", "K", "E"])[roll.provision[: roll.on_roll]]
    year_group = np.array(YEAR_GROUPS)[roll.year_group[: roll.on_roll]]
    born = people.born[person]
    # On 31 August 2025, by year and month of birth.
    age = 2025 - born.astype("datetime64[Y]").astype(int) - 1970
    age -= born.astype("datetime64[M]").astype(int) % 12 > 7
    by_hand = {
        "deprivation": np.exp(np.log(3.0) * people.depth[person]),
        "boys_to_girls": np.where(people.male[person], 2.0, 0.5),
        "age": np.where(age <= 6, 2.0, 5.0),
        "year_group": np.select([year_group == "R", year_group == "6"], [2.0, 7.0], 0.0),
        "sen": np.select([provision == "K", provision == "E"], [1.5, 6.0], 1.0),
        "need": np.select([provision == "N", primary == "ASD"], [1.0, 6.0], 2.0),
        "fsm": np.where(roll.fsm[: roll.on_roll], 2.5, 1.0),
    }
    for trait, expected in by_hand.items():
        found = often.ratios(declaring(**{trait: said[trait]}), "x", group)
        assert np.allclose(found, expected), trait
    special = often.ratios(declaring(special_school=0.25), "x", group)
    phase = county().schools.frame["establishment_type"].to_numpy()[roll.school[: roll.on_roll]]
    assert set(phase[special != 1.0]) >= {"07"}
    assert "07" not in set(phase[special == 1.0])
    together = np.prod([*by_hand.values(), special], axis=0)
    assert np.allclose(often.ratios(made, "x", group), together)


@given(st.floats(0.001, 0.2), st.floats(0.2, 5.0), st.floats(0.2, 5.0), st.integers(5, 26))
def test_a_level_is_kept_whatever_the_ratios_are(
    level: float, poor: float, boys: float, below: int
) -> None:
    made = declaring(deprivation=poor, boys_to_girls=boys, need={"any": 2.0})
    group = residents()(made, YEAR)
    found = Often(by="x", level=level, below=below).expected(made, group, "x")
    of = group.here & (group.age < below)
    assert found[of].mean() == pytest.approx(level)
    assert (found[~group.here] == 0).all()


def test_levels_by_sex_and_age_are_kept_each() -> None:
    table = {"F": {"0-9": 0.01, "10-25": 0.02}, "M": {"0-9": 0.03, "10-25": 0.05}}
    made = declaring(level=table, deprivation=4.0, trend={"2023/24": 0.5, "2024/25": 2.0})
    group = residents()(made, YEAR)
    found = Often(by="x", level="x.level").expected(made, group, "x")
    for sex, male in (("F", False), ("M", True)):
        for ages, old in (("0-9", False), ("10-25", True)):
            of = group.here & (made.people.male == male) & ((group.age >= 10) == old)
            assert found[of].mean() == pytest.approx(2.0 * table[sex][ages])


def test_a_year_without_a_value_has_the_last_one_before_it() -> None:
    values = {"2022/23": 2.0, "2023/24": 3.0}
    found = [often.of_period(values, f"{y}/{y - 1999}") for y in (2021, 2022, 2023, 2024)]
    assert found == [2.0, 2.0, 3.0, 3.0]


def test_the_same_members_have_events_again_and_again() -> None:
    made = county()
    group, later = (residents()(made, year) for year in ("2023/24", YEAR))
    both = group.here & later.here

    def ratio(how: Often) -> float:
        """Of those with an event in one year, how many more have one in the next than of all."""
        had = [np.isin(np.arange(len(both)), found) & both for found in events(how)]
        return float(had[1][had[0]].mean() / had[1][both].mean())

    def events(how: Often) -> list[np.ndarray]:
        rng = np.random.default_rng(3)
        return [how.members(made, year, rng, "x") for year in (group, later)]

    assert ratio(Often(level=0.1)) == pytest.approx(1.0, abs=0.12)
    # A half whom luck finds every year or never: 0.5 + 0.5 * 0.1 of them, to 0.1 of all.
    assert ratio(Often(level=0.1, again=0.5)) == pytest.approx(5.5, rel=0.1)
    count = np.bincount(events(Often(level=0.1, frailty=0.25))[1], minlength=len(both))[both]
    assert count.mean() == pytest.approx(0.1, rel=0.05)
    # Negative binomial: variance = mean + mean squared by shape.
    assert count.var() == pytest.approx(0.1 + 0.1**2 / 0.25, rel=0.1)


# ---- what becomes of them ----------------------------------------------------------------------


def test_codes_have_their_shares_and_none_the_rest() -> None:
    found = shares(drawn(course.codes({"A": 0.2, "B": 0.5})))
    assert found == pytest.approx({"A": 0.2, "B": 0.5, "": 0.3}, abs=0.01)
    assert "" not in shares(drawn(course.codes({"A": 0.1, "B": 0.2, "C": 0.7})))


def test_a_further_code_is_another() -> None:
    first, code = np.resize(["A", "B", ""], MANY), np.resize(["A", "A", "A", "C"], MANY)
    found = drawn(course.further("code", 0.4, ("first",)), first=first, code=code)
    assert set(found) == {"", "A", "C"}
    could = (first != "") & (first != code)
    assert (found[~could] == "").all()
    assert (found[could] == code[could]).mean() == pytest.approx(0.4, abs=0.01)


def test_a_code_goes_by_odds_and_keeps_its_share() -> None:
    made = declaring(level={"R": {"low": 0.1, "high": 0.3}, "6": {"low": 0.2, "high": 0.5}},
                     deprivation=5.0)  # fmt: skip
    group = residents()(made, YEAR)
    member = np.resize(np.flatnonzero(group.here), MANY)
    year = np.resize(np.array(["R", "R", "6"]), MANY)
    draw = course.odds("x.level", "year", "high", "usual", by="x")
    found = draw(Course(made, group, np.random.default_rng(5), member, "", {"year": year}))
    assert shares(found[year == "R"]) == pytest.approx(
        {"low": 0.1, "high": 0.3, "usual": 0.6}, abs=0.01
    )
    assert shares(found[year == "6"]) == pytest.approx(
        {"low": 0.2, "high": 0.5, "usual": 0.3}, abs=0.01
    )
    # Odds of the poorer half to the richer, by their mean distance on the scale.
    here, depth = year == "6", group.depth[member]
    poor = here & (depth > np.median(depth))
    share = [(found[of] == "high").mean() for of in (poor, here & ~poor)]
    odds = share[0] / (1 - share[0]) / (share[1] / (1 - share[1]))
    apart = depth[poor].mean() - depth[here & ~poor].mean()
    assert odds == pytest.approx(5.0**apart, rel=0.05)


@pytest.mark.parametrize(
    ("draw", "mean", "spread"),
    [
        (course.exponential(30.0), 30.0, 30.0),
        (course.exponential(30.0, 7.0), 37.0, 30.0),
        (course.gamma(40.0, 4.0), 40.0, 20.0),
        # A quarter of mean 100 and the others of mean 20: squares of mean 5,600.
        (course.mixed(0.25, 100.0, 20.0), 40.0, 4_000.0**0.5),
        (course.between(3, 9), 6.0, 2.0),
        (course.whole(6.0, 10_000), 6.0, 30.0**0.5),
        # Mean and standard deviation of the log-normal.
        (course.amount(100.0, 0.5), 100 * np.exp(0.125),
         100 * np.exp(0.125) * np.sqrt(np.expm1(0.25))),
    ],
)  # fmt: skip
def test_lengths_and_amounts(draw: course.Draw, mean: float, spread: float) -> None:
    found = drawn(draw)
    assert found.mean() == pytest.approx(mean, rel=0.015)
    assert found.std() == pytest.approx(spread, rel=0.03)


def test_amounts_go_by_the_ratios_of_members() -> None:
    made = declaring(boys_to_girls=4.0)
    group = residents()(made, YEAR)
    member = np.resize(np.flatnonzero(group.here), MANY)
    found = course.amount(50.0, 0.3, by="x")(Course(made, group, np.random.default_rng(1), member))
    male = made.people.male[group.person[member]]
    assert np.median(found[male]) == pytest.approx(100.0, rel=0.02)
    assert np.median(found[~male]) == pytest.approx(25.0, rel=0.02)


def test_days_lie_in_their_year() -> None:
    day = drawn(course.any_day)
    assert day.min() >= np.datetime64("2024-04-01")
    assert day.max() == np.datetime64("2025-03-31")
    # Of those born long before, as many in each half.
    assert (day < np.datetime64("2024-09-30")).mean() == pytest.approx(0.5, abs=0.05)
    at_work = drawn(course.working_day)
    assert np.is_busday(at_work).all()
    assert (at_work.min(), at_work.max()) == (np.datetime64("2024-04-01"), day.max())
    open_day = drawn(course.school_day(without=(7,)))
    months = set((open_day.astype("datetime64[M]").astype(int) % 12 + 1).tolist())
    assert months == {9, 10, 11, 12, 1, 2, 3, 4, 5, 6}
    assert (np.is_busday(open_day)).all()


def test_days_after_days_and_codes_that_decide() -> None:
    friday = np.array(["2024-05-31"] * 3, dtype="datetime64[D]")
    length: Callable[[Course], np.ndarray] = lambda at: np.array([0.9, 1.2, 4.0])  # noqa: E731
    plain, put_off = (
        drawn(course.after("start", length, put_off=late), start=friday) for late in (False, True)
    )
    assert plain.astype(str).tolist() == ["2024-05-31", "2024-06-01", "2024-06-04"]
    assert put_off.astype(str).tolist() == ["2024-05-31", "2024-06-03", "2024-06-04"]
    some = drawn(course.where("code", "A", course.column("start")), code=list("ABA"), start=friday)
    assert np.isnat(some).tolist() == [False, True, False]
    zero = drawn(course.where("code", "A", length, 0), code=list("ABA"))
    assert zero.tolist() == [0.9, 0.0, 4.0]


def test_several_days_of_one_event_lie_between_its_first_and_its_last() -> None:
    times = np.resize([1, 2, 5], 3000)
    of = np.repeat(np.arange(3000), times)
    nth = np.concatenate([np.arange(1, n + 1) for n in times])
    first = np.datetime64("2024-05-06") + np.zeros(len(of), int)
    last = np.where(times[of] == 1, first, first + 28)
    found = drawn(
        course.spread("first", "last", "times", 2), first=first, last=last, times=times[of], nth=nth
    )
    assert (found[nth == 1] == first[nth == 1]).all()
    assert (found[nth == times[of]] == last[nth == times[of]]).all()
    same = of[1:] == of[:-1]
    assert (np.diff(found)[same].astype(int) >= 0).all()
    assert np.is_busday(found).all()
    # Five in four weeks: the one in the middle lies in the middle.
    middle = (found - first)[(times[of] == 5) & (nth == 3)].astype(int)
    assert middle.mean() == pytest.approx(14, abs=1)


# ---- events ------------------------------------------------------------------------------------

VISITS = Events(
    source="visits",
    who=residents(),
    often=Often(level=0.1),
    then={
        "begun": course.any_day,
        "times": course.whole(3.0, 50),
        "ended": course.after("begun", course.exponential(200.0)),
        "result": course.codes({"good": 0.5, "bad": 0.5}),
    },
    order=("begun", "person"),
    number="visit",
    shown=Shown(until="ended", back=2, told={"result": "ended"}),
)
STEPS = Events(
    source="steps",
    who=Each(VISITS, "times"),
    then={"step": course.spread("begun", "ended", "times", 0)},
    order=("step", "visit"),
    shown=Shown(until="ended", back=2, within="step"),
)


def columns(view: Any, *names: str) -> list[list[Any]]:
    return [view.quantities[name]().to_pylist() for name in names]


def test_a_delivery_shows_what_was_known_on_its_last_day() -> None:
    made = county()
    before, now = VISITS(made, "2023/24"), VISITS(made, YEAR)
    known = [dict(zip(*columns(view, "visit", "ended"), strict=True)) for view in (before, now)]
    both = known[0].keys() & known[1].keys()
    assert len(both) > 100
    for visit in both:
        # What ended before the later delivery began is not in it.
        assert known[0][visit] is None or known[0][visit] == known[1][visit]
    begun, ended, result = columns(now, "begun", "ended", "result")
    assert begun == sorted(begun)
    assert all((end is None) == (code is None) for end, code in zip(ended, result, strict=True))
    assert all(end is None or "2024-04-01" <= str(end) <= "2025-03-31" for end in ended)


def test_each_event_s_own_are_as_many_as_it_says() -> None:
    made = county()
    parents, children = VISITS.happened(made, YEAR), STEPS.happened(made, YEAR)
    visits, counts = np.unique(children["visit"], return_counts=True)
    said = dict(zip(parents["visit"].tolist(), parents["times"].tolist(), strict=True))
    assert dict(zip(visits.tolist(), counts.tolist(), strict=True)) == said
    step, of = columns(STEPS(made, YEAR), "step", "visit")
    assert {*of} <= {*columns(VISITS(made, YEAR), "visit")[0]}
    assert all("2024-04-01" <= str(day) <= "2025-03-31" for day in step)


def test_what_else_is_declared_changes_no_event() -> None:
    more = dataclasses.replace(VISITS, then={**VISITS.then, "cost": course.amount(10.0, 1.0)})
    one, two = (events.happened(declaring(), YEAR) for events in (VISITS, more))
    for name in VISITS.then:
        assert (one[name] == two[name]).all(), name


# ---- a source nobody wrote a generator for -----------------------------------------------------

COST = Column("Cost", "cost", "number", "Pounds.", minimum=0)
KIND = Column("Kind", "kind", "code", "Kind.", codes="sex")
#: A base, the columns of a table about it, and the rows expected of the county.
NEW: Mapping[str, tuple[Base, tuple[Column, ...]]] = {
    "persons with an official number": (
        pupils(), (Column("UPN", "upn", "string", "Number.", quantity="upn"), COST, KIND),
    ),
    "persons with none": (
        residents(), (Column("Born", "born", "date", "Birth.", quantity="date_of_birth"), COST),
    ),
    "schools": (schools(), (Column("URN", "urn", "string", "School.", quantity="urn"), COST)),
    "small areas": (
        small_areas(),
        (Column("LSOA", "lsoa_code", "string", "Area.", quantity="lsoa_code"), COST),
    ),
}  # fmt: skip


def new_source(of: tuple[Column, ...], *, persons: bool) -> tuple[Extract, Table]:
    table = Table(name="rows", description="Rows.", columns=of, key=("cost",))
    extract = Extract(
        name="x", title="X", description="X.", period_type="academic_year",
        population_base="attending", tables=(table,), person_level=persons,
    )  # fmt: skip
    return extract, table


@pytest.mark.parametrize("about", NEW)
def test_a_source_that_says_nothing_of_its_rows_has_some(about: str) -> None:
    who, of = NEW[about]
    made, persons = declaring(), "persons" in about
    extract, table = new_source(of, persons=persons)
    view = views.of(made, extract, table, YEAR)
    members = int(who(made, YEAR).here.sum())
    share = 0.1 if persons else 1.0
    assert view.rows == pytest.approx(share * members, abs=4 * members**0.5 * (1 - share))
    # No two are of one member.
    number = of[0].quantity
    assert number is not None
    if number != "date_of_birth":
        assert len(set(view.quantities[number]().to_pylist())) == view.rows


@pytest.mark.parametrize("about", NEW)
def test_a_few_lines_declare_the_rows_of_a_new_source(about: str) -> None:
    who, of = NEW[about]
    events = Events(
        source="x", who=who, often=Often(by="x", level=0.5, frailty=1.0), writes="persons" in about,
        comes={"cost": course.amount(900.0, 0.6), "kind": course.codes({"F": 0.9, "M": 0.1})},
    )  # fmt: skip
    made = declaring()
    extract, table = new_source(of, persons="persons" in about)
    rows = fill(extract, table, events(made, YEAR), YEAR, {"sex": ("F", "M")}, 1)
    members = int(who(made, YEAR).here.sum())
    assert len(rows) == pytest.approx(0.5 * members, abs=5 * members**0.5)
    assert rows["cost"].null_count == 0
    assert np.median(rows["cost"]) == pytest.approx(900, rel=0.25)
    if "kind" in rows.column_names:
        assert rows["kind"].to_pylist().count("F") / len(rows) == pytest.approx(0.9, abs=0.02)
    assert isinstance(rows, pa.Table)
