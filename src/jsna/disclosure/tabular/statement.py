"""The page that goes with a protected table: what is hidden, why, and how it is known to be safe.

It is made from what is published and the rule alone. How many of the hidden counts are small, what
hiding the others cost and how near that is to the least are not in it: each would be one more thing
to reckon with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from jsna.disclosure.system import Rule
from jsna.disclosure.tabular.outputs import MARK
from jsna.disclosure.tabular.tables import Dimension

#: Codes named of a total with many parts.
NAMED = 8


def statement(
    published: pd.DataFrame, dimensions: Sequence[Dimension], rule: Rule, file: str, base: int = 0
) -> str:
    """One page of Markdown, for whoever is sent the table.

    Args:
        published: the table as it is published.
        dimensions: its dimensions, with what adds up in each.
        rule: how small numbers are protected.
        file: where the table is written.
        base: what every count was rounded to a multiple of; 0 where counts are hidden instead.
    """
    name = Path(file).name
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    body = _rounded(published, rule, base) if base else _hidden(published, rule)
    sums = [line for dim in dimensions for line in _sums(dim)]
    lines = [
        f"# How small numbers are protected in `{name}`",
        "",
        *body,
        "",
        "## What adds up",
        "A reader can add and subtract, so this was taken into account:",
        "",
        *sums,
        "",
        "Combinations of codes that nobody was counted in are among the rows, as 0 or hidden like "
        "any other.",
        "",
        "## What this does not cover",
        "- Other tables made from the same records, before or after this one: what two tables give "
        "away together can only be seen by looking at both.",
        "- What somebody knows of a person already, or learns from those who were counted.",
        "",
        f"SHA-256 of the file this is about: `{digest}`",
        "",
    ]
    return "\n".join(lines)


def _hidden(published: pd.DataFrame, rule: Rule) -> list[str]:
    value = published[published.columns[-1]]
    top = rule.threshold - 1
    zeros = (
        "Zeros are always shown."
        if rule.zeros_shown
        else "Zeros are hidden where that is needed, so a hidden count may be 0."
    )
    others = " It was also tried what the family of one person counted would learn by leaving them "
    others += f"out: every small count kept a range of at least {rule.contributor:g}."
    kept = f"a range of at least {top - rule.lowest:.0f} was left"
    if not rule.sliding:
        kept = f"every number from {rule.lowest:.0f} to {top} was still possible"
    return [
        f"The table has {len(published):,} counts, of which {int(value.isna().sum()):,} are hidden "
        f"and marked `{MARK}`. Those that are shown are exact.",
        "",
        "## What is hidden, and why",
        f"- Every count from 1 to {top}, so that nobody can be recognised in a small group.",
        "- Other counts, where a small one could else be worked out by adding and subtracting. "
        + zeros,
        "",
        f"`{MARK}` stands for both. It does not mean that a count is small, nor that it is zero.",
        "",
        "## How we know that it is enough",
        "After the counts were chosen, a separate calculation tried to work out each hidden small "
        "count from everything in this table, from what adds up and from the rule above. For each "
        f"of them {kept}." + (others if rule.contributor else ""),
    ]


def _rounded(published: pd.DataFrame, rule: Rule, base: int) -> list[str]:
    return [
        f"The table has {len(published):,} counts. Each was rounded to a multiple of {base}, up or "
        "down, and totals are the sums of the rounded counts.",
        "",
        "## What is changed, and why",
        f"- Counts from 1 to {rule.threshold - 1} may be few enough to recognise somebody, "
        "so no count is exact, unless it was a multiple already.",
        f"- A count of the finest rows is less than {base} from what is printed; totals may be "
        "further.",
        "",
        "## How we know that it is enough",
        "After rounding, a separate calculation tried to work out each small count from everything "
        "in this table, from what adds up and from how it was rounded. The other numbers narrowed "
        f"none of them to less than a range of {base - 1}, or than what its own printed number "
        "leaves.",
    ]


def _sums(dim: Dimension) -> list[str]:
    """What adds up in one dimension, in words."""
    made = []
    for node in range(dim.leaves, len(dim.codes)):
        parts = [dim.codes[i] for i in range(len(dim.codes)) if dim.parent[i] == node]
        listed = ", ".join(f"`{part}`" for part in parts[:NAMED])
        more = f" and {len(parts) - NAMED:,} more" if len(parts) > NAMED else ""
        made.append(f"- {dim.name}: `{dim.codes[node]}` is {listed}{more}.")
    return made
