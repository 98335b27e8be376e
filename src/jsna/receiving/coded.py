"""Which declared code each code of a file is: by the declaration, by its label, or a question.

What is proposed may be written into a mapping and shown, so a value is named here only where it is
one of the declaration's own words, or `drafting.writable` lets a draft have it: a code that many
rows hold, too short for a name, or of a column somebody looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from jsna.drafting import writable
from jsna.drafting.cells import Cells
from jsna.ingest.header import plain
from jsna.model.contract import Column
from jsna.receiving.fits import MAY_BE_EMPTY, Held, filled
from jsna.shared import headers

#: How alike a value is to a label to be taken for it, and by how much more than to another.
SURE, APART, LIKELY = 0.9, 0.1, 0.7
#: How systems write codes of two words, by the codes of the list.
_OTHERS: Final[Mapping[frozenset[str], Mapping[str, str]]] = {
    frozenset("MF"): {"male": "M", "boy": "M", "1": "M", "female": "F", "girl": "F", "2": "F"},
    frozenset("YN"): {"yes": "Y", "true": "Y", "1": "Y", "no": "N", "false": "N", "0": "N"},
}
#: Abbreviations of labels, and of what systems write for them, in full.
_FULL: Final[Mapping[str, str]] = {
    "sen": "special educational need",
    "needs": "need",
    "ehc": "education health care",
    "ehcp": "education health care plan",
    "plans": "plan",
    "and": "",
    "of": "",
    "the": "",
}
#: Values are cut to this many letters where they are compared.
_LONGEST: Final = 80
#: Share of a column's cells without a code, past which a build would refuse the file.
_MOST_UNKNOWN: Final = 0.2


@dataclass(frozen=True, slots=True)
class Coding:
    """How the codes of a column are to be read.

    Attributes:
        codes: the file's code -> the declared one; empty where the declaration reads all of them.
        empty: what of the file says that there is no value.
        asked: the file's code -> declared ones that it may be, those it is most like first.
        rows: filled cells.
        mapped: those of them whose code is known.
        hidden: different values that may not be written.
        ended: codes of it that end with a return -> which that is, by the year it ends in.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    rows: int = 0
    mapped: int = 0
    hidden: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)

    @property
    def too_few(self) -> bool:
        """Whether a build would refuse the file for what is not known."""
        return self.rows - self.mapped > _MOST_UNKNOWN * self.rows


def coding(
    cells: Cells,
    column: Column,
    held: Held,
    names: Set[str],
    given: Mapping[str, str],
    looked_at: bool,
) -> Coding:
    """How the codes of a column are to be read.

    Args:
        cells: what stands below its header.
        column: the declared column.
        held: the codes there are.
        names: names of persons in the file, which are no codes.
        given: the file's code -> the declared one, or "" for none, as somebody has said.
        looked_at: whether somebody looked at the column, and says that it holds codes.
    """
    # A former code said to be what it counted as stays itself: the build knows the year.
    given = {
        text: text.upper() if held.former(text, code, column) else code
        for text, code in given.items()
    }
    told = {text.casefold(): code for text, code in given.items()}
    # What says nothing elsewhere may be a code here.
    said = filled(cells) + Counter(value for value in cells.values if value.casefold() in told)
    spelt = held.spelt(column)
    may = _may_be_written(cells, names, looked_at)
    codes: dict[str, str] = {}
    asked: dict[str, tuple[str, ...]] = {}
    empty: list[str] = []
    mapped = hidden = 0
    for value, times in _by_code(said).items():
        folded = value.casefold()
        code = told.get(folded)
        if code is None:
            code, among = _meant(value, column, held, spelt)
            if folded not in may and not _own_words(value, column, held, spelt):
                hidden += 1
                continue
            if code is None:
                asked[value] = among
                continue
        if code:
            codes[value] = code
        else:
            empty.append(value)
        mapped += times
    # What somebody said holds for other years too, whose files may have codes this one lacks.
    seen = {value.casefold() for value in (*codes, *empty)}
    codes |= {text: code for text, code in given.items() if code and text.casefold() not in seen}
    read = {*codes.values()}
    if all(spelt.get(value.casefold()) == code for value, code in codes.items()):
        codes = {}
    last = {code: held.ended(column).get(code.upper()) for code in read}
    ended = {code: year for code, year in sorted(last.items()) if year is not None}
    return Coding(codes, asked, tuple(empty), sum(said.values()), mapped, hidden, ended)


def _by_code(said: Mapping[str, int]) -> dict[str, int]:
    """Values without regard to case, each as it is most often written, in order."""
    together: dict[str, int] = {}
    written: dict[str, str] = {}
    for value, times in sorted(said.items(), key=lambda item: (-item[1], item[0])):
        key = value.strip().casefold()
        written.setdefault(key, value)
        together[key] = together.get(key, 0) + times
    return {written[key]: together[key] for key in sorted(together)}


def _may_be_written(cells: Cells, names: Set[str], looked_at: bool) -> Collection[str]:
    kept = Cells(cells.header, tuple(filled(cells).elements()), cells.rows)
    # Columns of short codes alone, such as 1 and 2, are numbers to a draft, and no names.
    found = writable.codes(kept, names, looked_at)
    if isinstance(found, str):
        return {v for v in kept.counts if v.isdigit() and len(v) <= writable.SHORT}
    return {value.casefold() for value in found[0]}


def _others(column: Column, held: Held) -> Mapping[str, str]:
    codes = held.labels(column).keys()
    return next((more for two, more in _OTHERS.items() if two <= codes), {})


def _own_words(value: str, column: Column, held: Held, spelt: Mapping[str, str]) -> bool:
    """Whether a value says nothing but words of the declaration."""
    if value.casefold() in {*spelt, *_others(column, held), *MAY_BE_EMPTY}:
        return True
    words = {word for label in held.labels(column).values() for word in _in_full(label).split()}
    return {*_in_full(value).split()} <= words


def _meant(
    value: str, column: Column, held: Held, spelt: Mapping[str, str]
) -> tuple[str | None, tuple[str, ...]]:
    """The declared code of a value, or those that it may be."""
    folded = value.casefold()
    labels = held.labels(column)
    exact = {code for code, label in labels.items() if plain(label) == plain(value)}
    if folded in spelt:
        exact.add(spelt[folded])
    if other := _others(column, held).get(folded):
        exact.add(other)
    if len(exact) == 1:
        return next(iter(exact)), ()
    if exact:
        # Its code is one thing and its label another: a code that fits two.
        return None, tuple(sorted(exact))
    ranked = sorted(((_alike(value, label), code) for code, label in labels.items()), reverse=True)
    if not ranked or len(plain(value)) < 3:
        return None, tuple(code for alike, code in ranked[:3] if alike >= LIKELY)
    best, *rest = ranked
    second = rest[0][0] if rest else 0.0
    if best[0] >= SURE and best[0] - second >= APART:
        return best[1], ()
    return None, tuple(code for alike, code in ranked[:3] if alike >= LIKELY)


def _alike(value: str, label: str) -> float:
    from rapidfuzz import fuzz

    one, other = _in_full(value), _in_full(label)
    return (fuzz.token_sort_ratio(one, other) + fuzz.token_set_ratio(one, other)) / 200


@cache
def _in_full(text: str) -> str:
    said = " ".join(_FULL.get(word, word) for word in headers.words(text[:_LONGEST]))
    return " ".join(said.split())
