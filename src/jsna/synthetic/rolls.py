"""Who is on the roll of the area's state schools in a January, and at which school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jsna.shared.periods import census_day
from jsna.synthetic.draws import Bools, Ints
from jsna.synthetic.people import YEAR_GROUPS, People
from jsna.synthetic.placement import MAINSTREAM, ON_CENSUS, SETTINGS

if TYPE_CHECKING:
    from jsna.synthetic.world import World


@dataclass(frozen=True, slots=True)
class Roll:
    """Everyone on a January roll of the area's state schools.

    Attributes:
        person: positions in `People`, in order.
        school: positions in the register, parallel to `person`.
        plan: position of the plan whose placement that is, or -1.
    """

    person: Ints
    school: Ints
    plan: Ints


def roll(world: World, january: int) -> Roll:
    """The roll of a January: everyone in ordinary schooling, and plans as they are placed."""
    people, homes, placements = world.people, world.homes, world.placements
    reference, effects = world.reference, world.effects
    day = np.datetime64(reference if january == reference.year else census_day(january), "D")
    share = effects.values("people.participation")
    group = people.year_group(january, reference.year)
    first, last = YEAR_GROUPS.index("N1"), YEAR_GROUPS.index("14")
    names = np.array(YEAR_GROUPS)
    threshold = np.zeros(len(YEAR_GROUPS))
    threshold[YEAR_GROUPS.index("R") : YEAR_GROUPS.index("7")] = share["primary"]
    threshold[YEAR_GROUPS.index("7") : YEAR_GROUPS.index("12")] = share["secondary"]
    schooled = (group >= first) & (group <= last)
    safe = group.clip(first, last)
    on_roll = people.at_school < threshold[safe]
    for name, drawn in (
        ("N1", people.at_nursery),
        ("N2", people.at_nursery),
        ("12", people.at_sixth_form),
        ("13", people.at_sixth_form),
    ):
        on_roll |= (names[safe] == name) & (drawn < share[name])
    present = (people.since <= january) & (people.until >= january) & schooled
    on_roll &= present
    school = np.where(safe >= YEAR_GROUPS.index("7"), homes.secondary, homes.primary)
    school = np.where(safe < YEAR_GROUPS.index("R"), homes.nursery, school)
    school = np.where(safe == YEAR_GROUPS.index("R"), homes.reception, school)
    plans = world.need.plans
    plan = np.full(len(people), -1, dtype=np.int64)
    placed = (placements.entry <= day) & (np.isnat(plans.cease) | (plans.cease > day))
    here = np.isin(placements.setting, [SETTINGS.index(s) for s in ON_CENSUS]) & ~placements.away
    mine = np.flatnonzero(placed & schooled[plans.person] & present[plans.person])
    on_roll[plans.person[mine]] = here[mine]
    moved = mine[here[mine]]
    plan[plans.person[moved]] = moved
    special = moved[~np.isin(placements.setting[moved], [SETTINGS.index(s) for s in MAINSTREAM])]
    school[plans.person[special]] = placements.school[special]
    current = moved if january == reference.year else special
    school[plans.person[current]] = placements.school[current]
    # Trim to the size asked for: those beyond it go to independent schools, year after year.
    surplus = int(on_roll.sum()) - world.synthesis.pupils
    if surplus > 0:
        key = np.where(
            on_roll & (plan < 0) & _never_planned(people, plans.person), people.at_school, -1
        )
        on_roll[np.argpartition(-key, surplus - 1)[:surplus]] = False
    person = np.flatnonzero(on_roll)
    return Roll(person, school[person], plan[person])


def _never_planned(people: People, person: Ints) -> Bools:
    free = np.ones(len(people), dtype=bool)
    free[person] = False
    return free
