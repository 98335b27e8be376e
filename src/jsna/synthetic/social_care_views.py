"""What social care shows of a child, and the children in need census.

Who a child is comes from here for every file of social care, so that all say the same.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from jsna.extracts.periods import window
from jsna.synthetic import draws, need, written
from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.people import YEAR_GROUPS, text_of
from jsna.synthetic.returned import day, flag, where_known
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.social_care import IN_NEED, PROTECTED, Cases, cases, provision
from jsna.synthetic.view import Quantity, View
from jsna.synthetic.world import World

#: Whose records these are: the same errors in all of them.
SOURCE: Final = "social_care"
#: Days an episode closed after assessment lasts at most.
_ASSESSED = 90
_FIRST_NUMBER = 100_000
#: Share of ended plans with room after them for a second in the same episode, and days between.
_SECOND_PLAN, _BETWEEN = 0.1, 60
_DISABILITY_OF: Final = {
    "ASD": "AUT", "SLCN": "COMM", "SEMH": "BEH", "MLD": "LD", "SLD": "LD", "PMLD": "LD",
    "PD": "MOB", "HI": "HEAR", "VI": "VIS", "MSI": "VIS", "DS": "LD",
}  # fmt: skip
_DISABILITIES: Final = (
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
    """Up to three recorded disabilities of everyone, positions in `_DISABILITIES`; -1 for none."""
    return world.kept("social care", "disabilities", partial(_disabilities, world))


def _disabilities(world: World) -> Ints:
    count = len(world.people)
    rng = stream(world.synthesis.seed, "social care", "disabilities")
    share = world.effects.values("social_care.disability")
    chance = np.array([share["N"], share["K"], share["E"]])[provision(world)]
    has = rng.random(count) < chance
    names = [_DISABILITY_OF.get(name, "DDA") for name in need.NEEDS]
    of = np.array([*(_DISABILITIES.index(name) for name in names), _DISABILITIES.index("DDA")])
    first = np.where(has, of[world.need.primary], _DISABILITIES.index("NONE"))
    others = rng.integers(0, _DISABILITIES.index("DDA"), (2, count))
    drawn = rng.random(count)
    second = np.where(has & (drawn < share["second"]) & (others[0] != first), others[0], -1)
    third = np.where((drawn < share["third"]) & (second >= 0), others[1], -1)
    third = np.where((third == first) | (third == second), -1, third)
    return np.stack([first, second, third, np.full(count, -1)], axis=1)


def needs(world: World) -> Ints:
    """Main reason of every episode, position among those of `social_care.need`."""
    return world.kept("social care", "needs", partial(_needs, world))


def _needs(world: World) -> Ints:
    found = cases(world)
    table = world.effects.table("social_care.need")
    rows = np.array([[row[code] for code in table["disabled"]] for row in table.values()])
    none = disabilities(world)[found.person, 0] == _DISABILITIES.index("NONE")
    rng = stream(world.synthesis.seed, "social care", "needs")
    # In the order of the table: who is disabled, then the others.
    return draws.choose_rows(rng, rows[none.astype(np.int64)])


def episodes_view(world: World, period: str) -> View:
    """Episodes open in a financial year, with what was known at its end."""
    found, seed, effects = cases(world), world.synthesis.seed, world.effects
    first, last = (np.datetime64(d) for d in window(period, "financial_year"))
    chosen = np.flatnonzero((found.referral <= last) & (found.closure >= first))
    numbered = stream(seed, "social care", "rows").permutation(len(world.people))
    chosen = chosen[np.lexsort((found.referral[chosen], numbered[found.person[chosen]]))]
    chosen, start, end = _with_second_plans(found, chosen, last, seed)
    person, kind = found.person[chosen], found.kind[chosen]
    rng = partial(stream, seed, "social care")
    codes = list(effects.table("social_care.need")["disabled"])
    sources, reasons, abuse = (
        effects.values(f"social_care.{name}") for name in ("source", "closure", "abuse")
    )
    # Drawn for all episodes, so that a delivery changes none of them.
    by = draws.choose(rng("source"), sources, len(found))[chosen]
    why = draws.choose(rng("closure"), reasons, len(found))[chosen]
    # Only what ended soon was closed after assessment.
    long = (kind != IN_NEED) | (found.closure[chosen] - found.referral[chosen] > _ASSESSED)
    after = np.isin(why, [list(reasons).index(code) for code in ("RC8", "RC9")])
    why = np.where(long & after, list(reasons).index("RC7"), why)
    why = np.where(found.of_age[chosen], list(reasons).index("RC6"), why)
    category = draws.choose(rng("abuse"), abuse, len(found))[chosen]
    disability = disabilities(world)[person]
    closed = found.closure[chosen] <= last
    previous = found.before[chosen] + (start != found.start[chosen])
    planned = (kind == PROTECTED) & (start <= last)
    ended = planned & (end <= last)
    quantities = {
        **child_quantities(world, person, found.first[chosen], last),
        "referral_date": day(found.referral[chosen]),
        "referral_source": lambda: text_of(list(sources), by),
        "referral_nfa": flag(np.zeros(len(chosen), dtype=bool)),
        "category_of_need": lambda: text_of(codes, needs(world)[chosen]),
        "closure_date": _until(found.closure[chosen], closed),
        "closure_reason": lambda: text_of(list(reasons), np.where(closed, why, -1)),
        "initial_conference_date": _until(start, planned),
        "cpp_start_date": _until(start, planned),
        "cpp_end_date": _until(end, ended),
        "abuse_category": lambda: text_of(list(abuse), np.where(planned, category, -1)),
        "previous_plans": lambda: pa.array(previous, mask=~planned),
    }
    for number in range(disability.shape[1]):
        quantities[f"disability_{number + 1}"] = partial(
            text_of, list(_DISABILITIES), disability[:, number]
        )
    return View(len(chosen), quantities)


def _with_second_plans(
    found: Cases, chosen: Ints, last: np.datetime64, seed: int
) -> tuple[Ints, Days, Days]:
    """Rows of episodes, of which some have a second child protection plan in a row of its own.

    Returns:
        the episode of each row, and the days its plan began and ended.
    """
    luck = stream(seed, "social care", "second plan").random(len(found))[chosen]
    start, end = found.start[chosen], found.end[chosen]
    room = (found.kind[chosen] == PROTECTED) & (
        end + 2 * _BETWEEN <= np.minimum(found.closure[chosen], last)
    )
    second = np.flatnonzero(room & (luck < _SECOND_PLAN))
    at = np.r_[np.arange(len(chosen)), second]
    order = np.argsort(at, kind="stable")
    later = (np.arange(len(at)) >= len(chosen))[order]
    at = at[order]
    return (
        chosen[at],
        np.where(later, end[at] + _BETWEEN, start[at]),
        # Still in force when the episode closes, if it does.
        np.where(later, found.closure[chosen][at], end[at]),
    )


def _until(days: Days, known: Bools) -> Quantity:
    """Days, empty where they are not known."""
    return day(np.where(known, days, np.datetime64("NaT", "D")))
