"""Each stage is held to its zones, in a process of its own as in a real run."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from jsna.zones import ZONES

# Every stage is tried once, by one worker.
pytestmark = pytest.mark.xdist_group("zones")

SCRIPT = """
import multiprocessing
import sys
from pathlib import Path
import pandas, pyarrow.parquet
from jsna import io, zones
verbs, root, *attempts = sys.argv[1:]
root = Path(root)


def attempt_all(verb):
    zones.enter(verb, root)
    for attempt in attempts:
        zone, mode = attempt.split(":")
        other = {"raw": "data/raw/e", "releases": "data/releases/e"}
        file = root / other.get(zone, f"data/processed/e/{zone}") / "file.json"
        try:
            if mode == "open":
                open(file).read()
            elif mode == "parquet":
                io.read_parquet(file.with_suffix(".parquet"))
            else:
                io.write_text(file.with_name("new.json"), "x")
            print(verb, attempt, "done")
        except PermissionError as error:
            assert "may not" in str(error), error
            print(verb, attempt, "refused")


# There is no way back from a stage: each is tried in a process of its own.
for verb in verbs.split(","):
    tried = multiprocessing.get_context("fork").Process(target=attempt_all, args=[verb])
    tried.start()
    tried.join()
    assert tried.exitcode == 0, verb
"""
ALL = ("raw", "releases", "identified", "restricted", "safe", "draft")


@cache
def attempts(root: Path) -> dict[str, dict[str, str]]:
    """Verb -> what happens where that stage tries every zone in every way."""
    tried = [f"{zone}:{mode}" for zone in ALL for mode in ("open", "parquet", "write")]
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, ",".join(ZONES), str(root), *tried],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, str]] = {verb: {} for verb in ZONES}
    for line in run.stdout.splitlines():
        verb, attempt, how = line.split()
        found[verb][attempt] = how
    assert all(len(how) == len(tried) for how in found.values())
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("project")
    import pandas as pd

    from jsna import io

    for zone in ALL:
        other = {"raw": "data/raw/e", "releases": "data/releases/e"}
        folder = tmp_path / other.get(zone, f"data/processed/e/{zone}")
        io.write_text(folder / "file.json", "{}")
        io.write_parquet(folder / "file.parquet", pd.DataFrame({"a": [1]}))
    return tmp_path


@pytest.mark.parametrize("verb", ["draw", "write", "tabulate", "print", "readback"])
def test_presentation_reads_nothing_about_a_person(root: Path, verb: str) -> None:
    got = attempts(root)[verb]
    for zone in ("raw", "identified", "restricted"):
        for mode in ("open", "parquet", "write"):
            assert got[f"{zone}:{mode}"] == "refused", (zone, mode)
    assert got["draft:open"] == got["draft:parquet"] == got["draft:write"] == "done"


def test_only_protection_and_its_proof_write_to_the_safe_side(root: Path) -> None:
    writers = {verb for verb in ZONES if attempts(root)[verb]["safe:write"] == "done"}
    assert writers == {"protect", "prove"}


def test_explaining_writes_nowhere(root: Path) -> None:
    got = attempts(root)["explain-suppression"]
    assert got["restricted:parquet"] == got["safe:parquet"] == "done"
    assert {got[f"{zone}:write"] for zone in ALL} == {"refused"}


def test_only_the_reading_of_releases_opens_what_is_kept_of_them(root: Path) -> None:
    tried = {verb: [attempts(root)[verb][f"releases:{how}"] for how in ("open", "write")]
             for verb in ZONES}  # fmt: skip
    assert {verb for verb, how in tried.items() if "done" in how} == {"published"}


def test_only_ingest_and_linkage_open_the_identified_side(root: Path) -> None:
    readers = {
        verb
        for verb in ZONES
        if "done"
        in (attempts(root)[verb]["identified:open"], attempts(root)[verb]["identified:parquet"])
    }
    assert readers == {"ingest", "link", "assess"}


def test_private_zones_are_closed_to_others(root: Path) -> None:
    for zone, private in (("identified", True), ("restricted", True), ("safe", False)):
        folder = root / f"data/processed/e/{zone}"
        assert ((folder / "file.json").stat().st_mode & 0o077 == 0) is private
        assert (folder.stat().st_mode & 0o077 == 0) is private
