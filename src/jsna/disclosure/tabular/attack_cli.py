"""`jsna attack`: what an outsider makes of published tables, in words and as a file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from jsna.disclosure.tabular.codes import Problems
from jsna.disclosure.tabular.outputs import write_table
from jsna.disclosure.tabular.printed import read_printed
from jsna.disclosure.tabular.protection import number
from jsna.disclosure.tabular.published import Attacked, attack_tables
from jsna.disclosure.tabular.tables_cli import base, inputs, split
from jsna.saying import say


def run_attack(options: argparse.Namespace) -> int:
    """Attack tables; 1 where a small number was worked out.

    Raises:
        JsnaError: listing everything wrong with options and tables.
    """
    problems = Problems()
    if options.rounded is not None:
        base("--rounded", options.rounded, problems)
    multiple = options.rounded or 1
    each = [split(text) for text in options.dims]
    dims = list(dict.fromkeys(name for names in each for name in names))
    labels = split(options.labels)
    tables, trees = inputs(
        options,
        each,
        {"--out": options.out},
        problems,
        lambda tables, trees: read_printed(
            tables,
            dims,
            options.value,
            trees,
            options.total,
            "zero",
            max(multiple, 1),
            options.threshold,
            labels,
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
        rounded=multiple,
        rounding=options.rounding,
        contributor=options.contributor,
        missing=options.missing,
        labels=labels,
    )
    if options.out:
        write_table(found.frame, "--out", options.out)
    _tell(found, dims)
    bad = found.count("exact", "narrow") + (found.count("unsure") if options.strict else 0)
    return 1 if bad else 0


def _tell(found: Attacked, dims: Sequence[str], most: int = 20) -> None:
    for note in found.notes:
        say(note)
    unsure = found.count("unsure")
    marked = ""
    if found.marked is not None and found.hidden:
        marked = f" ({found.marked:,} of them small numbers, as the column 'primary' tells)"
    say(
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
            what += f"–{number(row['high'])}"
        who = f", by the family of a child in [{row['contributor']}]" if row["contributor"] else ""
        why = f", from: {row['because']}" if row["because"] else ""
        say(f"  - [{where}] is {what}{who}{why}")
    if len(bad) > most:
        say(f"  … and {len(bad) - most:,} more")
