"""The auditor's guide followed word by word in a fresh clone, and `jsna verify` on an edition."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from jsna import io
from tests.conftest import ROOT, SMALL, Project
from tests.unit.test_verify import relist

GUIDE = ROOT / "docs/auditor-guide.md"
#: What makes the environment is another's to test: this one's is used.
READY = ".venv/.ready"


def blocks() -> list[str]:
    """The commands of the guide for an edition that needs no extracts of anybody's."""
    text = GUIDE.read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def followed(script: str, folder: Path, published: Path) -> subprocess.CompletedProcess[str]:
    """Run commands of the guide as an auditor does, the locked environment being there."""
    # `git clone` gives every file the time of now: what is ready must be later.
    given = f"""
        make() {{
            mkdir -p .venv/bin
            printf '#!/bin/sh\\nexec "%s" "$@"\\n' "{sys.executable}" > .venv/bin/python
            chmod +x .venv/bin/python
            touch {READY}
            PYTHONPATH="$PWD/src" command make "$@"
        }}
        """
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", given + script],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if name[:4] != "GIT_"},
            "PUBLISHED": str(published),
            "REPOSITORY": str(ROOT),
            "EDITION": SMALL,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def at_a_commit(report: Path, folder: Path) -> Path:
    """A published folder whose manifest names the last commit, as if it had been built there."""
    copy = folder / "published"
    shutil.copytree(report, copy)
    manifest = io.read_json(copy / "manifest.json")
    manifest["source"] = {"commit": git("rev-parse", "HEAD"), "tree": "clean"}
    io.write_json(copy / "manifest.json", manifest)
    return copy


def test_the_guide_has_the_commands_from_clone_to_comparison() -> None:
    commands = "".join(blocks())
    for words in ("git clone", "git checkout", "make verify FOLDER=", "make report", "REBUILT="):
        assert words in commands
    # Every target it names is one.
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)", GUIDE.read_text(encoding="utf-8")))
    assert {"verify", "report", "fetch"} <= named
    assert all(f"\n{target}:" in makefile for target in named)


def test_a_fresh_clone_of_the_commit_verifies_what_was_published(
    built: Project, tmp_path: Path
) -> None:
    published = at_a_commit(built.report(), tmp_path)
    run = followed(blocks()[0], tmp_path, published)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "and nothing else is there" in run.stdout
    assert "printed figures are those of the open data" in run.stdout


@pytest.mark.full
def test_numbers_taken_out_of_the_pdf_are_found_whatever_the_manifest_says(
    built: Project, tmp_path: Path
) -> None:
    published = at_a_commit(built.report(), tmp_path)
    with pikepdf.open(published / "report.pdf", allow_overwriting_input=True) as pdf:
        page = pdf.pages[len(pdf.pages) // 2]
        kept = [step for step in pikepdf.parse_content_stream(page) if str(step.operator) != "TJ"]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
        pdf.save()
    relist(published)
    run = built.here("verify", str(published))
    assert run.returncode == 1
    assert "report.pdf" in run.stderr, run.stderr
    assert "the web page has" in run.stderr, run.stderr


@pytest.mark.full
def test_an_edition_is_rebuilt_from_its_commit_to_the_same_bytes(tmp_path: Path) -> None:
    # Whoever publishes builds in a clean checkout too.
    first = tmp_path / "first"
    script = 'git clone --quiet "$REPOSITORY" audit\ncd audit\nmake report EDITION="$EDITION"\n'
    first.mkdir()
    run = followed(script, first, first)
    assert run.returncode == 0, run.stdout + run.stderr
    published = tmp_path / "published" / SMALL
    shutil.copytree(first / "audit/reports" / SMALL, published)
    assert io.read_json(published / "manifest.json")["source"] == {
        "commit": git("rev-parse", "HEAD"), "tree": "clean",
    }  # fmt: skip
    run = followed("".join(blocks()), tmp_path, published)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "The rebuilt edition is the same, byte for byte." in run.stdout
    rebuilt = tmp_path / "audit/reports" / SMALL
    names = {p.relative_to(published) for p in published.rglob("*") if p.is_file()}
    assert {p.relative_to(rebuilt) for p in rebuilt.rglob("*") if p.is_file()} == names
    assert all((published / n).read_bytes() == (rebuilt / n).read_bytes() for n in names)
