"""A small area for examples and engine tests: two districts, the project's own declarations."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from jsna.model.areas import Area
from jsna.model.bands import Band
from jsna.model.configuration import Configuration
from jsna.model.contract import Column as ContractColumn
from jsna.model.editions import Edition, SuppliedPeriod, Supply
from jsna.model.indicators import Indicator
from jsna.model.profiles import Profile
from jsna.model.tables import AnalysisTable, Column
from jsna.settings import shared
from jsna.settings.dimensions import Categories
from jsna.shared import columns
from jsna.shared.events import rows
from jsna.shared.followed import followed
from jsna.shared.one_file import one_file
from jsna.shared.table_columns import declared
from jsna.shared.waits import waits
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE

#: Pupils of a January whose next one came, by what became of their SEN provision.
FOLLOWED = followed(
    "pupil_followed",
    "a pupil on the January roll, and the SEN provision they have a year later",
    CATALOGUE["pupil"],
    "sen_provision",
    extract="school_census",
    kept="sex locality_code",
    gone="gone",
)
ROOT = Path(__file__).parents[2]
AREA = "E10000950"
WEST, EAST = "E07000951", "E07000952"


#: What placements cost: no source has amounts of money yet.
COSTS = AnalysisTable(
    name="placement_cost",
    row="what a placement cost in a year",
    base="maintained",
    columns=declared(
        "person_key period setting", Column("cost", "number"), "lsoa_code locality_code"
    ),
    sql='select * from "sen2.activeplans" left join place using (lsoa_code)',
)
#: How long children wait: no edition counts it yet.
WAITS = waits(
    registry()["community"],
    "a referral of the year, and how long the child waited for a first contact, or has waited",
    name="wait",
    began="referral_received_date",
    ended="first_contact_date",
    left="service_discharge_date",
)
#: Short breaks with their hours in bands: no source has a number that is shown so yet.
BREAKS = one_file(
    "short_breaks", "A short break.", "financial_year", "responsible",
    columns.FORENAME, columns.SURNAME, columns.DATE_OF_BIRTH, columns.SEX, columns.LSOA,
    columns.banded(
        ContractColumn("Hours", "hours", "integer", "Hours.", nullable=True, minimum=0),
        Band("0-4", "Under 5 hours", None, 5),
        Band("5-9", "5 to 9 hours", 5, 10),
        Band("10-19", "10 to 19 hours", 10, 20),
        Band("20-39", "20 to 39 hours", 20, 40),
        Band("40+", "40 hours or more", 40, None),
        groups=(
            Band("0-9", "Under 10 hours", None, 10),
            Band("10-19", "10 to 19 hours", 10, 20),
            Band("20+", "20 hours or more", 20, None),
        ),
    ),
)  # fmt: skip
SHORT_BREAKS = rows(BREAKS, "a short break")
#: As little as an entry of an indicator has to say.
LEAST: dict[str, Any] = {
    "id": "made",
    "title": "Made",
    "phrase": "made things",
    "definition": "Made.",
    "population": "Everyone.",
    "population_base": "attending",
    "period_type": "january",
}


def area(**changes: Any) -> Area:
    """The example area, or another with what is told of it."""
    given = {
        "area": "example", "name": "Example", "code": AREA, "old_la_code": "990", "kind": "county",
        "country": {"code": "E92000001", "name": "England"},
        "region": {"code": "E12000099", "name": "Region"},
        "localities_are": "district",
        "localities": [{"code": WEST, "name": "West"}, {"code": EAST, "name": "East"}],
    }  # fmt: skip
    return Area.model_validate({**given, **changes})


def edition(**changes: Any) -> Edition:
    """A full edition of January 2025 of the example area, or another."""
    given = {
        "edition": "example-2025", "title": "Example", "kind": "full", "area": "example",
        "reference_date": date(2025, 1, 16), "published": date(2026, 1, 29),
        "chapters": ("prevalence",),
    }  # fmt: skip
    return Edition.model_validate({**given, **changes})


@dataclass(frozen=True)
class Project:
    """What the project declares, each loaded once, for the sources and tables there are.

    Attributes:
        known: those sources and tables.
    """

    known: tuple[object, ...]

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        return shared.profiles(ROOT)

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        return shared.indicators(ROOT)

    @cached_property
    def categories(self) -> Categories:
        return shared.categories(ROOT)


_LOADED: list[Project] = []


def project() -> Project:
    """The project's declarations; tests that add sources or tables get others."""
    known = (*registry().values(), *CATALOGUE.values())
    for one in _LOADED:
        if len(one.known) == len(known) and all(map(operator.is_, one.known, known)):
            return one
    _LOADED.append(Project(known))
    return _LOADED[-1]


def configuration(
    indicators: Mapping[str, Indicator] | None = None,
    profiles: Mapping[str, str] | None = None,
    deliveries: Sequence[tuple[str, str]] = (),
) -> Configuration:
    """Configuration of the example area; the project's indicators unless others are given."""
    ours = project()
    lists = ours.categories
    return Configuration(
        edition=edition(
            profiles=dict(profiles or {}),
            extracts=tuple(
                Supply(
                    extract=extract,
                    owner="Example",
                    legal_basis="Example",
                    assessment="Example",
                    opt_out="Example",
                    periods=(SuppliedPeriod(period=period, files={"any": "any.csv"}),),
                )
                for extract, period in deliveries
            ),
        ),
        area=area(),
        releases={},
        profiles={**ours.profiles},
        indicators={**ours.indicators} if indicators is None else indicators,
        codelists={name: one.codes for name, one in lists.lists.items()},
        hierarchies=lists.hierarchies,
        dimensions={**lists.dimensions},
    )


def with_followed(config: Configuration) -> Configuration:
    """A configuration that knows the later SEN provision of `FOLLOWED`."""
    now, name = config.dimensions["sen_provision"], "sen_provision_later"
    later = now.model_copy(
        update={"name": name, "codes": name, "words": "SEN provision a year later", "spoken": {}}
    )
    codes = {**config.codelists[now.codes], "gone": "No longer on a roll here"}
    return replace(
        config,
        dimensions={**config.dimensions, name: later},
        codelists={**config.codelists, name: codes},
    )


def filled(name: str, given: pd.DataFrame) -> pd.DataFrame:
    """Rows of an analysis table with its other columns empty."""
    return given.reindex(columns=list(CATALOGUE[name].columns))
