"""Whether a table's rows of one period are made of rows of another, and nothing says so.

Most of those on a roll are on the next one. Who counts them by their state a year later, or a year
before, prints by subtraction who came or left in between, and these are few. A table that says
what it does (`followed`) is protected (`disclosure/ledger/arrivals.py`); of one that does not,
neither protection nor proof knows. How a query reaches another period can be written in many ways:
a join, a query within, a window over years. So the query is not read, it is tried: the persons of
each year are given other keys than in every other year, and a table of rows of one period alone
says the same as before. So are the local numbers by which rows of an extract are joined (a number
of a referral that is still open a year later is in both returns), as whoever finds a number again
finds a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from jsna.disclosure.discovery import supposed
from jsna.disclosure.discovery.identities import declared_in
from jsna.errors import Problem
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of, of_linkage

if TYPE_CHECKING:
    import pyarrow as pa

    from jsna.model.configuration import Configuration
    from jsna.model.contract import Table
    from jsna.model.tables import AnalysisTable

#: Years of the supposed edition, by their place in `supposed.PERIODS`.
YEARS: Final = range(3)
#: Stands before what a key is given: below every letter, so that keys stay in their order.
_MARK: Final = "\x1f"
_KEY: Final = "person_key"
_SAYS: Final = (
    "rows of one period of `{table}` are made of rows of {extract} of {other}. Who came or left in "
    "between follows from the difference of two counts, which nothing protects"
)
_CURE: Final = (
    "follow those of the earlier period into the next one, by `jsna.shared.followed.followed` or "
    "by declaring `followed=Followed(…)` beside the query; or read rows of the row's own period "
    "alone"
)


def faults(rows: Mapping[str, pa.Table], config: Configuration) -> list[Problem]:
    """A problem for each analysis table that looks into another period without saying so.

    Args:
        rows: linked rows drawn for the supposed edition.
        config: of that edition.
    """
    made, strange = (_made(each, config) for each in (rows, _estranged(rows)))
    noticing = [
        table
        for name, table in CATALOGUE.items()
        if name in made and not of_linkage(table) and _differs(made[name], strange[name])
    ]

    @cache
    def parted(extract: str, year: int) -> Mapping[str, pa.Table]:
        return _made(_estranged(rows, extract, year), config)

    return [problem for table in noticing for problem in _problems(table, made, parted)]


def _problems(
    table: AnalysisTable,
    made: Mapping[str, pa.Table],
    parted: Callable[[str, int], Mapping[str, pa.Table]],
) -> Iterator[Problem]:
    """Of a table that joins periods: those of one extract, other than it declares.

    That a row stands on one year of one extract and another year of another ties no two rolls.

    Args:
        table: its declaration.
        made: the tables.
        parted: gives them where those of one extract and year are other persons.
    """
    for extract in made_of(table):
        if not registry()[extract].person_level:
            continue
        for period in sorted(set(made[table.name]["period"].to_pylist())):
            mine = _of(made[table.name], period)
            years = [
                year
                for year in YEARS
                if _differs(mine, _of(parted(extract, year)[table.name], period))
            ]
            if len(years) > 1 and not _declared(table, extract, years):
                names = supposed.PERIODS[registry()[extract].period_type]
                other = " and ".join(names[year] for year in years)
                rule = _SAYS.format(table=table.name, extract=extract, other=other)
                yield Problem(declared_in(table.name), f"{rule}: {_CURE}", code="table.years")
                break


def _declared(table: AnalysisTable, extract: str, years: list[int]) -> bool:
    """Whether a table says that its persons are followed from the one year into the next."""
    said = table.followed
    brought = said is not None and made_of(CATALOGUE[said.table])[0] == extract
    return brought and years == [years[0], years[0] + 1]


def _made(rows: Mapping[str, pa.Table], config: Configuration) -> dict[str, pa.Table]:
    from jsna.measures.derive import derive

    return derive(rows, config, invented=True)


def _estranged(
    rows: Mapping[str, pa.Table], extract: str = "", year: int | None = None
) -> dict[str, pa.Table]:
    """Rows in which whoever is in several years has another key, and other numbers, in each.

    Args:
        rows: by table of an extract.
        extract, year: those of whom alone the keys are others; all where not given.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = dict(rows)
    for name, table in rows.items():
        of = registry().get(name.split(".")[0])
        if of is None or not of.person_level or extract not in ("", of.name):
            continue
        places = {p: at for at, p in enumerate(supposed.PERIODS[of.period_type])}
        period = table["period"].to_pylist()
        marks = [f"{_MARK}{places[p]}" if year in (None, places[p]) else "" for p in period]
        for column in (_KEY, *_numbers(of.table(name.split(".")[1]))):
            if column in table.column_names:
                at = table.column_names.index(column)
                keys = pc.binary_join_element_wise(table[column], pa.array(marks, pa.string()), "")
                table = table.set_column(at, column, keys)
        found[name] = table
    return found


def _numbers(table: Table) -> list[str]:
    """Fields in which a system has numbers of its own, by which rows are joined.

    One of a declared shape (a school's number) is no number of a person.
    """
    joining = {*table.key, *([table.parent[1]] if table.parent else [])}
    return [
        column.field
        for column in table.columns
        if column.field in joining
        and column.type == "string"
        and not (column.codes or column.pattern or column.identifier)
    ]


def _of(table: pa.Table, period: str) -> pa.Table:
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["period"], period))


def _differs(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables say something else of the same persons, in whatever order."""
    return _plain(one) != _plain(other)


def _plain(table: pa.Table) -> list[tuple[str, ...]]:
    """Rows as texts, in order, keys as they were before they were made others."""
    columns = [
        [str(value).split(_MARK)[0] for value in column.to_pylist()] for column in table.columns
    ]
    return sorted(zip(*columns, strict=True))
