"""Small areas from what is published: two workbooks of the Indices of Deprivation, and look-ups.

`File_1_IoD2025` has ranks and deciles of all indices together (sheet `IMD25`), `File_3_IoD2025`
those of income deprivation affecting children (sheet `IoD2025 IDACI & IDAOPI`); neither has a ward
or an upper tier. The first is in the look-up of small areas to wards of 2024, the second in that of
districts to upper tiers, which a unitary does not need. Cut to the authority of the edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Table
from jsna.model.layouts import Shape
from jsna.model.parts import About, Parts

if TYPE_CHECKING:
    import pandas as pd

_WHERE: Final = "(where 1 is most deprived"
_TENTH: Final = f"{_WHERE} 10% of LSOA"
_IMD: Final = "Index of Multiple Deprivation (IMD)"
_IDACI: Final = "Income Deprivation Affecting Children Index (IDACI)"


def _text(name: str, field: str, *aliases: str, required: bool = True) -> Column:
    return Column(
        name, field, "string", "As published.", required=required, nullable=not required,
        aliases=aliases,
    )  # fmt: skip


def _ranked(index: str, field: str) -> tuple[Column, Column]:
    """Rank and decile; the heading of one decile is cut short in the file as issued."""
    decile = f"{index} Decile {_TENTH}"
    return (
        _text(f"{index} Rank {_WHERE})", f"{field}_rank"),
        _text(f"{decile}s)", f"{field}_decile", decile),
    )


_CODE: Final = _text("LSOA code (2021)", "lsoa_code", "LSOA21CD", "lsoa21_code")
IMD: Final = Table(
    "imd",
    "One small area.",
    (
        _CODE,
        _text("LSOA name (2021)", "lsoa_name"),
        _text("Local Authority District code (2024)", "district_code"),
        _text("Local Authority District name (2024)", "district_name"),
        *_ranked(_IMD, "imd"),
    ),
    key=("lsoa_code",),
)
IDACI: Final = Table("idaci", "One small area.", (_CODE, *_ranked(_IDACI, "idaci")), ("lsoa_code",))
WARDS: Final = Table(
    "wards",
    "One small area, or part of one.",
    (
        _CODE,
        _text("WD24CD", "ward_code", "ward24_code"),
        _text("WD24NM", "ward_name", "ward24_name"),
    ),
)
UPPER: Final = Table(
    "upper_tiers",
    "One district.",
    (
        _text("LTLA24CD", "district_code", "LTLA23CD", "ltla24_code", "ltla23_code", "LAD24CD"),
        _text("UTLA24CD", "authority_code", "UTLA23CD", "utla24_code", "utla23_code", "CTY24CD"),
        _text("UTLA24NM", "authority_name", "UTLA23NM", "utla24_name", "utla23_name", "CTY24NM"),
    ),
    key=("district_code",),
)
_SHEETS: Final = {"imd": "IMD25", "idaci": "IoD2025 IDACI & IDAOPI"}


def _shape(part: str, _: str) -> Shape | None:
    return Shape(sheet=_SHEETS[part]) if part in _SHEETS else None


def _one(part: pd.DataFrame, key: str) -> pd.DataFrame:
    """A part by a key; of a key that stands twice the first row."""
    return part.drop_duplicates(key).set_index(key).drop(columns="source_row")


def _put_together(parts: Mapping[str, pd.DataFrame], about: About) -> Mapping[str, pd.DataFrame]:
    rows = parts[IMD.name]
    district = rows["district_code"]
    if UPPER.name in parts:
        upper = _one(parts[UPPER.name], "district_code")
        rows = rows.assign(
            authority_code=district.map(upper["authority_code"]).fillna(district),
            authority_name=district.map(upper["authority_name"]),
        )
    else:
        rows = rows.assign(authority_code=district)
    if about.codes:
        ours = rows["authority_code"].isin(about.codes)
        # A former code of the same place is the place.
        rows = rows[ours].assign(authority_code=about.codes[0])
    rows = rows.join(_one(parts[WARDS.name], "lsoa_code"), on="lsoa_code")
    return {"lsoa": rows.join(_one(parts[IDACI.name], "lsoa_code"), on="lsoa_code")}


PARTS: Final = Parts((IMD, IDACI, WARDS, UPPER), (UPPER.name,), _put_together, _shape)
