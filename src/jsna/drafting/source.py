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
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.drafting import module
from jsna.drafting.cells import Cells
from jsna.drafting.guess import Guesser, about_persons
from jsna.drafting.reading import TITLE, cells_of
from jsna.errors import JsnaError, Problem, near
from jsna.ingest.header import plain
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from jsna.linkage.kinds import carried, usable
from jsna.model.contract import Context, Extract, Identifier
from jsna.model.schema import POPULATION_BASES
from jsna.settings import shared
from jsna.shared.periods import reference_date, window
from jsna.sources import registry
from jsna.tables import VIEWS

if TYPE_CHECKING:
    import pandas as pd

FOLDER: Final = Path("src/jsna/sources")
#: Kinds of period whose years are those of the January rolls they are set beside.
_OF_ROLLS: Final = ("academic_year", "financial_year")
#: Kinds of period that one file may cover.
DELIVERED: Final = (*_OF_ROLLS, "january", "calendar_year", "mid_year", "release")
#: Columns that linkage puts beside those of a file, and what tables call parts of a row.
_TAKEN: Final = frozenset(
    {
        *("period", "as_at", "facet", "content", "record", "rows", "person_key", "link", "age"),
        *("age_group", "record_number", "locality_code", "imd_decile", "imd_quintile", "locality"),
    }
)
#: Share of a column of days that one year of a delivery must hold to date the file.
_DATED: Final = 0.6
#: Kinds of identifier that tell who a row is about, the surest first.
_WHO: Final[tuple[tuple[Identifier, ...], ...]] = (
    ("upn",),
    ("nhs_number",),
    ("local_id",),
    ("surname", "forename", "date_of_birth"),
)
#: Columns beside the person, or of a register, that a key may need.
_MOST_OF_KEY: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        file: as received.
        name: of the source; the file's, without its year, where not given.
        title: what people call it; its name where not given.
        period_type: which kind of period one file covers.
        base: whom its rows stand for; follows from the file where not given.
        codes: headers of columns that hold codes, and no child, as whoever asks has seen.
    """

    file: Path
    name: str = ""
    title: str = ""
    period_type: str = "financial_year"
    base: str = ""
    codes: tuple[str, ...] = ()

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
    """

    name: str
    extract: Extract
    files: Mapping[str, str]
    headers: Sequence[str]
    told: Mapping[str, str]
    digest: str


def draft(asked: Asked, root: Path) -> Draft:
    """A source as the file implies it.

    Raises:
        JsnaError: telling at once all that is wrong with what is asked for and with the file.
    """
    problems = [*_misnamed(asked, root)]
    cells = []
    try:
        cells = cells_of(asked.file)
    except JsnaError as error:
        problems += error.problems
    else:
        problems += _unknown(asked, cells)
    if problems:
        raise JsnaError(problems, title=TITLE)
    persons = about_persons(cells)
    lists = shared.categories(root).listed
    codes = {name: frozenset(one.codes) for name, one in lists.items()}
    guesser = Guesser(asked.called, persons, codes, {*_TAKEN, asked.called}, asked.codes)
    guesses = guesser.guess(cells)
    told = {guess.header: guess.told for guess in guesses if guess.told}
    if not any(guess.column for guess in guesses):
        raise JsnaError(Problem(asked.file.name, "no column can be declared"), title=TITLE)
    made = module.Module(asked.called, asked.title, asked.period_type, "", persons, tuple(guesses))
    made = replace(made, base=asked.base or _base(made, persons))
    extract = made.extract()
    if persons and not usable(carried(extract.tables[0])):
        rule = (
            "names children by nothing that leads to other records: ask for a number (NHS number, "
            "UPN), or the date of birth with a name or the postcode"
        )
        raise JsnaError(Problem(asked.file.name, rule, code="new.persons"), title=TITLE)
    rows = _judged(extract, asked, codes)
    made = replace(made, dated=_dated(extract, asked.period_type, rows), key=_key(extract, rows))
    extract = made.extract()
    _judged(extract, asked, codes)
    if not made.key:
        told[""] = "no columns tell its rows apart, so that it has no key: rows may stand twice"
    roll = persons and asked.period_type in _OF_ROLLS
    files = made.files(roll=roll)
    digest = hashlib.sha256(asked.file.read_bytes()).hexdigest()
    return Draft(made.name, extract, files, [one.header for one in cells], told, digest)


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
        ("--base", asked.base, POPULATION_BASES),
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


def _base(made: module.Module, persons: bool) -> str:
    """Whom rows stand for: pupils by their number or school, patients, others; or places."""
    if not persons:
        return "areas"
    fields = {guess.column.field for guess in made.guesses if guess.column is not None}
    if fields & {"upn", "school_urn"}:
        return "attending"
    return "resident" if "nhs_number" in fields else "responsible"


def _judged(extract: Extract, asked: Asked, lists: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    """The typed rows of the file, held to a declaration as a build would.

    Raises:
        JsnaError: telling for what a build would refuse the file, or set rows aside.
    """
    (table,) = extract.tables
    reading = read_table(asked.file.read_bytes(), asked.file.name, table)
    problems = list(reading.findings.problems)
    if reading.frame is None or problems:
        raise JsnaError(problems, title=TITLE)
    own = {str(c.codes): frozenset(dict(c.labels)) for c in table.columns if c.labels}
    period = _period(extract, table.dated_by, reading.frame)
    context = Context(
        reference_date=reference_date(period, extract.period_type, date(int(period[:4]), 1, 16)),
        period=period,
        authority_code="",
        codelists={**lists, **own},
        synthetic=True,
    )
    files = {table.name: asked.file.name}
    judged = validate_delivery(extract, {table.name: reading.frame}, context, files)[table.name]
    problems = list(judged.problems)
    problems += [
        Problem(asked.file.name, one.message, row=one.first_row, count=one.rows, code=one.code)
        for one in judged.found
        if one.severity == "error"
    ]
    if problems:
        raise JsnaError(problems, title=TITLE)
    return judged.valid


def _period(extract: Extract, dated: str | None, staged: pd.DataFrame) -> str:
    """The period most days of a file are of; any where nothing dates it."""
    from jsna.ingest.dates import Written, read

    two = extract.period_type in _OF_ROLLS
    found: dict[str, int] = {}
    for text in staged[dated].dropna() if dated else ():
        day = read(str(text))
        if isinstance(day, Written):
            period = _of_day(day.day, extract.period_type)
            found[period] = found.get(period, 0) + 1
    if not found:
        return "2024/25" if two else "2024"
    return max(found, key=lambda period: (found[period], period))


def _of_day(day: date, period_type: str) -> str:
    """The period of a kind that a day falls in."""
    for year in (day.year - 1, day.year, day.year + 1):
        written = f"{year}/{(year + 1) % 100:02d}" if period_type in _OF_ROLLS else str(year)
        first, last = window(written, period_type)
        if first <= day <= last:
            return written
    raise ValueError(period_type)


def _dated(extract: Extract, period_type: str, rows: pd.DataFrame) -> str:
    """The column of days that says which year a file is of; "" where none does."""
    best: tuple[float, str] = (_DATED, "")
    for column in extract.tables[0].columns:
        if column.type != "date" or column.identifier is not None:
            continue
        days = rows[column.field].dropna()
        of = days.map(lambda day: _of_day(day, period_type)).value_counts()
        share = float(of.iloc[0]) / len(rows) if len(of) else 0.0
        if share > best[0]:
            best = share, column.field
    return best[1]


def _key(extract: Extract, rows: pd.DataFrame) -> tuple[str, ...]:
    """The fewest columns that tell all rows apart; none where no few do."""
    table = extract.tables[0]
    identifiers = table.identifiers
    filled = [c.field for c in table.columns if rows[c.field].notna().all()]
    # What is measured tells rows apart by chance alone.
    plain = [
        column.field
        for column in table.columns
        if column.identifier is None and column.type not in ("number", "integer", "boolean")
    ]
    if not extract.person_level:
        return _apart(rows, (), [field for field in plain if field in filled])
    references = [f for f in filled if f in plain and table.column(f).personal]
    for field in references:
        if field != "lsoa_code" and rows[field].is_unique:
            return (field,)
    who = [tuple(identifiers[k] for k in kinds if k in identifiers) for kinds in _WHO]
    others = [f for f in plain if f in filled and f != "lsoa_code"]
    # That each child comes once in this file says nothing of the next.
    day = [f for f in others if table.column(f).type == "date"][:1]
    for person in who:
        if person and set(person) <= {*filled}:
            return _apart(rows, (*person, *day), [f for f in others if f not in day])
    return ()


def _apart(rows: Any, first: tuple[str, ...], others: Sequence[str]) -> tuple[str, ...]:
    for size in range(_MOST_OF_KEY + 1):
        for more in combinations(others, size):
            key = (*first, *more)
            if key and not rows.duplicated(list(key)).any():
                return key
    return ()
