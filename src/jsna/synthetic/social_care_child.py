"""What social care shows of a child, the same in every file it writes."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, need, written
from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.people import YEAR_GROUPS
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.social_care import cases, provision
from jsna.synthetic.view import Quantity, where_known
from jsna.synthetic.world import World

#: Whose records these are: the same errors in all of them.
SOURCE: Final = "social_care"
_FIRST_NUMBER = 100_000
_DISABILITY_OF: Final = {
    "ASD": "AUT", "SLCN": "COMM", "SEMH": "BEH", "MLD": "LD", "SLD": "LD", "PMLD": "LD",
    "PD": "MOB", "HI": "HEAR", "VI": "VIS", "MSI": "VIS", "DS": "LD",
}  # fmt: skip
DISABILITIES: Final = (
    "AUT", "BEH", "COMM", "CON", "HAND", "HEAR", "INC", "LD", "MOB", "PC", "VIS", "DDA", "NONE",
)  # fmt: skip


def numbers(world: World, person: Ints) -> Quantity:
    """What the authority calls each child: numbers in no order."""

    def order() -> Ints:
        rng = stream(world.synthesis.seed, "social care", "numbers")
        return rng.permutation(len(world.people))

    given = world.kept("social care", "numbers", order)[person]
    return lambda: pa.array(_FIRST_NUMBER + given).cast(pa.string())


def child_quantities(
    world: World, person: Ints, first: Days, last: np.datetime64
) -> dict[str, Quantity]:
    """Who a child is, as social care has it at the end of a year.

    Args:
        world: the world.
        person: one a row.
        first: first referral of each.
        last: last day of the year.
    """
    own = person_quantities(world, person)
    said = written.quantities(world, person, SOURCE, np.minimum(first, last))
    year = int(str(last)[:4])
    at_school = world.people.year_group(year, world.reference.year)[person] >= YEAR_GROUPS.index(
        "R"
    )
    born = world.people.born[person] <= last
    expected = world.people.born[person] + (person % 21) - 10

    def upn() -> pa.Array[Any]:
        return where_known(said["upn"](), at_school)

    return {
        **own,
        **said,
        "child_id": numbers(world, person),
        "social_care_upn": upn,
        "former_upn": lambda: where_known(own["former_upn"](), at_school),
        "upn_unknown": lambda: _why_none(upn(), at_school),
        "forename_if_born": lambda: where_known(said["forename"](), born),
        "birth_if_born": lambda: where_known(said["date_of_birth"](), born),
        "sex_if_born": lambda: where_known(own["sex"](), born),
        "expected_birth_date": lambda: pa.array(expected, mask=born, type=pa.date32()),
    }


def _why_none(upn: pa.Array[Any], at_school: Bools) -> pa.Array[Any]:
    """Reasons for a missing number: too young, or not known yet."""
    known = np.asarray(upn.is_valid())
    reason = np.where(at_school, "UN4", "UN1")
    return pa.array(reason, mask=known, type=pa.string())


def disabilities(world: World) -> Ints:
    """Up to three recorded disabilities of everyone, positions in `DISABILITIES`; -1 for none."""
    return world.kept("social care", "disabilities", partial(_disabilities, world))


def _disabilities(world: World) -> Ints:
    count = len(world.people)
    rng = stream(world.synthesis.seed, "social care", "disabilities")
    share = world.effects.values("social_care.disability")
    chance = np.array([share["N"], share["K"], share["E"]])[provision(world)]
    has = rng.random(count) < chance
    names = [_DISABILITY_OF.get(name, "DDA") for name in need.NEEDS]
    of = np.array([*(DISABILITIES.index(name) for name in names), DISABILITIES.index("DDA")])
    first = np.where(has, of[world.need.primary], DISABILITIES.index("NONE"))
    others = rng.integers(0, DISABILITIES.index("DDA"), (2, count))
    drawn = rng.random(count)
    second = np.where(has & (drawn < share["second"]) & (others[0] != first), others[0], -1)
    third = np.where((drawn < share["third"]) & (second >= 0), others[1], -1)
    third = np.where((third == first) | (third == second), -1, third)
    return np.stack([first, second, third, np.full(count, -1)], axis=1)


def needs(world: World) -> Ints:
    """Main reason of every episode, position among those of `social_care.reason`."""
    return world.kept("social care", "needs", partial(_needs, world))


def _needs(world: World) -> Ints:
    found = cases(world)
    table = world.effects.table("social_care.reason")
    rows = np.array([[row[code] for code in table["disabled"]] for row in table.values()])
    none = disabilities(world)[found.person, 0] == DISABILITIES.index("NONE")
    rng = stream(world.synthesis.seed, "social care", "needs")
    # In the order of the table: who is disabled, then the others.
    return draws.choose_rows(rng, rows[none.astype(np.int64)])
