"""Geography codes as files hold them, made plain, and those that are none.

Spreadsheets leave spaces around codes, write them small, and turn 888 into 888.0. A code that is
none after that would match no area in silence, so it is told.
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from jsna.errors import Problem
from jsna.releases.release import ROW
from jsna.releases.symbols import STATUS

#: Column -> what a code in it looks like.
_NINE: Final = re.compile(r"[EKJNSW]\d{8}")
_THREE: Final = re.compile(r"\d{3}")
SHAPES: Final = {
    "country_code": _NINE,
    "region_code": _NINE,
    "new_la_code": _NINE,
    "lad_code": _NINE,
    "ward_code": _NINE,
    "old_la_code": _THREE,
}
_NAMES: Final = {_NINE: "a letter and eight digits", _THREE: "three digits"}
_DECIMALS: Final = re.compile(r"\.0+$")


def plain(text: str) -> str:
    """A code without what spreadsheets add."""
    return _DECIMALS.sub("", text.strip()).upper()


def made_plain(frame: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with its codes made plain; a problem for each text that is no code.

    Symbols and empty cells stand for no area.
    """
    made, problems = {}, []
    for column, shape in SHAPES.items():
        if column not in frame:
            continue
        codes = {text: plain(text) for text in frame[column].unique()}
        for text, code in codes.items():
            if shape.fullmatch(code) or code.lower().strip("[]") in STATUS:
                continue
            rows = frame.loc[frame[column] == text, ROW]
            rule = f"is no code of an area here, which is {_NAMES[shape]}"
            problems.append(
                Problem(
                    where, rule, row=int(rows.iloc[0]), column=column, value=str(text)[:40],
                    code="published.code", count=len(rows),
                )
            )  # fmt: skip
        made[column] = frame[column].map(codes)
    return frame.assign(**made), problems
