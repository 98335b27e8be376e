"""The strictest of several disclosure profiles, and what a profile asks in words.

A measure linked from several sources is held to the strictest of their profiles, field by field:
the result may be none of them. It then has a name of its own, the names joined with `+`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jsna.model.profiles import Profile

#: Joins the names of profiles that are combined; no single profile's name may hold it.
JOIN: Final = "+"


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
    "fallback_limit": min,
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
    rest = (
        f", and so are groups in which all but {small} children are counted"
        if profile.complements
        else ""
    )
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
