"""Micro-data to look for identities in: drawn from the declarations of extracts, never recorded.

What holds between published counts follows from declarations and code, never from an edition's
records. So rows are drawn for every table of every extract that some analysis table reads, from the
declaration of its columns and by its rules, as linkage would pass them on; and the analysis tables
are made of them by the very queries that make an edition's. What a query implies is thus there
whether or not anybody declared it, a council's own source needs nothing but its declaration, and
what was never declared of a column, be it true of all records ever seen, ties nothing.

Not drawn: areas of 2011 that were split, and what stands in where an extract is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from jsna.disclosure.discovery import outcomes, supposed
from jsna.disclosure.discovery.deliveries import Deliveries
from jsna.disclosure.discovery.draws import Delivery, Draw, Ints
from jsna.disclosure.discovery.people import People
from jsna.ingest.validate import context_for
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract, Table
from jsna.sources import registry

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of each table of a delivery, and people of each part: of the first records; of the second
#: and the first further ones; and of the largest.
FIRST, SECOND, MOST = 12_000, 6_000, 48_000


@dataclass(slots=True)
class Drawing:
    """Draws sets of analysis tables; no two share a person.

    Attributes:
        config: of the supposed edition.
        spine: extracts every person of which is one of the edition.
        filled: whether nothing is empty that should not be, and rules that only warn are obeyed
            too, where enough rows do.
        seed: of the next set.
        passed_over: rules that no drawn row obeys, which are not held to.
    """

    config: Configuration
    spine: tuple[str, ...] = ()
    filled: bool = True
    seed: int = 0
    passed_over: set[str] = field(default_factory=set)

    def tables(self, size: int, *, apart: bool = False) -> dict[str, pa.Table]:
        """The analysis tables of one more set.

        Args:
            size: rows of each table of a delivery.
            apart: whether each person is in one school year alone, see `people`.
        """
        from jsna.measures.derive import derive

        draw, rows = self._drawn(size, apart)
        return {**derive(rows, self.config, invented=True), "record": _records(draw)}

    def rows(self, size: int) -> dict[str, pa.Table]:
        """The linked rows of one more set, before any query has read them."""
        return self._drawn(size, apart=False)[1]

    def _drawn(self, size: int, apart: bool) -> tuple[Draw, dict[str, pa.Table]]:
        self.seed += 1
        draw = Draw(self.config, np.random.default_rng(self.seed), size, self.filled)
        people = People(f"{self.seed}", size, apart, self.spine)
        rows, passed_over = linked(draw, people)
        self.passed_over |= passed_over
        return draw, {**rows, **outcomes.drawn(draw, people)}

    def first(self) -> list[dict[str, pa.Table]]:
        """Sets to begin with: one of people who are apart, and one in which anybody is anywhere."""
        return [self.tables(FIRST, apart=True), self.tables(SECOND)]

    def further(self) -> Iterator[dict[str, pa.Table]]:
        """Further sets without end, each of twice as many people as that before it."""
        size = SECOND
        while True:
            yield self.tables(size)
            size = min(2 * size, MOST)


def linked(draw: Draw, people: People) -> tuple[dict[str, pa.Table], frozenset[str]]:
    """Table -> rows of all periods as linkage passes them on; and the rules passed over."""
    import pyarrow as pa

    deliveries = Deliveries(draw, people, _read())
    parts: dict[str, list[pa.Table]] = {}
    for extract in registry().values():
        for year, period in enumerate(supposed.PERIODS[extract.period_type]):
            delivery = _delivery(extract, period, year, draw.config)
            for name, rows in deliveries.drawn(extract, delivery).items():
                passed = _passed_on(rows, extract, extract.table(name), delivery)
                parts.setdefault(f"{extract.name}.{name}", []).append(passed)
    found = {name: pa.concat_tables(some) for name, some in parts.items()}
    return found, frozenset(deliveries.passed_over)


def _read() -> frozenset[str]:
    """The tables of extracts that views and analysis tables read."""
    from jsna.tables import VIEWS

    return frozenset(need for view in VIEWS for need in view.needs)


def _delivery(extract: Extract, period: str, year: int, config: Configuration) -> Delivery:
    kind = extract.period_type
    supplied = next(
        d for d in config.edition.received if (d.extract, d.period) == (extract.name, period)
    )
    return Delivery(extract.name, period, kind, year, context_for(config, supplied))


def _passed_on(rows: pa.Table, extract: Extract, table: Table, delivery: Delivery) -> pa.Table:
    """Rows as linkage passes them on: with ages in the place of days of birth."""
    import pyarrow as pa

    period = pa.array([delivery.period] * rows.num_rows, pa.string())
    fields = [c.field for c in table.columns if c.identifier is None or c.field in _joining(table)]
    if not extract.person_level:
        return pa.table({"period": period, **{name: rows[name] for name in fields}})
    born = _number(rows["_born"])
    day = delivery.context.reference_date
    as_at = np.full(rows.num_rows, day.year * 10_000 + day.month * 100 + day.day)
    ages = {c.age_field: _age(born, _number(rows[c.field])) for c in table.columns if c.aged}
    return pa.table(
        {
            **{name: rows[name] for name in fields},
            **ages,
            "period": period,
            "person_key": rows["person_key"],
            "link": rows["link"],
            "age": _age(born, as_at),
            "lsoa_code": rows["_home"],
        }
    )


def _joining(table: Table) -> set[str]:
    return {*table.key, *([table.parent[1]] if table.parent else [])}


def _number(days: pa.ChunkedArray[Any]) -> Ints:
    """Days as yyyymmdd, whose differences give whole years; 0 for none."""
    import pyarrow.compute as pc

    found = np.zeros(len(days), dtype=np.int64)
    for part, times in ((pc.year(days), 10_000), (pc.month(days), 100), (pc.day(days), 1)):
        found += times * part.fill_null(0).to_numpy().astype(np.int64)
    return found


def _age(born: Ints, day: Ints) -> pa.Array[Any]:
    """Whole years on a day; none where either is not known."""
    import pyarrow as pa

    return pa.array((day - born) // 10_000, mask=(born == 0) | (day == 0))


def _records(draw: Draw) -> pa.Table:
    """Quality counts of the tables of the deliveries, with rows set aside."""
    import pandas as pd
    import pyarrow as pa

    from jsna.tables.quality import record

    keys = [
        (extract.name, table.name, period)
        for extract in registry().values()
        for table in extract.tables
        for period in supposed.PERIODS[extract.period_type]
    ]
    valid = draw.random.integers(1_000, 100_000, len(keys))
    aside = draw.random.integers(1, 1_000, len(keys))
    quality = pd.DataFrame(keys, columns=["extract", "table", "period"]).assign(
        status="received",
        rows_received=valid + aside,
        rows_valid=valid,
        rows_quarantined=aside,
    )
    return pa.Table.from_pandas(record(quality, draw.config), preserve_index=False)
