"""What names of files tell of children: the day somebody was born, or what somebody is called.

A file goes by its name into the edition and into the record of what a report was made of, which
others read. So no name of a child may stand in one, nor be printed. Whether a word is a name only
the rows can tell: it is one where it is the forename and the surname of one child, or either of
one of the few children of a small file, unless sources use the word. Of a file that cannot be read
nothing tells, so it is called by its name only where every word of it is one that sources use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.ingest.dates import Written, read
from jsna.model.contract import Table
from jsna.shared import headers
from jsna.sources import registry

if TYPE_CHECKING:
    import pandas as pd

#: What is said of one, without its name.
_ASK: Final = (
    "and would stand in the edition: ask its owner to send it by a name that says nothing of "
    "anybody, or copy it under one"
)
BORN: Final = f"its name holds a day on which a child may have been born, {_ASK}"
CALLED: Final = f"its name holds the name of a child, {_ASK}"
TOLD: Final = (BORN, CALLED)
#: Endings that say of what kind a file is; behind any other point a name may go on.
_ENDING: Final = re.compile(
    r"\.(csv|txt|tsv|xls[xmb]?|ods|parquet|xml|zip|7z|gz|pdf|docx?|rtf|odt|json|html?|msg|eml|png|"
    r"jpe?g|accdb|mdb|sav|pbix|url|lnk|md|yaml)",
    re.IGNORECASE,
)
#: Of so few different children one name alone says whose the file is.
_FEW: Final = 10
#: Letters of a word that may be a name.
_LONG: Final = 3
#: Returns of that many years before an edition are named by a day; before it a day is of a birth.
_YEARS: Final = 7
#: Words of files that no declaration uses, and that name nobody.
_OTHERS: Final = (
    "booked cancelled paid filled vacant taken waiting offered used spend miles seats spaces "
    "capacity total average minimum maximum budget actual forecast visits sessions nights "
    "autumn spring summer term half part sheet page report table list copy final draft version new "
    "old notes readme guide blade export extract return returns module data all file files month "
    "annual quarter monthly weekly january february march april may june july august september "
    "october november december raw test sample template checked sent received from them for to "
    "sub tmp other of la in by on at council authority local england national published mapping "
    "lookup look up v"
)
_MARK: Final = r"([-_. /])"
_FORMS: Final = tuple(
    re.compile(rf"(?<!\d){pattern}(?!\d)")
    for pattern in (
        rf"\d{{1,2}}{_MARK}\d{{1,2}}\1(?:\d{{4}}|\d{{2}})",
        rf"\d{{4}}{_MARK}\d{{1,2}}\1\d{{1,2}}",
        r"\d{8}",
        r"\d{1,2}(?:st|nd|rd|th)?[-_. ]?[A-Za-z]{3,9}[-_. ]?\d{4}",
    )
)
_SHORT_YEAR: Final = re.compile(r"(\d{1,2}/\d{1,2}/)(\d\d)")


def days(name: str) -> set[date]:
    """The days a name holds, in whichever way they are written."""
    found = set()
    for form in _FORMS:
        for match in form.finditer(name):
            text = re.sub(r"[-_. ]", "/", match[0])
            if (short := _SHORT_YEAR.fullmatch(text)) is not None:
                text = f"{short[1]}20{short[2]}"
            day = read(text)
            if isinstance(day, Written):
                found.add(day.day)
    return found


def by_its_day(name: str, edition: date) -> bool:
    """Whether a day of a name is older than what an edition of that day is made of."""
    return any(day.year < edition.year - _YEARS for day in days(name))


@lru_cache(maxsize=100_000)
def words(name: str, least: int = _LONG) -> frozenset[str]:
    """The words of a text that may be names, so long at least: in small letters, no accents."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare))
    return frozenset(part.casefold() for part in parts if len(part) >= least)


def _stem(file: str) -> str:
    """The name of a file without an ending that is one."""
    ending = Path(file).suffix
    return file.removesuffix(ending) if _ENDING.fullmatch(ending) else file


@cache
def known_words() -> frozenset[str]:
    """Words by which the sources call and describe themselves and their columns."""
    extracts = registry().values()
    tables = [table for extract in extracts for table in extract.tables]
    said = [text for table in tables for c in table.columns for text in (c.name, *c.aliases)]
    said += [*(one.name for one in extracts), *(one.name for one in tables)]
    told = [c.description for table in tables for c in table.columns]
    told += [extract.title for extract in extracts]
    found = {word for text in said for word in headers.words(text)}
    return frozenset(
        {*found, *_OTHERS.split(), *(w.lower() for t in told for w in re.findall(r"[^\W\d_]+", t))}
    )


def says_nothing(file: str, more: Collection[str] = ()) -> bool:
    """Whether every word of a file's name is one that sources use, or one of `more`."""
    return words(_stem(file), 2) <= {*known_words(), *more}


def children(
    tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame], asked: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """Forename and surname, in small letters, of the children both of whose names are asked for.

    Args:
        tables: name -> declaration.
        frames: table -> its cells as text, under the declared fields.
        asked: words of names of files.
    """
    found: set[tuple[str, str]] = set()
    for name, frame in frames.items():
        both = _named(tables[name], frame)
        if both is None or not asked:
            continue
        surnames = {text: words(text) & asked for text in both["surname"].dropna().unique()}
        meant = {text: said for text, said in surnames.items() if said}
        called = both[both["surname"].isin(meant)].dropna() if meant else both.iloc[:0]
        for forename, surname in called.drop_duplicates().itertuples(index=False):
            for first in words(forename) & asked:
                found |= {(first, last) for last in meant[surname] if last != first}
    return frozenset(found)


def _named(table: Table, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The forenames and surnames of a table's rows; None where it has none."""
    fields = {c.identifier: c.field for c in table.columns if c.field in frame}
    if not {"forename", "surname"} <= fields.keys():
        return None
    both = frame[[fields["forename"], fields["surname"]]]
    return both.set_axis(["forename", "surname"], axis=1)


def by_its_names(file: str, pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether a file is called by the forename and the surname of one child of `children`."""
    there = words(_stem(file))
    return any({*pair} <= there and not {*pair} <= known_words() for pair in pairs)


def by_cells(file: str, names: Iterable[str]) -> bool:
    """Whether a file is called by a name that stands in it under a header of names."""
    unknown = words(_stem(file)) - known_words()
    return bool(unknown) and any(words(name) & unknown for name in names)


def by_few(file: str, tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame]) -> bool:
    """Whether a file of few children is called by a name of one of them."""
    unknown = words(_stem(file)) - known_words()
    for name, frame in frames.items() if unknown else ():
        both = _named(tables[name], frame)
        named = None if both is None else both.dropna()
        # Each child has one surname: of more surnames there are more children.
        if named is None or named["surname"].nunique() > _FEW:
            continue
        few = named.drop_duplicates()
        texts = (*few["forename"], *few["surname"]) if len(few) <= _FEW else ()
        if any(words(text) & unknown for text in texts):
            return True
    return False


def by_its_rows(
    file: Path, tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame]
) -> bool:
    """Whether a day of a file's name is a date of birth of its rows.

    Args:
        file: the file.
        tables: name -> declaration.
        frames: table -> its cells as text, under the declared fields.
    """
    held = days(file.name)
    if not held:
        return False
    births = (
        text
        for name, frame in frames.items()
        for column in tables[name].columns
        if column.identifier == "date_of_birth" and column.field in frame
        for text in frame[column.field].dropna().unique()
    )
    return any(_is_one(text, held) for text in births)


def _is_one(text: object, held: Iterable[date]) -> bool:
    day = read(str(text))
    return isinstance(day, Written) and day.day in {*held}


def shown(file: Path) -> str:
    """A file as it is told without its name."""
    ending = file.suffix.lower()
    size = f"{file.stat().st_size:,} bytes" if file.is_file() else "unknown size"
    return f"a {ending} file of {size}" if _ENDING.fullmatch(ending) else f"a file of {size}"
