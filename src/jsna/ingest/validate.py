"""Validation as the rest of the pipeline calls it: a delivery, then deliveries together.

    results = {key: validate_delivery(extract, tables, context), …}
    results = apply_cross(results)

or `validate_edition` for both. See `jsna.ingest.judge` for what becomes of rows and cells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from jsna.ingest.cross import Tables, apply_rules, other_rules, own_rules, with_parents
from jsna.ingest.judge import Validated, too_many, validate_table
from jsna.ingest.kept import Kept
from jsna.model.areas import authorities
from jsna.model.configuration import Configuration
from jsna.model.contract import Context, Extract
from jsna.model.editions import Delivery
from jsna.model.layouts import Layout
from jsna.shared.periods import reference_date
from jsna.sources import permission, registry

#: A delivery: name of the extract, period.
Key = tuple[str, str]
#: Deliveries, each with its judged tables by name.
Results = dict[Key, Tables]


def context_for(config: Configuration, delivery: Delivery) -> Context:
    """What the rules may know of a delivery.

    The reference date is the delivery's own `as_at`, else the day its period is counted on.
    """
    edition, area = config.edition, config.area
    period_type = registry()[delivery.extract].period_type
    return Context(
        reference_date=delivery.as_at
        or reference_date(delivery.period, period_type, edition.reference_date),
        period=delivery.period,
        authority_code=area.code,
        codelists={name: frozenset(codes) for name, codes in config.codelists.items()},
        rolls=config.rolls,
        usage=config.usage,
        outright=_outright(config.layout(delivery)),
        authorities=authorities(config),
        synthetic=edition.synthetic,
        localities_are=area.localities_are,
        localities=frozenset(place.code for place in area.localities),
        severities=edition.severities,
    )


def _outright(layout: Layout | None) -> dict[str, frozenset[str]]:
    """`table.field` -> the codes that a mapping reads other words as."""
    found = {}
    for table, shape in layout.tables.items() if layout is not None else ():
        for name, origin in shape.columns.items():
            said = origin.codes.items() if origin is not None else ()
            codes = {code.upper() for text, code in said if text.upper() != code.upper()}
            constant = origin.constant.upper() if origin is not None else ""
            found[f"{table}.{name}"] = frozenset({*codes, constant} - {""})
    return found


def validate_delivery(
    extract: Extract,
    staged_tables: Mapping[str, Kept] | Mapping[str, pd.DataFrame],
    context: Context,
    files: Mapping[str, str] | None = None,
) -> Tables:
    """Judge the tables of one delivery, each alone and then together.

    Args:
        extract: the declaration.
        staged_tables: table -> its rows as text.
        context: see `context_for`.
        files: table -> name of its file, for messages.

    Returns:
        table -> judged rows, for the tables given.
    """
    files = files or {}
    tables = {
        table.name: validate_table(
            extract, table, staged_tables[table.name], context, file=files.get(table.name, "")
        )
        for table in extract.tables
        if table.name in staged_tables
    }
    tables = with_parents(extract, tables)
    if rules := own_rules(extract):
        # A row set aside by a rule takes the rows below it along.
        tables = with_parents(extract, apply_rules(rules, tables, {}))
    return {name: too_many(rows) for name, rows in tables.items()}


def apply_cross(
    results: Mapping[Key, Mapping[str, Validated]], unlinked: Collection[Key] = ()
) -> Results:
    """Try the rules that need several extracts, on every delivery of an edition.

    To look a person of one extract up in another is to link them: deliveries that may not be linked
    are held to registers of places and schools alone, and no other delivery is held to them.

    Args:
        results: judged deliveries.
        unlinked: those of them without recorded permission.
    """
    judged: Results = {key: dict(tables) for key, tables in results.items()}
    for key in sorted(judged):
        extract = registry()[key[0]]
        rules = other_rules(extract)
        if not rules:
            continue
        needs = {need for rule in rules for need in rule.needs if "." in need}
        others = {
            need: frame
            for need in needs
            if not (key in unlinked and registry()[need.split(".")[0]].about_persons)
            and (frame := _together(judged, need, unlinked)) is not None
        }
        tables = with_parents(extract, apply_rules(rules, judged[key], others))
        judged[key] = {name: too_many(rows) for name, rows in tables.items()}
    return judged


def _together(results: Results, need: str, unlinked: Collection[Key]) -> pd.DataFrame | None:
    """Valid rows of `extract.table` in all deliveries that may be used; None where none is."""
    name, table = need.split(".", 1)
    parts = [
        tables[table].valid.assign(period=key[1])
        for key, tables in sorted(results.items())
        if key[0] == name and table in tables and key not in unlinked
    ]
    return pd.concat(parts, ignore_index=True) if parts else None


def validate_edition(staged: Mapping[Key, Mapping[str, Kept]], config: Configuration) -> Results:
    """Judge everything received for an edition.

    Args:
        staged: delivery -> table -> staged rows.
        config: the edition's configuration.
    """
    deliveries = {(d.extract, d.period): d for d in config.edition.received}
    results = {
        key: validate_delivery(
            registry()[key[0]],
            tables,
            context_for(config, deliveries[key]),
            {name: deliveries[key].files_of(name) for name in tables},
        )
        for key, tables in sorted(staged.items())
    }
    unlinked = {(d.extract, d.period) for d in permission.unlinked(config.edition)}
    return apply_cross(results, unlinked)
