"""Verdicts on declarations are kept with the project, and gone by only where they are whole."""

from __future__ import annotations

import ast
import dataclasses
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jsna import cli, io
from jsna.checking import declared, tables
from jsna.checking.known import Known
from jsna.disclosure.discovery import digest, keeping, run, search, verdicts
from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.provenance import fingerprint
from jsna.settings import loading
from tests.spec import world

ROOT = Path(__file__).parents[2]
FOUND: Mapping[str, Any] = {
    "looked": True,
    "quantities": 12,
    "undeclared": 0,
    "incomplete": {"quantities": 12, "undeclared": 0},
}


def edition(name: str, **given: Any) -> Configuration:
    """An edition of the example declarations; with `profiles` and the like as given."""
    config = world.configuration()
    made = config.edition.model_copy(update={"edition": name, **given})
    return dataclasses.replace(config, edition=made)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Gives a project its editions; returns those that are looked through, as they are."""
    looked = list[str]()
    (tmp_path / "requirements.lock").write_text("numpy==1", encoding="utf-8")

    def look(config: Configuration, root: Path) -> dict[str, Any]:
        looked.append(config.edition.edition)
        return dict(FOUND)

    def has(*editions: Configuration) -> list[str]:
        there = {one.edition.edition: one for one in editions}
        monkeypatch.setattr(loading, "editions", lambda _: sorted(there))
        monkeypatch.setattr(loading, "load", lambda name, _: there[name])
        return looked

    monkeypatch.setattr(search, "look", look)
    monkeypatch.setattr(tables, "faults", untried)
    return has


def untried(_: Configuration) -> list[Problem]:
    """Nothing is wrong with any query."""
    return []


def kept(root: Path) -> list[str]:
    return sorted(file.name for file in (root / verdicts.FOLDER).glob("*"))


def stage(root: Path, config: Configuration) -> Any:
    """What the stage writes."""
    paths = io.Paths(root, config.edition.edition)
    run.run(config, paths)
    return io.read_json(paths.restricted / "discovery.json")


ONE, TWO = edition("one-2025"), edition("two-2025")
OTHER = edition("other-2025", severities={"census.upn.letter": "error"})
OPEN = edition("open-2025", kind="open", extracts=())


def test_one_verdict_is_kept_of_all_editions_that_declare_the_same(
    tmp_path: Path, project: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    looked = project(ONE, TWO, OTHER, OPEN)
    assert cli.main(["discover", "--root", str(tmp_path)]) == 0
    assert looked == ["one-2025", "other-2025"]
    assert len(kept(tmp_path)) == 2
    assert "one-2025, two-2025: nothing is undeclared" in capsys.readouterr().out
    # What is kept is not looked at again unless that is asked for, and gives the same bytes.
    files = {name: (tmp_path / verdicts.FOLDER / name).read_bytes() for name in kept(tmp_path)}
    assert all(line.endswith("is current") for line in keeping.run(tmp_path, [], untried))
    list(keeping.run(tmp_path, ["two-2025"], untried, again=True))
    assert looked[2:] == ["two-2025"]
    assert files == {n: (tmp_path / verdicts.FOLDER / n).read_bytes() for n in kept(tmp_path)}


def test_verdicts_on_what_no_edition_declares_any_more_are_taken_away(
    tmp_path: Path, project: Callable[..., list[str]]
) -> None:
    project(ONE, OTHER)
    list(keeping.run(tmp_path, [], untried))
    assert len(kept(tmp_path)) == 2
    project(ONE)
    assert "taken away" in [*keeping.run(tmp_path, ["one-2025"], untried)][-1]
    assert kept(tmp_path) == [verdicts.file(digest.digest(ONE, tmp_path)).name]


def test_a_build_takes_what_is_kept_and_writes_what_a_look_would_have(
    tmp_path: Path, project: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    looked = project(ONE)
    by_look = stage(tmp_path, ONE)
    list(keeping.run(tmp_path, [], untried))
    capsys.readouterr()
    # Another checkout, with what is kept and nothing remembered.
    fresh = tmp_path / "fresh"
    (tmp_path / "config").rename(io.make_folder(fresh) / "config")
    (fresh / "requirements.lock").write_text("numpy==1", encoding="utf-8")
    assert stage(fresh, TWO) == by_look
    assert by_look == {**FOUND, "verdict": digest.digest(ONE, fresh)}
    assert looked == ["one-2025"] * 2
    assert "is kept: config/verdicts/" in capsys.readouterr().err


def damaged(written: dict[str, Any]) -> list[str]:
    """A verdict cut short, changed, emptied, of something else or not good, as whole files."""
    text = json.dumps(written)
    bad = {**FOUND, "undeclared": 1}
    half = {**FOUND, "incomplete": {"undeclared": 2}}
    name = written["declarations"]
    return [
        "", "[]", "null", "{}", text[:-9], text.replace("12", "13", 1),
        json.dumps(verdicts._written(f"{name[:-1]}x", dict(FOUND))),
        *(json.dumps(verdicts._written(name, found)) for found in (bad, half, None, {"looked": 1})),
        json.dumps({**written, "found": bad}),
        json.dumps({key: written[key] for key in ("declarations", "found")}),
    ]  # fmt: skip


def test_a_verdict_that_is_damaged_or_not_good_is_not_gone_by(
    tmp_path: Path, project: Callable[..., list[str]]
) -> None:
    project(ONE)
    list(keeping.run(tmp_path, [], untried))
    name = digest.digest(ONE, tmp_path)
    file = tmp_path / verdicts.file(name)
    right = file.read_bytes()
    assert verdicts.kept(tmp_path, name) == FOUND
    for content in damaged(json.loads(right)):
        file.write_text(content, encoding="utf-8")
        assert verdicts.kept(tmp_path, name) is None, content
        # Whoever keeps verdicts makes it anew.
        list(keeping.run(tmp_path, [], untried))
        assert file.read_bytes() == right
    file.write_bytes(b"\xff")
    assert verdicts.kept(tmp_path, name) is None
    assert verdicts.kept(tmp_path, "") is None


def test_what_is_found_to_be_undeclared_is_not_kept_and_takes_away_what_was(
    tmp_path: Path, project: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    project(ONE)
    list(keeping.run(tmp_path, [], untried))

    def look(*_: object) -> dict[str, Any]:
        raise JsnaError(Problem("indicators x", "are tied"), title=search.TITLE)

    monkeypatch.setattr(search, "look", look)
    assert cli.main(["discover", "one-2025", "--again", "--root", str(tmp_path)]) == 1
    assert kept(tmp_path) == []
    with pytest.raises(JsnaError, match="are tied"):
        stage(tmp_path, ONE)


def test_nothing_is_kept_of_declarations_whose_queries_cannot_be_run(
    tmp_path: Path, project: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = project(ONE)
    list(keeping.run(tmp_path, [], untried))
    monkeypatch.setattr(tables, "faults", lambda _: [Problem("table x", "cannot be run")])
    assert cli.main(["discover", "--again", "--root", str(tmp_path)]) == 1
    assert kept(tmp_path) == []
    assert looked == ["one-2025"]


def test_a_build_tries_no_query_of_declarations_of_which_a_verdict_is_kept(
    tmp_path: Path, project: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever only asks what is wrong has them tried."""
    project(ONE)
    tried = list[str]()
    monkeypatch.setattr(tables, "faults", lambda _: tried.append("query") or [])
    for name, given in (("_worded", []), ("_linkage", []), ("said", "as it was")):
        monkeypatch.setattr(declared, name, lambda *_, given=given: given)
    paths = io.Paths(tmp_path, "one-2025")

    def asked(known: Known | None) -> int:
        tried.clear()
        assert declared.of_configuration(ONE, paths, known) == []
        return len(tried)

    assert asked(Known(tmp_path)) == 1
    list(keeping.run(tmp_path, [], untried))
    assert asked(Known(tmp_path)) == 0
    assert asked(None) == 1
    (tmp_path / verdicts.file(digest.digest(ONE, tmp_path))).write_text("{}", encoding="utf-8")
    assert asked(Known(tmp_path)) == 1


def test_nothing_is_kept_where_nobody_can_say_which_packages_run(
    tmp_path: Path, project: Callable[..., list[str]]
) -> None:
    looked = project(ONE)
    (tmp_path / "requirements.lock").unlink()
    with pytest.raises(JsnaError, match="which packages"):
        list(keeping.run(tmp_path, [], untried))
    assert looked == []


def test_the_packages_a_verdict_names_are_those_its_code_imports() -> None:
    found = set[str]()
    for file in fingerprint._reach((digest.SEARCH, digest.TRIED)):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").split(".")[0])
    called = {"yaml": "pyyaml"}
    theirs = {called.get(name, name) for name in found - {"jsna"} - sys.stdlib_module_names}
    assert theirs <= digest.PACKAGES
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert {line.split("==")[0] for line in digest.pinned(lock)} == digest.PACKAGES


def test_of_a_configuration_everything_is_in_the_digest_or_known_to_tie_nothing() -> None:
    """A new part must be put into the digest, or here with a reason."""
    lists = {"codelists", "rolls", "usage", "hierarchies"}
    stated = {"edition", "indicators", "dimensions", "profiles"} | lists
    # The search has an area of its own, and no releases and files.
    supposed = {"area", "releases", "published", "mappings"}
    # What official figures imply of each other, words of chapters, and what was asked.
    besides = {"relations", "chapters", "questions", "topics", "avoid", "_joined"}
    fields = {one.name for one in dataclasses.fields(Configuration)}
    assert fields == stated | supposed | besides
