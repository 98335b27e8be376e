"""What a chapter comes to, in two sentences: against the country, then by deprivation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jsna.measures.declaration import Indicator
from jsna.report import format as words
from jsna.report.breakdowns import DEPRIVATION
from jsna.report.compare import gradient
from jsna.report.narrative import compared, level, say
from jsna.report.view import Measures

#: Indicators named in one sentence of a lede.
_NAMED = 3
#: What one and several figures of a kind are called; any other kind is a share.
_KINDS: Final = {
    "rate": ("the rate of", "the rates of"),
    "mean": ("the average for", "the averages for"),
    "count": ("the number of", "the numbers of"),
}


def nouns(indicators: Sequence[Indicator]) -> str:
    """What indicators measure, inside a sentence, each kind named once.

    "The shares of pupils with an EHC plan and of pupils with SEN support, and the rate of
    suspensions,".
    """
    parts = []
    kinds = dict.fromkeys(_KINDS.get(i.kind, ("the share of", "the shares of")) for i in indicators)
    for one, many in kinds:
        same = [i.phrase for i in indicators if _KINDS.get(i.kind, ("the share of",))[0] == one]
        link = many.rsplit(" ", 1)[1]
        listed = words.join([same[0], *(f"{link} {phrase}" for phrase in same[1:])])
        parts.append(f"{one if len(same) == 1 else many} {listed}")
    return parts[0] if len(parts) == 1 else f"{', and '.join(parts)},"


def _is(indicators: Sequence[Indicator]) -> str:
    return "is" if len(indicators) == 1 else "are"


def national_verdicts(
    view: Measures, indicators: Sequence[Indicator]
) -> dict[str, list[Indicator]]:
    """Indicators by how the home area stands to the country: higher, lower, similar."""
    found: dict[str, list[Indicator]] = {"higher": [], "lower": [], "similar": []}
    country = view.config.area.country.code
    for indicator in indicators:
        pair = compared(view, indicator)
        for code, _, verdict in pair[1] if pair else ():
            if code == country and verdict in found:
                found[verdict].append(indicator)
    return found


def lede(view: Measures, indicators: Sequence[Indicator]) -> Markup:
    """What a chapter comes to: against the country, then by deprivation; else the first level."""
    verdicts = national_verdicts(view, indicators)
    country = view.config.area.country.name
    place = view.config.area.name
    made: list[Markup] = []
    parts: list[str] = []
    for verdict in ("higher", "lower"):
        named = verdicts[verdict][:_NAMED]
        if named:
            than = f" than in {country}" if not parts else ""
            parts.append(f"{nouns(named)} {_is(named)} {verdict}{than}")
    if parts:
        made.append(say("In {}, {}.", place, "; ".join(parts)))
    elif verdicts["similar"]:
        made.append(say("Nothing here differs clearly between {} and {}.", place, country))
    steep = [i for i in indicators if _steeper(view, i)][:_NAMED]
    if steep:
        text = "{} {} higher in the most deprived areas than in the least deprived."
        made.append(say(text, words.upper_first(nouns(steep)), _is(steep)))
    if not made:
        first = next((s for i in indicators if (s := level(view, i)) and s.kind == "level"), None)
        made += [first.text] if first else []
    return Markup(" ").join(made)


def _steeper(view: Measures, indicator: Indicator) -> bool:
    if indicator.kind in ("count", "share"):
        return False
    for dims in indicator.breakdowns:
        if len(dims) == 1 and dims[0] in DEPRIVATION:
            found = gradient(view.breakdown(indicator.id, dims), dims[0])
            return found is not None and found[0] == "higher"
    return False
