"""How the same child is written in another source: with the slips of whoever wrote it down.

The school census and SEN2 have the truth. Every other source has a child's name, date of birth,
postcode and number as its own staff once wrote them: some mistyped, some short for what the child
is called, some of before a move. A child is written the same way wherever a source has them.

Slips are plausible: they pass validation, and linkage has to live with them. Numbers that fail
their check are faults, which validation must find (`faults.yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import yaml

from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.people import RESIDENT, People, text_of
from jsna.synthetic.places import pools
from jsna.synthetic.slips import Faults, burden, misdated, mistyped
from jsna.synthetic.view import Quantity
from jsna.synthetic.world import World

#: Children younger than this many years on the reference date are never written as younger than
#: they are: an event of theirs would come before their birth.
_YOUNG: Final = 4
#: Numbers a source may know its children by.
_NUMBERS: Final = ("upn", "nhs_number")


@dataclass(frozen=True, slots=True)
class Written:
    """Records as written; parallel arrays, one element a record.

    Attributes:
        surname, forename, postcode: text.
        born: date of birth as written.
        lsoa: position of the small area the postcode as written lies in.
        numbers: kind of number -> text; null where the source lacks it.
    """

    surname: pa.Array[Any]
    forename: pa.Array[Any]
    postcode: pa.Array[Any]
    born: Days
    lsoa: Ints
    numbers: dict[str, pa.Array[Any]]


def quantities(
    world: World, person: Ints, source: str, before: Days | None = None
) -> dict[str, Quantity]:
    """Quantities of persons as a source has them, to stand over those of `person_quantities`.

    `surname`, `forename`, `postcode`, `date_of_birth`, `lsoa_code` (of the postcode), `upn` and
    `nhs_number` (null where missing). Nothing is drawn before a column asks.

    Args:
        world: the world.
        person: positions in its people, one a row.
        source: name of whose records they are: an extract, or a system several extracts are of.
        before: for each row a day no date of birth is written after, the same in all rows of a
            person: their first event.
    """
    made: list[Written] = []

    def records() -> Written:
        if not made:
            seed, year = world.synthesis.seed, world.reference.year
            made.append(write(world.people, person, source, seed, year, world.effects, before))
        return made[0]

    return {
        "surname": lambda: records().surname,
        "forename": lambda: records().forename,
        "postcode": lambda: records().postcode,
        "date_of_birth": lambda: pa.array(records().born, type=pa.date32()),
        "lsoa_code": lambda: text_of(world.places.codes, records().lsoa),
        "upn": lambda: records().numbers["upn"],
        "nhs_number": lambda: records().numbers["nhs_number"],
    }


def write(
    people: People,
    person: Ints,
    source: str,
    seed: int,
    year: int,
    effects: Effects,
    before: Days | None = None,
) -> Written:
    """Records of persons as a source writes them.

    Args:
        people: everyone, as they are.
        person: positions in `people`, in any order, repeated where a source has several records.
        source: its slips are its own, and the same for a person in all its records.
        seed: of the edition.
        year: of the reference date.
        effects: `written.errors` (average rate of each slip) and `written.deprivation` (how many
            times as often in the poorest fifth of areas of England as in the richest).
        before: see `quantities`.
    """
    rates = Faults(**effects.values("written.errors"), slope=effects.value("written.deprivation"))
    hit = _Hits(people, person, source, seed, rates.slope)
    donor = np.where(hit("moved", rates.moved), _donors(people, source, seed)[person], person)
    born = people.born[person]
    slipped = _slipped(people, source, seed, year)[person]
    if before is not None:
        slipped = _no_later(slipped, born, slipped > before)
    return Written(
        surname=_surnames(people, person, hit, rates),
        forename=_forenames(people, person, hit, rates),
        postcode=people.postcode.take(pa.array(donor)),
        born=np.where(hit("born", rates.born), slipped, born),
        lsoa=people.lsoa[donor],
        numbers={
            kind: getattr(people, kind).take(
                pa.array(person, mask=hit(kind, rates.missing), type=pa.int64())
            )
            for kind in _NUMBERS
        },
    )


class _Hits:
    """Whom each kind of slip befalls: a person either way in all records of a source."""

    def __init__(self, people: People, person: Ints, source: str, seed: int, slope: float) -> None:
        fifth = np.ceil((0.5 - people.depth) * 5).astype(np.int64).clip(1, 5)
        more = burden(fifth, slope)
        # The rates are averages over this area's people, however poor it is.
        self.more = (more / more[people.kind == RESIDENT].mean())[person]
        self.person, self.count, self.source, self.seed = person, len(people), source, seed

    def __call__(self, name: str, rate: float) -> Bools:
        """Which records have it."""
        luck = stream(self.seed, "written", self.source, name).random(self.count)
        befallen: Bools = luck[self.person] < rate * self.more
        return befallen

    def typed(self, person: int, name: str) -> str:
        """A name as mistyped for this person."""
        return mistyped(stream(self.seed, "written", self.source, "slip", str(person)), name)


def _surnames(people: People, person: Ints, hit: _Hits, rates: Faults) -> pa.Array[Any]:
    pool = pa.array([*pools()["surnames"], *pools()["surnames_asian"]])
    drawn = stream(hit.seed, "written", hit.source, "surnames").integers(0, len(pool), hit.count)
    changed = hit("surname", rates.surname)
    other = _mixed(people.surname, person, pool, drawn[person], changed)
    # Every other mistyped name is the surname.
    return _mistyped(other, person, hit, hit("typed", rates.typed) & (person % 2 == 0))


def _forenames(people: People, person: Ints, hit: _Hits, rates: Faults) -> pa.Array[Any]:
    given = people.forename.take(pa.array(person))
    short = {
        at: forms[int(person[at]) % len(forms)]
        for at in np.flatnonzero(hit("nickname", rates.nickname)).tolist()
        if (forms := _short_forms().get(given[at].as_py()))
    }
    given = _replaced(given, short)
    return _mistyped(given, person, hit, hit("typed", rates.typed) & (person % 2 == 1))


def _mixed(
    own: pa.Array[Any], person: Ints, pool: pa.Array[Any], drawn: Ints, other: Bools
) -> pa.Array[Any]:
    """Everyone's own value, but for some one of a pool."""
    import pyarrow.compute as pc

    return pc.if_else(pa.array(other), pool.take(pa.array(drawn)), own.take(pa.array(person)))


def _mistyped(names: pa.Array[Any], person: Ints, hit: _Hits, wrong: Bools) -> pa.Array[Any]:
    rows = np.flatnonzero(wrong).tolist()
    return _replaced(names, {at: hit.typed(int(person[at]), names[at].as_py()) for at in rows})


def _replaced(values: pa.Array[Any], new: Mapping[int, str]) -> pa.Array[Any]:
    """The values with those at some positions replaced."""
    import pyarrow.compute as pc

    if not new:
        return values
    mask = np.zeros(len(values), dtype=bool)
    mask[list(new)] = True
    # Replacements are taken in order of position.
    texts = [new[at] for at in sorted(new)]
    return pc.replace_with_mask(values, pa.array(mask), pa.array(texts, type=pa.string()))


def _donors(people: People, source: str, seed: int) -> Ints:
    """For everyone the resident whose home a source takes for theirs, where it is an old one."""
    residents = np.flatnonzero(people.kind == RESIDENT)
    rng = stream(seed, "written", source, "homes")
    return residents[rng.integers(0, len(residents), len(people))]


def _slipped(people: People, source: str, seed: int, year: int) -> Days:
    """For everyone a wrong date of birth."""
    born = people.born
    wrong = misdated(stream(seed, "written", source, "births"), born)
    return _no_later(wrong, born, born >= np.datetime64(f"{year - _YOUNG}-01-01"))


def _no_later(wrong: Days, born: Days, where: Bools) -> Days:
    """Wrong dates, some of them as much too early instead of too late."""
    return np.where(where & (wrong > born), born - (wrong - born), wrong)


@cache
def _short_forms() -> dict[str, list[str]]:
    """Forename -> what its bearers are called for short."""
    file = Path(__file__).with_name("short_forms.yaml")
    forms: dict[str, list[str]] = yaml.load(
        file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return forms
