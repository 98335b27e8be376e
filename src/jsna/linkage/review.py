"""Clerical review: borderline pairs for a person to judge, and what the judgements say.

The sample is drawn by strata of how sure the model is, and holds names and dates: it may lie on the
identified side alone. The judgements give an interval for the share of wrong links, and for the
share of near misses that are one person after all.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Judged:
    """What a review found about one group of strata.

    Attributes:
        what: `wrong links` or `missed among near misses`.
        low, mid, high: share, with the pairs that could not be told counted in favour, left out,
            and against.
        pairs: how many pairs were judged; `unsure`: how many could not be told.
    """

    what: str
    low: float
    mid: float
    high: float
    pairs: int
    unsure: int


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
    shown = ", ".join(f"a.{c} AS {c}_1, b.{c} AS {c}_2" for c in SHOWN)
    # In an order that says nothing of the stratum.
    return database.sql(
        f"""
        SELECT row_number() OVER (
            ORDER BY md5(concat_ws('|', {seed}, 'order', d.left_record, d.right_record)),
                d.left_record, d.right_record
        ) AS pair, d.stratum, {shown}, '' AS judgement
        FROM ({drawn}) d JOIN {left} a ON a.record = d.left_record
        JOIN {right} b ON b.record = d.right_record ORDER BY pair
        """
    ).to_arrow_table()


def read_judgements(rows: Sequence[Mapping[str, str]], where: str) -> list[tuple[str, bool | None]]:
    """Stratum and judgement of every pair that was judged; pairs left empty are left out.

    Args:
        rows: the sample as it came back, one mapping for each row.
        where: the file, as the user knows it.

    Raises:
        JsnaError: every row that cannot be read. Nothing of the pair is shown.
    """
    problems, found = [], []
    for number, row in enumerate(rows, 2):
        word = (row.get("judgement") or "").strip().casefold()
        stratum = row.get("stratum") or ""
        if stratum not in STRATA:
            rule = "the stratum is not one of the sample's; leave that column as it was"
            problems.append(
                Problem(where, rule, row=number, column="stratum", code="review.stratum")
            )
        elif word and word not in JUDGEMENTS:
            rule = "write yes, no or unsure (or leave it empty)"
            problems.append(
                Problem(where, rule, row=number, column="judgement", code="review.word")
            )
        elif word:
            found.append((stratum, JUDGEMENTS[word]))
    if not problems and not found:
        problems.append(Problem(where, "no pair has been judged yet", code="review.empty"))
    if problems:
        raise JsnaError(problems)
    return found


def judged(
    judgements: Sequence[tuple[str, bool | None]], strata: Mapping[str, int]
) -> list[Judged]:
    """Shares of wrong links and of near misses that are one person, with intervals.

    Each stratum counts by how many pairs it holds; the interval of the sum is put together from
    those of the strata (Zou and Donner, 2008, over Wilson's).
    """
    links = [name for name, (which, _) in STRATA.items() if which == "links"]
    return [
        _share(judgements, strata, "wrong links", links, wanted=False),
        _share(judgements, strata, "missed among near misses", ["near miss"], wanted=True),
    ]


def _share(
    judgements: Sequence[tuple[str, bool | None]],
    strata: Mapping[str, int],
    what: str,
    names: Sequence[str],
    *,
    wanted: bool,
) -> Judged:
    counts = {
        name: [sum(s == name and j is value for s, j in judgements) for value in (wanted, None)]
        + [sum(s == name for s, _ in judgements)]
        for name in names
    }
    seen = [name for name in names if counts[name][2]]
    total = sum(strata.get(name, 0) for name in seen)
    if not total:
        return Judged(what, 0.0, 0.0, 1.0, 0, 0)
    mid, below, above = 0.0, 0.0, 0.0
    for name in seen:
        share = strata.get(name, 0) / total
        events, unsure, trials = counts[name]
        rate = events / (trials - unsure) if trials > unsure else 0.5
        low = wilson(events / trials, trials)[0]
        high = wilson((events + unsure) / trials, trials)[1]
        mid += share * rate
        below += (share * max(rate - low, 0.0)) ** 2
        above += (share * max(high - rate, 0.0)) ** 2
    unsure = sum(counts[name][1] for name in seen)
    pairs = sum(counts[name][2] for name in seen)
    low, high = max(mid - sqrt(below), 0.0), min(mid + sqrt(above), 1.0)
    return Judged(what, low, mid, high, pairs, unsure)
