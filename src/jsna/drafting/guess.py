"""What a column of a file is taken for: a declaration, or a reason why it is left out.

Nothing of a child is kept: of text only what `writable` says is written, bounds of numbers are
round ones, and a column that may name somebody is declared as such or left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from jsna.drafting import writable
from jsna.drafting.cells import NEARLY_ALL, Cells
from jsna.drafting.numbers import numbered
from jsna.ingest.header import plain
from jsna.model.contract import Column
from jsna.shared import columns, headers, patients, patterns
from jsna.sources import registry

#: Identifiers as other people head them, beside the headers of the sources.
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "nhs_number": ("nhs", "nhsno", "nhsnum"),
    "upn": ("pupilnumber", "uniquepupilnumber"),
    "forename": ("firstname", "givenname", "givennames", "forenames", "first"),
    "surname": ("lastname", "familyname", "last", "secondname"),
    "date_of_birth": ("dob", "birthdate", "dateofbirth", "birthday", "born"),
    "postcode": ("homepostcode", "postalcode"),
}
#: Words of a header by which a column may name somebody, say where they are, or hold free text.
_PERSONAL: Final = frozenset(
    {
        *("name", "names", "surname", "forename", "initials", "address", "street", "town", "email"),
        *("phone", "telephone", "mobile", "parent", "carer", "mother", "father", "sibling"),
        *("worker", "contact", "known", "alias", "birth", "dob", "postcode", "nhs", "upn", "uln"),
    }
)
_FREE: Final = frozenset({"notes", "note", "comment", "comments", "remarks", "details", "text"})
#: Words that say a number names something, and those by which it names a person.
_NUMBERING: Final = frozenset({"id", "ref", "reference", "number", "no", "key", "identifier"})
_KEYED: Final = frozenset({"id", "ref", "reference", "identifier"})
_COUNTING: Final = re.compile(r"(number|no) of\b")
_ONE: Final = frozenset({"child", "client", "person", "pupil", "patient", "student", "learner"})
_OF_PERSON: Final = _ONE | {"system", "local"}
#: Words beside one person by which a number is an amount: "cost per child", "age of child".
_AMOUNTS: Final = frozenset({"per", "of", "each", "a"})
#: How files write the sex, with the code that stands for it.
_SEXES: Final = {"male": "M", "boy": "M", "1": "M", "female": "F", "girl": "F", "2": "F"}
#: Official codes of areas, each with the column of a place that lies in one.
_AREAS: Final = (columns.WARD, columns.DISTRICT, columns.AUTHORITY, columns.MSOA)


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column of a file is taken for.

    Attributes:
        header: of it.
        column: the declaration; None where it is left out.
        like: the shared column the declaration is but for some of it.
        told: what to look at, or why it is left out.
    """

    header: str
    column: Column | None = None
    like: Column | None = None
    told: str = ""


@dataclass(slots=True)
class Guesser:
    """Guesses the columns of one file.

    Attributes:
        source: name of the source.
        persons: whether its rows are about children.
        lists: the code lists there are: name -> codes.
        taken: names that no field may have.
        asked: headers of columns that somebody looked at and called columns of codes.
    """

    source: str
    persons: bool
    lists: Mapping[str, Collection[str]]
    taken: set[str]
    asked: Collection[str] = ()

    def guess(self, every: Iterable[Cells]) -> list[Guess]:
        """What each column is taken for; of two of one kind of identifier the first."""
        cells = list(every)
        names = names_in(cells)
        headers = {one.key for one in cells}
        found: list[Guess] = []
        for one in cells:
            guess = _alone(self._one(one, names), headers)
            if self._is_asked(one) and guess.column is not None and not guess.column.labels:
                guess = replace(guess, told="taken for something else than --codes says")
            guess = _renamed(guess)
            field = guess.column.field if guess.column else ""
            if field in self.taken:
                guess = Guess(one.header, told="another column is taken for the same; left out")
            elif field:
                self.taken.add(field)
            found.append(guess)
        return found

    def _is_asked(self, cells: Cells) -> bool:
        return cells.key in map(plain, self.asked)

    def _one(self, cells: Cells, names: Set[str]) -> Guess:
        if not cells.values:
            return Guess(cells.header, told="empty in every row; left out")
        if kind := identifier(cells):
            return self._identifying(cells, kind)
        if cells.years:
            return Guess(cells.header, told="the year is that of the delivery; left out")
        return self._known(cells) or self._plain(cells, names)

    def _identifying(self, cells: Cells, kind: str) -> Guess:
        if not self.persons:
            told = "may lead to a home, and no row is about a child; left out"
            return Guess(cells.header, told=told)
        like = IDENTIFIERS[kind]
        # A day of birth that cannot be read costs no child the place in a count.
        loose = cells.empty or (kind == "date_of_birth" and cells.days < 1)
        more: dict[str, Any] = {"nullable": True, "on_invalid": "blank"} if loose else {}
        made = replace(like, name=cells.header, **more)
        return Guess(cells.header, made, like)

    def _known(self, cells: Cells) -> Guess | None:
        """A column that a source declares already, of whose codes or shape these cells are."""
        if cells.key in _headers(columns.SEX):
            return self._sex(cells)
        if cells.share(patterns.LSOA) >= NEARLY_ALL:
            like = columns.LSOA if self.persons else columns.AREA
            nullable = cells.empty or cells.share(patterns.LSOA) < 1
            loose: dict[str, Any] = {"on_invalid": "blank"} if nullable else {}
            made = replace(like, name=cells.header, nullable=nullable, **loose)
            return Guess(cells.header, made, like)
        for like in _AREAS:
            share = cells.share(str(like.pattern))
            if share >= NEARLY_ALL and self.persons:
                told = "the area of a home follows from its postcode or LSOA; left out"
                return Guess(cells.header, told=told)
            if share >= NEARLY_ALL:
                more: dict[str, Any] = {"on_invalid": "blank"} if share < 1 else {}
                nullable = cells.empty or share < 1
                made = replace(like, name=cells.header, nullable=nullable, **more)
                return Guess(cells.header, made, like)
        if "urn" in cells.words and cells.share(patterns.URN) == 1:
            made = replace(columns.URN, name=cells.header, nullable=cells.empty)
            return Guess(cells.header, made, columns.URN)
        for other in _coded().get(cells.key, ()):
            codes = {code.casefold() for code in self.lists.get(str(other.codes), ())}
            spelt = codes | {text.casefold() for text, _ in other.spellings}
            good = sum(times for value, times in cells.counts.items() if value in spelt)
            if good >= NEARLY_ALL * len(cells.values):
                made = replace(
                    other, name=cells.header, required=True,
                    nullable=cells.empty or good < len(cells.values), on_missing="quarantine",
                    on_invalid="blank" if good < len(cells.values) else "quarantine",
                )  # fmt: skip
                return Guess(cells.header, made)
        return None

    def _sex(self, cells: Cells) -> Guess:
        said = cells.counts.keys()
        spellings = tuple((text, code) for text, code in _SEXES.items() if text in said)
        strange = not said <= {"m", "f", *_SEXES}
        made = replace(
            columns.SEX, name=cells.header, spellings=spellings,
            nullable=cells.empty or strange, on_invalid="blank" if strange else "quarantine",
        )  # fmt: skip
        told = "holds other codes than male and female, which are emptied" if strange else ""
        return Guess(cells.header, made, columns.SEX, told)

    def _plain(self, cells: Cells, names: Set[str]) -> Guess:
        """A column by its type alone."""
        words = set(cells.words)
        field = self._field(cells)
        number = numbered(cells, field)
        text = self.persons or number is None
        if _is_one(cells) or (words & (_PERSONAL | _FREE) and text):
            return Guess(cells.header, told="may name or describe somebody; left out")
        what = headers.sentence(cells.header)
        empty: dict[str, Any] = {"nullable": True} if cells.empty else {}
        if self._numbers_rows(cells):
            return self._reference(cells, field, what, empty)
        if cells.yes_no:
            return Guess(cells.header, columns.yes_no(cells.header, field=field, **empty))
        if number is not None and not self._is_asked(cells):
            return Guess(cells.header, number)
        kept, none = cells.without_none
        if kept.days >= NEARLY_ALL:
            if none:
                empty = {"nullable": True, "absent": none}
            if kept.days < 1:
                empty |= {"nullable": True, "on_invalid": "blank"}
            return Guess(cells.header, columns.day(cells.header, field=field, **empty))
        return self._text(cells, field, what, empty, names)

    def _text(
        self,
        cells: Cells,
        field: str,
        what: str,
        empty: dict[str, Any],
        names: Set[str],
    ) -> Guess:
        found = writable.codes(cells, names, self._is_asked(cells))
        if isinstance(found, str):
            return Guess(cells.header, told=found)
        listed, others = found
        if field in self.lists:
            field = f"{self.source}_{field}"
        if others:
            empty = {"nullable": True, "on_invalid": "blank"}
        told = (
            f"values of fewer than {writable.FEWEST} rows ({others} of them) are not written here "
            "and are emptied: look at them, and add what is a code"
        )
        made = columns.listed(cells.header, *listed, field=field, what=what, **empty)
        return Guess(cells.header, made, told=told if others else "")

    def _numbers_rows(self, cells: Cells) -> bool:
        """Whether a column names rows, or who each is about, by a number or text of its own."""
        if not self.persons:
            return is_reference(cells)
        return bool({*cells.words} & _NUMBERING) and not _COUNTING.match(" ".join(cells.words))

    def _reference(self, cells: Cells, field: str, what: str, empty: dict[str, Any]) -> Guess:
        """A number or text by which the source names its rows, or the child of each."""
        somebody = set(cells.words) & _OF_PERSON or writable.about_somebody(cells)
        if somebody and not self.persons:
            return Guess(cells.header, told="may name or describe somebody; left out")
        if set(cells.words) & _OF_PERSON:
            made = replace(
                patients.COLUMNS[1], name=cells.header, description=what, quantity=None,
                nullable=cells.empty,
            )  # fmt: skip
            return Guess(cells.header, made)
        if cells.empty or not cells.unique:
            told = "names something in the source alone; left out"
            amount = " (if it is an amount, declare it with columns.whole)"
            return Guess(cells.header, told=told + amount * cells.integers)
        return Guess(cells.header, columns.reference(cells.header, field=field, **empty))

    def _field(self, cells: Cells) -> str:
        """A name of a column, in small letters, that means nothing else."""
        name = "_".join(cells.words).strip("_")
        name = name if name[:1].isalpha() else f"{self.source}_{name}"
        return f"{self.source}_{name}" if name in self.taken | _reserved() else name


def _is_one(cells: Cells) -> bool:
    """Whether a header calls what stands below a person, whom even a number then names."""
    return cells.words[-1:] != [] and cells.words[-1] in _ONE and not {*cells.words} & _AMOUNTS


def _renamed(guess: Guess) -> Guess:
    """The guess, with a word on a field that is not called as its column is."""
    column = guess.column
    if column is None or guess.like or guess.told or column.identifier is not None:
        return guess
    shared = column.codes is not None and not column.labels
    if shared or column.field == "_".join(headers.words(column.name)):
        return guess
    return replace(guess, told=f"called {column.field}, as its own name means something else")


def _alone(guess: Guess, headers: Collection[str]) -> Guess:
    """The guess without other headers of its column that stand in the file."""
    if guess.column is None or not any(plain(a) in headers for a in guess.column.aliases):
        return guess
    aliases = tuple(a for a in guess.column.aliases if plain(a) not in headers)
    return replace(guess, column=replace(guess.column, aliases=aliases))


#: Kinds that name a person: what they hold is no code anywhere else.
_NAMES: Final = frozenset({"forename", "surname"})
#: Kind of identifier -> the column that sources declare it as.
IDENTIFIERS: Final[Mapping[str, Column]] = {
    "upn": columns.UPN,
    "nhs_number": patients.NHS_NUMBER,
    "surname": columns.SURNAME,
    "forename": columns.FORENAME,
    "date_of_birth": columns.DATE_OF_BIRTH,
    "postcode": columns.POSTCODE,
}


def names_in(every: Iterable[Cells]) -> set[str]:
    """Names of persons that a file holds, and their words, without case."""
    whole = {v for one in every if identifier(one) in _NAMES for v in one.counts}
    return whole | {word for name in whole for word in re.findall(r"\w+", name)}


def identifier(cells: Cells) -> str:
    """Which identifier a column is, by its header or its shape; "" where none."""
    for kind, like in IDENTIFIERS.items():
        if cells.key in {*_headers(like), *HEADERS[kind]}:
            return kind
    return cells.identifier


@cache
def known_headers() -> frozenset[str]:
    """Headers that sources declare, of the sex or of codes all sources share."""
    return frozenset({*_headers(columns.SEX), *_coded()})


def is_reference(cells: Cells) -> bool:
    """Whether a column is called a number or a key of something, which is never an amount."""
    words = cells.words
    if not words or _COUNTING.match(" ".join(words)):
        return False
    return words[-1] in _NUMBERING or bool({*words} & _KEYED)


def _headers(column: Column) -> set[str]:
    return {plain(name) for name in (column.name, *column.aliases)}


@cache
def _coded() -> dict[str, list[Column]]:
    """Header -> columns of the sources under it that have a code list of all sources."""
    found: dict[str, list[Column]] = {}
    for extract in registry().values():
        for table in extract.tables:
            for column in table.columns:
                if column.codes and not column.labels:
                    for header in _headers(column):
                        found.setdefault(header, []).append(column)
    return found


@cache
def _reserved() -> frozenset[str]:
    """Words of the language of queries."""
    import duckdb

    said = "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
    with duckdb.connect() as connection:
        return frozenset(name for (name,) in connection.execute(said).fetchall())
