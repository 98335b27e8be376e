"""Residents by small area, sex and single year of age, counted from the people of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic.draws import Ints, stream
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import OUTSIDE, text_of
from jsna.synthetic.view import View
from jsna.synthetic.world import World

#: Ages the world's people cover fully; beyond them residents are drawn from a profile.
OLDEST_PERSON, OLDEST = 25, 90


@dataclass(frozen=True, slots=True)
class Residents:
    """One row a small area, sex (0 female, 1 male) and age; 90 is 90 and over."""

    lsoa: Ints
    male: Ints
    age: Ints
    people: Ints


def count(world: World, year: int) -> Residents:
    """Usual residents in the middle of a year."""
    people, inside = world.people, len(world.places.lsoa)
    age = people.age(date(year, 6, 30))
    here = (people.kind != OUTSIDE) & (age >= 0) & (age <= OLDEST_PERSON)
    # The census of the January before is the last they were present for.
    here &= (people.since <= year + 1) & (people.until > year)
    sizes = (inside, 2, OLDEST + 1)
    counts = np.zeros(sizes, dtype=np.int64)
    np.add.at(counts, (people.lsoa[here], people.male[here].astype(np.int64), age[here]), 1)
    young = here & (age >= 5) & (age <= 15)
    counts[:, :, OLDEST_PERSON + 1 :] = _older(world, float(young.sum()) / 11)
    lsoa, male, ages = np.indices(sizes)
    return Residents(lsoa.ravel(), male.ravel(), ages.ravel(), counts.ravel())


def _older(world: World, one_age: float) -> Ints:
    """Residents older than the world's people, by small area, sex and age."""
    profile = {int(a): s for a, s in world.effects.values("people.older_population").items()}
    ages = np.arange(OLDEST_PERSON + 1, OLDEST + 1)
    level = np.interp(ages, list(profile), list(profile.values()))
    # Women outlive men: even at 60, three to two at 90.
    women = np.interp(ages, [26, 60, 90], [0.5, 0.51, 0.62])
    weight = world.places.lsoa["weight"].to_numpy()
    mean = one_age * weight[:, None, None] * level * np.stack([women, 1 - women])[None]
    drawn: Ints = stream(world.synthesis.seed, "older residents").poisson(mean)
    return drawn


def _population(world: World, period: str) -> View:
    table = count(world, int(period[:4]))
    return View(
        len(table.people),
        {
            "lsoa_code": lambda: text_of(world.places.codes, table.lsoa),
            "population_year": lambda: pa.array(np.full(len(table.people), int(period[:4]))),
            "sex": lambda: text_of(["F", "M"], table.male),
            "age": lambda: pa.array(table.age),
            "people": lambda: pa.array(table.people),
        },
    )


SYNTHETIC: Final = Synthetic(views={"syoa": _population})
