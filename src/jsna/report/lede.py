"""What a chapter comes to, in two or three sentences: where it stands, what moves, who bears it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report import messages
from jsna.report.comparing import compared
from jsna.report.narrative import level, say
from jsna.report.ratios import furthest
from jsna.view.rows import Measures
from jsna.view.standings import subject

#: Sentences of a lede.
MOST: Final = 3
#: Which kinds of finding a lede takes, one of each line: the first kind there is of it.
_ORDER: Final[Sequence[Sequence[messages.Kind]]] = (
    ("duty", "worse", "differs", "better", "untested"),
    ("changed",),
    ("gap",),
)


def lede(view: Measures, indicators: Sequence[Indicator]) -> Markup:
    """The finding that stands furthest out against the country, over time, and by deprivation.

    Each is about another indicator where there is one, and where fewer are found, the ratio
    furthest from one. Failing all, the first indicator's level.
    """
    found = messages.findings(view, indicators)
    taken: list[messages.Message] = []
    for kinds in _ORDER:
        every = [f for kind in kinds for f in found if f.kind == kind]
        used = {subject(f.indicator) for f in taken}
        fresh = [f for f in every if subject(f.indicator) not in used] or every
        taken += fresh[:1]
    made = [f.sentence for f in taken[:MOST]]
    ratio = next((s for i in indicators if (s := furthest(view, i))), None)
    if ratio is not None and taken and len(made) < MOST:
        made.append(ratio.text)
    first = next((s for i in indicators if (s := level(view, i)) and s.kind == "level"), None)
    if not taken or taken[0].kind in ("changed", "gap"):
        if not made and first is not None:
            made.append(first.text)
        if ratio is not None and not taken:
            made.append(ratio.text)
        if _similar(view, indicators):
            text = "No overall figure in this chapter differs clearly from that of {}."
            made.append(say(text, view.config.area.country.name))
    return Markup(" ").join(made)


def _similar(view: Measures, indicators: Sequence[Indicator]) -> bool:
    """Whether some figure can be told to be close to the country's."""
    country = view.config.area.country.code
    pairs = (compared(view, indicator) for indicator in indicators)
    return any(
        code == country and verdict == "similar"
        for pair in pairs
        for code, _, verdict in (pair[1] if pair else ())
    )
