"""The data dictionary, as a page: extracts, the analysis tables made of them, code lists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jsna.documents import analysis, extracts
from jsna.documents.markdown import code, table
from jsna.model.codelists import CodeList
from jsna.settings import shared

_HEAD = """# Data dictionary

Written by `jsna render` from the declarations in `src/jsna/sources/`,
`src/jsna/tables/` and `config/codelists/`; do not edit it.

How files become tables is in [data-flow.md](data-flow.md)."""
_EXTRACTS = """## Extracts

Headers are compared without case or spaces. Where a cell cannot be used, its row is set aside or
the cell emptied, as "if unusable" says. The rule it breaks is `<file>.<column>.` with `type` (it
cannot be read), `code` (not of the code list), `shape`, `range` or `missing`. A row that breaks a
rule of severity error is set aside, with the rules it breaks; one that breaks a warning is counted
and stays. An edition may give a rule another severity. No message shows a value of a column that
identifies somebody, and none of these leaves `identified/`."""
_TABLES = """## Analysis tables

Rows without identifiers, in `restricted/tables/`; a child is named by a keyed pseudonym alone. A
column may be empty where nothing is known."""
_CODES = """## Code lists

In `config/codelists/`, but those made of declarations. A coarser list says of which it is made."""


def page(root: Path) -> str:
    """The whole page.

    Args:
        root: where `config/` is.
    """
    found = shared.categories(root)
    parts = [_HEAD, _EXTRACTS, *extracts.sections()]
    parts += [_TABLES, *analysis.sections(found.listed), _CODES, _codes(found.lists.values())]
    return "\n\n".join(parts) + "\n"


def _codes(codelists: Iterable[CodeList]) -> str:
    head = ("code list", "title", "codes", "made of", "source", "version")
    rows = (
        (code(c.codelist), c.title, str(len(c.codes)), code(*c.of.split()), c.source, c.version)
        for c in sorted(codelists, key=lambda c: c.codelist)
    )
    return table(head, rows)
