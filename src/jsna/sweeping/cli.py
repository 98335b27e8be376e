"""`jsna sweep`: its arguments, and what it tells."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.saying import say

VERB: Final = "sweep"
DOES: Final = "make the open editions of all authorities but their PDF, and say what is wrong"


def add_arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the arguments, where the verb is this one."""
    if verb != VERB:
        return
    parser.add_argument("--from", dest="folder", required=True, help="folder of official releases")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these authorities")
    parser.add_argument("--year", type=int, default=0, help="of the editions (default: latest)")
    parser.add_argument("--out", default="", help="file for the table (default: it is printed)")
    parser.add_argument("--jobs", type=int, choices=range(1, 65), default=1, metavar="N",
                        help="processes at work beside each other (default: 1)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Sweep, and tell each as it is done; exit code 1 where anything is wrong."""
    # One process for all: threads of products of small matrices cost more than they save.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from jsna.settings import authorities, few_figures
    from jsna.settings.reading import Gatherer
    from jsna.sweeping import table
    from jsna.sweeping.run import Work, sweep

    root, releases = Path(arguments.root), Path(arguments.folder)
    if not releases.is_dir():
        rule = "is no folder; name the one the releases are in"
        raise JsnaError(Problem("--from", rule, value=str(releases), code="sweep.folder"))
    gather = Gatherer(root)
    why = few_figures.load(gather)
    if gather.problems:
        raise JsnaError(gather.problems)
    register = authorities.register(root)
    asked = [register.find(name) for name in arguments.only] or list(register)
    every, today, begun = [], datetime.now(UTC).date(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jsna-sweep-") as folder:
        work = Work(root.resolve(), Path(folder), releases.resolve(), arguments.year, today)
        for one in sweep(asked, work, arguments.jobs):
            every.append(one)
            state = f"stopped in {one.stage}" if one.faults else f"{one.figures:,} figures"
            say(f"{len(every)} of {len(asked)}, {one.authority.name}: {state}, {one.seconds:.1f} s")
            for seen in one.looks:
                say(f"    {seen}")
    made = table.table(every, why, time.monotonic() - begun)
    if arguments.out:
        io.write_text(Path(arguments.out), made)
    else:
        say(made)
    problems = [*table.wrong(every, why)]
    for line in problems:
        say(line)
    return 1 if problems else 0
