"""The invented county that identities are looked for in, with every extract there is.

It belongs to no edition, so that the same is found whatever an edition received, and whether or
not the demonstration is kept.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final

from jsna.model.areas import Area, Locality, LocalityGroup, Place
from jsna.model.configuration import Configuration
from jsna.model.editions import Edition, SuppliedPeriod, Supply, Synthesis
from jsna.sources import registry

NAME: Final = "invented"
DAY: Final = date(2025, 1, 16)
_YEARS: Final = ("2023", "2024", "2025")
#: Kind of period -> periods received. Three years, as fallbacks put three together.
PERIODS: Final = {
    "january": _YEARS,
    "calendar_year": ("2022", "2023", "2024"),
    "academic_year": ("2022/23", "2023/24", "2024/25"),
    "financial_year": ("2022/23", "2023/24", "2024/25"),
    "mid_year": ("2024",),
    "release": ("2025",),
}
#: Extracts whose records the generator makes for one year alone, whatever year it is asked for.
ONCE: Final = {"sen2": ("2025",)}
#: More localities would say no more: two groups of two.
_LOCALITIES: Final = tuple(f"E0790000{number}" for number in range(1, 5))


def configuration(config: Configuration) -> Configuration:
    """The declarations of a configuration over the invented county.

    Args:
        config: of any edition; its indicators, code lists and profiles are kept.
    """
    return dataclasses.replace(
        config, edition=_edition(config.edition), area=_area(), releases={}, published={}
    )


def _edition(own: Edition) -> Edition:
    return Edition(
        edition=NAME,
        title="Invented records",
        kind="full",
        synthetic=True,
        area=NAME,
        reference_date=DAY,
        published=DAY,
        profile=own.profile,
        profiles=own.profiles,
        chapters=own.chapters,
        extracts=tuple(
            Supply(
                extract=extract.name,
                owner="Invented",
                legal_basis="Invented",
                assessment="Invented",
                opt_out="Invented",
                periods=tuple(
                    SuppliedPeriod(
                        period=period,
                        files={t.name: f"{extract.name}.{t.name}" for t in extract.tables},
                    )
                    for period in ONCE.get(extract.name, PERIODS[extract.period_type])
                ),
            )
            for extract in registry().values()
        ),
        # Resized for each set of records.
        synthesis=Synthesis(seed=1, pupils=1, plans=1, lsoas=1),
    )


def _area() -> Area:
    return Area(
        area=NAME,
        name="Invented county",
        code="E10900000",
        old_la_code="990",
        kind="county",
        country=Place(code="E92000001", name="England"),
        region=Place(code="E12000091", name="Invented region"),
        localities_are="district",
        localities=tuple(Locality(code=code, name=f"District {code}") for code in _LOCALITIES),
        locality_groups=(
            LocalityGroup(code="first", name="First", localities=_LOCALITIES[:2]),
            LocalityGroup(code="second", name="Second", localities=_LOCALITIES[2:]),
        ),
    )
