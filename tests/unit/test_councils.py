"""Files in two invented councils' shapes, read by mappings, give the rows of the declared files."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from jsna import io
from jsna.ingest.run import Ingested, ingest
from jsna.model.configuration import Configuration
from jsna.settings import loading
from tests import councils
from tests.conftest import ROOT, SMALL, Project
from tests.councils import Council
from tests.unit.test_edition import EDITION, change

#: A small source: codes, dates, a home in a file of its own.
SOME = ("ncmp",)


def edition(root: Path, extracts: Collection[str]) -> Configuration:
    """The small edition, or some of its extracts."""
    config = loading.load(SMALL, root)
    kept = tuple(s for s in config.edition.extracts if not extracts or s.extract in extracts)
    whole = config.edition.model_copy(update={"extracts": kept})
    return replace(config, edition=whole)


def valid(done: Ingested) -> dict[str, object]:
    return {
        f"{key}.{name}": judged.valid.drop(columns="source_row").reset_index(drop=True)
        for key, tables in done.results.items()
        for name, judged in tables.items()
    }


def entered(to: Path, entries: list[dict[str, object]]) -> None:
    """Put entries into the edition of a project."""

    def put(held: dict[str, list[dict[str, object]]]) -> None:
        for entry in entries:
            (supply,) = (s for s in held["extracts"] if s["extract"] == entry["extract"])
            (period,) = (p for p in supply["periods"] if p["period"] == entry["period"])
            period.update({k: v for k, v in entry.items() if k not in ("extract", "period") and v})

    change(to, EDITION, put)


@pytest.mark.parametrize(
    ("council", "extracts"),
    [
        (councils.QUILL, SOME),
        (councils.VEX, SOME),
        pytest.param(councils.QUILL, (), marks=pytest.mark.full),
        pytest.param(councils.VEX, (), marks=pytest.mark.full),
    ],
)
def test_a_council_s_files_are_the_declared_ones(
    built: Project, tmp_path: Path, council: Council, extracts: Collection[str]
) -> None:
    raw = built.root / "data/raw" / SMALL
    shutil.copytree(ROOT / "config", tmp_path / "config")
    as_declared = edition(ROOT, extracts)
    entries = councils.rewrite(council, as_declared, raw, tmp_path)
    shutil.copy(raw / "SHA256SUMS", tmp_path / "data/raw" / SMALL)
    entered(tmp_path, entries)
    other = ingest(edition(tmp_path, extracts), io.Paths(tmp_path, SMALL))
    assert not other.problems
    expected = valid(ingest(as_declared, io.Paths(built.root, SMALL)))
    found = valid(other)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert rows.equals(found[name]), name
    # And read as declared they are not: no mapping, no file.
    if extracts:

        def forget(held: dict[str, list[dict[str, object]]]) -> None:
            for supply in held["extracts"]:
                for period in supply["periods"]:
                    period.pop("mapping", None)
                    period.pop("beside", None)

        change(tmp_path, EDITION, forget)
        assert ingest(edition(tmp_path, extracts), io.Paths(tmp_path, SMALL)).problems
