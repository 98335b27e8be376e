"""What a folder holds for an edition, in words; files by their names, and no cell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from jsna.receiving.doctor import SAID, Found, What
from jsna.sources import registry

_SAID: Final[Mapping[What, str]] = {
    "new": "new",
    "late": "late: the edition says that it was not received",
    "replaced": "replaced: other files than the edition names",
    "same": "as the edition names it",
    "incomplete": "incomplete",
}
#: Endings of files that are not looked at, and what to do that spoils and overwrites nothing.
_STEPS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (
        (".xls", ".xlsb", ".ods"),
        "open it in Excel, save it as an Excel workbook (.xlsx) under a new name, never over a "
        "file that is there, and give that one; keep the file as it came",
    ),
    (
        (".zip", ".7z", ".rar", ".gz", ".tgz"),
        "unpack it into a new, empty folder, so that no file is overwritten, and give that folder "
        "to `jsna doctor`; where it has a password, its owner has it",
    ),
    (
        (".pdf", ".doc", ".docx", ".odt", ".rtf", ".htm", ".html", ".msg", ".eml"),
        "no rows are read from it; ask its owner for them as .csv or .xlsx",
    ),
)


def lines(found: Found) -> Iterator[str]:
    """What was found, in words; files by their names, and no cell of them."""
    for one in found.arrived:
        by = {looks.by for looks in one.files.values() if looks.by}
        ways = sorted(way if way == SAID else f"by {way}" for way in by)
        told = f"; year {' and '.join(ways)}" if ways else ""
        through = f", by {one.mapping}" if one.mapping else ""
        lacks = f" (no {', '.join(map(repr, one.lacks))})" if one.lacks else ""
        yield f"{one.extract}, {one.period}{through}: {_SAID[one.what]}{lacks}{told}"
        if one.fewer:
            yield f"  {one.fewer}: is that all of it?"
        tables = {table.name for table in registry()[one.extract].tables}
        for table, looks in (*one.files.items(), *one.beside.items()):
            yield f"  {table}: {looks.file.name}"
            if looks.empty and table in tables:
                yield (
                    f"    no row from {looks.empty}: if the file is a part of the year, have the "
                    "other parts in the folder too"
                )
    for name, rule in found.unclear:
        yield f"Unclear: {name}: {rule}"
    if found.passed:
        yield f"Not looked at: {', '.join(found.passed)}"
        for endings, step in _STEPS:
            if met := [ending for ending in endings if ending in found.endings]:
                yield f"  {', '.join(met)}: {step}"
    for name in found.missing:
        yield f"Missing: {name}"
