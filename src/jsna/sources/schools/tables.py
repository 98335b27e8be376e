"""Schools: what kind of setting each is, and whether it lies in the area."""

from __future__ import annotations

from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.tables import View
from jsna.shared.fragments import listed

#: Establishment type of the register -> setting; the others are mainstream schools, and so are
#: maintained nursery schools (15), as in the department's figures.
SETTINGS: Final = {
    "special": ("07", "12", "33", "36", "44"),
    "non_maintained_special": ("08",),
    "independent_special": ("10",),
    "independent": ("11",),
    "ap": ("14", "38", "42", "43"),
    "fe": ("18", "29", "31"),
    "spi": ("32",),
    "other": ("24", "25", "26", "27", "30", "37", "49", "56", "57"),
}


_CASES: Final = " ".join(
    f"when establishment_type in ({listed(types)}) then '{setting}'"
    for setting, types in SETTINGS.items()
)


def _own(config: Configuration) -> dict[str, str]:
    """The numbers the authority has and had."""
    return {"codes": listed((config.area.old_la_code, *config.area.former_old_la_codes))}


TABLES: Final = (
    View(
        name="school",
        given=_own,
        # As last received.
        sql=f"""
        select school_urn, ukprn, case {_CASES} else 'mainstream' end as kind,
            old_la_code in ({{codes}}) as in_area
        from "schools.school"
        qualify row_number() over (partition by school_urn order by period desc) = 1
        order by school_urn
        """,
        # The schools of the census stand in for the register: they lie in the area.
        otherwise=View(
            name="school",
            sql="""
            select school_urn, null::varchar as ukprn, true as in_area,
                case when school_type = 'non_maintained' then 'non_maintained_special'
                    when school_type = 'independent' then 'independent'
                    when phase = 'special' then 'special'
                    when phase = 'alternative_provision' then 'ap'
                    else 'mainstream' end as kind
            from pupil
            qualify row_number() over (
                partition by school_urn order by period desc, person_key
            ) = 1
            order by school_urn
            """,
            otherwise=View(
                name="school",
                sql="select null::varchar as school_urn, null::varchar as ukprn, "
                "null::boolean as in_area, null::varchar as kind where false",
            ),
        ),
    ),
)
