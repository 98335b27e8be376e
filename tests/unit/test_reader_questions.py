"""The 25 questions of five kinds of reader: what answers each, or which gap is named."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from jsna.model.configuration import Configuration
from jsna.settings import council, loading
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of
from tests.publication.readers import EDITIONS, ROOT, Reader, answered, readers

TEMPLATES = [
    file.read_text(encoding="utf-8") for file in (ROOT / "reports/templates").rglob("*.html.j2")
]
READERS = readers()


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


def test_a_page_without_an_answer_or_a_gap_is_told() -> None:
    needed = edition("lancashire").questions.figures
    asked = [one.lancashire for one in READERS]
    marks = "".join(f'<data data-measure="{by}~x">1</data>' for has in asked for by in has.by)
    said = " ".join(needed[gap].what for has in asked for gap in has.gap)
    words = " ".join(has.says or "" for has in asked)
    pages = {"report.html": f"<p>{said} {words}</p>", "places.html": marks}
    assert answered(EDITIONS["lancashire"], pages, needed) == []
    pages["places.html"] = marks.replace("ehc_plans_20_weeks~", "other~")
    pages["report.html"] = pages["report.html"].replace(needed["appeals"].what, "")
    found = answered(EDITIONS["lancashire"], pages, needed)
    assert any(line.endswith("no page shows ehc_plans_20_weeks") for line in found)
    assert any(needed["appeals"].what in line for line in found)
    assert answered("another-2025", {}, needed) == []
