"""Files of other people's making; `tests/faults/` holds those that do not follow from others."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from jsna.ingest.cross import Tables
from jsna.ingest.grid import Findings
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from jsna.sources import registry
from tests.unit.validation_support import context

FAULTS = Path(__file__).parents[1] / "faults"
#: Modules of the SEN2 return.
MODULES = tuple(table.name for table in registry()["sen2"].tables)


#: Extended codes of ethnicity, one after the other.
EXTENDED = ("WENG", "WSCO", "AMPK", "BNGN", "WBRI", "ACHN")
#: Official codes of phase and type of school, one pair after the other.
OFFICIAL = (("PS", "01"), ("SS", "49"), ("SP", "52"))
#: Twins of persons of the return, from whom forename and a sound number alone tell them apart: that
#: is a veto on a link, or sends it to review.
TWINS = tuple(
    f"{child},WBRI,N,{home},E01025300,119999,primary,maintained,C,{year},N,,\r\n"
    for child, home, year in (
        ("C888456700888,Quillon,Ethan,14/05/2012,M", "PR2 9ZZ", 8),
        ("R888456700889,Ossing,Grace,02/06/2013,F", "BB4 4QQ", 7),
        ("C888456700890,Tarrow,Thomas,03/06/2013,M", "BB4 5QQ", 7),
    )
)
PERSONS = {
    1: "Quillon,Evan,2012-May-14 00:00:00,M,WBRI,PR2 9ZZ,N888456700777",
    3: "Ossing,Faith,2013-Jun-02 00:00:00,F,WBRI,BB4 4QQ,C888456700778",
    5: "Tarrow,Lucy,2013-Jun-03 00:00:00,F,WBRI,BB4 5QQ,R888456700779",
}


def sen2_files(fault: str) -> dict[str, bytes]:
    """Module -> bytes of its file, of the modules a return has.

    One return is kept, in which a person stands twice; the others are that one but for their fault.
    """
    kept = (FAULTS / "sen2-person-twice").glob("*.csv")
    found = {file.stem.rsplit("_", 1)[1]: file.read_bytes() for file in kept}
    if fault == "sen2-person-twice":
        return {module: found[module] for module in MODULES}
    once = {module: re.sub(rb"(?m)^905,.*\n", b"", found[module]) for module in MODULES}
    if fault == "sen2-received-time-of-day":
        dated = re.compile(rb"(?m)^((?:\d+,){5})\d{4}-[^,]*")
        clock = itertools.cycle((b"05/03/2024 09:30", b"05/03/2024"))
        return {"requests": dated.sub(lambda found: found[1] + next(clock), once["requests"])}
    assert fault == "sen2-namedplan-parent"
    # An assessment is numbered otherwise than the request that it follows.
    for module, before in (("assessment", 0), ("namedplan", 4)):
        number = re.compile(rb"(?m)^((?:\d+,){%d})(\d+)" % before)
        once[module] = number.sub(
            lambda found: b"%s%d" % (found[1], 41 - int(found[2])), once[module]
        )
    return once


def census_file(fault: str) -> bytes:
    """The census of a fault: pupils of that of `census-lsoa-2011`, at home in one area of today."""
    head, *rows = (FAULTS / "census-lsoa-2011/census.csv").read_bytes().decode().splitlines(True)
    pupils = [[*row.split(",")[:8], "E01025300", *row.split(",")[9:]] for row in rows]
    if fault == "linkage-twins":
        return "".join([head, *map(",".join, pupils[100:160]), *TWINS]).encode()
    if fault == "census-official-phase-and-type":
        for pupil, official in zip(pupils, itertools.cycle(OFFICIAL), strict=False):
            pupil[10:12] = official
        return "".join([head, *map(",".join, pupils[:40])]).encode()
    assert fault == "census-ethnicity-extended"
    for pupil, code in zip(pupils[:20], itertools.cycle(EXTENDED), strict=False):
        pupil[5] = code
    return "".join([head, *map(",".join, pupils[:40])]).encode()


def persons_with_twins() -> bytes:
    """Persons of the return, three of whom have a twin in the census of `linkage-twins`."""
    rows = sen2_files("sen2-namedplan-parent")["person"].decode().splitlines(True)
    for number, words in PERSONS.items():
        start, end = rows[number].split(",")[:5], rows[number].split(",")[12:]
        rows[number] = ",".join([*start, *words.split(","), *end])
    return "".join(rows).encode()


def cells(content: bytes) -> pd.DataFrame:
    """A CSV as text."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def written(rows: pd.DataFrame) -> bytes:
    """Text as a CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows(rows.itertuples(index=False))
    return buffer.getvalue().encode()


def received(extract: str, files: Mapping[str, bytes]) -> tuple[Tables, dict[str, Findings]]:
    """Read and judge the tables of a delivery.

    Returns:
        the judged tables, of those that could be read, and what was found of each file.
    """
    readings = {
        name: read_table(content, f"{name}.csv", registry()[extract].table(name))
        for name, content in files.items()
    }
    frames = {name: r.frame for name, r in readings.items() if r.frame is not None}
    judged = validate_delivery(registry()[extract], frames, context(extract))
    return judged, {name: reading.findings for name, reading in readings.items()}
