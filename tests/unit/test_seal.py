"""What publishing does to the register, before anything is published."""

from __future__ import annotations

import shutil
from typing import Any

import pandas as pd
import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.provenance import inputs, recollect, register, seal
from jsna.readback import record
from jsna.settings import loading
from tests.conftest import ROOT, SMALL
from tests.unit.test_manifest import paths as paths

CONFIG = loading.load(SMALL, ROOT)


def draft(paths: io.Paths, figure: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition that is ready to be published; its figures decide what it was made from."""
    monkeypatch.setattr(inputs, "recipe", lambda config, _: f"{config.edition.edition} of {figure}")
    recollect.run(CONFIG, paths)
    table = pd.DataFrame({"figure": [figure]})
    for name in ("safe/measures", "restricted/ledger", "restricted/fallbacks"):
        io.write_parquet(paths.restricted.parent / f"{name}.parquet", table)
    io.write_text(paths.draft / "report.html", f"<p>{figure}</p>")
    record.write(paths.draft, {})


def used(paths: io.Paths) -> list[Any]:
    return [name["number"] for name in io.read_json(paths.restricted / register.FILE)["used"]]


def test_each_version_is_registered_once_and_read_by_those_after_it(
    paths: io.Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    for figure, before, after in ((1, [], 1), (2, [1], 2), (2, [1], 2), (1, [], 2), (3, [1, 2], 3)):
        draft(paths, figure, monkeypatch)
        assert used(paths) == before
        seal.run(CONFIG, paths)
        manifest = io.read_json(paths.reports / "manifest.json")
        assert set(manifest["publications"]) == {f"{SMALL}/{number:04d}" for number in before}
        assert len(register.entries(paths.root, SMALL)) == after


def test_nothing_is_published_beside_what_it_was_not_protected_beside(
    paths: io.Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(paths, 1, monkeypatch)
    tables = dict.fromkeys(register.TABLES, paths.safe / "measures.parquet")
    register.append(paths.root, SMALL, "2025-01-30", "another", {"a": "b"}, tables, [])
    with pytest.raises(JsnaError, match="published since this was protected"):
        seal.run(CONFIG, paths)
    assert not (paths.reports / "manifest.json").exists()


def test_a_register_that_was_cleared_stops_what_stood_on_it(
    paths: io.Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(paths, 1, monkeypatch)
    seal.run(CONFIG, paths)
    draft(paths, 2, monkeypatch)
    shutil.rmtree(register.folder(paths.root, SMALL))
    with pytest.raises(JsnaError, match="not in the register"):
        seal.run(CONFIG, paths)
