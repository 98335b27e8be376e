"""What is read of releases is kept by digests, shared by editions, and trusted only whole."""

from __future__ import annotations

import hashlib
import importlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jsna.io import Paths
from jsna.provenance import fingerprint
from jsna.releases import ees, official, shelf, store
from jsna.releases.release import OfficialTable
from tests.unit.published_support import AREA, csv_text, indicator, of_plans, paths

TABLE = OfficialTable(
    pd.DataFrame({"plans": ["1", "", "c"], "_row": [2, 3, 4], "share": [0.1, float("nan"), 3.0]}),
    "plans.csv",
    ("One return is missing.",),
)
ASKED = shelf.Asked("jsna.releases.ees.read", "ab" * 32, "plans.csv", ("'plans'",))


def entries(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def release(root: Path, edition: str, text: str = "1 2") -> Path:
    """A file where `fetch` puts it."""
    file = Paths(root, edition).published / "plans.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


READ: list[str] = []


def reader(path: Path) -> pd.DataFrame:
    READ.append(path.parents[1].name)
    return pd.DataFrame({"plans": path.read_text(encoding="utf-8").split()})


@pytest.fixture(autouse=True)
def nothing_read() -> Iterator[None]:
    READ.clear()
    yield
    shelf.code.cache_clear()


@pytest.mark.parametrize(
    "made",
    [
        TABLE,
        TABLE.frame,
        {"a": TABLE, "b": replace(TABLE, frame=TABLE.frame.iloc[:1], where="b", footnotes=())},
        {"a": TABLE.frame.iloc[:0], "b": TABLE.frame},
    ],
)
def test_what_is_kept_is_what_was_made(tmp_path: Path, made: object) -> None:
    shelf.keep(tmp_path, ASKED, made)
    assert len(entries(tmp_path)) == 1
    assert shelf.same(shelf.recall(tmp_path, ASKED), made)
    for other in (
        replace(ASKED, release="cd" * 32), replace(ASKED, name="other.csv"),
        replace(ASKED, what=("'more'",)), replace(ASKED, reader="jsna.releases.lait.read"),
    ):  # fmt: skip
        assert shelf.recall(tmp_path, other) is None


@pytest.mark.parametrize(
    "made",
    [
        {"plans": "academic year"},
        TABLE.frame.set_index("plans"),
        TABLE.frame.astype({"_row": "int32"}).assign(plans=[1, "a", None]),
        replace(TABLE, scopes=(object(),)),
    ],
)
def test_what_would_not_be_read_back_as_it_was_made_is_not_kept(
    tmp_path: Path, made: object
) -> None:
    shelf.keep(tmp_path, ASKED, made)
    assert shelf.recall(tmp_path, ASKED) is None
    assert entries(tmp_path) == []


def test_editions_of_a_project_share_what_is_read(tmp_path: Path) -> None:
    made = [store.once(reader, release(tmp_path, name)) for name in ("kent", "leeds")]
    assert READ == ["kent"]
    assert shelf.same(*made)
    # Each has its own to add columns to, and what is kept stays as it was.
    made[0]["more"] = 0
    made[1].loc[0, "plans"] = "9"
    assert store.once(reader, release(tmp_path, "kent"))["plans"].tolist() == ["1", "2"]
    # A file that has changed is another, whatever its name and length.
    assert store.once(reader, release(tmp_path, "kent", "1 3"))["plans"].tolist() == ["1", "3"]
    assert READ == ["kent", "kent"]
    # A file that lies in no project is read every time.
    alone = tmp_path / "plans.csv"
    alone.write_text("5", encoding="utf-8")
    for _ in range(2):
        store.once(reader, alone)
    assert len(READ) == 4


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    def slow(path: Path) -> pd.DataFrame:
        made = reader(path)
        path.write_text("7 8", encoding="utf-8")
        return made

    assert store.once(slow, release(tmp_path, "kent"))["plans"].tolist() == ["1", "2"]
    assert entries(tmp_path / "data/releases") == []


def test_changed_code_reads_anew_and_takes_the_old_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = release(tmp_path, "kent")
    store.once(reader, file)
    (before,) = entries(tmp_path / "data/releases")
    monkeypatch.setattr(shelf, "code", lambda: "0" * 64)
    store.once(reader, file)
    (after,) = entries(tmp_path / "data/releases")
    assert READ == ["kent", "kent"]
    assert before != after


def test_the_code_is_all_that_readers_stand_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(str(importlib.import_module("jsna").__file__)).parent
    stamped = {file for part in shelf.CODE for file in shelf._files(part)}
    for module in ("ees", "lait", "lookups", "neighbours", "iod", "shelf"):
        reached = fingerprint._reach((f"jsna.releases.{module}",))
        own = {file for file in reached if file.name != "__init__.py" or file.parent != source}
        assert own <= stamped, sorted(file.relative_to(source).as_posix() for file in own - stamped)
    before = shelf.code()
    monkeypatch.setattr(shelf, "version", lambda name: "1.0")
    shelf.code.cache_clear()
    assert shelf.code() != before


@pytest.mark.parametrize("harm", ["cut", "flipped", "emptied", "renamed", "of something else"])
def test_an_entry_that_is_not_whole_is_as_good_as_none(tmp_path: Path, harm: str) -> None:
    file, folder = release(tmp_path, "kent"), tmp_path / "data/releases"
    store.once(reader, file)
    (entry,) = entries(folder)
    content = entry.read_bytes()
    if harm == "cut":
        entry.write_bytes(content[:-100])
    elif harm == "flipped":
        entry.write_bytes(content.replace(b"PAR1", b"PAR2", 1))
    elif harm == "emptied":
        entry.write_bytes(b"")
    elif harm == "renamed":
        entry.rename(entry.with_name(entry.name.replace(entry.stem[-32:], "0" * 32)))
    else:
        # Whole, and named by its digest, but not what its name says.
        shelf.keep(folder, ASKED, TABLE)
        other = next(one for one in entries(folder) if one.parent != entry.parent).read_bytes()
        digest = hashlib.sha256(other).hexdigest()[:32]
        entry.rename(entry.with_name(entry.name.replace(entry.stem[-32:], digest)))
        (new,) = entry.parent.iterdir()
        new.write_bytes(other)
    assert store.once(reader, file)["plans"].tolist() == ["1", "2"]
    assert READ == ["kent", "kent"]
    # It was kept anew, and is read from there.
    assert store.once(reader, file)["plans"].tolist() == ["1", "2"]
    assert READ == ["kent", "kent"]


def test_many_that_write_at_once_leave_one_whole_entry(tmp_path: Path) -> None:
    file = release(tmp_path, "kent")
    with ThreadPoolExecutor(8) as pool:
        made = [*pool.map(lambda _: store.once(reader, file), range(40))]
    assert all(one["plans"].tolist() == ["1", "2"] for one in made)
    (folder,) = (tmp_path / "data/releases").iterdir()
    assert [one.suffix for one in folder.iterdir()] == [".parquet"]


def test_a_file_in_the_place_of_the_folder_stops_nobody(tmp_path: Path) -> None:
    file = release(tmp_path, "kent")
    (tmp_path / "data/releases").write_text("in the way", encoding="utf-8")
    assert [len(store.once(reader, file)) for _ in range(2)] == [2, 2]


def test_measures_are_the_same_with_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"geographic_level": "National", "plans": "90", "timely": "60", "timely_pc": "66.7"},
        {
            "geographic_level": "Local authority", "new_la_code": AREA.code,
            "old_la_code": AREA.old_la_code, "plans": "7", "timely": "c", "timely_pc": "c",
        },
    ]  # fmt: skip
    config, where = of_plans(indicator()), paths(tmp_path)
    (where.published / "release.csv").write_text(csv_text(rows), encoding="utf-8", newline="")
    first = official.published_measures(config, where)
    assert len(entries(tmp_path / "data/releases")) == 1
    assert first["value"].notna().any()
    with monkeypatch.context() as patched:
        patched.setattr(ees, "_frame", lambda *_: pytest.fail("the file was read again"))
        pd.testing.assert_frame_equal(official.published_measures(config, where), first)
    shutil.rmtree(tmp_path / "data/releases")
    pd.testing.assert_frame_equal(official.published_measures(config, where), first)
