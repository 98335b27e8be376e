"""Same inputs, same edition, same bytes, wherever and however it is built."""

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SMALL, Project
from tests.workflow.canary import plant_in
from tests.workflow.raw_files import relist

#: The manifest names the digests of the raw files, which shuffled rows do change.
ABOUT_THE_RUN = {"manifest.json"}


def shuffle_rows(path: Path, seed: int) -> None:
    """Shuffle the rows of a CSV file below its header, byte for byte otherwise."""
    content = path.read_bytes()
    end = b"\r\n" if b"\r\n" in content else b"\n"
    header, *rows = content.rstrip(end).split(end)
    # A quoted cell with a line end in it would be torn; the generator writes none.
    decoded = content.decode("utf-8", errors="replace")
    assert sum(1 for _ in csv.reader(io.StringIO(decoded, newline=""))) == len(rows) + 1
    random.Random(seed).shuffle(rows)
    path.write_bytes(end.join([header, *rows]) + end)


def published(project: Project) -> dict[str, bytes]:
    report = project.report()
    return {
        p.relative_to(report).as_posix(): p.read_bytes()
        for p in sorted(report.rglob("*"))
        if p.is_file() and p.name not in ABOUT_THE_RUN
    }


def parquet(project: Project) -> dict[str, bytes]:
    """Every table after linkage: before it rows keep their number in the file."""
    found = {}
    for zone in ("restricted", "safe"):
        for path in sorted((project.processed() / zone).rglob("*.parquet")):
            found[path.relative_to(project.processed()).as_posix()] = path.read_bytes()
    return found


def discovered(project: Project) -> bytes:
    """What is known of undeclared sums, and of which declarations."""
    return (project.processed() / "restricted/discovery.json").read_bytes()


def another(new_project: Callable[..., Project]) -> Project:
    """The same extracts in another folder, environment and order of rows."""
    other = new_project(
        {
            "PYTHONHASHSEED": "4711",
            "TZ": "Pacific/Auckland",
            "LC_ALL": "C",
            "LANG": "C",
            "OMP_NUM_THREADS": "1",
        }
    )
    other.jsna("synthesise", SMALL)
    plant_in(other.root, SMALL)
    raw = other.root / "data/raw" / SMALL
    made = (raw / "SHA256SUMS").read_bytes()
    shuffled = sorted(raw.glob("*.csv"))
    assert len(shuffled) >= 5
    for number, path in enumerate(shuffled):
        shuffle_rows(path, number)
    relist(raw)
    (other.root / "made").write_bytes(made)
    return other


def the_same_tables(built: Project, other: Project) -> None:
    """Every table is the same, but for where a problem was first seen."""
    first = (built.root / "data/raw" / SMALL / "SHA256SUMS").read_bytes()
    assert (other.root / "made").read_bytes() == first, "synthesis itself must repeat"
    one, two = parquet(built), parquet(other)
    assert "safe/measures.parquet" in two
    differing = [name for name in one if name in two and one[name] != two[name]]
    # Where a problem was first seen is the one thing that row order may change.
    assert set(differing) <= {"restricted/violations.parquet", "restricted/quality.parquet"}
    assert one.keys() == two.keys()


@pytest.mark.full
def test_another_folder_seed_zone_locale_cores_and_row_order_give_the_same_bytes(
    built: Project, new_project: Callable[..., Project]
) -> None:
    other = another(new_project)
    other.jsna("build", SMALL, "--cores", "1")
    the_same_tables(built, other)
    assert discovered(built) == discovered(other)
    one, two = published(built), published(other)
    assert [name for name in one if one[name] != two.get(name)] == []
    assert one.keys() == two.keys()
    assert {"report.pdf", "report.html"} <= set(one)
