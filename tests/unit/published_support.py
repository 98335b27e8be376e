"""Hand-made official files of an invented area, in the layouts of the real ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from jsna.io import Paths
from jsna.model.audits import Known
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.releases import Published, Release
from jsna.releases import areas, ees, footnotes, mapping
from jsna.releases.audit import auditor
from jsna.releases.audit.finding import Finding
from jsna.releases.release import OfficialTable
from tests.spec import world

AREA = world.area(
    area="norland", name="Norland", code="E10000951", old_la_code="951",
    region={"code": "E12000095", "name": "The Marches"},
    localities=[
        {"code": "E07000951", "name": "Upper Norland"},
        {"code": "E07000952", "name": "Nether Norland"},
    ],
    neighbours=[
        {"code": "E06000951", "name": "Eastmere", "old_la_code": "952"},
        {"code": "E06000952", "name": "Westmere, County of", "old_la_code": "953"},
    ],
)  # fmt: skip
NATION = {"geographic_level": "National"}
REGION = {"geographic_level": "Regional", "region_code": "E12000095"}
HOME = {"geographic_level": "Local authority", "new_la_code": "E10000951", "old_la_code": "951"}
EAST = {"geographic_level": "Local authority", "new_la_code": "E06000951", "old_la_code": "952"}
WEST = {"geographic_level": "Local authority", "new_la_code": "E06000952", "old_la_code": "953"}
FAR = {"geographic_level": "Local authority", "new_la_code": "E06000999", "old_la_code": "999"}
UPPER = {**HOME, "geographic_level": "Local authority district", "lad_code": "E07000951"}

BASE = {
    "time_period": "2024",
    "time_identifier": "Calendar year",
    "country_code": "E92000001",
    "country_name": "England",
    "region_code": "",
    "new_la_code": "",
    "old_la_code": "",
    "la_name": "",
    "lad_code": "",
}


def rows_of(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Rows with every column any of them has."""
    columns = dict.fromkeys([*BASE, *(name for row in rows for name in row)])
    return [{name: str({**BASE, **row}.get(name, "")) for name in columns} for row in rows]


def csv_text(rows: Sequence[Mapping[str, str]], end: str = "\r\n") -> str:
    """A file in the layout of Explore Education Statistics."""
    filled = rows_of(rows)
    lines = [list(filled[0]), *(list(row.values()) for row in filled)]
    return "".join(
        ",".join(f'"{cell}"' if "," in cell else cell for cell in line) + end for line in lines
    )


def read(tmp_path: Path, rows: Sequence[Mapping[str, str]]) -> OfficialTable:
    """The rows written to a file and read back."""
    path = tmp_path / "release.csv"
    path.write_text(csv_text(rows), encoding="utf-8-sig", newline="")
    return ees.read(path, "release")


def every_finding(
    tmp_path: Path,
    rows: Sequence[Mapping[str, str]],
    config: Configuration,
    *,
    everywhere: bool = True,
) -> list[Finding]:
    """What the auditor finds about every area of a release of plans, or the edition's alone."""
    asked = config.published.items()
    mapped = [(config.indicators[name], one) for name, mappings in asked for one in mappings]
    given = {("plans_1", "release"): read(tmp_path, rows)}
    return auditor.audited(config, given, mapped, everywhere=everywhere)


class Declared(Indicator):
    """An indicator with where releases give it, which a configuration says apart."""

    published: tuple[Published, ...] = ()


def indicator(**changes: object) -> Declared:
    """A proportion, as an indicator file would declare it, and as a release gives it."""
    given = {
        **world.LEAST, "id": "timely", "title": "Timely plans", "phrase": "timely plans",
        "population_base": "maintained", "kind": "proportion", "period_type": "calendar_year",
        "published": [MAPPING],
    }  # fmt: skip
    return Declared.model_validate({**given, **changes})


MAPPING: dict[str, object] = {
    "dataset": "plans",
    "table": "release",
    "value": "timely_pc",
    "numerator": "timely",
    "denominator": "plans",
    "period_type": "calendar_year",
}


def mapped(
    release: OfficialTable,
    declared: Declared,
    other: OfficialTable | None = None,
    rounding: int = 1,
) -> pd.DataFrame:
    """Measures of the indicator's first mapping; fails on any problem."""
    shown = OfficialTable(
        areas.located(release.frame, AREA), release.where, (), footnotes.scopes(release)
    )
    beside = None if other is None else OfficialTable(areas.located(other.frame, AREA), other.where)
    found, problems = mapping.measures(shown, declared, _first(declared), beside, rounding)
    assert problems == []
    return found


def _first(declared: Declared) -> Published:
    return declared.published[0].model_copy(update={"release": "source_1"})


def refused(release: OfficialTable, declared: Declared) -> str:
    """What a mapping is refused for."""
    shown = OfficialTable(areas.located(release.frame, AREA), release.where)
    _, problems = mapping.measures(shown, declared, _first(declared))
    assert problems
    return "\n".join(map(str, problems))


def configuration(
    sources: Mapping[str, Release], indicators: Sequence[Declared] = ()
) -> Configuration:
    """An open edition of the invented area."""
    return Configuration(
        edition=world.edition(
            edition="norland-open", title="Norland", kind="open", area="norland",
            published=date(2025, 11, 27), chapters=("methods",),
        ),
        area=AREA,
        releases={dataset: (release,) for dataset, release in sources.items()},
        published={
            declared.id: tuple(
                one.model_copy(update={"release": sources[one.dataset].id})
                for one in declared.published
                if one.dataset in sources
            )
            for declared in indicators
        },
        profiles={},
        indicators={declared.id: declared for declared in indicators},
        codelists={},
    )  # fmt: skip


def of_plans(*declared: Declared) -> Configuration:
    """The edition of indicators that one release of plans gives."""
    return configuration({"plans": source("plans", "release.csv")}, declared)


def knowing(config: Configuration, release: str, **known: object) -> Configuration:
    """The configuration with something known of a release, as its file would say."""
    parsed = dict(Known.model_validate(known))
    return replace(
        config,
        releases={
            dataset: tuple(
                one.model_copy(update=parsed) if one.id == release else one for one in chosen
            )
            for dataset, chosen in config.releases.items()
        },
    )


def source(dataset: str, file: str, **changes: object) -> Release:
    """A release of that dataset; those of the tool and of deprivation in their own layouts."""
    given = {
        "dataset": dataset,
        "id": f"{dataset}_1",
        "layout": dataset if dataset in ("lait", "iod") else "ees",
        "publisher": "Somebody",
        "title": "A release",
        "release": "Release of 2025",
        "file": file,
        "licence": "Open Government Licence v3.0",
        **changes,
    }
    return Release.model_validate(given)


def paths(tmp_path: Path) -> Paths:
    """Paths of the edition, with its folder of releases made."""
    found = Paths(tmp_path, "norland-open")
    found.published.mkdir(parents=True, exist_ok=True)
    return found


def published(changes: Mapping[str, object]) -> list[dict[str, object]]:
    """One mapping, changed."""
    Published.model_validate({**MAPPING, **changes})
    return [{**MAPPING, **changes}]
