"""Mappings of councils' own files, which an edition names: loaded, and checked by declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from jsna.model.codelists import Usage
from jsna.model.contract import Column, Table
from jsna.model.editions import Delivery, Edition
from jsna.model.layouts import MappingFile, Origin, Shape
from jsna.settings import checks
from jsna.settings.checks import Finding
from jsna.settings.reading import Gatherer

FOLDER: Final = "config/mappings"
#: Code list -> code -> its label, or what it counts as.
Lists = Mapping[str, Mapping[str, str]]
#: What a cell of yes or no may be mapped to.
_YES_NO: Final = ("true", "false")


def path_of(name: str) -> str:
    """The file of a mapping, below the project's folder."""
    return f"{FOLDER}/{name}.yaml"


def named(edition: Edition) -> list[str]:
    """Mappings by which an edition's files are read."""
    return sorted({delivery.mapping for delivery in edition.received} - {""})


def load_mappings(
    gather: Gatherer,
    edition: Edition,
    path: str,
    extracts: Mapping[str, Any],
    lists: Lists,
    rolls: Lists,
    usage: Mapping[str, Usage],
) -> dict[str, MappingFile]:
    """The mappings of an edition by name.

    Args:
        gather: keeps the problems.
        edition: the edition, of the file `path`.
        path: its file.
        extracts: what is declared, by name.
        lists: code list -> its codes, each with its label.
        rolls: code list -> further codes and spellings a file in the declared shape may hold.
        usage: code list -> in which returns its codes stand.

    Returns:
        the mappings, of which a former code said to be what it counted as (`S: E`) stays itself:
        what it counts as, if anything, is of the year of each file.
    """
    found: dict[str, MappingFile] = {}
    for name in named(edition):
        parts = PurePosixPath(name).parts
        if len(parts) != 2 or ".." in parts:
            rule = "is written <council>/<source>, of a file below config/mappings"
            gather.expect(False, path, "mapping", rule, name)
            continue
        mapping = gather.load(path_of(name), MappingFile)
        if mapping is None:
            continue
        found[name] = _of_its_years(mapping, extracts, rolls, usage)
        for finding in _of_mapping(mapping, extracts, lists, rolls):
            gather.expect(False, path_of(name), *finding)
    for delivery in edition.received:
        for finding in _of_delivery(delivery, found.get(delivery.mapping)):
            gather.expect(False, path, *finding)
    return found


def _of_its_years(
    mapping: MappingFile, extracts: Mapping[str, Any], rolls: Lists, usage: Mapping[str, Usage]
) -> MappingFile:
    extract = extracts.get(mapping.extract)
    tables = {table.name: table for table in extract.tables} if extract is not None else {}
    made = {}
    for name, shape in mapping.tables.items():
        lists = {c.field: c.codes for c in tables[name].columns} if name in tables else {}
        columns = {
            field: origin and _former_kept(origin, str(lists.get(field)), rolls, usage)
            for field, origin in shape.columns.items()
        }
        made[name] = shape.model_copy(update={"columns": columns})
    return mapping.model_copy(update={"tables": made})


def _former_kept(origin: Origin, codelist: str, rolls: Lists, usage: Mapping[str, Usage]) -> Origin:
    ended = usage[codelist].until if codelist in usage else {}
    counts_as = {text.upper(): code for text, code in rolls.get(codelist, {}).items()}
    codes = {
        said: said.strip().upper()
        if said.strip().upper() in ended and counts_as.get(said.strip().upper()) == code
        else code
        for said, code in origin.codes.items()
    }
    return origin.model_copy(update={"codes": codes})


def _of_delivery(delivery: Delivery, mapping: MappingFile | None) -> Iterator[Finding]:
    key = checks.named(delivery)
    if mapping is None:
        if delivery.beside and not delivery.mapping:
            yield f"{key}.beside", "no `mapping` says which columns come from these files", ""
        return
    if mapping.extract != delivery.extract:
        rule = f"is a mapping of {mapping.extract}"
        yield f"{key}.mapping", rule, delivery.mapping
    for name in sorted(mapping.joined - delivery.beside.keys()):
        yield f"{key}.beside", "the mapping joins columns of a file that is not given", name
    for name in sorted(delivery.beside.keys() - mapping.joined):
        yield f"{key}.beside", "the mapping joins no column of it; take it out", name


def _of_mapping(
    mapping: MappingFile, extracts: Mapping[str, Any], lists: Lists, rolls: Lists
) -> Iterator[Finding]:
    extract = extracts.get(mapping.extract)
    if extract is None:
        rule = f"no such extract; declared are {', '.join(extracts)}"
        yield "extract", rule, mapping.extract
        return
    tables = {table.name: table for table in extract.tables}
    for name, shape in mapping.tables.items():
        if name in tables:
            yield from _of_shape(f"tables.{name}", shape, tables[name], lists, rolls)
        else:
            rule = f"the extract has no such table; it has {', '.join(tables)}"
            yield f"tables.{name}", rule, ""
    for name in sorted(mapping.beside.keys() - mapping.joined):
        yield f"beside.{name}", "no column is joined from it; take it out", ""


def _of_shape(
    key: str, shape: Shape, table: Table, lists: Lists, rolls: Lists
) -> Iterator[Finding]:
    columns = {column.field: column for column in (*table.columns, *table.helping)}
    filled = {name for fill in table.fills for name in fill.fields}
    for name, origin in shape.columns.items():
        where = f"{key}.columns.{name}"
        if name not in columns:
            yield where, f"the table has no such field; it has {', '.join(columns)}", ""
        elif origin is not None:
            yield from _of_origin(where, origin, columns[name], lists, rolls)
        elif columns[name].required and not columns[name].nullable and name not in filled:
            yield where, "the table cannot be used without it; say where it comes from", ""


def _of_origin(
    key: str, origin: Origin, column: Column, lists: Lists, rolls: Lists
) -> Iterator[Finding]:
    for name in ("dates", "years_from") if column.type != "date" else ():
        if getattr(origin, name):
            yield f"{key}.{name}", "the field is no date; leave it out", ""
    if column.type == "boolean":
        own = further = set(_YES_NO)
    elif column.codes is not None:
        own = {*lists.get(column.codes, ())}
        further = {*rolls.get(column.codes, ()), *(said for said, _ in column.spellings)}
    else:
        if origin.codes:
            yield f"{key}.codes", "the field is not one of codes; leave it out", ""
        return
    folded = {code.casefold() for code in own | further}
    shown = ", ".join(sorted(own))
    for said, code in origin.codes.items():
        if code.casefold() not in folded:
            yield f"{key}.codes.{said}", f"is no code of the field; it has {shown}", code
    if origin.constant and origin.constant.casefold() not in folded:
        yield f"{key}.constant", f"is no code of the field; it has {shown}", origin.constant
