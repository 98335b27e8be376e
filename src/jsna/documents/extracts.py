"""The extracts, for readers: their files, with every column and every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jsna.documents.markdown import code, table
from jsna.model.contract import REPEATED, SHARED, Column, CrossRule, Extract, Rule, Table
from jsna.shared.patterns import WORDS
from jsna.sources import registry

#: What stands over the columns of `columns` and `rules`.
COLUMNS = (
    "header", "column", "type", "values", "must be given", "if unusable", "identifies",
    "description",
)  # fmt: skip
RULES = ("rule", "severity", "columns", "message")


def sections() -> Iterator[str]:
    """A section for each extract, as paragraphs."""
    for extract in registry().values():
        yield f"### {extract.title} (`{extract.name}`)"
        linked = "are linked" if extract.person_level else "are about no persons"
        yield (
            f"{extract.description} Period: {extract.period_type}. Base: "
            f"{extract.population_base}. Its rows {linked}."
        )
        for one in extract.tables:
            yield f"#### `{extract.name}.{one.name}`"
            yield _about(one)
            yield table(COLUMNS, columns(one))
            found = [*rules(extract, one)]
            if found:
                yield table(RULES, found)


def _about(one: Table) -> str:
    said = [one.description]
    if one.key:
        said.append(f"Key: {code(*one.key)}.")
    if one.parent is not None:
        parent, name = map(code, one.parent)
        said.append(f"Every row belongs to a row of {parent} by {name}.")
    if one.dated_by is not None:
        said.append(
            f"Refused where less than {one.dated_share:.0%} of {code(one.dated_by)} fall in its "
            "period."
        )
    if one.may_be_empty:
        said.append("It may have no rows.")
    if one.optional:
        said.append("A delivery may come without it.")
    return " ".join(said)


def columns(one: Table) -> Iterator[tuple[str, ...]]:
    """A row for each column of a file, as `COLUMNS`, in the order of the file."""
    for column in one.columns:
        aliases = f" (or {code(*column.aliases)})" if column.aliases else ""
        yield (
            code(column.name) + aliases,
            code(column.field),
            column.type,
            _values(column) + _absent(column),
            _must_be_given(column),
            "emptied" if column.on_invalid == "blank" else "row set aside",
            column.identifier or ("never shown" if column.personal else ""),
            column.description,
        )


def rules(extract: Extract, one: Table) -> Iterator[tuple[str, ...]]:
    """A row for each rule of a file beside those of single columns, as `RULES`."""
    if one.key:
        same = "another row has the same"
        yield _rule(one, REPEATED, "error", one.key, f"{same}; one of them is kept")
        if "date_of_birth" in one.identifiers:
            same += " and another date of birth: two children, of whom one is kept"
            yield _rule(one, SHARED, "error", one.key, same)
    if one.parent is not None:
        parent, name = one.parent
        yield _rule(one, f"{name}.orphan", "error", (name,), f"there is no such row of {parent!r}")
    across = [rule for rule in extract.cross_rules if rule.table == one.name]
    judged: list[Rule | CrossRule] = [*(rule for rule in one.rules if rule.counted), *across]
    for rule in judged:
        yield _rule(one, rule.code, rule.severity, rule.fields, rule.message)
    every: list[Rule | CrossRule] = [*one.rules, *across]
    for rule in every:
        if rule.fatal_share is not None:
            yield _rule(one, rule.code, _refused(rule.fatal_share), rule.fields, rule.fatal_message)


def _refused(share: float) -> str:
    often = f"more than {share:.0%} of rows break" if share else "any row breaks"
    return f"file refused if {often} it"


def _rule(
    one: Table, name: str, severity: str, fields: Iterable[str], message: str
) -> tuple[str, ...]:
    return (code(f"{one.name}.{name}"), severity, code(*fields), message)


def _must_be_given(column: Column) -> str:
    if not column.required:
        return "column may be absent"
    if column.nullable:
        return "no"
    return "yes" if column.on_missing == "quarantine" else "yes, or a warning"


def _absent(column: Column) -> str:
    """What stands for no value, in words."""
    return f"; read as empty: {', '.join(sorted(column.absent))}" if column.absent else ""


def _values(column: Column) -> str:
    if column.codes is not None:
        written = "".join(f", {text} for {meant}" for text, meant in column.spellings)
        return f"code list {code(column.codes)}{written}"
    if column.pattern is not None:
        return WORDS.get(column.pattern, f"the pattern {code(column.pattern)}")
    if column.type == "date":
        return "day/month/year or year-month-day"
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("from", column.minimum), ("to", column.maximum))
        if bound is not None
    ]
    bands = f"; in bands: code list {code(column.bands.name)}" if column.bands else ""
    return " ".join(bounds) + bands
