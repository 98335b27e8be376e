"""What adds up in tables: as it is declared, and as the counts themselves show.

Sums that chance does not explain are taken for what they are, and said. Those it might explain are
asked about, with the words that answer; where a printed total settles the matter, nobody is asked.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jsna.disclosure.system import Floats
from jsna.disclosure.tabular.by_code import by_code
from jsna.disclosure.tabular.codes import Named, Problems, Trees, plain
from jsna.disclosure.tabular.sums import Sum, confirmed, find_sums
from jsna.disclosure.tabular.tables import Hierarchy

#: Every code of a dimension of which nothing else is said.
EVERY = "*"
#: Most sums asked about one by one, and most parts named.
ASKED, NAMED = 3, 12
#: Words by which a code shows that it is a total (in lower case), unless others stand beside them.
WORDS = frozenset({"total", "totals", "subtotal", "sub-total", "overall", "england"})
_BUT = frozenset({"other", "others", "not", "excluding", "except", "without", "than"})


@dataclass(frozen=True, slots=True)
class Structure:
    """The tree and the code of the total of every dimension, and what was found in the counts.

    `notes` tell what was found, `flags` are the options that declare it. `empty` are the codes of
    each dimension without any count, of which therefore nothing shows what they are part of.
    """

    trees: Trees
    totals: Mapping[str, str]
    notes: tuple[str, ...]
    flags: tuple[str, ...]
    empty: Mapping[str, frozenset[str]]


def structure(
    tables: Sequence[Named],
    values: Sequence[Floats],
    names: Sequence[str],
    hierarchies: Mapping[str, Hierarchy] | None,
    totals: Sequence[str],
    problems: Problems,
) -> Structure:
    """What adds up in each dimension.

    Args:
        tables: frames with their codes made comparable (see `codes.clean`).
        values: the count of every row; NaN where it is hidden.
        names: the dimensions.
        hierarchies: what is declared.
        totals: names of totals; each dimension's is the one it has a code of, else the first.
        problems: where contradictions, and questions, are noted.
    """
    given = hierarchies if isinstance(hierarchies, Trees) else Trees(hierarchies)
    trees = Trees({name: dict(tree) for name, tree in given.items()})
    trees.name, trees.leaves = given.name, given.leaves
    called = [plain(total) for total in totals]
    found: dict[str, str] = {}
    notes: list[str] = []
    flags: list[str] = []
    empty: dict[str, frozenset[str]] = {}
    for name in sorted({*given.subtotals, *given.leaves} - set(names)):
        problems.add("--subtotal, --not-total", f"there is no dimension {name!r}", value=name)
    for name in names:
        own = [(t, v) for t, v in zip(tables, values, strict=True) if name in t.frame]
        if not own:
            found[name] = called[0]
            continue
        dim = _Codes(name, own, names, given, called, problems)
        found[name] = dim.total
        if name in given or dim.broken:
            continue
        tree, note = dim.tree()
        if tree:
            trees[name] = tree
        found[name] = dim.total
        empty[name] = dim.empty(tree)
        notes += note
        flags += dim.flags
    return Structure(trees, found, tuple(notes), tuple(flags), empty)


class _Codes:
    """The codes of one dimension, in the order of the rows, with their counts."""

    def __init__(
        self,
        name: str,
        tables: Sequence[tuple[Named, Floats]],
        names: Sequence[str],
        given: Trees,
        totals: Sequence[str],
        problems: Problems,
    ) -> None:
        self.name, self.tables, self.given, self.problems = name, tables, given, problems
        seen = [code for table, _ in tables for code in pd.unique(table.frame[name]) if code]
        self.codes = list(dict.fromkeys(map(str, seen)))
        self.place = {code: i for i, code in enumerate(self.codes)}
        before = len(problems.found)
        called = [code for code in totals if code in self.place]
        if len(called) > 1:
            rule = f"two codes of this dimension are named as its total: {' and '.join(called)}"
            problems.add("--total", rule, column=name)
        self.total = called[0] if called else totals[0]
        #: Options that declare what is found.
        self.flags: list[str] = []
        #: Total -> its parts, as it is declared.
        self.said = {
            plain(code): tuple(map(plain, parts))
            for code, parts in given.subtotals.get(name, {}).items()
        }
        for code in {c for total, parts in self.said.items() for c in (total, *parts)}:
            if code not in self.place:
                problems.add("--subtotal", "this code is not in the table", column=name, value=code)
        no = given.leaves.get(name, set())
        self.every = EVERY in no
        self.no = {plain(code) for code in no} - {EVERY}
        for code in sorted(self.no - set(self.place)):
            problems.add("--not-total", "this code is not in the table", column=name, value=code)
        self.broken = len(problems.found) > before
        grids = [
            by_code(table, counts, name, names, totals, self.place) for table, counts in tables
        ]
        self.values = np.concatenate([grid[0] for grid in grids])
        self.known = np.concatenate([grid[1] for grid in grids])

    def tree(self) -> tuple[dict[str, str], list[str]]:
        """Code -> the code it is part of, where anything adds up below the total; notes on it."""
        totals = {self.total, *self.said}
        leaves = np.array([code not in totals for code in self.codes])
        settled = totals | self.no | (set(self.codes) if self.every else set())
        open_ = np.array([code not in settled for code in self.codes])
        made = find_sums(self.values, self.known, leaves, open_)
        certain = [one for one in made.found if one.certain]
        likely = [one for one in made.found if not one.certain]
        certain += (proven := self._proven(likely))
        sums = {code: frozenset(parts) for code, parts in self.said.items()}
        for one in certain:
            code, parts = self.codes[one.total], frozenset(self.codes[i] for i in one.parts)
            if one not in proven and self._confirmed(one.total):
                self._tell(
                    one.total,
                    f"is in every row the sum of {self._listed(one)}, and yet the total counts it "
                    "beside them: put the total right, or say "
                    f"--not-total {shlex.join([self.name, code])} if that is chance",
                )
            elif sums.setdefault(code, parts) != parts:
                rule = f"is the sum of {self._listed(one)}, and of other codes as well; "
                self._tell(one.total, rule + self._answer(one))
        done = {one.total for one in certain}
        self._ask([one for one in likely if one.total not in done])
        self._unsettled([code for code in made.unsettled if code not in done])
        asked = {self.codes[one.total] for one in likely} | set(sums) | settled
        self._words([code for code in self.codes if code not in asked])
        notes = self._notes(certain)
        # A sum shows where it and all its parts are printed.
        seen = not np.isnan(self.values).any(axis=1).all()
        if not (seen or self.said or self.no or self.every):
            notes.append(
                f"{self.name}: no combination is without hidden values, so it cannot be seen "
                "whether some codes are sums of others; if some are, say --subtotal or --hierarchy"
            )
        tree = self._place(sums)
        for one in certain:
            code = self.codes[one.total]
            said = ["--subtotal", self.name, code, *(self.codes[i] for i in one.parts)]
            self.flags += ["--total", code] if code == self.total else said
        return tree, notes

    def empty(self, tree: Mapping[str, str]) -> frozenset[str]:
        """Codes that are 0 throughout, and may be part, or the sum, of others for all one can see.

        Args:
            tree: what was found and said.
        """
        said = {part for parts in self.said.values() for part in parts} | set(self.said)
        # One that is not 0 everywhere shows by its counts whether a sum holds it.
        nothing = ~np.isnan(self.values).any(axis=0) & (np.nan_to_num(self.values).sum(axis=0) == 0)
        made = {code for code, none in zip(self.codes, nothing, strict=True) if none}
        made -= said | {self.total}
        return frozenset(made if not self.every and (tree or len(made) > 1) else ())

    def _place(self, sums: Mapping[str, frozenset[str]]) -> dict[str, str]:
        """The tree of sums of codes; a leaf that two of them share, apart, is a problem."""
        below: dict[str, frozenset[str]] = {}

        def leaves(code: str, path: tuple[str, ...]) -> frozenset[str]:
            if code in path:
                rule = f"goes round in a circle: {' is part of '.join([*path, code])}"
                self.problems.add("--subtotal", rule, column=self.name, value=code)
                return frozenset()
            if code not in sums:
                return frozenset({code})
            return frozenset().union(*(leaves(part, (*path, code)) for part in sums[code]))

        for code in sums:
            below[code] = leaves(code, ())
        every = frozenset(set(self.codes) - set(sums) - {self.total})
        for code in [code for code in self.codes if below.get(code) == every]:
            if self.total not in self.place:
                self.total = code
                del below[code]
        order = sorted(below, key=lambda code: (len(below[code]), self.place[code]))
        tree = {code: self.total for code in self.codes if code != self.total}
        for at, code in enumerate(order):
            for other in order[at + 1 :]:
                both = below[code] & below[other]
                if both == below[code]:
                    tree[code] = other
                    break
                if both:
                    rule = f"is part of both {code!r} and {other!r}, and neither holds the other: "
                    rule += "leave the rows of one of them out, and publish them nowhere else, as "
                    rule += "groups that cross each other are not protected together"
                    self._tell(self.place[min(both)], rule)
            for leaf in below[code]:
                if tree[leaf] == self.total:
                    tree[leaf] = code
        return tree if below else {}

    def _confirmed(self, code: int) -> bool:
        """Whether a printed total counts a code beside all others."""
        if self.total not in self.place:
            return False
        at = self.place[self.total]
        total = np.where(self.known[:, at], self.values[:, at], np.nan)
        taken = {at, *(self.place[said] for said in self.said)}
        leaves = np.array([i for i in range(len(self.codes)) if i not in taken], dtype=np.int64)
        return confirmed(self.values, total, code, leaves)

    def _proven(self, likely: Sequence[Sum]) -> list[Sum]:
        """The one likely sum without which the codes come to the printed totals everywhere."""
        if self.total not in self.place:
            return []
        at = self.place[self.total]
        total = np.where(self.known[:, at], self.values[:, at], np.nan)
        taken = {at, *(self.place[said] for said in self.said)}
        made = []
        for one in likely:
            left = [i for i in range(len(self.codes)) if i not in {*taken, one.total}]
            low, seen = self.values[:, left].sum(axis=1), ~np.isnan(total)
            more = seen & (np.nan_to_num(self.values[:, one.total]) > 0)
            if one.exact and more.any() and (low[seen] == total[seen]).all():
                made.append(one)
        return made if len(made) == 1 else []

    def _ask(self, likely: Sequence[Sum]) -> None:
        """Ask about sums that may be chance."""
        likely = [one for one in likely if not self._confirmed(one.total)]
        totals = list(dict.fromkeys(one.total for one in likely))
        if len(totals) > ASKED:
            shown = [next(one for one in likely if one.total == code) for code in totals[:ASKED]]
            some = "; ".join(f"{self.codes[one.total]} = {self._listed(one)}" for one in shown)
            rule = f"{len(totals):,} codes are sums of others, as in so few rows they may be by "
            rule += f"chance ({some}; …): name the totals among them with --subtotal, --total or "
            rule += f"--hierarchy, or say --not-total {shlex.quote(self.name)} '*' if none is one"
            self._tell(totals[0], rule)
            return
        for one in likely:
            near = "" if one.exact else "all but "
            rest = "" if one.exact else " (a row for the rest is missing)"
            no = f"--not-total {shlex.join([self.name, self.codes[one.total]])}"
            rule = f"is {near}the sum of {self._listed(one)}, which in so few rows may be chance: "
            rule = rule.replace("in so few rows ", "") if not one.exact else rule
            self._tell(
                one.total,
                f"{rule}if it is a total, {self._answer(one)}{rest}; if not, say {no}",
            )

    def _answer(self, one: Sum) -> str:
        """What to say if a sum is one."""
        parts = [self.codes[i] for i in one.parts]
        if not one.exact:
            return "give a row for what it holds beside them"
        others = len(self.codes) - 1 - len(self.said) - (self.total in self.place)
        if len(parts) == others and self.total not in self.place:
            return f"say --total {shlex.quote(self.codes[one.total])}"
        if len(parts) > NAMED:
            return "give the tree with --hierarchy"
        return f"say --subtotal {shlex.join([self.name, self.codes[one.total], *parts])}"

    def _unsettled(self, codes: Sequence[int]) -> None:
        left = [code for code in codes if not self._confirmed(code)]
        if left:
            rule = "there are too many codes in too few rows to see whether this one is the sum of "
            rule += "others: give the tree with --hierarchy, or a total, or say --not-total "
            rule += f"{shlex.quote(self.name)} '*' if none is one"
            self._tell(left[0], rule, count=len(left))

    def _words(self, codes: Sequence[str]) -> None:
        """Ask about codes that are called totals and are no sum of what is there."""
        for code in codes:
            words = set(code.casefold().replace(",", " ").split())
            total = len(words) > 1 and words & WORDS and not words & _BUT
            if total or code.casefold() == "england":
                if self._confirmed(self.place[code]):
                    continue
                named = shlex.join([self.name, code])
                rule = (
                    "is called a total, and is not the sum of other codes: leave it out, give the "
                )
                rule += f"rows that make it up, or say --not-total {named}"
                self._tell(self.place[code], rule)

    def _notes(self, certain: Sequence[Sum]) -> list[str]:
        return [
            f"{self.name}: {self.codes[one.total]!r} is the sum of {self._listed(one)}, and is "
            "taken as their total"
            for one in certain
        ]

    def _listed(self, one: Sum) -> str:
        parts = [repr(self.codes[i]) for i in one.parts]
        if len(parts) > NAMED:
            return f"{len(parts):,} codes ({', '.join(parts[:3])}, …)"
        return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]

    def _tell(self, code: int, rule: str, *, count: int = 1) -> None:
        word = self.codes[code]
        for table, _ in self.tables:
            rows = np.flatnonzero((table.frame[self.name] == word).to_numpy())
            if len(rows):
                row = table.line(rows[0])
                self.problems.add(
                    table.name, rule, row=row, column=self.name, value=word, count=count
                )
                return
