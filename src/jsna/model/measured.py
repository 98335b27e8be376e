"""What an indicator says beside its counts: of values, of waits, of a standard population."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from jsna.model.base import Printed, Strict
from jsna.model.kinds import KINDS, Kind

if TYPE_CHECKING:
    from jsna.model.indicators import Indicator


class Standard(Strict):
    """The population that rates are standardised to: who would be in each group.

    Attributes:
        name: as readers are told it, such as "the European standard population of 2013".
        by: the dimension whose groups they are.
        population: category -> how many, in any unit; every category that is counted has one.
    """

    name: Printed
    by: str
    population: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(min_length=2)


def faults(indicator: Indicator) -> Iterator[str]:
    """What is wrong with it: what a kind has to say is there, and of other kinds is not."""

    def needs(given: object, asks: Callable[[Kind], bool], says: str) -> Iterator[str]:
        if bool(given) != (asks(indicator.kind) and indicator.numerator is not None):
            known = " or a ".join(name for name, kind in KINDS.items() if asks(kind))
            yield f"a {known} that is counted here, and nothing else, {says}"

    yield from needs(
        indicator.standard, lambda kind: kind.standardised, "names the `standard` population"
    )
    yield from needs(
        indicator.values, lambda kind: kind.of_values, "names in `values` the column it is of"
    )
    yield from needs(
        indicator.ended, lambda kind: kind.of_waits, "says in `ended` on which condition one has"
    )
    standard = indicator.standard
    if standard and any(standard.by in dimensions for dimensions in indicator.breakdowns):
        yield "what it is standardised by is no breakdown of it"
    if indicator.kind.of_values != (indicator.percentile > 0):
        yield "`percentile` is of kinds worked out from values alone"
