"""From a folder of files as they came to a report, by documented commands and nothing else.

Two sources come in two invented councils' shapes. What somebody answers `jsna map` is what they
know of their own system; no file is opened, renamed or changed on the way.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna.model.configuration import Configuration
from jsna.settings import loading
from tests import councils
from tests.conftest import ROOT, SMALL, Project

LAST, THIS = "quill-2024", "quill-2025"
#: Sources of the edition; those that come in a shape of their own, and whose.
SOURCES = ("school_census", "exclusions", "ncmp", "areas", "schools", "population")
SHAPED = {"exclusions": councils.QUILL, "ncmp": councils.VEX}


def last_year(config: Configuration) -> dict[str, Any]:
    """The edition before, as whoever made it left it: its text is there, its files are not."""
    made: dict[str, Any] = yaml.safe_load(
        (ROOT / f"config/editions/{SMALL}.yaml").read_text(encoding="utf-8")
    )
    for key in ("synthetic", "synthesis", "releases", "profiles"):
        made.pop(key)
    made |= {
        "edition": LAST, "title": "Quillshire West SEND needs 2024",
        "reference_date": date(2024, 1, 18), "published": date(2025, 1, 29),
        "profiles": {"ncmp": "health"},
    }  # fmt: skip
    made["extracts"] = [one for one in made["extracts"] if one["extract"] in SOURCES]
    for supply in made["extracts"]:
        supply["periods"] = [
            {"period": _before(one["period"]), "status": "not received", "reason": "Of last year"}
            for one in supply["periods"]
        ]
    return made


def _before(period: str) -> str:
    first = int(period[:4]) - 1
    return f"{first}/{(first + 1) % 100:02d}" if "/" in period else str(first)


def arrived(config: Configuration, raw: Path, to: Path) -> dict[str, dict[str, Any]]:
    """Files as they came; returns what the councils know of those in shapes of their own."""
    folder = to / "arrived"
    folder.mkdir()
    known = {}
    for supply in config.edition.extracts:
        if supply.extract not in SOURCES:
            continue
        if (council := SHAPED.get(supply.extract)) is None:
            for delivery in supply.deliveries:
                for name in delivery.files.values():
                    shutil.copy(raw / name, folder / name.removeprefix("synthetic_"))
            continue
        one = replace(config, edition=config.edition.model_copy(update={"extracts": (supply,)}))
        councils.rewrite(council, one, raw, to / council.name)
        for file in (to / council.name / "data/raw" / SMALL).iterdir():
            shutil.copy(file, folder / file.name.replace("synthetic_", ""))
        mapping = to / council.name / f"config/mappings/{council.name}/{supply.extract}.yaml"
        known[supply.extract] = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    return known


def answers(shape: dict[str, Any], homes: str) -> Iterator[str]:
    """What somebody who knows the system answers, by the options `jsna map` names."""
    for name, said in shape["columns"].items():
        origin = {"header": said} if isinstance(said, str) else said
        if "join" in origin:
            key = f"homes={origin['join']['key']}={origin['join']['their_key']}"
            yield from ("--beside", f"homes={homes}", "--key", key)
            yield from ("--column", f"{name}=homes:{origin['header']}")
        else:
            yield from ("--column", f"{name}={origin['header']}")
        for code, declared in origin.get("codes", {}).items():
            yield from ("--code", f"{name}:{code}={declared}")
        if "date" in name:
            yield from ("--dates", f"{name}={shape['dates']}")


@pytest.mark.full
def test_a_folder_of_files_becomes_a_report(
    built: Project, new_project: Callable[..., Project], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    project = new_project({"JSNA_PERSON_KEY_FILE": str(key)})
    config = loading.load(SMALL, ROOT)
    before = project.root / f"config/editions/{LAST}.yaml"
    before.write_text(yaml.safe_dump(last_year(config), sort_keys=False), encoding="utf-8")
    known = arrived(config, built.root / "data/raw" / SMALL, tmp_path)
    folder = tmp_path / "arrived"
    came = {file.name: file.read_bytes() for file in folder.iterdir()}

    project.jsna("new", "edition", "--from", LAST)
    first = project.jsna("doctor", THIS, str(folder), "--dry-run").stdout
    for extract in SHAPED:
        assert f"of {extract}, in a shape of its own: jsna map" in first
    for extract, mapping in known.items():
        ((_, shape),) = mapping["tables"].items()
        file = next(file for file in sorted(folder.iterdir()) if file.name.startswith(extract))
        homes = next((str(file) for file in folder.iterdir() if file.name.startswith("homes")), "")
        name = f"{SHAPED[extract].name}/{extract}"
        project.jsna("map", str(file), "--source", extract, "--to", name, *answers(shape, homes))
    second = project.jsna("doctor", THIS, str(folder)).stdout
    assert "Unclear" not in second
    assert "exclusions, 2024/25, by quill/exclusions: new; year by the days" in second
    project.jsna("check", THIS)
    project.jsna("build", THIS)
    assert (project.report(THIS) / "report.pdf").is_file()
    # What came is what it was, and what was read is what the declared files hold.
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == came
    valid = project.processed(THIS) / "identified/valid"
    files = [file for extract in SHAPED for file in sorted((valid / extract).rglob("*.parquet"))]
    assert len(files) == 4
    for file in files:
        assert _rows(file) == _rows(built.processed() / file.relative_to(project.processed(THIS)))


def _rows(file: Path) -> list[dict[str, object]]:
    import pyarrow.parquet as pq

    rows = pq.read_table(file)
    # Invented NHS numbers are sound in a synthetic edition alone; titles move every row.
    other = [name for name in ("source_row", "nhs_number") if name in rows.column_names]
    found: list[dict[str, object]] = rows.drop_columns(other).to_pylist()
    return found
