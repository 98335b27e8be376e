"""What becomes of events: their days, codes, lengths and amounts, each declared and drawn in turn.

A draw gives an array, one element an event, from what was drawn before it. Codes are text, empty
where there is none; days are not a time where there is none. What follows from other columns by a
rule of a source's own is a function of that source, which is a draw like these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from jsna.synthetic import draws
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.often import Number, number, ratios, said
from jsna.synthetic.terms import school_days
from jsna.synthetic.who import Group
from jsna.synthetic.world import World

Values: TypeAlias = npt.NDArray[Any]
NEVER = np.datetime64("NaT", "D")
#: What stands for nothing, by the kind of an array.
NONE: Mapping[str, Any] = {"M": NEVER, "U": "", "f": np.nan, "i": np.nan}


@dataclass(slots=True)
class Course:
    """Events of a period as far as they have been drawn; parallel arrays.

    Attributes:
        member: position of each in its group.
        kind: of events of several kinds, which are drawn one after another.
        columns: what has been drawn of them, by name.
    """

    world: World
    group: Group
    rng: np.random.Generator
    member: Ints
    kind: str = ""
    columns: dict[str, Values] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.member)

    def __getitem__(self, name: str) -> Values:
        return self.columns[name]

    @property
    def person(self) -> Ints:
        """Whose each event is."""
        return self.group.person[self.member]

    @property
    def born(self) -> Days:
        """Day of birth of whose each event is."""
        return self.world.people.born[self.person]

    def rows(self, chosen: Bools | Ints | slice) -> Course:
        """Some of the events, or in another order."""
        columns = {name: values[chosen] for name, values in self.columns.items()}
        return replace(self, member=self.member[chosen], columns=columns)


Draw: TypeAlias = Callable[[Course], Values]


def drawn(events: Course, every: Mapping[str, Draw]) -> Course:
    """The events with more drawn of them, one name after another."""
    for name, draw in every.items():
        events.columns[name] = draw(events)
    return events


def apart(draw: Draw, *names: str) -> Draw:
    """A draw from the stream so named, which changes nothing else that is drawn."""
    return lambda at: draw(replace(at, rng=stream(at.world.synthesis.seed, *names)))


# ---- days --------------------------------------------------------------------------------------


def any_day(at: Course) -> Days:
    """A day of the period, of persons not before birth."""
    first = np.full(len(at), at.group.first)
    if len(at.group.person):
        first = np.maximum(at.born, first)
    length = (at.group.last - first).astype(np.int64) + 1
    day: Days = first + (at.rng.random(len(at)) * length).astype(np.int64)
    return day


def working_day(at: Course) -> Days:
    """The same, weekends put off to Monday but for the last day's."""
    return np.minimum(working(any_day(at)), at.group.last)


def school_day(without: tuple[int, ...] = ()) -> Draw:
    """A day on which schools are open in the school year, but not in some months."""

    def draw(at: Course) -> Days:
        every = school_days(int(at.group.period[:4]))
        days = np.array([day for day in every if day.month not in without], dtype="datetime64[D]")
        return days[at.rng.integers(0, len(days), len(at))]

    return draw


def after(day: str, length: Draw, *, put_off: bool = False) -> Draw:
    """So many days after another day; weekends may be put off to Monday."""

    def draw(at: Course) -> Days:
        found: Days = at[day] + np.floor(length(at)).astype(np.int64)
        return working(found) if put_off else found

    return draw


def spread(first: str, last: str, times: str, least: int) -> Draw:
    """Days of each of several of one event: one on its first, one on its last, others between.

    Args:
        first, last: names of those days.
        times: name of how many there are of the event.
        least: fewest days between two, before weekends are put off to Monday.
    """

    def draw(at: Course) -> Days:
        nth, of = at["nth"] - 1, at[times]
        place = at.rng.random(len(at))
        place = np.where(nth == 0, 0.0, np.where(nth == of - 1, 1.0, place))
        # In order within each event, of which one stands after another.
        place = place[np.lexsort((place, np.cumsum(nth == 0)))]
        free = (at[last] - at[first]).astype(np.int64) - least * (of - 1)
        return working(at[first] + least * nth + np.floor(place * free).astype(np.int64))

    return draw


def working(days: Days) -> Days:
    """Days, weekends put off to Monday."""
    weekday = (days.astype(np.int64) + 3) % 7
    put_off: Days = days + np.where(weekday >= 5, 7 - weekday, 0)
    return put_off


# ---- codes -------------------------------------------------------------------------------------


def codes(shares: str | Mapping[str, float]) -> Draw:
    """Codes by their shares, given here or by a parameter; as often as these leave something, none.

    A parameter may give those of each kind of event.
    """

    def draw(at: Course) -> Values:
        of = said(at.world, shares, at.kind) if isinstance(shares, str) else shares
        ends = np.cumsum(list(of.values()))
        ends[-1] = 1.0 if np.isclose(ends[-1], 1.0, atol=1e-9) else ends[-1]
        return np.array([*of, ""])[np.searchsorted(ends, at.rng.random(len(at)), side="right")]

    return draw


def codes_of(table: str, row: Draw) -> Draw:
    """Codes by the shares in the row of a table, by position, that each event has."""

    def draw(at: Course) -> Values:
        shares = at.world.effects.table(table)
        every = sorted({code for of in shares.values() for code in of})
        weights = np.array([[of.get(code, 0.0) for code in every] for of in shares.values()])
        return np.array(every)[draws.choose_rows(at.rng, weights[row(at)])]

    return draw


def one_of(every: Sequence[str]) -> Draw:
    """One of some codes, each as likely."""
    return lambda at: np.array(every)[at.rng.integers(0, len(every), len(at))]


def further(code: str, share: Number, unlike: tuple[str, ...]) -> Draw:
    """A further code, in so many of the events that have all those it must be unlike.

    Args:
        code: name of what it would be.
        share: of the events that have one.
        unlike: names of those before it.
    """

    def draw(at: Course) -> Values:
        stands = at.rng.random(len(at)) < number(at.world, share)
        for name in unlike:
            stands &= (at[name] != "") & (at[name] != at[code])
        return np.where(stands, at[code], "")

    return draw


def odds(level: str, group: str, code: str, rest: str, by: str) -> Draw:
    """Codes by their shares in each group, of which one goes by odds ratios of the members.

    Args:
        level: table of shares, by the codes of `group`; what they leave is `rest`.
        group: name of the code of the group.
        code: whose odds go by the ratios; its share is kept, and the others share what is left.
        rest: the code that has no share of its own.
        by: name of the ratios.
    """

    def draw(at: Course) -> Values:
        table = at.world.effects.table(level)
        log_odds = np.log(ratios(at.world, by, at.group))[at.member]
        found = np.full(len(at), rest, dtype=object)
        drawn, other = at.rng.random(len(at)), at.rng.random(len(at))
        for name, shares in table.items():
            here = np.flatnonzero(at[group] == name)
            # The mean over nobody is nothing to be kept.
            chance = draws.calibrated(log_odds[here], shares[code]) if len(here) else 0.0
            among = [one for one in shares if one != code]
            ends = np.cumsum([shares[one] / (1 - shares[code]) for one in among])
            place = np.searchsorted(ends, other[here], side="right")
            found[here] = np.where(drawn[here] < chance, code, np.array([*among, rest])[place])
        return found.astype(str)

    return draw


def of_roll(name: str, labels: tuple[str, ...]) -> Draw:
    """What the roll says of a pupil by position among some labels, such as the year group."""
    return lambda at: np.array(labels)[getattr(at.group.on_roll, name)[at.member]]


def column(name: str) -> Draw:
    """What another column holds."""
    return lambda at: at[name]


def by_code(name: str, every: Mapping[str, Draw]) -> Draw:
    """The draw of the code another column holds; each is drawn of all, as in `where`."""

    def chosen(at: Course) -> Values:
        made = {code: draw(at) for code, draw in every.items()}
        return np.select([at[name] == code for code in made], [*made.values()])

    return chosen


def chance(share: Number) -> Draw:
    """Whether, in so many."""
    return lambda at: at.rng.random(len(at)) < number(at.world, share)


def where(name: str, code: str | bool, draw: Draw, otherwise: Any = None) -> Draw:
    """A draw where another column holds a code, and elsewhere `otherwise`, or nothing.

    It is drawn of all, so that what one event is does not change what is drawn of another.
    """

    def chosen(at: Course) -> Values:
        values = draw(at)
        other = NONE[values.dtype.kind] if otherwise is None else otherwise
        return np.where(at[name] == code, values, other)

    return chosen


# ---- lengths and amounts -----------------------------------------------------------------------


def exponential(mean: Number, least: float = 0.0) -> Draw:
    """Lengths that end as likely at any time, of so high a mean beside the least."""
    return lambda at: least + at.rng.exponential(number(at.world, mean), len(at))


def mixed(share: Number, mean: Number, others: Number) -> Draw:
    """The same where so many have one mean, and the others another."""

    def draw(at: Course) -> Floats:
        means = [number(at.world, mean), number(at.world, others)]
        return at.rng.exponential(np.where(chance(share)(at), *means))

    return draw


def gamma(mean: Number, shape: float, least: float = 0.0) -> Draw:
    """The same of another shape: over 1 has few that are very short, under 1 many."""
    return lambda at: least + at.rng.gamma(shape, number(at.world, mean) / shape, len(at))


def between(least: int, most: int) -> Draw:
    """Whole numbers, each as likely."""
    return lambda at: at.rng.integers(least, most + 1, len(at))


def whole(mean: Number, most: int) -> Draw:
    """Whole numbers from 1 of so high a mean, each step up as likely; `most` for those above it."""
    return lambda at: at.rng.geometric(1 / number(at.world, mean), len(at)).clip(1, most)


def amount(median: Number, spread: Number, by: str = "", digits: int = 2) -> Draw:
    """Amounts, half of them below the median and some far above it.

    Args:
        median: where all ratios of the members are 1.
        spread: standard deviation of the logarithm.
        by: name of the ratios of the members, if any.
        digits: decimals it is rounded to.
    """

    def draw(at: Course) -> Floats:
        found = at.rng.lognormal(0.0, number(at.world, spread), len(at))
        found *= number(at.world, median)
        return np.round(found * ratios(at.world, by, at.group, at.kind)[at.member], digits)

    return draw
