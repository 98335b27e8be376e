"""What a change costs, and what a build costs beside the tools that do its last step.

Run `make bench`, or `python benchmarks/bench_flow.py [edition] [open edition] [times]`. Builds are
made in a folder of their own, changed in one place, and built again, as often as `times` says;
medians are told, and ratios with both of their parts, of the same run:

- a build from raw extracts, and an open edition, beside WeasyPrint alone on the page it prints;
- a build in which nothing has changed, beside an empty Snakemake workflow.

The changes: the title of an indicator, a comment in a code list, one row less of one file.
"""

from __future__ import annotations

import hashlib
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from measuring import Spent, copy_project, measured, timed

from jsna.model.documents import DOCUMENTS

#: At most: ratios, wall seconds on two cores, CPU seconds of changes.
AIM_BUILD, AIM_WALL, AIM_OPEN, AIM_NOTHING = 2.5, 50.0, 1.6, 1.6
AIM_TITLE, AIM_COMMENT, AIM_ROW = 30.0, 3.0, 45.0
#: What is edited; the row is the last of the newest file of this extract.
TITLED, COMMENTED, EXTRACT = (
    "config/indicators/exclusions.yaml",
    "config/codelists/sex.yaml",
    "exclusions",
)
_EMPTY = """\
rule all:
    input: "done.txt"

rule made:
    output: "done.txt"
    shell: "touch {output}"
"""
_PRINT = """
import sys
from weasyprint import HTML
for page in sys.argv[1:]:
    HTML(page).write_pdf("alone.pdf")
"""


@dataclass
class Project:
    """A folder in which editions are built.

    Attributes:
        root: the folder.
        times: how often each thing is measured.
        told: what was measured, by name.
    """

    root: Path
    times: int
    told: dict[str, float] = field(default_factory=dict)

    def median(self, name: str, run: Callable[[int], Spent], times: int = 0) -> Spent:
        """Measure something several times; the run with the median of CPU seconds."""
        every = [run(number) for number in range(times or self.times)]
        if not all(one.well for one in every):
            raise SystemExit(f"{name} failed; there is nothing to measure")
        middle = sorted(every, key=lambda one: one.seconds)[(len(every) - 1) // 2]
        wall = statistics.median(one.wall for one in every)
        print(f"{name:<44}{middle.seconds:>9.2f}{wall:>9.1f}   {len(every)}", flush=True)
        self.told[name] = middle.seconds
        return Spent(middle.seconds, middle.megabytes, True, wall)

    def ratio(self, name: str, over: str, aim: float) -> None:
        """Tell how many times as much CPU one thing took as another."""
        found = self.told[name] / self.told[over]
        met = "met" if found <= aim else "not met"
        parts = f"{self.told[name]:.2f} / {self.told[over]:.2f}"
        print(f"{name} / {over}: {found:.2f} ({parts}), at most {aim:g}: {met}", flush=True)

    def most(self, name: str, seconds: float, aim: float, unit: str = "CPU s") -> None:
        """Tell whether something took at most so long."""
        met = "met" if seconds <= aim else "not met"
        print(f"{name}: {seconds:.1f} {unit}, at most {aim:g}: {met}", flush=True)

    def build(self, edition: str) -> Spent:
        """Build an edition as a user does."""
        return measured(self.root, "build", edition)

    def afresh(self, edition: str) -> Callable[[int], Spent]:
        """A build from raw extracts alone, as of somebody who has never built one."""

        def run(_: int) -> Spent:
            made = ("data/processed", "data/publications", "data/releases", ".snakemake", "reports")
            for name in made:
                for place in (self.root / name).glob("*"):
                    if place.is_dir() and place.name != "templates":
                        shutil.rmtree(place)
            return self.build(edition)

        return run

    def changed(self, edition: str, change: Callable[[int], None]) -> Callable[[int], Spent]:
        """A build after a change, another one each time."""

        def run(number: int) -> Spent:
            change(number)
            return self.build(edition)

        return run

    def title(self, number: int) -> None:
        """Reword the title of the first indicator of a chapter."""
        lines = (self.root / TITLED).read_text(encoding="utf-8").split("\n")
        at = next(n for n, line in enumerate(lines) if line.startswith("    title: "))
        lines[at] = f"    title: Suspensions, worded the {'abcdefghij'[number]} way"
        (self.root / TITLED).write_text("\n".join(lines), encoding="utf-8")

    def comment(self, number: int) -> None:
        """Write a comment into a code list."""
        with (self.root / COMMENTED).open("a", encoding="utf-8") as file:
            file.write(f"# Comment {number}.\n")

    def row(self, edition: str) -> Callable[[int], None]:
        """Takes the last row off a file, and lists its new digest with the others."""
        raw = self.root / "data" / "raw" / edition

        def change(_: int) -> None:
            file = sorted(raw.glob(f"*{EXTRACT}*.csv"))[-1]
            kept = file.read_bytes().splitlines(keepends=True)[:-1]
            file.write_bytes(b"".join(kept))
            listed = raw / "SHA256SUMS"
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            lines = listed.read_text(encoding="utf-8").splitlines()
            changed = [f"{digest}  {file.name}" if line.endswith(f" {file.name}") else line
                       for line in lines]  # fmt: skip
            listed.write_text("\n".join(changed) + "\n", encoding="utf-8")

        return change

    def printed(self, edition: str) -> Callable[[int], Spent]:
        """WeasyPrint alone on the pages of an edition that are printed."""
        pages = [str(self.root / "reports" / edition / one.page) for one in DOCUMENTS]
        return lambda _: timed(self.root, [sys.executable, "-c", _PRINT, *pages])


def empty(folder: Path) -> Callable[[int], Spent]:
    """Snakemake in a workflow of one rule whose output is there."""
    folder.mkdir()
    (folder / "Snakefile").write_text(_EMPTY, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "1"]
    timed(folder, command)
    return lambda _: timed(folder, command)


def bench(edition: str, open_edition: str, project: Project) -> None:
    """Build, change and build again, and print what it took."""
    copy_project(project.root)
    print(f"{'':<44}{'CPU s':>9}{'wall s':>9}   times")
    for name in filter(None, (edition, open_edition)):
        if not measured(project.root, "synthesise", name).well:
            raise SystemExit(f"{name} cannot be made")
    whole = project.median("from raw extracts", project.afresh(edition))
    project.median("WeasyPrint alone", project.printed(edition))
    project.median("empty workflow", empty(project.root / "empty"), 5)
    project.build(edition)
    project.median("no change", lambda _: project.build(edition), 5)
    project.median("a comment", project.changed(edition, project.comment))
    project.median("title of an indicator", project.changed(edition, project.title))
    project.median("one row of one file", project.changed(edition, project.row(edition)))
    if open_edition:
        project.median("open edition", project.afresh(open_edition))
        project.median("WeasyPrint alone, open", project.printed(open_edition))
    project.ratio("from raw extracts", "WeasyPrint alone", AIM_BUILD)
    project.most("wall on these cores", whole.wall, AIM_WALL, "s")
    if open_edition:
        project.ratio("open edition", "WeasyPrint alone, open", AIM_OPEN)
    project.ratio("no change", "empty workflow", AIM_NOTHING)
    for name, aim in (
        ("title of an indicator", AIM_TITLE),
        ("a comment", AIM_COMMENT),
        ("one row of one file", AIM_ROW),
    ):
        project.most(name, project.told[name], aim)


def main() -> None:
    given = dict(enumerate(sys.argv[1:]))
    with tempfile.TemporaryDirectory(prefix="jsna-bench-") as folder:
        project = Project(Path(folder), int(given.get(2, 3)))
        bench(given.get(0, "demo-2025"), given.get(1, "test-open-2026"), project)


if __name__ == "__main__":
    main()
