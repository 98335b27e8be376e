"""How the same child is written in another source: with the errors of whoever wrote it down.

The school census and SEN2 have the truth. Every other source has a child's name, date of birth,
postcode and number as its own staff once wrote them: some mistyped, some short for what the child
is called, some of before a move. A child is written the same way wherever a source has them.

Slips are plausible: they pass validation, and linkage has to live with them. Numbers that fail
their check are faults, which validation must find (`faults.yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
import yaml

from jsna.synthetic.corruption import WAYS_OUT, Faults, burden, mistyped, slipped
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.people import RESIDENT, text_of
from jsna.synthetic.places import pools
from jsna.synthetic.view import Quantity
from jsna.synthetic.world import World

#: Children younger than this many years on the reference date are never written as younger than
#: they are: an event of theirs would come before their birth.
_YOUNG: Final = 4


def quantities(
    world: World, person: Ints, source: str, before: Days | None = None
) -> dict[str, Quantity]:
    """Quantities of persons as a source has them, to stand over those of `person_quantities`.

    `surname`, `forename`, `postcode`, `date_of_birth`, `lsoa_code` (of the postcode), `upn` and
    `nhs_number` (null where missing). Nothing is drawn before a column asks. See `Records`.
    """
    records = Records(world, person, source, before)
    return {
        "surname": records.surname,
        "forename": records.forename,
        "postcode": records.postcode,
        "date_of_birth": lambda: pa.array(records.born(), type=pa.date32()),
        "lsoa_code": lambda: text_of(world.places.codes, world.people.lsoa[records.home()]),
        "upn": partial(records.number, "upn"),
        "nhs_number": partial(records.number, "nhs_number"),
    }


class Records:
    """Records of persons as a source writes them, each part worked out when asked for.

    Rates are those of `written.errors` in the effects, on average over the residents of the area,
    and as many times as often in the poorest fifth of areas of England as in the richest as
    `written.deprivation` says.

    Args:
        world: the world.
        person: positions in its people, in any order, repeated where a source has several records.
        source: name of whose records they are: an extract, or a system several extracts are of.
            Its errors are its own, and the same for a person in all its records.
        before: for each row a day no date of birth is written after, the same in all rows of a
            person: their first event.
    """

    def __init__(self, world: World, person: Ints, source: str, before: Days | None = None) -> None:
        self.world, self.people = world, world.people
        self.person, self.source, self.before = person, source, before
        self.rates = Faults(**world.effects.values("written.errors"))
        self.more = world.kept("written", "", partial(_burden, world))[person]

    def _stream(self, *names: str) -> np.random.Generator:
        return stream(self.world.synthesis.seed, "written", self.source, *names)

    def _hit(self, name: str, rate: float) -> Bools:
        """Which records have a kind of error: drawn for everyone, whoever is asked for."""
        luck = self._stream(name).random(len(self.people))
        befallen: Bools = luck[self.person] < rate * self.more
        return befallen

    def surname(self) -> pa.Array[Any]:
        """Surnames: the child's own, or another; every other mistyped name is one."""
        import pyarrow.compute as pc

        pool = pa.array([*pools()["surnames"], *pools()["surnames_asian"]])
        drawn = self._stream("surnames").integers(0, len(pool), len(self.people))
        other = pool.take(pa.array(drawn[self.person]))
        own = self.people.surname.take(pa.array(self.person))
        names = pc.if_else(pa.array(self._hit("surname", self.rates.surname)), other, own)
        return self._mistyped(names, self.person % 2 == 0)

    def forename(self) -> pa.Array[Any]:
        """Forenames: the child's own, or what it is called for short."""
        own = self.people.forename.take(pa.array(self.person))
        short = {
            at: forms[int(self.person[at]) % len(forms)]
            for at in np.flatnonzero(self._hit("nickname", self.rates.nickname)).tolist()
            if (forms := _short_forms().get(own[at].as_py()))
        }
        return self._mistyped(_replaced(own, short), self.person % 2 == 1)

    def _mistyped(self, names: pa.Array[Any], where: Bools) -> pa.Array[Any]:
        rows = np.flatnonzero(self._hit("typed", self.rates.typed) & where).tolist()
        return _replaced(
            names,
            {
                at: mistyped(self._stream("slip", str(self.person[at])), names[at].as_py())
                for at in rows
            },
        )

    def home(self) -> Ints:
        """Position of whose home the source has: the person's own, or one it takes for theirs."""
        residents = np.flatnonzero(self.people.kind == RESIDENT)
        drawn = self._stream("homes").integers(0, len(residents), len(self.people))
        moved = self._hit("moved", self.rates.moved)
        return np.where(moved, residents[drawn[self.person]], self.person)

    def postcode(self) -> pa.Array[Any]:
        """Postcodes, of which some are those of an old home."""
        return self.people.postcode.take(pa.array(self.home()))

    def born(self) -> Days:
        """Dates of birth."""
        rng, count = self._stream("births"), len(self.people)
        out, luck = rng.integers(0, WAYS_OUT, count), rng.random(count)
        born = self.people.born[self.person]
        rows = np.flatnonzero(self._hit("born", self.rates.born))
        true, who = born[rows], self.person[rows]
        wrong = slipped(true, out[who], luck[who])
        latest = np.where(
            true >= np.datetime64(f"{self.world.reference.year - _YOUNG}-01-01"),
            true,
            np.datetime64("9999-12-31") if self.before is None else self.before[rows],
        )
        # As much too early instead of too late, where it must not be too late.
        born[rows] = np.where((wrong > latest) & (wrong > true), true - (wrong - true), wrong)
        return born

    def number(self, kind: Literal["upn", "nhs_number"]) -> pa.Array[Any]:
        """Numbers of a kind; null where the source lacks one."""
        missing = self._hit(kind, self.rates.missing)
        numbers: pa.StringArray = getattr(self.people, kind)
        return numbers.take(pa.array(self.person, mask=missing, type=pa.int64()))


def _burden(world: World) -> Floats:
    """How much more often than on average everyone's records are wrong."""
    fifth = np.ceil((0.5 - world.people.depth) * 5).astype(np.int64).clip(1, 5)
    more = burden(fifth, world.effects.value("written.deprivation"))
    # The rates are averages over this area's residents, however poor it is.
    found: Floats = more / more[world.people.kind == RESIDENT].mean()
    return found


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


@cache
def _short_forms() -> dict[str, list[str]]:
    """Forename -> what its bearers are called for short."""
    file = Path(__file__).with_name("short_forms.yaml")
    forms: dict[str, list[str]] = yaml.load(
        file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return forms
