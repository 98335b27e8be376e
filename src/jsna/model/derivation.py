"""How a ratio or a difference is declared: an indicator worked out from what another one shows.

It is never counted. After protection it is calculated from the published rows of the indicator it
is of, and from nothing else (see `derived`), so that it gives away nothing a reader could not work
out with a pencil.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from jsna.model.base import Strict
from jsna.model.kinds import KINDS, implied

if TYPE_CHECKING:
    from jsna.model.indicators import Indicator

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
}
#: How each method is put to readers, with its formula.
FORMULAS: Final[Mapping[str, str]] = {
    "ratio_katz": (
        "A ratio of percentages, x of n in one group and y of m in another, is (x/n)/(y/m); its "
        "interval is by Katz’s method, where the logarithm has the standard error "
        "√(1/x − 1/n + 1/y − 1/m) (Katz and others, Biometrics 34). Set beside everyone, a group "
        "is compared with all others; with that ratio r, and w the group’s share of all, the "
        "ratio to everyone is r/(wr + 1 − w), and its interval is that of r carried over. Where "
        "nobody in a group is counted, the ratio is nought and has no interval."
    ),
    "ratio_rates": (
        "A ratio of rates has an interval on the scale of logarithms, with the standard error "
        "√(1/x + 1/y) of x and y events (Rothman and Greenland, Modern Epidemiology); set beside "
        "everyone, it is carried over from the ratio to all others as for percentages."
    ),
    "standardised_difference": (
        "A standardised difference sets the share p of a kind in one group beside the share q in "
        "another: (p − q)/√((p(1 − p) + q(1 − q))/2) (Austin, Communications in Statistics 38). "
        "Beyond 0.1 either way it is usually called a difference that matters. With n and m in "
        "the two groups, the difference d has the standard error √((n + m)/(nm) + d²/(2(n + m))) "
        "(Hedges and Olkin, Statistical Methods for Meta-Analysis)."
    ),
}
#: What belongs to an indicator that is counted or published.
_OWN: Final = ("numerator", "denominator", "over")

#: Key below the indicators file, and the rule broken.
Finding = tuple[str, str]


class Derived(Strict):
    """What a ratio or a difference is worked out from.

    Attributes:
        of: the indicator whose published rows it is worked out from.
        within: dimensions of the breakdowns that stand still. The one other dimension of each
            breakdown is the one whose categories are compared.
        against: what a ratio sets each category beside: everyone (`all`, the category among
            them), everyone else (`rest`), or one category, as in `{sen_provision: N}`. A
            difference is always between those counted by that indicator and those not.
    """

    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    within: tuple[str, ...] = ()
    against: (
        Literal["all", "rest"] | Annotated[dict[str, str], Field(min_length=1, max_length=1)]
    ) = "all"

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
        return {**implied(given), **given}
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
    if kind.no_difference == 0 and derived.against != "all":
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


def faults(indicator: Indicator, base: Indicator) -> Iterator[Finding]:
    """What is wrong with a derived indicator beside the one it is of: key and rule."""
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
    for breakdown in indicator.breakdowns:
        needed = [frozenset(breakdown)]
        if not indicator.derived.reference[0]:  # everyone of the same `within`
            needed.append(frozenset(indicator.derived.within))
        for set_ in needed:
            if set_ not in declared:
                called = ", ".join(sorted(set_))
                yield "breakdowns", f"{base.id} is not broken down by {called}; add it there"


def taken_over(indicator: Indicator, base: Indicator) -> Indicator:
    """A derived indicator with what it takes over from the one it is of."""
    wanted = {frozenset(set_) for set_ in indicator.breakdowns}
    update = {name: getattr(base, name) for name in INHERITED}
    update["fallbacks"] = tuple(
        fallback for fallback in base.fallbacks if frozenset(fallback.breakdown) in wanted
    )
    return indicator.model_copy(update=update)
