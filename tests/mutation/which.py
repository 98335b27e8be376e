"""Which tests run a place, the most telling first; traced once, and again for tests that change."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.mutation.calls import TO
from tests.mutation.sites import Site

TESTS: Final = ("tests/unit", "tests/spec")
#: Seconds of tests, as they took unchanged, run for one fault at the most unless asked otherwise.
ENOUGH: Final = 45.0
#: The share of them for tests that are both quick and narrow.
QUICK: Final = 0.25


@dataclass(frozen=True, slots=True)
class Timed:
    """A test, its own seconds, how many blocks it runs, and what it shares with others."""

    name: str
    seconds: float
    breadth: int
    fixtures: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file it is in."""
        return self.name.split("::")[0]


@dataclass(slots=True)
class Which:
    """The tests by block; blocks run when modules are loaded; seconds of shared fixtures."""

    by_block: dict[str, list[Timed]] = field(default_factory=dict)
    loading: set[str] = field(default_factory=set)
    fixtures: dict[str, float] = field(default_factory=dict)
    importers: Mapping[str, set[str]] = field(default_factory=dict)
    enough: float = ENOUGH

    def cost(self, test: Timed, paid: Iterable[str] = ()) -> float:
        """Seconds of a test with the fixtures that nobody has made yet."""
        return test.seconds + sum(self.fixtures[f] for f in test.fixtures if f not in paid)

    def of(self, site: Site) -> list[Timed]:
        """Tests that run the block of a site, quick and narrow ones first, within `enough`.

        A share of the time is for those that are quick as well as narrow, of which there may be
        many that run the place by the way; the rest is for the narrowest, however slow.

        What is run when a module is loaded is seen by all who call into the module, and then by
        those who call into a module that imports it.
        """
        groups = [self.by_block.get(site.block, [])]
        if site.block.endswith("|") or site.block in self.loading:
            users = (self.by_block.get(f"{f}|", []) for f in self.importers.get(site.file, ()))
            groups += [self.by_block.get(f"{site.file}|", []), [t for many in users for t in many]]
        chosen: dict[str, Timed] = {}
        paid: set[str] = set()
        spent = 0.0
        for group in groups:
            by_both = sorted(group, key=lambda t: (self.cost(t) * t.breadth, t.name))
            by_breadth = sorted(group, key=lambda t: (t.breadth, t.name))
            for share, ordered in ((QUICK, by_both), (1.0, by_breadth), (1.0, by_both)):
                limit = share * self.enough
                for test in ordered:
                    cost = self.cost(test, paid)
                    if test.name in chosen or (chosen and spent + cost > limit):
                        continue
                    chosen[test.name] = test
                    paid.update(test.fixtures)
                    spent += cost
        return list(chosen.values())


def run_pytest(root: Path, arguments: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a copy of the project."""
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", **more}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-n", "0"]
    return subprocess.run(
        [*command, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def which(folder: Path, keep: Path) -> Which:
    """Read what was traced before from `keep`, trace files of tests that are new, write `keep`.

    A test that no longer runs what it ran, because the source has changed, is not traced again:
    remove the file when much has changed.
    """
    known: dict[str, Any] = {key: {} for key in ("files", "tests", "fixtures", "collected")}
    known["loading"] = []
    if keep.is_file():
        known = json.loads(keep.read_text(encoding="utf-8"))
    now = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for below in TESTS
        for file in sorted((folder / below).rglob("test_*.py"))
    }
    new = sorted(file for file, digest in now.items() if known["files"].get(file) != digest)
    if new:
        print(f"tracing {len(new)} files of tests", flush=True)
        made = _trace(folder, new)
        changed = {file for file in known["files"] if file in new or file not in now}
        kept = {t: of for t, of in known["tests"].items() if t.split("::")[0] not in changed}
        known = {
            "files": now,
            "tests": {**kept, **made["tests"]},
            "fixtures": {**known["fixtures"], **made["fixtures"]},
            "collected": {**known["collected"], **made["collected"]},
            "loading": sorted({*known["loading"], *made["loading"]}),
        }
        keep.write_text(json.dumps(known), encoding="utf-8")
    return _indexed(known, importers(folder))


def _trace(folder: Path, files: list[str]) -> dict[str, Any]:
    to = folder / "calls.json"
    run = run_pytest(folder, ["-p", "tests.mutation.calls", *files], **{TO: str(to)})
    if run.returncode:
        print(run.stdout[-2000:], run.stderr[-2000:], sep="\n")
        raise SystemExit("the tests must pass before faults are put into the code")
    made: dict[str, Any] = json.loads(to.read_text(encoding="utf-8"))
    return made


def _indexed(known: dict[str, Any], importing: Mapping[str, set[str]]) -> Which:
    found = Which(
        loading=set(known["loading"]),
        fixtures={name: made["seconds"] for name, made in known["fixtures"].items()},
        importers=importing,
    )
    for name, made in known["tests"].items():
        shared = [known["fixtures"].get(one) for one in made["fixtures"]]
        blocks = {*made["blocks"], *(b for one in shared if one for b in one["blocks"])}
        needs = tuple(f for f in made["fixtures"] if f in found.fixtures)
        test = Timed(name, made["seconds"], len(blocks), needs)
        blocks |= {*known["collected"].get(test.file, ())}
        for block in {*blocks, *(f"{block.split('|')[0]}|" for block in blocks)}:
            found.by_block.setdefault(block, []).append(test)
    return found


def importers(folder: Path) -> dict[str, set[str]]:
    """Each file of the project, and the files of the project that import it or a name of it."""
    source = folder / "src"
    files = {
        ".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): file
        for file in source.rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for file in files.values():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
            for name in names:
                if name in files:
                    of = files[name].relative_to(folder).as_posix()
                    found.setdefault(of, set()).add(file.relative_to(folder).as_posix())
    return found
