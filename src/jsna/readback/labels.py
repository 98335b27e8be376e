"""Holds the headings of every table to the keys of the numbers beneath and beside them.

A right number under a wrong heading is a wrong statement. What a heading says is known from the
configuration: it is held against a number only where it says a period, a place, an indicator, a
category or a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jsna.model.schema import KEY, LOCAL, TOTAL, dimensions
from jsna.model.standings import AMONG
from jsna.readback.blocks import CERTIFICATE, Block, Cell
from jsna.readback.names import Names
from jsna.readback.result import Tally

_YEAR: Final = re.compile(r"\b\d{4}(?:/\d\d)?\b")
_DATED: Final = re.compile(
    r"(?:January |31 March |[Mm]id-)?(\d{4}(?:/\d\d)?(?: to \d{4}(?:/\d\d)?)?)"
)
_BASE: Final = re.compile(r"\bper [\d,]+$")
_LIMIT: Final = re.compile(r"\b(lower|upper)\b", re.IGNORECASE)
#: What follows the name of an area over its published figures, where local ones stand beside them.
_PUBLISHED: Final = ", published"
#: Level of the stricter limits, in their heading.
_STRICT: Final = "99.8"


class Labels:
    """Judges headings.

    Args:
        names: what codes are called.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._places = frozenset().union(*names.places.values())
        self._titles = frozenset(names.indicators.values())
        self._labels = {
            name: frozenset().union(*codes.values()) for name, codes in names.categories.items()
        }

        self._divided: dict[str, list[tuple[str, frozenset[str]]]] = {}
        #: Dimensions whose categories are numbers: a heading that ends in one names a category.
        self._numbered = {
            name
            for name, labels in self._labels.items()
            if any(letter.isdigit() for label in labels for letter in label)
        }

    def judge(self, blocks: Iterable[Block], tally: Tally) -> None:
        """Judge every table of a page."""
        tables: dict[int, list[Block]] = {}
        for block in blocks:
            if block.at is not None:
                tables.setdefault(block.at[0], []).append(block)
        for table in tables.values():
            self._table(table, tally)

    def _table(self, table: Sequence[Block], tally: Tally) -> None:
        caption = next((b.text for b in table if b.place == "caption"), "")
        columns: dict[int, list[str]] = {}
        rows: dict[int, list[str]] = {}
        for block in table:
            if block.cells or block.at is None or not block.text:
                continue
            _, row, column = block.at
            # The first row heads the columns; whatever has no number in a row may head the row.
            heads = columns.setdefault(column, []) if row == 0 else rows.setdefault(row, [])
            heads.append(block.text)
        measured = [
            (block, cell)
            for block in table
            for cell in block.cells
            if cell.field != CERTIFICATE and cell.key.removeprefix(AMONG).count("~") == len(KEY) - 2
        ]
        for block, cell in measured:
            assert block.at is not None
            for wrong in self._faults(
                cell, columns.get(block.at[2], ()), rows.get(block.at[1], ())
            ):
                rule = f"{cell.named}: stands beside this heading, which is not its own"
                tally.wrong(rule, place=caption[:60], printed=wrong, code="heading")
        if not self._captioned(caption, [_parts(cell)[3] for _, cell in measured]):
            rule = "the periods of this table are not those of its numbers"
            tally.wrong(rule, place="caption", printed=caption, code="heading")

    def _faults(self, cell: Cell, above: Sequence[str], beside: Sequence[str]) -> Iterator[str]:
        """Headings that say something else than the key of a number."""
        indicator, area, _, period, _, breakdown, category, segment = _parts(cell)
        for head in (*above, *beside):
            text = head.partition(": ")[2] or head
            dated = _DATED.fullmatch(text)
            if dated:
                right = dated[1] == period
            elif text.endswith(_PUBLISHED):
                place = text.removesuffix(_PUBLISHED)
                right = place in self._names.places.get(area, ()) and segment != LOCAL
            elif text in self._places:
                right = text in self._names.places.get(area, ())
                # A measure may be called like a place: beside a number it is the measure.
                right |= head in beside and head == self._names.indicators.get(indicator)
            else:
                right = self._worded(head, indicator, breakdown, category, cell.field)
            if not right:
                yield head
        if cell.field.startswith(("lower", "upper")) and not any(
            _limited(head, cell.field) for head in above
        ):
            yield " | ".join(above)

    def _worded(self, head: str, indicator: str, breakdown: str, category: str, field: str) -> bool:
        """Whether a heading names nothing else than the number's indicator, category and limit."""
        if (both := self._of_indicator(head, indicator, breakdown, category)) is not None:
            return both
        text = head.partition(": ")[2] or head
        # The name of its category may also be the title of some indicator.
        own = self._categorised(text, breakdown, category)
        titled = own or self._titled(head, indicator)
        return all(said is not False for said in (titled, own, _limited(head, field)))

    def _of_indicator(
        self, head: str, indicator: str, breakdown: str, category: str
    ) -> bool | None:
        """Whether `Plans, Autism` is about that indicator and category; None of other headings."""
        if head not in self._divided:
            self._divided[head] = [*self._divisions(head)]
        found = self._divided[head]
        if not found:
            return None
        dims = {} if breakdown == TOTAL else dimensions(breakdown, category)
        own = [self._names.categories[name].get(code, frozenset()) for name, code in dims.items()]
        title = self._names.indicators.get(indicator)
        return any(said == title and parts <= frozenset().union(*own) for said, parts in found)

    def _divisions(self, head: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Title and categories of a heading that has both, in each way it may be read."""
        known = frozenset().union(*self._labels.values())
        for title in self._titles:
            rest = head.removeprefix(f"{title}, ")
            if rest != head:
                for parts in ({rest}, {*rest.split(", ")}):
                    if parts <= known:
                        yield title, frozenset(parts)

    def _titled(self, head: str, indicator: str) -> bool | None:
        """Whether a heading names the number's indicator; None where it names none."""
        said = {head.rpartition(" (")[0], head} & self._titles
        return self._names.indicators.get(indicator) in said if said else None

    def _categorised(self, text: str, breakdown: str, category: str) -> bool | None:
        """Whether a heading names the number's category; None where it names none."""
        if breakdown == TOTAL:
            return None
        said = None
        for name, code in dimensions(breakdown, category).items():
            if text in self._names.categories[name].get(code, ()):
                return True
            ends = name in self._numbered and text[-1:].isdigit() and not _BASE.search(text)
            if text in self._labels[name] or ends:
                said = False
        return said

    def _captioned(self, caption: str, periods: Sequence[str]) -> bool:
        """Whether the years of a caption, if it has any, are those its numbers reach over."""
        for title in self._titles:
            if title in caption:
                caption = caption.replace(title, "")
        years = {int(found[:4]) for found in _YEAR.findall(caption)}
        own = {int(year[:4]) for period in periods for year in _YEAR.findall(period)}
        return not years or not own or (min(years), max(years)) == (min(own), max(own))


def _parts(cell: Cell) -> list[str]:
    """The parts of a key, whichever table it is of."""
    return cell.key.removeprefix(AMONG).split("~")


def _limited(head: str, field: str) -> bool | None:
    """Whether a heading of limits stands over that limit; None for other headings."""
    found = _LIMIT.search(head)
    if found is None or not ("95" in head or _STRICT in head):
        return None
    return field == f"{found[1].lower()}_{'998' if _STRICT in head else '95'}"
