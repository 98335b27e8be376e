"""What every reader of official statistics returns: text as published, with its geography."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import pandas as pd

#: Geography columns every release has after reading; "" where the publisher gives none.
GEOGRAPHY: Final = (
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "new_la_code",
    "old_la_code",
    "lad_code",
    "ward_code",
)
TIME: Final = "time_period"
LEVEL: Final = "geographic_level"
#: Row number as the user sees it in the file (the header is row 1).
ROW: Final = "_row"
#: What the publisher says about a row, where the file has a column for it.
FOOTNOTE: Final = "footnote"
NATIONAL: Final = "National"
REGIONAL: Final = "Regional"
AUTHORITY: Final = "Local authority"
DISTRICT: Final = "Local authority district"
WARD: Final = "Ward"


class Scope(NamedTuple):
    """What a footnote is about; empty sets narrow nothing."""

    text: str
    years: frozenset[int]
    authorities: frozenset[str]
    regions: frozenset[str]
    age: bool


@dataclass(frozen=True, slots=True)
class OfficialTable:
    """One table of one official release.

    Attributes:
        frame: every cell as text ("" where empty): `time_period`, `geographic_level`, the columns
            of `GEOGRAPHY`, `footnote`, the publisher's own columns; and `_row` (int64).
        where: file (and table in it), for messages.
        footnotes: what the publisher says about the whole table.
        scopes: the same, each with what it is about (`footnotes.scopes`).
    """

    frame: pd.DataFrame
    where: str
    footnotes: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()


def with_geography(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every column of `GEOGRAPHY` and `footnote`, empty where it had none."""
    missing = [name for name in (*GEOGRAPHY, FOOTNOTE) if name not in frame]
    return frame.assign(**dict.fromkeys(missing, ""))
