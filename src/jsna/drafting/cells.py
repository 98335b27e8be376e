"""What the cells of one column of a file look like, as text: nothing else of them is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from jsna.ingest.dates import Written, read
from jsna.ingest.header import plain
from jsna.shared import headers, patterns
from jsna.shared.identifiers import nhs_number_ok

#: Share of filled cells of which a column must be to be taken for something.
NEARLY_ALL: Final = 0.95
#: Words of yes and no, as validation reads them.
_YES_NO: Final = ({"y", "yes", "true", "t", "1"}, {"n", "no", "false", "f", "0"})
#: Nine digits before the point at most: ten may name a child, and more are cells run together.
_INTEGER: Final = r"-?\d{1,9}(\.0+)?"
_NUMBER: Final = r"-?(\d{1,9}(\.\d*)?|\.\d+)"
#: The same with the marks of money and of per cent, and commas between thousands.
_MARKED: Final = r"(-?£ ?|£ ?-|-)?(\d{1,3}(,\d{3}){1,2}|\d{1,9})(\.\d*)? ?%?"
#: What a cell without a value says, in files of every kind.
_SAYS_NONE: Final = frozenset(
    {"n/a", "na", "n.a.", "-", "--", "none", "null", "nil", "unknown", "not known", "tbc", "tba"}
)
_NHS: Final = r"\d{3}[ -]?\d{3}[ -]?\d{4}"
_YEARS: Final = r"(19|20)\d\d(([/-](19|20)?\d\d)|)"
#: One code of a list: no mark that separates codes elsewhere.
_CODE: Final = re.compile(r"\w[\w .,()/&+-]{0,59}")
#: A header: words, not a day, a code or a number.
_HEADER: Final = re.compile(r"(?!(?:.*\d){5})[^\W\d][\w .,:()/%£?&'’*+–-]{0,79}")


@dataclass(frozen=True, slots=False)
class Cells:
    """A column of a file as received.

    Attributes:
        header: what stands over it.
        values: its filled cells, trimmed.
        rows: how many rows the file has.
        holders: cell without its case -> how many persons have it; None where the file names none.
    """

    header: str
    values: tuple[str, ...]
    rows: int
    holders: Mapping[str, int] | None = None

    @property
    def key(self) -> str:
        """The header without case, spaces and marks."""
        return plain(self.header)

    @cached_property
    def words(self) -> list[str]:
        """The words of the header in small letters."""
        return headers.words(self.header)

    @property
    def is_header(self) -> bool:
        """Whether the header can be one, and is no cell of a record."""
        return _HEADER.fullmatch(self.header.strip()) is not None and not self.is_a_cell

    @property
    def is_a_cell(self) -> bool:
        """Whether what stands over the column stands in it as well, as where there is no header."""
        return self.header.strip().casefold() in self.counts

    @cached_property
    def counts(self) -> dict[str, int]:
        """Cell without its case -> how many there are."""
        return Counter(value.casefold() for value in self.values)

    @property
    def empty(self) -> bool:
        """Whether some cells are empty."""
        return len(self.values) < self.rows

    @property
    def unique(self) -> bool:
        """Whether every row has a cell of its own."""
        return len(self.counts) == self.rows > 1

    def share(self, pattern: str) -> float:
        """Share of the filled cells that have a shape."""
        found = re.compile(pattern, re.IGNORECASE)
        good = sum(times for value, times in self.counts.items() if found.fullmatch(value))
        return good / len(self.values) if self.values else 0.0

    @cached_property
    def days(self) -> float:
        """Share of the filled cells that name a day."""
        good = sum(isinstance(read(text), Written) for text in self.values)
        return good / len(self.values) if self.values else 0.0

    @property
    def yes_no(self) -> bool:
        """Whether they say yes and no, or one of them in so many letters."""
        said = self.counts.keys()
        yes, no = _YES_NO
        return bool(said) and said <= yes | no and (len(said) > 1 or len(min(said)) > 1)

    @property
    def integers(self) -> bool:
        """Whether they are whole numbers, all of them."""
        return bool(self.values) and self.share(_INTEGER) == 1

    @property
    def numbers(self) -> bool:
        """Whether they are numbers, all of them."""
        return bool(self.values) and self.share(_NUMBER) == 1

    @property
    def marked(self) -> bool:
        """Whether they are numbers, some of them with marks that are read away."""
        return bool(self.values) and not self.numbers and self.share(_MARKED) == 1

    @property
    def pounds(self) -> bool:
        """Whether the header or the cells say that they are money."""
        said = "£" in self.header or {"gbp", "pounds"} & {*self.words}
        return bool(said) or any("£" in value for value in self.counts)

    @cached_property
    def numbered(self) -> list[float]:
        """The numbers they are, without their marks."""
        return [float(re.sub("[£,% ]", "", value)) for value in self.values]

    @cached_property
    def without_none(self) -> tuple[Cells, tuple[str, ...]]:
        """The cells but for those that say there is no value, and what these say."""
        none = tuple(sorted({text.upper() for text in self.counts if text in _SAYS_NONE}))
        kept = tuple(value for value in self.values if value.upper() not in none)
        return Cells(self.header, kept, self.rows, self.holders), none

    @property
    def years(self) -> bool:
        """Whether they are years, which are those of the delivery."""
        return bool(self.values) and self.share(_YEARS) == 1 and "year" in self.words

    @property
    def identifier(self) -> str:
        """Which identifier they are by their shape alone; "" where none."""
        if self.share(patterns.UPN) >= NEARLY_ALL:
            return "upn"
        if self.share(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}") >= NEARLY_ALL:
            return "postcode"
        return "nhs_number" if self._numbers_of_patients else ""

    @property
    def _numbers_of_patients(self) -> bool:
        import pandas as pd

        if self.share(_NHS) < NEARLY_ALL:
            return False
        said = pd.Series([re.sub(r"\D", "", value) for value in self.values])
        good = [nhs_number_ok(said, synthetic=synthetic) for synthetic in (False, True)]
        return float((good[0] | good[1]).mean()) >= NEARLY_ALL

    def codes(self, most: int, least: int) -> tuple[tuple[str, ...], int] | None:
        """The cells as codes of a list, in order; None where they are none.

        Args:
            most: codes a list may have.
            least: rows a code must have, and persons where any are named: what fewer have may be
                anything, such as the initials of one who has many rows, and is not told.

        Returns:
            the codes, each as it is most often written, and how many further ones there are.
        """
        held = self.counts if self.holders is None else self.holders
        often = {code for code in self.counts if held.get(code, 0) >= least}
        if not often or len(often) > most or len(self.counts) - len(often) > len(often):
            return None
        if sum(self.counts[code] for code in often) < NEARLY_ALL * len(self.values):
            return None
        written = Counter(value for value in self.values if value.casefold() in often)
        found: dict[str, str] = {}
        for value, _ in written.most_common():
            found.setdefault(value.casefold(), value)
        if not all(_CODE.fullmatch(value) for value in found.values()):
            return None
        return tuple(sorted(found.values())), len(self.counts) - len(often)
