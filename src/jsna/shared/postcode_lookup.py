"""Small areas of homes by postcode, from the look-up of the Office for National Statistics."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from jsna.model.fills import Fill

if TYPE_CHECKING:
    import pandas as pd


def solid(postcodes: pd.Series[str]) -> pd.Series[str]:
    """Postcodes as letters and digits alone: files differ in where they have blanks."""
    return postcodes.astype("string").str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)


def _ready(lookup: pd.DataFrame, _: date) -> pd.DataFrame:
    import pandas as pd

    found = pd.DataFrame({"key": solid(lookup["postcode_unit"]), "lsoa_code": lookup["lsoa_code"]})
    return found.dropna().drop_duplicates()


LSOA_BY_POSTCODE: Final = Fill(
    ("lsoa_code",), ("postcode",), "postcodes.postcode", "the look-up of postcodes",
    lambda rows, _: solid(rows["postcode"]), _ready,
)  # fmt: skip
