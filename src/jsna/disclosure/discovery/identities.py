"""Undeclared identities in words: as few terms as can be found, those of one kind together."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import Final

from jsna.disclosure.discovery.counts import Count, Ints
from jsna.disclosure.discovery.declared import Row
from jsna.disclosure.discovery.modular import PRIME, Matrix, inverse
from jsna.errors import Problem
from jsna.tables.catalogue import CATALOGUE

#: Largest denominator of a factor; others are told modulo the prime, which nobody need read.
_SIMPLE: Final = 64
#: Pairs of terms looked at to make identities shorter; where there are many, some stay long.
_MOST_EFFORT: Final = 2_000_000
#: Terms of an identity that are written out.
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """What may be wrong with what is declared.

    Attributes:
        code: of the problem.
        says: what it says.
        cure: what to do; `{tables}`, `{files}` and `{indicators}` stand for the analysis tables,
            where they are declared, and where the indicators are.
    """

    code: str
    says: str
    cure: str


UNDECLARED: Final = Fault(
    "discovery.undeclared",
    "this holds whoever the children are, and no declaration says so",
    "Say in {files}, beside the query of {tables}, what follows from what (`implies`, `known`, "
    "`rows_of`), or in a code list of config/codelists of which codes a coarser one is made (`of`, "
    "`finer`); or take a condition or breakdown out of {indicators}",
)
FALSE: Final = Fault(
    "discovery.false",
    "the declarations imply this, and it is not so",
    "What {files} says of {tables} (`implies`, `known`, `rows_of`), or a code list of "
    "config/codelists of the codes it is made of, is wrong",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum of published counts that is 0 whoever the children are.

    Attributes:
        factors: whole factor of each column.
    """

    factors: Mapping[int, int]

    @property
    def key(self) -> tuple[tuple[int, int], ...]:
        """The same for the same identity."""
        return tuple(sorted(self.factors.items()))

    def pattern(self, counts: Sequence[Count]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Which declarations and dimensions it ties, whatever the period and category."""
        return tuple(sorted({counts[column].family for column in self.factors}))

    def label(self, counts: Sequence[Count]) -> str:
        """In words: `a + b = c`; only what is tied, where counts are taken several times."""
        if any(abs(factor) != 1 for factor in self.factors.values()):
            return f"{_sum([counts[c].label() for c in sorted(self.factors)], ', ')} are tied"
        left = [counts[c].label() for c, f in sorted(self.factors.items()) if f < 0]
        right = [counts[c].label() for c, f in sorted(self.factors.items()) if f > 0]
        first, second = sorted((left, right), key=len)
        return f"{_sum(first)} = {_sum(second)}"


def _sum(terms: Sequence[str], sign: str = " + ") -> str:
    shown = sign.join(terms[:_SHOWN]) or "0"
    more = len(terms) - _SHOWN
    return f"{shown}{sign}… ({more} more)" if more > 0 else shown


def rows_of(basis: Matrix, columns: Ints) -> list[Row]:
    """Dependences as equations.

    Args:
        basis: dependences between some columns, modulo the prime, sparse, shape (columns, k).
        columns: which columns they are.
    """
    ends = basis.indptr.tolist()
    return [
        dict(
            zip(
                columns[basis.indices[start:end]].tolist(),
                basis.data[start:end].tolist(),
                strict=True,
            )
        )
        for start, end in pairwise(ends)
    ]


def shortened(found: Sequence[Row], known: Sequence[Row]) -> list[Row]:
    """The same identities with fewer terms, where adding one equation at a time finds them.

    Args:
        found: identities; their order is kept.
        known: equations that may be added.
    """
    rows = [*found, *known]
    within: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        for column in row:
            within.setdefault(column, set()).add(at)
    effort, changed = 0, True
    while changed:
        changed = False
        for at in sorted(range(len(found)), key=lambda i: (len(rows[i]), i)):
            effort += sum(len(within[column]) for column in rows[at])
            if effort > _MOST_EFFORT:
                return rows[: len(found)]
            better = _better(rows, within, at)
            if better is None:
                continue
            for column in rows[at].keys() - better.keys():
                within[column].discard(at)
            for column in better:
                within.setdefault(column, set()).add(at)
            rows[at] = better
            changed = True
    return rows[: len(found)]


def _better(rows: Sequence[Row], within: Mapping[int, set[int]], at: int) -> Row | None:
    """The row less a multiple of the one other row that makes it shortest, if any does."""
    row = rows[at]
    shared: dict[tuple[int, int], int] = {}
    for column, factor in row.items():
        for other in within[column]:
            if other != at:
                ratio = factor * inverse(rows[other][column]) % PRIME
                shared[other, ratio] = shared.get((other, ratio), 0) + 1
    best, least = None, len(row)
    for (other, ratio), gone in sorted(shared.items()):
        # Terms of the other row that are not in this one come instead.
        if 2 * gone <= len(rows[other]) - (least - len(row)):
            continue
        made = {c: row.get(c, 0) - ratio * rows[other].get(c, 0) for c in {*row, *rows[other]}}
        made = {c: f % PRIME for c, f in made.items() if f % PRIME}
        if len(made) < least:
            best, least = made, len(made)
    return best


def _whole(row: Row) -> dict[int, int]:
    """Residues as the small whole numbers they stand for."""
    for times in range(1, _SIMPLE + 1):
        factors = {c: f * times % PRIME for c, f in row.items()}
        factors = {c: f - PRIME if f > PRIME // 2 else f for c, f in factors.items()}
        if max(map(abs, factors.values())) <= _SIMPLE * times:
            break
    divisor = gcd(*factors.values()) or 1
    return {column: factor // divisor for column, factor in factors.items()}


def identities_of(rows: Sequence[Row]) -> list[Identity]:
    """Equations modulo the prime as identities."""
    return [Identity(_whole(row)) for row in rows]


def problems(
    found: Sequence[Identity],
    counts: Sequence[Count],
    units: Ints,
    fault: Fault,
    chapters: Mapping[str, str] | None = None,
) -> list[Problem]:
    """One problem for each pattern, with its shortest identity as the example.

    Args:
        found: identities.
        counts: what their columns are.
        units: how many units are in each count: few may be the same by chance.
        fault: what is wrong with them.
        chapters: indicator -> chapter whose file declares it.
    """
    patterns: dict[tuple[tuple[str, str, tuple[str, ...]], ...], list[Identity]] = {}
    for one in found:
        patterns.setdefault(one.pattern(counts), []).append(one)
    made = []
    for pattern, members in sorted(patterns.items(), key=lambda item: (len(item[0]), item[0])):
        shortest = min(members, key=lambda one: (len(one.factors), one.label(counts)))
        named = sorted({name for name, _, _ in pattern})
        more = f" ({len(members)} of this kind)" if len(members) > 1 else ""
        rarest = min(int(units[column]) for column in shortest.factors)
        few = f"; its rarest count is {rarest:,} of the drawn records"
        tables = sorted({counts[column].side.table for column in shortest.factors})
        chapter_of = chapters or {}
        cure = fault.cure.format(
            tables=_and([f"`{table}`" for table in tables]),
            files=_and(sorted({declared_in(table) for table in tables})),
            indicators=_and(
                sorted({f"config/indicators/{chapter_of.get(name) or '…'}.yaml" for name in named})
            ),
        )
        rule = f"{fault.says}: {shortest.label(counts)}{more}{few}. {cure}"
        made.append(Problem(f"indicators {', '.join(named)}", rule, code=fault.code))
    return made


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def declared_in(table: str) -> str:
    """The file in which an analysis table is declared."""
    one = CATALOGUE[table]
    for name, module in sorted(sys.modules.items(), reverse=True):
        if name.startswith("jsna.") and any(one is view for view in getattr(module, "TABLES", ())):
            return "/".join(("src", *name.split("."))) + ".py"
    return "the declaration of analysis tables"
