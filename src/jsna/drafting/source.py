"""`jsna new source`: the folder of a source, drafted from a file as received.

The draft is read from the file, written as text, run as the module it will be, and held to the
very file by the reader and the rules of a build. Only then is the folder there, whole.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io
from jsna.drafting import module, names, opening, persons, reading, shown
from jsna.drafting.cells import Cells
from jsna.drafting.guess import Guesser
from jsna.drafting.opening import TITLE
from jsna.errors import JsnaError, Problem, near
from jsna.ingest.header import plain
from jsna.ingest.validate import validate_delivery
from jsna.linkage.kinds import carried, usable
from jsna.model.contract import REPEATED, Context, Extract
from jsna.model.schema import POPULATION_BASES
from jsna.settings import shared
from jsna.shared.periods import reference_date
from jsna.shared.usual import OF_ROLLS
from jsna.sources import registry
from jsna.tables import VIEWS

if TYPE_CHECKING:
    import pandas as pd

FOLDER: Final = Path("src/jsna/sources")
#: Kinds of period that one file may cover.
DELIVERED: Final = (*OF_ROLLS, "january", "calendar_year", "mid_year", "release")
#: Whom rows of a file may stand for; others are of the work itself.
_BASES: Final = tuple(one for one in POPULATION_BASES if one not in ("records", "sources"))
#: Columns that linkage puts beside those of a file, and what tables call parts of a row.
_TAKEN: Final = frozenset(
    {
        *("period", "as_at", "facet", "content", "record", "rows", "person_key", "link", "age"),
        *("age_group", "record_number", "locality_code", "imd_decile", "imd_quintile", "locality"),
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        file: as received.
        name: of the source; the file's, without its year, where not given.
        title: what people call it; its name where not given.
        period_type: which kind of period one file covers.
        base: whom its rows stand for; follows from the file where not given. `areas` says that no
            row is about a person, which a file in which anything tells of somebody needs.
        codes: headers of columns that hold codes, and no child, as whoever asks has seen.
        wait: headers of the days a wait began and ended.
        sheet: of a workbook; its first where not given.
    """

    file: Path
    name: str = ""
    title: str = ""
    period_type: str = "financial_year"
    base: str = ""
    codes: tuple[str, ...] = ()
    wait: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def called(self) -> str:
        """The name of the source."""
        words = re.sub(r"[^a-z]+", "_", (self.name or self.file.stem).lower())
        return self.name or words.strip("_")


@dataclass(frozen=True, slots=True)
class Draft:
    """A source that is not written yet.

    Attributes:
        name: of the source.
        extract: as its module declares it.
        files: name -> text of each file of its folder.
        headers: of the file, in order.
        told: header -> what to look at, or why it is left out.
        digest: SHA-256 of the file it was read from.
        notes: what else to look at.
    """

    name: str
    extract: Extract
    files: Mapping[str, str]
    headers: Sequence[str]
    told: Mapping[str, str]
    digest: str
    notes: Sequence[str] = ()


def draft(asked: Asked, root: Path) -> Draft:
    """A source as the file implies it.

    Raises:
        JsnaError: telling at once all that is wrong with what is asked for and with the file.
    """
    problems = [*_misnamed(asked, root)]
    opened: opening.Opened | None = None
    cells: list[Cells] = []
    copies: frozenset[int] = frozenset()
    try:
        opened = opening.opened(asked.file, asked.sheet)
        cells, copies = reading.cells_of(opened)
    except JsnaError as error:
        problems += error.problems
    else:
        problems += _unknown(asked, cells)
        wrong = persons.problem(asked.file.name, cells, asked.base)
        problems += [wrong] if wrong is not None else []
        problems += names.in_headers(asked.file.name, cells)
    if problems or opened is None:
        raise JsnaError(problems, title=TITLE)
    named = persons.about_persons(cells)
    lists = shared.categories(root).listed
    codes = {name: frozenset(one.codes) for name, one in lists.items()}
    guesser = Guesser(asked.called, named, codes, {*_TAKEN, asked.called}, asked.codes)
    guesses = guesser.guess(cells)
    told = {guess.header: guess.told for guess in guesses if guess.told}
    if not any(guess.column for guess in guesses):
        raise JsnaError(Problem(asked.file.name, "no column can be declared"), title=TITLE)
    made = module.Module(asked.called, asked.title, asked.period_type, "", named, tuple(guesses))
    made = replace(made, base=asked.base or _base(made, named))
    extract = made.extract()
    if named and not usable(carried(extract.tables[0])):
        rule = (
            "names children by nothing that leads to other records: ask for a number (NHS number, "
            "UPN), or the date of birth with a name or the postcode"
        )
        raise JsnaError(Problem(asked.file.name, rule, code="new.persons"), title=TITLE)
    rows = _judged(extract, opened, codes)
    made = replace(
        made,
        dated=shown.dated(extract, asked.period_type, rows),
        key=shown.key(extract, rows, copies),
        days=shown.days(extract, rows),
        parts=shown.parts(extract, rows),
        wait=_wait(asked, extract),
    )
    extract = made.extract()
    aside = shown.aside(extract, rows, copies)
    _judged(extract, opened, codes, aside)
    digest = hashlib.sha256(asked.file.read_bytes()).hexdigest()
    notes = [*opened.told, *_of_key(made, len(copies))]
    return Draft(
        made.name, extract, made.files(), [one.header for one in cells], told, digest, notes
    )


def _of_key(made: module.Module, repeated: int) -> Iterator[str]:
    """What is said of rows that stand twice, and of what tells rows apart."""
    if repeated:
        what = "row is" if repeated == 1 else "rows are"
        rest = "its key sets the copies aside" if made.key else "they are counted as often"
        yield f"{repeated} {what} another one over again, in every cell: {rest}"
    if not made.key:
        yield "no few columns tell its rows apart, so that it has no key: rows may stand twice"


def _wait(asked: Asked, extract: Extract) -> tuple[str, ...]:
    """The fields of the days a wait began and ended.

    Raises:
        JsnaError: one of them is no column of days.
    """
    days = {plain(c.name): c for c in extract.tables[0].columns if c.type == "date"}
    problems = []
    for header in asked.wait:
        if plain(header) not in days:
            there = ", ".join(repr(column.name) for column in days.values()) or "none"
            rule = f"no column of days has this header; there are {there}"
            problems.append(Problem("--wait", rule, value=header, code="new.option"))
    if asked.wait and not problems and days[plain(asked.wait[0])].nullable:
        rule = "the day a wait began must stand in every row; here it may be empty"
        problems.append(Problem("--wait", rule, value=asked.wait[0], code="new.option"))
    if problems:
        raise JsnaError(problems, title=TITLE)
    return tuple(days[plain(header)].field for header in asked.wait)


def write(made: Draft, root: Path) -> Path:
    """Put the folder of a draft in its place, whole or not at all; returns it."""
    folder = root / FOLDER / made.name
    with tempfile.TemporaryDirectory(dir=root / FOLDER, prefix=".") as name:
        whole = Path(name) / made.name
        whole.mkdir()
        for file, text in made.files.items():
            io.write_text(whole / file, text)
        whole.rename(folder)
    return folder


def take_back(made: Draft, root: Path) -> None:
    """Take away the folder of a draft that could not be finished."""
    shutil.rmtree(root / FOLDER / made.name, ignore_errors=True)


def _misnamed(asked: Asked, root: Path) -> Iterator[Problem]:
    """What is wrong with what was asked for beside the file."""
    name = asked.called
    if not re.fullmatch(r"[a-z][a-z_]{1,39}", name) or keyword.iskeyword(name):
        rule = "a source is called by small letters and _ alone; give it a name with --name"
        yield Problem("--name", rule, value=asked.name, code="new.name")
    elif not asked.name and names.like_a_name(asked.file.stem, 2):
        rule = "the file's name may be a child's, and would be the source's: give it another one"
        yield Problem("--name", rule, code="new.name")
    elif name in registry() or (root / FOLDER / name).exists():
        rule = "there is a source of this name; nothing is written over: take another"
        yield Problem("--name", rule, value=name, code="new.name")
    else:
        called = {name, f"in_{name}", f"roll_{name}"} & {view.name for view in VIEWS}
        for table in sorted(called):
            rule = "there is an analysis table of this name; take another name for the source"
            yield Problem("--name", rule, value=table, code="new.name")
    if re.search(r'["\\{}\d]', asked.title) or not asked.title.isprintable():
        rule = "a title is words without quotation marks, braces and numbers, on one line"
        yield Problem("--title", rule, code="new.option")
    known: tuple[str, ...]
    for option, value, known in (
        ("--period-type", asked.period_type, DELIVERED),
        ("--base", asked.base, _BASES),
    ):
        if value and value not in known:
            hint = near(value, known) or f"; there are {', '.join(known)}"
            yield Problem(option, f"there is no such kind{hint}", value=value, code="new.option")


def _unknown(asked: Asked, cells: Sequence[Cells]) -> Iterator[Problem]:
    """What is called a column of codes and is no column of the file."""
    keys = {one.key for one in cells}
    for header in asked.codes:
        if plain(header) not in keys:
            yield Problem("--codes", "no column has this header", value=header, code="new.option")


def _base(made: module.Module, named: bool) -> str:
    """Whom rows stand for: pupils by their number or school, patients, others; or places."""
    if not named:
        return "areas"
    fields = {guess.column.field for guess in made.guesses if guess.column is not None}
    if fields & {"upn", "school_urn"}:
        return "attending"
    return "resident" if "nhs_number" in fields else "responsible"


def _judged(
    extract: Extract,
    opened: opening.Opened,
    lists: Mapping[str, frozenset[str]],
    aside: int = 0,
) -> pd.DataFrame:
    """The typed rows of the file, held to a declaration as a build would.

    Args:
        extract: the declaration.
        opened: the file.
        lists: code list -> its codes.
        aside: rows that are another one over again, which its key sets aside.

    Raises:
        JsnaError: telling for what a build would refuse the file, or set rows aside.
    """
    (table,) = extract.tables
    found = opened.read(table)
    problems = list(found.findings.problems)
    if found.frame is None or problems:
        raise JsnaError(problems, title=TITLE)
    own = {str(c.codes): frozenset(dict(c.labels)) for c in table.columns if c.labels}
    period = shown.period(extract, table.dated_by, found.frame)
    context = Context(
        reference_date=reference_date(period, extract.period_type, date(int(period[:4]), 1, 16)),
        period=period,
        authority_code="",
        codelists={**lists, **own},
        synthetic=True,
    )
    files = {table.name: opened.name}
    judged = validate_delivery(extract, {table.name: found.frame}, context, files)[table.name]
    problems = list(judged.problems)
    problems += [
        Problem(opened.name, one.message, row=one.first_row, count=one.rows, code=one.code)
        for one in judged.found
        if one.severity == "error" and (one.code, one.rows) != (f"{table.name}.{REPEATED}", aside)
    ]
    if problems:
        raise JsnaError(problems, title=TITLE)
    return judged.valid
