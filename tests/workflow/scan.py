"""Looks for canaries in every byte of a folder: packed, encoded, in whatever spelling.

What a file holds is laid open first: parquet is read column by column, gzip, zip and PDF streams
are unpacked, text in a PDF is put together from its glyphs, base64 is decoded. Every layer is
searched as it is and without its zero bytes (text in UTF-16).
"""

from __future__ import annotations

import base64
import binascii
import calendar
import gzip
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from tests.workflow.canary import DISTRICT, MARK, SCHOOL, Canary

_MONTHS: Final = tuple(name.lower() for name in calendar.month_abbr[1:])
_NAME: Final = rb"((?:" + b"|".join(name.encode() for name in _MONTHS) + rb")[a-z]{0,6})"
_NUMBER: Final = rb"([0-9]{1,2})(?:st|nd|rd|th)?"
_BETWEEN: Final = rb"[-/., ]{1,2}"
#: A day is written in words with a name of a month, and in no more than so many bytes before and
#: after where that begins: only there is it looked for, which is much sooner done.
_MONTH: Final = re.compile(rb"|".join(name.encode() for name in _MONTHS))
_BEFORE, _AFTER = 16, 48
#: Days in any spelling. All but the first part is looked at without being passed over, so that a
#: number before a day hides none; what a day may be part of does not matter here.
_SPELT: Final = tuple(
    re.compile(first + rb"(?=" + rest + rb"(?![0-9]))")
    for first, rest in (
        (rb"([0-9]{1,4})", rb"([-/])([0-9]{1,2})\2([0-9]{1,4})"),
        (rb"([0-9]{1,2})", rb"(\.)([0-9]{1,2})\.([0-9]{4})"),
        (_NUMBER, rb"(" + _BETWEEN + rb")" + _NAME + _BETWEEN + rb"([0-9]{2,4})"),
        (_NAME, rb"(" + _BETWEEN + rb")" + _NUMBER + _BETWEEN + rb"([0-9]{4})"),
        (rb"([0-9]{4})", rb"(" + _BETWEEN + rb")" + _NAME + _BETWEEN + rb"([0-9]{1,2})"),
    )
)
_IN_NUMBERS, _IN_WORDS = _SPELT[:2], _SPELT[2:]
#: Words and numbers as wholes, of which some are a day without anything between.
_WHOLE: Final = re.compile(rb"[.0-9a-z]{8,}")
_TEN: Final = re.compile(rb"([0-9]{3})(?=([ -]?[0-9]{3}[ -]?[0-9]{4})(?![0-9]))")
#: Digests, cut to as many digits as keys and fingerprints may be cut to.
_ENOUGH: Final = 16
_DIGEST: Final = re.compile(rb"[0-9a-f]{16,}")
_PACKED: Final = re.compile(rb"base64,([A-Za-z0-9+/=]{8,})")


@dataclass
class Wanted:
    """What is looked for, by how it is found."""

    numbers: set[bytes] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    hashes: set[bytes] = field(default_factory=set)
    #: What stands in no value but those planted: name -> shape, in small letters.
    marks: dict[str, re.Pattern[bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, planted: Iterable[Canary]) -> Wanted:
        """What to look for to find any of these."""
        wanted = cls()
        wanted.marks["words"] = re.compile(MARK.encode())
        wanted.marks["postcode"] = re.compile(DISTRICT.lower().encode() + rb" ?7[a-z]{2}")
        for one in planted:
            if not one.sound:
                continue
            if one.kind in ("date_of_birth", "other_date"):
                wanted.days.add(date.fromisoformat(one.value))
                continue
            if one.kind in ("upn", "former_upn"):
                start = f"{one.value[1:4]}{SCHOOL}".encode()
                wanted.marks["UPN"] = re.compile(rb"[a-z]" + start + rb"[0-9]{5}")
            elif one.kind in ("nhs_number", "uln"):
                wanted.numbers.add(one.value.encode())
            # What is hashed without a key is found by trying all numbers there are.
            for name in ("md5", "sha1", "sha256"):
                digest = hashlib.new(name, one.value.encode()).hexdigest()
                wanted.hashes.add(digest[:_ENOUGH].encode())
        return wanted

    def found(self, content: bytes) -> set[str]:
        """Kinds of what a piece of content holds."""
        small = content.lower()
        kinds = {name for name, shape in self.marks.items() if shape.search(small)}
        if not self.numbers.isdisjoint(
            re.sub(rb"\D", b"", one + rest) for one, rest in set(_TEN.findall(small))
        ):
            kinds.add("number")
        if not self.days.isdisjoint(_days(small)):
            kinds.add("date")
        if not self.hashes.isdisjoint(text[:_ENOUGH] for text in set(_DIGEST.findall(small))):
            kinds.add("plain hash")
        return kinds


def _days(content: bytes) -> Iterator[date]:
    """Every day that may be meant, in any order of its parts."""
    for text in {text for text in _WHOLE.findall(content) if len(text) == 8 and text.isdigit()}:
        for year, month, day in ((text[:4], text[4:6], text[6:]), (text[4:], text[2:4], text[:2])):
            yield from _day(year, month, day)
    near = b"\n".join(
        content[max(name.start() - _BEFORE, 0) : name.end() + _AFTER]
        for name in _MONTH.finditer(content)
    )
    for spellings, text in ((_IN_NUMBERS, content), (_IN_WORDS, near)):
        for first, _, second, third in {
            found for spelling in spellings for found in spelling.findall(text)
        }:
            for parts in ((first, second, third), (third, second, first), (third, first, second)):
                yield from _day(*parts)


def _day(year: bytes, month: bytes, day: bytes) -> Iterator[date]:
    name = month.decode()[:3]
    number = _MONTHS.index(name) + 1 if name in _MONTHS else int(month) if month.isdigit() else 0
    if year.isdigit() and day.isdigit() and number:
        whole = int(year) + (2000 if int(year) < 100 else 0)
        try:
            yield date(whole, number, int(day))
        except ValueError:
            return


def leaks(root: Path, planted: Iterable[Canary], but: Iterable[Path] = ()) -> list[str]:
    """`file: what it holds` of every file below a folder that holds a canary, by name or content.

    Args:
        root: the folder.
        planted: the canaries.
        but: folders in which they may be.
    """
    wanted, told = Wanted.of(planted), []
    allowed = [folder.resolve() for folder in but]
    # A report is the draft, copied: what is the same is opened once.
    known: dict[bytes, set[str]] = {}
    for file in sorted(root.rglob("*")):
        if any(file.resolve().is_relative_to(folder) for folder in allowed):
            continue
        # Snakemake names its records after what they are about, in base64.
        names = [file.name.encode(), *_unpacked_name(file.name)]
        kinds = {kind for name in names for kind in wanted.found(name)}
        if file.is_file():
            content = file.read_bytes()
            digest = hashlib.sha256(content).digest()
            if digest not in known:
                known[digest] = {k for layer in layers(content) for k in wanted.found(layer)}
            kinds |= known[digest]
        told += [f"{file.relative_to(root).as_posix()}: {kind}" for kind in sorted(kinds)]
    return told


def _unpacked_name(name: str) -> Iterator[bytes]:
    try:
        yield base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
    except (binascii.Error, ValueError):
        return


def layers(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """Content as it is and everything that is packed in it."""
    yield content
    if b"\x00" in content:
        yield content.replace(b"\x00", b"")
    for inner in _inside(content) if depth < 4 else ():
        yield from layers(inner, depth + 1)


def _inside(content: bytes) -> Iterator[bytes]:
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield packed.read(name)
    elif content[:4] == b"PAR1":
        yield from _columns(content)
    elif content[:5] == b"%PDF-":
        yield from _paper(content)
    for text in _PACKED.findall(content):
        yield base64.b64decode(text + b"=" * (-len(text) % 4))


def _columns(content: bytes) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(io.BytesIO(content))
    yield repr(file.schema_arrow.metadata).encode()
    for name, column in zip(file.schema_arrow.names, file.read().columns, strict=True):
        # Each different value once.
        values = column.combine_chunks().unique() if _simple(column) else column
        yield "\n".join([name, *(str(value) for value in values.to_pylist())]).encode()


def _simple(column: Any) -> bool:
    import pyarrow as pa

    return not pa.types.is_nested(column.type)


def _paper(content: bytes) -> Iterator[bytes]:
    """Every stream and text of a PDF, and what is printed, glyphs read as letters."""
    import pikepdf

    from jsna.readback.paper import read

    with pikepdf.open(io.BytesIO(content)) as pdf:
        yield b"\n".join(
            item.read_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream)
        )
        yield "\n".join(text for item in pdf.objects for text in _texts(item, 0)).encode()
    paper = read(content)
    printed = [run.text for run in (*paper.runs, *paper.outside)]
    unseen = [words for _, words in paper.unseen]
    yield "\n".join((*printed, *unseen)).encode()


def _texts(item: Any, depth: int) -> Iterator[str]:
    """Texts that stand directly in an object; others are objects of their own."""
    import pikepdf

    if isinstance(item, pikepdf.String):
        yield str(item)
    elif depth < 6 and isinstance(item, pikepdf.Array):
        for one in item:
            if not getattr(one, "is_indirect", False):
                yield from _texts(one, depth + 1)
    elif depth < 6 and isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for name, one in item.items():
            yield name
            if not getattr(one, "is_indirect", False):
                yield from _texts(one, depth + 1)
