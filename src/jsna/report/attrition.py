"""What is stated beside an indicator, in words: what left its count, or is not known of it.

Made of bands alone (`safe/attrition.json`): the words name a share, and never how many.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from jsna import io
from jsna.disclosure.bands import Band, around
from jsna.errors import JsnaError, Problem
from jsna.ingest.attrition import APART, EMPTIED, REPEATS, SET_ASIDE
from jsna.measures.attrition import COUNTED, FILE, KNOWN, UNPLACED, UNSAID
from jsna.model.configuration import Configuration
from jsna.model.contract import Table
from jsna.report.certificate import Certificate
from jsna.report.safe_files import SafeFiles
from jsna.sources import registry
from jsna.view import words

#: Indicator -> what is stated beside it, as the file has it.
Stated = Mapping[str, Sequence[Mapping[str, Any]]]

#: Things of one kind that are told one by one; more are told together.
MOST_TOLD: Final = 3
SOME: Final = "some"
_NUMBERS: Final = {
    1: "one", 2: "two", 5: "five", 10: "ten", 25: "twenty-five", 50: "fifty",
    75: "seventy-five", 90: "ninety", 95: "ninety-five", 98: "ninety-eight", 99: "ninety-nine",
}  # fmt: skip


class Item(NamedTuple):
    """One entry of the file, without the dimension it stands under.

    Attributes:
        how: how counts stand on it, `counted` or `known`.
        kind: what became of the record, or the cell.
        table: `<extract>.<table>`.
        field: the cell's.
        periods: deliveries it happened in; none where it is every one.
        band: share of the records received in these.
    """

    how: str
    kind: str
    table: str
    field: str
    periods: tuple[str, ...]
    band: Band


def load(safe_files: SafeFiles, paths: io.Paths, proved: Certificate) -> Stated:
    """What is stated beside the indicators of an edition; nothing where its proof knows of none.

    Raises:
        JsnaError: the file is not the one that was proved.
    """
    wanted = proved.content.beside_sha256
    if not wanted:
        return {}
    file = safe_files.path(paths.safe / FILE)
    if io.sha256(file) != wanted:
        rule = "is not the file that was proved; run `jsna build` again"
        raise JsnaError(Problem(f"safe/{FILE}", rule, code="report.beside"))
    found: Stated = json.loads(safe_files.text(file))
    return found


def lines(entries: Iterable[Mapping[str, Any]], config: Configuration) -> list[str]:
    """Plain sentences of what is stated beside one indicator.

    Args:
        entries: of the indicator.
        config: names of dimensions, and of the place.
    """
    found: dict[Item, list[str]] = {}
    for one in entries:
        item = Item(
            one["how"], one["kind"], one["table"], one["field"], tuple(one["periods"]),
            (one["band"][0], one["band"][1]),
        )  # fmt: skip
        found.setdefault(item, []).append(one["by"])
    told: dict[tuple[str, ...], list[Item]] = {}
    for item, by in found.items():
        told.setdefault(tuple(sorted(by)), []).append(item)
    made: list[str] = []
    for dimensions, items in sorted(told.items()):
        made += _sentences(items, [d for d in dimensions if d], config)
    return made


def _sentences(items: Sequence[Item], by: Sequence[str], config: Configuration) -> list[str]:
    """Sentences about the figures by some dimensions, or about all where none is given."""

    def of(*kinds: str, how: str = "") -> list[Item]:
        return [i for i in items if i.kind in kinds and how in ("", i.how)]

    split = words.join([words.dimension_words(d, config) for d in by], "or")
    within = f", in figures by {split}" if by else ""
    made = []
    if said := _together(of(SET_ASIDE, how=COUNTED)):
        made.append(f"Not counted: {said}, set aside by validation.")
    if said := _told(of(EMPTIED, how=COUNTED), "{share}, for want of a usable “{cell}”"):
        made.append(f"Not counted: {said}.")
    if said := _told(of(UNSAID), "{share}, in which “{cell}” says nothing"):
        made.append(f"Not counted: {said}.")
    if said := _together(of(APART)):
        made.append(f"Not counted: {said}, for dates that contradict each other.")
    if said := _together(of(SET_ASIDE, how=KNOWN)):
        made.append(f"Not used{within}: {said}, set aside by validation.")
    if said := _told(of(EMPTIED, how=KNOWN), "“{cell}” for {share}"):
        made.append(f"Not known{within}: {said}.")
    if said := _together(of(REPEATS, how=COUNTED)):
        made.append(f"Entered again, and counted once: {said}.")
    if homes := of(UNPLACED):
        rest = f", and in no figure by {split}" if by else ""
        said = _together(homes, placed_words)
        made.append(
            f"Homes found to lie in {config.area.name}: {said}; the others are elsewhere or not "
            f"known{rest}."
        )
    return made


def _together(items: Sequence[Item], word: Callable[[Band], str] | None = None) -> str:
    """Shares of some files, those alike told once; of many files one share that is true of each."""
    word = word or share_words
    if len(items) > MOST_TOLD:
        return f"{word(around(item.band for item in items))} of the records of {_each(items)}"
    found: dict[tuple[str, ...], list[str]] = {}
    for item in items:
        # A year is never followed by more of the sentence.
        key = (word(item.band), *((item.table, *item.periods) if item.periods else ()))
        found.setdefault(key, []).append(f"of the {_table(item).plural}{_when(item)}")
    return "; ".join(f"{share} {words.join(files)}" for (share, *_), files in found.items())


def _told(items: Sequence[Item], template: str) -> str:
    """Cells of some files, each with the share of the file they are of."""
    if len(items) > MOST_TOLD:
        share = share_words(around(item.band for item in items))
        names = words.join(sorted({f"“{_cell(item)}”" for item in items}))
        return f"{names} for {share} of the records of {_each(items)}"
    return "; ".join(template.format(share=_together([i]), cell=_cell(i)) for i in items)


def _each(items: Sequence[Item]) -> str:
    files = len({item.table for item in items})
    return f"each of {words.small(files)} files" if files > 1 else "the file"


def _when(item: Item) -> str:
    """Of which delivery, where it is not every one."""
    if len(item.periods) == 1:
        return f" in the file for {item.periods[0]}"
    return " in the files of some years" if item.periods else ""


def _table(item: Item) -> Table:
    extract, table = item.table.split(".")
    return registry()[extract].table(table)


def _cell(item: Item) -> str:
    return words.lower_first(_table(item).column(item.field).called)


def share_words(band: Band) -> str:
    """A share in words: `fewer than one in a hundred`; `some` where nothing more may be said."""
    low, high = band
    if (low, high) == (0, 100):
        return SOME
    if low == 0:
        return f"fewer than {_NUMBERS[high]} in a hundred"
    if high == 100:
        return f"{_NUMBERS[low]} in a hundred or more"
    return f"between {_NUMBERS[low]} and {_NUMBERS[high]} in a hundred"


def placed_words(band: Band) -> str:
    """The share that is left of all, in words, of the band of what is not."""
    low, high = 100 - band[1], 100 - band[0]
    if (low, high) == (0, 100):
        return "a share that so few do not allow to be stated"
    if high == 100:
        return f"more than {_NUMBERS[low]} in a hundred"
    if low == 0:
        return f"no more than {_NUMBERS[high]} in a hundred"
    return f"between {_NUMBERS[low]} and {_NUMBERS[high]} in a hundred"
