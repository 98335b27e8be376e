"""`jsna protect-table` and `jsna attack`: disclosure control of any table, without an edition."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jsna.errors import JsnaError

if TYPE_CHECKING:
    from jsna.disclosure.tabular.codes import Named, Problems, Trees
    from jsna.disclosure.tabular.published import Attacked

#: Verb -> what it does.
VERBS = {
    "protect-table": "hide the small numbers of a table so that nobody can work them out",
    "attack": "try to work out the hidden cells of published tables",
}


def arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb."""
    parser.add_argument("files", nargs="+", metavar="FILE.csv", help="tables, one row per cell")
    parser.add_argument(
        "--dims",
        required=True,
        action="append",
        metavar="A,B",
        help="dimensions, separated by commas; again for another table that shares margins",
    )
    parser.add_argument("--threshold", type=int, default=5, help="least count that is not small")
    parser.add_argument("--hierarchy", metavar="FILE.json", help="trees: {dim: {code: parent}}")
    parser.add_argument("--total", default="Total", help="the code of totals (default: Total)")
    parser.add_argument("--zeros-shown", action="store_true", help="never hide a zero")
    parser.add_argument(
        "--contributor",
        type=float,
        default=0.0,
        metavar="WIDTH",
        help="width left to others when one contributor subtracts their own one (default: 0, off)",
    )
    parser.add_argument("--out", metavar="FILE.csv", help="where to write the result")
    if verb == "protect-table":
        parser.add_argument("--value", default="freq", help="column of counts (default: freq)")
        parser.add_argument("--truth", action="store_true", help="add the true counts (restricted)")
        parser.add_argument("--weight", choices=("value", "cells", "log"), default="value")
        parser.add_argument("--sliding", action="store_true", help="protect the width alone")
        parser.add_argument(
            "--work",
            type=float,
            default=40.0,
            metavar="SECONDS",
            help="search for about so long, counted in steps so that the result is always the same "
            "(default: 40; 0: until the least loss is proven)",
        )
        parser.add_argument(
            "--budget",
            type=float,
            metavar="SECONDS",
            help="search for so much CPU time instead; the result may depend on the machine",
        )
        parser.add_argument("--round", type=int, metavar="BASE", help="round instead of hiding")
    else:
        parser.add_argument("--value", default="value", help="column of values (default: value)")
        parser.add_argument(
            "--rounded", type=int, metavar="BASE", help="values are multiples of this"
        )
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
        return _protect(options)
    try:
        return _attack(options)
    except JsnaError as error:
        print(error.report(), file=sys.stderr)
        return 2


def _protect(options: argparse.Namespace) -> int:
    from jsna.disclosure.system import Rule
    from jsna.disclosure.tabular.codes import Problems
    from jsna.disclosure.tabular.files import write_table
    from jsna.disclosure.tabular.protection import protect, round_named
    from jsna.disclosure.tabular.reading import read_counts

    problems = Problems()
    if not options.out:
        problems.add("--out", "name the file the protected table is written to")
    for option in ("budget", "work"):
        _amount(option, getattr(options, option), problems)
    if options.round is not None:
        _base("--round", options.round, problems)
        if len(options.files) > 1:
            problems.add("--round", "rounds one table; give one file", value=str(options.round))
    dims = [_split(text) for text in options.dims]
    tables, trees = _inputs(
        options,
        dims,
        problems,
        lambda tables, trees: read_counts(tables, dims, options.value, trees, options.total),
    )
    if options.round is not None:
        rounded = round_named(
            tables[0],
            dims,
            options.value,
            options.round,
            trees,
            threshold=options.threshold,
            total=options.total,
            truth=options.truth,
        )
        write_table(rounded.frame, options.out)
        print(
            f"{len(rounded.frame):,} cells rounded to multiples of {options.round}, either of the "
            f"two beside the count; totals add up; no count moved by more than {rounded.moved:.0f};"
            f" the attack worked out none. To attack it again: jsna attack … --rounded "
            f"{options.round} --rounding controlled"
        )
        return 0
    rule = Rule(
        options.threshold,
        zeros_shown=options.zeros_shown,
        sliding=options.sliding,
        weight=options.weight,
        contributor=options.contributor,
    )
    made = protect(
        tables,
        dims,
        options.value,
        options.threshold,
        trees,
        rule=rule,
        total=options.total,
        budget=options.budget,
        work=options.work or None,
        truth=options.truth,
    )
    write_table(made.frame, options.out)
    secondary = made.solution.hidden & ~made.system.primary
    optimum = "the least possible" if made.solution.gap == 0 else _gap(made.solution.gap)
    print(
        f"{made.system.size:,} cells: {int(made.system.primary.sum()):,} small, "
        f"{int(secondary.sum()):,} more hidden (their counts come to "
        f"{made.system.value[secondary].sum():,.0f}; {optimum}); "
        f"the attack worked out none ({made.solution.seconds:.1f} s)"
    )
    return 0


def _gap(gap: float) -> str:
    if gap >= 1:
        return "how far from the least possible is not known"
    return f"at most {gap:.1%} above the least possible"


def _attack(options: argparse.Namespace) -> int:
    from jsna.disclosure.tabular.codes import Problems
    from jsna.disclosure.tabular.files import write_table
    from jsna.disclosure.tabular.published import attack_tables, check_tables

    problems = Problems()
    if options.rounded is not None:
        _base("--rounded", options.rounded, problems)
    base = options.rounded or 1
    each = [_split(text) for text in options.dims]
    dims = list(dict.fromkeys(name for names in each for name in names))
    tables, trees = _inputs(
        options,
        each,
        problems,
        lambda tables, trees: check_tables(
            tables, dims, options.value, trees, total=options.total, rounded=max(base, 1)
        ),
    )
    found = attack_tables(
        tables,
        dims,
        options.value,
        options.threshold,
        trees,
        total=options.total,
        zeros_shown=options.zeros_shown,
        rounded=base,
        rounding=options.rounding,
        contributor=options.contributor,
        missing=options.missing,
    )
    if options.out:
        write_table(found.frame, options.out)
    _tell(found, dims)
    bad = found.count("exact", "narrow") + (found.count("unsure") if options.strict else 0)
    return 1 if bad else 0


def _inputs(
    options: argparse.Namespace,
    dims: Sequence[Sequence[str]],
    problems: Problems,
    read: Callable[[Sequence[Named], Trees], object],
) -> tuple[list[Named], Trees]:
    """What both verbs are given, checked: all problems of options, files and trees at once."""
    from jsna.disclosure.tabular.codes import check_dims
    from jsna.disclosure.tabular.files import check_out, read_table, read_trees

    if options.threshold < 2:
        problems.add("--threshold", "must be at least 2", value=str(options.threshold))
    _amount("contributor", options.contributor, problems)
    if not options.total.strip():
        problems.add("--total", "names the code of totals; it cannot be blank")
    check_out(options.out, [*options.files, *filter(None, [options.hierarchy])], problems)
    before = len(problems.found)
    check_dims(dims, options.value, problems, attacked=options.verb == "attack")
    given = [read_table(file, problems) for file in options.files]
    trees = read_trees(options.hierarchy, problems)
    tables = [table for table in given if table is not None]
    if problems.found and len(problems.found) == before and options.total.strip():
        # The options alone are wrong: what else there is to say about the tables is said too.
        try:
            read(tables, trees)
        except JsnaError as error:
            problems.found.extend(error.problems)
    problems.tell("Nothing was done, because of these problems:")
    return tables, trees


def _amount(option: str, given: float | None, problems: Problems) -> None:
    if given is not None and not (given >= 0 and math.isfinite(given)):
        problems.add(f"--{option}", "must be a number of 0 or more", value=f"{given:g}")


def _base(option: str, given: int, problems: Problems) -> None:
    if given < 2:
        problems.add(option, "the base must be at least 2", value=str(given))


def _tell(found: Attacked, dims: Sequence[str], most: int = 20) -> None:
    from jsna.disclosure.tabular.protection import number

    unsure = found.count("unsure")
    marked = ""
    if found.marked is not None and found.hidden:
        marked = f" ({found.marked:,} judged, because the column 'primary' marks them)"
    print(
        f"{found.cells:,} cells, {found.hidden:,} hidden{marked}: {found.count('exact'):,} worked "
        f"out exactly, {found.count('narrow'):,} narrower than required"
        + (f", {unsure:,} narrower if they are small numbers" if unsure else "")
        + (f"; {found.derived:,} totals are not printed" if found.derived else "")
    )
    bad = found.frame[found.frame["outcome"].isin(["exact", "narrow"])]
    for row in bad.head(most).to_dict("records"):
        where = " / ".join(str(row[name]) for name in dims)
        what = number(row["low"])
        if row["outcome"] != "exact":
            what += " or more" if math.isinf(row["high"]) else f"–{number(row['high'])}"
        who = f", by the family of a child in [{row['contributor']}]" if row["contributor"] else ""
        why = f", from: {row['because']}" if row["because"] else ""
        print(f"  - [{where}] is {what}{who}{why}")
    if len(bad) > most:
        print(f"  … and {len(bad) - most:,} more")


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
