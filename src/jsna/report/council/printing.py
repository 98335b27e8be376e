"""A file of commentary as HTML: its measures printed like all others, its links and lists."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from jsna.errors import Problem
from jsna.model.commentary import Commentary, Passage, Piece, Reference
from jsna.report import marks
from jsna.view.rows import Measures, Row

#: Periods told of where the one that is named is not there.
_TOLD = 5
_PLAIN = {
    "em": "<em>",
    "/em": "</em>",
    "strong": "<strong>",
    "/strong": "</strong>",
    "/link": "</a>",
}


class Printer:
    """Prints commentary.

    Args:
        view: the safe measures.
    """

    def __init__(self, view: Measures) -> None:
        self._view = view
        #: Measures that are named and that this edition has not.
        self.problems: list[Problem] = []

    def parts(self, found: Commentary) -> dict[str, Markup]:
        """Part of a file -> its HTML."""
        return {
            part: Markup("\n").join(self._passage(one, found.path) for one in passages)
            for part, passages in found.parts.items()
        }

    def _passage(self, passage: Passage, path: str) -> Markup:
        lines = [Markup("").join(self._pieces(line, path)) for line in passage.lines]
        if passage.kind == "list":
            items = Markup("\n").join(Markup("<li>{}</li>").format(line) for line in lines)
            return Markup("<ul>\n{}\n</ul>").format(items)
        return Markup("<p>{}</p>").format(lines[0])

    def _pieces(self, line: tuple[Piece, ...], path: str) -> Iterator[Markup]:
        for piece in line:
            if piece.reference is not None:
                yield self._measure(piece.reference, path)
            elif piece.kind == "link":
                yield Markup('<a href="{}">').format(piece.text)
            elif piece.kind in _PLAIN:
                yield Markup(_PLAIN[piece.kind])
            else:
                yield escape(piece.text)

    def _measure(self, named: Reference, path: str) -> Markup:
        row = self._row(named, path)
        indicator = self._view.declared(named.indicator)
        if row is None or indicator is None:
            return Markup("")
        return marks.mark(row, indicator.decimals, named.show)

    def _row(self, named: Reference, path: str) -> Row | None:
        """The measure that is meant: of its period, or the latest one that is shown.

        Another area's is of the period of the home area's, beside which it is set.
        """
        rows = self._rows(named, named.area)
        period, home = named.period, self._view.config.area.code
        if not period and named.area != home:
            own = self._rows(named, home)
            period = next((row.period for row in reversed(own) if row.shown), "")
        if period:
            found = [row for row in rows if row.period == period]
        else:
            found = [row for row in rows if row.shown] or rows
        if found:
            return found[-1]
        there = ", ".join(dict.fromkeys(row.period for row in rows[-_TOLD:]))
        rule = "this edition has no such figure of that place, and no period of it"
        if there:
            rule = f"this edition has no such figure for {period}; there are {there}"
        problem = Problem(path, rule, row=named.line, value=named.written, code="config.commentary")
        self.problems.append(problem)
        return None

    def _rows(self, named: Reference, area: str) -> list[Row]:
        """What is named, of an area, over time."""
        if not named.dims:
            return self._view.series(named.indicator, area)
        return [
            row
            for row in self._view.rows(named.indicator)
            if row.area_code == area
            and row.dims == dict(named.dims)
            and not self._view.beside_local(row)
        ]
