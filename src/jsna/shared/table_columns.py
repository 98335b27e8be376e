"""Columns that several analysis tables have, each said once, and what is known of them."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import Column, Implied

#: Where the home of a row lies; all empty outside the area. Said of every table that has homes.
GEOGRAPHY: Final = "lsoa_code locality_code imd_decile imd_quintile"
#: Columns of a pupil.
PUPIL: Final = (
    "person_key period age age_group sex ethnicity fsm year_group phase school_urn school_type "
    f"sen_provision primary_need {GEOGRAPHY}"
)
#: Locality and deprivation are those of one small area, so that both are known or neither.
PLACED: Final = {"locality": ("(place)", "known"), "imd_decile": ("(place)", "known")}
#: Need is recorded for pupils with SEN only.
NEED: Final = (Implied("primary_need", "sen_provision", frozenset({"E", "K"})),)
#: How surely somebody is linked who is linked at all.
SURE: Final = frozenset({"number", "pass", "model_95", "model_50", "model_05"})

_COMMON: Final = {
    column.name: column
    for column in (
        Column("person_key", description="Keyed pseudonym of the child"),
        Column("period", description="Year, or academic or financial year"),
        Column("age", "integer", "Whole years on the day the delivery describes"),
        Column("school_urn", description="Number of the school in the register of schools"),
        Column("lsoa_code", description="Small area (LSOA); empty outside the area"),
        Column("locality_code", description="District or ward, by the area"),
        Column("headline", "boolean", "At a school that the official headline rates count"),
        Column("record_number", "integer", "Which of the child's records it is, by date"),
    )
}


def declared(*parts: str | Column) -> dict[str, Column]:
    """Columns by name, in order.

    Args:
        parts: columns, or names of several: of common ones, or of others that hold text.
    """
    found: dict[str, Column] = {}
    for part in parts:
        if isinstance(part, Column):
            found[part.name] = part
        else:
            found |= {name: _COMMON.get(name, Column(name)) for name in part.split()}
    return found
