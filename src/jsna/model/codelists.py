"""A code list: the categories of a dimension or the codes of a column."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from jsna.model.base import Name, Strict


def _each(given: Any) -> Any:
    """`one: [code, …]` for each of several codes of which the same is said."""
    if not isinstance(given, dict):
        return given
    said = [
        (code, key if isinstance(codes, list) else codes)
        for key, codes in given.items()
        for code in (codes if isinstance(codes, list) else [key])
    ]
    found = dict(said)
    if len(found) < len(said):
        raise ValueError("a code stands twice; keep one")
    return found


Codes = Annotated[
    dict[str, str],
    BeforeValidator(_each, json_schema_input_type=dict[str, str | tuple[str, ...]]),
]


class CodeListFile(Strict):
    """A versioned list of codes: `config/codelists/<name>.yaml`.

    Every code is quoted: YAML would read N, Y and NO as yes or no, and 01 as a number.

    Attributes:
        codes: code -> label, in the order they are shown; or a label -> the codes that share it.
        of: the finer dimension, where this list is a coarser version of it …
        finer: … and for each code the finer codes it stands for, each of them in one place.
        rolls_up: codes of an optional, finer set that files may hold instead, by the code they
            count as.
    """

    title: str
    source: str
    version: str
    codes: Codes
    of: str = ""
    finer: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: As loaded: optional code -> the code it counts as.
    rolls_up: Codes = Field(default_factory=dict)


class CodeList(CodeListFile):
    """A code list with its name, which is that of its file."""

    codelist: Name
