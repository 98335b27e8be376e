"""`make mutants`: how many of a seeded sample of faults the unit and specification tests notice."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.calls import TO
from tests.mutation.sites import Site, all_sites, apply

ROOT = Path(__file__).parents[2]
PACKAGES = "disclosure linkage measures ingest published report"
#: Seconds of tests, as they took unchanged, run for one fault at the most.
ENOUGH = 150.0
TESTS = ("tests/unit", "tests/spec")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one fault: noticed, not noticed, or in code that no fast test calls."""

    site: Site
    verdict: str
    tests: int


def _pytest(
    root: Path, arguments: list[str], limit: float | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", **more}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        timeout=limit,
        capture_output=True,
        text=True,
        check=False,
    )


def copy_to(folder: Path) -> Path:
    """A copy of what the tests need."""
    everywhere = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache")

    def ignore(directory: str, names: list[str]) -> set[str]:
        # What was received and built; the tests have a folder `data` of their own.
        own = {"data", "reports"} if Path(directory) == ROOT else set()
        return everywhere(directory, names) | own

    shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)
    shutil.copytree(ROOT / "reports/templates", folder / "reports/templates")
    (folder / "data").mkdir(exist_ok=True)
    return folder


def called(folder: Path, to: Path) -> dict[str, list[tuple[float, str]]]:
    """Function -> the tests that call it, the quickest first, with their seconds."""
    run = _pytest(folder, ["-p", "tests.mutation.calls", "-n", "0", *TESTS], **{TO: str(to)})
    if run.returncode:
        print(run.stdout[-2000:], run.stderr[-2000:], sep="\n")
        raise SystemExit("the tests must pass before faults are put into the code")
    made = json.loads(to.read_text(encoding="utf-8"))
    found: dict[str, list[tuple[float, str]]] = {}
    for test, functions in made["calls"].items():
        for function in functions:
            found.setdefault(function, []).append((made["seconds"][test], test))
            # A change in what a module says at its top level may be seen by all who call into it.
            module = function.split("|")[0] + "|"
            found.setdefault(module, []).append((made["seconds"][test], test))
    return {function: sorted(set(tests)) for function, tests in found.items()}


def draw(seed: int, count: int, packages: list[str]) -> list[Site]:
    """A sample of places, at most one a function, equally many a package as far as they go."""
    chance = random.Random(seed)
    by_package: dict[str, list[Site]] = {}
    for site in all_sites(ROOT, packages):
        by_package.setdefault(site.file.split("/")[2], []).append(site)
    total = sum(map(len, by_package.values()))
    chosen: list[Site] = []
    for _package, places in sorted(by_package.items()):
        chance.shuffle(places)
        seen: set[tuple[str, str]] = set()
        wanted = round(count * len(places) / total)
        for site in places:
            if wanted and (site.file, site.function) not in seen:
                seen.add((site.file, site.function))
                chosen.append(site)
                wanted -= 1
    return chosen


def judge(folder: Path, site: Site, tests: list[tuple[float, str]]) -> Outcome:
    """Run the tests that call the changed function, in a copy that holds the fault."""
    chosen, spent = [], 0.0
    for seconds, test in tests:
        if chosen and spent + seconds > ENOUGH:
            break
        chosen.append(test)
        spent += seconds
    if not chosen:
        return Outcome(site, "no test calls it", 0)
    file = folder / site.file
    source = file.read_text(encoding="utf-8")
    names = folder / "chosen.txt"
    names.write_text("\n".join(chosen), encoding="utf-8")
    try:
        file.write_text(apply(source, site), encoding="utf-8")
        run = _pytest(folder, ["-x", "-n", "0", f"@{names}"], limit=10 * ENOUGH)
        verdict = "not noticed" if run.returncode == 0 else "noticed"
    except subprocess.TimeoutExpired:
        verdict = "noticed"
    finally:
        file.write_text(source, encoding="utf-8")
    return Outcome(site, verdict, len(chosen))


def main() -> None:
    """Print what was noticed, by package, and each fault that was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--packages", default=PACKAGES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        copies: SimpleQueue[Path] = SimpleQueue()
        for job in range(given.jobs):
            copies.put(copy_to(base / f"copy{job}"))
        first = copies.get()
        tests = called(first, base / "calls.json")
        copies.put(first)

        def one(site: Site) -> Outcome:
            folder = copies.get()
            try:
                return judge(folder, site, tests.get(f"{site.file}|{site.function}", []))
            finally:
                copies.put(folder)

        chosen = draw(given.seed, given.count, given.packages.split())
        outcomes = []
        with ThreadPoolExecutor(given.jobs) as pool:
            for outcome in pool.map(one, chosen):
                outcomes.append(outcome)
                site = outcome.site
                if outcome.verdict != "noticed":
                    change = f"{' '.join(site.before.split())} -> {site.after}"
                    where = f"{site.file}:{site.line}"
                    print(f"{outcome.verdict}: {where} [{site.kind}] {change}", flush=True)
    tell(outcomes)


def tell(outcomes: list[Outcome]) -> None:
    """A line a package, and the share noticed."""
    every, noticed = Counter[str](), Counter[str]()
    for outcome in outcomes:
        package = outcome.site.file.split("/")[2]
        every[package] += 1
        noticed[package] += outcome.verdict == "noticed"
    for package in sorted(every):
        print(f"{package:12} {noticed[package]:4} of {every[package]}")
    share = 100 * noticed.total() / max(1, every.total())
    print(f"{'all':12} {noticed.total():4} of {every.total()}: {share:.1f} % noticed")


if __name__ == "__main__":
    main()
