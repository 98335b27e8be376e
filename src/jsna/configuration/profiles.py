"""Disclosure profiles: how small numbers of one kind of source are protected, and the strictest.

A measure linked from several sources is held to the strictest of their profiles, field by field:
the result may be none of them. It then has a name of its own, the names joined with `+`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from jsna.configuration.base import Name, Strict, Words

#: Joins the names of profiles that are combined; no single profile's name may hold it.
JOIN: Final = "+"
#: The rule of thumb of output checking in the United Kingdom's secure data services, and the least
#: number of events England's public health profiles standardise a rate from.
CONTRIBUTORS: Final = 10
#: Per cent of the p % rule.
DOMINANCE: Final = 10.0
LADDER: Final = 0.25

Method = Literal["nearest", "controlled"]


def _width(threshold: int, zeros_shown: bool) -> float:
    return float(max(threshold - 1 - zeros_shown, 0))


def _spare(made: dict[str, Any]) -> float:
    width = _width(made.get("threshold", 0), made.get("zeros_shown", False))
    return min(width, max(width - 2.0, 1.0))


def _people(made: dict[str, Any]) -> int:
    threshold: int = made.get("threshold", 0)
    return max(CONTRIBUTORS, threshold) if threshold else 0


class Profile(Strict):
    """A disclosure profile: how small numbers of one kind of source are protected.

    Attributes:
        profile: its name; in a combined one, the names joined with `+`.
        rule: what is done, in the words the report prints.
        source: where the rule comes from.
        threshold: counts from 1 to `threshold - 1` are primary cells; 0 means none are.
        zeros_shown: zeros are never hidden. Everyone then knows that a hidden count is at least 1,
            so the interval left to an attacker reaches from 1; else zeros may be hidden for the
            sake of others, and it reaches from 0, to `threshold - 1`.
        complements: those not counted (denominator less numerator) are protected alike.
        secondary: further cells are hidden so that no primary can be worked out.
        contributor_width: width of the interval left to every primary when the family of a child
            in another cell subtracts its own one. Without it, 2 less than everyone else is left
            with: knowing one cell to be larger by 1 can move either end of an interval by 1.
        rounding: counts that are shown are multiples of this; 1 means not rounded.
        rounding_method: each count to the nearest, or `controlled`: totals still add up, and a
            count may move to either multiple beside it.
        protects: with rounding alone, counts from 1 to `protects - 1` must stay uncertain by at
            least `rounding - 1`; 0 where the threshold does that.
        minimum_contributors: means, medians, percentiles, standardised rates, slopes and sums of
            money are hidden where fewer children stand behind them.
        dominance: p of the p % rule: a sum of money is hidden where the second largest
            contributor could work the largest out to within p % of it; 0 means no such rule.
        ladder_limit: share of hidden rows above which a coarser breakdown is tried.
    """

    profile: str
    title: Words
    rule: Words
    source: str = ""
    threshold: int = Field(ge=0)
    zeros_shown: bool = False
    complements: bool = True
    secondary: bool = True
    contributor_width: float = Field(default_factory=_spare, ge=0)
    rounding: int = Field(default=1, ge=1)
    rounding_method: Method = "nearest"
    protects: int = Field(default=0, ge=0)
    minimum_contributors: int = Field(default_factory=_people, ge=0)
    dominance: float = Field(
        default_factory=lambda made: DOMINANCE if made.get("threshold") else 0.0, ge=0, le=100
    )
    ladder_limit: float = Field(
        default_factory=lambda made: LADDER if made.get("threshold") else 1.0, ge=0, le=1
    )

    @property
    def lowest(self) -> int:
        """The least a hidden count can be, as everyone knows."""
        return 1 if self.zeros_shown else 0

    @property
    def width(self) -> float:
        """Width of the interval that must be left to a primary: from `lowest` to the threshold."""
        return _width(self.threshold, self.zeros_shown)

    @property
    def protective(self) -> bool:
        """Whether anything is done at all; official statistics pass as they are."""
        return self.threshold > 0 or self.rounding > 1 or self.minimum_contributors > 0

    @property
    def rounds_only(self) -> bool:
        """Whether nothing is hidden for being small, and rounding alone protects."""
        return self.threshold == 0 and self.rounding > 1

    @model_validator(mode="after")
    def _fits(self) -> Profile:
        wrong = list(_faults(self))
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


class ProfileFile(Profile):
    """A profile as a file gives it: one, with a name that no combination can have."""

    profile: Name


def _faults(given: Profile) -> Iterator[str]:
    """Every way in which the fields contradict each other."""
    t, base = given.threshold, given.rounding
    if t == 1:
        yield "`threshold: 1` hides nothing; write 0, or 2 to hide counts of 1"
    if t == 2 and given.zeros_shown:
        yield (
            "with `zeros_shown` a hidden count below a `threshold` of 2 could only be 1; take a "
            "threshold of 3 or more, or let zeros be hidden"
        )
    if t > 1 and not given.secondary and base == 1:
        yield (
            "a `threshold` with neither `secondary` nor `rounding` lets hidden counts be worked "
            "out from totals"
        )
    if base == 1 and given.rounding_method == "controlled":
        yield "`rounding_method: controlled` needs a `rounding` above 1"
    if given.contributor_width > given.width:
        yield (
            f"`contributor_width` may be at most {given.width:g}, the width everyone else is left "
            "with"
        )
    if t > 1 and given.minimum_contributors < t:
        yield f"`minimum_contributors` is at least the `threshold`, {t}"
    yield from _rounding_faults(given)


def _rounding_faults(given: Profile) -> Iterator[str]:
    t, base = given.threshold, given.rounding
    if given.rounds_only and not given.protects:
        yield (
            "a profile that only rounds says with `protects` what rounding is to protect: counts "
            "from 1 to one less"
        )
    if not given.protects:
        return
    if given.protects <= t:
        yield "counts below the `threshold` are hidden; `protects` must be above it, or left out"
    if given.protects > base:
        yield f"rounding to {base} cannot protect counts above {base - 1}; lower `protects`"
    if given.rounding_method == "nearest":
        yield (
            "`protects` needs `rounding_method: controlled`: rounded to the nearest multiple, a 0 "
            "says that the count is at most half of it"
        )


def strictest(names: Iterable[str], profiles: Mapping[str, Profile]) -> Profile:
    """The profile that asks at least as much as each of some, in every field.

    Args:
        names: names of profiles, combined ones among them.
        profiles: single profiles by name.

    Returns:
        One of them where it asks most in every field; else one made of those it takes, named by
        their names in order, joined with `+`.

    Raises:
        KeyError: there is no profile of a name, or no name is given.
    """
    single = sorted({part for name in names for part in name.split(JOIN)})
    chosen = [profiles[name] for name in single]
    if not chosen:
        raise KeyError("no disclosure profile is named")
    wanted = _combined(chosen)
    for one in chosen:
        if _asked(one) == wanted:
            return one
    for one in list(chosen):
        rest = [other for other in chosen if other is not one]
        if _combined(rest) == wanted:
            chosen = rest
    titles = [one.title[:1].lower() + one.title[1:] for one in chosen]
    made = Profile(
        profile=JOIN.join(one.profile for one in chosen),
        title=f"Figures that link {' with '.join(titles)}",
        rule="-",
        source="The strictest of the profiles it combines.",
        **wanted,
    )
    return made.model_copy(update={"rule": f"The strictest of their rules holds. {in_words(made)}"})


#: Field -> which of several values asks most.
_STRICTER: Final[Mapping[str, Any]] = {
    "threshold": max,
    "zeros_shown": all,
    "complements": any,
    "secondary": any,
    "contributor_width": max,
    "rounding": max,
    "rounding_method": lambda given: "controlled" if "controlled" in given else "nearest",
    "protects": max,
    "minimum_contributors": max,
    "dominance": max,
    "ladder_limit": min,
}


def _asked(profile: Profile) -> dict[str, Any]:
    return {field: getattr(profile, field) for field in _STRICTER}


def _combined(chosen: Iterable[Profile]) -> dict[str, Any]:
    each = [_asked(profile) for profile in chosen]
    made = {field: pick([one[field] for one in each]) for field, pick in _STRICTER.items()}
    if made["protects"] <= made["threshold"]:
        made["protects"] = 0
    return made


def in_words(profile: Profile) -> str:
    """What a profile asks, in plain sentences made from its fields."""
    said = list(_hiding(profile))
    base = profile.rounding
    if base > 1:
        how = (
            f"to a multiple of {base} in such a way that totals still add up"
            if profile.rounding_method == "controlled"
            else f"to the nearest {base}"
        )
        which = "Other counts" if profile.threshold else "Counts"
        said.append(
            f"{which} are rounded {how}, and percentages and rates are calculated from the "
            "rounded counts."
        )
    if profile.minimum_contributors:
        said.append(
            "Averages, standardised rates and slopes are shown where at least "
            f"{profile.minimum_contributors} children stand behind them."
        )
    if profile.dominance:
        said.append(
            "A sum of money is hidden where one part of it could be worked out to within "
            f"{profile.dominance:g}% by whoever knows another."
        )
    return " ".join(said) or "Figures are shown as they are."


def _hiding(profile: Profile) -> Iterator[str]:
    if profile.threshold == 0:
        return
    most = profile.threshold - 1
    small = f"1 to {most}" if most > 1 else "1"
    rest = f", and so are complements of {small}" if profile.complements else ""
    yield (
        f"Counts of {small} are hidden, with every percentage, rate and interval built on "
        f"them{rest}."
    )
    if profile.secondary:
        yield "Further figures are hidden so that none of these can be worked out from totals."
    if profile.zeros_shown:
        yield "Zeros are shown."
    else:
        yield "Zeros are shown unless hiding one protects another figure."
