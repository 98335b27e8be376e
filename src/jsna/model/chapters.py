"""How a chapter of the report is declared: one file of `config/indicators/`, called like it."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import field_validator

from jsna.model.base import Lettered, LetteredWords, Name, Strict
from jsna.model.indicators import LIKE, Indicator
from jsna.model.relations import Relation

#: After the chapters on children, and before those on data and methods.
_LAST: Final = 95


class Chapter(Strict):
    """Where a chapter stands and what it says beside the figures.

    What is said under a condition, or links to elsewhere, stands in a template of the chapter's
    name in `reports/templates/chapters/`.

    Attributes:
        title: its heading.
        document: name of the document it stands in (`jsna.model.documents`).
        order: where it stands in the report, the lowest first; of those that have the same, by
            name. After the chapters on children, where not given.
        always: whether it is printed where it has no figures; else an edition of official
            statistics leaves it out where none of its releases gives one.
        ranked: whether its figures may stand out in the summary.
        fed_by: extracts without which it says what it lacks.
        key_numbers: indicators of the numbers at its head, before any others.
        meaning: what its figures do and do not show, after them.
        questions: what to ask of them.
    """

    title: LetteredWords
    document: Literal["report", "technical-report"] = "report"
    order: int = _LAST
    always: bool = False
    ranked: bool = True
    fed_by: tuple[Name, ...] = ()
    key_numbers: tuple[Name, ...] = ()
    meaning: Lettered = ""
    questions: tuple[LetteredWords, ...] = ()


class ChapterFile(Chapter):
    """A file of `config/indicators/`: a chapter, and its indicators in the order they are shown.

    An entry with `like: <id>` has everything that it does not say itself from that entry above.

    Attributes:
        relations: what figures of these and other indicators imply of each other.
    """

    indicators: tuple[Indicator, ...] = ()
    relations: tuple[Relation, ...] = ()

    @field_validator("indicators", mode="before")
    @classmethod
    def _like_others(cls, given: Any) -> Any:
        if not isinstance(given, list | tuple):
            return given
        above: dict[str, Any] = {}
        return [_whole(entry, above) for entry in given]


def _whole(entry: Any, above: dict[str, Any]) -> Any:
    """An entry with what it takes over from one above; kept among those for entries below."""
    if not isinstance(entry, dict):
        return entry
    if (like := entry.get(LIKE)) is not None:
        if like not in above:
            known = ", ".join(above) or "none"
            raise ValueError(f"{entry.get('id')}: `like` names no entry above; there are {known}")
        taken = {key: one for key, one in above[like].items() if key != "short"}
        entry = {**taken, **{key: one for key, one in entry.items() if key != LIKE}}
    above[str(entry.get("id"))] = entry
    return entry
