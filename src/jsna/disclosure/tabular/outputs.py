"""Files the table verbs write, each in one step: what is published, and what is kept of it.

A record says what was hidden. It is readable by its owner alone, in a folder that nobody else can
open; anywhere else it is refused.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from jsna.disclosure.tabular.codes import Problems
from jsna.errors import JsnaError, Problem
from jsna.formulas import guarded
from jsna.machine import rights

#: What stands for every hidden value, whatever it was hidden for.
MARK = "c"


def check_outputs(
    outputs: Mapping[str, str | None], inputs: Sequence[str], problems: Problems
) -> None:
    """Whether results can be written where they are to go, before any work is done.

    Args:
        outputs: option -> file; `--record` is private.
        inputs: files that are read, which no result may replace.
        problems: where what is wrong is noted.
    """
    taken = list(inputs)
    for option, out in outputs.items():
        if not out:
            continue
        try:
            rule = _unwritable(Path(out), taken)
            if not rule and option == "--record":
                rule = rights.open_folder(Path(out).parent, str(Path(out).parent))
                rule += " (the record says what was hidden)" if rule else ""
        except (OSError, ValueError) as error:
            rule = f"cannot be written: {getattr(error, 'strerror', None) or error}"
        if rule:
            problems.add(option, rule, value=out)
        taken.append(out)


def _unwritable(path: Path, taken: Sequence[str]) -> str:
    """Why a file cannot be written; nothing if it can."""
    if path.is_dir():
        return "is a folder; name a file"
    if path.exists() and not path.is_file():
        return "is no ordinary file"
    if not path.parent.is_dir():
        return "its folder does not exist"
    if not os.access(path.parent, os.W_OK):
        return "its folder cannot be written to"
    same = any(path.resolve() == Path(one).resolve() for one in taken)
    if same or any(path.exists() and Path(one).exists() and path.samefile(one) for one in taken):
        return "is a file that is read, or written for another option; name another"
    return ""


def write_table(frame: pd.DataFrame, option: str, out: str) -> None:
    """Write a table, `MARK` where a value is hidden; a record is readable by its owner.

    It is a workbook where the file is named so (`.xlsx`), otherwise CSV in UTF-8, where text that
    a spreadsheet would take for a formula is led by an apostrophe.

    Raises:
        JsnaError: it cannot be written.
    """
    if out.lower().endswith(".xlsx"):
        from jsna.disclosure.tabular.workbook import write_sheet

        write_file(write_sheet(frame, MARK), option, out)
        return
    safe = frame.rename(columns=guarded)
    for column in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        safe[column] = [guarded(one) if isinstance(one, str) else one for one in safe[column]]
    texts = [*safe.columns, *(one for column in safe for one in safe[column] if type(one) is str)]
    # A line end that is not quoted would begin a row, and that row a formula.
    ended = any("\r" in one for one in texts)
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if ended else csv.QUOTE_MINIMAL
    text = safe.to_csv(index=False, lineterminator="\n", na_rep=MARK, quoting=quoting)
    write_file(text.encode("utf-8"), option, out)


def write_file(content: bytes, option: str, out: str) -> None:
    """Write what an option asks for.

    Raises:
        JsnaError: it cannot be written.
    """
    from jsna.io import write_bytes

    try:
        write_bytes(Path(out), content, private=option == "--record")
    except OSError as error:
        rule = f"cannot be written: {error.strerror or error}"
        raise JsnaError(Problem(option, rule, value=out)) from None
