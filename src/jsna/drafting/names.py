"""Names of children where a file has them beside its cells: as its headers, and as its own name.

A name cannot be told from another word by its look. What is taken for one has a capital at each
word and no word that any source uses; of headers, only where several stand over columns of one
kind, as in a register with a column for each child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from jsna.drafting.cells import NEARLY_ALL, Cells
from jsna.drafting.reading import columns
from jsna.errors import Problem
from jsna.ingest.named_after import known_words

#: Columns of one kind under what may be names: of two words or more, and of any number.
_WHOLE_NAMES: Final = 2
_ANY_NAMES: Final = 4
#: Different marks of a register at most.
_MARKS: Final = 6
_WORD: Final = re.compile(r"[^\W\d_]+")


def in_headers(name: str, every: Sequence[Cells]) -> Iterator[Problem]:
    """Why a file cannot be drafted whose headers may be names of children.

    Args:
        name: of the file.
        every: its columns.
    """
    alike: dict[str, list[int]] = {}
    for at, cells in enumerate(every):
        if like_a_name(cells.header, 1):
            alike.setdefault(_kind(cells), []).append(at)
    for kind, found in alike.items():
        whole = sum(like_a_name(every[at].header, 2) for at in found)
        if kind and (whole >= _WHOLE_NAMES or len(found) >= _ANY_NAMES):
            rule = (
                f"what stands over {columns([at + 1 for at in found])} may be names of children, "
                "each with a column: give a row to each, with a number that names the child; if "
                "they are no names, begin them with a small letter"
            )
            yield Problem(name, rule, code="new.header")


def like_a_name(text: str, least: int) -> bool:
    """Whether a text may be a name: so many words at least, each with a capital and known nowhere.

    Args:
        text: a header, or the name of a file.
        least: words.
    """
    words = _WORD.findall(text)
    capital = all(word[0].isupper() for word in words)
    return len(words) >= least and capital and not {word.lower() for word in words} & known_words()


def _kind(cells: Cells) -> str:
    """What kind of cells a column has; "" where they are text of many kinds."""
    if cells.yes_no:
        return "yes or no"
    if cells.numbers or cells.marked:
        return "whole" if cells.integers else "number"
    if cells.values and cells.days >= NEARLY_ALL:
        return "day"
    return "marks " + " ".join(sorted(cells.counts)) if 0 < len(cells.counts) <= _MARKS else ""
