"""Children measured in Reception and Year 6: height, weight and the category of their BMI."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, facts, written
from jsna.synthetic.draws import Days, Floats, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.formats import Style
from jsna.synthetic.need import N
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import OUTSIDE, YEAR_GROUPS, text_of
from jsna.synthetic.placement import MAINSTREAM, SETTINGS
from jsna.synthetic.shown import person_quantities, school_quantities
from jsna.synthetic.terms import school_days
from jsna.synthetic.view import View
from jsna.synthetic.world import Registrations, World
from jsna.synthetic.written import Records

CATEGORIES = ("underweight", "healthy", "overweight", "obese")
#: Share of the reference population below each category's end: population monitoring cut-offs.
_ENDS = np.array([0.0, 0.02, 0.85, 0.95, 1.0])
SCHOOL_YEARS = ("R", "6")
#: Height in cm (mean, spread) and BMI (median, spread of its logarithm), rounded from the UK 1990
#: growth reference at about 5 and 11 years.
_BODY = {"R": (109.0, 4.8, 15.5, 0.085), "6": (145.5, 6.8, 17.3, 0.125)}


@dataclass(frozen=True, slots=True)
class Measured:
    """Parallel arrays, one element a child measured.

    Attributes:
        row: position on the roll.
        school_year: position in `SCHOOL_YEARS`.
        day: day of measurement.
        category: position in `CATEGORIES`.
        p_score: share of the reference population with a lower BMI.
        height_cm, weight_kg: to one decimal.
    """

    row: Ints
    school_year: Ints
    day: Days
    category: Ints
    p_score: Floats
    height_cm: Floats
    weight_kg: Floats


def of_year(world: World, period: str) -> tuple[Registrations, Measured]:
    """Registrations of the January within a school year, and the children measured in it."""
    rows = world.registrations(int(period[:4]) + 1)
    return rows, world.kept("measurements", period, partial(_build, world, rows, period))


def _build(world: World, rows: Registrations, period: str) -> Measured:
    """Measure the children of a school year such as `2023/24` who live in the county."""
    effects, roll = world.effects, slice(rows.on_roll)
    person, year_group = rows.person[roll], rows.year_group[roll]
    reception, year_six = (YEAR_GROUPS.index(name) for name in SCHOOL_YEARS)
    # Mainstream schools take part.
    eligible = np.isin(rows.setting[roll], [-1, *(SETTINGS.index(s) for s in MAINSTREAM)])
    eligible &= ~np.isin(rows.school[roll], world.schools.kinds["alternative_provision"])
    eligible &= world.people.kind[person] != OUTSIDE
    rng = stream(world.synthesis.seed, "ncmp", period)
    asked = eligible & np.isin(year_group, (reception, year_six))
    asked &= rng.random(len(asked)) < effects.value("ncmp.coverage")
    row = np.flatnonzero(asked)
    school_year = (year_group[row] == year_six).astype(np.int64)
    log_odds = np.log(effects.value("ncmp.deprivation")) * world.people.depth[person[row]]
    log_odds += np.log(effects.value("ncmp.sen")) * (rows.provision[row] != N)
    category = _categories(rng, school_year, log_odds, effects)
    low, high = _ENDS[category], _ENDS[category + 1]
    # Never on a cut-off, so that rounding does not move a child into another category.
    p_score = np.round(low + (high - low) * (0.005 + 0.99 * rng.random(len(row))), 4)
    days = np.array(
        [d for d in school_days(int(period[:4])) if d.month not in (7, 8, 9)],
        dtype="datetime64[D]",
    )
    day = days[rng.integers(0, len(days), len(row))]
    height, weight = _bodies(rng, school_year, p_score, world.people.born[person[row]], day)
    return Measured(row, school_year, day, category, p_score, height, weight)


def _categories(
    rng: np.random.Generator, school_year: Ints, log_odds: Floats, effects: Effects
) -> Ints:
    """Category of each child: obesity follows the odds, the others share what is left."""
    category = np.full(len(school_year), CATEGORIES.index("healthy"))
    drawn, other = rng.random(len(school_year)), rng.random(len(school_year))
    for position, name in enumerate(SCHOOL_YEARS):
        level = effects.table("ncmp.level")[name]
        here = np.flatnonzero(school_year == position)
        if not len(here):
            continue
        obese = drawn[here] < draws.calibrated(log_odds[here], level["obese"])
        rest = 1 - level["obese"]
        under = level["underweight"] / rest
        over = level["overweight"] / rest
        among = np.select([other[here] < under, other[here] < under + over], [0, 2], 1)
        category[here] = np.where(obese, CATEGORIES.index("obese"), among)
    return category


def _bodies(
    rng: np.random.Generator, school_year: Ints, p_score: Floats, born: Days, day: Days
) -> tuple[Floats, Floats]:
    """Height and a weight that gives the BMI."""
    from scipy.special import ndtri

    body = np.array([_BODY[name] for name in SCHOOL_YEARS])[school_year]
    months = (day - born).astype(np.int64) / 30.44
    usual = np.where(school_year == 0, 60.0, 132.0)
    height = body[:, 0] + 0.5 * (months - usual) + body[:, 1] * rng.standard_normal(len(months))
    height = np.round(height.clip(85, 190), 1)
    bmi = body[:, 2] * np.exp(body[:, 3] * ndtri(p_score).clip(-3, 3))
    return height, np.round(bmi * (height / 100) ** 2, 1)


def _ncmp(world: World, period: str) -> View:
    """Children measured in a school year."""
    rows, found = of_year(world, period)
    person = rows.person[: rows.on_roll]
    return View(
        len(found.row),
        {
            **person_quantities(world, person[found.row]),
            **written.quantities(world, person[found.row], "ncmp"),
            **school_quantities(world, rows.school[found.row]),
            "ncmp_school_year": lambda: text_of(SCHOOL_YEARS, found.school_year),
            "ncmp_measurement_date": lambda: pa.array(found.day, type=pa.date32()),
            "weight_category": lambda: text_of(CATEGORIES, found.category),
            "bmi_p_score": lambda: pa.array(found.p_score),
            "height_cm": lambda: pa.array(found.height_cm),
            "weight_kg": lambda: pa.array(found.weight_kg),
        },
    )


def _measured(world: World, year: str) -> pa.Table:
    rows, found = of_year(world, year)
    person = rows.person[found.row]
    return facts.of_persons(
        world, person,
        # The programme counts by the home it was told of, for some an old one.
        home=Records(world, person, "ncmp").home(),
        school_year=text_of(SCHOOL_YEARS, found.school_year),
        weight=text_of(CATEGORIES, found.category),
    )  # fmt: skip


SYNTHETIC: Final = Synthetic(
    views={"measurements": _ncmp},
    style=Style("utf-8-sig", True, "%d/%m/%Y"),
    facts={"measured": _measured},
)
