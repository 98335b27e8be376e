"""Made-up returns as XML, and the means to read and judge them."""

from __future__ import annotations

from collections.abc import Mapping

from jsna.ingest.cross import Tables
from jsna.ingest.grid import Findings
from jsna.ingest.read import Reading, read_table
from jsna.ingest.validate import validate_delivery
from jsna.sources import registry
from tests.unit.validation_support import context


def element(name: str, *held: str, **leaves: object) -> str:
    """An element with leaves and others in it, each on a line of its own."""
    inside = [f"<{leaf}>{text}</{leaf}>" for leaf, text in leaves.items()]
    return "\n".join([f"<{name}>", *inside, *held, f"</{name}>"])


def message(collection: str, *held: str, year: int = 2025) -> bytes:
    """A return with its header."""
    header = element(
        "Header",
        element("CollectionDetails", Collection=collection, Year=year),
        element("Source", SourceLevel="L", LEA=999),
    )
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + element("Message", header, *held)).encode()


def read(extract: str, content: bytes, name: str = "return.xml") -> dict[str, Reading]:
    """Table -> what was read of it, of every table of an extract."""
    one = registry()[extract]
    return {
        table.name: read_table(content, name, table, alone=False, xml=one.xml)
        for table in one.tables
    }


def judged(
    extract: str, content: bytes, **changes: object
) -> tuple[Tables, Mapping[str, Findings]]:
    """The tables of a return judged, and what was found of the file by table."""
    readings = read(extract, content)
    frames = {name: one.frame for name, one in readings.items() if one.frame is not None}
    made = validate_delivery(registry()[extract], frames, context(extract, **changes))
    return made, {name: one.findings for name, one in readings.items()}
