"""`jsna protect-table` and `jsna attack`: disclosure control of any table, without an edition."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    from jsna.disclosure.published import Attacked
    from jsna.disclosure.reading import Named

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
        parser.add_argument("--rounded", type=int, default=1, metavar="BASE")
        parser.add_argument(
            "--missing", choices=("zero", "unknown"), default="zero", help="rows left out are this"
        )
        parser.add_argument(
            "--strict", action="store_true", help="fail on cells narrow only if they are small"
        )


def run(options: argparse.Namespace) -> int:
    """Run either verb; returns the exit code."""
    return _protect(options) if options.verb == "protect-table" else _attack(options)


def _protect(options: argparse.Namespace) -> int:
    from jsna.disclosure.protection import protect, round_table
    from jsna.disclosure.system import Rule

    if not options.out:
        raise JsnaError(Problem("--out", "name the file the protected table is written to"))
    if options.threshold < 2:
        raise JsnaError(Problem("--threshold", "must be at least 2", value=str(options.threshold)))
    tables, trees = _read(options.files), _trees(options.hierarchy)
    dims = [_split(text) for text in options.dims]
    if options.round:
        frame = round_table(
            tables[0].frame,
            dims,
            options.value,
            options.round,
            trees,
            total=options.total,
            truth=options.truth,
        )
        frame.to_csv(options.out, index=False)
        print(f"{len(frame):,} cells rounded to multiples of {options.round}; totals add up")
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
    made.frame.to_csv(options.out, index=False)
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
    from jsna.disclosure.published import attack_tables

    dims = list(dict.fromkeys(name for text in options.dims for name in _split(text)))
    found = attack_tables(
        _read(options.files),
        dims,
        options.value,
        options.threshold,
        _trees(options.hierarchy),
        total=options.total,
        zeros_shown=options.zeros_shown,
        rounded=options.rounded,
        contributor=options.contributor,
        missing=options.missing,
    )
    if options.out:
        found.frame.to_csv(options.out, index=False)
    _tell(found, dims)
    bad = found.count("exact", "narrow") + (found.count("unsure") if options.strict else 0)
    return 1 if bad else 0


def _tell(found: Attacked, dims: Sequence[str], most: int = 20) -> None:
    unsure = found.count("unsure")
    print(
        f"{found.cells:,} cells, {found.hidden:,} hidden: {found.count('exact'):,} worked out "
        f"exactly, {found.count('narrow'):,} narrower than required"
        + (f", {unsure:,} narrower if they are small numbers" if unsure else "")
    )
    bad = found.frame[found.frame["outcome"].isin(["exact", "narrow"])]
    for row in bad.head(most).to_dict("records"):
        where = " / ".join(str(row[name]) for name in dims)
        what = f"{row['low']:g}" if row["outcome"] == "exact" else f"{row['low']:g}–{row['high']:g}"
        who = f", by the family of a child in [{row['contributor']}]" if row["contributor"] else ""
        why = f", from: {row['because']}" if row["because"] else ""
        print(f"  - [{where}] is {what}{who}{why}")
    if len(bad) > most:
        print(f"  … and {len(bad) - most:,} more")


def _read(files: Sequence[str]) -> list[Named]:
    import pandas as pd

    from jsna.disclosure.reading import Named

    tables, problems = [], []
    for file in files:
        try:
            frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
            frame.columns = frame.columns.str.strip()
            tables.append(Named(frame, Path(file).name))
        except FileNotFoundError:
            problems.append(Problem(file, "there is no such file"))
        except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
            problems.append(Problem(Path(file).name, "is not a CSV file in UTF-8"))
    if problems:
        raise JsnaError(problems)
    return tables


def _trees(file: str | None) -> dict[str, dict[str, str]]:
    from jsna.disclosure.reading import Problems, tree_of

    if file is None:
        return {}
    name = Path(file).name
    try:
        given = json.loads(Path(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise JsnaError(Problem(file, "there is no such file")) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        row = getattr(error, "lineno", None)
        raise JsnaError(Problem(name, "is not valid JSON", row=row)) from None
    if not isinstance(given, dict) or not all(isinstance(tree, dict) for tree in given.values()):
        rule = 'must be like {"district": {"D01": "North", "D02": "North"}}'
        raise JsnaError(Problem(name, rule))
    problems = Problems()
    trees = {dim: tree_of(tree, problems, dim) for dim, tree in given.items()}
    problems.tell(f"The hierarchy {name} has problems:")
    return trees


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
