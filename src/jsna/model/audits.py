"""What is known of a release's faults and breaks, as its file of `config/releases/` says.

The intelligence team owns these files. A finding of the auditor acts at once; a review says whether
it is right, with the reason, and so versions the judgement beside the code.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from jsna.model.base import Strict, Words

FindingKind = Literal[
    "region_value",
    "region_sum",
    "nation_sum",
    "parts",
    "counts",
    "negative",
    "impossible",
    "missing_return",
    "zero_for_gap",
    "coherence",
    "zero",
    "jump",
    "declared",
]


class Break(Strict):
    """A series counted otherwise from a period on.

    Attributes:
        tables, indicators: of which tables of the release, or which indicators.
        starts: the first period counted the new way, as the measure table writes it.
        reason: what changed, in words the report prints.
        label: the same in a few words, for the line that a chart draws there.
        guidance: where the publisher says so.
    """

    tables: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    starts: Words
    reason: Words
    label: Words
    guidance: Words


class Review(Strict):
    """A judgement on findings. What is left out matches any.

    Attributes:
        published: the publisher's figure that was judged; where a later issue of the release has
            another, the review no longer applies and the finding is new.
        decision: `accept` lets the finding stand, `reject` keeps the figure as published.
            A `declared` finding is one the team adds: it makes the figures not available.
        areas: codes of the Office for National Statistics.
        category: as the measure table writes it, such as `ASD`; `total` for totals.
    """

    kind: FindingKind
    decision: Literal["accept", "reject"]
    reason: Words
    reviewed: date
    table: str = ""
    indicator: str = ""
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    category: str = ""
    published: float | None = None


class Known(Strict):
    """What is known of a release's faults and breaks.

    Attributes:
        rounding: base the publisher rounds counts to; 1 for none.
        returns: name of a statutory return -> tables of the release that are made from it. An
            authority whose figure in one is missing made no return for the others either.
        breaks: series counted otherwise from a period on.
        findings: judgements on what the auditor found, and faults the team adds.
    """

    rounding: int = 1
    returns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    findings: tuple[Review, ...] = ()
