"""Columns that several extracts carry, defined once.

An extract that calls one otherwise, or may lack it, takes it with `replace`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jsna.model.bands import Band, Bands
from jsna.model.contract import Column, Type
from jsna.shared import headers, patterns


def code(name: str, field: str, codes: str, what: str, **more: Any) -> Column:
    """A code that may be empty, and is emptied where it is none of its list."""
    given = {"nullable": True, "codes": codes, "quantity": field, "on_invalid": "blank", **more}
    return Column(name, field, "code", what, **given)


def listed(
    name: str,
    *codes: str,
    labels: Mapping[str, str] | None = None,
    field: str = "",
    what: str = "",
    **more: Any,
) -> Column:
    """A code with a list of its own, called like its field.

    Args:
        name: header of the column.
        codes: codes that are their own labels, in order of display …
        labels: … or codes with their labels.
        field, what: of the column; the words of its header where not given.
        more: of the column.
    """
    own = labels or {code: _label(code) for code in codes}
    field, what = field or headers.field(name), what or headers.sentence(name)
    return Column(name, field, "code", what, codes=field, labels=tuple(own.items()), **more)


def number(
    name: str, minimum: float | None = None, maximum: float | None = None, **more: Any
) -> Column:
    """A number, called like its header."""
    return _plain(name, "number", minimum=minimum, maximum=maximum, **more)


def whole(name: str, minimum: int | None = None, maximum: int | None = None, **more: Any) -> Column:
    """A whole number, called like its header."""
    return _plain(name, "integer", minimum=minimum, maximum=maximum, **more)


def pounds(name: str, maximum: float | None = None, **more: Any) -> Column:
    """A sum of money, which the file may write as `£1,234.50`."""
    given = {"minimum": 0, "maximum": maximum, "marked": True, **more}
    return _plain(name, "number", **{"what": in_pounds(name), **given})


def in_pounds(name: str) -> str:
    """A description of a sum of money: `Weekly cost, in pounds.`"""
    said = headers.sentence(name)
    return said if "pounds" in headers.words(name) else f"{said.rstrip('.')}, in pounds."


def day(name: str, **more: Any) -> Column:
    """A day, called like its header."""
    return _plain(name, "date", **more)


def yes_no(name: str, **more: Any) -> Column:
    """Yes or no, called like its header."""
    return _plain(name, "boolean", **more)


def reference(name: str, **more: Any) -> Column:
    """What a source calls its rows by, which is never shown."""
    return _plain(name, "string", personal=True, **more)


def _plain(name: str, kind: Type, *, field: str = "", what: str = "", **more: Any) -> Column:
    field, what = field or headers.field(name), what or headers.sentence(name)
    return Column(name, field, kind, what, **more)


def banded(column: Column, *bands: Band, groups: Sequence[Band] = ()) -> Column:
    """A number that is shown in bands, which are a code list and a dimension by themselves.

    The column of their codes is called after its field: `hours_band` of `hours`.

    Args:
        column: an integer or a number.
        bands: smallest numbers first, open at both ends.
        groups: broader bands, shown instead where counts are small: `hours_band_group`.
    """
    return replace(column, bands=Bands(column.field, bands, tuple(groups)))


def _label(code: str) -> str:
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]


def flag(name: str, field: str, what: str, *, required: bool = False) -> Column:
    """Yes or no, which may be empty, and is emptied where it is neither."""
    return Column(
        name, field, "boolean", what, required=required, nullable=True, quantity=field,
        on_invalid="blank",
    )  # fmt: skip


UPN = Column(
    "UPN", "upn", "string", "Unique pupil number; a temporary one ends in a letter.",
    identifier="upn", quantity="upn", on_invalid="blank", on_missing="warn", pattern=patterns.UPN,
)  # fmt: skip
SURNAME = Column(
    "Surname", "surname", "string", "Surname.", identifier="surname", quantity="surname"
)
FORENAME = Column(
    "Forename", "forename", "string", "Forename.", identifier="forename", quantity="forename"
)
DATE_OF_BIRTH = Column(
    "DateOfBirth", "date_of_birth", "date", "Date of birth.",
    identifier="date_of_birth", quantity="date_of_birth", aliases=("DoB", "PersonBirthDate"),
)  # fmt: skip
SEX = Column(
    "Sex", "sex", "code", "Sex as registered.",
    codes="sex", quantity="sex", aliases=("Gender", "GenderCode", "GenderCurrent"),
)  # fmt: skip
ETHNICITY = Column(
    "Ethnicity", "ethnicity", "code", "Ethnic group, main code.",
    codes="ethnicity", quantity="ethnicity", on_invalid="blank", on_missing="warn",
)  # fmt: skip
POSTCODE = Column(
    "Postcode", "postcode", "string", "Postcode of the home address.",
    nullable=True, identifier="postcode", quantity="postcode", on_invalid="blank",
    pattern=patterns.POSTCODE,
)  # fmt: skip
LSOA = Column(
    "LSOA", "lsoa_code", "string", "Lower layer super output area (2021) of the home address.",
    nullable=True, quantity="lsoa_code", on_invalid="blank", pattern=patterns.LSOA,
    aliases=("LSOA21", "LSOA21CD"), personal=True,
)  # fmt: skip
#: The same of a place, such as a school, which leads to nobody's home.
AREA = Column(
    "LSOA", "lsoa_code", "string", "Lower layer super output area (2021) it lies in.",
    quantity="lsoa_code", pattern=patterns.LSOA, aliases=("LSOA21", "LSOA21CD"),
)  # fmt: skip
#: Where a place lies, of which nothing smaller is known.
WARD = Column(
    "Ward", "ward_code", "string", "Ward it lies in.", quantity="ward_code", pattern=patterns.WARD
)
DISTRICT = Column(
    "District", "district_code", "string", "District it lies in.",
    quantity="district_code", pattern=patterns.DISTRICT,
)  # fmt: skip
AUTHORITY = Column(
    "Authority", "authority_code", "string", "Upper-tier authority it lies in.",
    quantity="authority_code", pattern=patterns.AUTHORITY,
)  # fmt: skip
MSOA = Column(
    "MSOA", "msoa_code", "string", "Middle layer super output area it lies in.",
    pattern=patterns.MSOA,
)  # fmt: skip
URN = Column(
    "URN", "school_urn", "string", "Unique reference number of the school.",
    quantity="urn", pattern=patterns.URN,
)  # fmt: skip
