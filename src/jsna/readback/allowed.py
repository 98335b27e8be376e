"""Every number that is not a measure: a short list of types, each with its pattern and its places.

What no type claims is a problem. A pattern says what must stand around a number, so that a number
alone is allowed nowhere but where its place says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from jsna.readback import own_words
from jsna.readback.blocks import HOLE, NUMBER, Block
from jsna.readback.page import AXIS, GROUP, MARKER, TIME
from jsna.readback.vocabulary import MONTHS, Vocabulary

_MONTH: Final = f"(?:{'|'.join(MONTHS)})"
_PERIOD: Final = r"(?P<period>\d{4}(?:/\d\d)?)"
_WHEN: Final = rf"(?:January |[Mm]id-)?{_PERIOD}"
#: What may follow a period in a sentence: never what is counted.
_AFTER: Final = r"(?=[.,;:)]|$| \(| (?:school|financial) year\b| (?:to|was|is)\b| and in \d{4})"
_GROUP: Final = r"(?P<group>\d{1,2})(?: \((?:most|least) deprived\))?"
#: Places of fixed words around figures and tables.
_HEADS: Final = frozenset({"caption", "title", "p.figure-subtitle", "p.figure-title", "string"})
_LABELS: Final = frozenset({"th", "text", "string", "label"})
#: Places a period stands in alone.
_ALONE: Final = frozenset({"th", "listing", "label", "string"})
_NUMBERED: Final = frozenset({"h2", "h3", "h4", "p.topic-name", "nav", "outline", "link"})


#: Places only such numbers stand in.
_MADE: Final = {
    MARKER: "number of an item",
    AXIS: "axis",
    GROUP: "deprivation group",
    TIME: "period",
}


@dataclass(frozen=True, slots=True)
class Type:
    """A type of number: named groups are checked against what the edition knows."""

    name: str
    pattern: re.Pattern[str]
    places: frozenset[str] | None = None


def _type(name: str, pattern: str, places: frozenset[str] | None = None) -> Type:
    return Type(name, re.compile(pattern), places)


TYPES: Final[Sequence[Type]] = (
    _type("section", r"^\d{1,2}(?:\.\d{1,2})?(?= \S)", _NUMBERED),
    _type("figure", r"^Figure \d{1,2}(?:\.\d{1,3})?(?=,|$)", frozenset({"p.figure-number"})),
    _type("source note", r"\bnote \d{1,2}\b", frozenset({"p.source", "link", "outline"})),
    _type("part of a table", r"\(part \d of \d\)", frozenset({"caption"})),
    _type("rows of a table", r"The first \d\d rows are shown", frozenset({"p.source"})),
    _type("date", rf"(?P<date>\b\d{{1,2}} {_MONTH} \d{{4}}\b)"),
    _type("date", r"^(?P<date>\d{4}-\d\d-\d\d)$", frozenset({"@content"})),
    _type("date", rf"\b{_MONTH} (?P<period>\d{{4}})\b"),
    _type("period", rf"^\(?{_WHEN}\)?$", _ALONE),
    _type("period", rf"^\({_WHEN}\)$", frozenset({"text"})),
    # After the figure it is of, as in "from 2.1% (2016) it had risen to 8.4% (2021)".
    _type("period", rf"(?<={HOLE} )\({_WHEN}\)(?= it had |[.;]|$)"),
    _type("period", rf"(?:^|, ){_WHEN}(?=,|$)", frozenset({"listing"})),
    _type("period", rf"(?:^|, ){_WHEN}(?=\.|$)", frozenset({"aside", "key number"})),
    _type("period", rf"(?:^|, |\bfrom |\bsince |\bto |\band |\b(?:than|as) in ){_WHEN}\b", _HEADS),
    _type("period", rf"\bin {_WHEN}(?= (?:than|as) in \d)", _HEADS),
    _type("period", rf"\b(?:[Ii]n|[Ss]ince|[Oo]ver|[Ff]or)(?: the)? {_WHEN}{_AFTER}"),
    _type("period", rf"(?:[,;] |^){_PERIOD}(?=[,;] | \(as at |\.|$)", frozenset({"p.citation"})),
    _type("period", rf"\bJSNA {_PERIOD}$", frozenset({"@data-report", "running head"})),
    _type("deprivation group", rf"^{_GROUP}$", frozenset({"th", "string", "label"})),
    _type("deprivation group", r"^(?P<group>\d{1,2}) \((?:most|least) deprived\)$", _LABELS),
    _type("deprivation group", rf"(?:^|, ){_GROUP}(?=,|$)", frozenset({"label"})),
    _type("deprivation group", rf"[Dd]eprivation (?:tenth|fifth):? {_GROUP}(?=\W|$)"),
    _type("screen", r"^width=device-width, initial-scale=1$", frozenset({"@content"})),
    _type("confidence level", r"\b(?:95|99\.8)%,? (?:confidence )?(?:interval|limit)s?\b"),
    _type("base of a rate", r"\bper (?:100|1,000|10,000)\b"),
    _type("worksheet", r"^\d{1,2}[ab]_(?:over_time|by_group)$", frozenset({"sheet"})),
    _type("table", r"^Table \d{1,2}[ab](?=: )", frozenset({"sheet"})),
    _type("note", r"^note \d{1,4}$", frozenset({"words"})),
    _type("places counted", r"\b(?P<count>\d+) (?:of (?P<of>\d+) )?(?:other |similar )?"
          r"(?:districts?|wards?|areas|neighbours)\b"),
    # The second of two counts of the same places, which are named with the first.
    _type("places counted", r"\b(?:districts?|wards?) (?:is|are) clearly "
          r"(?P<side>higher|lower) than .+, "
          r"(?P<count>\d+) (?!(?P=side))(?:higher|lower)(?=\W|$)"),
    *(_type(name, pattern, frozenset({own_words.PLACE})) for name, pattern in own_words.TYPES),
)  # fmt: skip


class Allowed:
    """Tells the type of every number of a block that is not a measure.

    Args:
        vocabulary: fixed phrases, periods and dates of the edition.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        #: Numbers that groups of deprivation may have, periods there are, and those dimensions.
        self.groups, self.periods = frozenset(vocabulary.groups), frozenset(vocabulary.periods)
        self.graded = vocabulary.graded
        self._known: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._checks: dict[str, Callable[[str], bool]] = {
            "period": vocabulary.periods.__contains__,
            "date": vocabulary.dates.__contains__,
            "group": vocabulary.groups.__contains__,
            "count": self._few,
            "of": self._few,
            "ownday": own_words.real,
        }

    def types(self, block: Block) -> list[tuple[str, str]]:
        """(number, type) of every number in a block's own text; the type is empty for none."""
        place = block.place
        if place in _MADE:
            return [(number, _MADE[place]) for number in NUMBER.findall(block.text)]
        return self.of(block.text, place)

    def of(self, text: str, place: str) -> list[tuple[str, str]]:
        """The same of a text in a place."""
        known = self._known.get((text, place))
        if known is None:
            known = self._known[text, place] = self._types(text, place)
        return known

    def _types(self, text: str, place: str) -> list[tuple[str, str]]:
        numbers = list(NUMBER.finditer(text))
        if not numbers:
            return []
        named: dict[int, str] = {}
        small = text.lower()
        label = place.startswith("text")
        for number in numbers:
            kind = self._words.kind(small, number.start(), number[0], part=label)
            if kind:
                named[number.start()] = kind
        for type_ in TYPES:
            if len(named) == len(numbers):
                break
            if type_.places is not None and place not in type_.places:
                continue
            for found in type_.pattern.finditer(text):
                if self._true(found):
                    inside = range(found.start(), found.end())
                    for number in numbers:
                        if number.start() in inside and number.end() <= found.end():
                            named.setdefault(number.start(), type_.name)
        return [(number[0], named.get(number.start(), "")) for number in numbers]

    def _true(self, found: re.Match[str]) -> bool:
        """Whether the edition knows the period, date or group named."""
        given = found.groupdict()
        checked = (name for name in given if name in self._checks and given[name])
        return all(self._checks[name](given[name]) for name in checked)

    def _few(self, number: str) -> bool:
        """Whether there are so many places; twenty and fewer are written in words."""
        return 20 < int(number) <= self._words.places
