"""`jsna protect-table`: what is published to `--out`, what was hidden to `--record`."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

from jsna.disclosure.system import Rule
from jsna.disclosure.tabular.codes import Problems
from jsna.disclosure.tabular.outputs import write_file, write_table
from jsna.disclosure.tabular.protection import Protected, Rounded, protect, round_named
from jsna.disclosure.tabular.reading import read_counts
from jsna.disclosure.tabular.statement import statement
from jsna.disclosure.tabular.tables import TOTAL
from jsna.disclosure.tabular.tables_cli import amount, base, inputs, split
from jsna.saying import say


def run_protection(options: argparse.Namespace) -> int:
    """Protect tables, write the results and say what was done.

    Raises:
        JsnaError: listing everything wrong with options and tables.
    """
    problems = Problems()
    if not options.out:
        problems.add("--out", "name the file the protected table is written to")
    for option in ("budget", "work"):
        amount(option, getattr(options, option), problems)
    if options.round is not None:
        base("--round", options.round, problems)
        if len(options.files) > 1:
            problems.add("--round", "rounds one table; give one file", value=str(options.round))
    dims = [split(text) for text in options.dims]
    tables, trees = inputs(
        options,
        dims,
        {"--out": options.out, "--record": options.record, "--statement": options.statement},
        problems,
        lambda tables, trees: read_counts(tables, dims, options.value, trees, options.total),
    )
    used = {options.value, *(name for names in dims for name in names)}
    left = sorted({str(column) for table in tables for column in table.frame} - used)
    if left:
        say(f"columns that are not published: {', '.join(left)}")
    if options.round is not None:
        rounded = round_named(
            tables[0],
            dims,
            options.value,
            options.round,
            trees,
            threshold=options.threshold,
            total=options.total,
        )
        _write(options, rounded, Rule(options.threshold))
        _tell(options, rounded.notes)
        say(
            f"{len(rounded.published):,} cells rounded to multiples of {options.round}, either of "
            f"the two beside the count; totals add up; no count moved by more than "
            f"{rounded.moved:.0f}; the attack worked out none"
        )
        _again(options, rounded.flags)
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
        work=options.work,
    )
    _write(options, made, rule)
    _tell(options, made.notes)
    say(
        f"{len(made.record):,} cells, {int(made.record['suppressed'].sum()):,} hidden; "
        f"{_loss(made.solution.gap)}; the attack worked out none ({made.solution.seconds:.1f} s)"
    )
    _again(options, made.flags)
    return 0


def _tell(options: argparse.Namespace, notes: Sequence[str]) -> None:
    for note in notes:
        say(note)
    if options.record:
        say(f"what was hidden is in {options.record}, for you alone")


def _again(options: argparse.Namespace, flags: Sequence[str]) -> None:
    """Say how to attack what is published."""
    words = ["jsna", "attack", options.out]
    for dims in options.dims:
        words += ["--dims", dims]
    words += [*(["--hierarchy", options.hierarchy] if options.hierarchy else []), *flags]
    for option, given in (("--subtotal", options.subtotal), ("--not-total", options.not_total)):
        for codes in given:
            words += [option, *codes]
    for total in options.total if options.total != [TOTAL] else []:
        words += ["--total", total]
    words += ["--threshold", str(options.threshold)] if options.threshold != 5 else []
    words += ["--zeros-shown"] if options.zeros_shown else []
    if options.round is not None:
        words += ["--rounded", str(options.round), "--rounding", "controlled"]
    say(f"to attack it again: {shlex.join(words)}")


def _write(options: argparse.Namespace, made: Protected | Rounded, rule: Rule) -> None:
    """The record first: without it what was published could not be answered for."""
    if options.record:
        write_table(made.record, "--record", options.record)
    write_table(made.published, "--out", options.out)
    if options.statement:
        text = statement(made.published, made.dimensions, rule, options.out, options.round or 0)
        write_file(text.encode("utf-8"), "--statement", options.statement)


def _loss(gap: float) -> str:
    """How near the loss is to the least; `gap` is the share of it that no proof excludes."""
    if gap == 0:
        return "the loss is the least possible"
    if gap >= 1:
        return "how much of the loss could be spared is not known"
    return f"at most {gap:.1%} of the loss could be spared"
