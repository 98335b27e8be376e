"""Disclosure profiles: how small numbers of one kind of source are protected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from jsna.model.base import Name, PrintedWords, Strict

#: The rule of thumb of output checking in the United Kingdom's secure data services, and the least
#: number of events England's public health profiles standardise a rate from.
CONTRIBUTORS: Final = 10
#: Per cent of the p % rule.
DOMINANCE: Final = 10.0
FALLBACK: Final = 0.25

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
        fallback_limit: share of hidden rows above which a coarser breakdown is tried.
    """

    profile: str
    title: PrintedWords
    rule: PrintedWords
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
    fallback_limit: float = Field(
        default_factory=lambda made: FALLBACK if made.get("threshold") else 1.0, ge=0, le=1
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
    """A profile as a file gives it: called after the file, as no combination can be."""

    profile: Name | Literal[""] = ""


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
