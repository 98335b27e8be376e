"""Schools by the numbers returns know them by, and what the register says of each.

A return calls a school by the three digits of its authority and the four of the establishment. An
academy often keeps both from the school it was, under another URN: the one open on the day counts.
Groups of types are those of the register (DFE-Digital/register-early-career-teachers,
`gias/types.rb`, 91fb6f9), phases its own words.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column
from jsna.model.fills import Fill

if TYPE_CHECKING:
    import pandas as pd

LEA: Final = Column(
    "LEA", "lea", "string", "Number of the authority a school lies in; finds its URN.",
    required=False, nullable=True, aliases=("LA", "LACode", "LA number", "LEA number"),
)  # fmt: skip
ESTAB: Final = Column(
    "Estab", "estab", "string", "Number of the establishment; finds its URN.",
    required=False, nullable=True,
    aliases=("EstablishmentNumber", "DfE number", "DfES number", "LAEstab", "LEAEstab"),
)  # fmt: skip
#: What the register has beside what the project uses, to find a school by its number.
NUMBER: Final = Column(
    "EstablishmentNumber", "establishment_number", "string", "Number within the authority.",
    required=False, nullable=True,
)  # fmt: skip
#: The oldest school of the register says that it opened in 598.
_SCHOOLS: Final = (598, 2069)
OPENED: Final = Column(
    "OpenDate", "open_date", "date", "Day it opened.", required=False, nullable=True,
    years=_SCHOOLS,
)  # fmt: skip
CLOSED: Final = Column(
    "CloseDate", "close_date", "date", "Day it closed.", required=False, nullable=True,
    years=_SCHOOLS,
)  # fmt: skip

_PHASES: Final = {
    "nursery": "nursery",
    "primary": "primary",
    "middle deemed primary": "primary",
    "secondary": "secondary",
    "middle deemed secondary": "secondary",
    "all-through": "all_through",
    "16 plus": "post_16",
}
#: Type of establishment -> phase, where it decides it.
_PHASE_OF_TYPE: Final = {
    **dict.fromkeys(("07", "08", "10", "12", "33", "36", "44"), "special"),
    **dict.fromkeys(("14", "38", "42", "43"), "alternative_provision"),
    **dict.fromkeys(("18", "31", "32", "39", "45", "46", "57"), "post_16"),
    "15": "nursery",
}
_KINDS: Final = {
    **dict.fromkeys(("01", "02", "03", "05", "07", "12", "14", "15"), "maintained"),
    **dict.fromkeys(
        ("06", "28", "33", "34", "35", "36", "38", "39", "40", "41", "42", "43", "44", "45", "46",
         "57"),
        "academy",
    ),
    "08": "non_maintained",
    **dict.fromkeys(("10", "11"), "independent"),
}  # fmt: skip


def _digits(values: pd.Series[str], many: int) -> pd.Series[str]:
    """Digits alone, with the zeros a spreadsheet took; a number cell's `.0` is no digit."""
    text = values.astype("string").str.replace(r"\.0+$", "", regex=True)
    return text.str.replace(r"\D", "", regex=True).str.zfill(many)


def number_of(rows: pd.DataFrame, authority: str) -> pd.Series[str]:
    """`9991234` of each row: of its own authority, or the edition's where it names none."""
    estab = _digits(rows["estab"], 4)
    lea = _digits(rows["lea"], 3).fillna(authority)
    whole = estab.where(estab.str.len() == 7, lea + estab)
    return whole.where(whole.str.len() == 7)


def by_number(register: pd.DataFrame, day: date) -> pd.DataFrame:
    """`key` and `school_urn` of the schools open on a day."""
    import pandas as pd

    opened, closed, on = register["open_date"], register["close_date"], day.isoformat()
    there = (opened.isna() | (opened <= on)) & (closed.isna() | (closed > on))
    number = register["establishment_number"]
    key = _digits(register["old_la_code"], 3) + _digits(number, 4)
    found = pd.DataFrame({"key": key, "school_urn": register["school_urn"]})
    return found[there & number.notna()]


def by_urn(register: pd.DataFrame, _: date) -> pd.DataFrame:
    """`key`, `phase` and `school_type` of every school."""
    import pandas as pd

    kind = register["establishment_type"].astype("string").str.zfill(2)
    said = register["register_phase"].astype("string").str.strip().str.lower()
    return pd.DataFrame(
        {
            "key": register["school_urn"],
            "phase": kind.map(_PHASE_OF_TYPE).fillna(said.map(_PHASES)),
            "school_type": kind.map(_KINDS),
        }
    )


_SAID: Final = "the register of schools"
URN_BY_NUMBER: Final = Fill(
    ("school_urn",), ("estab",), "schools.school", _SAID, number_of, by_number
)
PHASE_BY_URN: Final = Fill(
    ("phase", "school_type"), (), "schools.school", _SAID,
    lambda rows, _: rows["school_urn"], by_urn,
)  # fmt: skip
