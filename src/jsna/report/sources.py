"""Where figures come from, as a reader is told: publisher, title, release, licence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pandas as pd

from jsna.model.areas import Area
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract
from jsna.model.editions import Delivery
from jsna.model.releases import Release
from jsna.sources import permission
from jsna.view.words import join

LOCAL: Final = "local:"
#: Local sources that are no extract.
_OTHERS: Final = {
    "quality": "Validation of the records received",
    "linkage": "Linkage of the records received",
}
#: Dataset of residents by year of age, which are counted here.
RESIDENTS: Final = "population_locality"
OPEN_LICENCE: Final = "Open Government Licence"


@dataclass(frozen=True, slots=True)
class Citation:
    """One source as it is cited.

    Attributes:
        id: source id, or `local:<extract>`.
        short: for a source line under a figure.
        title, publisher, release, licence, address: for the list of sources.
        note: what a reader must know of it.
    """

    id: str
    short: str
    title: str
    publisher: str
    release: str
    licence: str
    address: str
    note: str

    @property
    def open(self) -> bool:
        """Whether it is used under the Open Government Licence."""
        return OPEN_LICENCE.lower() in self.licence.lower() or "ogl" in self.licence.lower()


class Register:
    """Citations of every source an edition may name.

    Args:
        config: configuration of the edition.
        extracts: declared extracts by name, which give local extracts their titles.
        frame: the safe measures; what gives figures and none of the area's is cited as such.
    """

    def __init__(
        self,
        config: Configuration,
        extracts: Mapping[str, Extract],
        frame: pd.DataFrame | None = None,
    ) -> None:
        self.config = config
        self.extracts = extracts
        self._given = None if frame is None else _given(frame, config.area)
        self._official = {release.id: release for release in config.every_release}

    def cite(self, source_id: str) -> Citation:
        """The citation of one source id; an unknown id is cited by itself."""
        if source_id.startswith(LOCAL) or source_id in self.extracts:
            return self._local(source_id)
        source = self._official.get(source_id)
        if source is None:
            return Citation(source_id, source_id, source_id, "", "", "", "", "")
        cited = _official(source_id, source, invented=self.config.edition.synthetic)
        if source_id == self.config.area.shapes_from and (lacking := self._shapeless()):
            return replace(cited, note=f"{cited.note} {lacking}".strip())
        if self._given is None or source_id in self._given or not self._counts(source):
            return cited
        none = f"No figure of {self.config.area.name} in this report is from it."
        return replace(cited, note=f"{cited.note} {none}".strip())

    def _shapeless(self) -> str:
        """That places have no shape, and so no map."""
        names = [place.name for place in self.config.area.without_shape]
        return f"It has no shape of {join(names)}, so that no map is drawn." if names else ""

    def _counts(self, source: Release) -> bool:
        """Whether a release is one of figures, and no look-up."""
        return bool(source.tables) or source.dataset == RESIDENTS

    def all(self) -> list[Citation]:
        """Every source of the edition: local extracts counted, then official releases."""
        names = sorted({d.extract for d in permission.linkable(self.config.edition)})
        return [self.cite(LOCAL + name) for name in names] + [
            self.cite(source_id) for source_id in sorted(self._official)
        ]

    def line(self, ids: Sequence[str]) -> str:
        """The source line of a figure or table: every source once, joined with semicolons."""
        shorts = list(dict.fromkeys(self.cite(source_id).short for source_id in sorted(ids)))
        return "; ".join(shorts)

    def _local(self, source_id: str) -> Citation:
        name = source_id.removeprefix(LOCAL)
        extract = self.extracts.get(name)
        title = extract.title if extract else _OTHERS.get(name, name.replace("_", " ").capitalize())
        deliveries = [d for d in permission.linkable(self.config.edition) if d.extract == name]
        owners = sorted({d.owner for d in deliveries if d.owner}) or [self.config.area.name]
        dates = [d.as_at for d in deliveries if d.as_at]
        periods = sorted({d.period for d in deliveries})
        return Citation(
            id=source_id,
            short=title,
            title=title,
            publisher=", ".join(owners),
            release=", ".join(periods) + (f" (as at {day(max(dates))})" if dates else ""),
            licence="Local records, used under the legal basis listed in this chapter",
            address="",
            note=extract.description if extract else "",
        )


def _given(frame: pd.DataFrame, area: Area) -> frozenset[str]:
    """Releases that gave some figure of an area or its localities, alone or with others."""
    home = frame["area_code"].isin([area.code, *area.locality_names])
    return frozenset(
        name for source in frame.loc[home, "source"].unique() for name in source.split("+")
    )


def _official(source_id: str, source: Release, *, invented: bool = False) -> Citation:
    release = source.release if source.release not in source.title else ""
    publisher = source.publisher.split(", as ")[0]  # who converted it is in the list of sources
    short = ", ".join(part for part in (publisher, source.title, release) if part)
    if invented:  # its publisher and release are this project's own
        short = source.title
    return Citation(
        id=source_id,
        short=short,
        title=source.title,
        publisher=source.publisher,
        release=source.release + (f", {day(source.published)}" if source.published else ""),
        licence=source.licence,
        address=source.page or source.address,
        note=source.note,
    )


def day(moment: date) -> str:
    """`27 November 2025`, whatever the locale."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def month(moment: date) -> str:
    """`November 2025`, whatever the locale."""
    return f"{_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def missing(config: Configuration, chapter: str) -> list[Delivery]:
    """Deliveries not received, or not linked, that would have fed a chapter."""
    fed_by = config.chapters[chapter].fed_by
    return [d for d in config.edition.deliveries if d.extract in fed_by and permission.gap(d)]
