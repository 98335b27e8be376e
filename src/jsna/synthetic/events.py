"""Events of the invented county as a source declares them: who, how often, what becomes of them.

Those of a period are drawn once, whichever deliveries show them, from two streams of random numbers
of their own: one for who has them and what goes by their kind, one for their course. So nothing
else that is drawn changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from jsna.synthetic import written
from jsna.synthetic.course import NONE, Course, Draw, Values, drawn
from jsna.synthetic.draws import Bools, stream
from jsna.synthetic.often import Often
from jsna.synthetic.spells import Open
from jsna.synthetic.view import Quantity, View
from jsna.synthetic.who import Base, Group
from jsna.synthetic.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which events a delivery shows beside its own period's: earlier ones in progress in it.

    No day after its last is known in it.

    Attributes:
        until: name of the day until which an event is in progress.
        back: periods before the delivery's whose events may be. Who they happened to has to have
            the same position in each.
        within: name of a day that must lie in the period itself, if any.
        told: name of a code or number -> the day before which nobody knew it.
    """

    until: str
    back: int
    within: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Each:
    """So many of every one of other events, as a column of these says, one after another.

    Each has all that is known of the event it belongs to, and `nth`, from 1.
    """

    event: Events
    times: str

    def begun(self, world: World, period: str) -> Course:
        """The events, before anything is drawn of them."""
        parents = self.event.happened(world, period)
        times = parents[self.times].astype(np.int64)
        found = parents.rows(np.repeat(np.arange(len(parents)), times))
        before = np.repeat(np.cumsum(times) - times, times)
        found.columns["nth"] = np.arange(len(found)) - before + 1
        return found


@dataclass(frozen=True, slots=True)
class Made:
    """What a source makes by a history of its own once for the world, whatever the period."""

    make: Callable[[World], Course]

    def begun(self, world: World, _: str) -> Course:
        """All of it, before anything more is drawn of it."""
        found = self.make(world)
        return replace(found, columns={**found.columns})


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Rows of a table, each an event.

    Called with a world and the period of a delivery, it gives the rows of that.

    Attributes:
        source: names their random numbers, and the system whose staff write the persons.
        who: to whom they may happen, of which other events or spells they are, or what makes them.
        often: how often; without it, once to every member.
        kinds: name of the code of their kind, of as many kinds as the parameter of the level has.
        history: changes and adds events, where what somebody had decides what comes after.
        comes: name -> draw, of each kind of event apart.
        then: name -> draw, of all events together.
        course: names of the stream of that, if not the source's own.
        order: names they are put in order by, `person` and `school` beside what is drawn.
        number: name of the number of each, in that order.
        shown: where a delivery shows events of earlier periods too.
        writes: whether its staff write persons in their own way, with their own slips.
        says: gives what else its system says of them.
    """

    source: str
    who: Base | Each | Open | Made
    often: Often | None = None
    kinds: str = ""
    history: Callable[[Course], Course] | None = None
    comes: Mapping[str, Draw] = field(default_factory=dict)
    then: Mapping[str, Draw] = field(default_factory=dict)
    course: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    number: str = ""
    shown: Shown | None = None
    writes: bool = False
    says: Callable[[Course], Mapping[str, Quantity]] | None = None

    def __call__(self, world: World, period: str) -> View:
        """The rows of a delivery, and what is known of them by quantity."""
        found = self._delivered(world, period)
        return View(len(found), self._known(found), lambda rows: self._known(found.rows(rows)))

    def _known(self, found: Course) -> dict[str, Quantity]:
        """What is known of some of the events, or of all."""
        quantities = found.group.quantities(found.member)
        if self.writes:
            quantities |= written.quantities(found.world, found.person, self.source)
        if self.says is not None:
            quantities |= self.says(found)
        return quantities | {name: partial(as_arrow, of) for name, of in found.columns.items()}

    def _delivered(self, world: World, period: str) -> Course:
        """The events a delivery shows, as they were known on its last day."""
        if self.shown is None:
            return self.happened(world, period)
        shown, periods = self.shown, _earlier(period, self.shown.back)
        every = [self.happened(world, one) for one in periods]
        group = every[-1].group
        found = self._in_order(_together([of.rows(self._shows(of, shown, group)) for of in every]))
        for name, values in found.columns.items():
            if values.dtype.kind == "M":
                found.columns[name] = np.where(values <= group.last, values, NONE["M"])
        for name, day in shown.told.items():
            nothing = NONE[found[name].dtype.kind]
            found.columns[name] = np.where(np.isnat(found[day]), nothing, found[name])
        return found

    def _shows(self, events: Course, shown: Shown, group: Group) -> Bools:
        """Which events a delivery shows, of the members of its own period."""
        then = np.ones(len(events), dtype=bool)
        if not isinstance(self.who, Open):
            then = group.here[events.member] & (events[shown.until] >= group.first)
        if shown.within:
            then &= group.within(events[shown.within])
        return then

    def happened(self, world: World, period: str) -> Course:
        """Every event of a period, with all that followed."""
        return world.kept(f"{self.source} events", period, partial(self._happen, world, period))

    def _happen(self, world: World, period: str) -> Course:
        names = self.course or (self.source, "course")
        when = () if isinstance(self.who, Made) else (period,)
        course = stream(world.synthesis.seed, *names, *when)
        if isinstance(self.who, (Each, Open, Made)):
            found = self.who.begun(world, period)
            found.rng = course
            found = found if self.history is None else self.history(found)
        else:
            group = self.who(world, period)
            found = _together([self._come(world, group, kind) for kind in self._kinds(world)])
            found.rng = course
        found = self._in_order(drawn(found, self.then))
        if self.number:
            # The year, then as many digits as there are events, six at least.
            unit = 10 ** max(6, len(str(len(found))))
            found.columns[self.number] = int(period[:4]) * unit + 1 + np.arange(len(found))
        return found

    def _come(self, world: World, group: Group, kind: str) -> Course:
        """Events of a kind, with what goes by it."""
        names = (self.source, kind, group.period) if kind else (self.source, group.period)
        rng = stream(world.synthesis.seed, *names)
        member = np.flatnonzero(group.here)
        if self.often is not None:
            member = self.often.members(world, group, rng, self.source, kind)
        found = Course(world, group, rng, member, kind)
        if kind:
            found.columns[self.kinds] = np.full(len(member), kind)
        return drawn(found if self.history is None else self.history(found), self.comes)

    def _kinds(self, world: World) -> list[str]:
        if not self.kinds or self.often is None:
            return [""]
        return list(world.effects.values(str(self.often.level)))

    def _in_order(self, found: Course) -> Course:
        keys = [self._key(found, name) for name in reversed(self.order)]
        return found.rows(np.lexsort(keys)) if keys else found

    def _key(self, found: Course, name: str) -> Values:
        """What events are put in order by: kinds in the order they are declared in."""
        if name == self.kinds:
            kinds = np.array(self._kinds(found.world))
            return np.argsort(kinds)[np.searchsorted(np.sort(kinds), found[name])]
        if name == "school":
            return found.group.on_roll.school[found.member]
        return found.person if name == "person" else found[name]


def as_arrow(values: Values) -> pa.Array[Any]:
    """Values as a column, empty where there is none."""
    if values.dtype.kind == "M":
        return pa.array(values, type=pa.date32())
    if values.dtype.kind == "U":
        return pa.array(values, mask=values == "", type=pa.string())
    return pa.array(values, from_pandas=True)


def _earlier(period: str, back: int) -> list[str]:
    """The periods written like this one that end with it, so many before it."""
    years = range(int(period[:4]) - back, int(period[:4]) + 1)
    return [f"{year}/{(year + 1) % 100:02d}" if "/" in period else str(year) for year in years]


def _together(parts: list[Course]) -> Course:
    """Events of several kinds or periods, one after another, of the last one's group."""
    last = parts[-1]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in last.columns}
    member = np.concatenate([part.member for part in parts])
    return Course(last.world, last.group, last.rng, member, "", columns)
