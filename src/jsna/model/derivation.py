"""How what is worked out from what another indicator shows is declared: ratios, slopes and others.

It is never counted. After protection it is calculated from the published rows of the indicator it
is of, and from nothing else (see `derived`), so that it gives away nothing a reader could not work
out with a pencil.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from jsna.model.base import Strict
from jsna.model.kinds import KINDS, implied
from jsna.model.schema import MULTIPLIERS

if TYPE_CHECKING:
    from jsna.model.indicators import Fallback, Indicator

#: What a derived indicator takes over from the one it is of -> what stands in for it until then.
INHERITED: Final[Mapping[str, Any]] = {
    "population": "",
    "population_base": "",
    "period_type": "",
    "sensitivity": "",
    "comparators": (),
    "fallbacks": (),
}
#: Method -> methods of the indicator it can be worked out from.
METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "ratio_katz": ("proportion_wilson",),
    "ratio_rates": ("rate_byar",),
    "standardised_difference": ("proportion", "proportion_wilson"),
    "sii_linear": ("proportion_wilson", "rate_byar", "mean_t", "dsr_dobson"),
    "rii_linear": ("proportion_wilson", "rate_byar", "mean_t", "dsr_dobson"),
    "two_sources": ("count", "proportion", "proportion_wilson", "rate_byar", "mean_t", "published"),
    "stock_flows": ("count", "published"),
    "kitagawa": ("proportion_wilson", "rate_byar"),
}
#: Kind of day on which a stock is counted -> kind of year that ends there.
YEARS: Final[Mapping[str, str]] = {"january": "calendar_year", "31_march": "financial_year"}
#: Unit of a figure -> unit of a difference of two, where it is another.
DIFFERENCES: Final[Mapping[str, str]] = {"percent": "percentage_points"}
#: What belongs to an indicator that is counted or published.
_OWN: Final = ("numerator", "denominator", "over")

#: Key below the indicators file, and the rule broken.
Finding = tuple[str, str]


class Derived(Strict):
    """What an indicator is worked out from.

    Attributes:
        of: the indicator whose published rows it is worked out from.
        along: of a line, the dimension of deprivation it runs along; of a change, the dimension of
            the groups it is taken apart by. The indicator of whose rows it is has each of its
            breakdowns by that dimension too.
        beside: the indicator of the same thing in another source, whose figures are taken off.
        joined, left: indicators of the events of a year by which one joins a stock, and leaves it.
        years: of a change, since how many years before.
        within: dimensions of the breakdowns that stand still. The one other dimension of each
            breakdown is the one whose categories are compared.
        against: what a ratio sets each category beside: everyone (`all`, the category among
            them), everyone else (`rest`), or one category, as in `{sen_provision: N}`. A
            difference is always between those counted by that indicator and those not.
    """

    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    beside: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    joined: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    left: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    along: str = ""
    years: Annotated[int, Field(ge=1)] = 1
    within: tuple[str, ...] = ()
    against: (
        Literal["all", "rest"] | Annotated[dict[str, str], Field(min_length=1, max_length=1)]
    ) = "all"

    @property
    def every(self) -> tuple[str, ...]:
        """Every indicator whose rows it is worked out from."""
        return tuple(name for name in (self.of, self.beside, self.joined, self.left) if name)

    @property
    def reference(self) -> tuple[str, str]:
        """Dimension and code of the category compared with; empty texts where there is none."""
        return next(iter(self.against.items())) if isinstance(self.against, dict) else ("", "")

    def by(self, breakdown: tuple[str, ...]) -> tuple[str, ...]:
        """The dimension of a breakdown whose categories are compared; there should be one."""
        return tuple(d for d in breakdown if d not in self.within)


def filled(given: Any) -> Any:
    """An entry of the file with what follows from its kind, and stand-ins for what it takes over.

    Raises:
        ValueError: it says itself what follows from the indicator it is of, or is of a kind that
            is counted.
    """
    if not isinstance(given, dict):
        return given
    kind = KINDS.get(str(given.get("kind")))
    if kind is None or not (given.get("derived") or kind.derived):
        return {**_phrase(given), **implied(given), **given}
    if not kind.derived:
        known = " or ".join(name for name, one in KINDS.items() if one.derived)
        raise ValueError(f"{given.get('id')}: what is derived is of kind {known}, not {kind}")
    taken = {**implied(given), **INHERITED}
    # No entry names its chapter; a copy of a whole declaration does, and has been filled.
    said = sorted({*INHERITED, "unit", "multiplier"} & set(given)) if "chapter" not in given else []
    if said:
        raise ValueError(
            f"{given.get('id')}: {', '.join(said)} of a {given.get('kind')} follow from the "
            "indicator it is derived from; leave them out"
        )
    return {**taken, **given}


#: What begins a title, and a sentence says of every indicator of the kind by itself.
_SAID: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(rf"({first})\b (?!by )", re.IGNORECASE)
    for name, first in {
        "count": "(?:the )?number of",
        "proportion": "(?:the )?(?:share|proportion|percentage) of",
        "share": "(?:the )?(?:share|proportion|percentage) of",
        "rate": "(?:the )?rate of",
        "standardised_rate": "(?:the )?(?:standardised )?rate of",
        "mean": "(?:the )?(?:mean|average)(?: of| for)?(?: the)?",
        "quantile": "(?:the )?(?:median|(?:lower|upper) quartile|\\w+ percentile)(?: of)?(?: the)?",
        "wait": "(?:the )?(?:median |time )?(?:waits?|waiting)(?: time)? (?:for|to|until)",
        "money": "(?:the )?(?:sum|total) of",
    }.items()
}


def _phrase(given: Mapping[str, Any]) -> dict[str, str]:
    """The title as a sentence calls it, which says by itself that it is a mean, or a wait for it.

    With a small letter, unless it begins with an acronym.
    """
    title = given.get("title")
    if not isinstance(title, str):
        return {}
    if (known := _SAID.get(str(given.get("kind")))) and (found := known.match(title)):
        title = title[found.end() :] or title
    first = title.split(" ", 1)[0]
    return {"phrase": title if first[1:] != first[1:].lower() else title[:1].lower() + title[1:]}


def own_faults(indicator: Indicator) -> Iterator[str]:
    """What is wrong with the declaration by itself."""
    derived, kind = indicator.derived, indicator.kind
    if derived is None:
        if kind.derived:
            yield f"a {kind} needs `derived`: what it is worked out from"
        return
    named = [name for name in _OWN if getattr(indicator, name)]
    if named:
        yield f"is derived, and cannot have {', '.join(named)}"
    yield from _FAULTS[kind.worked_out](indicator, derived)


def _of_pairs(indicator: Indicator, derived: Derived) -> Iterator[str]:
    """What is wrong with a declaration that sets categories beside each other."""
    if derived.along:
        yield f"a {indicator.kind} does not run along a dimension; leave out `along`"
    if indicator.kind.no_difference == 0 and derived.against != "all":
        yield "a difference is between those counted and those not; `against` is for ratios"
    if not indicator.breakdowns:
        yield "compares the categories of a breakdown; give it `breakdowns`"
    for breakdown in indicator.breakdowns:
        if len(derived.by(breakdown)) != 1 or not set(derived.within) <= set(breakdown):
            yield (
                f"breakdown {', '.join(breakdown)} must have the dimensions of `within` "
                f"({', '.join(derived.within) or 'none'}) and one more"
            )
        elif derived.reference[0] not in ("", *derived.by(breakdown)):
            yield f"breakdown {', '.join(breakdown)} is not by {derived.reference[0]}"


def _of_lines(indicator: Indicator, derived: Derived) -> Iterator[str]:
    """What is wrong with a declaration of a line along a dimension."""
    if not derived.along:
        yield f"a {indicator.kind} says in `along` which dimension of deprivation it runs along"
    if derived.within or derived.against != "all":
        yield f"a {indicator.kind} sets nothing beside anything; leave out `within` and `against`"
    if any(derived.along in breakdown for breakdown in indicator.breakdowns):
        yield f"runs along {derived.along} and cannot be broken down by it"


def _of_changes(indicator: Indicator, derived: Derived) -> Iterator[str]:
    """What is wrong with a declaration of what a change comes of."""
    kind = indicator.kind
    if not derived.along:
        yield f"a {kind} says in `along` by which dimension a change is taken apart"
    if derived.within or derived.against != "all":
        yield f"a {kind} sets nothing beside anything; leave out `within` and `against`"
    if not indicator.breakdowns or any(kind.parts not in b for b in indicator.breakdowns):
        yield f"every breakdown of a {kind}, and there is at least one, has {kind.parts}"
    if any(derived.along in breakdown for breakdown in indicator.breakdowns):
        yield f"is taken apart by {derived.along} and cannot be broken down by it"


def _of_sources(indicator: Indicator, derived: Derived) -> Iterator[str]:
    """What is wrong with a declaration that sets one source beside another."""
    if derived.beside in ("", derived.of):
        yield f"a {indicator.kind} names in `beside` another indicator, of the same thing"
    if derived.within or derived.against != "all" or derived.along:
        yield "of two sources `of` and `beside` is all there is to say"


def _of_stocks(indicator: Indicator, derived: Derived) -> Iterator[str]:
    """What is wrong with a declaration that tells a stock by its flows."""
    kind = indicator.kind
    if len({derived.of, derived.joined, derived.left} - {""}) < 3:
        yield f"a {kind} names the stock (`of`), who `joined` and who `left`"
    if derived.within or derived.against != "all" or derived.along or derived.years != 1:
        yield "of a stock `of`, `joined` and `left` is all there is to say"
    if not indicator.breakdowns or any(kind.parts not in b for b in indicator.breakdowns):
        yield f"every breakdown of a {kind}, and there is at least one, has {kind.parts}"


#: How a kind is worked out -> what may be wrong with a declaration by itself.
_FAULTS: Final[Mapping[str, Callable[[Indicator, Derived], Iterator[str]]]] = {
    "pairs": _of_pairs,
    "along": _of_lines,
    "change": _of_changes,
    "beside": _of_sources,
    "flows": _of_stocks,
}


def needed(indicator: Indicator) -> Iterator[tuple[str, ...]]:
    """Breakdowns the indicator it is of must have, () for the total."""
    assert indicator.derived is not None
    derived, parts = indicator.derived, indicator.kind.parts
    if derived.along:
        for breakdown in ((), *indicator.breakdowns):
            own = tuple(dimension for dimension in breakdown if dimension != parts)
            yield (*own, derived.along)
            if parts:
                yield own
        return
    for breakdown in indicator.breakdowns:
        yield tuple(dimension for dimension in breakdown if dimension != parts)
        if derived.every == (derived.of,) and not derived.reference[0]:  # all of the same `within`
            yield derived.within


def faults(
    indicator: Indicator, base: Indicator, others: Collection[Indicator] = ()
) -> Iterator[Finding]:
    """What is wrong with a derived indicator beside those it is of: key and rule.

    Args:
        base: the one it takes over from.
        others: the others.
    """
    yield from _beside_one(indicator, base)
    for other in others:
        yield from _beside_one(indicator, other)
        wanted = {"unit": base.unit, "period_type": base.period_type}
        if indicator.kind.worked_out == "flows":
            wanted["period_type"] = YEARS.get(base.period_type, "")
        for key, value in wanted.items():
            if getattr(other, key) != value:
                rule = f"{other.id} has another {key} than goes with {base.id}"
                yield "derived", f"{rule}: {getattr(other, key)}, not {value or 'any'}"


def _beside_one(indicator: Indicator, base: Indicator) -> Iterator[Finding]:
    assert indicator.derived is not None
    if base.derived is not None or base.over:
        rule = "cannot be worked out from a share or from what is derived itself"
        yield "derived.of", f"{base.id}: {rule}"
        return
    wanted = METHODS.get(indicator.method, ())
    if base.method not in wanted:
        rule = f"{indicator.method} is worked out from {' or '.join(wanted)}"
        yield "method", f"{rule}, and {base.id} is of {base.method}"
    declared = {frozenset(set_) for set_ in base.breakdowns} | {frozenset[str]()}
    for breakdown in dict.fromkeys(needed(indicator)):
        if frozenset(breakdown) not in declared:
            called = ", ".join(sorted(breakdown))
            yield "breakdowns", f"{base.id} is not broken down by {called}; add it there"


def taken_over(indicator: Indicator, base: Indicator) -> Indicator:
    """A derived indicator with what it takes over from the one it is of."""
    assert indicator.derived is not None
    update = {name: getattr(base, name) for name in INHERITED}
    along = indicator.derived.along
    update["fallbacks"] = tuple(_fallbacks(indicator, base, along))
    if not indicator.kind.unit:
        update["unit"] = DIFFERENCES.get(base.unit, base.unit)
        update["multiplier"] = MULTIPLIERS.get(update["unit"], 1.0)
        update["per"] = base.per
    return indicator.model_copy(update=update)


def _fallbacks(indicator: Indicator, base: Indicator, along: str) -> Iterator[Fallback]:
    """The fallbacks its breakdowns have by those of the indicator it is of.

    Groups a line runs along may be shown in coarser ones: the line is then along those, and its
    own row is what it was.
    """
    parts = {"", indicator.kind.parts}
    own = {frozenset((*b, along)) - parts: b for b in ((), *indicator.breakdowns) if b or along}
    for fallback in base.fallbacks:
        if (breakdown := own.get(frozenset(fallback.breakdown))) is None:
            continue
        kept = (
            {
                **recoding.model_dump(),
                "collapse": {d: to for d, to in recoding.collapse.items() if d != along},
            }
            for recoding in fallback.recodings
        )
        # A change of several years together has no year before.
        recodings = [
            one
            for one in kept
            if (one["collapse"] or one["years"] or one["areas"])
            and not (one["years"] and indicator.kind.parts)
        ]
        if recodings:
            made = {"breakdown": breakdown, "recodings": recodings}
            yield type(fallback).model_validate(made)
