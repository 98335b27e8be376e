"""Holds the table of questions to the safe measures: which are answered, by what, what is missing.

Nothing here comes from what wrote the table: which figures are shown is found anew in `safe/`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import pandas as pd

from jsna.formulas import guarded_line
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import PLACE_OF
from jsna.model.questions import Needed
from jsna.model.schema import dimensions
from jsna.readback.blocks import Block
from jsna.readback.result import Tally

#: Headings of the open data that are held to the measures, and of the table, in their order.
_COLUMNS: Final = ("asks", "answer", "given", "missing", "given_by")
_HEADS: Final = ("Question", "Answer", "Given here", "Missing, and from whom")
#: The chapter that has them.
_CHAPTER: Final = "asked"
#: What stands in a cell of a workbook that has nothing to say.
_NONE: Final = "none"


class _Row(NamedTuple):
    """What may be said of a question, as it is written."""

    asks: str
    answer: str
    given: str
    missing: str
    given_by: str


class Asked:
    """The questions of an edition, as its safe measures answer them.

    Args:
        frame: safe measures of the edition.
        config: its configuration.
    """

    def __init__(self, frame: pd.DataFrame, config: Configuration) -> None:
        self._config, area = config, config.area
        home = {area.code, *area.locality_names, *(g.code for g in area.locality_groups)}
        names = ["indicator", "area_code", "geography", "breakdown", "category"]
        shown = frame.loc[frame["value"].notna(), names].drop_duplicates()
        self._country = {*shown.loc[shown["area_code"].eq(area.country.code), "indicator"]}
        own = shown[shown["area_code"].isin(home)].drop(columns="area_code").drop_duplicates()
        self._splits: dict[str, set[frozenset[str]]] = {}
        for indicator, geography, *split in own.itertuples(index=False, name=None):
            dims = {*dimensions(*split), *filter(None, [PLACE_OF.get(geography)])}
            fine = frozenset(self._finest(name) for name in dims)
            self._splits.setdefault(indicator, set()).add(fine)
        self._rows = {number: self._row(number) for number in config.questions.questions}
        self._file = self._page = False

    @property
    def phrases(self) -> Iterator[str]:
        """What is said with numbers in it: of each question, and how many are answered."""
        yield from self._rows
        for figure in self._config.questions.figures.values():
            yield from (figure.what, figure.source)
        for one in self._config.questions.asked.values():
            yield from (one.by, one.when, one.brief)
        states = [row.answer for row in self._rows.values()]
        whole, partly, none = (
            states.count(f"{state}nswered") for state in ("A", "Partly a", "Not a")
        )
        yield f"Of {len(states)} questions: {whole} answered, {partly} partly, {none} not."
        yield from (row.asks for row in self._rows.values())

    def _finest(self, name: str) -> str:
        if name == "locality_group":
            return "locality"
        coarse = self._config.hierarchies.get(name)
        return name if coarse is None else self._finest(coarse.of)

    def _row(self, number: str) -> _Row:
        asked = self._config.questions
        question = asked.questions[number]
        given, missing, by = [], [], []
        for name in question.takes:
            figure = asked.figures[name]
            ids = [
                one.id
                for one in self._config.indicators.values()
                if name in one.answers and self._there(one.id, figure)
            ]
            if ids or figure.told_in in self._config.edition.chapters:
                given.append(figure.what)
                by += [one for one in ids if one not in by]
            else:
                missing.append(f"{figure.what} ({figure.source})")
        state = "Answered" if not missing else "Partly answered" if given else "Not answered"
        return _Row(question.asks, state, "; ".join(given), "; ".join(missing), " ".join(by))

    def _there(self, indicator: str, figure: Needed) -> bool:
        if figure.compared and indicator not in self._country:
            return False
        by = {self._finest(name) for name in figure.by}
        return any(by <= split for split in self._splits.get(indicator, ()))

    def table(self, blocks: Iterable[Block], tally: Tally) -> None:
        """Hold the table of a web page to the measures, where it has one."""
        cells: dict[tuple[int, int], dict[int, str]] = {}
        for block in blocks:
            if block.at is not None and block.at[1] >= 0:
                cells.setdefault(block.at[:2], {})[block.at[2]] = block.text
        at = next((key[0] for key, row in cells.items() if (*row.values(),) == _HEADS), None)
        if at is None:
            return
        self._page = True
        given = [row for key, row in cells.items() if key[0] == at and key[1] > 0]
        found = {row.get(0, "").partition(". ")[0]: row for row in given}
        self._complete([row.get(0, "").partition(". ")[0] for row in given], tally)
        for number, own in self._rows.items():
            row = found.get(number)
            wanted = (f"{number}. {own.asks}", *own[1:4])
            for column, (head, text) in enumerate(zip(_HEADS, wanted, strict=True)):
                if row is not None and row.get(column, "") != text:
                    self._wrong(number, head, text, row.get(column, ""), tally)

    def data(self, text: str, tally: Tally) -> None:
        """Hold a file of open data to the measures, if it is that of the questions."""
        rows = [*csv.DictReader(text.splitlines())]
        if rows and {"question", *_COLUMNS} <= rows[0].keys():
            self._file = True
            self._records(rows, tally)

    def sheet(self, header: Sequence[str], rows: Iterable[Sequence[object]], tally: Tally) -> None:
        """Hold the sheet of a workbook to the measures: the same, where a cell is never empty."""
        names = [head.lower().replace(" ", "_") for head in header]
        if missing := {"question", *_COLUMNS} - {*names}:
            rule = f"lacks {', '.join(sorted(missing))}"
            tally.wrong(rule, place="Questions", code="questions")
            return
        cells = (["" if str(cell) == _NONE else str(cell) for cell in row] for row in rows)
        self._records([dict(zip(names, row, strict=True)) for row in cells], tally)

    def _records(self, rows: Sequence[Mapping[str, str]], tally: Tally) -> None:
        self._complete([row["question"] for row in rows], tally)
        for row in rows:
            if own := self._rows.get(row["question"]):
                for name in _COLUMNS:
                    wanted = getattr(own, name)
                    if row[name] not in (wanted, guarded_line(wanted)):
                        self._wrong(row["question"], name, wanted, row[name], tally)

    def finish(self, tally: Tally) -> None:
        """Note it where no web page, or no file of open data, has the questions.

        An edition that names its chapters may leave theirs out; the open data have them always.
        """
        printed = _CHAPTER in self._config.edition.chapters
        if self._rows and printed and not self._page:
            tally.wrong("no web page has a table of the questions asked", code="questions")
        if self._rows and not self._file:
            tally.wrong("no file of open data has the questions asked", code="questions")

    def _complete(self, numbers: Sequence[str], tally: Tally) -> None:
        if [*numbers] != [*self._rows]:
            rule = "the questions are not those of config/questions.yaml, each once and in order"
            tally.wrong(rule, place="question", code="questions")

    def _wrong(self, number: str, place: str, wanted: str, printed: str, tally: Tally) -> None:
        rule = f"{number}: by safe/ it says “{wanted[:80]}” here"
        tally.wrong(rule, place=place, printed=printed[:80], code="questions")
