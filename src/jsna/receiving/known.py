"""Which declared table a sheet looks like, and what is proposed for a whole file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jsna.drafting.opening import AS_SHOWN
from jsna.errors import JsnaError, Problem
from jsna.ingest.header import plain
from jsna.model.contract import Extract, Table
from jsna.model.layouts import Place
from jsna.receiving import alike
from jsna.receiving.answers import Answers
from jsna.receiving.fits import Held
from jsna.receiving.propose import KNOWN, Proposal, known_table, propose
from jsna.receiving.sheets import TITLE, Sheet, sheets_of
from jsna.shared import headers
from jsna.sources import registry

#: By how much more a sheet must be like one table than like any other to be taken for it.
_APART: Final = 0.1
#: Words by which sheets of one table are told apart and nobody is called.
_NO_NAMES: Final = frozenset(
    {
        "autumn",
        "spring",
        "summer",
        "term",
        "year",
        "half",
        "part",
        "sheet",
        "page",
        "data",
        "report",
        "table",
    }
)


def held(root: Path) -> Held:
    """The codes there are.

    Raises:
        JsnaError: the code lists have problems.
    """
    from jsna.settings.shared import categories, rolls_of, usage_of

    lists = categories(root).lists
    until = {name: usage.until for name, usage in usage_of(lists).items()}
    return Held({name: one.codes for name, one in lists.items()}, rolls_of(lists), until)


def proposals(
    file: Path,
    codes: Held,
    answers: Answers,
    *,
    source: str = "",
    table: str = "",
    sheet: str = "",
    row: int | None = None,
    place: Place = AS_SHOWN,
) -> list[Proposal]:
    """What a mapping of a file would say, of each of its sheets that is like a declared table.

    Args:
        file: as it came.
        codes: the codes there are.
        answers: what somebody has said; of a file with several tables, of each what it has.
        source, table: what it is of, where that is known.
        sheet: the only one that is looked at.
        row: of the header, where that is known.
        place: of a text, its letters and what separates its cells, where somebody says it.

    Raises:
        JsnaError: nothing in it is like a declared table, or like more than one.
    """
    wanted = _wanted(source, table)
    found: list[Proposal] = []
    parts = _parts(file, sheet, place)
    if len(wanted) == 1 and len(parts) > 1:
        parts = _likest(parts, wanted[0][1], answers)
    for one in parts:
        taken = wanted[0] if len(wanted) == 1 else _looks_like(one, wanted)
        if taken is not None:
            found.append(propose(one, *taken, codes, answers, row))
    if found:
        _no_table_twice(file, found)
        return found
    rule = (
        "nothing in it looks like a declared table"
        + (f" of {source}" if source else "")
        + "; say which it is: --source NAME --table NAME"
    )
    raise JsnaError(Problem(file.name, rule, code="map.unknown"), title=TITLE)


def _parts(file: Path, sheet: str, place: Place) -> list[Sheet]:
    rule, where = "", file.name
    every = [] if file.suffix.lower() == ".xml" else list(sheets_of(file, place))
    parts = [one for one in every if not sheet or plain(one.title) == plain(sheet)]
    if file.suffix.lower() == ".xml":
        rule = "XML of a return is read without a mapping: `jsna doctor` says what it is"
    elif sheet and not any(one.title for one in every):
        rule, where = "only a workbook has sheets; leave it out", "--sheet"
    elif not parts:
        rule, where = "no visible sheet that holds anything is called so", "--sheet"
    if rule:
        value = sheet if where == "--sheet" else ""
        raise JsnaError(Problem(where, rule, value=value, code="map.option"), title=TITLE)
    return parts


def _wanted(source: str, table: str) -> list[tuple[Extract, Table]]:
    every = [(e, t) for e in registry().values() for t in e.tables]
    found = [(e, t) for e, t in every if source in ("", e.name) and table in ("", t.name)]
    if not found:
        there = ", ".join(f"{e.name}.{t.name}" for e, t in every)
        asked = ".".join(filter(None, (source, table)))
        rule = f"no source has such a table; there are {there}"
        raise JsnaError(Problem("--source", rule, value=asked, code="map.option"), title=TITLE)
    return found


def likeness(sheet: Sheet, table: Table) -> tuple[float, float]:
    """How much of a table a sheet heads: of the required columns, and of all that either has."""
    row, required = known_table(sheet, table)
    if not row:
        return 0.0, 0.0
    header = sheet.header(row)
    both = alike.worth(header, table.columns)
    return required, 2 * both / (len(table.columns) + sum(bool(text) for text in header))


def _likest(parts: list[Sheet], table: Table, answers: Answers) -> list[Sheet]:
    """The sheets most like a table, by the headers somebody has said and by its own."""
    worth = [max(answers.row(one)[1], known_table(one, table)[1]) for one in parts]
    return [one for one, value in zip(parts, worth, strict=True) if 0 < value == max(worth)]


def _looks_like(
    sheet: Sheet, wanted: Iterable[tuple[Extract, Table]]
) -> tuple[Extract, Table] | None:
    ranked = sorted(
        (
            (part * whole, extract.name, table.name, (extract, table))
            for extract, table in wanted
            for part, whole in (likeness(sheet, table),)
            if part >= KNOWN
        ),
        key=lambda one: (-one[0], *one[1:3]),
    )
    if not ranked:
        return None
    best, *rest = ranked
    if rest and best[0] - rest[0][0] < _APART * best[0]:
        names = " and ".join(f"{one[1]}.{one[2]}" for one in ranked[:2])
        rule = f"it looks like {names} alike; say which it is: --source NAME --table NAME"
        raise JsnaError(Problem(sheet.name, rule, code="map.two"), title=TITLE)
    return best[3]


def _tells_no_name(title: str, table: str) -> bool:
    """Whether a sheet is called by words that name nobody: casework has a sheet a child."""
    words = headers.words(title)
    plain_words = {*_NO_NAMES, *headers.words(table)}
    numbers = [word for word in words if word.isdigit()]
    # Three numbers are a day.
    return len(numbers) < 3 and {*words} <= {*plain_words, *numbers}


def _no_table_twice(file: Path, found: list[Proposal]) -> None:
    names = [(one.extract.name, one.table.name) for one in found]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            alike = [one.sheet for one in found if (one.extract.name, one.table.name) == name]
            shown = [repr(one.title) for one in alike if _tells_no_name(one.title, name[1])]
            listed = f" ({', '.join(shown)})" if len(shown) == len(alike) else ""
            rule = (
                f"{len(alike)} sheets look like the table {name[1]!r}{listed}; say which: --sheet. "
                "Where all are meant and need no mapping, name the file in the edition: a build "
                "reads them together. Else ask for all rows in one sheet, or for a file of each"
            )
            raise JsnaError(Problem(file.name, rule, code="map.sheet"), title=TITLE)
    if len({name[0] for name in names}) > 1:
        rule = "its sheets are of several sources; map them one by one: --source"
        raise JsnaError(Problem(file.name, rule, code="map.source"), title=TITLE)
