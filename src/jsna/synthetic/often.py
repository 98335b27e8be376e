"""How often something happens to the members of a group: a level, times ratios between them.

A ratio is declared by being a parameter: `<name>.deprivation` of an `effects.yaml` moves whatever
is declared by `<name>`, and so does each of `TRAITS`. They are divided by their mean, so that the
level is kept whatever they are, and is all there is where they are 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from jsna.synthetic import draws, need
from jsna.synthetic.draws import Bools, Floats, Ints, stream
from jsna.synthetic.people import YEAR_GROUPS
from jsna.synthetic.who import Group, elsewhere
from jsna.synthetic.world import World

#: A number, or the parameter it is read from: `name`, or `name.value` of one with several values.
Number: TypeAlias = float | str
#: What a parameter says by name; a single value is that of `""`.
Ratio: TypeAlias = Mapping[str, float]


def number(world: World, given: Number) -> float:
    """The number meant."""
    if not isinstance(given, str):
        return given
    if given in world.effects.parameters:
        return world.effects.value(given)
    name, of = given.rsplit(".", 1)
    return world.effects.values(name)[of]


def said(world: World, name: str, kind: str = "") -> Ratio:
    """What a parameter says of a kind of event, or of all of them."""
    given = world.effects.given(name)
    if isinstance(given, dict) and kind in given:
        given = given[kind]
    values = given if isinstance(given, dict) else {"": given}
    return {name: value for name, value in values.items() if isinstance(value, float)}


def _by_need(world: World, group: Group, ratio: Ratio) -> Floats:
    own = np.array([ratio.get("any", 1.0) * ratio.get(code, 1.0) for code in need.NEEDS])
    return np.where(group.provision == need.N, 1.0, own[world.need.primary[group.person]])


#: Gives each member its ratio to others, from what the parameter says.
TRAITS: Final[Mapping[str, Callable[[World, Group, Ratio], npt.NDArray[Any]]]] = {
    # The most to the least deprived area of England, log-linear in the rank.
    "deprivation": lambda _, group, ratio: np.power(ratio[""], group.depth),
    # Half of it up and half of it down.
    "boys_to_girls": lambda world, group, ratio: np.power(
        ratio[""], world.people.male[group.person] - 0.5
    ),
    # Groups such as `5-10`, the last one open.
    "age": lambda _, group, ratio: np.array([*ratio.values()])[
        draws.group_of(group.age.clip(0), [*ratio])
    ],
    # 0 where none is named.
    "year_group": lambda _, group, ratio: np.array([ratio.get(name, 0.0) for name in YEAR_GROUPS])[
        group.on_roll.year_group[: len(group)]
    ],
    # SEN support and plans (`K`, `E`, or one ratio for both) to neither.
    "sen": lambda _, group, ratio: np.array(
        [1.0, *(ratio.get(code, ratio.get("", 1.0)) for code in ("K", "E"))]
    )[group.provision],
    # SEN to none: `any`, times that of the primary need where given.
    "need": _by_need,
    "fsm": lambda _, group, ratio: np.where(group.on_roll.fsm[: len(group)], ratio[""], 1.0),
    # Special schools and the like to mainstream ones.
    "special_school": lambda _, group, ratio: np.where(elsewhere(group.on_roll), ratio[""], 1.0),
}


def ratios(world: World, name: str, group: Group, kind: str = "") -> Floats:
    """The product of every ratio declared by a name, for each member."""
    found = np.ones(len(group))
    for trait, of in TRAITS.items():
        if f"{name}.{trait}" in world.effects.parameters:
            found = found * of(world, group, said(world, f"{name}.{trait}", kind))
    return found


def chances(levels: Floats, ratios: Floats, cell: Ints, of: Bools) -> Floats:
    """Chance or rate of every member: the level of each, its cell's mean over `of` kept as it is.

    Args:
        levels: of each if all members of the cell were alike.
        ratios: of each to the others of the cell.
        cell: whose mean is kept.
        of: over whom the mean is taken; none of a cell: the level as it is.
    """
    total = np.bincount(cell[of], ratios[of], minlength=int(cell.max(initial=0)) + 1)
    count = np.bincount(cell[of], minlength=len(total))
    mean = np.where(total > 0, total / np.maximum(count, 1), 1.0)
    found: Floats = levels * ratios / mean[cell]
    return found


def of_period(by_period: Mapping[str, float], period: str) -> float:
    """The value of a period, or of the last one before it; before all, the first."""
    before = [name for name in sorted(by_period) if name <= period]
    return by_period[before[-1] if before else min(by_period)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """How often in a period.

    Attributes:
        level: events a member, or the parameter that says so: one number, one by period, one by
            kind of event, or a table by sex (`F`, `M`) and age group, each of which is kept.
        by: name of the parameters whose ratios move it; `<by>.trend` is a factor by period.
        below: the level is that of members younger than this.
        again: share of members whom the same luck finds in every period, where each has one event
            at most.
        frailty: shape of the gamma distribution of how much more often the same members have
            events, of which each may then have several; none: one at most.
        lasting: names of the stream of what lasts from period to period, if not the source's own.
    """

    level: Number
    by: str = ""
    below: int = 1000
    again: Number = 0.0
    frailty: Number = 0.0
    lasting: tuple[str, ...] = ()

    def expected(self, world: World, group: Group, source: str, kind: str = "") -> Floats:
        """Events expected of each member; of those not `here`, none."""
        level, cell = self._level(world, group, kind)
        if f"{self.by}.trend" in world.effects.parameters:
            level = level * of_period(world.effects.values(f"{self.by}.trend"), group.period)
        of = group.here & (group.age < self.below) if len(group.age) else group.here
        by = ratios(world, self.by, group, kind)
        found = np.where(group.here, chances(level[cell], by, cell, of), 0.0)
        if not self.frailty:
            return found
        shape = number(world, self.frailty)
        frail = self._stream(world, source).gamma(shape, 1 / shape, _size(world, group))
        moved: Floats = found * frail[_who(group)]
        # However frail those here happen to be, as many events come of them.
        return moved * float(found.sum() / (moved.sum() or 1.0))

    def members(
        self, world: World, group: Group, rng: np.random.Generator, source: str, kind: str = ""
    ) -> Ints:
        """Position in the group of who has each event, in order; repeated where several."""
        expected = self.expected(world, group, source, kind)
        if self.frailty:
            return np.repeat(np.arange(len(group)), rng.poisson(expected))
        luck = rng.random(len(group))
        if self.again:
            always = self._stream(world, source).random((2, _size(world, group)))[:, _who(group)]
            luck = np.where(always[0] < number(world, self.again), always[1], luck)
        return np.flatnonzero(luck < expected)

    def _level(self, world: World, group: Group, kind: str) -> tuple[Floats, Ints]:
        """The level of each cell of members, and the cell of each."""
        together = np.zeros(len(group), dtype=np.int64)
        if not isinstance(self.level, str):
            return np.array([self.level]), together
        values = said(world, self.level, kind)
        if values:
            value = values[""] if "" in values else of_period(values, group.period)
            return np.array([value]), together
        table = world.effects.table(self.level)
        ages = list(table["F"])
        level = np.array([table[sex][age] for sex in ("F", "M") for age in ages])
        male = world.people.male[group.person]
        return level, draws.group_of(group.age.clip(0), ages) + male * len(ages)

    def _stream(self, world: World, source: str) -> np.random.Generator:
        return stream(world.synthesis.seed, *(self.lasting or (source, "lasting")))


def _size(world: World, group: Group) -> int:
    """For how many what lasts is drawn, so that it is the same in every period."""
    return len(world.people) if len(group.person) else len(group)


def _who(group: Group) -> Ints:
    return group.person if len(group.person) else np.arange(len(group))
