"""What the return says of a year: children, episodes, reviews, outcomes and times missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.shared.periods import window
from jsna.sources.ssda903.synthetic.care import Care, care
from jsna.synthetic import draws, written
from jsna.synthetic.draws import Days, Ints, Labels, stream
from jsna.synthetic.people import text_of
from jsna.synthetic.social_care import EPISODES
from jsna.synthetic.social_care_child import SOURCE, child_quantities
from jsna.synthetic.view import Quantity, View, code, day, flag
from jsna.synthetic.world import World

_YEAR = 365.25
#: Days of care after which reviews are held, then twice a year; so many at most.
_REVIEWS: Final = np.r_[[26, 116], 116 + 182 * np.arange(1, 38)]
_REVIEW_CODES: Final = ("PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7")
_REVIEW_SHARES: Final = np.array([0.52, 0.02, 0.09, 0.02, 0.02, 0.25, 0.08])
_SDQ_REASONS: Final = ("SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5")
#: Ages at which the questionnaire is asked for, and from which children go missing.
_SDQ_FROM, _SDQ_TO, _MISSING_FROM = 4, 16, 10


@dataclass(frozen=True, slots=True)
class Year:
    """What the return of a year is about: rows of `Care`, and children in order of number."""

    first: np.datetime64
    last: np.datetime64
    rows: Ints
    person: Ints


def year_of(world: World, period: str) -> Year:
    """Episodes open at any time in a financial year, child by child."""
    return world.kept("looked after", period, partial(_year, world, period))


def _year(world: World, period: str) -> Year:
    found = care(world)
    first, last = (np.datetime64(d) for d in window(period, "financial_year"))
    rows = np.flatnonzero((found.start <= last) & (found.end >= first))
    order = stream(world.synthesis.seed, "looked after", "rows").permutation(len(world.people))
    rows = rows[np.lexsort((found.start[rows], order[found.person[rows]]))]
    person = np.unique(found.person[rows])
    return Year(first, last, rows, person[np.argsort(order[person])])


def identity(world: World, person: Ints, year: Year) -> dict[str, Quantity]:
    """Who a child is, for a row of any file of the return of a year."""
    return child_quantities(world, person, _first_event(world)[person], year.last)


def born_as_written(world: World, person: Ints) -> Days:
    """Dates of birth as social care has them."""
    return written.Records(world, person, SOURCE, _first_event(world)[person]).born()


def _first_event(world: World) -> Days:
    """First referral of everyone who has one."""
    cases = EPISODES.happened(world)
    found = np.full(len(world.people), np.datetime64("NaT", "D"))
    found[cases.person] = cases["first"]
    return found


def header_view(world: World, period: str) -> View:
    """Children looked after at any time in the year."""
    year = year_of(world, period)
    person = year.person
    born = world.people.born[person]
    grown = born + round(15.5 * _YEAR)
    rng = stream(world.synthesis.seed, "looked after", "mothers")
    luck, later = rng.random(len(world.people)), rng.integers(0, 700, len(world.people))
    child = grown + later[person]
    mother = ~world.people.male[person] & (
        luck[person] < world.effects.value("looked_after.mother")
    )
    mother &= child <= year.last
    return View(
        len(person),
        {
            **identity(world, person, year),
            "mother": lambda: pa.array(np.ones(len(person), dtype=np.int64), mask=~mother),
            "mother_child_birth_date": lambda: pa.array(child, mask=~mother, type=pa.date32()),
        },
    )


def episodes_view(world: World, period: str) -> View:
    """Episodes of care open in the year, with what was known at its end."""
    year, found = year_of(world, period), care(world)
    rows = year.rows
    person, ended = found.person[rows], found.end[rows] <= year.last
    who = identity(world, person, year)
    # The return has no code for a need not stated, nor for none.
    reason = EPISODES.happened(world)["category_of_need"][found.case[rows]]
    of = np.where(np.isin(reason, ["N0", "N9"]), "N5", reason)
    return View(
        len(rows),
        {
            **who,
            "care_start_date": day(found.start[rows]),
            "new_episode_reason": code(found.new[rows]),
            "legal_status": code(found.legal[rows]),
            "category_of_need": lambda: pa.array(of),
            "placement": code(found.placement[rows]),
            "placement_provider": code(found.provider[rows]),
            "care_end_date": day(np.where(ended, found.end[rows], np.datetime64("NaT", "D"))),
            "end_reason": code(np.where(ended, found.final[rows], "")),
            "place_change_reason": code(np.where(ended, found.moved[rows], "")),
            "home_postcode": who["postcode"],
            "placement_postcode": lambda: world.people.postcode.take(pa.array(found.home[rows])),
            "placement_urn": code(_homes_numbers(found, rows)),
        },
    )


def _homes_numbers(found: Care, rows: Ints) -> Labels:
    """Ofsted's numbers of homes and schools; none for other placements."""
    homes = np.isin(found.placement[rows], ("K1", "K2", "R1", "S1"))
    numbers = (990_000 + found.home[rows] % 60).astype(str).astype(object)
    return np.where(homes, "SC" + numbers, "")


def _times(world: World, period: str, whole_year: bool = False) -> tuple[Ints, Days, Days]:
    """Person, first and last day of each time in care that reaches into a year.

    `whole_year`: only those that last through it, agreed short breaks apart.
    """
    year, found = year_of(world, period), care(world)
    rows = year.rows
    if whole_year:
        through = (found.entered[rows] <= year.first) & (found.left[rows] > year.last)
        rows = rows[through & ~found.short_breaks[rows]]
    # One row for each time in care, in the order of the children.
    first = np.sort(np.unique(found.case[rows], return_index=True)[1])
    rows = rows[first]
    return found.person[rows], found.entered[rows], found.left[rows]


def _age(born: Days, on: Days | np.datetime64) -> Ints:
    """Whole years of age, each on its own day."""
    then = np.broadcast_to(np.asarray(on, dtype="datetime64[D]"), born.shape)
    months = [days.astype("datetime64[M]") for days in (then, born)]
    in_month = [days - of for days, of in zip((then, born), months, strict=True)]
    whole = (months[0] - months[1]).astype(np.int64) - (in_month[0] < in_month[1])
    age: Ints = whole // 12
    return age


def reviews_view(world: World, period: str) -> View:
    """Reviews of the year: after a month and four months of care, then twice a year."""
    year = year_of(world, period)
    person, entered, left = _times(world, period)
    days = entered[:, None] + _REVIEWS[None, :]
    at, which = np.nonzero(
        (days >= year.first) & (days <= np.minimum(left, year.last)[:, None] - 1)
    )
    who, held = person[at], days[at, which]
    rng = stream(world.synthesis.seed, "looked after", "reviews", period)
    drawn = draws.choose_weighted(rng, _REVIEW_SHARES, len(at))
    young = _age(born_as_written(world, who), held) < _SDQ_FROM
    part = np.where(young, "PN0", np.array(_REVIEW_CODES, dtype=object)[drawn])
    return View(
        len(at),
        {**identity(world, who, year), "review_date": day(held), "review_code": code(part)},
    )


def oc2_view(world: World, period: str) -> View:
    """Outcomes of children looked after for the whole year."""
    year = year_of(world, period)
    person, _, _ = _times(world, period, whole_year=True)
    count = len(person)
    rng = stream(world.synthesis.seed, "looked after", "outcomes", period)
    age = _age(born_as_written(world, person), year.last)
    share = world.effects.values("looked_after.outcomes")
    asked = (age >= _SDQ_FROM) & (age <= _SDQ_TO)
    scored = asked & (rng.random(count) < share["sdq"])
    score = np.round(rng.normal(14.0, 7.0, count)).astype(np.int64).clip(0, 40)
    reason = rng.integers(0, len(_SDQ_REASONS), count)
    substance = (age >= _MISSING_FROM) & (rng.random(count) < share["substance"])
    helped = rng.random(count) < 0.6
    flags = {
        "convicted": (age >= _MISSING_FROM) & (rng.random(count) < share["convicted"]),
        "immunisations": rng.random(count) < share["immunisations"],
        "teeth_check": rng.random(count) < share["teeth"],
        "health_assessment": rng.random(count) < share["assessment"],
        "substance_misuse": substance,
        "intervention_received": substance & helped,
        "intervention_offered": substance & ~helped,
    }
    checked = rng.random(count) < share["check"]
    return View(
        count,
        {
            **identity(world, person, year),
            "sdq_score": lambda: pa.array(score, mask=~scored),
            "sdq_reason": lambda: text_of(_SDQ_REASONS, np.where(asked & ~scored, reason, -1)),
            "health_check": lambda: pa.array(checked, mask=age >= _SDQ_FROM + 1),
            **{name: flag(values) for name, values in flags.items()},
        },
    )


def missing_view(world: World, period: str) -> View:
    """Times in the year that children in care were missing."""
    year = year_of(world, period)
    person, entered, left = _times(world, period)
    rng = stream(world.synthesis.seed, "looked after", "missing", period)
    begin = np.maximum(entered, year.first)
    days = (np.minimum(left, year.last) - begin).astype(np.int64) - 5
    chance = world.effects.values("looked_after.missing")
    ever = (rng.random(len(person)) < chance["share"]) & (days > 0)
    ever &= _age(world.people.born[person], begin) >= _MISSING_FROM
    times = np.where(ever, 1 + rng.poisson(chance["more"], len(person)), 0)
    at = np.repeat(np.arange(len(person)), times)
    start = begin[at] + (rng.random(len(at)) * days[at]).astype(np.int64)
    order = np.lexsort((start, at))
    at, start = at[order], start[order]
    # One after another: none begins before the last is over.
    apart = np.r_[True, (at[1:] != at[:-1]) | ((start[1:] - start[:-1]).astype(np.int64) > 4)]
    at, start = at[apart[: len(at)]], start[apart[: len(at)]]
    end = start + rng.integers(0, 4, len(at))
    away = rng.random(len(at)) < 0.12
    who = person[at]
    return View(
        len(at),
        {
            **identity(world, who, year),
            "missing_kind": lambda: text_of(["M", "A"], away.astype(np.int64)),
            "missing_start": day(start),
            "missing_end": day(end),
        },
    )
