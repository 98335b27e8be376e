"""Clerical review: borderline pairs for a person to judge, and what the judgements say.

The sample is drawn by strata of how sure the model is, and holds names and dates: it may lie on the
identified side alone. Whoever judges is not told how sure the model was. The judgements give an
interval for the share of wrong links, and for the shares of near misses and of ties that are one
person after all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.cascade import Linked
from jsna.linkage.quality import wilson

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Stratum -> which of the pairs found it holds, and on what condition.
STRATA: Final = {
    "link, review band": ("links", "method = 'model' AND review"),
    "link, below .95": ("links", "method = 'model' AND NOT review AND probability < 0.95"),
    "link, surer": ("links", "method = 'model' AND probability >= 0.95"),
    "link by a pass": ("links", "method = 'pass'"),
    "tie": ("ties", "true"),
    "near miss": ("near", "true"),
}
#: What a person may write, and what it means: one person, two, or cannot be told.
JUDGEMENTS: Final = {"yes": True, "y": True, "no": False, "n": False, "unsure": None, "?": None}
#: Columns of standard records shown for both.
SHOWN: Final = (
    *("forename", "surname", "born", "sex", "postcode", "house", "street", "town"),
    *("nhs_number", "upn", "uln", "number", "unproved"),
)


#: What is found out -> the strata it is about, and the judgement that counts.
FINDINGS: Final[Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "wrong links": (tuple(name for name, (which, _) in STRATA.items() if which == "links"), False),
    "one person among near misses": (("near miss",), True),
    "one person among ties": (("tie",), True),
}
#: SQL of the traits of both records of a pair, side by side.
_BOTH: Final = ", ".join(f"a.{c} AS {c}_1, b.{c} AS {c}_2" for c in SHOWN)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a review found about one group of strata.

    Attributes:
        what: one of `FINDINGS`.
        low, mid, high: share, with the pairs that could not be told counted in favour, left out,
            and against.
        pairs: how many pairs were judged; `unsure`: how many could not be told.
        of: how many pairs there are.
    """

    what: str
    low: float
    mid: float
    high: float
    pairs: int
    unsure: int
    of: int


def sizes(database: duckdb.DuckDBPyConnection, linked: Linked) -> dict[str, int]:
    """How many pairs each stratum holds."""
    found = {}
    for stratum, (which, condition) in STRATA.items():
        table = getattr(linked, which)
        rows = database.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchall()
        found[stratum] = int(rows[0][0])
    return found


def sample(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    linked: Linked,
    each: int,
    seed: int = 1,
) -> pa.Table:
    """Up to `each` pairs of every stratum, side by side, for a person to judge.

    Which are drawn hangs on the seed and the pairs alone. Columns: `pair`, `stratum`, every shown
    trait of both (`forename_1`, `forename_2`, …), `judgement` (empty). Neither weight nor
    probability is shown: they would lead the judge.
    """
    drawn = " UNION ALL ".join(
        f"""(SELECT {i} AS place, '{stratum}' AS stratum, left_record, right_record
        FROM {getattr(linked, which)} WHERE {condition}
        ORDER BY md5(concat_ws('|', {seed}, left_record, right_record)), left_record, right_record
        LIMIT {each})"""
        for i, (stratum, (which, condition)) in enumerate(STRATA.items())
    )
    # In an order that says nothing of the stratum.
    return database.sql(
        f"""
        SELECT row_number() OVER (
            ORDER BY md5(concat_ws('|', {seed}, 'order', d.left_record, d.right_record)),
                d.left_record, d.right_record
        ) AS pair, d.stratum, {_BOTH}, '' AS judgement
        FROM ({drawn}) d JOIN {left} a ON a.record = d.left_record
        JOIN {right} b ON b.record = d.right_record ORDER BY pair
        """
    ).to_arrow_table()


def ties(database: duckdb.DuckDBPyConnection, left: str, right: str, linked: Linked) -> pa.Table:
    """Every pair dropped because another is as good for one of its people, side by side.

    Columns: every shown trait of both, `weight`, `levels`; sorted by all.
    """
    return database.sql(
        f"SELECT {_BOTH}, d.weight, d.levels FROM {linked.ties} d "
        f"JOIN {left} a ON a.record = d.left_record JOIN {right} b ON b.record = d.right_record "
        "ORDER BY ALL"
    ).to_arrow_table()


def read_judgements(
    rows: Sequence[Mapping[str, str]], strata: Mapping[str, str], where: str
) -> dict[str, bool | None]:
    """Judgement of every pair that was judged; pairs left empty are left out.

    Args:
        rows: the sheet as it came back, one mapping for each row, with `pair` and `judgement`.
        strata: pair -> stratum, of every pair there is.
        where: the file, as the user knows it.

    Raises:
        JsnaError: every row that cannot be read. Nothing of the pair is shown.
    """
    problems = []
    found: dict[str, bool | None] = {}
    first: dict[str, int] = {}

    def problem(row: int, column: str, code: str, rule: str) -> None:
        problems.append(Problem(where, rule, row=row, column=column, code=f"review.{code}"))

    for number, row in enumerate(rows, 2):
        pair = (row.get("pair") or "").strip()
        word = (row.get("judgement") or "").strip().casefold()
        if not word:
            continue
        if pair not in strata:
            rule = (
                "no such pair is in the sample, which is drawn again when the edition is linked "
                "again; leave this column as it was, or judge the new sample"
            )
            problem(number, "pair", "pair", rule)
        elif pair in first:
            problem(number, "pair", "twice", f"the pair is judged in row {first[pair]:,} too")
        elif word not in JUDGEMENTS:
            problem(
                number, "judgement", "word", "write yes, no or unsure (or leave the cell empty)"
            )
        else:
            found[pair] = JUDGEMENTS[word]
        first.setdefault(pair, number)
    if not problems and not found:
        problems.append(Problem(where, "no pair has been judged yet", code="review.empty"))
    if problems:
        raise JsnaError(problems)
    return found


def judged(
    judgements: Sequence[tuple[str, bool | None]], strata: Mapping[str, int]
) -> list[Judged]:
    """Shares of wrong links and of other pairs that are one person, with 95 % intervals.

    Each stratum counts by how many pairs it holds; the interval of the sum is put together from
    those of the strata (Zou and Donner, 2008, over Wilson's). Of a stratum of which nobody judged a
    pair nothing is known, so all of it is between the ends.

    Args:
        judgements: stratum and judgement of each pair judged.
        strata: how many pairs each stratum holds.

    Returns:
        What was found of those of `FINDINGS` of which there are pairs.
    """
    counts = Counter(judgements)
    return [
        _share(counts, {name: strata[name] for name in names if strata.get(name)}, what, wanted)
        for what, (names, wanted) in FINDINGS.items()
        if any(strata.get(name) for name in names)
    ]


def _share(
    counts: Counter[tuple[str, bool | None]], sizes: Mapping[str, int], what: str, wanted: bool
) -> Judged:
    told = {
        name: (counts[name, wanted], counts[name, not wanted], counts[name, None]) for name in sizes
    }
    pairs, unsure = sum(map(sum, told.values())), sum(one[2] for one in told.values())
    known = {name: (one[0], one[0] + one[1]) for name, one in told.items() if one[0] + one[1]}
    # Where nobody could tell a pair of a stratum, it is taken to be like the others.
    weight = sum(sizes[name] for name in known)
    usual = sum(sizes[n] * k / m for n, (k, m) in known.items()) / weight if weight else 0.5
    total = sum(sizes.values())
    mid, below, above = 0.0, 0.0, 0.0
    for name, (events, others, untold) in told.items():
        share, trials = sizes[name] / total, events + others + untold
        rate = events / (events + others) if events + others else usual
        low = wilson(events / trials, trials)[0] if trials else 0.0
        high = wilson((events + untold) / trials, trials)[1] if trials else 1.0
        mid += share * rate
        below += (share * max(rate - low, 0.0)) ** 2
        above += (share * max(high - rate, 0.0)) ** 2
    # Shares of strata may come to a hair more than one.
    mid = min(mid, 1.0)
    low, high = max(mid - sqrt(below), 0.0), min(mid + sqrt(above), 1.0)
    return Judged(what, low, mid, high, pairs, unsure, total)
