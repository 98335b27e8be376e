"""A finding of the auditor: one published figure, what is wrong with it, what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import pandas as pd

from jsna.model.audits import FindingKind, Known, Review

Effect = Literal["not_available", "mark", "none"]

#: Kinds that only mark a figure: what changes up to it or from it is not headlined.
MARKS: Final = frozenset({"zero", "jump"})
#: Columns of the record of findings, in order.
COLUMNS: Final = (
    "source", "table", "indicator", "column", "area_code", "period", "breakdown", "category",
    "kind", "published", "effect", "reason", "review", "reviewed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of one release that is in doubt.

    Attributes:
        source: id of the release; `table`, `column`: where in it.
        published: the publisher's figure.
        reason: what is wrong, as the report says it.
        effect: what follows for the measures.
        review: what the team decided: "", "accept" or "reject"; `reviewed` says why.
    """

    source: str
    table: str
    indicator: str
    column: str
    area_code: str
    period: str
    breakdown: str
    category: str
    kind: FindingKind
    published: float
    reason: str
    effect: Effect
    review: str = ""
    reviewed: str = ""


def reviewed(findings: Iterable[Finding], audit: Known | None) -> list[Finding]:
    """The findings with what the team decided about each; a rejected one has no effect."""
    reviews = audit.findings if audit else ()
    return [_judged(finding, reviews) for finding in findings]


def _judged(finding: Finding, reviews: Iterable[Review]) -> Finding:
    for review in reviews:
        if not matches(review, finding):
            continue
        effect: Effect = "none" if review.decision == "reject" else finding.effect
        return replace(finding, effect=effect, review=review.decision, reviewed=review.reason)
    return finding


def matches(review: Review, finding: Finding) -> bool:
    """Whether a review is about a finding."""
    same = (
        review.kind == finding.kind
        and review.table in ("", finding.table)
        and review.indicator in ("", finding.indicator)
        and review.category in ("", finding.category)
        and (not review.areas or finding.area_code in review.areas)
        and (not review.periods or finding.period in review.periods)
    )
    if not same or review.published is None:
        return same
    return abs(review.published - finding.published) < 1e-6


def frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """The record of findings, columns `COLUMNS`, sorted."""
    rows = [[getattr(finding, name) for name in COLUMNS] for finding in findings]
    out = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"published": "float64"})
    text = {name: "str" for name in COLUMNS if name != "published"}
    return out.astype(text).sort_values(list(COLUMNS), kind="stable").reset_index(drop=True)
