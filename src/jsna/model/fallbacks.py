"""Recodings: coarser ways of showing a breakdown, which a fallback offers before anything is
hidden.

A recoding is named by its *grouping set*: the dimensions its rows are split by, and how many years
stand together. The engine adds up the rows of every grouping set, disclosure control chooses one
for each breakdown, and the report finds which it was by the rows that are there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jsna.model.hierarchies import LOCALITY_GROUP, PLACES, THREE_YEARS, Hierarchy
from jsna.model.indicators import LOCALITY, Fallback, Indicator, Recoding
from jsna.model.schema import JOIN, TOTAL

if TYPE_CHECKING:
    from jsna.model.areas import Area
    from jsna.model.configuration import Configuration
    from jsna.model.dimensions import Dimension

#: Key below the indicators file, and the rule broken.
Finding = tuple[str, str]
#: Kinds of period on which something is counted as it stands, so that years do not add up.
STANDING: Final = frozenset({"january", "31_march", "mid_year"})
#: Kinds of period that are no single year.
_NO_YEAR: Final = frozenset({THREE_YEARS, "release"})
#: Kinds of period of what is no count of children: estimates of a population, records, areas.
_NO_CHILDREN: Final = frozenset({"mid_year", "release"})


@dataclass(frozen=True, slots=True, order=True)
class GroupingSet:
    """What rows are split by, and how many years stand together in each.

    Attributes:
        dimensions: in alphabetical order; `locality` or `locality_group` stand for places.
        years: 1, or 3 of which every run is a period.
    """

    dimensions: tuple[str, ...]
    years: int = 1

    @staticmethod
    def of(geography: str, breakdown: str, period_type: str, area: Area) -> GroupingSet:
        """The grouping set of rows of the measure table."""
        places = {area.localities_are: LOCALITY, LOCALITY_GROUP: LOCALITY_GROUP}
        split = [] if breakdown == TOTAL else breakdown.split(JOIN)
        split += [places[geography]] if geography in places else []
        return GroupingSet(tuple(sorted(split)), 3 if period_type == THREE_YEARS else 1)

    @property
    def within(self) -> tuple[str, ...]:
        """The dimensions that are no places."""
        return tuple(d for d in self.dimensions if d not in PLACES)

    @property
    def breakdown(self) -> str:
        """The breakdown of its rows in the measure table."""
        return JOIN.join(self.within) or TOTAL

    def geography(self, area: Area) -> str:
        """The geography of its rows in the measure table."""
        if LOCALITY in self.dimensions:
            return area.localities_are
        return LOCALITY_GROUP if LOCALITY_GROUP in self.dimensions else "authority"

    @property
    def name(self) -> str:
        """How records call it: `need_group`, `imd_quintile|sex, three years together`."""
        what = JOIN.join(self.dimensions) or TOTAL
        return what if self.years == 1 else f"{what}, three years together"


def coarser(dimension: str, recoding: Recoding) -> str:
    """The dimension a recoding shows instead of one of the breakdown's."""
    if dimension == LOCALITY and recoding.areas == "groups":
        return LOCALITY_GROUP
    return recoding.collapse.get(dimension, dimension)


def grouping_of(fallback: Fallback, recoding: Recoding) -> GroupingSet:
    """The grouping set of the rows of one recoding."""
    return GroupingSet(
        tuple(sorted(coarser(d, recoding) for d in fallback.breakdown)), recoding.years or 1
    )


def recodings(
    indicator: Indicator, breakdown: tuple[str, ...], config: Configuration
) -> list[tuple[GroupingSet, Recoding | None]]:
    """The grouping sets a breakdown may be shown in, finest first: as declared, then each
    recoding's.

    A recoding of groups of localities is left out in an area that has none.
    """
    wanted = tuple(sorted(breakdown))
    found: list[tuple[GroupingSet, Recoding | None]] = [(GroupingSet(wanted), None)]
    for fallback in indicator.fallbacks:
        if tuple(sorted(fallback.breakdown)) == wanted:
            found += [
                (grouping_of(fallback, recoding), recoding)
                for recoding in fallback.recodings
                if recoding.areas is None or config.area.locality_groups
            ]
    return found


def implied(
    indicator: Indicator,
    breakdown: Collection[str],
    dimensions: Mapping[str, Dimension],
    sizes: Mapping[str, int],
) -> tuple[Recoding, ...]:
    """The recodings of a breakdown of which the indicator says nothing; none for the total.

    Each dimension is shown by its coarser one and, step by step, by the coarser one of that: first
    the dimension with the most categories, of which each has the fewest; last localities, by
    groups, as most readers look for their own. Events are then added up over three years as well.

    Args:
        indicator: what is broken down.
        breakdown: dimensions.
        dimensions: every one declared.
        sizes: number of categories of each.
    """
    if not _may_be_small(indicator):
        return ()
    made: list[Recoding] = []
    collapse: dict[str, str] = {}
    for dimension in sorted(breakdown, key=lambda name: (name == LOCALITY, -sizes.get(name, 0))):
        if dimension == LOCALITY:
            made.append(Recoding(collapse=collapse, areas="groups"))
        for upper in _chain(dimension, dimensions):
            if upper not in breakdown:
                collapse = {**collapse, dimension: upper}
                made.append(Recoding(collapse=collapse))
    if made and _events(indicator):
        made.append(made[-1].model_copy(update={"years": 3}))
    return tuple(made)


def _may_be_small(indicator: Indicator) -> bool:
    """Whether children are counted here, each in one category, so that counts can be added up."""
    counted = [side.count for side in (indicator.numerator, indicator.denominator) if side]
    return (
        indicator.numerator is not None
        and "persons" not in counted
        and indicator.period_type not in _NO_CHILDREN
    )


def _events(indicator: Indicator) -> bool:
    """Whether events of a year are counted, which are others every year.

    Of calendar years all is: requests, plans issued and ended. Of other years a proportion is of
    children who are there year after year, and would be counted once for each.
    """
    below = indicator.denominator
    if indicator.period_type in STANDING | _NO_YEAR or (below and below.period == "latest"):
        return False
    proportion = indicator.kind.inside and not indicator.kind.of_one_whole
    return indicator.period_type == "calendar_year" or not proportion


def _chain(dimension: str, dimensions: Mapping[str, Dimension]) -> list[str]:
    """The coarser dimensions of one, from the finest to the coarsest."""
    found: list[str] = []
    while dimension in dimensions and dimensions[dimension].coarser:
        dimension = dimensions[dimension].coarser
        found.append(dimension)
    return found


def filled(
    indicator: Indicator, dimensions: Mapping[str, Dimension], sizes: Mapping[str, int]
) -> Indicator:
    """An indicator with the fallbacks of all its breakdowns, written or implied."""
    written = {frozenset(one.breakdown): one.recodings for one in indicator.fallbacks}
    offered = [
        Fallback(
            breakdown=breakdown,
            recodings=written.get(
                frozenset(breakdown), implied(indicator, breakdown, dimensions, sizes)
            ),
        )
        for breakdown in ((), *indicator.breakdowns)
    ]
    return indicator.model_copy(
        update={"fallbacks": tuple(one for one in offered if one.recodings)}
    )


def faults(indicator: Indicator, hierarchies: Mapping[str, Hierarchy]) -> Iterator[Finding]:
    """What is wrong with an indicator's fallbacks: key and rule, in plain words.

    Args:
        indicator: the declaration.
        hierarchies: coarser dimension -> what it is made of, as the code lists say.
    """
    declared = {tuple(sorted(set_)) for set_ in indicator.breakdowns}
    if not indicator.over:
        declared.add(())
    seen: set[tuple[str, ...]] = set()
    for number, fallback in enumerate(indicator.fallbacks, 1):
        key = f"fallbacks.{number}"
        breakdown = tuple(sorted(fallback.breakdown))
        if breakdown not in declared:
            called = ", ".join(breakdown) or "nothing"
            yield key, f"the indicator is not broken down by {called}; add it to `breakdowns`"
        if breakdown in seen:
            yield key, "there are two fallbacks for this breakdown; put their recodings into one"
        seen.add(breakdown)
        groupings = {GroupingSet(breakdown)}
        for place, recoding in enumerate(fallback.recodings, 1):
            yield from (
                (f"{key}.recodings.{place}", rule)
                for rule in _recoding_faults(indicator, fallback, recoding, hierarchies)
            )
            grouping = grouping_of(fallback, recoding)
            if grouping in groupings:
                yield f"{key}.recodings.{place}", "shows the same as an earlier recoding"
            groupings.add(grouping)


def _recoding_faults(
    indicator: Indicator,
    fallback: Fallback,
    recoding: Recoding,
    hierarchies: Mapping[str, Hierarchy],
) -> Iterator[str]:
    for dimension, upper in recoding.collapse.items():
        if dimension not in fallback.breakdown:
            yield f"collapses {dimension!r}, which the breakdown does not have"
        if upper in fallback.breakdown:
            yield f"{upper!r} is in the breakdown already"
        chain, below = [upper], hierarchies.get(upper)
        while below is not None and below.of not in chain:
            chain.append(below.of)
            below = hierarchies.get(below.of)
        if dimension not in chain[1:]:
            known = (
                ", ".join(sorted(n for n in hierarchies if hierarchies[n].of == dimension))
                or "none"
            )
            yield (
                f"the codes of {dimension!r} do not nest in those of {upper!r}: no code list "
                f"says so by `of`; lists made of {dimension!r}: {known}"
            )
    if recoding.areas is not None and LOCALITY not in fallback.breakdown:
        yield "groups localities, but the breakdown has no `locality`"
    if recoding.years is not None:
        if indicator.period_type in _NO_YEAR:
            yield f"periods of type {indicator.period_type} are not single years"
        if indicator.kind.adds_up and indicator.period_type in STANDING:
            yield "a count of those there on a day does not add up over years"
        if indicator.denominator is not None and indicator.denominator.period == "latest":
            yield "the denominator may be of one year for all, so that years do not add up"
    sides = (indicator.numerator, indicator.denominator)
    if indicator.numerator is None:
        yield "only what is counted locally can be added up"
    if any(side is not None and side.count == "persons" for side in sides):
        yield "persons counted once do not add up: one may be in several categories or years"
