"""CPU seconds and peak memory of a county's report: synthesis, every stage, and the whole build.

Run `make bench`, or `python benchmarks/run.py [edition]`. Everything is built in a folder of its
own from this checkout's configuration, so nothing here is touched. Each command runs by itself,
with its own process's time and that of every process it starts; run it on a quiet machine, for a
busy one makes the same work take more CPU seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from jsna.stages import STAGES

ROOT = Path(__file__).resolve().parents[1]
#: What a build reads beside its raw files.
COPIED = (
    *("config", "profiles", "rules", "reports/templates"),
    *("Snakefile", "environment.yml", "requirements.lock"),
)
#: What is published is made by `REPORT`; `PROOF` makes it safe and holds it to account.
PROTECTION = ("publications", "protect", "prove")
PROOF = (*PROTECTION, "verdict", "readback")
REPORT = tuple(verb for verb in STAGES if verb not in (*PROOF, "print"))
#: Most CPU seconds, at county scale: of synthesis, of the report's stages together, of protection
#: with its proof, and of a page of the PDF.
AIM_SYNTHESIS, AIM_REPORT, AIM_PROTECTION, AIM_PAGE = 20.0, 25.0, 60.0, 0.12


@dataclass(frozen=True)
class Spent:
    """What one command took."""

    seconds: float
    megabytes: float
    well: bool


def measured(root: Path, *arguments: str) -> Spent:
    """Run one `jsna` command in `root` and measure it with all its children."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "jsna", *arguments],
            cwd=root,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            words.seek(0)
            print(words.read().decode(errors="replace")[-2000:], file=sys.stderr)
    unit = 1 if sys.platform == "darwin" else 1024
    memory = usage.ru_maxrss * unit / 1e6
    return Spent(usage.ru_utime + usage.ru_stime, memory, process.returncode == 0)


def line(name: str, seconds: float, memory: float | None = None, aim: float | None = None) -> None:
    """One line of the table; an aim says whether it is met."""
    peak = "" if memory is None else f"{memory:,.0f}"
    told = "" if aim is None else f"{aim:g} ({'met' if seconds <= aim else 'not met'})"
    print(f"{name:<32}{seconds:>10.2f}{peak:>10}   {told}".rstrip(), flush=True)


def copy_project(root: Path) -> None:
    """Put into `root` what a build needs beside raw files."""
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    # As after a first run on a user's machine: no stage pays for compiling the modules.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "src")], check=False)


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
    spent = {verb: step(verb).seconds for verb in STAGES}

    def together(name: str, verbs: tuple[str, ...], aim: float | None = None) -> float:
        seconds = sum(spent[verb] for verb in verbs)
        line(name, seconds, aim=aim)
        return seconds

    together("report without proof and print", REPORT, AIM_REPORT)
    together("protect and prove", PROTECTION, AIM_PROTECTION)
    together("  with verdict and readback", PROOF)
    pdf = root / "data" / "processed" / edition / "draft" / "jsna.pdf"
    if pdf.is_file():
        with pikepdf.open(pdf) as opened:
            pages = len(opened.pages)
        line(f"print, for each of {pages} pages", spent["print"] / pages, aim=AIM_PAGE)
    every = together("every stage", tuple(STAGES))
    whole = step("build", None, "--force")
    line("build less every stage", whole.seconds - every)
    line("build without protect and prove", whole.seconds - sum(spent[v] for v in PROTECTION))


def main() -> None:
    edition = sys.argv[1] if len(sys.argv) > 1 else "demo-2025"
    with tempfile.TemporaryDirectory(prefix="jsna-bench-") as folder:
        bench(edition, Path(folder))


if __name__ == "__main__":
    main()
