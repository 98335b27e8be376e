"""The 25 questions of five kinds of reader, held to the pages of an edition that was built.

Where an edition is none of those that `tests/data/reader_questions.yaml` speaks of, there is
nothing to hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Final

import yaml

from jsna.model.base import Name, Strict, Words
from jsna.model.questions import Needed

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "tests/data/reader_questions.yaml"
#: Name in the file -> edition.
EDITIONS: Final = {"demo": "demo-2025", "lancashire": "lancashire-open-2025"}
_MARKED: Final = re.compile(r'data-measure="(\w+)~')
_TAG: Final = re.compile(r"<(style|script)\b.*?</\1>|<[^>]+>", re.DOTALL)


class Has(Strict):
    """What one edition has for a question."""

    by: tuple[Name, ...] = ()
    told_in: Name | None = None
    gap: tuple[Name, ...] = ()
    says: Words | None = None
    unnamed: Words | None = None

    @property
    def state(self) -> str:
        """Answered, in part, or not with the gap named or not."""
        lacks = bool(self.gap or self.says or self.unnamed)
        if self.by or self.told_in:
            return "partly" if lacks else "answered"
        return "gap named" if self.gap or self.says else "gap not named"


class Reader(Strict):
    """A question of a reader."""

    reader: Words
    asks: Words
    demo: Has
    lancashire: Has


def readers() -> list[Reader]:
    """Every question, in order."""
    return [Reader.model_validate(one) for one in yaml.safe_load(FILE.read_text(encoding="utf-8"))]


def answered(edition: str, pages: Mapping[str, str], needed: Mapping[str, Needed]) -> list[str]:
    """Questions of which the pages have not what the file says answers them, or what is missing.

    Args:
        edition: its name.
        pages: file -> web page.
        needed: figures that questions take, by name.
    """
    name = next((key for key, one in EDITIONS.items() if one == edition), None)
    if name is None:
        return []
    shown = {measure for page in pages.values() for measure in _MARKED.findall(page)}
    said = " ".join(unescape(_TAG.sub(" ", " ".join(pages.values()))).split()).lower()
    found = []
    for one in readers():
        has: Has = getattr(one, name)
        found += [f"{one.asks}: no page shows {by}" for by in has.by if by not in shown]
        lacking = [needed[gap].what for gap in has.gap] + ([has.says] if has.says else [])
        found += [
            f"{one.asks}: no page says what is missing: {what}"
            for what in lacking
            if what.lower() not in said
        ]
    return found
