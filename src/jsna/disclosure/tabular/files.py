"""Files the table verbs read: tables as CSV or workbooks and trees as JSON, read strictly.

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
from jsna.formulas import unguarded

#: What a table may be separated by, in words.
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ENDS = re.compile("\r\n|\r|\n")
_LIKE = 'must be like {"district": {"D01": "North", "D02": "North"}}'


def read_table(file: str, problems: Problems, sheet: str = "") -> Named | None:
    """A table from a file of CSV or a workbook; None where something is wrong with it.

    Args:
        file: its path.
        problems: where what is wrong is noted.
        sheet: of a workbook with several, the one to read.
    """
    name = Path(file).name or file
    content = _content(file, problems)
    if content is None:
        return None
    before = len(problems.found)
    if content.startswith(b"PK"):
        from jsna.disclosure.tabular.workbook import read_sheet

        records, lines = read_sheet(content, name, sheet, problems)
    elif (text := _decoded(content, name, problems)) is None:
        return None
    else:
        records, lines = _records(text, name, problems)
    if len(problems.found) > before:
        return None
    if not records:
        problems.add(name, "is empty; its first line must be the headings")
        return None
    records, headings = _without_blank_columns(records)
    headings = [unguarded(heading) for heading in headings]
    _check_headings(headings, name, lines[0], problems)
    for record, line in zip(records[1:], lines[1:], strict=True):
        if len(record) != len(headings):
            rule = f"has {len(record)} fields, and there are {len(headings)} headings"
            problems.add(name, rule, row=line)
    if len(problems.found) > before:
        return None
    rows = [[unguarded(cell) for cell in record] for record in records[1:]]
    return Named(pd.DataFrame(rows, columns=headings, dtype=object), name, lines[1:])


def _content(file: str, problems: Problems) -> bytes | None:
    """What a file holds; None where it cannot be read."""
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
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            rule = "is a workbook of the old .xls form, or has a password; save it as .xlsx without"
            problems.add(name, rule)
            return None
        return content
    return None


def _decoded(content: bytes, name: str, problems: Problems) -> str | None:
    """Text in UTF-8, with or without a byte order mark, or Windows-1252; None if in neither."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.add(name, "is in UTF-16; save it as CSV in UTF-8")
        return None
    if b"\0" in content:
        row = len(_ENDS.findall(content[: content.index(b"\0")].decode("latin-1"))) + 1
        problems.add(name, "holds a NUL character, so it is not a CSV file", row=row)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("cp1252", "replace")
        row = len(_ENDS.findall(before)) + 1
        rule = "this line is neither in UTF-8 nor in Windows-1252; save the file in UTF-8"
        problems.add(name, rule, row=row)
    return None


def _records(text: str, name: str, problems: Problems) -> tuple[list[list[str]], list[int]]:
    """Every record that is not blank, and the line it begins on, by the one delimiter that fits."""
    found = {}
    first = ""
    for delimiter in _DELIMITERS:
        records, lines, wrong = _split(text, delimiter)
        if wrong and (delimiter == "," or not first):
            first = first or wrong
        if records and len(records[0]) > 1 and not wrong:
            found[delimiter] = records, lines
    even = [d for d, (records, _) in found.items() if len({len(r) for r in records}) == 1]
    fit = even if len(found) > 1 else list(found)
    if len(fit) == 1:
        return found[fit[0]]
    if found:
        words = " or ".join(_DELIMITERS[delimiter] for delimiter in found)
        rule = f"may be separated by {words}; separate with commas, and quote cells that have any"
        problems.add(name, rule, row=1)
        return [], []
    records, lines, wrong = _split(text, ",")
    if wrong:
        rule = f"cannot be read as CSV from this line on ({wrong}); look for a lone quotation mark"
        problems.add(name, rule, row=(lines[-1] if lines else 1))
        return [], []
    return records, lines


def _split(text: str, delimiter: str) -> tuple[list[list[str]], list[int], str]:
    """Records that are not blank, the line each begins on, and what ended the reading early."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append(record)
                lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        return records, [*lines, begins], str(error)
    return records, lines, ""


def _without_blank_columns(records: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """Records and headings without the blank columns spreadsheets add at the right."""
    headings = [heading.strip() for heading in records[0]]
    width = kept = len(headings)
    while kept and not any(r[kept - 1].strip() for r in records if len(r) == width):
        kept -= 1
    return [r[:kept] if len(r) == width else r for r in records], headings[:kept]


def _check_headings(headings: list[str], name: str, row: int, problems: Problems) -> None:
    for heading, times in Counter(headings).items():
        if not heading:
            problems.add(name, "a column has no heading", row=row, count=1)
        elif times > 1:
            rule = f"this heading stands {times} times; each column needs its own"
            problems.add(name, rule, row=row, column=heading)
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in heading):
            rule = "this heading holds a character that is no letter, such as a line end or tab"
            problems.add(name, rule, row=row, column=heading)


def read_trees(file: str | None, problems: Problems) -> Trees:
    """The trees of a file of JSON; empty where there is none, or it is wrong."""
    trees = Trees()
    if file is None:
        return trees
    trees.name = name = Path(file).name
    content = _content(file, problems)
    text = None if content is None else _decoded(content, name, problems)
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
