"""Whether everybody of one count is in another, and nothing says so.

118 pupils with a plan are among 120 with any special educational need: two have another, though no
row says so. Disclosure control knows it where both are counted in one table by one column, or where
the table says what a value implies (`implies`). A council may count them by two tables, or by two
columns, that only its queries tie, and no sum ties the counts. So it is tried on drawn rows, in
which all that validation lets pass may happen: whether every person of a table is one of another
table's, in the same period; and whether who has a code in one column has a certain one in another,
and others have it too (else the counts are the same, which is an identity, and found as one).

Looked at are tables with one row a person and period. Not seen: persons behind several rows, as of
events, among others; several codes that say one together; and conditions of two columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from jsna.disclosure.discovery.identities import declared_in
from jsna.errors import Problem
from jsna.measures.cells import restrict
from jsna.model import hierarchies as nesting
from jsna.tables.catalogue import CATALOGUE, of_linkage

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jsna.model.configuration import Configuration
    from jsna.model.tables import AnalysisTable

#: The key of tables with one row a person and period; of others rows are no persons.
_KEY: Final = ("period", "person_key")
#: Persons with a code by whom it is judged, and the largest share of the others who may have there
#: what all of these have: by chance it is so of one code in a million.
_FEWEST: Final = 60
_SHARE: Final = 0.8
#: More codes than that are names.
_MOST: Final = 40
_TABLE: Final = (
    "every row of `{inner}` is of somebody who is in `{outer}` in the same period, and nothing "
    "says so: who is in `{outer}` alone follows from two counts, and nothing protects them"
)
_TABLE_CURE: Final = (
    "count them in `{outer}` by a condition; or let `{inner}` have a row for everybody in "
    "`{outer}`, with a column that tells them apart, and say `rows_of`"
)
_COLUMN: Final = (
    "in `{table}` whoever has {column} {code} has {of} {are}, and nothing says so: who has "
    "{of} {are} and no such {column} follows from two counts, and nothing protects them"
)
_COLUMN_CURE: Final = (
    'say beside the query `Implied("{column}", "{of}", frozenset({{"{are}"}}), '
    'frozenset({{"{code}"}}))` (`implies`)'
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column and code, and another column with the one code that all those have there."""

    column: str
    code: str
    of: str
    are: str


def faults(records: Sequence[Mapping[str, pa.Table]], config: Configuration) -> list[Problem]:
    """A problem for each inclusion that only queries make.

    Args:
        records: sets of analysis tables of drawn rows; what is told is so in all of them.
        config: the declarations.
    """
    sets = [
        {
            name: table
            for name, table in tables.items()
            if CATALOGUE[name].key == _KEY and not of_linkage(CATALOGUE[name])
        }
        for tables in records
    ]
    return [*_of_tables(sets), *_of_columns(sets, config)]


def _rows(table: AnalysisTable) -> str:
    return table.rows_of or table.name


def _of_tables(sets: Sequence[Mapping[str, pa.Table]]) -> Iterator[Problem]:
    there = [{name: _by_period(name, table) for name, table in some.items()} for some in sets]
    for inner, outer in itertools.permutations(sets[0] if sets else (), 2):
        if _rows(CATALOGUE[inner]) != _rows(CATALOGUE[outer]) and all(
            any(one[inner].values())
            and all(some <= one[outer].get(at, set()) for at, some in one[inner].items())
            for one in there
        ):
            rule = _TABLE.format(inner=inner, outer=outer)
            cure = _TABLE_CURE.format(inner=inner, outer=outer)
            yield Problem(declared_in(inner), f"{rule}: {cure}", code="discovery.within")


def _by_period(name: str, table: pa.Table) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    keys = zip(table["period"].to_pylist(), table["person_key"].to_pylist(), strict=True)
    for period, person in keys:
        found.setdefault(CATALOGUE[name].january(period), set()).add(person)
    return found


def _of_columns(sets: Sequence[Mapping[str, pa.Table]], config: Configuration) -> Iterator[Problem]:
    frames = [frame for some in sets for frame in _frames(some)]
    found: dict[_Seen, str] = {}
    for rows, home in frames:
        found |= {one: home[one.column] for one in _seen(rows) if not _nested(one, config)}
    size = dict.fromkeys(found, 0)
    for rows, home in frames:
        for one in [one for one, table in found.items() if table in home.values()]:
            has = rows[one.column].eq(one.code)
            others = rows.loc[~has, one.of].eq(one.are).mean()
            size[one] += int(has.sum())
            alike = bool(rows.loc[has, one.of].eq(one.are).all())
            # 0: nobody else has it.
            if not alike or not 0 < others <= _SHARE or _said(one, found[one], rows):
                del found[one]
    for one, table in found.items():
        if size[one] >= _FEWEST:
            words = {"table": table, **asdict(one)}
            rule, cure = _COLUMN.format(**words), _COLUMN_CURE.format(**words)
            yield Problem(declared_in(table), f"{rule}: {cure}", code="discovery.within")


def _frames(persons: Mapping[str, pa.Table]) -> Iterator[tuple[pd.DataFrame, dict[str, str]]]:
    """The columns of codes of tables of the same rows, as texts; and the table each is of."""
    import pandas as pd

    groups: dict[str, list[str]] = {}
    for name in persons:
        groups.setdefault(_rows(CATALOGUE[name]), []).append(name)
    for names in groups.values():
        parts: list[pd.DataFrame] = []
        home: dict[str, str] = {}
        for name in names:
            table = CATALOGUE[name]
            coded = [c for c, one in table.columns.items() if one.type in ("string", "boolean")]
            rows = persons[name].select(list(dict.fromkeys([*_KEY, *coded]))).to_pandas()
            rows["period"] = rows["period"].map(table.january)
            rows = rows.set_index([*_KEY]).astype("object")
            mine = [column for column in rows.columns if column not in home]
            home |= dict.fromkeys(mine, name)
            parts.append(rows[mine].map(lambda v: str(v).lower() if isinstance(v, bool) else v))
        yield pd.concat(parts, axis=1), home


def _seen(rows: pd.DataFrame) -> Iterator[_Seen]:
    import numpy as np
    import pandas as pd

    coded = {str(name): pd.factorize(rows[name], sort=True) for name in rows.columns}
    known = {name: (at, [*words]) for name, (at, words) in coded.items() if 1 < len(words) <= _MOST}
    for column, (codes, names) in known.items():
        there = codes >= 0
        for of, (others, words) in known.items():
            if of == column:
                continue
            # How many of each code have each of the others, and (first) none of them.
            wide = len(words) + 1
            pairs = np.bincount(
                codes[there] * wide + others[there] + 1, minlength=len(names) * wide
            )
            many = pairs.reshape(len(names), wide)
            for code in np.flatnonzero(((many > 0).sum(axis=1) == 1) & (many[:, 0] == 0)):
                are = words[int(many[code].argmax()) - 1]
                # That those without are without as well is the same, said of the others.
                if are != "false":
                    yield _Seen(column, names[code], of, are)


def _nested(one: _Seen, config: Configuration) -> bool:
    """Whether the codes of one column are made of the other's, as code lists say."""
    return nesting.finer(one.column, config) == nesting.finer(one.of, config)


def _said(one: _Seen, table: str, rows: pd.DataFrame) -> bool:
    """Whether the declaration says it, or that who has the one has one of some codes of the other.

    Of the latter each must have that; then they are counted as what these come to.
    """
    box = {one.column: frozenset({one.code})}
    restrict(CATALOGUE[table], box)
    if one.of in box and box[one.of] <= {one.are}:
        return True
    box = {one.of: frozenset({one.are})}
    restrict(CATALOGUE[table], box)
    some = box.get(one.column, frozenset())
    return one.code in some and bool(
        rows.loc[rows[one.column].isin(some), one.of].eq(one.are).all()
    )
