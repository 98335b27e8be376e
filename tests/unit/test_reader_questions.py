"""The 25 questions of five kinds of reader: what answers each, or which gap is named."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from jsna.model.base import Name, Strict, Words
from jsna.model.configuration import Configuration
from jsna.settings import council, loading
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of

ROOT = Path(__file__).parents[2]
EDITIONS = {"demo": "demo-2025", "lancashire": "lancashire-open-2025"}


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


FILE = ROOT / "tests/data/reader_questions.yaml"
TEMPLATES = [
    file.read_text(encoding="utf-8") for file in (ROOT / "reports/templates").rglob("*.html.j2")
]
READERS = [Reader.model_validate(one) for one in yaml.safe_load(FILE.read_text(encoding="utf-8"))]


@cache
def edition(name: str) -> Configuration:
    return loading.load(EDITIONS[name], ROOT)


def has_source(config: Configuration, indicator: str) -> bool:
    """Whether an edition has what an indicator is counted of, or a release that gives it."""
    declared = config.indicators[indicator]
    if declared.derived:
        return all(has_source(config, name) for name in declared.refers_to)
    if config.edition.kind == "full" or config.published.get(indicator):
        return True
    table = CATALOGUE.get(declared.numerator.table) if declared.numerator else None
    return table is not None and all(registry()[name].public for name in made_of(table))


def test_five_kinds_of_reader_ask_five_questions_each() -> None:
    assert set(Counter(one.reader for one in READERS).values()) == {5}
    assert len(READERS) == len({one.asks for one in READERS}) == 25


@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.parametrize("one", READERS, ids=lambda one: one.asks[:40])
def test_what_answers_a_reader_is_there_and_what_is_missing_is_not(name: str, one: Reader) -> None:
    config, has = edition(name), getattr(one, name)
    assert all(has_source(config, indicator) for indicator in has.by)
    # The summary is of every edition, and of no chapter.
    assert has.told_in in (None, "summary", "help", *config.edition.chapters)
    # A council that has not given its contacts has a gap, which the report names.
    assert has.told_in != "help" or council.read(config, ROOT)[0].contacts
    assert has.says is None or any(has.says in page for page in TEMPLATES)
    # A gap is closed once an indicator gives its figure: then this file says so.
    for figure in has.gap:
        needed = config.questions.figures[figure]
        giving = config.questions.giving.get(figure, ())
        there = [indicator for indicator in giving if has_source(config, indicator)]
        split = [
            indicator
            for indicator in there
            if config.edition.kind == "full"
            or any(
                set(needed.by) <= {*given.dimensions, *given.category_columns}
                for given in config.published.get(indicator, ())
            )
        ]
        assert split == [], figure


def test_how_many_are_answered() -> None:
    found = {name: dict(Counter(getattr(one, name).state for one in READERS)) for name in EDITIONS}
    assert found == {
        "demo": {"answered": 8, "partly": 7, "gap named": 10},
        "lancashire": {"answered": 3, "partly": 8, "gap named": 14},
    }
