"""The small edition's records in the declared shape, each official one and two councils': the same.

Set against each other is every table in `restricted/` of an edition measured from them. What is
said of the quality of files is of the files, and differs.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import yaml

from jsna.settings import loading
from jsna.sources import registry
from tests import councils
from tests.conftest import SMALL, Project
from tests.workflow import official_attendance, official_events, official_public, official_shapes
from tests.workflow.official_shapes import Row, Tables, as_csv

#: What returns of social care have not, nor the return of SEN2 and the files of the Indices.
LACKING = {
    "areas": {"imd_score", "idaci_score"},
    "cin_census": {"surname", "forename", "postcode"},
    "ssda903": {"surname", "forename", "postcode"},
    "sen2": {"lsoa_code", "sen2_table_id", "native_id", "order_sequence", "source_id"},
}
YEAR = {
    "cin_census": "2024/25", "ssda903": "2024/25", "exclusions": "2024/25", "ncmp": "2023/24",
    "attendance": "2024/25", "sen2": "2025", "school_census": "2025", "areas": "2025",
    "schools": "2025", "population": "2024",
}  # fmt: skip
#: What is said of files, not of children.
QUALITY = ("attrition.parquet", "quality.parquet", "violations.parquet")
SUFFIXES = {b"<?xml": "xml", b"PK": "xlsx"}
Files = dict[str, dict[str, bytes]]


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:10] if hasattr(value, "isoformat") else str(value)


def _valid(project: Project, extract: str) -> Tables:
    """Rows of an extract's year that the project found valid, as text by field."""
    folder = project.processed() / "identified/valid" / extract
    found: Tables = {}
    for table in registry()[extract].tables:
        frame = pd.read_parquet(
            folder / table.name / f"{YEAR[extract].replace('/', '-')}.parquet",
            dtype_backend="pyarrow",
        )
        columns = {c.field: [_text(value) for value in frame[c.field]] for c in table.columns}
        found[table.name] = [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
    return found


def _declared(extract: str, tables: Tables) -> dict[str, bytes]:
    """Files in the declared shape."""
    return {
        table.name: as_csv(
            [
                {
                    column.name: row.get(column.field, "")
                    for column in table.columns
                    if column.field not in LACKING.get(extract, ())
                }
                for row in tables[table.name]
            ]
        )
        for table in registry()[extract].tables
    }


def _names(extract: str, module: str) -> dict[str, str]:
    """Header -> field of what is no number of a row."""
    return {
        column.name: column.field
        for column in registry()[extract].table(module).columns
        if not column.name.endswith("tableid") and column.field not in LACKING[extract]
    }


def _placed(rows: list[Row]) -> tuple[list[Row], dict[str, str]]:
    """Registrations whose every fact the return or a look-up has, and where postcodes lie."""
    lies: dict[str, set[str]] = {}
    for row in rows:
        lies.setdefault(row["postcode"], set()).add(row["lsoa_code"])
    one = {code: next(iter(of)) for code, of in lies.items() if code and len(of) == 1}
    given = ("fsm", "year_group", "ethnicity", "phase", "school_type", "date_of_birth", "sex")
    kept = [
        row
        for row in rows
        if one.get(row["postcode"])
        and all(row[field] for field in given)
        and (row["primary_need"] or not row["secondary_need"])
    ]
    kept.sort(key=lambda row: row["school_urn"])
    return kept, {code: lsoa for code, lsoa in one.items() if lsoa}


def _edition(project: Project, name: str, described: dict[str, Any], supplies: list[Any]) -> None:
    """Describe an edition of these extracts, beside releases of the small one."""
    folder = project.root / "data/raw" / name
    shutil.copytree(project.root / "data/raw" / SMALL / "published", folder / "published")
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n"
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    described = {**described, "edition": name, "extracts": supplies}
    file = project.root / f"config/editions/{name}.yaml"
    file.write_text(yaml.safe_dump(described), encoding="utf-8")


def _described(project: Project) -> dict[str, Any]:
    text = (project.root / f"config/editions/{SMALL}.yaml").read_text(encoding="utf-8")
    made: dict[str, Any] = yaml.safe_load(text)
    return made


def _of_files(project: Project, edition: str, files: Files) -> dict[str, pd.DataFrame]:
    """What is measured of an edition made of these files."""
    made = _described(project)
    folder = project.root / "data/raw" / edition
    folder.mkdir()
    supplies = [one for one in made["extracts"] if one["extract"] in files]
    supplies.append({**supplies[-1], "extract": "postcodes", "periods": [{"period": "2025"}]})
    for supply in supplies:
        extract = supply["extract"]
        (period,) = [one for one in supply["periods"] if one["period"] == YEAR.get(extract, "2025")]
        period["files"] = {}
        for key, content in files[extract].items():
            suffix = next((to for of, to in SUFFIXES.items() if content.startswith(of)), "csv")
            name = f"{extract}_{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            (folder / name).write_bytes(content)
            period["files"][key] = name
        supply["periods"] = [period]
    _edition(project, edition, made, supplies)
    return _restricted(project, edition)


def _restricted(project: Project, edition: str) -> dict[str, pd.DataFrame]:
    """Every table in `restricted/` of an edition once it is measured, but what is of quality."""
    for verb in ("ingest", "published", "link", "assess", "derive", "measure"):
        project.jsna(verb, edition)
    restricted = project.processed(edition) / "restricted"
    found = {
        file.relative_to(restricted).as_posix(): pd.read_parquet(file, dtype_backend="pyarrow")
        for file in sorted(restricted.rglob("*.parquet"))
        if file.name not in QUALITY
    }
    measures = found["measures.parquet"]
    found["measures.parquet"] = measures[measures["source"] != "local:quality"]
    return found


def _rows(frame: pd.DataFrame) -> list[str]:
    text = frame.drop(columns="edition", errors="ignore").astype(str)
    records = json.loads(text.to_json(orient="records"))
    return sorted(json.dumps(record, sort_keys=True) for record in records)


def _same(found: Mapping[str, pd.DataFrame], expected: Mapping[str, pd.DataFrame]) -> None:
    assert found.keys() == expected.keys()
    for file, frame in expected.items():
        assert _rows(found[file]) == _rows(frame), file


@pytest.mark.full
def test_official_shapes_give_the_tables_of_the_declared_one(
    new_project: Callable[..., Project],
) -> None:
    project = new_project()
    project.jsna("synthesise", SMALL)
    project.jsna("ingest", SMALL)
    need, need_xml = official_shapes.in_need(_valid(project, "cin_census"))
    care, care_xml = official_shapes.looked_after(_valid(project, "ssda903"))
    modules = [table.name for table in registry()["sen2"].tables]
    sen2, sen2_xml = official_shapes.plans(
        _valid(project, "sen2"), {module: _names("sen2", module) for module in modules}
    )
    pupils, homes = _placed(_valid(project, "school_census")["census"])
    schools = official_public.with_closed(_valid(project, "schools")["school"])
    register, numbers = official_public.register(schools)
    plain = {name: _valid(project, name) for name in ("areas", "population", "exclusions", "ncmp")}
    areas, events = plain["areas"]["lsoa"], plain["exclusions"]["exclusions"]
    measured = plain["ncmp"]["measurements"]
    attended = official_attendance.whole(_valid(project, "attendance")["attendance"])
    of = (need["episodes"], care["episodes"], sen2["senneed"], pupils, events, measured, attended)
    assert min(map(len, of)) > 50
    lookup = as_csv([{"pcd7": code, "lsoa21cd": at} for code, at in homes.items()])
    postcodes: Files = {"postcodes": {"postcode": lookup}}
    declared: Files = {
        "school_census": _declared("school_census", {"census": pupils}),
        "sen2": _declared("sen2", sen2),
        "cin_census": _declared("cin_census", need),
        "ssda903": _declared("ssda903", care),
        "schools": _declared("schools", {"school": schools}),
        "attendance": _declared("attendance", {"attendance": attended}),
        **{name: _declared(name, tables) for name, tables in plain.items()},
        **postcodes,
    }
    public: Files = {
        "areas": official_public.areas(areas),
        "population": official_public.population(plain["population"]["syoa"]),
        "schools": register,
        "ncmp": official_events.measured(measured),
        **postcodes,
    }
    official: Mapping[str, Files] = {
        "xml": {
            "school_census": official_shapes.schools_xml(pupils, numbers),
            "exclusions": official_events.xml(events, numbers),
            "attendance": official_attendance.xml(attended, numbers),
            "sen2": dict.fromkeys(modules, sen2_xml),
            "cin_census": dict.fromkeys(need, need_xml),
            "ssda903": dict.fromkeys(care, care_xml),
            **public,
        },
        "export": {
            **declared,
            **public,
            "school_census": official_shapes.export(pupils, numbers),
            "exclusions": official_events.export(events, numbers),
            "attendance": official_attendance.export(attended, numbers),
        },
    }
    expected = _of_files(project, "shape-declared", declared)
    assert len(expected["linked/school_census.census.parquet"]) == len(pupils)
    for name, files in official.items():
        _same(_of_files(project, f"shape-{name}", files), expected)


@pytest.mark.full
def test_councils_files_give_the_tables_of_the_declared_ones(
    new_project: Callable[..., Project],
) -> None:
    project = new_project()
    project.jsna("synthesise", SMALL)
    expected = _restricted(project, SMALL)
    config = loading.load(SMALL, project.root)
    for council in (councils.QUILL, councils.VEX):
        name = f"council-{council.name}"
        own = replace(config, edition=config.edition.model_copy(update={"edition": name}))
        raw = project.root / "data/raw" / SMALL
        entries = councils.rewrite(council, own, raw, project.root)
        made = _described(project)
        for supply in made["extracts"]:
            for period in supply["periods"]:
                of = (supply["extract"], period["period"])
                given = [e for e in entries if (e["extract"], e["period"]) == of]
                for entry in given:
                    period |= {key: entry[key] for key in ("files", "sha256", "mapping")}
                    period |= {"beside": entry["beside"]} if entry["beside"] else {}
        _edition(project, name, made, made["extracts"])
        _same(_restricted(project, name), expected)
