"""The command line: the only door. `jsna <verb> <edition>`.

Whatever the user must put right, of the data or of the machine, is printed in plain words and
ends with exit code 1; a wrong command line ends with 2. A fault of the program itself prints no
traceback either, because a traceback's values may be a child's: it names the place in the code,
and `JSNA_DEBUG=1` asks for the rest on a machine where that is safe.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import __version__, asking, trying
from jsna.disclosure.discovery import keeping
from jsna.disclosure.tabular import tables_cli
from jsna.drafting import cli as drafting
from jsna.errors import JsnaError, Problem
from jsna.explanation import explain
from jsna.linkage import review_cli
from jsna.provenance import verify_cli
from jsna.receiving import doctor_cli, map_cli
from jsna.saying import say
from jsna.stages import STAGES
from jsna.sweeping import cli as sweeping

if TYPE_CHECKING:
    from jsna.io import Paths
    from jsna.model.configuration import Configuration


def _loaded(
    arguments: argparse.Namespace, load: Callable[[str, Path], Configuration] | None = None
) -> tuple[Configuration, Paths]:
    from jsna import io, zones
    from jsna.machine import liveness
    from jsna.settings import loading

    root = Path(arguments.root)
    # An action of a stage (`link review`) has the business of that stage.
    zones.enter(arguments.verb.split()[0], root)
    config = (load or loading.load)(arguments.edition, root)
    if arguments.verb in STAGES:
        liveness.working(root)
    return config, io.Paths(root, arguments.edition)


def _few_threads(_: Path) -> None:
    # Much of it is products of small matrices, on which threads cost more than they save.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _own_fonts(root: Path) -> None:
    from jsna.machine import libraries

    libraries.isolate_fonts(root)


#: Verb -> what must be set before its module is imported.
_BEFORE: Final[Mapping[str, Callable[[Path], None]]] = {
    "discover": _few_threads,
    "verdict": _few_threads,
    "print": _own_fonts,
}


def _stage(arguments: argparse.Namespace) -> int:
    """Run one stage, which imports what it needs and no more: most of a short stage's cost."""
    if before := _BEFORE.get(arguments.verb):
        before(Path(arguments.root))
    config, paths = _loaded(arguments)
    importlib.import_module(STAGES[arguments.verb].module).run(config, paths)
    return 0


def _link_train(arguments: argparse.Namespace) -> int:
    from jsna import zones

    root = Path(arguments.root)
    zones.enter("link", root)
    review_cli.train(root, say)
    return 0


def _link_review(arguments: argparse.Namespace) -> int:
    review_cli.review(arguments, *_loaded(arguments), say)
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    for line in explain.run(arguments, *_loaded(arguments)):
        say(line)
    return 0


def _questions(arguments: argparse.Namespace) -> int:
    for line in asking.run(*_loaded(arguments)):
        say(line)
    return 0


def _try(arguments: argparse.Namespace) -> int:
    from jsna.checking import declared

    for line in trying.run(arguments.indicator, *_loaded(arguments, declared.load)):
        say(line)
    return 0


def _settled(arguments: argparse.Namespace) -> None:
    """Find the area of the edition in its releases, as far as they are there."""
    from jsna.releases import home

    home.settle(arguments.edition, Path(arguments.root))


def _check(arguments: argparse.Namespace) -> int:
    from jsna.checking import check, declared

    _settled(arguments)
    config, paths = _loaded(arguments, declared.load)
    if arguments.rows or arguments.report:
        return check.of_rows(config, paths, report=arguments.report)
    return check.of_headings(config, paths)


def _discover(arguments: argparse.Namespace) -> int:
    from jsna import zones
    from jsna.checking import tables

    root = Path(arguments.root)
    _BEFORE[arguments.verb](root)
    zones.enter(arguments.verb, root)
    for line in keeping.run(root, arguments.editions, tables.faults, again=arguments.again):
        say(line)
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from jsna.releases.fetch import fetch

    folder = Path(arguments.folder) if arguments.folder else None
    fetch(*_loaded(arguments), folder, say)
    _settled(arguments)
    return 0


def _synthesise(arguments: argparse.Namespace) -> int:
    from jsna.build import synthesise

    config, paths = _loaded(arguments)
    synthesise(config, paths, say, force=True)
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from jsna import io
    from jsna.build import build
    from jsna.checking import declared
    from jsna.checking.known import Known

    root = Path(arguments.root)
    # To be ended from outside is to be stopped, as by Ctrl-C: the stages end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _settled(arguments)
    known = Known(io.Paths(root, arguments.edition).sealed.parent)
    if arguments.force:
        known.forget()
    loaded = _loaded(arguments, partial(declared.load, known=known))
    return build(*loaded, say, cores=arguments.cores, force=arguments.force, known=known)


def _prepare(arguments: argparse.Namespace) -> int:
    from jsna.machine import libraries as system

    system.prepare(say)
    return 0


def _table(arguments: argparse.Namespace) -> int:
    from jsna.disclosure.tabular.tables_cli import run

    return run(arguments)


def _render(arguments: argparse.Namespace) -> int:
    from jsna.documents import render

    for name in render(Path(arguments.root)):
        say(name)
    return 0


def _editions(arguments: argparse.Namespace) -> int:
    from jsna.settings.loading import editions

    for name in editions(Path(arguments.root)):
        say(name)
    return 0


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


#: Verb -> (what it does, function, whether it takes an edition). Stages come in pipeline order.
VERBS: dict[str, tuple[str, Callable[[argparse.Namespace], int], bool]] = {
    "build": (
        "build an edition's report from its raw extracts and official releases",
        _build,
        True,
    ),
    "check": ("say in seconds what would stop a build; with --rows judge every row", _check, True),
    trying.VERB: (trying.DOES, _try, True),
    "fetch": ("get the official releases of an edition, checking their digests", _fetch, True),
    "synthesise": ("make the synthetic extracts of a demonstration edition", _synthesise, True),
    "editions": ("list the editions", _editions, False),
    **{verb: (does, _table, False) for verb, does in tables_cli.VERBS.items()},
    explain.VERB: (explain.DOES, _explain, True),
    asking.VERB: (asking.DOES, _questions, True),
    keeping.VERB: (keeping.DOES, _discover, False),
    "verify": ("tell whether a published folder is what its manifest says", verify_cli.run, False),
    "render": ("write the pages that are made from declarations", _render, False),
    "prepare": ("install or name the system libraries the PDF needs", _prepare, False),
    **{verb: (f"stage: {_lower(one.does)}", _stage, True) for verb, one in STAGES.items()},
    map_cli.VERB: (map_cli.DOES, map_cli.run, False),
    sweeping.VERB: (sweeping.DOES, sweeping.run, False),
    doctor_cli.VERB: (doctor_cli.DOES, doctor_cli.run, True),
    "new source": (drafting.ACTIONS["source"], drafting.source, False),
    "new edition": (drafting.ACTIONS["edition"], drafting.edition, False),
    "new indicator": (drafting.ACTIONS["indicator"], drafting.indicator, False),
    "link train": (review_cli.ACTIONS["train"], _link_train, False),
    "link review": (review_cli.ACTIONS["review"], _link_review, True),
}


def joined(arguments: Sequence[str]) -> list[str]:
    """The words of a command line, a verb of two words (`link train`, `new source`) as one."""
    verb = " ".join(arguments[:2])
    return [verb, *arguments[2:]] if verb in VERBS and " " in verb else list(arguments)


def _many(text: str) -> int:
    """A number of one or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a number of 1 or more")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(
        prog="jsna", description="Build a SEND Joint Strategic Needs Assessment."
    )
    top.add_argument("--version", action="version", version=f"jsna {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, (does, function, takes_edition) in VERBS.items():
        # Of its own words the stage tells in its help; what they take is told by each.
        after = "; ".join(
            f"`jsna {other} --help`: {VERBS[other][0]}"
            for other in VERBS
            if other.startswith(f"{verb} ")
        )
        one = verbs.add_parser(
            verb, help=does, description=does, epilog=f"See also {after}." if after else None
        )
        one.set_defaults(function=function)
        one.add_argument("--root", default=".", help="folder of the project (default: this one)")
        if takes_edition:
            one.add_argument("edition", help="name of a file in config/editions/")
        if verb in tables_cli.VERBS:
            tables_cli.arguments(verb, one)
        if verb == explain.VERB:
            explain.arguments(one)
        review_cli.add_arguments(verb, one)
        drafting.add_arguments(verb, one)
        map_cli.add_arguments(verb, one)
        sweeping.add_arguments(verb, one)
        doctor_cli.add_arguments(verb, one)
        if verb == "fetch":
            one.add_argument("--from", dest="folder", help="take the files from this folder")
        if verb == trying.VERB:
            one.add_argument("indicator", help="id of an indicator in config/indicators/")
        if verb == "check":
            one.add_argument("--rows", action="store_true", help="read and judge every row too")
            said = "write a workbook and a page for each owner too (with --rows)"
            one.add_argument("--report", action="store_true", help=said)
        if verb == keeping.VERB:
            one.add_argument("editions", nargs="*", help="names of editions (default: all)")
            one.add_argument("--again", action="store_true", help="look where one is kept too")
        if verb == "verify":
            one.add_argument("folder", help="a published edition, such as reports/demo-2025")
            one.add_argument("--rebuilt", help="the same edition built anew, to compare it with")
        if verb == "build":
            one.add_argument("--cores", type=_many, default=os.cpu_count() or 1)
            one.add_argument("--force", action="store_true", help="run every stage again")
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    words = joined(sys.argv[1:] if argv is None else argv)
    arguments = parser().parse_args(words)
    started = time.monotonic()
    try:
        return arguments.function(arguments)  # type: ignore[no-any-return]
    except JsnaError as error:
        print(error.report(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The previous report, if there was one, is still in place.", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("JSNA_DEBUG"):
            raise
        from jsna.machine import trouble

        if machine := trouble.told(error, Path(arguments.root)):
            print(machine.report(), file=sys.stderr)
            return 1
        print(_fault(error, arguments.verb, time.monotonic() - started), file=sys.stderr)
        return 3


def _fault(error: Exception, verb: str, seconds: float) -> str:
    """A fault of ours, told without any value it may hold."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "jsna" in f.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    rule = (
        f"this is a fault of jsna, not of your data ({type(error).__name__} at {place}, "
        f"{seconds:.1f} s into {verb!r}); please report it. Nothing was published, and the "
        "previous report is still in place. JSNA_DEBUG=1 shows the whole trace, which may hold "
        "personal data: use it only where that is allowed"
    )
    return JsnaError(Problem("jsna", rule, code="fault")).report()
