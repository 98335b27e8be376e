"""Children measured in Reception and Year 6: height, weight and the category of their BMI."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import facts
from jsna.synthetic.course import Course, odds, of_roll, school_day
from jsna.synthetic.draws import Floats
from jsna.synthetic.events import Events, as_arrow
from jsna.synthetic.formats import Style
from jsna.synthetic.often import Often
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import YEAR_GROUPS
from jsna.synthetic.who import pupils
from jsna.synthetic.world import World
from jsna.synthetic.written import Records

#: Share of the reference population below each category, and below its end: population monitoring
#: cut-offs.
_BETWEEN: Final = {
    "underweight": (0.0, 0.02), "healthy": (0.02, 0.85), "overweight": (0.85, 0.95),
    "obese": (0.95, 1.0),
}  # fmt: skip
#: Height in cm (mean, spread), BMI (median, spread of its logarithm), rounded from the UK 1990
#: growth reference at about 5 and 11 years, and the usual age in months.
_BODY: Final = {"R": (109.0, 4.8, 15.5, 0.085, 60.0), "6": (145.5, 6.8, 17.3, 0.125, 132.0)}


def _score(at: Course) -> Floats:
    """Share of the reference population with a lower BMI."""
    low, high = (
        np.array([_BETWEEN[category] for category in at["weight_category"]]).reshape(-1, 2).T
    )
    # Never on a cut-off, so that rounding does not move a child into another category.
    score: Floats = np.round(low + (high - low) * (0.005 + 0.99 * at.rng.random(len(at))), 4)
    return score


def _body(at: Course) -> Floats:
    return np.array([_BODY[name] for name in at["ncmp_school_year"]]).reshape(-1, 5).T


def _height(at: Course) -> Floats:
    mean, spread, _, _, usual = _body(at)
    months = (at["ncmp_measurement_date"] - at.born).astype(np.int64) / 30.44
    height = mean + 0.5 * (months - usual) + spread * at.rng.standard_normal(len(at))
    found: Floats = np.round(height.clip(85, 190), 1)
    return found


def _weight(at: Course) -> Floats:
    """The weight that gives the BMI."""
    from scipy.special import ndtri

    _, _, median, spread, _ = _body(at)
    bmi = median * np.exp(spread * ndtri(at["bmi_p_score"]).clip(-3, 3))
    weight: Floats = np.round(bmi * (at["height_cm"] / 100) ** 2, 1)
    return weight


MEASURED: Final = Events(
    source="ncmp",
    # Mainstream schools take part.
    who=pupils(year_groups=tuple(_BODY), mainstream=True, local=True),
    often=Often(level="ncmp.coverage"),
    comes={
        "ncmp_school_year": of_roll("year_group", YEAR_GROUPS),
        "weight_category": odds("ncmp.level", "ncmp_school_year", "obese", "healthy", by="ncmp"),
        "bmi_p_score": _score,
        "ncmp_measurement_date": school_day(without=(7, 8, 9)),
        "height_cm": _height,
        "weight_kg": _weight,
    },
    writes=True,
)


def _measured(world: World, year: str) -> pa.Table:
    found = MEASURED.happened(world, year)
    return facts.of_persons(
        world, found.person,
        # The programme counts by the home it was told of, for some an old one.
        home=Records(world, found.person, "ncmp").home(),
        school_year=as_arrow(found["ncmp_school_year"]),
        weight=as_arrow(found["weight_category"]),
    )  # fmt: skip


SYNTHETIC: Final = Synthetic(
    views={"measurements": MEASURED},
    style=Style("utf-8-sig", True, "%d/%m/%Y"),
    facts={"measured": _measured},
)
