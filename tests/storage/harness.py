"""Faults of storage put into the stages of an edition, and what must be true afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jsna import cli, records
from tests.conftest import ROOT, copy_project
from tests.workflow.small_world import EDITION, World

#: In the order of the pipeline.
STAGES = tuple(verb for verb in cli.VERBS if verb in cli.STAGES)
#: Of the person keys; nothing real.
KEY = {"JSNA_PERSON_KEY": hashlib.sha256(b"of nobody at all").hexdigest()}


@dataclass(frozen=True)
class Ended:
    """How a stage ended: exit code (negative: a signal), words, changes by kind, CPU seconds."""

    code: int
    told: str
    counts: dict[str, int]
    seconds: float


@dataclass
class Stages:
    """Runs stages of an edition in folders, in children of one process that has all imported."""

    process: subprocess.Popen[str]
    edition: str
    seconds: float = 0.0

    def run(self, root: Path, verb: str, kind: str = "", at: int | None = None) -> Ended:
        """Run a stage in a project's folder, with a fault of a kind at one of its changes."""
        job = {
            "root": str(root), "verb": verb, "kind": kind, "at": at, "edition": self.edition,
            "environment": KEY,
        }  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        ended = Ended(**json.loads(self.process.stdout.readline()))
        self.seconds += ended.seconds
        return ended


@contextmanager
def stages(edition: str) -> Iterator[Stages]:
    """A process that runs stages, on this source."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "agg"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
    ) as process:  # fmt: skip
        yield Stages(process, edition)
        assert process.stdin is not None
        process.stdin.close()


@contextmanager
def trial(folder: Path, verbs: Sequence[str] = STAGES) -> Iterator[Trial]:
    """An edition of sixty pupils, through the stages named, with a report published before."""
    root = copy_project(folder / "project").root
    # Stages run on the source of this checkout; the edition has places of its own.
    # No verdict is kept, so that what a look leaves is among what is spoilt.
    for part in ("src", "config/editions", "config/areas", "config/verdicts"):
        shutil.rmtree(root / part)
    World(root).place()
    before = root / "reports" / EDITION / "report.html"
    before.parent.mkdir(parents=True)
    before.write_text("last year's", encoding="utf-8")
    with stages(EDITION) as runner:
        made = Trial(runner, root, folder)
        made.build(verbs)
        yield made
        print(f"{runner.seconds:.0f} s of CPU in all stages run")


def content(root: Path) -> dict[str, bytes]:
    """Every file of the zones and the reports, hidden ones too, but what says who is at work."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for folder in ("data/processed", "reports")
        for file in sorted((root / folder).rglob("*"))
        if file.is_file() and file.suffix != ".lock" and "templates" not in file.parts
    }


def report(files: Mapping[str, bytes], edition: str) -> dict[str, bytes]:
    """The published report, or the one set aside where nothing stands under its name."""
    for name in (edition, f".{edition}.old"):
        place = f"reports/{name}/"
        found = {n.removeprefix(place): f for n, f in files.items() if n.startswith(place)}
        if found:
            return found
    return {}


def copied(root: Path, to: Path) -> Path:
    """A project as it stands after a build, to be spoilt."""
    shutil.copytree(root, to, symlinks=True)
    return to


def previous(root: Path, edition: str) -> dict[str, bytes]:
    """Put another report where the edition's is: that of last year."""
    folder = root / "reports" / edition
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            file.write_bytes(b"last year's " + file.name.encode())
    (folder / "only-last-year.csv").write_bytes(b"last year's")
    return report(content(root), edition)


@dataclass
class Trial:
    """One edition, built, and faults tried on copies of it.

    Attributes:
        runner: runs the stages.
        root: the project, with everything built.
        folder: where the copies go.
        whole: everything built, and `made`: stage -> the files it writes, by name.
    """

    runner: Stages
    root: Path
    folder: Path
    whole: dict[str, bytes] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=dict)
    changes: dict[str, dict[str, int]] = field(default_factory=dict)

    def build(self, verbs: Sequence[str] = STAGES) -> None:
        """Run stages in turn and note what each writes; run each again, which changes nothing."""
        before = content(self.root)
        for verb in verbs:
            ended = self.runner.run(self.root, verb)
            assert ended.code == 0, f"{verb}: {ended.told}"
            after = content(self.root)
            self.made[verb] = [name for name in after if after[name] != before.get(name)]
            before = after
        self.whole = before
        for verb in verbs:
            ended = self.runner.run(self.root, verb)
            assert ended.code == 0, f"{verb}: {ended.told}"
            self.changes[verb] = ended.counts
            assert content(self.root) == before, f"{verb} gives other bytes when run again"

    def interrupted(self, verb: str, kind: str, draw: random.Random) -> str:
        """Stop a stage at one of its writes, start it again; returns what became of it.

        Args:
            verb: the stage.
            kind: `kill`, `full` (the disk, at a call of Python) or `size` (a limit of the system,
                below it).
            draw: chooses the write.
        """
        root = copied(self.root, self.folder / "case")
        edition = self.runner.edition
        try:
            old = previous(root, edition)
            # Not what no edition owns: that is there by now, and is not written again.
            own = [name for name in self.made[verb] if "/_shared/" not in name]
            largest = max(len(self.whole[name]) for name in own)
            at = draw.randrange(largest if kind == "size" else self.changes[verb][kind])
            stopped = self.runner.run(root, verb, kind, at)
            what = f"{verb}, {kind} at {at}: {stopped.code} {stopped.told}"
            assert stopped.code in ((-9,) if kind == "kill" else (1,)), what
            if kind != "kill":
                assert "[machine." in stopped.told, what
                assert "fault of jsna" not in stopped.told, what
            now = report(content(root), edition)
            new = report(self.whole, edition)
            assert now == old or (verb == "seal" and now == new), f"{what}: the report is not whole"
            again = self.runner.run(root, verb)
            assert again.code == 0, f"{what}; again: {again.told}"
            self._expect_whole(root, verb, what, old)
            return what
        finally:
            shutil.rmtree(root)

    def _expect_whole(self, root: Path, verb: str, what: str, old: dict[str, bytes]) -> None:
        """Everything as if nothing had happened, but what was stopped while it was written."""
        found = {name: file for name, file in content(root).items() if not _left(name)}
        reports = {name for name in {*found, *self.whole} if name.startswith("reports/")}
        wrong = {n for n in {*found, *self.whole} - reports if found.get(n) != self.whole.get(n)}
        assert not wrong, f"{what}; other bytes after a restart: {sorted(wrong)}"
        wanted = report(self.whole, self.runner.edition) if verb == "seal" else old
        assert report(found, self.runner.edition) == wanted, what

    def flipped(self, verb: str, draw: random.Random) -> str:
        """Change one bit of one file a stage wrote, and run what follows."""
        root = copied(self.root, self.folder / "case")
        try:
            below = f"data/processed/{self.runner.edition}/"
            # What a person is given to change has no record, and nothing is made of it there.
            names = [n for n in self.made[verb] if n.startswith(below) and records.kept(root / n)]
            name = draw.choice(names)
            spoilt = bytearray(self.whole[name])
            bit = draw.randrange(8 * len(spoilt))
            spoilt[bit // 8] ^= 1 << bit % 8
            (root / name).write_bytes(spoilt)
            old = previous(root, self.runner.edition)
            what = f"{name}, bit {bit}"
            for later in STAGES[STAGES.index(verb) + 1 :]:
                ended = self.runner.run(root, later)
                if ended.code:
                    assert ended.code == 1, f"{what}: {ended.told}"
                    told = Path(name).name.removeprefix(".").removesuffix(".sha256")
                    assert told.lstrip(".") in ended.told, f"{what}: {later} says {ended.told}"
                    assert "[storage.damaged]" in ended.told, f"{what}: {ended.told}"
                    assert report(content(root), self.runner.edition) == old, what
                    return f"{what}: {later}"
            raise AssertionError(f"{what}: nobody noticed")
        finally:
            shutil.rmtree(root)


#: A temporary file of `io.replacing`: the name of its target, eight letters and an ending.
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}\.\w+")


def _left(name: str) -> bool:
    """Whether a file is what a killed process was writing, which nobody reads or publishes."""
    return bool(_TEMPORARY.fullmatch(Path(name).name))
