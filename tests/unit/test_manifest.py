"""What the public manifest says, and that it says nothing of a private file."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsna import io
from jsna.model.configuration import Configuration
from jsna.provenance import made_with, register
from jsna.provenance.manifest import PRIVATE_RECORD, manifest, private
from jsna.settings import loading
from tests.conftest import PARTS, ROOT, SMALL
from tests.supplied import supplied

KEY = bytes(range(200, 232))
#: What a checkout holds that the manifest names, without the code.
NAMED = [part for part in PARTS if part != "src"]


def real() -> Configuration:
    """The small edition, as if it stood on real extracts whose digests it names."""
    config = loading.load(SMALL, ROOT)
    extracts = [
        one.model_copy(update={"sha256": dict.fromkeys(one.files.values(), "a" * 64)})
        for one in config.edition.deliveries
    ]
    made = config.edition.model_copy(update={"synthetic": False, "extracts": supplied(extracts)})
    return replace(config, edition=made)


@pytest.fixture
def paths(tmp_path: Path) -> io.Paths:
    """A project with every private file there is, of one row each."""
    for part in NAMED:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, tmp_path / part)
    shutil.copytree(ROOT / "reports/templates", tmp_path / "reports/templates")
    made = io.Paths(tmp_path, SMALL)
    config = real()
    for name in {f for d in config.edition.received for f in d.files.values()}:
        io.write_text(made.raw / name, "one row")
    for source_ in config.every_release:
        io.write_text(made.published / source_.file, "published")
    io.write_text(made.identified / "valid/ssda903/missing/2024-25.parquet", "one row")
    io.write_text(made.restricted / "tables/plan.parquet", "one row")
    nothing: dict[str, Any] = {"previous": [], "used": []}
    io.write_json(made.restricted / register.FILE, nothing)
    io.write_text(made.safe / "certificate.json", "{}")
    io.write_text(made.reports / "report.html", "<html>")
    return made


def written(paths: io.Paths, config: Configuration | None = None, key: bytes = KEY) -> Any:
    outputs = {"report.html": paths.reports / "report.html"}
    return manifest(config or real(), paths, outputs, key, "named")


def test_publications_it_was_protected_beside_are_named_by_keyed_digest(paths: io.Paths) -> None:
    tables = dict.fromkeys(register.TABLES, paths.restricted / "tables/plan.parquet")
    entry = register.append(paths.root, SMALL, "2025-01-30", "r", {"a": "b"}, tables, [])
    used = [{"edition": SMALL, "number": 1, "sha256": entry.name.sha256}]
    looked_up = {"previous": [], "used": used}
    io.write_json(paths.restricted / register.FILE, looked_up)
    one, other = written(paths)["publications"], written(paths, key=b"x" * 32)["publications"]
    assert set(one) == {f"{SMALL}/0001"}
    assert one != other
    assert entry.name.sha256 not in json.dumps(one)


PRIVATE_FILES = [
    "data/raw/{}/synthetic_ssda903_2024-25_missing.csv",
    "data/processed/{}/identified/valid/ssda903/missing/2024-25.parquet",
    "data/processed/{}/identified/quarantine/ssda903/missing/2024-25.parquet",
    "data/processed/{}/restricted/tables/plan.parquet",
    "data/processed/{}/restricted/ledger.parquet",
    "config/editions/{}.yaml",
]


def test_of_a_private_file_nothing_is_told_but_that_something_changed(paths: io.Paths) -> None:
    before = written(paths)
    private_ = before.pop("private")
    for name in PRIVATE_FILES:
        file = paths.root / name.format(SMALL)
        was = file.read_bytes() if file.exists() else None
        for content in ("two rows\n" * 2, "one raw"):
            io.write_text(file, content)
            after = written(paths)
            # Nobody without the key learns which file it was, or whether it grew.
            assert after.pop("private") != private_, name
            assert after == before, name
        file.unlink()
        if was is not None:
            file.write_bytes(was)
    assert written(paths)["private"] == private_


def test_what_is_told_of_private_files_is_keyed_and_of_all_of_them_together(
    paths: io.Paths,
) -> None:
    told = written(paths)["private"]
    assert set(told) == {"inputs_hmac_sha256", "intermediate_hmac_sha256"}
    other = written(paths, key=bytes(range(100, 132)))["private"]
    assert not {*told.values()} & {*other.values()}
    assert all(len(digest) == 64 for digest in told.values())


def test_names_of_extracts_are_not_told_and_their_own_list_is(paths: io.Paths) -> None:
    told = json.dumps(written(paths))
    listed = private(real(), paths)
    names = {f for d in real().edition.received for f in d.files.values()}
    assert len(names) > 10
    assert not [name for name in names if name in told]
    assert {f"data/raw/{SMALL}/{name}" for name in names} < set(listed["inputs"])
    assert f"config/editions/{SMALL}.yaml" in listed["inputs"]
    assert listed["intermediate"]["restricted/tables/plan.parquet"]["bytes"] == len("one row")
    # The list itself is none of what it lists: it would never be the same twice.
    io.write_json(paths.restricted / PRIVATE_RECORD, listed)
    assert private(real(), paths) == listed


def test_an_edition_that_names_no_digest_of_an_extract_is_named_by_its_own(
    paths: io.Paths,
) -> None:
    synthetic = loading.load(SMALL, ROOT)
    assert f"config/editions/{SMALL}.yaml" in written(paths, synthetic)["configuration"]
    assert f"config/editions/{SMALL}.yaml" not in written(paths)["configuration"]


def test_all_that_decides_the_report_is_named_by_its_whole_digest(paths: io.Paths) -> None:
    told = written(paths)
    named = {
        "rules": {"Snakefile", "rules/seal.smk", "profiles/default/config.yaml"},
        "templates": {"reports/templates/report.html.j2"},
        "fonts": {p.relative_to(ROOT).as_posix() for p in ROOT.glob("reports/templates/**/*.ttf")},
        "configuration": {"config/linkage/passes.yaml", "config/codelists/sex.yaml"},
        "releases": {"synthetic_eyfsp.csv"},
        "outputs": {"report.html"},
        "safe": {"safe/certificate.json"},
    }
    for part, names in named.items():
        assert names, part
        assert names <= set(told[part])
        assert all(len(one["sha256"]) == 64 for one in told[part].values())
    assert {"system", "machine", "library"} <= set(told["platform"])
    assert all(len(digest) == 64 for digest in told["code"].values())
    assert told["lock"]["sha256"] == io.sha256(ROOT / "requirements.lock")


# -- the commit ---------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in which the code lies."""
    monkeypatch.setattr(made_with, "__file__", str(tmp_path / "src/jsna/provenance/made_with.py"))
    for name in ("src/jsna/provenance/made_with.py", "config/a.yaml", "docs/a.md"):
        io.write_text(tmp_path / name, "1")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git(tmp_path, *who, "commit", "--quiet", "-m", "first")
    return tmp_path


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_commit_is_named_in_full(checkout: Path) -> None:
    told = made_with.source(checkout)
    assert told == {"commit": git(checkout, "rev-parse", "HEAD"), "tree": "clean"}
    assert len(told["commit"] or "") == 40


@pytest.mark.parametrize("name", ["config/a.yaml", "config/b.yaml", "src/jsna/new.py"])
def test_a_file_that_is_not_of_the_commit_is_told_of_and_not_named(
    checkout: Path, name: str
) -> None:
    io.write_text(checkout / name, "2")
    told = made_with.source(checkout)
    assert told["tree"] == "changed"
    assert Path(name).name not in json.dumps(told)


def test_what_decides_nothing_changes_no_tree(checkout: Path) -> None:
    io.write_text(checkout / "docs/a.md", "2")
    io.write_text(checkout / "data/raw/an extract.csv", "2")
    assert made_with.source(checkout)["tree"] == "clean"


def test_another_repository_is_never_named(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv("GIT_DIR", str(checkout / ".git"))
    nothing = {"commit": None, "tree": None}
    assert made_with.source(elsewhere) == nothing
    # A folder below somebody else's repository is not that repository.
    assert made_with.source(checkout / "config") == nothing
    monkeypatch.setattr(made_with, "__file__", str(elsewhere / "made_with.py"))
    assert made_with.source(checkout) == nothing


def test_without_git_there_is_no_commit(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert made_with.source(checkout) == {"commit": None, "tree": None}
