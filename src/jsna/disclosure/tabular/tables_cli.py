"""`jsna protect-table` and `jsna attack`: disclosure control of any table, without an edition."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from jsna.errors import JsnaError

if TYPE_CHECKING:
    from jsna.disclosure.tabular.codes import Named, Problems, Trees

#: Verb -> what it does.
VERBS = {
    "protect-table": "hide the small numbers of a table so that nobody can work them out",
    "attack": "try to work out the hidden cells of published tables",
}


def arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="tables (.csv or .xlsx), one row per cell"
    )
    parser.add_argument("--sheet", default="", help="of a workbook with several sheets, this one")
    parser.add_argument(
        "--dims",
        required=True,
        action="append",
        metavar="A,B",
        help="dimensions, separated by commas; again for another table that shares margins",
    )
    parser.add_argument("--threshold", type=int, default=5, help="least count that is not small")
    parser.add_argument("--hierarchy", metavar="FILE.json", help="trees: {dim: {code: parent}}")
    parser.add_argument(
        "--total",
        action="append",
        metavar="CODE",
        help="the code of totals (default: Total); again where dimensions name them differently",
    )
    parser.add_argument(
        "--subtotal",
        action="append",
        nargs="+",
        default=[],
        metavar=("DIM", "CODE PART"),
        help="a code that is the sum of others; again for another",
    )
    parser.add_argument(
        "--not-total",
        action="append",
        nargs=2,
        default=[],
        metavar=("DIM", "CODE"),
        help="a code that is the sum of no others ('*': none of the dimension is, but those said "
        "to be); again for another",
    )
    parser.add_argument("--zeros-shown", action="store_true", help="never hide a zero")
    parser.add_argument(
        "--contributor",
        type=float,
        default=0.0,
        metavar="WIDTH",
        help="width left to others when one contributor subtracts their own one (default: 0, off)",
    )
    if verb == "protect-table":
        _protecting(parser)
    else:
        _attacking(parser)


def _protecting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", metavar="FILE.csv", help="where the table to publish is written (required)"
    )
    parser.add_argument(
        "--record",
        metavar="FILE.csv",
        help="where the same rows with what was hidden and why are written, for you alone; its "
        "folder must be closed to others (chmod 700)",
    )
    parser.add_argument(
        "--statement",
        metavar="FILE.md",
        help="where a page to send with the table is written: what is hidden, and why",
    )
    parser.add_argument("--value", default="freq", help="column of counts (default: freq)")
    parser.add_argument("--weight", choices=("value", "cells", "log"), default="value")
    parser.add_argument("--sliding", action="store_true", help="protect the width alone")
    parser.add_argument(
        "--work",
        type=float,
        metavar="SECONDS",
        help="search for about so long, counted in steps so that the result is always the same "
        "(default: 40, or 6 for a table that is divided into blocks because it is large; 0: until "
        "the least loss is proven)",
    )
    parser.add_argument(
        "--budget",
        type=float,
        metavar="SECONDS",
        help="search for so much CPU time instead; the result may depend on the machine",
    )
    parser.add_argument("--round", type=int, metavar="BASE", help="round instead of hiding")


def _attacking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE.csv", help="where to write every interval found")
    parser.add_argument(
        "--value", help="column of values (default: the only one that is nothing else)"
    )
    parser.add_argument(
        "--labels",
        default="",
        metavar="A,B",
        help="columns that only name codes and tell nothing of the counts",
    )
    parser.add_argument("--rounded", type=int, metavar="BASE", help="values are multiples of this")
    parser.add_argument(
        "--rounding",
        choices=("nearest", "controlled"),
        default="nearest",
        help="to the nearest multiple, or (controlled, as by `protect-table --round`) to "
        "either of the two beside the count (default: nearest)",
    )
    parser.add_argument(
        "--missing", choices=("zero", "unknown"), default="zero", help="rows left out are this"
    )
    parser.add_argument(
        "--strict", action="store_true", help="fail on cells narrow only if they are small"
    )


def run(options: argparse.Namespace) -> int:
    """Run either verb; returns the exit code.

    The attack ends with 1 where it worked a cell out, and with 2 where it could not be made.
    """
    if options.verb == "protect-table":
        from jsna.disclosure.tabular.protect_cli import run_protection

        return run_protection(options)
    from jsna.disclosure.tabular.attack_cli import run_attack

    try:
        return run_attack(options)
    except JsnaError as error:
        print(error.report(), file=sys.stderr)
        return 2


def inputs(
    options: argparse.Namespace,
    dims: Sequence[Sequence[str]],
    outputs: Mapping[str, str | None],
    problems: Problems,
    read: Callable[[Sequence[Named], Trees], object],
) -> tuple[list[Named], Trees]:
    """What both verbs are given, checked: all problems of options, files and trees at once.

    Args:
        options: as given.
        dims: the dimensions of each table.
        outputs: option -> file to be written.
        problems: those of the verb's own options.
        read: reads the tables, so that what is wrong in them is told as well.

    Raises:
        JsnaError: listing everything wrong.
    """
    from jsna.disclosure.tabular.codes import check_dims
    from jsna.disclosure.tabular.files import read_table, read_trees
    from jsna.disclosure.tabular.outputs import check_outputs
    from jsna.disclosure.tabular.tables import TOTAL

    if options.threshold < 2:
        problems.add("--threshold", "must be at least 2", value=str(options.threshold))
    amount("contributor", options.contributor, problems)
    options.total = options.total or [TOTAL]
    blank = not all(total.strip() for total in options.total)
    if blank:
        problems.add("--total", "names the code of totals; it cannot be blank")
    check_outputs(outputs, [*options.files, *filter(None, [options.hierarchy])], problems)
    before = len(problems.found)
    check_dims(dims, options.value, problems, attacked=options.verb == "attack")
    given = [read_table(file, problems, options.sheet) for file in options.files]
    trees = read_trees(options.hierarchy, problems)
    _said(options, trees, problems)
    tables = [table for table in given if table is not None]
    if problems.found and len(problems.found) == before and not blank:
        # The options alone are wrong: what else there is to say about the tables is said too.
        try:
            read(tables, trees)
        except JsnaError as error:
            problems.found.extend(error.problems)
    problems.tell("Nothing was done, because of these problems:")
    return tables, trees


def _said(options: argparse.Namespace, trees: Trees, problems: Problems) -> None:
    """Add what is said of single codes to the trees."""
    for dim, *codes in options.subtotal:
        if len(codes) < 2:
            problems.add("--subtotal", "name a dimension, the total and its parts", value=dim)
        elif dim in trees:
            problems.add("--subtotal", "the whole tree of this dimension is given", value=dim)
        elif codes[0] in trees.subtotals.get(dim, {}):
            problems.add("--subtotal", "names this total twice", column=dim, value=codes[0])
        else:
            trees.subtotals.setdefault(dim, {})[codes[0]] = tuple(codes[1:])
    for dim, code in options.not_total:
        trees.leaves.setdefault(dim, set()).add(code)


def amount(option: str, given: float | None, problems: Problems) -> None:
    """Whether an amount is one."""
    if given is not None and not (given >= 0 and math.isfinite(given)):
        problems.add(f"--{option}", "must be a number of 0 or more", value=f"{given:g}")


def base(option: str, given: int, problems: Problems) -> None:
    """Whether a base of rounding is one."""
    if given < 2:
        problems.add(option, "the base must be at least 2", value=str(given))


def split(text: str) -> list[str]:
    """Names separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
