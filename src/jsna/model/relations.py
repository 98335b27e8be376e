"""What figures of different indicators imply of each other: `relations` of an indicator file.

Children living with obesity are among those with excess weight; plans to which no exception applied
are among all plans. Declared once beside the indicators, they hold wherever the figures come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from jsna.model.indicators import Indicator

#: A side of an indicator; the numerator of a count is its value.
Written = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.(numerator|denominator)$")]


class Term(NamedTuple):
    """One side of one indicator."""

    indicator: str
    side: str


class Relation(BaseModel):
    """What the figures of one area, period and category must be beside each other.

    Attributes:
        left, right: sides of indicators, such as `plans.numerator`; several are added up.
        holds: the left adds up to the right (`equal`) or to no more (`at_most`).
        one_base: all are shares of the same children, so that percentages tell where a release
            gives no counts.
        because: why it must be so, in words the report prints.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    left: Annotated[tuple[Written, ...], Field(min_length=1)]
    holds: Literal["equal", "at_most"]
    right: Annotated[tuple[Written, ...], Field(min_length=1)]
    one_base: bool = False
    because: Annotated[str, Field(min_length=1)]

    @property
    def sides(self) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """The terms on the left and those on the right."""
        return _terms(self.left), _terms(self.right)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term, the left first."""
        left, right = self.sides
        return left + right


def _terms(written: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(*one.split(".")) for one in written)


def faults(relation: Relation, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, str]]:
    """What is wrong with a declared relation: (the term or key, rule)."""
    known = [indicators[t.indicator] for t in relation.terms if t.indicator in indicators]
    for term in relation.terms:
        if term.indicator not in indicators:
            yield ".".join(term), "a relation refers to no such indicator"
        elif term.side == "denominator" and not indicators[term.indicator].kind.divides:
            yield ".".join(term), "a count has no denominator"
    if len({i.period_type for i in known}) > 1:
        yield "relations", "indicators of different period types are not compared"
    if relation.one_base and len({(i.multiplier, i.kind.divides) for i in known}) > 1:
        yield "relations", "`one_base` needs shares that are all multiplied by the same number"
