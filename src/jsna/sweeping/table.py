"""The table of a sweep: faults, figures by authority, and who has few of them and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from jsna.settings.few_figures import FILE
from jsna.sweeping.run import Swept

#: Share of the median below which the figures of an authority are few, and need a reason.
FEW: Final = 0.8
_HEAD: Final = (
    "| Authority | Number | Kind | Places | Indicators | Figures | Of median | Charts | Seconds | "
    "Why few |",
    "|---|---|---|--:|--:|--:|--:|--:|--:|---|",
)


def middle(every: Sequence[Swept]) -> float:
    """The median of figures of those that came to a report."""
    return median([one.figures for one in every if not one.faults] or [0])


def _drawn(every: Sequence[Swept]) -> float:
    """The median of charts of the same."""
    return median([one.charts for one in every if not one.faults] or [0])


def wrong(every: Sequence[Swept], why: Mapping[str, str]) -> Iterator[str]:
    """What fails a sweep: editions that stopped or would not do to be printed, and few figures or
    charts without a reason."""
    usual, drawn = middle(every), _drawn(every)
    for one in every:
        name = one.authority.name
        for fault in one.faults:
            yield f"{name}: stopped in {one.stage or 'draft'}: {fault}"
        for seen in one.looks:
            yield f"{name}: {seen}"
        few = not one.faults and one.figures < FEW * usual
        if few and one.authority.number not in why:
            yield (
                f"{name}: {one.figures:,} figures, under four fifths of the median of "
                f"{usual:,.0f}; find out why, and say so in {FILE}"
            )
        elif not one.faults and one.charts < FEW * drawn and one.authority.number not in why:
            yield (
                f"{name}: {one.charts:,} charts, under four fifths of the median of "
                f"{drawn:,.0f}; find out why, and say so in {FILE}"
            )


def table(every: Sequence[Swept], why: Mapping[str, str], wall: float) -> str:
    """The table as a page, those with the fewest figures first.

    Args:
        every: what came of each.
        why: number of an authority -> why it has few figures.
        wall: seconds that all took, by the clock on the wall.
    """
    usual = middle(every)
    stopped = [one for one in every if one.faults]
    seconds = [one.seconds for one in every] or [0.0]
    told = [
        "# Open editions of every authority",
        "",
        f"{len(every) - len(stopped)} of {len(every)} came to a report. Median of figures of the "
        f"authority itself: {usual:,.0f}; of charts: {_drawn(every):,.0f}. CPU seconds: "
        f"{median(seconds):.1f} for one ({min(seconds):.1f} to {max(seconds):.1f}), "
        f"{sum(seconds):,.0f} for all, in {wall:,.0f} by the clock.",
        "",
        *_HEAD,
        *(_row(one, usual, why) for one in sorted(every, key=lambda one: one.figures)),
        "",
        "## What is wrong",
        "",
        *(f"- {line}" for line in wrong(every, why)),
        "",
        "## Releases without figures of an authority",
        "",
        *(f"- {gap}" for one in every for gap in one.lacking),
    ]
    return "\n".join([*told, ""])


def _row(one: Swept, usual: float, why: Mapping[str, str]) -> str:
    kind = one.authority.kind.replace("_", " ")
    share = f"{one.figures / usual:.0%}" if usual else ""
    cells = (
        one.authority.name, one.authority.number, kind, one.localities, one.indicators,
        f"{one.figures:,}", share, one.charts, f"{one.seconds:.1f}",
        "stopped" if one.faults else why.get(one.authority.number, ""),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"
