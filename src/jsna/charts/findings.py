"""Titles that say the finding, written by rule from the marks a figure shows.

"Higher" and "lower" stand only where an interval excludes the comparator, and never where there
is no interval: see `charts.judged`. Numbers in titles are written as words and count marks, so no
title prints a measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.charts import judged
from jsna.charts.marks import Mark
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES, THREE_YEARS, years
from jsna.view import kinds, words
from jsna.view.comparison import MATTERS

MOST_WORDS: Final = 15


def shortest(*candidates: str) -> str:
    """The first candidate of no more than `MOST_WORDS` words, else the shortest."""
    for candidate in candidates:
        if len(candidate.split()) <= MOST_WORDS:
            return candidate
    return min(candidates, key=lambda text: len(text.split()))


def titled(shown: Shown, finding: str, *shorter: str) -> str:
    """The indicator's title, a colon and the finding; the finding alone where that is too long."""
    subject = shown.indicator.title
    plain = subject.split(" (")[0]
    options = [f"{name}: {said}" for name in (subject, plain) for said in (finding, *shorter)]
    return shortest(*options, words.upper_first(finding), *map(words.upper_first, shorter))


def nothing_shown(shown: Shown, marks: Sequence[Mark]) -> str | None:
    """What to say where no mark has a number."""
    if any(mark.shown for mark in marks):
        return None
    if any(mark.hidden for mark in marks):
        return titled(shown, "figures are hidden to protect confidentiality", "figures hidden")
    return titled(shown, "no figures are available")


def places(shown: Shown, marks: Sequence[Mark], reference: Mark, *, named: bool = False) -> str:
    """Localities against a comparator, by 99.8% limits; `named` says which rather than how many."""
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    than = reference.label
    found = [(mark, judged.against(mark, reference.value, far=True)) for mark in marks]
    known = [sign for _, sign in found if sign is not None]
    one = shown.place
    if not known:
        return titled(shown, f"{shown.places} of {shown.home_name}", f"by {one}")
    higher = [mark.label for mark, sign in found if sign == 1]
    lower = [mark.label for mark, sign in found if sign == -1]
    if not higher and not lower:
        none = f"no {one}{_among(marks)}"
        return titled(shown, f"{none} differs clearly from {than}", f"{none} stands out")
    if len(higher) == len(marks) or len(lower) == len(marks):
        word = "higher" if higher else "lower"
        return titled(shown, f"every {one} is {word} than {than}")
    side, word = (higher, "higher") if higher else (lower, "lower")
    options = []
    if named or (len(side) <= 2 and not (higher and lower)):
        verb = "is" if len(side) == 1 else "are"
        options.append(f"{words.join(side)} {verb} {word} than {than}")
    if higher and lower:
        more = f"{words.small(len(lower))} {'is' if len(lower) == 1 else 'are'} lower"
        options.append(f"{_counted(higher, 'higher', than, shown)}, {more}")
    options.append(_counted(side, word, than, shown))
    if named and len(options[0].split()) <= MOST_WORDS:
        return titled(shown, options[0])
    return titled(shown, *options)


def _counted(names: Sequence[str], word: str, than: str, shown: Shown) -> str:
    if not names:
        return ""
    many = len(names) > 1
    kind = shown.places if many else shown.place
    return f"{words.small(len(names))} {kind} {'are' if many else 'is'} {word} than {than}"


def peers(shown: Shown, home: Mark, neighbours: Sequence[Mark], country: Mark) -> str:
    """The home area against the country, and by 99.8% limits against its many neighbours."""
    if (said := nothing_shown(shown, [home])) is not None:
        return said
    signs = [judged.against(home, mark.value, far=True) for mark in neighbours if mark.shown]
    nation = judged.against(home, country.value)
    higher, lower, of = signs.count(1), signs.count(-1), words.small(len(signs))
    if nation is None and not higher and not lower:
        return titled(shown, f"{home.label} among similar areas", "similar areas compared")
    word = {1: "higher than", -1: "lower than", 0: "similar to"}.get(nation or 0, "")
    start = "" if nation is None else f"{home.label} is {word} {country.label}"
    count, side = (higher, "higher") if higher >= lower else (lower, "lower")
    if not count:
        return titled(shown, start or f"{home.label} is close to similar areas")
    rests = [f"{words.small(count)} of {of} similar areas", f"{words.small(count)} similar areas"]
    if not start:
        return titled(shown, *(f"{home.label} is {side} than {rest}" for rest in rests))
    same = (nation == 1 and side == "higher") or (nation == -1 and side == "lower")
    link = " and" if same else f", and {side} than"
    return titled(shown, *(f"{start}{link} {rest}" for rest in rests), start)


def gradient(shown: Shown, marks: Sequence[Mark], step: str, steps: int) -> str:
    """The most deprived group against the least deprived.

    Args:
        step: what a group is called: tenth, fifth.
        steps: how many groups there are in the country; an area may lack some.
    """
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    sign = judged.slope(marks)
    if sign is None:
        return titled(shown, f"by deprivation {step}")
    if sign == 0:
        return titled(
            shown,
            f"no clear difference between most and least deprived {step}s",
            "no clear difference by deprivation",
        )
    word = "higher" if sign == 1 else "lower"
    if len(marks) < steps:
        return titled(shown, f"{word} in its most deprived areas than its least")
    return titled(
        shown,
        f"{word} in the most deprived {step} than in the least deprived",
        f"{word} in the most deprived {step} than the least",
        f"{word} where deprivation is greatest",
    )


def categories(shown: Shown, dimension: str, marks: Sequence[Mark]) -> str:
    """Categories of one dimension: the largest group, or who is higher than whom."""
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    # What is in doubt is neither the highest nor the lowest of anything.
    told = [m for m in marks if m.shown and not m.doubted]
    ranked = sorted(told, key=lambda m: (-m.value, m.code))
    called = words.dimension_words(dimension, shown.config)
    among = _among(marks)
    if len(ranked) < 2:
        few = "too few figures can be shown to compare"
        return titled(shown, *([few] if among else []), f"by {called}")
    if shown.indicator.kind.categories_are_parts:
        return _largest(shown, dimension, ranked, among)
    top, bottom = ranked[0], ranked[-1]
    name, least = _named(shown, dimension, top), _named(shown, dimension, bottom)
    if judged.apart(top, ranked[1]) == 1 and len(ranked) > 2:
        short = [f"highest shown for {name}"] if among else []
        return titled(shown, f"highest{among} for {name}", *short)
    beside = " among those shown" if among else ""
    if judged.apart(top, bottom) == 1:
        clear = f"clear differences by {called}{beside}"
        clear = f"higher{among} for {name}" if len(ranked) == 2 else clear
        return titled(shown, f"higher for {name} than for {least}", clear)
    if any(not mark.has_limits and not mark.exact for mark in ranked):
        return titled(shown, f"by {called}")
    # The highest and the lowest may be too uncertain to differ where others do.
    if any(judged.apart(one, other) for one in ranked for other in ranked):
        return titled(shown, f"clear differences by {called}{beside}")
    return titled(shown, f"no clear difference by {called}{beside}")


def _differences(shown: Shown, marks: Sequence[Mark]) -> str:
    """Whether any of some differences is large and clear; one may be large and not clear."""
    large = [mark for mark in marks if mark.shown and abs(mark.value) >= MATTERS]
    among = _among(marks)
    if any(judged.against(mark, 0.0) for mark in large):
        some = f"some differences{among} are large enough to matter"
        return titled(shown, some, f"some{among} large enough to matter")
    if large:
        none = f"no difference{among} large enough to matter is clear"
        return titled(shown, none, f"none{among} both large and clear")
    none = f"no differences{among} are large enough to matter"
    return titled(shown, none, f"none{among} large enough to matter")


def _among(marks: Sequence[Mark]) -> str:
    """What a rank is qualified by where a figure is hidden, which may be larger than any shown."""
    return " of those shown" if any(mark.hidden for mark in marks) else ""


def _largest(shown: Shown, dimension: str, ranked: Sequence[Mark], among: str) -> str:
    """The largest group, or the few that cannot be told apart from it."""
    called = words.dimension_words(dimension, shown.config)
    # Counts of people vary by chance about as much as their square root; of places, not at all.
    chance = (
        shown.indicator.kind.chance == "square_root" and shown.indicator.population_base != "areas"
    )
    signs = [
        judged.by_root(mark, ranked[0]) if chance else judged.apart(ranked[0], mark)
        for mark in ranked[1:]
    ]
    if None in signs:
        return titled(shown, f"by {called}")
    first = [ranked[0], *(mark for mark, sign in zip(ranked[1:], signs, strict=True) if not sign)]
    names = [_named(shown, dimension, mark) for mark in first]
    if len(names) == 1:
        leads = _leads(shown, dimension, names[0])
        return titled(shown, *(f"{said}{among}" for said in leads))
    if len(names) < min(4, len(ranked)):
        said = f"the largest groups{among} are {words.join(names)}"
        return titled(shown, said, f"by {called}")
    return titled(shown, f"no {called}{among} stands out")


def _leads(shown: Shown, dimension: str, name: str) -> tuple[str, ...]:
    """That a group is the largest, as is said of its kind."""
    declared = shown.config.dimension(dimension)
    if declared.kind and declared.labels == "sentences":
        return (f"the most common {declared.kind} is “{name}”",)
    if declared.order == "deprivation":
        return (f"more in {name} than in any other",)
    if declared.kind:
        return f"{name} is the most common {declared.kind}", f"{name} is most common"
    verb = "are" if declared.order == "age" else "is"
    if dimension in PLACES:
        return (f"{name} is the {shown.place} with most",)
    return (f"{name} {verb} the largest group",)


def ratios(shown: Shown, marks: Sequence[Mark], reference: str) -> str:
    """Which groups have clearly more, and which less, than what they are set beside.

    Args:
        reference: what that is: "pupils without SEN", "all".
    """
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    signs = [(mark, judged.against(mark, 1.0)) for mark in marks]
    if all(sign is None for _, sign in signs):
        return titled(shown, f"compared with {reference}")
    parts = [
        (word, [mark for mark, sign in signs if sign == side])
        for word, side in (("higher", 1), ("lower", -1))
    ]
    told = [(word, some) for word, some in parts if some]
    among = _among(marks)
    if not told:
        return titled(shown, f"no clear difference from {reference}{among}", "no clear difference")
    (dimension,) = shown.indicator.derived.by(shown.by) if shown.indicator.derived else ("",)
    called = [words.join([_named(shown, dimension, mark) for mark in some]) for _, some in told]
    named = [f"{told[at][0]}{among} for {name}" for at, name in enumerate(called)]
    count = len(told[0][1])
    many = f"{words.small(count)} group{'s' * (count > 1)}"
    if count == len(marks) > 1:
        many = "both groups" if count == 2 else "every group"
    return titled(
        shown,
        ", and ".join(named),
        named[0],
        f"{told[0][0]} for {many}{among}",
    )


def trend(shown: Shown, home: Sequence[tuple[str, Mark]], country: Mark) -> str:
    """How the home area changed from its first period to its last, and where it stands now.

    Args:
        home: (period label, mark) in time order.
        country: the country's mark of the home area's last period.
    """
    if (said := nothing_shown(shown, [mark for _, mark in home])) is not None:
        return said
    told = [(period, mark) for period, mark in home if mark.shown]
    last, name = told[-1][1], shown.home_name
    # Local and official figures count differently: only like is compared with like.
    alike = [(period, mark) for period, mark in told if mark.local == last.local]
    until = ""
    if len(alike) < 2 <= len(told) - len(alike):
        alike = [(period, mark) for period, mark in told if mark.local != last.local]
        until = alike[-1][0]
    alike = judged.since_a_break(alike)
    sure = [(period, mark) for period, mark in alike if mark.has_limits or mark.exact]
    if shown.period_type == THREE_YEARS:
        # Years that two periods share would make them look alike.
        alike = [(p, mark) for p, mark in alike if p == alike[-1][0] or _apart(p, alike[-1][0])]
        sure = [(p, mark) for p, mark in sure if (p, mark) in alike]
    (since, first), (_, latest) = (sure or alike)[0], alike[-1]
    change = judged.moved(first, latest, shown) if len(alike) > 1 else None
    nation = judged.against(last, country.value)
    if change is None and nation is None:
        who = f"{name} and {country.label}" if country.shown else name
        return titled(shown, f"{who}, {since} to {told[-1][0]}" if len(told) > 1 else who)
    where = {1: "higher than", -1: "lower than", 0: "similar to"}
    stands = "" if nation is None else f"{where[nation]} {country.label}"
    if change is None:
        return titled(shown, f"{name} is {stands}")
    moved = {1: "up", -1: "down", 0: "no clear change"}[change]
    span = f"from {since} to {until}" if until else f"since {since}"
    if shown.period_type == THREE_YEARS:
        span = f"from {since.split(' ')[0]} to {alike[-1][0].split(' ')[-1]}"
    said, short = f"{moved} in {name} {span}", f"{moved} {span}"
    if not stands:
        return titled(shown, said, short)
    return titled(shown, f"{said}, and {stands}", f"{short}, and {stands}", said, short)


def _apart(one: str, other: str) -> bool:
    """Whether two periods of several years share none."""
    return set(years(one, THREE_YEARS)).isdisjoint(years(other, THREE_YEARS))


def _named(shown: Shown, dimension: str, mark: Mark) -> str:
    """A category inside a sentence: "ages 5 to 10", "moderate learning difficulty"."""
    return words.title_label(dimension, mark.code, mark.label, shown.config)


def table(shown: Shown, columns: Sequence[Sequence[Mark]], across: str) -> str:
    """A two-way table: which category leads in most columns.

    Args:
        columns: for each column the marks of its categories.
        across: the dimension whose categories the columns are.
    """
    count = len(columns)
    every = [mark for column in columns for mark in column]
    if (said := nothing_shown(shown, every)) is not None:
        return said
    if shown.indicator.kind.no_difference == 0:
        return _differences(shown, every)
    leads: dict[str, int] = {}
    for column in columns:
        ranked = sorted((m for m in column if m.shown), key=lambda m: (-m.value, m.code))
        if len(ranked) > 1 and judged.apart(ranked[0], ranked[1]) == 1:
            leads[ranked[0].label] = leads.get(ranked[0].label, 0) + 1
    label, led = min(leads.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    if led * 2 < count:
        return titled(shown, f"by {words.dimension_words(across, shown.config)}")
    name, declared = words.lower_first(label), shown.config.dimension(across)
    where = f"every {declared.one}"
    if led != count:
        where = f"{words.small(led)} of {words.small(count)} {declared.many}"
    top = kinds.said(shown.indicator).most
    if _among(every):
        return titled(
            shown,
            f"{name} is clearly {top} of those shown in {where}",
            f"{name}: clearly the {top} shown in {where}",
        )
    return titled(shown, f"{name} is clearly {top} in {where}")
