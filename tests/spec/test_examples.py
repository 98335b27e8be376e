"""Runs every worked example of this folder: rows in, expected measures out.

An example is a Markdown file. Under "Rows of `table`" stands a table of rows of an analysis table
(columns left out are empty; `rows` repeats a line for as many persons). Under "Measures of
`indicator`" stands what must come out: every line must be there with the numbers as printed, and
nothing that is not zero may be missing from a breakdown that is shown. An example of a kind that no
chapter has yet declares its indicator itself, in a block of YAML.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jsna.measures.derived import complete
from jsna.measures.engine import measure
from jsna.model.derivation import taken_over
from jsna.model.indicators import Indicator
from jsna.model.schema import TOTAL
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world

EXAMPLES = sorted(Path(__file__).parent.glob("*.md"))
DECLARED = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (Rows|Measures) of `(\w+)`", re.MULTILINE)
NUMBERS = ("numerator", "denominator", "value", "lower_95", "upper_95", "lower_998", "upper_998")


def tables(text: str) -> list[tuple[str, str, list[dict[str, str]]]]:
    """(Rows or Measures, name, lines) of every table under such a heading."""
    found = list(HEADING.finditer(text))
    result = []
    for number, heading in enumerate(found):
        until = found[number + 1].start() if number + 1 < len(found) else len(text)
        block = text[heading.end() : until]
        lines = [
            [
                cell.strip().replace("\\|", "|")
                for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))
            ]
            for line in block.splitlines()
            if line.startswith("|")
        ]
        header, _, *body = lines
        rows = [dict(zip(header, line, strict=True)) for line in body]
        result.append((heading[1], heading[2], rows))
    return result


def typed(name: str, lines: list[dict[str, str]]) -> pd.DataFrame:
    """Lines as rows of an analysis table, each repeated `rows` times with a person of its own."""
    kinds = {column.name: column.type for column in CATALOGUE[name].columns.values()}
    columns: dict[str, list[object]] = {column: [] for column in kinds}
    for line in lines:
        unknown = set(line) - set(columns) - {"rows"}
        assert not unknown, f"table {name} has no column {unknown}"
        for _ in range(int(line.get("rows", "1"))):
            for column, kind in kinds.items():
                text = line.get(column, "")
                value: object = text or None
                if column == "person_key" and not text:
                    value = f"{name}-{len(columns[column])}"
                elif text and kind == "integer":
                    value = int(text)
                elif text and kind == "number":
                    value = float(text)
                elif text and kind == "boolean":
                    value = {"yes": True, "no": False}[text]
                columns[column].append(value)
    return pd.DataFrame(columns, dtype=object).astype(
        {
            column: {"string": "str", "integer": "Int64", "boolean": "boolean", "number": float}[k]
            for column, k in kinds.items()
        }
    )


def printed(value: float, like: str) -> str:
    """A number with as many decimals as the example prints."""
    exponent = Decimal(like).as_tuple().exponent
    assert isinstance(exponent, int)
    return f"{value:.{-exponent}f}"


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in (world.COSTS, world.FOLLOWED, world.SHORT_BREAKS, world.WAITS):
        monkeypatch.setitem(CATALOGUE, table.name, table)
    monkeypatch.setitem(registry(), world.BREAKS.name, world.BREAKS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.stem)
def test_example(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    parts = tables(text)
    rows = {name: typed(name, lines) for kind, name, lines in parts if kind == "Rows"}
    expected = {name: lines for kind, name, lines in parts if kind == "Measures"}
    assert rows
    assert expected
    config = world.with_followed(world.configuration())
    declared = dict(config.indicators)
    for block in DECLARED.findall(text):
        one = Indicator.model_validate(yaml.safe_load(block))
        declared[one.id] = taken_over(one, declared[one.derived.of]) if one.derived else one
    config = replace(config, indicators=declared)
    wanted = [config.indicators[name] for name in expected]
    counted = {name for i in wanted for name in (i.refers_to or (i.id,))}
    found = measure(rows, [config.indicators[name] for name in sorted(counted)], config)
    found = complete(found, config)
    for indicator, lines in expected.items():
        mine = found[found["indicator"] == indicator]
        shown = set()
        for line in lines:
            where = {
                "area_code": line.get("area", world.AREA),
                "period": line["period"],
                "breakdown": line.get("breakdown", TOTAL),
                "category": line.get("category", TOTAL),
            }
            row = mine[(mine[list(where)] == pd.Series(where)).all(axis=1)]
            assert len(row) == 1, f"{indicator}: {where}"
            shown.add(row.index[0])
            for column in NUMBERS:
                if line.get(column) == "none":
                    assert pd.isna(row[column].iloc[0]), f"{indicator}: {where} {column}"
                elif text := line.get(column):
                    got = printed(row[column].iloc[0], text)
                    assert got == text, f"{indicator}: {where} {column}"
            assert row["status"].iloc[0] == line.get("status", "")
        seen = mine.loc[sorted(shown)]
        for key, group in mine.groupby(["geography", "breakdown"]):
            if ((seen["geography"] == key[0]) & (seen["breakdown"] == key[1])).any():
                left = group[~group.index.isin(shown) & (group["numerator"] > 0)]
                assert left.empty, f"{indicator}: not in the example: {left['category'].tolist()}"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6
