"""`make mutants`: how many of a seeded sample of faults the unit and specification tests notice.

Each fault is put into a copy of the project, where the fast tests that run the changed block are
run until one fails. What none notices is listed, but for what `unchanged.yaml` says changes
nothing; the share is given with those and without. A test that also fails in the unchanged copy
has noticed nothing: its faults are tried again without it.
"""

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
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

import yaml

from tests.mutation.sites import Site, all_sites, apply, sites
from tests.mutation.which import ENOUGH, Timed, Which, run_pytest, which

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = "disclosure linkage measures ingest releases readback view report"
UNCHANGED: Final = Path(__file__).with_name("unchanged.yaml")
#: Seconds of tests run first, before the others are so much as loaded.
FIRST: Final = 2.0
#: Files of tests loaded first.
FEW: Final = 8

NOTICED, MISSED, NOBODY, NOTHING = "noticed", "not noticed", "no fast test runs it", "no change"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one fault, the test that noticed it, and how many were run."""

    site: Site
    verdict: str
    by: str
    tests: int


class Copy:
    """A copy of the project with a process that runs its tests (`tests.mutation.server`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        everywhere = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache")

        def ignore(directory: str, names: list[str]) -> set[str]:
            # What was received and built; the tests have a folder `data` of their own.
            own = {"data", "reports"} if Path(directory) == ROOT else set()
            return everywhere(directory, names) | own

        shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)
        shutil.copytree(ROOT / "reports/templates", folder / "reports/templates")
        (folder / "data").mkdir(exist_ok=True)
        self.server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Compile everything once, and start the process. Faults are compiled to memory only."""
        run = run_pytest(self.folder, ["--collect-only", "tests/unit", "tests/spec"])
        if run.returncode:
            raise SystemExit(run.stdout[-2000:])
        path = f"{self.folder / 'src'}{os.pathsep}{self.folder}"
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.mutation.server"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> None:
        """End the process."""
        if self.server and self.server.stdin:
            self.server.stdin.close()
            self.server.wait()

    def run(self, tests: list[Timed], seconds: float, *, first: bool = True) -> dict[str, Any]:
        """Run tests in a fork, to the first failure or to the end."""
        server = self.server
        if server is None or server.stdin is None or server.stdout is None:
            raise RuntimeError("not started")
        names = [test.name for test in _in_groups(tests)]
        asked = {"tests": names, "seconds": 60 + 3 * seconds, "first": first}
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        answer: dict[str, Any] = json.loads(server.stdout.readline())
        return answer

    @contextmanager
    def holding(self, site: Site) -> Iterator[None]:
        """The copy with a fault in it."""
        file = self.folder / site.file
        source, was = file.read_text(encoding="utf-8"), file.stat()
        try:
            file.write_text(apply(source, site), encoding="utf-8")
            # Never the time of the unchanged file, by which Python knows what it has compiled.
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns + 10**10))
            yield
        finally:
            file.write_text(source, encoding="utf-8")
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))


def _in_groups(tests: list[Timed]) -> list[Timed]:
    """Tests that share a fixture stand together, after those that share none."""
    files = {file: at for at, file in enumerate(dict.fromkeys(test.file for test in tests))}
    alone = [test for test in tests if not test.fixtures]
    shared = [test for test in tests if test.fixtures]
    return [*alone, *sorted(shared, key=lambda test: files[test.file])]


def draw(seed: int, count: int, packages: list[str]) -> list[Site]:
    """A sample of places, at most one a function, equally many a package as far as they go."""
    chance = random.Random(seed)
    by_package = {package: list(all_sites(ROOT, package)) for package in packages}
    total = sum(map(len, by_package.values()))
    chosen: list[Site] = []
    for _package, places in sorted(by_package.items()):
        chance.shuffle(places)
        seen: set[str] = set()
        wanted = round(count * len(places) / total)
        for site in places:
            if wanted and site.function not in seen:
                seen.add(site.function)
                chosen.append(site)
                wanted -= 1
    return chosen


def judge(copy: Copy, site: Site, tests: list[Timed], of: Which) -> Outcome:
    """Run tests of a fault in a copy that holds it: a few quick ones, then all."""
    if not tests:
        return Outcome(site, NOBODY, "", 0)
    now, later, spent = list[Timed](), list[Timed](), 0.0
    files: set[str] = set()
    for test in tests:
        spent += of.cost(test)
        early = spent <= FIRST and len(files | {test.file}) <= FEW
        (now if early else later).append(test)
        files |= {test.file} if early else set()
    with copy.holding(site):
        for chosen in filter(None, (now, later)):
            answer = copy.run(chosen, sum(map(of.cost, chosen)))
            if answer["failed"]:
                return Outcome(site, NOTICED, answer["failed"][0], len(tests))
            # 0: all passed. 5: none of them is there any more.
            if answer["ended"] not in ("0", "5"):
                return Outcome(site, NOTICED, f"(ended: {answer['ended']})", len(tests))
    return Outcome(site, MISSED, "", len(tests))


def judged(seen: Path = UNCHANGED) -> set[tuple[str, str, str]]:
    """Changes that a person has found to change nothing: function, line, and what it becomes."""
    return {
        (one["function"], one["line"], one["becomes"])
        for one in yaml.safe_load(seen.read_text(encoding="utf-8"))
    }


def name_of(site: Site) -> tuple[str, str, str]:
    """How `unchanged.yaml` names a site: its function, its line, and the line as it becomes."""
    source = (ROOT / site.file).read_text(encoding="utf-8")
    start = source.rfind("\n", 0, site.start) + 1
    end = source.find("\n", site.end)
    line, becomes = (
        source[start:end],
        source[start : site.start] + site.after + source[site.end : end],
    )
    return site.function, " ".join(line.split()), " ".join(becomes.split())


def resumed(results: Path, sample: list[Site]) -> tuple[list[Site], list[Outcome]]:
    """What is still to be run, and what was noticed before.

    The file holds the sample it began with, which stands though the source has changed since: each
    place is looked for where it is now.
    """
    if not results.is_file():
        results.write_text(json.dumps([asdict(site) for site in sample]) + "\n", encoding="utf-8")
    first, *lines = results.read_text(encoding="utf-8").splitlines()
    begun = [Site(**made) for made in json.loads(first)]
    noticed = {}
    for line in lines:
        made = json.loads(line)
        outcome = Outcome(Site(**made.pop("site")), **made)
        noticed[outcome.site] = outcome
        if outcome.verdict != NOTICED:
            del noticed[outcome.site]
    now = {site: _now(site) for site in begun if site not in noticed}
    for site in (site for site, found in now.items() if found is None):
        print(f"no longer there: {said(site)}")
    todo = [found for found in now.values() if found is not None]
    return todo, [noticed[site] for site in begun if site in noticed]


def _now(site: Site) -> Site | None:
    """A place of an earlier state of the source, in this one; None where it is gone."""
    same = [
        one
        for one in (sites(ROOT, ROOT / site.file) if (ROOT / site.file).is_file() else ())
        if (one.function, one.kind, one.change) == (site.function, site.kind, site.change)
    ]
    return min(same, key=lambda one: abs(one.start - site.start), default=None)


def run_all(
    copies: list[Copy], chosen: Iterable[Site], of: Which, without: Collection[str] = ()
) -> Iterator[Outcome]:
    """The outcome of every fault, in the order given."""
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(site: Site) -> Outcome:
        copy = free.get()
        try:
            return judge(copy, site, [t for t in of.of(site) if t.name not in without], of)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(one, chosen)


def failing(copy: Copy, outcomes: list[Outcome], of: Which) -> set[str]:
    """Which of the tests that noticed a fault fail without one too."""
    names = {outcome.by for outcome in outcomes}
    known = {test.name: test for many in of.by_block.values() for test in many}
    tests = [known[name] for name in sorted(names & set(known))]
    if not tests:
        return set()
    answer = copy.run(tests, sum(map(of.cost, tests)), first=False)
    if answer["ended"] not in ("0", "1"):
        raise SystemExit(f"the unchanged tests did not end: {answer['ended']}\n{answer['said']}")
    return set(answer["failed"])


def main() -> None:
    """Print what was noticed, by package, and each fault that was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--packages", default=PACKAGES)
    parser.add_argument("--enough", type=float, default=ENOUGH, help="seconds of tests a fault")
    parser.add_argument("--calls", type=Path, help="what the tests run: written, read if there")
    parser.add_argument(
        "--results", type=Path, help="outcomes: added to; what was noticed is not run again"
    )
    given = parser.parse_args()
    sample = draw(given.seed, given.count, given.packages.split())
    todo, outcomes = resumed(given.results, sample) if given.results else (sample, [])
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        copies = [Copy(Path(name) / f"copy{job}") for job in range(given.jobs)]
        of = which(copies[0].folder, given.calls or Path(name) / "calls.json")
        of.enough = given.enough
        for copy in copies:
            copy.start()
            stack.callback(copy.stop)
        made = list(_told(run_all(copies, todo, of), given.results))
        # A test that fails in any case has noticed nothing.
        if bad := failing(copies[0], made, of):
            print(f"fail without a fault too: {', '.join(sorted(bad))}")
            again = [outcome.site for outcome in made if outcome.by in bad]
            made = [outcome for outcome in made if outcome.by not in bad]
            made += _told(run_all(copies, again, of, bad), given.results)
    tell([*outcomes, *made], judged())


def _told(outcomes: Iterator[Outcome], results: Path | None) -> Iterator[Outcome]:
    """Each outcome, said and kept as soon as it is there."""
    for outcome in outcomes:
        by = f" by {outcome.by}" if outcome.by else ""
        print(f"{outcome.verdict}: {said(outcome.site)}{by}", flush=True)
        if results:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
        yield outcome


def said(site: Site) -> str:
    """Where a fault is, and what it is."""
    return f"{site.file}:{site.line} [{site.kind}] {site.change}"


def tell(outcomes: list[Outcome], nothing: set[tuple[str, str, str]]) -> None:
    """Each fault that was not noticed, a line a package, and the shares."""
    every, noticed, same = Counter[str](), Counter[str](), 0
    print()
    for outcome in outcomes:
        verdict = outcome.verdict
        if verdict != NOTICED and name_of(outcome.site) in nothing:
            verdict, same = NOTHING, same + 1
        if verdict != NOTICED:
            print(f"{verdict}: {said(outcome.site)}")
        every[outcome.site.package] += 1
        noticed[outcome.site.package] += verdict == NOTICED
    print()
    for package in sorted(every):
        print(f"{package:12} {noticed[package]:4} of {every[package]}")
    total, found = every.total(), noticed.total()
    print(f"{'all':12} {found:4} of {total}: {_share(found, total)} noticed")
    matter = total - same
    print(f"without {same} that change nothing: {_share(found, matter)} of {matter} noticed")
    long = sum(outcome.by.startswith("(") for outcome in outcomes)
    print(f"noticed by no end in time, or by an end of the process: {long}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} %"


if __name__ == "__main__":
    main()
