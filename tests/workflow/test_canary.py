"""Nothing that identifies a child leaves the identified zone: planted, built, and looked for.

The edition the workflow tests share is built from raw files with canaries in every identifying
column of every extract declared (`tests.workflow.canary`). The scanner that finds none afterwards
is held to leaks of every kind first.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna.settings import loading
from jsna.sources import registry
from tests.conftest import PARTS, ROOT, SMALL, Project
from tests.workflow.canary import Canary, planted_in, withheld
from tests.workflow.scan import leaks

#: One canary of each kind, as `plant` makes them.
BY_KIND = {
    "surname": Canary("a.csv", "Surname", "surname", "Zqxcanarysurnameab"),
    "broken": Canary("a.csv", "UPN", "upn", "ZQXCANARYADupn", sound=False),
    "upn": Canary("a.csv", "UPN", "upn", "H973979715001"),
    "nhs_number": Canary("a.csv", "NHSNumber", "nhs_number", "9991234560"),
    "postcode": Canary("a.csv", "Postcode", "postcode", "ZZ97 7BD"),
    "date_of_birth": Canary("a.csv", "DateOfBirth", "date_of_birth", "2014-03-17"),
}
EVERY = list(BY_KIND.values())
#: Kind -> ways in which a value may be written elsewhere.
SPELLINGS = {
    "surname": ["Zqxcanarysurnameab", "ZQXCANARYSURNAMEAB", "x_zqxcanarysurnameab_y"],
    "broken": ["ZQXCANARYADupn"],
    "upn": ["H973979715001", "h973979715001", "upn=H973979715001;"],
    "nhs_number": ["9991234560", "999 123 4560", "999-123-4560", "id9991234560."],
    "postcode": ["ZZ97 7BD", "zz977bd", "ZZ977BD"],
    "date_of_birth": [
        "2014-03-17", "17/03/2014", "17/3/2014", "17-03-2014", "17.03.2014", "20140317",
        "17032014", "2014-Mar-17 00:00:00", "17 March 2014", "17th March 2014", "March 17, 2014",
        "17-Mar-14", "12 17/03/2014", "03/17/2014", "2014/03/17", "17/03/14",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, some in SPELLINGS.items() for t in some])
def test_the_scanner_knows_every_spelling(tmp_path: Path, kind: str, text: str) -> None:
    (tmp_path / "stage.log").write_text(f"row 7: ({text}) is odd\n")
    assert len(leaks(tmp_path, EVERY)) == 1
    assert leaks(tmp_path, [one for one in EVERY if one.kind != BY_KIND[kind].kind]) == [
        # Words are looked for whoever is asked about: no other text has their mark.
        found for found in leaks(tmp_path, EVERY) if kind in ("surname", "broken", "postcode")
    ]  # fmt: skip


def parquet(table: dict[str, list[object]], compression: str = "zstd", **metadata: str) -> bytes:
    buffer = io.BytesIO()
    made = pa.table(table).replace_schema_metadata(metadata)
    pq.write_table(made, buffer, compression=compression)
    return buffer.getvalue()


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sheet1.xml", f"<c>{text}</c>" * 3)
    return buffer.getvalue()


def inlined(text: str) -> bytes:
    inner = base64.b64encode(gzip.compress(f"<svg><text>{text}</text></svg>".encode()))
    return b'<img src="data:image/svg+xml;base64,' + inner + b'">'


def pdf_stream(text: str) -> bytes:
    import pikepdf

    with pikepdf.new() as made:
        made.add_blank_page()
        made.pages[0].Contents = made.make_stream(f"% {text}\n".encode())
        return saved(made)


def printed(text: str) -> bytes:
    """As reports are: the page names glyphs of a font, and no letters."""
    from weasyprint import HTML

    font = (ROOT / "reports/templates/fonts").glob("*.ttf")
    face = f"@font-face {{ font-family: f; src: url({min(font).as_uri()}) }} p {{ font-family: f }}"
    made: bytes = HTML(string=f"<style>{face}</style><p>{text}</p>").write_pdf()
    assert text.encode() not in made
    return made


def pdf_title(text: str) -> bytes:
    import pikepdf

    with pikepdf.new() as made:
        made.add_blank_page()
        # Not Latin, so that it is written in UTF-16.
        made.docinfo["/Title"] = f"☂ {text}"
        return saved(made)


def saved(made: object) -> bytes:
    import pikepdf

    assert isinstance(made, pikepdf.Pdf)
    buffer = io.BytesIO()
    made.save(buffer, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


PACKED: dict[str, Callable[[str], bytes]] = {
    "a.txt": str.encode,
    "a.json": lambda text: json.dumps({"row": {"value": text}}).encode(),
    "a.csv": lambda text: f"a;b\r\n1;{text}\r\n".encode("utf-16"),
    "a.html": lambda text: f"<td>{text}</td>".encode("utf-8-sig"),
    "inlined.html": inlined,
    "a.log.gz": lambda text: gzip.compress(text.encode()),
    "a.xlsx": zipped,
    "a.parquet": lambda text: parquet({"a": ["x" * 50, text]}),
    "nested.parquet": lambda text: parquet({"a": [[{"b": text}]]}, "gzip"),
    "metadata.parquet": lambda text: parquet({"a": [1]}, "snappy", note=text),
    "stream.pdf": pdf_stream,
    "title.pdf": pdf_title,
    "printed.pdf": printed,
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("kind", BY_KIND)
def test_the_scanner_sees_into_every_kind_of_file(tmp_path: Path, name: str, kind: str) -> None:
    made = tmp_path / "reports/some-edition" / name
    made.parent.mkdir(parents=True)
    made.write_bytes(PACKED[name](BY_KIND[kind].value))
    assert leaks(tmp_path, EVERY)
    made.write_bytes(PACKED[name]("an ordinary word of 2014"))
    assert leaks(tmp_path, EVERY) == []


def test_the_scanner_sees_names_of_files_dates_in_columns_and_hashes_without_a_key(
    tmp_path: Path,
) -> None:
    born = date.fromisoformat(BY_KIND["date_of_birth"].value)
    pq.write_table(pa.table({"day": pa.array([born], pa.date32())}), tmp_path / "day.parquet")
    digest = hashlib.sha256(BY_KIND["nhs_number"].value.encode()).hexdigest()
    (tmp_path / "keys.csv").write_text(f"person\n{digest[:32]}\n")
    record = base64.urlsafe_b64encode(b"logs/zqxcanarysurnameab.log").decode().rstrip("=")
    (tmp_path / ".snakemake").mkdir()
    (tmp_path / ".snakemake" / record).touch()
    (tmp_path / "ZZ97 7BD").mkdir()
    assert leaks(tmp_path, EVERY) == [
        f".snakemake/{record}: words", "ZZ97 7BD: postcode", "day.parquet: date",
        "keys.csv: plain hash",
    ]  # fmt: skip
    assert leaks(tmp_path, EVERY, [tmp_path]) == []


@pytest.fixture(scope="module")
def planted(built: Project) -> list[Canary]:
    return planted_in(built.root)


def test_a_canary_stands_in_every_identifying_column_of_every_extract(
    built: Project, planted: list[Canary]
) -> None:
    """By the declarations, so that one declared later has its canaries without a word here."""
    config = loading.load(SMALL, built.root)
    there = {(one.file, one.column) for one in planted if one.sound}
    expected = 0
    for delivery in config.edition.received:
        extract = registry()[delivery.extract]
        for table, file in delivery.files.items():
            content = (built.root / "data/raw" / SMALL / file).read_bytes()
            header = content.splitlines()[0].decode("utf-8-sig", errors="replace").split(",")
            for column in withheld(extract.table(table)) if extract.person_level else []:
                if column.name in header:
                    assert (file, column.name) in there, (file, column.name)
                    expected += 1
    # A source's own number of a child is the same in all its files; nothing else comes twice.
    values = [one.value for one in planted if one.kind != "local_id"]
    assert len(set(values)) == len(values)
    assert expected > 50
    kinds = Counter(one.kind for one in planted if one.sound)
    assert {"upn", "former_upn", "nhs_number", "uln", "forename", "surname", "date_of_birth",
            "postcode", "local_id"} <= set(kinds)  # fmt: skip


def test_every_canary_was_read_and_the_sound_ones_reached_linkage(
    built: Project, planted: list[Canary]
) -> None:
    """Else their absence elsewhere would say nothing."""

    def cells(folder: Path) -> set[str]:
        columns = (c for f in sorted(folder.rglob("*.parquet")) for c in pq.read_table(f).columns)
        return {str(value) for column in columns for value in column.unique().to_pylist()}

    identified = built.processed() / "identified"
    valid, every = cells(identified / "valid"), cells(identified)
    assert [one for one in planted if one.sound and one.value not in valid] == []
    # What cannot be used is set aside with its row, or was taken out of it and is told of.
    violations = pq.read_table(built.processed() / "restricted/violations.parquet").to_pylist()
    told = {(one["extract"], one["period"], one["code"]) for one in violations}
    of = {
        (file, column.name): (delivery.extract, delivery.period, f"{table}.{column.field}")
        for delivery in loading.load(SMALL, built.root).edition.received
        for table, file in delivery.files.items()
        for column in registry()[delivery.extract].table(table).columns
    }

    def is_told(one: Canary) -> bool:
        extract, period, field = of[one.file, one.column]
        return any((extract, period, f"{field}.{kind}") in told for kind in ("shape", "type"))

    taken = [one for one in planted if one.value not in every]
    assert [one for one in taken if not is_told(one)] == []
    assert len(taken) < len(planted) / 4


def test_no_byte_outside_the_identified_zone_holds_a_canary(
    built: Project, planted: list[Canary]
) -> None:
    # What a checkout holds was there before, and nothing of a build is written into it.
    allowed = [built.root / "data/raw", built.processed() / "identified"]
    allowed += [built.root / part for part in (*PARTS, "reports/templates")]
    looked_at = {
        file.suffix for file in built.root.rglob("*")
        if file.is_file() and not any(file.is_relative_to(folder) for folder in allowed)
    }  # fmt: skip
    assert {".parquet", ".pdf", ".html", ".csv", ".json", ".log", ".tsv", ".svg", ""} <= looked_at
    assert leaks(built.root, planted, allowed) == []
    # The same look at the identified zone finds them.
    assert len(leaks(built.processed() / "identified/valid", planted)) > 30
