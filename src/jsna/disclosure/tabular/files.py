"""Files the table verbs read: tables as CSV and trees as JSON, read strictly.

A row that does not have the fields its headings promise is refused: taken as it is, its values
would stand under other headings.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from jsna.disclosure.tabular.codes import Named, Problems, Trees, tree_of

_ENDS = re.compile("\r\n|\r|\n")
_LIKE = 'must be like {"district": {"D01": "North", "D02": "North"}}'


def read_table(file: str, problems: Problems) -> Named | None:
    """A table from a file; None where something is wrong with it."""
    name = Path(file).name or file
    text = _text(file, problems)
    if text is None:
        return None
    before = len(problems.found)
    if "\0" in text:
        row = len(_ENDS.findall(text[: text.index("\0")])) + 1
        problems.add(name, "holds a NUL character, so it is not a CSV file", row=row)
        return None
    records, lines = _records(text, name, problems)
    if not records:
        if len(problems.found) == before:
            problems.add(name, "is empty; its first line must be the headings")
        return None
    records, headings = _without_blank_columns(records)
    _check_headings(headings, name, lines[0], problems)
    for record, line in zip(records[1:], lines[1:], strict=True):
        if len(record) != len(headings):
            rule = f"has {len(record)} fields, and there are {len(headings)} headings"
            problems.add(name, rule, row=line)
    if len(problems.found) > before:
        return None
    frame = pd.DataFrame(records[1:], columns=headings, dtype=object)
    return Named(frame, name, lines[1:])


def _text(file: str, problems: Problems) -> str | None:
    """The text of a file; None where it cannot be read."""
    name = Path(file).name or file
    try:
        content = Path(file).read_bytes()
    except FileNotFoundError:
        problems.add(file, "there is no such file")
    except IsADirectoryError:
        problems.add(file, "is a folder; give a file")
    except (OSError, ValueError) as error:
        problems.add(file, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    else:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            problems.add(name, "is in UTF-16; save it as CSV in UTF-8")
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = content[: error.start].decode("utf-8", "replace")
            row = len(_ENDS.findall(before)) + 1
            problems.add(name, "this line is not in UTF-8; save the file in UTF-8", row=row)
    return None


def _records(text: str, name: str, problems: Problems) -> tuple[list[list[str]], list[int]]:
    """Every record that is not blank, and the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    begins = 1
    try:
        for record in reader:
            if record and (len(record) > 1 or record[0].strip()):
                records.append(record)
                lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        rule = f"cannot be read as CSV from this line on ({error}); look for a lone quotation mark"
        problems.add(name, rule, row=begins)
        return [], []
    return records, lines


def _without_blank_columns(records: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """Records and headings without the blank columns spreadsheets add at the right."""
    headings = [heading.strip() for heading in records[0]]
    width = kept = len(headings)
    while kept and not any(r[kept - 1].strip() for r in records if len(r) == width):
        kept -= 1
    return [r[:kept] if len(r) == width else r for r in records], headings[:kept]


def _check_headings(headings: list[str], name: str, row: int, problems: Problems) -> None:
    for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(headings) == 1 and sign in headings[0]:
            problems.add(name, f"separate with commas, not with {word}", row=row)
    for heading, times in Counter(headings).items():
        if not heading:
            problems.add(name, "a column has no heading", row=row, count=1)
        elif times > 1:
            rule = f"this heading stands {times} times; each column needs its own"
            problems.add(name, rule, row=row, column=heading)


def read_trees(file: str | None, problems: Problems) -> Trees:
    """The trees of a file of JSON; empty where there is none, or it is wrong."""
    trees = Trees()
    if file is None:
        return trees
    trees.name = name = Path(file).name
    text = _text(file, problems)
    if text is None:
        return trees
    twice: list[str] = []

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        twice.extend(key for key, times in Counter(k for k, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        given = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        problems.add(name, "is not valid JSON", row=error.lineno)
        return trees
    except RecursionError:
        problems.add(name, _LIKE)
        return trees
    for key in twice:
        problems.add(name, "this key stands more than once in the same place", value=key)
    if not isinstance(given, dict) or not all(isinstance(tree, dict) for tree in given.values()):
        problems.add(name, _LIKE)
        return trees
    for dim, tree in given.items():
        trees[dim.strip()] = tree_of(tree, problems, dim, name)
    return trees
