"""A small hand-made edition of three extracts, in a folder of its own, to be spoilt by tests."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook

from jsna import io as project_io
from jsna.model.configuration import Configuration
from jsna.settings import loading
from jsna.stages import ZONES
from tests.books import book, book_bytes
from tests.conftest import Project

ROOT = Path(__file__).parents[2]
EDITION = "wrong-2025"
CENSUS, EXCLUSIONS, AREAS = "census.csv", "exclusions.csv", "areas.xlsx"
PUPILS = 60
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

AREA = {
    "area": "smallshire", "name": "Smallshire", "code": "E10000990", "old_la_code": "990",
    "kind": "county", "country": {"code": "E92000001", "name": "England"},
    "region": {"code": "E12000099", "name": "Nowhere"}, "localities_are": "district",
    "localities": [{"code": "E07000990", "name": "Smallton"}],
}  # fmt: skip
PERMISSION = {
    "owner": "A team", "legal_basis": "An Act", "assessment": "DPIA-1", "opt_out": "None applies",
}  # fmt: skip
CENSUS_HEADER = [
    "UPN", "Surname", "Forename", "DateOfBirth", "Sex", "Ethnicity", "FSMEligible", "Postcode",
    "LSOA", "URN", "Phase", "SchoolType", "EnrolStatus", "NCYearActual", "SENprovision",
    "SENtype1", "SENtype2",
]  # fmt: skip
EXCLUSION_HEADER = [
    "UPN", "Surname", "Forename", "DateOfBirth", "Sex", "URN", "Category", "Reason1", "Reason2",
    "Reason3", "StartDate", "Sessions", "SENprovision",
]  # fmt: skip
AREA_HEADER = [
    "LSOA21CD", "LSOA21NM", "WD24CD", "WD24NM", "LAD24CD", "LAD24NM", "UTLA24CD", "IMDRank",
    "IMDDecile", "IDACIRank", "IDACIDecile",
]  # fmt: skip
Rows = list[list[str]]


def upn(number: int) -> str:
    """A well-formed unique pupil number of the invented authority."""
    digits = f"990{number:09d}"
    return _LETTERS[sum(int(d) * i for i, d in enumerate(digits, start=2)) % 23] + digits


def census_rows() -> Rows:
    """Pupils born from September 2014 to August 2015, in year 5 in January 2025."""
    return [
        [
            upn(n), f"Zwyxthorpe{n}", f"Qophilia{n}",
            f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{2014 if n % 12 >= 8 else 2015}",
            "FM"[n % 2], "WBRI", sorted(_codes("fsm"))[0],
            f"ZZ{n % 9 + 1} {n % 9}XQ", f"E01999{n % 8:03d}", "900001",
            sorted(_codes("phase"))[0], sorted(_codes("school_type"))[0], "C", "5",
            "NNNK"[n % 4], ["", "", "", "SLCN"][n % 4], "",
        ]
        for n in range(PUPILS)
    ]  # fmt: skip


def exclusion_rows() -> Rows:
    """Suspensions of some of the same pupils, in every term of 2024/25."""
    months = ("11/2024", "02/2025", "04/2025", "06/2025")
    days = [f"{n % 28 + 1:02d}/{months[n % 4]}" for n in range(PUPILS)]
    return [
        [*row[:5], "900001", "SUSP", "DB", "", "", days[n], "2", row[14]]
        for n, row in enumerate(census_rows()[::3])
    ]


def area_rows() -> list[list[Any]]:
    """Eight small areas of one district."""
    return [
        [f"E01999{n:03d}", f"Smallton 00{n}", "E05999001", "Centre", "E07000990", "Smallton",
         "E10000990", n + 1, 1, n + 1, 1]
        for n in range(8)
    ]  # fmt: skip


@cache
def _codes(name: str) -> set[str]:
    text = (ROOT / f"config/codelists/{name}.yaml").read_text(encoding="utf-8")
    return set(yaml.safe_load(text)["codes"])


def csv_bytes(rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode(encoding)


@dataclass
class World:
    """The edition's raw files before they are put in place, and the project they go to."""

    root: Path
    census: Rows = field(default_factory=lambda: [[*CENSUS_HEADER], *census_rows()])
    exclusions: Rows = field(default_factory=lambda: [[*EXCLUSION_HEADER], *exclusion_rows()])
    areas: Workbook = field(default_factory=lambda: book([AREA_HEADER, *area_rows()]))
    #: Bytes that stand instead of what the rows above give; None removes the file.
    instead: dict[str, bytes | None] = field(default_factory=dict)
    #: Digests recorded instead of the right ones.
    digests: dict[str, str] = field(default_factory=dict)
    #: Further empty files, such as lock files.
    beside: list[str] = field(default_factory=list)

    @property
    def paths(self) -> project_io.Paths:
        return project_io.Paths(self.root, EDITION)

    def contents(self) -> dict[str, bytes]:
        made: dict[str, bytes | None] = {
            CENSUS: csv_bytes(self.census),
            EXCLUSIONS: csv_bytes(self.exclusions),
            AREAS: book_bytes(self.areas),
            **self.instead,
        }
        return {name: content for name, content in made.items() if content is not None}

    def place(self) -> Configuration:
        """Write configuration and raw files; returns the configuration."""
        config = self.root / "config"
        for folder in ("codelists", "disclosure", "linkage"):
            shutil.copytree(ROOT / "config" / folder, config / folder, dirs_exist_ok=True)
        shutil.copy(ROOT / "config/dimensions.yaml", config)
        contents = self.contents()
        # A digest is recorded for each file, there or not.
        names = (CENSUS, EXCLUSIONS, AREAS)
        found = {n: hashlib.sha256(contents.get(n, b"")).hexdigest() for n in names} | self.digests
        deliveries = [
            ("school_census", "2025", "census", CENSUS),
            ("exclusions", "2024/25", "exclusions", EXCLUSIONS),
            ("areas", "2025", "lsoa", AREAS),
        ]
        described = {
            "edition": EDITION, "title": "Wrong input", "kind": "full", "area": "smallshire",
            "reference_date": "2025-01-16", "published": "2026-01-29", "chapters": ["methods"],
            "extracts": [
                {"extract": extract, **PERMISSION,
                 "periods": [{"period": period, "files": {table: file},
                              "sha256": {file: found[file]}}]}
                for extract, period, table, file in deliveries
            ],
        }  # fmt: skip
        for name, content in (
            (f"editions/{EDITION}.yaml", described),
            ("areas/smallshire.yaml", AREA),
        ):
            (config / name).parent.mkdir(parents=True, exist_ok=True)
            (config / name).write_text(yaml.safe_dump(content), encoding="utf-8")
        raw = self.paths.raw
        shutil.rmtree(raw, ignore_errors=True)
        # As the user guide asks for: folder and files are for their owner alone.
        raw.mkdir(parents=True, mode=0o700)
        for name, content in contents.items():
            (raw / name).write_bytes(content)
            (raw / name).chmod(0o600)
        for name in self.beside:
            (raw / name).touch()
        return self.config()

    def config(self) -> Configuration:
        """The configuration as it was placed."""
        return loading.load(EDITION, self.root)

    def jsna(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a user does; one that confines no process, in this one."""
        key = {"JSNA_PERSON_KEY": hashlib.sha256(b"wrong input").hexdigest()}
        if verb in ZONES:
            root = str(self.root)
            return Project(ROOT, key).jsna(verb, EDITION, *options, "--root", root, check=False)
        return Project(self.root, key).here(verb, EDITION, *options)


@cache
def canaries() -> set[str]:
    """Every personal value of the clean world: none may ever stand in a message."""
    rows = census_rows()
    return {row[column] for row in rows for column in (0, 1, 2, 3, 7)}


def snapshot(root: Path) -> dict[str, bytes]:
    """Everything below processed data and reports, as bytes, but for the lock of running stages."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for folder in ("data/processed", "reports")
        for file in sorted((root / folder).rglob("*"))
        if file.is_file() and file.name != ".stages.lock"
    }
