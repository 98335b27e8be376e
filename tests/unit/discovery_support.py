"""A source that the project does not have, declared for discovery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import jsna.tables
from jsna.disclosure.discovery import people, worlds
from jsna.measures import derive
from jsna.model.contract import Extract
from jsna.model.tables import AnalysisTable
from jsna.sources import registry
from jsna.tables import catalogue


@contextmanager
def known(
    monkeypatch: pytest.MonkeyPatch, extract: Extract, table: AnalysisTable
) -> Iterator[None]:
    """The source and its table, and sets of few people."""
    views = (*jsna.tables.VIEWS, table)
    monkeypatch.setitem(registry(), extract.name, extract)
    monkeypatch.setitem(catalogue.CATALOGUE, table.name, table)
    monkeypatch.setitem(catalogue._VIEWS, table.name, table)
    monkeypatch.setattr(jsna.tables, "VIEWS", views)
    monkeypatch.setattr(derive, "VIEWS", views)
    monkeypatch.setattr(worlds, "FIRST", 600)
    monkeypatch.setattr(worlds, "SECOND", 300)
    people.joined.cache_clear()
    yield
    people.joined.cache_clear()
