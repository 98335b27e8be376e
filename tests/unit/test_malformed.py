"""Files as they should not be: each read as the good one is, or all is said of it; nothing is lost.

The kinds are declared in `tests.malformed`, and what must be said of each in `said.yaml` there.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import yaml

from jsna.ingest.grid import Findings
from jsna.ingest.read import read_table
from jsna.ingest.stage import load, stage_deliveries
from jsna.model.editions import Delivery
from jsna.receiving.folder import files_of
from tests.malformed.cells import CELLS
from tests.malformed.kind import EXTRACT, GOOD, PERSONAL, TABLE, Kind, looked_at
from tests.malformed.places import PLACES
from tests.malformed.returns import RETURNS
from tests.malformed.texts import TEXTS
from tests.malformed.workbooks import WORKBOOKS
from tests.tried import cases, full

PARTS: Final = {"text": TEXTS, "cells": CELLS, "workbook": WORKBOOKS, "return": RETURNS}
KINDS: Final = {(part, name): kind for part, kinds in PARTS.items() for name, kind in kinds.items()}
SAID: Final = yaml.safe_load(
    (Path(__file__).parents[1] / "malformed/said.yaml").read_text(encoding="utf-8")
)
#: Kinds that take a while.
LONG: Final = (
    *(("workbook", name) for name in ("a row beyond all rows", "a row far below")),
    *(
        ("return", name)
        for name in ("thousands of plans of one child", "a hundred thousand strange elements")
    ),
    ("text", "as many columns as a spreadsheet has"),
)
#: Bytes of a file that takes a while.
MANY: Final = 200_000
#: What nobody is told to do: a file that is opened and saved is no longer what came.
BY_HAND: Final = {"save", "delete", "unmerge", "fill"}
FIELDS: Final = ["upn", "surname", "date_of_birth", "sen_provision", "sessions"]


def test_of_every_kind_it_is_written_what_must_be_said() -> None:
    assert {part: list(said) for part, said in SAID.items()} == {
        part: list(kinds) for part, kinds in PARTS.items()
    }
    contents = {(kind.bytes, kind.ending) for kind in KINDS.values()}
    assert len(contents) == len(KINDS) > 340


@pytest.mark.parametrize(
    "part, name",
    [*(full(*one) for one in LONG), *cases((one for one in KINDS if one not in LONG), 120)],
)
def test_all_is_said_of_each_and_nothing_personal(part: str, name: str) -> None:
    kind = KINDS[part, name]
    given, began = Kind(kind.bytes, ending=kind.ending, extract=kind.extract), time.process_time()
    found = looked_at(given)
    # A row of a million cells included.
    assert time.process_time() - began < 10
    assert found.says == SAID[part][name]
    assert found.valid == kind.valid
    assert any(kind.word in words for words in found.words) or not kind.word
    for words in found.words:
        assert not [value for value in PERSONAL if value in words]
        assert not BY_HAND & {*words.split()}
    if kind.same:
        good = looked_at(Kind(GOOD)).frame
        assert good is not None
        assert found.frame is not None
        assert found.frame[FIELDS].equals(good[FIELDS])


@pytest.mark.parametrize("name", PLACES)
def test_what_stands_where_a_file_should_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, file = PLACES[name], tmp_path / "register.csv"
    digests = {file.name: hashlib.sha256(GOOD.encode()).hexdigest()}
    place.put(file, monkeypatch)
    findings = Findings(file.name)
    content = load(tmp_path, file.name, digests, findings)
    # What is not the file that was meant is still judged, so that all is told at once.
    assert (content is None) == (place.code != "file.digest")
    (problem,) = findings.problems
    assert (problem.code, problem.where) == (place.code, file.name)
    assert place.word in problem.rule
    assert str(tmp_path) not in str(problem)


def test_a_folder_of_links_and_pipes_is_looked_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("a folder", "a link to itself", "a link to a folder", "a pipe")):
        PLACES[name].put(tmp_path / f"{number}.csv", monkeypatch)
    (tmp_path / "0.csv/register.csv").write_text(GOOD, encoding="utf-8")
    assert files_of(tmp_path) == [tmp_path / "0.csv/register.csv"]


def test_every_file_of_a_delivery_is_told_of_at_once(tmp_path: Path) -> None:
    kinds = [kind for kind in TEXTS.values() if len(kind.bytes) < MANY and kind.ending]
    tables = tuple(replace(TABLE, name=f"table{n}") for n in range(len(kinds)))
    files = {f"table{n}": f"{n}.{kind.ending}" for n, kind in enumerate(kinds)}
    sha256 = {}
    for file, kind in zip(files.values(), kinds, strict=True):
        (tmp_path / file).write_bytes(kind.bytes)
        sha256[file] = hashlib.sha256(kind.bytes).hexdigest()
    staged = stage_deliveries(
        [Delivery(extract="school_census", period="2025", files=files, sha256=sha256)],
        {"school_census": replace(EXTRACT, tables=tables)},
        tmp_path,
        synthetic=False,
    )
    refused = 0
    for entry, kind, table in zip(staged, kinds, tables, strict=True):
        alone = read_table(kind.bytes, files[table.name], table).findings
        assert entry.findings.problems == alone.problems
        assert entry.findings.warnings == alone.warnings
        refused += bool(alone.problems)
    assert refused > 50
