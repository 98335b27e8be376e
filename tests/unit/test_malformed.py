"""Files as they should not be: each read as the good one is, or all is said of it; nothing is lost.

The kinds are declared in `tests.malformed`, and what must be said of each in `said.yaml` there.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.malformed.cells import CELLS
from tests.malformed.kind import GOOD, PERSONAL, Kind, looked_at
from tests.malformed.returns import RETURNS
from tests.malformed.texts import TEXTS
from tests.malformed.workbooks import WORKBOOKS
from tests.tried import full

PARTS: Final = {"text": TEXTS, "cells": CELLS, "workbook": WORKBOOKS, "return": RETURNS}
KINDS: Final = {(part, name): kind for part, kinds in PARTS.items() for name, kind in kinds.items()}
SAID: Final = yaml.safe_load(
    (Path(__file__).parents[1] / "malformed/said.yaml").read_text(encoding="utf-8")
)
#: Kinds that take a while.
LONG: Final = {("workbook", "a row beyond all rows"), ("workbook", "a row far below")}
#: What nobody is told to do: a file that is opened and saved is no longer what came.
BY_HAND: Final = {"save", "delete", "unmerge", "fill"}
FIELDS: Final = ["upn", "surname", "date_of_birth", "sen_provision", "sessions"]


def test_of_every_kind_it_is_written_what_must_be_said() -> None:
    assert {part: list(said) for part, said in SAID.items()} == {
        part: list(kinds) for part, kinds in PARTS.items()
    }
    contents = {(kind.bytes, kind.ending) for kind in KINDS.values()}
    assert len(contents) == len(KINDS) > 340


@pytest.mark.parametrize("part, name", [full(*one) if one in LONG else one for one in KINDS])
def test_all_is_said_of_each_and_nothing_personal(part: str, name: str) -> None:
    kind = KINDS[part, name]
    given, began = Kind(kind.bytes, ending=kind.ending, extract=kind.extract), time.process_time()
    found = looked_at(given)
    # A row of a million cells included.
    assert time.process_time() - began < 10
    assert found.says == SAID[part][name]
    assert found.valid == kind.valid
    assert any(kind.word in words for words in found.words) or not kind.word
    for words in found.words:
        assert not [value for value in PERSONAL if value in words]
        assert not BY_HAND & {*words.split()}
    if kind.same:
        good = looked_at(Kind(GOOD)).frame
        assert good is not None
        assert found.frame is not None
        assert found.frame[FIELDS].equals(good[FIELDS])
