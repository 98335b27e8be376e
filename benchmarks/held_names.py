"""What `held.py` may find different: the lists, and how they are applied. Goes with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc


class Renamed(NamedTuple):
    """An old name and the new one that stands for it.

    kind: `file` (a path below `data/processed/<edition>/`, or `reports/…` for what is published;
        a `*` is the same text on both sides), `name` (a column, or a key of JSON), `value` (the
        whole text of a cell or of a JSON string) or `words` (part of any text: of a cell, a JSON
        string, a page, a chart, a CSV file; of a PDF, of its text).
    where: pattern of the new path, all files unless told; of `value` and `words` also
        `path:column` or `path:key.key`.
    """

    kind: Literal["file", "name", "value", "words"]
    old: str
    new: str
    where: str = "*"


#: Everything renamed since `BASE`, applied in this order to what `BASE` holds.
RENAMED: Final[tuple[Renamed, ...]] = (
    Renamed("file", "restricted/ladders.parquet", "restricted/fallbacks.parquet"),
    Renamed("file", "restricted/left.parquet", "restricted/attrition.parquet"),
    Renamed("file", "restricted/beside.json", "restricted/attrition.json"),
    Renamed("file", "safe/beside.json", "safe/attrition.json"),
    Renamed("name", "region", "cell", "restricted/ledger.parquet"),
    Renamed("name", "ladders", "fallbacks", "restricted/protection.json"),
    Renamed("name", "ladders", "fallbacks", "safe/certificate.json"),
    Renamed("name", "ladders", "fallbacks", "reports/certificate.json"),
    Renamed(
        "words",
        "config/audits/<source>.yaml, decide",
        "the release's file in config/releases/, decide",
        "restricted/audit.yaml",
    ),
    Renamed(
        "words",
        "In 42 of 153 authorities there were more than the requests of 2024, so some were on "
        "requests of the year before.",
        "Some were on requests of the year before: in 2024, 42 of 153 authorities published more "
        "decisions than requests.",
        "reports/*",
    ),
)

_WITH_CAUTIONS: Final = (
    *("jsna.html", "jsna.pdf", "data/indicators.csv", "data/synthetic_indicators.csv"),
)
#: What differs between two commits with the same results: file, keys from the outermost, why.
EXPECTED: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("reports/manifest.json", ("source",), "the commit"),
    ("reports/manifest.json", ("code",), "digests of code"),
    ("reports/manifest.json", ("configuration",), "digests of configuration"),
    ("reports/manifest.json", ("rules",), "digests of the workflow's rules"),
    ("reports/manifest.json", ("templates",), "digests of templates"),
    ("reports/manifest.json", ("lock",), "the digest of the locked packages"),
    (
        "reports/manifest.json",
        ("private", "intermediate_hmac_sha256"),
        "one digest of all that restricted/manifest.json lists, compared there",
    ),
    ("restricted/publications.json", ("recipe",), "the digest of code and configuration"),
    *(
        (file, (*start, *place, kind), "numbers in cautions, which stand with their release now")
        for file, start in (("reports/readback.json", ()), ("reports/manifest.json", ("readback",)))
        for place in (("totals",), *(("outputs", name) for name in _WITH_CAUTIONS))
        for kind in ("indicator", "release")
    ),
)


@dataclass
class Names:
    """The new names, and how often each was needed."""

    used: Counter[Renamed] = field(default_factory=Counter)

    def path(self, old: str) -> str:
        """The new path of a file."""
        for one in RENAMED:
            if one.kind == "file":
                match = re.fullmatch(re.escape(one.old).replace(r"\*", "(.*)"), old)
                if match:
                    parts = iter(match.groups())
                    old = re.sub(r"\*", lambda _, parts=parts: next(parts), one.new)  # type: ignore[misc]
                    self.used[one] += 1
        return old

    def beside(self, file: str, old: str) -> str:
        """The new path of a file that another names from the edition's folder or its own."""
        for folder in ("", f"{file.rpartition('/')[0]}/"):
            if (new := self.path(folder + old)) != folder + old:
                return new.removeprefix(folder)
        return old

    def name(self, file: str, old: str) -> str:
        """The new name of a column or key of a file, which is named by its new path."""
        for one in RENAMED:
            if one.kind == "name" and one.old == old and fnmatchcase(file, one.where):
                self.used[one] += 1
                return one.new
        return self.beside(file, old)

    def text(self, file: str, place: str, old: str) -> str:
        """A text of `BASE` with the new values and words in it."""
        for one in self._of(file, place):
            new = old
            if one.kind == "words":
                new = old.replace(one.old, one.new)
            elif old == one.old:
                new = one.new
            self.used[one] += new != old
            old = new
        return old

    def column(self, file: str, name: str, old: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column of `BASE` with, where it is of text, the new values and words in it."""
        if not (pa.types.is_string(old.type) or pa.types.is_large_string(old.type)):
            return old
        for one in self._of(file, name):
            if one.kind == "words":
                new = pc.replace_substring(old, one.old, one.new)
            else:
                held = pc.fill_null(pc.equal(old, one.old), False)
                new = pc.if_else(held, one.new, old).cast(old.type)
            self.used[one] += not new.equals(old)
            old = new
        return old

    @staticmethod
    def _of(file: str, place: str) -> Iterator[Renamed]:
        """Entries that change text at a place of a file."""
        for one in RENAMED:
            pattern, _, at = one.where.partition(":")
            fits = fnmatchcase(file, pattern) and (not at or fnmatchcase(place, at))
            if one.kind in ("value", "words") and fits:
                yield one


SAME, COLUMNS, LISTED, DIFFERENT = "same", "new columns", "listed", "different"
_RANK: Final = (SAME, LISTED, COLUMNS, DIFFERENT)


@dataclass
class Outcome:
    """How one file compares: the worst of what was found, and a line for each finding."""

    verdict: str = SAME
    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, verdict: str, line: str) -> None:
        """Note one finding."""
        self.lines.append((verdict, line))
        self.verdict = max(self.verdict, verdict, key=_RANK.index)
