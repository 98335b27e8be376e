"""Where a local measure comes from, and which disclosure profile protects it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.strictest import strictest
from jsna.sources import permission, registry
from jsna.tables.catalogue import CATALOGUE, made_of, of_linkage

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Profiles of what anyone has and of counts of records, unless the edition says otherwise.
OFFICIAL: Final = "official"
QUALITY: Final = "quality"
#: Name under which the counts of records stand in `source` and in an edition's `profiles`.
RECORDS: Final = "quality"
#: The same of what linkage says of itself.
LINKAGE: Final = "linkage"


def _tables(indicator: Indicator) -> list[str]:
    sides = [side for side in (indicator.numerator, indicator.denominator) if side is not None]
    return list(dict.fromkeys(side.table for side in sides))


def extracts_of(indicator: Indicator) -> list[str]:
    """Every extract an indicator is counted from, registers of places and schools among them."""
    found = dict.fromkeys(e for table in _tables(indicator) for e in made_of(CATALOGUE[table]))
    return list(found) or [RECORDS]


def profile_of(indicator: Indicator, config: Configuration) -> str:
    """The disclosure profile of an indicator: the strictest of its extracts', in every field."""
    return profile_of_extracts(extracts_of(indicator), config)


def profile_of_extracts(extracts: Iterable[str], config: Configuration) -> str:
    """The strictest disclosure profile of some extracts, in every field.

    An extract's own profile is what the edition says; else areas and population estimates, which
    are public already, need none, and any other has the edition's. Where no one
    profile is the strictest the name is a combined one, such as `default+health`.
    """
    edition = config.edition
    public = {name: extract.public for name, extract in registry().items()}
    names = []
    for extract in extracts:
        if extract in edition.profiles:
            names.append(edition.profiles[extract])
        elif extract == RECORDS:
            names.append(QUALITY)
        else:
            names.append(OFFICIAL if public.get(extract, False) else edition.profile)
    return strictest(names, config.profiles).profile


def source_of(
    indicator: Indicator,
    config: Configuration,
    tables: Mapping[str, pa.Table | pd.DataFrame],
) -> str:
    """`local:` and the extracts received, joined with "+"; source ids where official tables serve.

    An analysis table made from official releases is recognised by its extract not being received.
    """
    linked = {delivery.extract for delivery in permission.linkable(config.edition)}
    official = [
        release.id
        for table in _tables(indicator)
        if CATALOGUE[table].official and made_of(CATALOGUE[table])[0] not in linked
        for dataset in CATALOGUE[table].official
        if (release := config.release(dataset)) is not None
    ]
    if official:
        return "+".join(dict.fromkeys(official))
    if any(of_linkage(CATALOGUE[table]) for table in _tables(indicator)):
        return f"local:{LINKAGE}"
    # Registers of places and schools are everyone's background; they are named only where they
    # are what is counted; and no extract that was not received.
    declared = registry()
    named = [
        extract
        for table in _tables(indicator)
        for position, extract in enumerate(made_of(CATALOGUE[table]))
        if position == 0 or (declared[extract].person_level and extract in linked)
    ]
    return "local:" + "+".join(dict.fromkeys(named or [RECORDS]))
