"""Rows of one delivery, drawn from the declaration of its extract and held to its rules.

A row that breaks a rule of severity `error` is drawn again, and cells are emptied as rules empty
them; rows have parents, and no two have one key. Who a row is about, how surely that is known,
when the child was born and where they live is drawn with it, and comes down to the rows below it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.disclosure.discovery.draws import Delivery, Draw, Flags, Ints
from jsna.disclosure.discovery.people import People
from jsna.model.contract import Column, Context, CrossRule, Extract, Rule, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: How often rows are drawn before fewer than were asked for will do.
_ROUNDS: Final = 8
#: By how much more than are needed are drawn again.
_MORE: Final = 1.2
#: A rule that only warns is obeyed where this share of drawn rows obey it, and this share are left
#: by it and those before it.
_OBEY, _LEFT = 0.3, 0.1
#: What comes down from a row about a person to the rows below it.
PERSON: Final = ("person_key", "link", "_born", "_home")


@dataclass(slots=True)
class Deliveries:
    """Draws deliveries.

    Attributes:
        draw: draws their cells.
        people: whom their rows are about.
        wanted: tables that are read, as `<extract>.<table>`.
        passed_over: rules that no drawn row obeys, as `<extract>.<table>.<code>`: they are not
            held to, and what holds by them alone is not seen.
    """

    draw: Draw
    people: People
    wanted: frozenset[str]
    passed_over: set[str] = field(default_factory=set)
    _decided_once: dict[tuple[str, ...], pa.Array[Any]] = field(default_factory=dict)

    def drawn(self, extract: Extract, delivery: Delivery) -> dict[str, pa.Table]:
        """Table -> its rows, with those of `PERSON` where they are about persons."""
        made: dict[str, pa.Table] = {}
        for table in _from_the_top(extract, self.wanted):
            made[table.name] = self._rows(extract, table, delivery, made)
        return self._together(extract, made, delivery.context)

    def _rows(
        self, extract: Extract, table: Table, delivery: Delivery, above: Mapping[str, pa.Table]
    ) -> pa.Table:
        import pyarrow as pa

        parts: list[pa.Table] = []
        rules = [rule for rule in table.rules if self._acts(rule, table, delivery.context)]
        missing = size = wanted = self._size(table)
        drawn = 0
        for _ in range(_ROUNDS):
            rows = self._batch(extract, table, delivery, above, size, drawn)
            kept = self._obeying(rows, rules, extract, table, delivery.context)
            parts.append(kept)
            missing -= kept.num_rows
            drawn += size
            if missing <= 0 or not rows.num_rows:
                break
            # As many as those missing come to, at the share that stood so far, and some more.
            needed = _MORE * missing * drawn / max(wanted - missing, 1)
            size = min(wanted, math.ceil(needed))
        return _once(pa.concat_tables(parts).slice(0, wanted), table)

    def _size(self, table: Table) -> int:
        """As many rows as there are texts, where each row is of one of those known."""
        alone = table.key[0] if len(table.key) == 1 else ""
        known = alone and _is_text(table.column(alone))
        return len(self.draw.texts(alone)) if known else self.draw.size

    def _batch(
        self,
        extract: Extract,
        table: Table,
        delivery: Delivery,
        above: Mapping[str, pa.Table],
        size: int,
        drawn: int,
    ) -> pa.Table:
        import pyarrow as pa

        columns: dict[str, pa.Array[Any]] = {}
        if table.parent is not None:
            rows = above[table.parent[0]]
            size = size if rows.num_rows else 0
            chosen = self.draw.random.integers(0, max(rows.num_rows, 1), size)
            if self.draw.filled:
                # Every row has one below it, as a plan in force has a need.
                each = np.arange(min(size, rows.num_rows) if drawn == 0 else 0)
                chosen[: len(each)] = each
            columns = {name: rows[name].combine_chunks().take(chosen) for name in PERSON}
            columns[table.parent[1]] = rows[table.parent[1]].combine_chunks().take(chosen)
        elif extract.person_level:
            link, key = self.people.linked(extract.name, delivery.year, size, self.draw)
            columns = {"person_key": key, "link": link, "_home": self.draw.homes(size)}
        for column in table.columns:
            if column.field in columns:
                continue
            if table.parent is not None and column.type == "integer" and column.field in table.key:
                columns[column.field] = _within(columns[table.parent[1]])
                continue
            numbers = np.arange(drawn, drawn + size)
            columns[column.field] = self._column(column, table, delivery, numbers)
        for name, by in table.decided_by.items():
            columns[name] = self._decided(name, by, columns[by], table, delivery)
        if extract.person_level and table.parent is None:
            born = table.identifiers.get("date_of_birth")
            columns["_born"] = columns[born] if born else pa.nulls(size, pa.date32())
        return pa.table(columns)

    def _column(
        self, column: Column, table: Table, delivery: Delivery, numbers: Ints
    ) -> pa.Array[Any]:
        import pyarrow as pa

        if table.key == (column.field,):
            if _is_text(column):
                texts = self.draw.texts(column.field)
                return texts.take(pa.array(numbers % len(texts)))
            return pa.array([f"{table.name} {number}" for number in numbers.tolist()], pa.string())
        return self.draw.column(column, len(numbers), delivery)

    def _decided(
        self, name: str, by: str, cells: pa.Array[Any], table: Table, delivery: Delivery
    ) -> pa.Array[Any]:
        """Cells of a column that another decides, the same throughout a delivery."""
        key = (delivery.extract, delivery.period, table.name, name)
        deciding = table.column(by)
        if key not in self._decided_once:
            size = len(self.draw.values(deciding))
            self._decided_once[key] = self.draw.column(table.column(name), size, delivery)
        return self.draw.decided(self._decided_once[key], cells, deciding)

    def _obeying(
        self, rows: pa.Table, rules: Iterable[Rule], extract: Extract, table: Table, known: Context
    ) -> pa.Table:
        """The rows that stand, with what rules empty emptied."""
        rules = [*rules]
        if not rules or not rows.num_rows:
            return rows
        frame = _frame(rows, table)
        stands = np.ones(len(frame), dtype=np.bool_)
        for rule in rules:
            broken = _broken(rule.check(frame, known))
            left = stands & ~broken
            if not self._strict(rule, table, known, ~broken, left):
                _empty(frame, rule.blanks, broken)
            elif not left.any():
                self.passed_over.add(f"{extract.name}.{table.name}.{rule.code}")
            else:
                stands = left
        return _back(rows, frame[stands], {name for rule in rules for name in rule.blanks})

    def _together(
        self, extract: Extract, made: dict[str, pa.Table], known: Context
    ) -> dict[str, pa.Table]:
        """The rows that stand by the rules across the tables of the extract."""
        made = _with_parents(extract, made)
        for rule in extract.cross_rules:
            table = rule.table
            if table not in made or any("." in need or need not in made for need in rule.needs):
                continue
            if rule.again:
                # What tells that somebody is entered twice are identifiers, and none are drawn.
                continue
            strict = _is_error(rule, extract.table(table), known)
            if not (strict or rule.blanks) or not made[table].num_rows:
                continue
            frames = {name: _frame(rows, extract.table(name)) for name, rows in made.items()}
            broken = _broken(rule.check(frames, known))
            if not strict:
                _empty(frames[table], rule.blanks, broken)
                made[table] = _back(made[table], frames[table], {*rule.blanks})
            elif broken.all():
                self.passed_over.add(f"{extract.name}.{table}.{rule.code}")
            else:
                made[table] = made[table].filter(_mask(~broken))
                made = _with_parents(extract, made)
        return made

    def _strict(self, rule: Rule, table: Table, known: Context, obey: Flags, left: Flags) -> bool:
        """Whether no row stands that breaks a rule, by those that obey it and those it leaves."""
        few = float(np.mean(obey)) < _OBEY or float(np.mean(left)) < _LEFT
        return _is_error(rule, table, known) or (self.draw.filled and not few)

    def _acts(self, rule: Rule, table: Table, known: Context) -> bool:
        """Whether a rule changes what is counted."""
        tried = self.draw.filled or _is_error(rule, table, known) or bool(rule.blanks)
        return rule.counted and tried


def _from_the_top(extract: Extract, wanted: frozenset[str]) -> list[Table]:
    """The tables that are read, and those they hang on, each after its parent."""
    needed = {table.name for table in extract.tables if f"{extract.name}.{table.name}" in wanted}
    for _ in extract.tables:
        needed |= {p[0] for name in needed if (p := extract.table(name).parent) is not None}
    found: list[Table] = []

    def add(table: Table) -> None:
        if table in found:
            return
        if table.parent is not None:
            add(extract.table(table.parent[0]))
        found.append(table)

    for table in extract.tables:
        if table.name in needed:
            add(table)
    return found


def _is_error(rule: Rule | CrossRule, table: Table, known: Context) -> bool:
    return known.severities.get(f"{table.name}.{rule.code}", rule.severity) == "error"


def _within(above: pa.Array[Any]) -> pa.Array[Any]:
    """Which row it is, from 1, of those of one row above it."""
    import pyarrow as pa

    codes = above.dictionary_encode().indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    _, first = np.unique(codes[order], return_index=True)
    starts = np.repeat(first, np.diff([*first, len(codes)]))
    number = np.empty(len(codes), dtype=np.int64)
    number[order] = np.arange(len(codes)) - starts + 1
    return pa.array(number)


def _is_text(column: Column) -> bool:
    """Whether it holds texts that other tables may have too, and no identifier of a person."""
    return column.type == "string" and column.identifier is None and not column.personal


def _broken(answers: pd.Series[Any]) -> Flags:
    """Where a rule is broken; an empty answer passes."""
    return np.asarray(~answers.fillna(True).to_numpy(dtype=bool))


def _empty(frame: pd.DataFrame, fields: Iterable[str], broken: Flags) -> None:
    for name in fields:
        frame.loc[frame.index[broken], name] = None


def _frame(rows: pa.Table, table: Table) -> pd.DataFrame:
    """The declared columns as rules read them, numbered from 0."""
    import pandas as pd

    from jsna.ingest.convert import dtype

    made = {
        c.field: pd.array(rows[c.field].combine_chunks(), dtype=dtype(c)) for c in table.columns
    }
    return pd.DataFrame({**made, "source_row": np.arange(rows.num_rows)})


def _back(rows: pa.Table, frame: pd.DataFrame, emptied: Iterable[str]) -> pa.Table:
    """The rows of a table that are left in a frame, with some columns as they are there."""
    import pyarrow as pa

    kept = rows.take(pa.array(frame.index.to_numpy()))
    for name in sorted(emptied):
        at = kept.column_names.index(name)
        column = pa.array(frame[name].array, type=kept.schema.field(name).type, from_pandas=True)
        kept = kept.set_column(at, name, column)
    return kept


def _mask(flags: Flags) -> pa.Array[Any]:
    import pyarrow as pa

    return pa.array(flags)


def _with_parents(extract: Extract, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows whose parent is there."""
    import pyarrow.compute as pc

    found = dict(made)
    for table in extract.tables:
        if table.parent is not None and table.name in found:
            parent, name = table.parent
            there = pc.is_in(found[table.name][name], found[parent][name].combine_chunks())
            found[table.name] = found[table.name].filter(there)
    return found


def _once(rows: pa.Table, table: Table) -> pa.Table:
    """The rows of which no two have one key; an identifier in it stands for the person."""
    import pyarrow as pa

    if not table.key:
        return rows
    parent = table.parent[1] if table.parent else ""
    alone = table.key == (table.key[0],)
    names = [
        "person_key" if table.column(n).identifier and n != parent and not alone else n
        for n in table.key
    ]
    keys = np.zeros(rows.num_rows, dtype=np.int64)
    for name in names:
        codes = rows[name].combine_chunks().dictionary_encode().indices.fill_null(-1)
        column = codes.to_numpy(zero_copy_only=False).astype(np.int64) + 1
        both = keys * (int(column.max(initial=0)) + 1) + column
        keys = np.unique(both, return_inverse=True)[1].reshape(-1)
    first = np.sort(np.unique(keys, return_index=True)[1])
    return rows.take(pa.array(first))
