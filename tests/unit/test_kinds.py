"""Kinds of measure: one closed list, which nothing else in the code tells apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from jsna.model import schema
from jsna.model.derivation import INHERITED
from jsna.model.indicators import Indicator, Side
from jsna.model.kinds import KINDS
from jsna.settings.dimensions import Categories
from jsna.settings.indicators import load_catalogue
from jsna.settings.reading import Gatherer
from jsna.view.kinds import SAID
from tests.spec import world

SOURCE = Path(__file__).parents[2] / "src/jsna"
#: The one module that knows kinds by name, and the one table of how each is said.
HOME, WORDS = SOURCE / "model/kinds.py", SOURCE / "view/kinds.py"

LEAST = {**world.LEAST, "numerator": {"table": "plan"}}
OVER = {"denominator": {"table": "plan"}}


def _kinds(tree: ast.AST) -> bool:
    """Whether an expression reads the attribute `kind` of something, or the name of one."""
    return any(isinstance(n, ast.Attribute) and n.attr == "kind" for n in ast.walk(tree))


def _named(tree: ast.AST) -> set[str]:
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    return {text for text in texts if text in KINDS}


def _told_apart(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                found = any(map(_kinds, sides)) and any(map(_named, sides))
            case ast.Match(subject=subject):
                found = _kinds(subject) and bool(_named(node))
            case ast.Subscript(slice=ast.Attribute() as key):
                found = ast.unparse(key).startswith(("indicator.kind", "shown.indicator.kind"))
                found = found and file != WORDS
            case _:
                found = False
        if found:
            yield f"{file.relative_to(SOURCE)}:{node.lineno}"


def test_no_other_module_tells_kinds_apart_by_their_names() -> None:
    files = [f for f in sorted(SOURCE.rglob("*.py")) if f != HOME]
    assert [where for file in files for where in _told_apart(file)] == []


@pytest.mark.parametrize(
    "line",
    [
        'found = indicator.kind == "count"',
        'found = shown.indicator.kind.name in ("share", "mean")',
        "found = _WORDS[indicator.kind]",
        'match one.kind:\n    case "rate":\n        found = 1',
    ],
)
def test_a_module_that_does_is_found(tmp_path: Path, line: str) -> None:
    file = tmp_path / "some.py"
    file.write_text(line)
    (node,) = [n for n in ast.walk(ast.parse(line)) if isinstance(n, ast.stmt)][:1]
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(globals(), "SOURCE", tmp_path)
        assert list(_told_apart(file)) == [f"some.py:{node.lineno}"]


def test_every_kind_is_whole() -> None:
    assert set(SAID) == set(KINDS)
    for name, kind in KINDS.items():
        assert kind.name == str(kind) == name
        assert set(kind.methods) <= set(schema.METHODS)
        assert kind.unit in ("", *schema.UNITS)
        assert kind.limits_of_counts in ("", *kind.methods)
        # A part is of a whole; what is worked out from rows has nothing of its own to add up.
        assert kind.divides or not (kind.inside or kind.per)
        assert not (kind.derived and (kind.adds_up or kind.amounts or kind.inside))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "count"}, ("count", "count", 1.0, 0)),
        ({"kind": "proportion", **OVER}, ("proportion_wilson", "percent", 100.0, 1)),
        ({"kind": "proportion", "numerator": None},
         ("published", "percent", 100.0, 1)),
        ({"kind": "rate", "unit": "per_1000", "per": "residents", **OVER},
         ("rate_byar", "per_1000", 1_000.0, 1)),
        ({"kind": "mean", **OVER}, ("mean_t", "mean", 1.0, 1)),
        ({"kind": "mean", "unit": "pounds", "decimals": 0, **OVER}, ("mean_t", "pounds", 1.0, 0)),
        ({"kind": "difference", "derived": {"of": "other"}, "breakdowns": [["sex"]]},
         ("standardised_difference", "standard_deviations", 1.0, 2)),
    ],
)  # fmt: skip
def test_what_follows_from_the_kind_is_not_written(
    given: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    entry = {**LEAST, **given}
    if "derived" in given:
        entry = {key: value for key, value in entry.items() if key not in (*INHERITED, "numerator")}
    one = Indicator.model_validate(entry)
    assert (one.method, one.unit, one.multiplier, one.decimals) == expected
    assert one.model_dump()["kind"] == given["kind"]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"kind": "mean", "method": "proportion", **OVER},
         "the method of a mean is mean_t or published, not proportion"),
        ({"kind": "proportion", "method": "mean_t", **OVER}, "the method of a proportion is"),
        ({"kind": "count", "method": "proportion_wilson"}, "the method of a count is count or"),
        ({"kind": "rate", "per": "residents", **OVER}, "a rate says its `unit`"),
        ({"kind": "proportion"}, "a proportion needs a denominator"),
        ({"kind": "average"}, f"must be one of {', '.join(KINDS)}"),
    ],
)  # fmt: skip
def test_what_contradicts_the_kind_is_refused(given: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule.replace("`", ".")):
        Indicator.model_validate({**LEAST, **given})


def test_sides_that_follow_are_those_that_would_be_written() -> None:
    """Amounts are divided by the rows they are added up of; a share is of all that is counted."""
    amounts = {"table": "plan", "where": "age > 4", "count": "age"}
    mean = Indicator.model_validate({**LEAST, "kind": "mean", "numerator": amounts})
    assert mean.denominator == Side(table="plan", where="age > 4")
    one = {**LEAST, "kind": "share", "over": ["sex", "age_group"]}
    share = Indicator.model_validate(one)
    assert share.denominator == share.numerator
    assert share.breakdowns == (("sex", "age_group"),)
    # What is written stands.
    by = [["sex", "age_group", "fsm"]]
    assert Indicator.model_validate({**one, "breakdowns": by}).breakdowns == (tuple(by[0]),)


def test_a_refused_method_is_told_with_its_file_and_key(tmp_path: Path) -> None:
    entry = {**LEAST, "kind": "mean", "method": "proportion", **OVER}
    chapter = {"title": "Health", "order": 1}
    file = tmp_path / "config/indicators/health.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({**chapter, "indicators": [entry]}))
    gather = Gatherer(tmp_path)
    load_catalogue(gather, Categories({}), {})
    (problem,) = gather.problems
    assert (problem.where, problem.column) == (
        "config/indicators/health.yaml", "indicators (made).method",
    )  # fmt: skip
    assert problem.rule == "the method of a mean is mean_t or published, not proportion"
