"""What lasts, of the same persons over years and one after another, as a source declares it.

Spells are drawn once for the world, whichever deliveries show them, from a stream of random numbers
of their own: how often each kind begins, at which ages, and what becomes of each. A delivery shows
those in progress at any time of its period (`Open`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import numpy as np

from jsna.synthetic import draws
from jsna.synthetic.course import Course, Draw, Values, drawn
from jsna.synthetic.draws import YEAR, Bools, Days, Floats, Ints, stream
from jsna.synthetic.often import ratios
from jsna.synthetic.people import RESIDENT
from jsna.synthetic.who import Base, Group
from jsna.synthetic.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Spells of residents, of several kinds, none before the one before it has ended.

    Beside what is drawn, each has `spell`, its position among all, and `first`, the day on which
    the first of the same person began.

    Attributes:
        source: names their random numbers.
        who: whose they are, with the needs of the latest year; everyone of the world has a place.
        kinds: name of the code of their kind.
        level: parameter with how many of each kind a member below `grown` begins in a year.
        by: name of the parameters whose ratios move it.
        at_age: parameter with how many times as often as on average each kind begins, by age.
        years: before the end of the latest year, in which they may begin.
        unborn: days before birth on which they may.
        grown: years of age from which none begins.
        begins, ends: names of the first and last day; the last may lie in the future.
        apart: days at least from the end of one to the beginning of the next.
        then: name -> draw, of all together, before those that overlap are left out.
        also: name -> draw, of those left, in order of person and day.
    """

    source: str
    who: Base
    kinds: str
    level: str
    by: str
    at_age: str
    years: int
    unborn: int
    grown: int
    begins: str
    ends: str
    apart: int
    then: Mapping[str, Draw]
    also: Mapping[str, Draw] = field(default_factory=dict)

    def happened(self, world: World) -> Course:
        """Every spell of the world, made when first asked for."""
        return world.kept(f"{self.source} spells", "", partial(self._happen, world))

    def group(self, world: World) -> Group:
        """Everyone, in the financial year of the reference date."""
        year = world.reference.year
        return self.who(world, f"{year - 1}/{year % 100:02d}")

    def _happen(self, world: World) -> Course:
        group, people = self.group(world), world.people
        rng = stream(world.synthesis.seed, self.source)
        begin, years = self._time(world, group)
        counted = (birthday(people.born, self.grown) > group.last) & (people.kind == RESIDENT)
        rates = self._rates(world, group, counted)
        table = world.effects.table(self.at_age)
        highest = max(max(row.values()) for row in table.values())
        member = np.repeat(np.arange(len(group)), rng.poisson(rates.sum(axis=1) * years * highest))
        kind = draws.choose_rows(rng, rates[member])
        length = (rng.random(len(member)) * years[member] * YEAR).astype(np.int64)
        day: Days = begin[member] + length
        kept = rng.random(len(member)) * highest < _at_age(day, people.born[member], kind, table)
        kept &= day < group.last
        found = Course(world, group, rng, member[kept])
        found.columns[self.kinds] = np.array([*table])[kind[kept]]
        found.columns[self.begins] = day[kept]
        return drawn(self._one_after_another(drawn(found, self.then)), self.also)

    def _time(self, world: World, group: Group) -> tuple[Days, Floats]:
        """First day on which a spell of each member may begin, and years in which it may."""
        people, last = world.people, group.last
        begin = np.maximum(people.born - self.unborn, last - round(self.years * YEAR))
        came = (people.since - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 31
        begin = np.where(people.since > 0, np.maximum(begin, came), begin)
        end = np.minimum(birthday(people.born, self.grown), last)
        years = (end - begin).astype(np.float64) / YEAR
        return begin, np.where(people.kind == RESIDENT, years.clip(0), 0.0)

    def _rates(self, world: World, group: Group, counted: Bools) -> Floats:
        """How many of each kind each member begins in a year; the mean of those counted is given.

        Kinds are in the order of the table by age.
        """
        level, kinds = world.effects.values(self.level), [*world.effects.table(self.at_age)]
        rates = [ratios(world, self.by, group, kind) for kind in kinds]
        means = [
            level[kind] / rate[counted].mean() for kind, rate in zip(kinds, rates, strict=True)
        ]
        found: Floats = np.stack(rates, axis=1) * np.array(means)
        return found

    def _one_after_another(self, found: Course) -> Course:
        """The spells in order, without those that begin before an earlier one has ended."""
        rows = found.rows(np.lexsort((found[self.begins], found.member)))
        # Days within a person and persons after one another on one line, so that the latest end so
        # far is a running maximum.
        line = rows.member * 1_000_000
        latest = np.maximum.accumulate(line + rows[self.ends].astype(np.int64))
        begins = line + rows[self.begins].astype(np.int64)
        rows = rows.rows(
            np.flatnonzero(np.r_[True, begins[1:] > latest[:-1] + self.apart][: len(rows)])
        )
        rows.columns["first"] = rows[self.begins][heads(rows.member)]
        rows.columns["spell"] = np.arange(len(rows))
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Spells of one kind, each of which a source cuts into parts, one after another.

    Attributes:
        source: names their random numbers.
        of: the spells.
        kind: of them.
        history: cuts them, where what came before decides what comes after.
        begins, ends: names of the first and last day of a part.
        then: name -> draw, of all parts together.
    """

    source: str
    of: Spells
    kind: str
    history: Callable[[Course], Course]
    begins: str
    ends: str
    then: Mapping[str, Draw]

    @property
    def who(self) -> Base:
        """Whose they are."""
        return self.of.who

    def happened(self, world: World) -> Course:
        """Every part of the world, made when first asked for."""
        return world.kept(f"{self.source} parts", "", partial(self._happen, world))

    def _happen(self, world: World) -> Course:
        found = self.of.happened(world)
        found = found.rows(found[self.of.kinds] == self.kind)
        found.rng = stream(world.synthesis.seed, self.source)
        return drawn(self.history(found), self.then)


class Lasting(Protocol):
    """Spells, or parts of them."""

    @property
    def who(self) -> Base:
        """Whose they are."""

    @property
    def begins(self) -> str:
        """Name of the first day."""

    @property
    def ends(self) -> str:
        """Name of the last day."""

    def happened(self, world: World) -> Course:
        """Every one of the world."""


@dataclass(frozen=True, slots=True)
class Open:
    """Spells in progress at any time of a period, or so many years before it.

    Attributes:
        spells: those of the world.
        also: name -> draw, of every one of them, so that a delivery changes none.
        years: before the period, in which those that ended count as well.
    """

    spells: Lasting
    also: Mapping[str, Draw] = field(default_factory=dict)
    years: int = 0

    def begun(self, world: World, period: str) -> Course:
        """The spells, before anything more is drawn of them."""
        every = self.spells.happened(world)
        found = drawn(replace(every, columns={**every.columns}), self.also)
        group = self.spells.who(world, period)
        since = group.first - round(self.years * YEAR)
        here = (found[self.spells.begins] <= group.last) & (found[self.spells.ends] >= since)
        return replace(found.rows(here), group=group)


def birthday(born: Days, years: int) -> Days:
    """The day of turning so many years old (1 March for 29 February)."""
    months = born.astype("datetime64[M]")
    day_of_month = born - months.astype("datetime64[D]")
    then: Days = (months + 12 * years).astype("datetime64[D]") + day_of_month
    return then


def heads(of: Values) -> Ints:
    """For each row the position of the first row of its run of equal values."""
    new = np.r_[True, of[1:] != of[:-1]][: len(of)]
    found: Ints = np.maximum.accumulate(np.where(new, np.arange(len(of)), 0))
    return found


def _at_age(
    days: Days, born: Days, kind: Ints, weights: Mapping[str, Mapping[str, float]]
) -> Floats:
    """How much likelier than on average a spell of its kind begins at this age."""
    age = ((days - born).astype(np.float64) / YEAR).clip(0)
    groups = [*next(iter(weights.values()))]
    table = np.array([[row[group] for group in groups] for row in weights.values()])
    found: Floats = table[kind, draws.group_of(np.floor(age).astype(np.int64), groups)]
    return found
