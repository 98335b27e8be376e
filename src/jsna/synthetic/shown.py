"""Quantities of persons and of schools, for any table that shows them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, identifiers, need
from jsna.synthetic.draws import Ints, stream
from jsna.synthetic.people import FIRST_SCHOOL, text_of
from jsna.synthetic.view import Quantity
from jsna.synthetic.world import World


def person_quantities(world: World, person: Ints) -> dict[str, Quantity]:
    """What is true of a person anywhere, for rows of these persons."""
    people = world.people

    def taken(column: pa.StringArray) -> Quantity:
        return lambda: column.take(pa.array(person))

    return {
        "surname": taken(people.surname),
        "forename": taken(people.forename),
        "postcode": taken(people.postcode),
        "upn": taken(people.upn),
        "nhs_number": taken(people.nhs_number),
        "former_upn": lambda: _former_upn(world, person),
        "date_of_birth": lambda: pa.array(people.born[person], type=pa.date32()),
        "sex": lambda: text_of(["F", "M"], people.male[person].astype(np.int64)),
        "ethnicity": lambda: text_of(people.ethnicities, people.ethnicity[person]),
        "lsoa_code": lambda: text_of(world.places.codes, people.lsoa[person]),
        "age": lambda: pa.array(draws.completed_years(people.born[person], world.reference)),
        "language": lambda: text_of(_LANGUAGES, _language(world, person)),
        "district_code": lambda: text_of(
            [place.code for place in world.places.area.localities], people.district[person]
        ),
        "primary_need": lambda: need.labels(world.need.primary[person]),
    }


_LANGUAGES = ("ENG", "URD", "PNJ", "BEN", "GUJ", "POL", "RON", "ARA", "OTH")
_LANGUAGES_OF = {
    "APKN": (0.45, (1, 2)), "ABAN": (0.4, (3,)), "AIND": (0.5, (4,)), "WOTH": (0.25, (5, 6)),
    "AOTH": (0.4, (8,)), "OOTH": (0.45, (7,)), "BAFR": (0.6, (8,)), "CHNE": (0.5, (8,)),
}  # fmt: skip


def _language(world: World, person: Ints) -> Ints:
    """First language of persons: positions in `_LANGUAGES`."""
    rng, people = stream(world.synthesis.seed, "language"), world.people
    names, ethnicity = people.ethnicities, people.ethnicity[person]
    drawn, other = rng.random(len(people))[person], rng.random(len(people))[person]
    spoken = np.where(drawn < 0.985, 0, len(_LANGUAGES) - 1)
    for code, (english, others) in _LANGUAGES_OF.items():
        if code in names:
            here = (ethnicity == names.index(code)) & (drawn >= english)
            choice = np.array(others)[(other * len(others)).astype(np.int64)]
            spoken = np.where(here, choice, spoken)
    return spoken


def _former_upn(world: World, person: Ints) -> pa.Array:
    """An earlier number of one pupil in a hundred, given by another authority."""
    count = len(world.people)
    rng = stream(world.synthesis.seed, "former upn")
    has = rng.random(count) < 0.01
    codes = [int(n.old_la_code) for n in world.places.area.neighbours] or [999]
    holders = np.flatnonzero(has)
    number = np.arange(len(holders))
    entered = (world.reference.year - 1 - (world.people.cohort[holders] - 4)) % 100
    # Schools numbered from 6000, or after the last, which no other pupil's number names.
    after = max(6000, FIRST_SCHOOL + len(world.schools.kinds["primary"]))
    values = identifiers.upns(
        np.full(len(holders), codes[0]), after + number // 900 % 1000, entered, number % 900,
        np.zeros(len(holders), dtype=bool),
    )  # fmt: skip
    at = np.cumsum(has)[person] - 1
    return values.take(pa.array(at, mask=~has[person], type=pa.int64()))


def school_quantities(world: World, school: Ints) -> dict[str, Quantity]:
    """What the register says of a school, for rows of these."""
    frame = world.schools.frame

    def column(name: str) -> Quantity:
        return lambda: pa.array(frame[name], from_pandas=True).take(pa.array(school))

    names = {
        "urn": "urn", "phase": "phase", "school_type": "school_type", "school_name": "school_name",
        "establishment_type": "establishment_type", "school_old_la_code": "school_old_la_code",
        "ukprn": "ukprn", "register_phase": "register_phase",
    }  # fmt: skip
    return {quantity: column(name) for quantity, name in names.items()}
