"""Judges numbers that carry a key: of a measure, or of the certificate."""

from __future__ import annotations

import math
from collections.abc import Mapping

from jsna.model import schema
from jsna.readback import gaps, printed, usual
from jsna.readback.blocks import CERTIFICATE, Cell
from jsna.readback.certificate import Certificate
from jsna.readback.result import HIDDEN, MEASURE, Tally
from jsna.readback.standings import Standings


class Keyed:
    """Holds keyed numbers to what they are of.

    Args:
        measures: measures by key.
        certificate: what the proof certifies.
        digits: significant digits the measures are given to; None for all.
        standings: figures of every authority; none where there are none.
    """

    def __init__(
        self,
        measures: Mapping[str, printed.Measure],
        certificate: Certificate,
        digits: int | None = None,
        standings: Standings | None = None,
    ) -> None:
        self._measures, self._certificate, self._digits = measures, certificate, digits
        self._standings = standings or Standings((), {})

    def judge(self, cell: Cell, where: str, place: str, tally: Tally) -> None:
        """Judge one.

        Args:
            cell: the number with its key.
            where: element it stands in.
            place: where in the output, for a message.
            tally: where it is counted, and what is wrong is noted.
        """
        if cell.field == CERTIFICATE:
            self._certificate.cell(cell, place, tally)
        elif cell.key in self._standings:
            options = self._standings.accepted(cell, where)
            if cell.text not in options or cell.value is not None:
                wanted = f"“{options[0]}”" if options else "no number"
                rule = f"{cell.named}: safe/ has {wanted} here"
                tally.wrong(rule, place=place, printed=cell.text, code="value")
            tally.counts[MEASURE] += 1
        else:
            self._cell(cell, where, place, tally)

    def _cell(self, cell: Cell, where: str, place: str, tally: Tally) -> None:
        """Judge a keyed number."""
        measure = self._measures.get(cell.key)
        if measure is None:
            rule = f"no safe measure has the key {cell.key}"
            tally.wrong(rule, place=place, printed=cell.text, code="key")
            return
        if cell.field == "ratio":
            over = self._measures.get(cell.over)
            times = printed.ratio(measure, over) if over else ""
            options: tuple[str, ...] = (times,) if times else ()
        elif cell.field == "percent_of":
            over = self._measures.get(cell.over)
            share = printed.percent_of(measure, over) if over else ""
            options = (share,) if share else ()
        elif cell.field == "rest":
            left = printed.rest(measure)
            options = (left,) if left else ()
        elif cell.field == "excess":
            over = self._measures.get(cell.over)
            many = printed.excess(measure, over) if over else ""
            options = (many,) if many else ()
        elif cell.field in printed.DIFFERENCES:
            over = self._measures.get(cell.over)
            apart = printed.difference(measure, over, cell.field) if over else ""
            options = (apart,) if apart else ()
        elif cell.field in gaps.GAPS:
            limit = gaps.printed(self._measures, cell.key, cell.field)
            options = (limit,) if limit else ()
        elif cell.field in usual.ENDS:
            end = usual.printed(self._measures, cell.key, cell.field)
            options = (end,) if end else ()
        else:
            options = printed.accepted(measure, cell, where)
        named = cell.named
        if cell.text not in options:
            wanted = f"“{options[0]}”" if options else "no number"
            rule = f"{named}: safe/ has {wanted} here"
            tally.wrong(rule, place=place, printed=cell.text, code="value")
        if cell.value is not None and not self._equal(cell.value, measure, cell.field):
            rule = f"{named}: its value attribute is not that of safe/"
            tally.wrong(rule, place=place, printed=cell.value, code="attribute")
        if cell.status is not None and cell.status != measure.status:
            rule = f"{named}: its status in safe/ is “{measure.status}”"
            tally.wrong(rule, place=place, printed=cell.status, code="status")
        tally.counts[MEASURE if any(c.isdigit() for c in cell.text) else HIDDEN] += 1

    def _equal(self, text: str, measure: printed.Measure, field: str) -> bool:
        """Whether a value attribute is the measure's number."""
        if field not in schema.NUMBERS:
            return False
        value = measure.number(field)
        try:
            given = float(text)
        except ValueError:
            return False
        if not (math.isfinite(value) and math.isfinite(given)):
            return False
        if self._digits is None:
            return given == value
        return f"{given:.{self._digits}g}" == f"{value:.{self._digits}g}"
