"""Reads the files of a draft, each in its way, and judges every number in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jsna import io
from jsna.model import scripts
from jsna.model.configuration import Configuration
from jsna.model.documents import PRINTED_FROM
from jsna.model.standings import empty
from jsna.readback import align, axes, called, numbering, paper, parts, printed, tables
from jsna.readback import page as webpage
from jsna.readback import scripts as of_scripts
from jsna.readback.allowed import Allowed
from jsna.readback.asked import Asked
from jsna.readback.blocks import SHORTHAND, Block
from jsna.readback.certificate import Certificate
from jsna.readback.figures import Figures
from jsna.readback.keyed import Keyed
from jsna.readback.labels import Labels
from jsna.readback.names import Names
from jsna.readback.result import Tally
from jsna.readback.standings import Standings
from jsna.readback.workbook import Workbooks

#: Parts of the list of figures that name things and print nothing.
_NAMES: Final = frozenset(
    {"id", "indicator", "chapter", "type", "file", "narrow", "sources", "field", "@context", "url"}
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_KEYS: Final = frozenset({"key", "keys"})


class Reader:
    """Reads the files of a draft one after the other, web pages first.

    Args:
        frame: safe measures of the edition.
        config: the edition's configuration.
        allowed: types of numbers that are no measures.
        certificate: what the proof certifies.
        everyone: the safe table of standings; none where there is none.
        logo: the council's picture as a page may hold it; empty for none.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        config: Configuration,
        allowed: Allowed,
        certificate: Certificate,
        everyone: pd.DataFrame | None = None,
        logo: str = "",
    ) -> None:
        self._logo = logo
        names = Names(config, frame)
        self._allowed = allowed
        decimals = {name: one.decimals for name, one in config.indicators.items()}
        self._measures = printed.measures(frame, decimals)
        every = Standings.of(empty() if everyone is None else everyone, decimals)
        self._keyed = Keyed(self._measures, certificate, standings=every)
        self._labels = Labels(names)
        self._tables = tables.Tables(frame, allowed, names, every)
        figures = Figures(called.named(frame, config, names), self._measures)
        self._asked = Asked(frame, config)
        self._workbooks = Workbooks(figures, allowed.of, self._asked)
        self._tallies: list[Tally] = []
        self._pages: dict[str, webpage.Page] = {}

    def read(self, name: str, file: Path) -> None:
        """Judge one file.

        Args:
            name: path below the draft.
            file: where it is.
        """
        tally = Tally(name)
        self._tallies.append(tally)
        io.verified(file)
        kind = file.suffix.lower()
        folder, _, own = name.rpartition("/")
        if folder == scripts.FOLDER:
            of_scripts.judge(own, file.read_bytes(), self._pages, tally)
        elif kind == ".html":
            page = self._pages[name] = self._text(file.read_text(encoding="utf-8"), tally)
            self._labels.judge(page.blocks, tally)
            numbering.judge(page, tally, part=name not in PRINTED_FROM.values())
            self._asked.table(page.blocks, tally)
        elif kind == ".svg":
            self._chart(file, tally)
        elif kind == ".csv":
            text = file.read_text(encoding="utf-8-sig")
            self._tables.read(text, tally)
            self._asked.data(text, tally)
        elif kind == ".parquet":
            self._tables.read_parquet(file, tally)
        elif kind == ".txt":
            for line in file.read_text(encoding="utf-8").splitlines():
                self._words(line, "p.citation", tally)
        elif kind == ".json":
            for place, value in _leaves(json.loads(file.read_text(encoding="utf-8"))):
                self._leaf(place, value, tally)
        elif kind == ".pdf":
            self._paper(name, file, tally)
        elif kind in parts.PARTS:
            self._workbooks.read(file, tally)
        else:
            tally.wrong("no way is known to read a file of this kind back", code="unreadable")

    def finish(self) -> list[Tally]:
        """The tallies of all files, the open data having been looked at as a whole."""
        whole = Tally("data")
        self._tables.complete(whole)
        self._asked.finish(whole)
        numbering.between(self._pages, whole)
        return [*self._tallies, whole] if whole.problems else self._tallies

    # -- web page and charts ---------------------------------------------------------------------

    def _text(self, text: str, tally: Tally) -> webpage.Page:
        page = webpage.read(text)
        for tag in page.unreadable:
            tally.wrong(f"holds <{tag}>, which cannot be read back", code="unreadable")
        for picture in page.logos:
            if picture != self._logo:
                rule = "holds a picture that is not the one identity.yaml names"
                tally.wrong(rule, code="unreadable")
        charts: dict[str, list[Block]] = {}
        for block in page.blocks:
            if block.figure:
                charts.setdefault(block.figure, []).append(block)
        along: dict[int, str] = {}
        for blocks in charts.values():
            scale = axes.ticks(blocks) | axes.classes(blocks)
            along |= dict.fromkeys(scale, webpage.AXIS)
            named = axes.groups(blocks, self._allowed.groups, self._allowed.graded)
            along |= dict.fromkeys(named, webpage.GROUP)
            along |= dict.fromkeys(axes.times(blocks, self._allowed.periods), webpage.TIME)
        for block in page.blocks:
            place = f"{block.figure} {block.place}".strip()
            for cell in block.cells:
                self._keyed.judge(cell, block.place, place, tally)
            block.place = along.get(id(block), block.place)
            self._numbers(block, place, tally)
        return page

    def _chart(self, file: Path, tally: Tally) -> None:
        text = file.read_text(encoding="utf-8")
        page = self._text(text, tally)
        for name, chart in page.charts.items():
            for at, page in self._pages.items():
                if page.charts.get(name, chart) != chart:
                    rule = f"differs from the chart of this name in {at}; write the report again"
                    tally.wrong(rule, code="chart")

    def _numbers(self, block: Block, place: str, tally: Tally) -> None:
        """Judge the numbers of a block that carry no key."""
        tally.counts["shorthand"] += len(SHORTHAND.findall(block.text))
        for number, kind in self._allowed.types(block):
            tally.counts[kind] += 1
            if not kind:
                near = block.text[:100].replace("￼", "…")
                rule = f"no measure and no type of number is known for it in “{near}”"
                tally.wrong(rule, place=place, printed=number, code="unknown")

    # -- other files -----------------------------------------------------------------------------

    def _leaf(self, place: str, value: Any, tally: Tally) -> None:
        name = place.rpartition(".")[2]
        if isinstance(value, bool) or value is None:
            return
        if not isinstance(value, str):
            tally.wrong("a number without a key", place=place, printed=str(value), code="unknown")
        elif name in _KEYS:
            tally.counts["key of a measure"] += bool(value)
            if value and value not in self._measures:
                tally.wrong(f"no safe measure has the key {value}", place=place, code="key")
        elif name not in _NAMES:
            self._words(value, "@content" if _DAY.fullmatch(value) else "string", tally, place)

    def _words(self, text: str, where: str, tally: Tally, place: str = "") -> None:
        """Judge words of a file that has no measures."""
        for number, kind in self._allowed.of(" ".join(text.split()), where):
            tally.counts[kind] += 1
            if not kind:
                rule = f"no type of number is known for it in “{text[:80]}”"
                tally.wrong(rule, place=place, printed=number, code="unknown")

    def _paper(self, name: str, file: Path, tally: Tally) -> None:
        page = self._pages.get(PRINTED_FROM.get(name, ""))
        if page is None:
            tally.wrong("no web page is known that this was printed from", code="unreadable")
            return
        found = paper.read(file.read_bytes())
        align.compare(found, align.expected(page.blocks, self._allowed, found), tally)
        heads, titles = align.heads(page.blocks), align.titles(page.blocks)
        align.around(found, heads, self._allowed, tally, titles)
        for attached, content in found.attached.items():
            # What it is a copy of is read back as itself.
            own = file.parent / "data" / "figures" / attached
            if not own.is_file() or own.read_bytes() != content:
                rule = "is attached, and is no file of the data of figures"
                tally.wrong(rule, place=attached, code="attached")
            tally.counts["attached file"] += 1


def _leaves(content: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """(place, value) of every value in a JSON file; an item of a list has the list's place."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from _leaves(value, f"{place}.{name}" if place else str(name))
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value, place)
    else:
        yield place, content
