"""One figure by several rules, in one table: how much it depends on how sure a link must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.marks import cell
from jsna.view import words
from jsna.view.rows import Measures

#: What a title says of the rule stands behind it: `SEN among pupils in need: sure links`.
_RULE: Final = ": "
#: Cell of what was not worked out.
_NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A table: a row for each figure, a column for each rule.

    Attributes:
        indicators: all of them, which have no section of their own.
        periods: of the figures, in words.
    """

    indicators: tuple[Indicator, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Markup | str, ...], ...]
    periods: str

    @property
    def anchor(self) -> str:
        """Id of its section."""
        return "thresholds"


def thresholds(view: Measures, indicators: Sequence[Indicator]) -> Thresholds | None:
    """The figures that are given by two rules or more and by nothing else; None without any.

    Such indicators have one title up to the rule, and are not broken down.
    """
    by: dict[str, dict[str, Indicator]] = {}
    for indicator in indicators:
        figure, parted, rule = indicator.title.partition(_RULE)
        if parted and not indicator.breakdowns and view.has(indicator.id):
            by.setdefault(figure, {})[rule] = indicator
    by = {figure: rules for figure, rules in by.items() if len(rules) > 1}
    if not by:
        return None
    names = [*dict.fromkeys(rule for rules in by.values() for rule in rules)]
    found = [one for rules in by.values() for one in rules.values()]
    latest = [row for one in found if (row := view.latest(one.id)) is not None]
    return Thresholds(
        indicators=tuple(found),
        header=("Figure", *map(words.upper_first, names)),
        rows=tuple(
            (figure, *(_cell(view, rules.get(name)) for name in names))
            for figure, rules in by.items()
        ),
        periods=words.join(
            sorted({words.period_label(row.period, row.period_type) for row in latest})
        ),
    )


def _cell(view: Measures, indicator: Indicator | None) -> Markup | str:
    row = view.latest(indicator.id) if indicator is not None else None
    return _NONE if indicator is None or row is None else cell(row, indicator.decimals)
