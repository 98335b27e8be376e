"""CPU seconds and peak memory of a county's report: synthesis, every stage, and the whole build.

Run `make bench`, or `python benchmarks/run.py [edition]`. Everything is built in a folder of its
own from this checkout's configuration, so nothing here is touched. Each command runs by itself,
with its own process's time and that of every process it starts; run it on a quiet machine, for a
busy one makes the same work take more CPU seconds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pikepdf
from measuring import Spent, copy_project, measured, read_by_arrow

from jsna.model.documents import DOCUMENTS
from jsna.stages import STAGES

#: What is published is made by `REPORT`; `PROOF` makes it safe and holds it to account.
PROTECTION = ("publications", "protect", "prove")
PROOF = (*PROTECTION, "verdict", "readback")
REPORT = tuple(verb for verb in STAGES if verb not in (*PROOF, "print"))
#: How many times as much `ingest` may take as Arrow to read the same files.
AIM_READ = 4.0
#: Most CPU seconds, at county scale: of synthesis, of the report's stages together, of protection
#: with its proof, and of a page of the PDF.
AIM_SYNTHESIS, AIM_REPORT, AIM_PROTECTION, AIM_PAGE = 20.0, 25.0, 60.0, 0.12


def line(name: str, seconds: float, memory: float | None = None, aim: float | None = None) -> None:
    """One line of the table; an aim says whether it is met."""
    peak = "" if memory is None else f"{memory:,.0f}"
    told = "" if aim is None else f"{aim:g} ({'met' if seconds <= aim else 'not met'})"
    print(f"{name:<32}{seconds:>10.2f}{peak:>10}   {told}".rstrip(), flush=True)


def bench(edition: str, root: Path) -> None:
    """Build an edition in `root` step by step, then at once, and print the table."""
    copy_project(root)
    print(f"{edition:<32}{'CPU s':>10}{'peak MB':>10}   aim")

    def step(verb: str, aim: float | None = None, *further: str) -> Spent:
        spent = measured(root, verb, edition, *further)
        if not spent.well:
            raise SystemExit(f"{verb} failed; there is nothing to measure")
        line(verb, spent.seconds, spent.megabytes, aim)
        return spent

    step("synthesise", AIM_SYNTHESIS)
    spent = {}
    for verb in STAGES:
        spent[verb] = step(verb).seconds
        if verb == "ingest":
            read = read_by_arrow(root, edition).seconds
            line("  Arrow reads the same files", read)
            line("  ingest, in times that", spent[verb] / read, aim=AIM_READ)

    def together(name: str, verbs: tuple[str, ...], aim: float | None = None) -> float:
        seconds = sum(spent[verb] for verb in verbs)
        line(name, seconds, aim=aim)
        return seconds

    together("report without proof and print", REPORT, AIM_REPORT)
    together("protect and prove", PROTECTION, AIM_PROTECTION)
    together("  with verdict and readback", PROOF)
    draft = root / "data" / "processed" / edition / "draft"
    printed = [draft / document.pdf for document in DOCUMENTS]
    if all(pdf.is_file() for pdf in printed):
        pages = sum(pages_of(pdf) for pdf in printed)
        line(f"print, for each of {pages} pages", spent["print"] / pages, aim=AIM_PAGE)
    every = together("every stage", tuple(STAGES))
    whole = step("build", None, "--force")
    line("build less every stage", whole.seconds - every)
    line("build without protect and prove", whole.seconds - sum(spent[v] for v in PROTECTION))


def pages_of(pdf: Path) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(pdf) as opened:
        return len(opened.pages)


def main() -> None:
    edition = sys.argv[1] if len(sys.argv) > 1 else "demo-2025"
    with tempfile.TemporaryDirectory(prefix="jsna-bench-") as folder:
        bench(edition, Path(folder))


if __name__ == "__main__":
    main()
