"""The small edition's records in the declared shape and in each official one: the same tables.

Set against each other is all that leaves linkage: `restricted/linked` and `restricted/linkage`.
What is said of the quality of files is of the files, and differs.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pytest
import yaml

from jsna.sources import registry
from tests.conftest import SMALL, Project
from tests.workflow import official_shapes
from tests.workflow.official_shapes import Row, Tables, as_csv

#: What returns of social care have not, and the return of SEN2.
LACKING = {
    "cin_census": {"surname", "forename", "postcode"},
    "ssda903": {"surname", "forename", "postcode"},
    "sen2": {"lsoa_code", "sen2_table_id", "native_id", "order_sequence", "source_id"},
}
YEAR = {"cin_census": "2024/25", "ssda903": "2024/25", "sen2": "2025", "school_census": "2025"}
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


def _register(project: Project) -> tuple[bytes, dict[str, tuple[str, str]]]:
    """The register with numbers of establishments, and URN -> number of authority and school."""
    raw = (project.root / "data/raw" / SMALL / "synthetic_schools_2025.csv").read_bytes()
    rows = pd.read_csv(io.BytesIO(raw), dtype=str, encoding="cp1252").fillna("")
    rows["EstablishmentNumber"] = [f"{number:04}" for number in range(1001, 1001 + len(rows))]
    numbers = {
        row["URN"]: (row["LA (code)"], row["EstablishmentNumber"])
        for row in rows.to_dict("records")
    }
    return rows.to_csv(index=False).encode("cp1252"), numbers


def _restricted(project: Project, edition: str, files: Files) -> dict[str, pd.DataFrame]:
    """What leaves linkage of an edition made of these files, beside its areas."""
    config = project.root / "config/editions"
    made = yaml.safe_load((config / f"{SMALL}.yaml").read_text(encoding="utf-8"))
    raw = project.root / "data/raw"
    folder = raw / edition
    folder.mkdir()
    supplies = [
        one for one in made["extracts"] if one["extract"] in {*files, "areas", "population"}
    ]
    supplies.append({**supplies[-1], "extract": "postcodes", "periods": [{"period": "2025"}]})
    for supply in supplies:
        extract = supply["extract"]
        if extract not in files:
            for file in {f for one in supply["periods"] for f in one["files"].values()}:
                (folder / file).write_bytes((raw / SMALL / file).read_bytes())
            continue
        (period,) = [one for one in supply["periods"] if one["period"] == YEAR.get(extract, "2025")]
        period["files"] = {}
        for key, content in files[extract].items():
            xml = content.startswith(b"<?xml")
            name = f"{extract}_{hashlib.sha256(content).hexdigest()[:12]}.{'xml' if xml else 'csv'}"
            (folder / name).write_bytes(content)
            period["files"][key] = name
        supply["periods"] = [period]
    made |= {"edition": edition, "extracts": supplies}
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    (config / f"{edition}.yaml").write_text(yaml.safe_dump(made), encoding="utf-8")
    project.jsna("ingest", edition)
    project.jsna("link", edition)
    restricted = project.processed(edition) / "restricted"
    return {
        file.relative_to(restricted).as_posix(): pd.read_parquet(file, dtype_backend="pyarrow")
        for folder in ("linked", "linkage")
        for file in sorted((restricted / folder).glob("*.parquet"))
    }


def _rows(frame: pd.DataFrame) -> list[str]:
    records = json.loads(frame.astype(str).to_json(orient="records"))
    return sorted(json.dumps(record, sort_keys=True) for record in records)


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
    register, numbers = _register(project)
    assert min(map(len, (need["episodes"], care["episodes"], sen2["senneed"], pupils))) > 50
    public = {
        "schools": {"school": register},
        "postcodes": {
            "postcode": as_csv([{"pcd7": code, "lsoa21cd": at} for code, at in homes.items()])
        },
    }
    declared: Files = {
        "school_census": _declared("school_census", {"census": pupils}),
        "sen2": _declared("sen2", sen2),
        "cin_census": _declared("cin_census", need),
        "ssda903": _declared("ssda903", care),
        **public,
    }
    official: Mapping[str, Files] = {
        "xml": {
            "school_census": official_shapes.schools_xml(pupils, numbers),
            "sen2": dict.fromkeys(modules, sen2_xml),
            "cin_census": dict.fromkeys(need, need_xml),
            "ssda903": dict.fromkeys(care, care_xml),
            **public,
        },
        "export": {**declared, "school_census": official_shapes.export(pupils, numbers)},
    }
    expected = _restricted(project, "shape-declared", declared)
    assert len(expected["linked/school_census.census.parquet"]) == len(pupils)
    for name, files in official.items():
        found = _restricted(project, f"shape-{name}", files)
        assert found.keys() == expected.keys()
        for file, frame in expected.items():
            assert _rows(found[file]) == _rows(frame), f"{name}: {file}"
