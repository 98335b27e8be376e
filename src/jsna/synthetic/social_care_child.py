"""What social care shows of a child, the same in every file it writes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import written
from jsna.synthetic.course import Course, Draw
from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.people import YEAR_GROUPS
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.social_care import OWN
from jsna.synthetic.view import Quantity, where_known
from jsna.synthetic.world import World

#: Whose records these are: the same errors in all of them.
SOURCE: Final = "social_care"
_FIRST_NUMBER = 100_000


def numbers(world: World, person: Ints) -> Quantity:
    """What the authority calls each child: numbers in no order."""

    def order() -> Ints:
        rng = stream(world.synthesis.seed, OWN, "numbers")
        return rng.permutation(len(world.people))

    given = world.kept(OWN, "numbers", order)[person]
    return lambda: pa.array(_FIRST_NUMBER + given).cast(pa.string())


def row(source: str) -> Draw:
    """Where each child stands in the files of a source, in an order that tells nothing."""

    def draw(at: Course) -> Ints:
        def order() -> Ints:
            return stream(at.world.synthesis.seed, source, "rows").permutation(len(at.world.people))

        found: Ints = at.world.kept(source, "rows", order)[at.person]
        return found

    return draw


def child(at: Course) -> dict[str, Quantity]:
    """Who a child is, of a row each, at the end of the period."""
    return child_quantities(at.world, at.person, at["first"], at.group.last)


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
