"""Published labels of categories, and the categories of ours they stand for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from jsna.errors import Problem
from jsna.model.releases import Published
from jsna.releases.release import ROW

_RANGE: Final = re.compile(r"(.*?)(\d+)\.\.(\d+)(.*)")


def expanded(categories: Mapping[str, str]) -> dict[str, str]:
    """Categories by published label, `age 5..10` written out as six labels."""
    out: dict[str, str] = {}
    for label, category in categories.items():
        match = _RANGE.fullmatch(label)
        if match is None:
            out[label] = category
            continue
        before, first, last, after = match.groups()
        out |= {f"{before}{n}{after}": category for n in range(int(first), int(last) + 1)}
    return out


def labelled(
    rows: pd.DataFrame, mapping: Published
) -> tuple[pd.DataFrame, list[str], list[dict[str, str]]]:
    """Rows of known categories, with `_ours`: the position of their categories in a list.

    Returns:
        The rows; the columns of their published labels; and the list (dimension -> category).
    """
    names = sorted(mapping.dimensions)
    found = pd.DataFrame(index=rows.index)
    raw = {f"_label_{name}": rows[mapping.dimensions[name]].str.strip() for name in names}
    for name in names:
        known = mapping.categories.get(name)
        labels = raw[f"_label_{name}"]
        found[name] = labels.map(expanded(known)) if known is not None else labels
    kept = found.notna().all(axis=1)
    rows = rows.assign(**raw, _ours=0)[kept]
    if not names:
        return rows, [], [{}]
    groups = found[kept].groupby(names, sort=True)
    rows["_ours"] = groups.ngroup()
    ours = groups.size().index.to_frame().astype("str").to_dict("records")
    return rows, list(raw), [{str(k): str(v) for k, v in record.items()} for record in ours]


#: Entries of a column that are told where none is the one wanted.
_TOLD: Final = 8


def unmatched(
    rows: pd.DataFrame, wanted: Mapping[str, str | Sequence[str]], where: str
) -> list[Problem]:
    """Why a mapping matches no row: for each column what is wanted of it and what there is.

    Args:
        rows: rows of the edition's areas, of which none is wanted.
        wanted: column -> entry or entries.
        where: file, for messages.
    """
    problems = []
    for column, entries in wanted.items():
        names = [entries] if isinstance(entries, str) else list(entries)
        there = sorted(set(rows[column].str.strip()))
        if not names or set(names) & set(there):
            continue
        near = [one for name in names for one in difflib.get_close_matches(name, there, n=2)]
        folded = [one for one in there if one.casefold() in {name.casefold() for name in names}]
        shown = list(dict.fromkeys([*folded, *near])) or there
        told = ", ".join(map(repr, shown[:_TOLD])) + (", …" if len(shown) > _TOLD else "")
        rule = (
            "no row has the entry a mapping asks for; "
            f"{'the nearest are' if folded or near else 'there are'} {told}"
        )
        problems.append(
            Problem(where, rule, column=column, value=", ".join(names[:3]), code="published.entry")
        )
    if problems:
        return problems
    columns = ", ".join(map(repr, wanted))
    rule = f"no row has together all that a mapping asks for in the columns {columns}"
    return [Problem(where, rule, code="published.entry")]


def unused(rows: pd.DataFrame, mapping: Published, where: str) -> list[Problem]:
    """A problem for each label of a mapping that no row has, while rows have others it leaves out.

    A table in which nobody is of a category may leave it out; one that calls it otherwise has an
    entry that nothing asks for.

    Args:
        rows: every row of the table, as read.
        mapping: with the labels it asks for.
        where: file, for messages.
    """
    problems = []
    for dimension, column in mapping.dimensions.items():
        wanted = expanded(mapping.categories.get(dimension, {}))
        if column not in rows or not wanted:
            continue
        chosen = rows
        for name, entries in mapping.select.items():
            asked = [entries] if isinstance(entries, str) else list(entries)
            chosen = chosen[chosen[name].str.strip().isin(asked)] if name in chosen else chosen
        there = set(chosen[column].str.strip())
        others = sorted(there - {*wanted})
        if not others or not there & {*wanted}:
            continue  # that nothing is matched at all is told where the figures are read
        for label in sorted({*wanted} - there):
            near = difflib.get_close_matches(label, others, n=2) or others
            told = ", ".join(map(repr, near[:_TOLD]))
            rule = f"no row has this label, which a mapping gives a category; not asked for: {told}"
            problems.append(
                Problem(where, rule, column=column, value=label, code="published.label")
            )
    return problems


def repeated(
    rows: pd.DataFrame, place: Sequence[str], labels: Sequence[str], where: str
) -> list[Problem]:
    """A problem where several rows give the same place (area and period) and labels."""
    again = rows.duplicated([*place, *labels], keep=False)
    if not again.any():
        return []
    twice = rows[again]
    first = twice.iloc[0]
    others = twice.loc[(twice[[*place, *labels]] == first[[*place, *labels]]).all(axis=1), ROW]
    rule = (
        "several rows give the same area, period and category (rows "
        f"{', '.join(f'{row:,}' for row in others[:5])}); the indicator's `select` must tell "
        "them apart, or the file repeats rows"
    )
    return [Problem(where, rule, row=int(first[ROW]), code="published.duplicate", count=len(twice))]
