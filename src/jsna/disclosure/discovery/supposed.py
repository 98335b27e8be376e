"""The edition that identities are looked for in: every extract there is, over a small area.

It belongs to nobody, so that the same is found whatever an edition received, and whether or not
the demonstration is kept.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Final

from jsna.model.areas import Area, Locality, LocalityGroup, Place
from jsna.model.configuration import Configuration
from jsna.model.editions import Edition, SuppliedPeriod, Supply
from jsna.model.linkage import Settings
from jsna.settings.reading import read
from jsna.sources import registry

#: What linkage links to what, below the project's root.
LINKAGE: Final = "config/linkage/linkage.yaml"
NAME: Final = "supposed"
DAY: Final = date(2025, 1, 16)
_YEARS: Final = ("2023", "2024", "2025")
#: Kind of period -> periods received. Three years, as fallbacks put three together; what stands at
#: one place of two lists is of one school year.
PERIODS: Final = {
    "january": _YEARS,
    "calendar_year": ("2022", "2023", "2024"),
    "academic_year": ("2022/23", "2023/24", "2024/25"),
    "financial_year": ("2022/23", "2023/24", "2024/25"),
    "mid_year": ("2024",),
    "release": ("2025",),
}
#: More localities would say no more: two groups of two.
_LOCALITIES: Final = tuple(f"E0790000{number}" for number in range(1, 5))


def configuration(config: Configuration) -> Configuration:
    """The declarations of a configuration over the supposed edition.

    Args:
        config: of any edition; its indicators, code lists, profiles and severities are kept.
    """
    return dataclasses.replace(
        config, edition=_edition(config.edition), area=_area(), releases={}, published={}
    )


def _edition(own: Edition) -> Edition:
    return Edition(
        edition=NAME,
        title="Every extract",
        kind="full",
        area=NAME,
        reference_date=DAY,
        published=DAY,
        profile=own.profile,
        profiles=own.profiles,
        severities=own.severities,
        extracts=tuple(
            Supply(
                extract=extract.name,
                owner="Supposed",
                legal_basis="Supposed",
                assessment="Supposed",
                opt_out="Supposed",
                periods=tuple(
                    SuppliedPeriod(
                        period=period,
                        files={t.name: f"{extract.name}.{t.name}" for t in extract.tables},
                    )
                    for period in PERIODS[extract.period_type]
                ),
            )
            for extract in registry().values()
        ),
    )


def _area() -> Area:
    return Area(
        area=NAME,
        name="Supposed county",
        code="E10900000",
        old_la_code="990",
        kind="county",
        country=Place(code="E92000001", name="England"),
        region=Place(code="E12000091", name="Supposed region"),
        localities_are="district",
        localities=tuple(Locality(code=code, name=f"District {code}") for code in _LOCALITIES),
        locality_groups=(
            LocalityGroup(code="first", name="First", localities=_LOCALITIES[:2]),
            LocalityGroup(code="second", name="Second", localities=_LOCALITIES[2:]),
        ),
    )


def spine(root: Path) -> tuple[str, ...]:
    """The extracts everyone of which is a person of an edition; none where nothing says so.

    Args:
        root: of the project.
    """
    file = root / LINKAGE
    return read(file, Settings).spine if file.is_file() else ()
