"""Types that several kinds of configuration share, and how their patterns are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_AUTHORITY, _LOCALITY = r"^E(0[6-9]|10)\d{6}$", r"^E(05|07)\d{6}$"
_PLACE = r"^E\d{8}$"
_OLD, _SHA256, _NAME = r"^\d{3}$", r"^[0-9a-f]{64}$", r"^[a-z0-9][a-z0-9_-]*$"
_ID, _NUMBER = r"^[a-z][a-z0-9_]*$", r"^[A-Z][1-9][0-9]*$"
CAPITALS = r"^[A-Z]+( [A-Z]+)*$"
AuthorityCode = Annotated[str, Field(pattern=_AUTHORITY)]
LocalityCode = Annotated[str, Field(pattern=_LOCALITY)]
PlaceCode = Annotated[str, Field(pattern=_PLACE)]
OldCode = Annotated[str, Field(pattern=_OLD)]
#: In either case of letters: tools of Windows write it in capitals.
Sha256 = Annotated[
    str,
    BeforeValidator(lambda text: text.strip().lower() if isinstance(text, str) else text),
    Field(pattern=_SHA256),
]
Name = Annotated[str, Field(pattern=_NAME)]
#: Of an indicator, or of a figure that a question takes.
Id = Annotated[str, Field(pattern=_ID)]
#: Of a question, as the briefs' sentences are numbered.
QuestionNumber = Annotated[str, Field(pattern=_NUMBER)]
Words = Annotated[str, Field(min_length=1)]
#: What is said of a number typed where words are meant.
NO_FIGURE: Final = "a figure is printed from a measure alone; write other numbers in letters"
#: Marks by which other programs lay text out: `**bold**`, `code`, [a link](…), <b>.
_LAYOUT: Final = re.compile(r"\*\*|__|`|\]\(|</?[A-Za-z]")


def as_printed(said: str) -> str:
    """A text that is printed as it stands.

    Raises:
        ValueError: it holds what is meant to be printed as something else.
    """
    if found := re.search(r"[{}]\w*}?", said):
        rule = "is printed as it stands, so that braces would be too; leave them out"
        raise ValueError(f"{rule} (found {found[0]})")
    if found := _LAYOUT.search(said):
        rule = "is printed as it stands, so that marks of layout would be too; leave them out"
        raise ValueError(f"{rule} (found {found[0]})")
    return said


def in_letters(said: str) -> str:
    """A text that is printed as it stands, and without a number of its own.

    Raises:
        ValueError: it holds a number, which would be printed and be no measure, or what
            `as_printed` refuses.
    """
    if found := re.search(r"\d+", said):
        raise ValueError(f"{NO_FIGURE} (found {found[0]})")
    return as_printed(said)


#: Texts the report prints: with numbers, which readback knows, and without; and that must be there.
Printed = Annotated[str, AfterValidator(as_printed)]
Lettered = Annotated[str, AfterValidator(in_letters)]
PrintedWords = Annotated[Words, AfterValidator(as_printed)]
LetteredWords = Annotated[Words, AfterValidator(in_letters)]

#: Pattern -> how it is told.
SHAPES: Final = {
    _AUTHORITY: "must be the code of an authority, E06 to E10 and six digits",
    _LOCALITY: "must be the code of a ward (E05) or district (E07) and six digits",
    _PLACE: "must be the code of a place, E and eight digits",
    _OLD: "must be three digits in quotation marks",
    _SHA256: "must be a SHA-256, 64 hexadecimal digits",
    CAPITALS: "must be words in capital letters without accents",
    _NAME: "must be small letters, digits, - and _ without spaces",
    _ID: "must be small letters, digits and _, a letter first",
    _NUMBER: "must be a capital letter and a number, as in L12",
}


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some values replaced; what was derived and kept is derived anew."""
        made = super().model_copy(update=update, deep=deep)
        for derived in vars(made).keys() - type(made).model_fields.keys():
            del vars(made)[derived]
        return made


def implied(*names: str) -> ConfigDict:
    """The configuration of a model that fills in some keys itself: a file may leave them out."""

    def leave_out(schema: dict[str, Any]) -> None:
        schema["required"] = [name for name in schema.get("required", ()) if name not in names]

    return ConfigDict(json_schema_extra=leave_out)
