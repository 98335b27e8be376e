"""Analysis tables, each beside the query that makes it.

A module holds the tables of the extract it is called after, those of several extracts together a
module of their own. Linked rows hold no direct identifier, and neither does anything made here.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import View
from jsna.tables import (
    areas,
    cin_census,
    cohort,
    community,
    exclusions,
    linkage,
    mental_health,
    ncmp,
    population,
    quality,
    school_census,
    schools,
    sen2,
    sen2_plans,
    ssda903,
)

#: Every view and analysis table, each after those it reads.
VIEWS: Final[tuple[View, ...]] = (
    *areas.TABLES,
    *population.TABLES,
    *school_census.TABLES,
    *exclusions.TABLES,
    *schools.TABLES,
    *sen2.TABLES,
    *sen2_plans.TABLES,
    *ncmp.TABLES,
    *mental_health.TABLES,
    *community.TABLES,
    *cin_census.TABLES,
    *ssda903.TABLES,
    *cohort.TABLES,
    *linkage.TABLES,
    *quality.TABLES,
)
