"""Where each declared column of a table comes from, where a file is not in the declared shape.

One mechanism for two writers: an official layout is declared beside its source, a council's own
file is described by a mapping below `config/mappings/`. Neither changes the declaration: it says
under which header a field stands, which of the file's codes is which declared one, what says that
there is no value, in which order days are written, what is the same for every row, and what comes
from another file of the same delivery by a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from jsna.model.base import Name, Strict, Words

#: The last row a header may stand on.
LAST_ROW: Final = 30
#: Which part of a date comes first, where each is a number; "" as everywhere: the day, or the year.
Dates = Literal["", "day first", "month first", "year first"]
#: What separates the cells of a text; "" where the file shows it.
Separator = Literal["", "comma", "semicolon", "tab", "bar"]
#: The letters of a text of one byte a letter; "" where the file shows them.
Encoding = Literal["", "windows-1252", "dos", "macintosh"]


class Join(Strict):
    """Another file of the same delivery that holds a column.

    Attributes:
        file: what `beside` of the delivery calls it.
        key: header of the key in the table's own file.
        their_key: header of the key in the other file, where it is another.
    """

    file: Name
    key: Words
    their_key: str = ""

    @property
    def there(self) -> str:
        """Header of the key in the other file."""
        return self.their_key or self.key


class Origin(Strict):
    """Where the cells of one field come from: a header, several together, or one constant.

    Attributes:
        header: what stands over it in the file; of a list the first that is there.
        together: headers whose cells, one after the other, are the value.
        constant: the value in every row.
        codes: the file's code -> the declared one; compared without case.
        others: what becomes of a code that `codes` has not: `unknown` reads it as no code at all,
            since it may mean something else here; `declared` reads it as the declaration does.
        empty: what stands in a cell without a value, beside what the table says.
        dates: which part of a date comes first, where the table does not say it.
        years_from: the first of the hundred years that years of two digits are of.
        join: the other file it stands in, by a key.
    """

    header: str | tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    constant: str = ""
    codes: dict[str, str] = Field(default_factory=dict)
    others: Literal["unknown", "declared"] = "unknown"
    empty: tuple[str, ...] = ()
    dates: Dates = ""
    years_from: Annotated[int, Field(ge=1000, le=2000)] | None = None
    join: Join | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [bool(self.headers), bool(self.together), bool(self.constant)]
        if sum(given) != 1:
            raise ValueError("give one of `header`, `together` and `constant`")
        if len(self.together) == 1:
            raise ValueError("`together` puts two headers or more together; use `header` for one")
        if self.join is not None and not self.headers:
            raise ValueError("`join` needs the `header` of the column in the other file")
        if self.constant and (self.codes or self.empty or self.dates or self.years_from):
            raise ValueError("a constant is written as it is declared; leave the other keys out")
        spelt: dict[str, str] = {}
        for said, code in self.codes.items():
            if spelt.setdefault(said.strip().casefold(), code) != code:
                raise ValueError(f"the code {said!r} stands twice but for its case; keep one")
        return self

    @property
    def here(self) -> bool:
        """Whether it is one column of the file itself."""
        return bool(self.headers) and self.join is None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it may stand under, the first to be looked for first."""
        given = (self.header,) if isinstance(self.header, str) else self.header
        return tuple(one for one in given if one)


def _under(given: Any) -> Any:
    """A header alone says that a field stands under it."""
    return {"header": given} if isinstance(given, str) else given


_Stands = Annotated[Origin, BeforeValidator(_under, json_schema_input_type=Words | Origin)]


class Place(Strict):
    """Where in a file a table stands.

    Attributes:
        sheet: of a workbook, compared without case; without it the only visible one, or the one
            that is called like the table.
        header_row: number of the row of headers, where it is not to be looked for.
        separator: what separates the cells of a text that could be cut in two ways.
        encoding: the letters of a text that shows them in no way.
    """

    sheet: str = ""
    header_row: Annotated[int, Field(ge=1, le=LAST_ROW)] | None = None
    separator: Separator = ""
    encoding: Encoding = ""


class Shape(Place):
    """How one table of an extract arrives.

    Attributes:
        empty: what stands in a cell without a value, in every column.
        dates: which part of a date comes first, in every column of days.
        columns: field -> its header or more of where it comes from; a field without anything
            behind it is not in the file, whatever its headers; one that is left out stands under
            its declared headers.
    """

    empty: tuple[str, ...] = ()
    dates: Dates = ""
    columns: dict[str, _Stands | None] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of one delivery of an extract are laid out.

    Attributes:
        name: what it is called where a file is said to be read by it.
        tables: table -> how it arrives; one that is left out arrives as declared.
        beside: what `Join.file` calls a file -> where in it the joined columns stand.
    """

    name: str
    tables: Mapping[str, Shape]
    beside: Mapping[str, Place] = field(default_factory=dict)

    def shape(self, table: str) -> Shape | None:
        """How a table arrives, or one of several files of it; None where as declared."""
        return self.tables.get(table.partition(".")[0])


class MappingFile(Strict):
    """A council's own file of an extract: `config/mappings/<council>/<source>.yaml`.

    Attributes:
        extract: the source whose tables it gives.
        tables: table -> how it arrives.
        beside: name of a further file of the delivery, from which columns come by a key -> where in
            it they stand.
    """

    extract: Name
    tables: dict[str, Shape]
    beside: dict[Name, Place] = Field(default_factory=dict)

    def layout(self, name: str) -> Layout:
        """The same as what reading goes by."""
        return Layout(name, self.tables, self.beside)

    @property
    def joined(self) -> set[str]:
        """What it calls the files that columns are joined from."""
        return {
            origin.join.file
            for shape in self.tables.values()
            for origin in shape.columns.values()
            if origin is not None and origin.join is not None
        }
