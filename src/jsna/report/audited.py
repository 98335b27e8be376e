"""Official figures that are not used, and those in doubt: tables of the chapter on data quality.

They come from the measures: what the auditor of releases found stands in their reason, mark and
note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from markupsafe import Markup

from jsna.model.audits import Review
from jsna.model.configuration import Configuration
from jsna.model.schema import audit_reason
from jsna.report.marks import cell
from jsna.view import words
from jsna.view.rows import AUDIT, Measures, Row

#: What is in doubt about a figure that is printed.
DOUBTS: Final = {
    "zero": "A zero where some would be expected: it may stand for none received.",
    "jump": "Several times the figure of the period before, or a fraction of it: to be confirmed.",
    "doubt": "Part of a sum that does not hold; nothing tells which part is wrong.",
}
UNUSED_HEADER: Final = ("Measure", "Area", "Period", "Release", "Why it is not used")
DOUBTED_HEADER: Final = ("Measure", "Area", "Period", "Figure", "What is in doubt")
#: Kinds of finding that mark, each by its own name; any other marks a part of a sum.
_NAMED: Final = ("zero", "jump")
_SEVERAL: Final = "in the open data"
Cells = tuple[str | Markup, ...]


def unused(view: Measures, shown: Collection[str]) -> list[Cells]:
    """Every figure of the indicators shown that is not used.

    Periods of one place with one reason stand together, and so do places with the same periods.
    """
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in (r for r in view.audited(shown) if r.reason == AUDIT):
        reason = " ".join([audit_reason(row.note), *_reviewed(row, view.config)])
        at = (_measure(row, view.config), words.area_label(row.area_code, view.config),
              _release(row, view.config), reason)  # fmt: skip
        groups.setdefault(at, []).append(row)
    places: dict[tuple[str, ...], list[str]] = {}
    for (measure, area, release, reason), rows in groups.items():
        places.setdefault((measure, _periods(rows), release, reason), []).append(area)
    return [
        (measure, words.join(areas), periods, release, reason)
        for (measure, periods, release, reason), areas in places.items()
    ]


def doubted(view: Measures, shown: Collection[str]) -> list[Cells]:
    """Marked figures of the home area one by one; of other areas those of a measure together."""
    config = view.config
    marked = [row for row in view.audited(shown) if row.mark]
    own = [row for row in marked if row.area_code == config.area.code]
    rows: list[Cells] = []
    for row in own:
        doubt = " ".join([*(DOUBTS[m] for m in row.mark.split("+")), *_reviewed(row, config)])
        figure = cell(row, config.indicators[row.indicator].decimals)
        # A printed figure stands beside its own period alone.
        rows.append((_measure(row, config), config.area.name, _periods([row]), figure, doubt))
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in (row for row in marked if row not in own):
        for name in row.mark.split("+"):
            groups.setdefault((row.indicator, name), []).append(row)
    for (indicator, name), found in groups.items():
        places = dict.fromkeys(words.area_label(row.area_code, config) for row in found)
        rows.append((config.indicators[indicator].title, words.join(sorted(places)),
                     _periods(found), _SEVERAL, DOUBTS[name]))  # fmt: skip
    return rows


def _measure(row: Row, config: Configuration) -> str:
    of = [words.category_label(name, code, config) for name, code in row.dims.items()]
    return ", ".join([config.indicators[row.indicator].title, *of])


def _periods(rows: Iterable[Row]) -> str:
    """`January 2024, 2025`: each once, earliest first, the month said once."""
    said: list[str] = []
    kind = ""
    for period, period_type in sorted({(row.period, row.period_type) for row in rows}):
        repeated = kind == period_type == "january"
        said.append(period if repeated else words.period_label(period, period_type))
        kind = period_type
    return ", ".join(said)


def _release(row: Row, config: Configuration) -> str:
    return next((r.title for r in config.every_release if r.id == row.source), row.source)


def _reviewed(row: Row, config: Configuration) -> list[str]:
    """What the team said of the findings about a figure."""
    audit = next((r for r in config.every_release if r.id == row.source), None)
    found = audit.findings if audit else ()
    accepted = [r for r in found if r.decision == "accept" and _about(r, row, config)]
    # A declared finding's reason is the team's own.
    return [f"Reviewed: {r.reason}" for r in accepted if r.kind != "declared"]


def _about(review: Review, row: Row, config: Configuration) -> bool:
    kinds: Sequence[str] = row.mark.split("+") if row.mark else [""]
    own = review.kind if review.kind in _NAMED else "doubt" if row.mark else ""
    tables = {mapping.table for mapping in config.published.get(row.indicator, ())}
    return (
        own in kinds
        and review.table in {"", *tables}
        and review.indicator in ("", row.indicator)
        and review.category in ("", row.category)
        and (not review.areas or row.area_code in review.areas)
        and (not review.periods or row.period in review.periods)
    )
