"""`config/dimensions.yaml`, and what it must agree with: code lists and breakdowns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from jsna.model.codelists import CodeList
from jsna.model.dimensions import Dimension, DimensionsFile
from jsna.model.fallbacks import faults, filled
from jsna.model.hierarchies import PLACES, Hierarchy
from jsna.model.indicators import Indicator
from jsna.settings.made_lists import own_dimensions
from jsna.settings.reading import Gatherer

FILE: Final = "config/dimensions.yaml"

#: Key below the file, rule broken, value found.
Finding = tuple[str, str, str]


@dataclass(frozen=True)
class Categories:
    """What figures are broken down by, and into what: code lists and dimensions by their names.

    There are no dimensions where their file is faulty: then nothing is judged by them.
    """

    lists: Mapping[str, CodeList]
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)

    @cached_property
    def listed(self) -> dict[str, CodeList]:
        """The code list of each dimension, and of each column called like one."""
        called = {name: one.codes for name, one in self.dimensions.items()}
        named = {name: self.lists[codes] for name, codes in called.items() if codes in self.lists}
        return {**self.lists, **named}

    @cached_property
    def hierarchies(self) -> dict[str, Hierarchy]:
        """Coarser dimension -> the finer one its categories are made of, as its list says."""
        return {
            name: Hierarchy(one.of, {code: frozenset(parts) for code, parts in one.finer.items()})
            for name, one in self.listed.items()
            if one.of
        }

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many categories each dimension has."""
        return {name: len(one.codes) for name, one in self.listed.items()}


def load_dimensions(gather: Gatherer) -> dict[str, Dimension]:
    """Every dimension by name, those of columns with codes of their own too; none if faulty."""
    found = gather.load(FILE, DimensionsFile)
    return {} if found is None else {**own_dimensions(), **found.dimensions}


def check_dimensions(gather: Gatherer, categories: Categories) -> None:
    """Gather what dimensions say that code lists do not bear out."""
    for name, dimension in categories.dimensions.items():
        findings = [*_codes(dimension, categories.lists), *_coarser(dimension, categories)]
        if name in PLACES:
            findings.append(("", "stands for places, which the file of the area names", name))
        for key, rule, value in findings:
            at = ".".join(filter(None, ("dimensions", name, key)))
            gather.expect(False, FILE, at, rule, value)


def with_fallbacks(gather: Gatherer, indicator: Indicator, categories: Categories) -> Indicator:
    """An indicator with the fallbacks its dimensions imply; what is wrong with its own is kept.

    What is derived has those of the indicator it is of.
    """
    if categories.dimensions:
        _check_breakdowns(gather, indicator, categories)
    if indicator.derived:
        return indicator
    return filled(indicator, categories.dimensions, categories.sizes)


def _check_breakdowns(gather: Gatherer, indicator: Indicator, categories: Categories) -> None:
    """Gather dimensions of an indicator that nobody declared, and fallbacks that cannot be."""
    path = f"config/indicators/{indicator.chapter}.yaml"
    known = {*categories.dimensions, *PLACES}
    rule = f"no such dimension in {FILE}; declared are {', '.join(sorted(categories.dimensions))}"
    for name in dict.fromkeys(name for set_ in indicator.breakdowns for name in set_):
        gather.expect(name in known, path, f"{indicator.id}.breakdowns", rule, name)
    along = indicator.derived.along if indicator.derived else ""
    declared = categories.dimensions.get(along)
    if along and indicator.kind.worked_out == "along":
        graded = declared is not None and declared.order == "deprivation"
        rule = "a line runs from the most to the least deprived; name a dimension in that order"
        gather.expect(graded, path, f"{indicator.id}.derived.along", rule, along)
    elif along:
        rule = f"no such dimension in {FILE} to take a change apart by"
        gather.expect(declared is not None, path, f"{indicator.id}.derived.along", rule, along)
    if not indicator.derived:  # it has those of the indicator it is of
        for key, rule in faults(indicator, categories.hierarchies):
            gather.expect(False, path, f"{indicator.id}.{key}", rule)


def _codes(dimension: Dimension, lists: Mapping[str, CodeList]) -> Iterator[Finding]:
    """A code list that is not there, and words of codes that it has not."""
    listed = lists.get(dimension.codes)
    if listed is None:
        yield "codes", f"no such code list; there are {', '.join(sorted(lists))}", dimension.codes
        return
    for key, said in (("spoken", dimension.spoken), ("short", dimension.short)):
        for code in said:
            if code not in listed.codes:
                yield f"{key}.{code}", f"the code list {dimension.codes} has no such code", code


def _coarser(dimension: Dimension, categories: Categories) -> Iterator[Finding]:
    """A coarser dimension that is not declared, or not made of this one's categories."""
    coarser, every = dimension.coarser, categories.hierarchies
    made = sorted(name for name, one in every.items() if one.of == dimension.name)
    if coarser and coarser not in categories.dimensions:
        yield "coarser", "no such dimension in this file", coarser
    elif coarser and coarser not in made:
        rule = (
            f"its code list does not say by `of` that it is made of {dimension.name}; "
            f"those that do: {', '.join(made) or 'none'}"
        )
        yield "coarser", rule, coarser
