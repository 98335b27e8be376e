"""A code list: the categories of a dimension or the codes of a column."""

from __future__ import annotations

from pydantic import Field

from jsna.model.base import Name, Strict


class CodeList(Strict):
    """A versioned list of codes: `config/codelists/<name>.yaml`."""

    codelist: Name
    title: str
    source: str
    version: str
    #: Code -> label, in the order they are shown.
    codes: dict[str, str]
    #: The finer dimension, where this list is a coarser version of it …
    of: str = ""
    #: … and for each code the finer codes it stands for, each of them in one place.
    finer: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: Code of an optional, finer set that files may hold instead -> the code it counts as.
    rolls_up: dict[str, str] = Field(default_factory=dict)
