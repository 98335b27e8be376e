"""YAML files into models, every problem kept, and told in the words of whoever edits the file."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from jsna import letters
from jsna.errors import JsnaError, Problem
from jsna.model.base import SHAPES
from jsna.model.editions import SuppliedPeriod, Supply

M = TypeVar("M", bound=BaseModel)
#: Keys of mappings and numbers of entries, from the top of a file down to one place in it.
Place: TypeAlias = tuple[int | str, ...]

#: The safe loader in C where PyYAML has it: every stage loads some forty files.
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):  # type: ignore[misc]
    """Refuses a key given twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping with as many keys as are written."""
        written = len(node.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(made) < written:
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    problem = f"the key {key.value!r} stands twice; keep one"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value)
        return made


#: What a type of pydantic's errors means to whoever edits a file.
_RULES = {
    "extra_forbidden": "unknown key; check its spelling",
    "missing": "required key is missing",
    "string_type": "must be text; put it in quotation marks",
    "date_type": "must be a date written like 2025-01-16",
    "date_from_datetime_parsing": "must be a day that exists, written like 2025-01-16",
    "date_from_datetime_inexact": "must be a date written like 2025-01-16",
    "date_parsing": "must be a day that exists, written like 2025-01-16",
    "string_too_short": "must not be empty",
    "model_type": "must hold keys and values; is the file empty?",
}


#: The same, with what the number is held to.
_BOUNDS = {
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
}


#: Keys of one period, which somebody may look for beside the extract's own.
_OF_A_PERIOD = SuppliedPeriod.model_fields.keys() - Supply.model_fields.keys()


#: What only says that another key, told by itself, is wrong.
_FOLLOWS = frozenset({"default_factory_not_called"})


def read(file: Path, model: type[M]) -> M:
    """The model a file holds, which stands by itself.

    Raises:
        JsnaError: every problem in the file, which is called by its name alone.
    """
    gather = Gatherer(file.parent)
    found = gather.load(file.name, model)
    if found is None:
        raise JsnaError(gather.problems)
    return found


def held(file: Path) -> Any:
    """What a YAML file holds, without its comments and layout; its text where it is not YAML."""
    content, problem = _read(file, file.name)
    return content if problem is None else file.read_bytes().hex()


class Gatherer:
    """Loads files and keeps every problem instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        #: File -> what it holds and the places in it that its model refused.
        self.broken: dict[str, tuple[Any, list[Place]]] = {}
        #: Files that gave no model.
        self.failed: set[str] = set()

    def load(self, path: str, model: type[M], *, lines: bool = False) -> M | None:
        """The model a file below the root holds; None, and the problems kept, where it does not.

        Args:
            path: of the file.
            model: what it is to hold.
            lines: whether problems are told with their line: of long files of short entries.
        """
        file = self.root / path
        if not file.is_file():
            near = sorted(p.stem for p in file.parent.glob("*.yaml"))
            rule = f"this file does not exist; its folder has: {', '.join(near) or 'nothing'}"
            self.problems.append(Problem(path, rule, code="config.missing"))
            return None
        content, problem = _read(file, path)
        if problem is not None:
            self.failed.add(path)
            self.problems.append(problem)
            return None
        text = file.read_text(encoding="utf-8-sig")
        self.problems += letters.in_lines(path, text, comments=True)
        try:
            return model.model_validate(content)
        except ValidationError as error:
            told = [e for e in error.errors() if e["type"] not in _FOLLOWS]
            words = [_in_words(path, found, content) for found in told]
            if lines:
                rows = [_line(file, found["loc"]) for found in told]
                words = [replace(one, row=row) for one, row in zip(words, rows, strict=True)]
            self.problems += words
            self.failed.add(path)
            self.broken[path] = (content, [found["loc"] for found in error.errors()])
            return None

    def expect(self, ok: bool, path: str, key: str, rule: str, value: str = "") -> None:
        """Keep a problem of a file unless `ok`."""
        if not ok:
            self.problems.append(
                Problem(path, rule, column=key, value=value, code="config.reference")
            )

    def point(self, path: str, place: Place, rule: str, value: str = "") -> None:
        """Keep a problem at a place of a file, told with its line."""
        key, row = ".".join(map(str, place)), _line(self.root / path, place)
        problem = Problem(path, rule, row=row, column=key, value=value, code="config.reference")
        self.problems.append(problem)


def _line(file: Path, place: Place) -> int:
    """The line of a file on which a place begins, or what would hold it."""
    node, line = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=_SAFE), 1
    for key in place:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            found = (node.value[key], node.value[key]) if key < len(node.value) else None
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _read(file: Path, path: str) -> tuple[Any, Problem | None]:
    """What a YAML file holds, or why it cannot be read."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        first = content.count(b"\n", 0, error.start) + 1
        rule = "is not UTF-8 text; save it with the encoding UTF-8"
        return None, Problem(path, rule, row=first, code="config.encoding")
    try:
        return pickle.loads(_parsed(text)), None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = None if mark is None else mark.line + 1
        rule = f"is not valid YAML: {getattr(error, 'problem', None) or 'cannot be read'}"
        lines = text.split("\n")
        if row is not None and "\t" in lines[min(row, len(lines)) - 1]:
            rule += "; indent with spaces, not tabs"
        return None, Problem(path, rule, row=row, code="config.yaml")


@lru_cache(maxsize=1000)
def _parsed(text: str) -> bytes:
    """What a YAML text holds, to be unpickled by each who asks: a file is parsed once a process."""
    return pickle.dumps(yaml.load(text, Loader=_Loader))


def _in_words(path: str, found: Any, content: Any) -> Problem:
    """One of pydantic's findings as a problem."""
    loc, value = list(found["loc"]), found.get("input")
    key = ".".join(map(str, loc)) or None
    if loc[:1] in (["extracts"], ["indicators"]) and len(loc) > 1:
        key = _of_entry(loc, content)
    shown = "" if value is None or isinstance(value, dict | list | tuple) else str(value)
    if found["type"] == "missing":
        shown = ""
    rule = _RULES.get(found["type"], found["msg"].removeprefix("Value error, "))
    if found["type"] in _BOUNDS:
        rule = _BOUNDS[found["type"]].format_map(found["ctx"])
    if found["type"] == "extra_forbidden" and loc[:1] == ["extracts"] and loc[-1] in _OF_A_PERIOD:
        rule = "belongs to a period; put it into the list `periods`"
    rule = SHAPES.get(found.get("ctx", {}).get("pattern"), rule)
    return Problem(path, rule, column=key, value=shown, code="config.value")


def _of_entry(loc: list[Any], content: Any) -> str:
    """`extracts (sen2, 2025).files`: which of a dozen entries it is, is not told by its number."""
    top, number, *rest = loc
    entry = content[top][number]
    which = [_called(entry, number, "id", "extract")]
    if rest[:1] == ["periods"] and len(rest) > 1:
        _, number, *rest = rest
        which.append(_called(entry["periods"][number], number, "period"))
    return ".".join([f"{top} ({', '.join(which)})", *map(str, rest)])


def _called(entry: Any, number: int, *keys: str) -> str:
    """What an entry of a list is called by one of some keys, or else `entry 2`."""
    given = [entry[key] for key in keys if key in entry] if isinstance(entry, dict) else []
    return str(given[0]) if given else f"entry {number + 1}"
