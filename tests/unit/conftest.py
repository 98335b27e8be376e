"""Fixtures of several files of unit tests."""

from pathlib import Path

import pytest

from tests.unit.tables_support import Tables


@pytest.fixture
def tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Tables:
    """The commands on tables of one's own, in an empty folder."""
    return Tables(tmp_path, capsys)
