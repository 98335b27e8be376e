"""Declarations against the analysis tables: everything wrong with them, before a row is read.

The one rule that statistics depends on: a ratio is refused where its numerator and denominator
stand for different populations (children who attend, live, or have a plan maintained here).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem, near
from jsna.measures.conditions import conjuncts, named_texts, names
from jsna.model.indicators import Indicator, Side
from jsna.model.schema import MEASURED, METHODS, MONEY, MULTIPLIERS, PERIOD_TYPES, UNITS
from jsna.tables.catalogue import CATALOGUE, column_of

if TYPE_CHECKING:
    from sqlglot import exp

    from jsna.model.tables import AnalysisTable, Column

#: Column of an analysis table -> its codes, as the code list of its dimension has them.
CodesOf = Callable[[str], Collection[str]]
#: Methods the engine calculates from a numerator and, but for counts, a denominator.
CALCULATED: Final = (
    "count",
    "sum",
    "proportion",
    "proportion_wilson",
    "rate_byar",
    "mean_t",
    "quantile",
    "dsr_dobson",
    "kaplan_meier",
)
#: Units of a mean: of what is measured of one child, or none.
_OF_VALUES: Final = ("mean", *MEASURED)
#: How a column says that its pounds are of some time, such as a week.
_SAID: Final = "hour|day|night|week|month|term"
_TIME: Final = re.compile(rf"\b(?:(?P<ly>{_SAID}|dai)ly|(?:a|per|each|every) (?P<a>{_SAID}))\b")


def time_of(side: Side) -> str:
    """Of what time an amount is that a side adds up, as its column says: "week"; "" if of none."""
    table = CATALOGUE.get(side.table)
    column = table.columns.get(side.count) if table is not None else None
    said = f"{side.count} {column.description if column else ''}".replace("_", " ").lower()
    found = _TIME.search(said)
    time: str = (found["ly"] or found["a"]) if found else ""
    return time.replace("dai", "day")


def check(indicators: Iterable[Indicator], codes: CodesOf) -> None:
    """Raise with every fault found in the declarations; takes what `faults` takes."""
    if problems := faults(indicators, codes):
        raise JsnaError(problems, title="Indicators cannot be measured as declared:")


def faults(indicators: Iterable[Indicator], codes: CodesOf) -> list[Problem]:
    """Every fault found in declarations beside the analysis tables and code lists.

    Args:
        indicators: the declarations.
        codes: the codes a column may have; none where no list knows them.
    """
    problems: list[Problem] = []
    indicators = list(indicators)
    named = {s.table for i in indicators for s in (i.numerator, i.denominator) if s is not None}
    with io.asked() as connection:
        for table in (CATALOGUE[name] for name in sorted(named & set(CATALOGUE))):
            columns = ", ".join(f'"{c.name}" {c.sql}' for c in table.columns.values())
            connection.execute(f'create temp table "{table.name}" ({columns})')
        for indicator in indicators:
            where = f"config/indicators/{indicator.chapter or '?'}.yaml"
            for key, rule in _faults(indicator, connection, codes):
                problems.append(
                    Problem(where, rule, column=f"{indicator.id}.{key}", code="indicator")
                )
    return problems


def _faults(indicator: Indicator, connection: Any, codes: CodesOf) -> Iterator[tuple[str, str]]:
    for key, allowed in (("unit", UNITS), ("method", METHODS), ("period_type", PERIOD_TYPES)):
        if getattr(indicator, key) not in allowed:
            yield key, f"must be one of {', '.join(allowed)}"
    values = indicator.kind.of_values
    expected = 1.0 if values else MULTIPLIERS.get(indicator.unit, 1.0)
    fixed = values or expected > 1 or indicator.unit in MEASURED
    if fixed and indicator.multiplier != expected:
        yield "multiplier", f"a value in {indicator.unit} needs the multiplier {expected:g}"
    if indicator.numerator is None:
        return
    if indicator.method not in CALCULATED:
        yield "method", f"the engine calculates {', '.join(CALCULATED)}, not {indicator.method}"
    if indicator.kind.divides == (indicator.denominator is None):
        yield "method", "a count has no denominator, and everything else has one"
    if indicator.kind.amounts:
        yield from _amount_faults(indicator, indicator.numerator)
    if indicator.kind.sums:
        yield from _sum_faults(indicator, indicator.numerator)
    if indicator.standard is not None and indicator.over:
        yield "over", f"a {indicator.kind} has no denominator over other categories than its own"
    if indicator.kind.of_values:
        yield from _value_faults(indicator, indicator.numerator, connection, codes)
    sides = {"numerator": indicator.numerator, "denominator": indicator.denominator}
    for key, side in sides.items():
        if side is not None:
            yield from _side_faults(key, side, indicator, connection, codes)
    yield from _dimension_faults(indicator)


def _amount_faults(indicator: Indicator, side: Side) -> Iterator[tuple[str, str]]:
    """A mean is of the values in a column, over the rows that have them and no others.

    It is in their unit: a per cent of it would be a hundred times as much.
    """
    if indicator.unit not in _OF_VALUES:
        rule = f"a {indicator.kind} is in the unit of its values: {', '.join(MEASURED)}"
        yield "unit", f"{rule}; of other values leave it out, and name it in the title"
    if side.count in ("rows", "persons"):
        yield "numerator.count", f"a {indicator.kind} adds up a column of {side.table!r}; name it"
    if indicator.denominator != side.model_copy(update={"count": "rows"}):
        rule = f"a {indicator.kind} is divided by the rows it adds up: same table and `where`"
        yield "denominator", rule
    if indicator.over:
        yield "over", f"a {indicator.kind} has no denominator over other categories than its own"


def _sum_faults(indicator: Indicator, side: Side) -> Iterator[tuple[str, str]]:
    """A sum is of the pounds in a column, and says of what time they are."""
    if side.count in ("rows", "persons"):
        yield "numerator.count", f"of {indicator.kind} names the column that is added up"
    elif indicator.unit != MONEY:
        yield "unit", f"a sum of {indicator.kind} is in {MONEY}"
    if (time := time_of(side)) and time not in indicator.phrase.lower():
        yield (
            "phrase",
            f"{side.count!r} is of one {time}, and its sum would read as that of the whole period: "
            f'say so in the title, as in "Spending on … in one {time}"',
        )


def _value_faults(
    indicator: Indicator, side: Side, connection: Any, codes: CodesOf
) -> Iterator[tuple[str, str]]:
    """A quantile is of the values in a column, one of each row counted; so is a wait."""
    table = CATALOGUE.get(side.table)
    if indicator.ended and table is not None:
        parts, wrong = _read(indicator.ended, table, connection)
        yield from (("ended", rule) for rule in (*wrong, *_unknown_codes(parts, codes)))
    column = table.columns.get(indicator.values) if table is not None else None
    if table is not None and (column is None or column.type not in ("integer", "number")):
        yield "values", f"must be a number column of {table.name!r}"
    if side.count != "rows":
        yield "numerator.count", f"a {indicator.kind} is of `values` of rows; leave `count` out"
    if indicator.over:
        yield "over", f"a {indicator.kind} has no denominator over other categories than its own"


def _side_faults(
    key: str, side: Side, indicator: Indicator, connection: Any, codes: CodesOf
) -> Iterator[tuple[str, str]]:
    table = CATALOGUE.get(side.table)
    if table is None:
        yield f"{key}.table", f"no analysis table {side.table!r}; there are {', '.join(CATALOGUE)}"
        return
    parts, wrong = _read(side.where, table, connection)
    for rule in (*wrong, *_condition_faults(table, parts, codes)):
        yield f"{key}.where", rule
    values = indicator.values or (side.count if indicator.kind.amounts else "")
    if values in table.columns:
        counted = table.columns[values]
        if not any(_leaves_out_none(part, counted, connection) for part in parts):
            rule = "may count rows without a value; leave them out, as in "
            rule += f"`{values} is not null`"
            yield f"{key}.where", rule
    if side.count not in ("rows", "persons"):
        column = table.columns.get(side.count)
        if column is None or column.type not in ("integer", "number"):
            yield f"{key}.count", f"must be rows, persons or a number column of {table.name!r}"
        elif "person_key" in table.columns and not indicator.sums_amounts:
            # One child with a large amount would pass for many.
            rule = (
                "adds up what persons have, and is no mean and no money: it would not be protected"
            )
            yield f"{key}.count", rule
    elif side.count == "persons" and "person_key" not in table.columns:
        yield f"{key}.count", f"table {table.name!r} has no persons to count"
    elif side.count == "persons" and any(one.recodings for one in indicator.fallbacks):
        rule = (
            "counts persons, who may be in several of the years or categories that its fallbacks "
            "add up; give its breakdowns `recodings: []`, or count rows"
        )
        yield f"{key}.count", rule
    if key == "numerator" and side.period != "same":
        yield f"{key}.period", "only a denominator may be of another period"
    elif side.period != "same" and "person_key" in table.columns:
        # No sum of cells has a part twice: who has the other years would have half of the rest.
        rule = "only residents may be of another period; three years together could have one twice"
        yield f"{key}.period", rule
    base = side.base or table.base
    if side.base not in (None, table.base) and side.where == "true":
        yield f"{key}.base", f"a base other than the table's ({table.base}) needs a condition"
    if base != indicator.population_base:
        rule = (
            f"counts the {base} population, but the indicator declares "
            f"{indicator.population_base}; a ratio across population bases means nothing"
        )
        yield f"{key}.base", rule


def _read(
    where: str, table: AnalysisTable, connection: Any
) -> tuple[Sequence[exp.Expr], Sequence[str]]:
    """The parts of a condition; none, and what is wrong, where the database cannot read it."""
    import duckdb
    from sqlglot.errors import SqlglotError

    try:
        made = connection.execute(f'describe select ({where}) from "{table.name}"').fetchone()
        parts = conjuncts(where)
        wrong = [*_unrepeatable(parts)]
        if made[1] not in ("BOOLEAN", '"NULL"'):
            wrong.append(f"is no condition: it is a {made[1].lower()} and neither true nor false")
        return (() if wrong else parts), wrong
    except (duckdb.Error, SqlglotError) as error:
        said = str(error).splitlines()[0]
        has = ", ".join(table.columns)
        return (), (f"is no condition on table {table.name!r} ({said}); it has {has}",)


def _unrepeatable(parts: Iterable[exp.Expr]) -> Iterator[str]:
    """What a condition asks that is not of the row: another day, or chance, or other rows."""
    from sqlglot import exp

    for part in parts:
        if part.find(exp.Query):
            yield "asks other rows; a condition is of the columns of one row"
        for node in part.find_all(exp.Func):
            name = node.sql("duckdb").split("(")[0].lower()
            if name in _unstable() or name.startswith("current_"):
                yield f"uses {name}, which is another every time; a rerun has to count the same"


@cache
def _unstable() -> frozenset[str]:
    """Functions of the database that may give another value the next time."""
    import duckdb

    changing = (
        "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'"
    )
    with duckdb.connect() as connection:
        return frozenset(name for (name,) in connection.execute(changing).fetchall())


def _condition_faults(
    table: AnalysisTable, parts: Collection[exp.Expr], codes: CodesOf
) -> Iterator[str]:
    """What is wrong with a condition that the database can read."""
    if any("period" in names(part) for part in parts):
        yield "names a period; every period that was received is counted by itself"
    for dimension in table.apart:
        if dimension not in _held(parts):
            yield (
                f"puts every {dimension} of table {table.name!r} together; their figures are too "
                f"unlike for a total, so hold one still, as in {dimension} = '6'"
            )
    yield from _unknown_codes(parts, codes)


def _unknown_codes(parts: Collection[exp.Expr], codes: CodesOf) -> Iterator[str]:
    """Texts that a condition asks for and no code list has."""
    for column, text in dict.fromkeys(pair for part in parts for pair in named_texts(part)):
        if (known := codes(column)) and text not in known:
            hint = near(text, known) or f"; it has {', '.join(known)}"
            yield f"asks for {column} = {text!r}, which its code list does not have{hint}"


def _leaves_out_none(part: exp.Expr, column: Column, connection: Any) -> bool:
    """Whether a part of a condition, of one column alone, is not true where that has no value."""
    if names(part) != {column.name}:
        return False
    none = f'(select cast(null as {column.sql}) as "{column.name}")'
    (let,) = connection.execute(f"select ({part.sql('duckdb')}) from {none}").fetchone()
    return let is not True


def _held(parts: Iterable[exp.Expr]) -> set[str]:
    """The columns that a condition holds still at one code: `column = 'code'` and whatever else."""
    from sqlglot import exp

    same = (part for part in parts if isinstance(part, exp.EQ) and part.expression.is_string)
    return {part.this.name for part in same if isinstance(part.this, exp.Column)}


def _dimension_faults(indicator: Indicator) -> Iterator[tuple[str, str]]:
    tables = [indicator.numerator] + ([indicator.denominator] if indicator.denominator else [])
    for position, side in enumerate(tables):
        if side is None or side.table not in CATALOGUE:
            continue
        columns = CATALOGUE[side.table].columns
        over = indicator.over if position else ()
        for dimension in sorted({d for set_ in indicator.breakdowns for d in set_} - set(over)):
            column = columns.get(column_of(dimension))
            if column is None or column.type != "string":
                has = ", ".join(c.name for c in columns.values() if c.type == "string")
                rule = f"table {side.table!r} has no dimension {dimension!r}; it has {has}"
                yield "breakdowns", rule
