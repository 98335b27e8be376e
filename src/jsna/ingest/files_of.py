"""Which table, or part of an export, each file of a delivery is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jsna.ingest.xml_file import is_xml
from jsna.model.contract import Extract, Table
from jsna.model.editions import Delivery
from jsna.model.parts import Parts, part_of


def files_of(
    delivery: Delivery, extract: Extract, content: Callable[[str], bytes | None]
) -> Mapping[str, tuple[Table, str]]:
    """What a delivery's files are: key -> its table, or part, and the file.

    The edition says so by the keys of `files`; an XML is every part its form has.
    """
    parts = extract.parts
    own = {table.name: table for table in extract.tables}
    if parts is None:
        return {name: (own[name], delivery.files[name]) for name in own if name in delivery.files}
    by_name = {table.name: table for table in parts.tables}
    found: dict[str, tuple[Table, str]] = {}
    for key, file in delivery.files.items():
        name, of = part_of(key)
        if name in by_name:
            found[key] = (by_name[name], file)
        elif _holds_parts(extract, parts, content(file)):
            found |= {
                f"{part}.{of}" if of else part: (by_name[part], file) for part in _in(extract)
            }
        elif name in own:
            found[key] = (own[name], file)
    return found


def _in(extract: Extract) -> tuple[str, ...]:
    return tuple(extract.xml.tables) if extract.xml is not None else ()


def _holds_parts(extract: Extract, parts: Parts, content: bytes | None) -> bool:
    """Whether a file given for a table is an XML of the parts that make it up."""
    return (
        content is not None and set(_in(extract)) <= set(parts.names) and bool(_in(extract))
        and is_xml(content)
    )  # fmt: skip
