"""Titles that say the finding, written by rule from what a figure shows.

Every verdict is the one of the sentences: of `view.comparison`, `view.groups`, `view.series`,
`view.gradients` and `view.neighbours`. Numbers in titles are written as words and count marks, so
no title prints a measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.charts.marks import Mark, rows_of
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES
from jsna.view import comparison, gradients, kinds, words
from jsna.view.comparison import MATTERS
from jsna.view.groups import Groups
from jsna.view.neighbours import standing
from jsna.view.rows import Row

MOST_WORDS: Final = 15
#: What is said of figures published without counts, by which no difference can be judged.
PUBLISHED: Final = "published as"
#: Most places that a title names as the highest.
_NAMED: Final = 2


def shortest(*candidates: str) -> str:
    """The first candidate of no more than `MOST_WORDS` words, else the shortest."""
    for candidate in candidates:
        if len(candidate.split()) <= MOST_WORDS:
            return candidate
    return min(candidates, key=lambda text: len(text.split()))


def titled(shown: Shown, finding: str, *shorter: str) -> str:
    """The indicator's title, a colon and the finding; the finding alone where that is too long.

    Too long a title gives way to the shorter one that is declared for it.
    """
    subject = shown.indicator.title
    names = filter(None, (subject, subject.split(" (")[0], shown.indicator.short))
    options = [f"{name}: {said}" for name in names for said in (finding, *shorter)]
    return shortest(*options, words.upper_first(finding), *map(words.upper_first, shorter))


def nothing_shown(shown: Shown, marks: Sequence[Mark]) -> str | None:
    """What to say where no mark has a number."""
    if any(mark.shown for mark in marks):
        return None
    if any(mark.hidden for mark in marks):
        return titled(shown, "figures are hidden to protect confidentiality", "figures hidden")
    return titled(shown, "no figures are available")


def _most(shown: Shown, marks: Sequence[Mark]) -> str:
    """Where there is most of what is no sample: no chance is to be allowed for."""
    rows = [(mark.label, mark.row.value) for mark in marks if mark.shown and mark.row]
    top = [label for label, value in rows if value == max(value for _, value in rows)]
    if len(top) == len(marks):
        return titled(shown, f"alike in every {shown.place}")
    if len(top) > _NAMED:
        return titled(shown, f"highest in {words.small(len(top))} {shown.places}")
    return titled(shown, f"highest in {words.join(top)}")


def places(shown: Shown, marks: Sequence[Mark], reference: Mark, *, named: bool = False) -> str:
    """Localities against what they are a part of; `named` says which rather than how many."""
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    if shown.indicator.population_base == "areas":
        return _most(shown, marks)
    than = reference.label
    verdicts = comparison.places(rows_of(marks), reference.row) if reference.row else []
    one = shown.place
    if all(verdict == "unknown" for verdict in verdicts):
        plain = published(marks, [mark.label for mark in marks])
        bare = [f"{shown.places} of {shown.home_name}", f"by {one}"]
        return titled(shown, *([plain] if plain else bare))
    found = list(zip(marks, verdicts, strict=True))
    higher = [mark.label for mark, verdict in found if verdict == "higher"]
    lower = [mark.label for mark, verdict in found if verdict == "lower"]
    if not higher and not lower:
        none = f"no {one}{_among(marks)}"
        return titled(shown, f"{none} differs clearly from {than}", f"{none} stands out")
    if len(higher) == len(marks) or len(lower) == len(marks):
        word = "higher" if higher else "lower"
        return titled(shown, f"every {one} is clearly {word} than {than}")
    side, word = (higher, "higher") if higher else (lower, "lower")
    options = []
    if named or (len(side) <= 2 and not (higher and lower)):
        verb = "is" if len(side) == 1 else "are"
        options.append(f"{words.join(side)} {verb} clearly {word} than {than}")
    if higher and lower:
        more = f"{words.small(len(lower))} lower"
        options.append(f"{_counted(higher, 'higher', than, shown)}, {more}")
    options.append(_counted(side, word, than, shown))
    if named and len(options[0].split()) <= MOST_WORDS:
        return titled(shown, options[0])
    return titled(shown, *options)


def published(marks: Sequence[Mark], names: Sequence[str]) -> str:
    """Of figures published without counts, of which no judge has a word: the highest as printed.

    Nothing of figures counted here, of those in doubt, and where many are the highest.

    Args:
        names: of the marks, as titles say them.
    """
    shown = [(mark, name) for mark, name in zip(marks, names, strict=True) if mark.shown]
    rows = rows_of([mark for mark, _ in shown])
    if len(shown) < 2 or any(row.local or row.doubted for row in rows):
        return ""
    if len({row.segment for row in rows}) > 1:
        return ""
    top = [name for mark, name in shown if mark.rounded == max(m.rounded for m, _ in shown)]
    if len(top) > _NAMED:
        return ""
    return f"{PUBLISHED} highest{_among(marks)} for {words.join(top)}"


def _counted(names: Sequence[str], word: str, than: str, shown: Shown) -> str:
    if not names:
        return ""
    many = len(names) > 1
    kind = shown.places if many else shown.place
    return f"{words.small(len(names))} {kind} {'are' if many else 'is'} clearly {word} than {than}"


def peers(shown: Shown, home: Mark, neighbours: Sequence[Mark], country: Mark) -> str:
    """The home area against the country, and its place among its neighbours."""
    if (said := nothing_shown(shown, [home])) is not None:
        return said
    assert home.row is not None
    nation = stands(home, country)
    among = standing(home.row, rows_of(neighbours))
    start = f"{home.label} is {nation}" if nation else ""
    if among is None:
        return titled(shown, start or home.label)
    place = f"{among.in_words} of {words.small(among.of)} similar areas"
    if among.verdict in ("higher", "lower"):
        unlike = f"{among.verdict} than similar areas"
        if not start:
            return titled(shown, f"{home.label} is {unlike}, {place}", f"{home.label} is {unlike}")
        return titled(shown, f"{start}, and {unlike}", start)
    if not start:
        return titled(shown, f"{home.label} is {place}", place)
    if nation.startswith(PUBLISHED):  # the rank needs no judge
        return titled(shown, f"{start}, and {place}", f"{home.label} is {place}", start)
    return titled(
        shown, f"{start}, and {place}", f"{start}, {among.in_words} of similar areas", start
    )


def stands(home: Mark, country: Mark) -> str:
    """`higher than England`, `published as higher than England` of figures without counts.

    Nothing where that cannot be told.
    """
    if home.row is None or country.row is None:
        return ""
    where = {"higher": "higher than", "lower": "lower than", "similar": "similar to"}
    verdict = comparison.against(home.row, country.row)
    if verdict in where:
        return f"{where[verdict]} {country.label}"
    told = comparison.untested(home.row, country.row)
    if told is None or home.row.unit == "count":
        return ""
    if told == "similar" or home.rounded == country.rounded:
        return f"{PUBLISHED} equal to {country.label}"
    return f"{PUBLISHED} {told} than {country.label}"


def gradient(
    shown: Shown, marks: Sequence[Mark], found: gradients.Gradient | None, step: str, steps: int
) -> str:
    """How figures go with deprivation.

    Args:
        found: the gradient of the marks.
        step: what a group is called: tenth, fifth.
        steps: how many groups there are in the country; an area may lack some.
    """
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    ends = bool(marks) and marks[0].shown and marks[-1].shown
    if found is None or found.verdict == "unknown" or not ends:
        return titled(shown, f"by deprivation {step}")
    if found.verdict == "similar":
        return titled(shown, "no clear gradient by deprivation")
    word = found.verdict
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
    found = Groups(rows_of(marks), shown.indicator)
    named = {mark.key: mark for mark in marks}
    called = words.dimension_words(dimension, shown.config)
    among = " of those shown" if found.hidden else ""
    if len(found.shown) < 2:
        few = "too few figures can be shown to compare"
        return titled(shown, *([few] if among else []), f"by {called}")

    def name(row: Row) -> str:
        return _named(shown, dimension, named[row.key])

    if shown.indicator.kind.chance == "none":  # no judge has a word on it
        return titled(shown, f"by {called}")
    if shown.indicator.kind.parts == dimension:
        return _parts(shown, dimension, marks)
    if shown.indicator.kind.categories_are_parts:
        leading = [name(row) for row in found.leaders]
        return _largest(shown, dimension, found, leading, marks)
    if found.unknown:
        return titled(shown, _plain(shown, dimension, marks) or f"by {called}")
    pair, beside = found.furthest, " among those shown" if among else ""
    if pair is None:
        return titled(shown, f"no clear difference by {called}{beside}")
    if len(found.leaders) == 1 and len(found.shown) > 2:
        short = [f"highest shown for {name(found.shown[0])}"] if among else []
        return titled(shown, f"highest{among} for {name(found.shown[0])}", *short)
    # The highest and the lowest may be too uncertain to differ where others do.
    clear = f"clear differences by {called}{beside}"
    if pair != (found.shown[0], found.shown[-1]):
        return titled(shown, clear)
    other = f"higher{among} for {name(pair[0])}" if len(found.shown) == 2 else clear
    return titled(shown, f"higher for {name(pair[0])} than for {name(pair[1])}", other)


def _plain(shown: Shown, dimension: str, marks: Sequence[Mark]) -> str:
    """What is said of categories without a judge; nothing of those counted here."""
    return published(marks, [_named(shown, dimension, mark) for mark in marks])


def _differences(shown: Shown, marks: Sequence[Mark]) -> str:
    """Whether any of some differences is large and clear; one may be large and not clear."""
    large = [mark for mark in marks if mark.shown and abs(mark.value) >= MATTERS]
    among = _among(marks)
    clear = comparison.from_none(rows_of(marks), 0.0)
    sure = {
        row.key for row, v in zip(rows_of(marks), clear, strict=True) if v in ("higher", "lower")
    }
    if any(mark.key in sure for mark in large):
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


def _parts(shown: Shown, dimension: str, marks: Sequence[Mark]) -> str:
    """Which parts of a change are clearly a rise, and which a fall."""
    verdicts = comparison.from_none(rows_of(marks), 0.0)
    told = []
    for wanted, turn in (("higher", "a rise"), ("lower", "a fall")):
        mine = [
            _named(shown, dimension, mark)
            for mark, verdict in zip(marks, verdicts, strict=True)
            if verdict == wanted
        ]
        told += [f"{turn} from {words.join(mine)}"] if mine else []
    return titled(shown, words.join(told) or "no part of it is clear")


def _largest(
    shown: Shown, dimension: str, found: Groups, names: Sequence[str], marks: Sequence[Mark]
) -> str:
    """The largest group, or the few that cannot be told apart from it."""
    called = words.dimension_words(dimension, shown.config)
    among = " of those shown" if found.hidden else ""
    if not names:
        return titled(shown, _plain(shown, dimension, marks) or f"by {called}")
    if len(names) == 1:
        leads = _leads(shown, dimension, names[0])
        return titled(shown, *(f"{said}{among}" for said in leads))
    if len(names) < min(4, len(found.shown)):
        said = f"the largest groups{among} are {words.join(names)}"
        many = f"{words.small(len(names))}{among} are most common, not clearly apart"
        return titled(shown, said, many)
    return titled(shown, f"no {called}{among} stands out", f"none{among} stands out")


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
    return f"{name} {verb} the largest group", f"{name} {verb} largest"


def ratios(shown: Shown, marks: Sequence[Mark], reference: str) -> str:
    """Which groups have clearly more, and which less, than what they are set beside.

    Args:
        reference: what that is: "pupils without SEN", "all".
    """
    if (said := nothing_shown(shown, marks)) is not None:
        return said
    verdicts = comparison.from_none(rows_of(marks), 1.0)
    if all(verdict == "unknown" for verdict in verdicts):
        return titled(shown, f"compared with {reference}")
    parts = [
        (word, [mark for mark, verdict in zip(marks, verdicts, strict=True) if verdict == word])
        for word in ("higher", "lower")
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
    if shown.indicator.kind.matters is not None:
        return _differences(shown, every)
    leads: dict[str, int] = {}
    for column in columns:
        found = Groups(rows_of(column), shown.indicator, every=True)
        if len(found.shown) > 1 and len(found.leaders) == 1:
            label = next(mark.label for mark in column if mark.row is found.shown[0])
            leads[label] = leads.get(label, 0) + 1
    label, led = min(leads.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    if led * 2 < count:
        (down,) = (name for name in shown.by if name != across)
        return titled(
            shown,
            f"no {words.dimension_words(down, shown.config)} is clearly "
            f"{kinds.said(shown.indicator).most}{_among(every)} in most "
            f"{shown.config.dimension(across).many}",
            f"none{_among(every)} clearly leads in most {shown.config.dimension(across).many}",
        )
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
    everywhere = (f"{name} is clearly {top}",) * (led == count)
    return titled(shown, f"{name} is clearly {top} in {where}", *everywhere)
