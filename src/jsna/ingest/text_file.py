"""Bytes of a text as letters, and what separates its cells: told by the whole file, or asked.

Every reader of texts goes by this one. A file is read where it reads one way only: UTF-8,
Windows-1252 or UTF-16, with the mark of its encoding or without, its cells apart by commas,
semicolons, tabs or bars. Which it is stands in a remark, and so in the receipt of the stage. Where
it reads two ways it is refused with what a mapping has to say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from jsna.ingest import letters
from jsna.ingest.grid import Findings
from jsna.ingest.header import SEARCHED, locate
from jsna.model.contract import Table
from jsna.model.layouts import Encoding, Place, Separator

#: What separates cells -> in words, and as a mapping says it.
MARKS: Final[dict[str, tuple[str, Separator]]] = {
    ",": ("a comma", "comma"),
    ";": ("a semicolon", "semicolon"),
    "\t": ("a tab", "tab"),
    "|": ("a vertical bar", "bar"),
}
#: What a mapping may call an encoding that no file shows by itself.
_CALLED: Final[dict[Encoding, str]] = {
    "windows-1252": "cp1252",
    "dos": "cp850",
    "macintosh": "mac-roman",
}
# The module refuses cells of more than 128 kB unless told otherwise.
csv.field_size_limit(2**31 - 1)
#: Characters looked at for the header and what separates its cells.
HEAD: Final = 200_000
#: Bytes that stand in words of DOS and of old Macintosh programs and, so placed, in none of
#: Windows-1252: no letter at all, a mark that only opens a word or stands in none, a capital behind
#: a small letter.
_NOT_WINDOWS: Final = re.compile(
    rb"[\x81\x8d\x8f\x90\x9d]|(?<=[A-Za-z])(?:[\x82\x84\x89\x8b\xa1\xa2\xa4\xa5]"
    rb"|[\x86\x87\x94](?=[A-Za-z])|[\x8a\x8c\x8e\x9f](?=[a-z]))|(?<=[a-z])[\x8a\x8c\x8e\x9f]"
)
#: The bytes it looks for: a file without any of them need not be searched.
_ODD: Final = bytes.fromhex("8182848687898a8b8c8d8e8f90949d9fa1a2a4a5")
_ASK: Final = "ask its owner for CSV in UTF-8, as the system exports it"


# ---- letters -------------------------------------------------------------------------------------


def of_more_bytes(content: bytes) -> str:
    """How a text of two or four bytes a letter is to be decoded; "" of others.

    Of two bytes with the mark of its encoding or without: every second byte of plain letters is
    nought, the first of two or the second.
    """
    if content[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = content[:200]
    first, second = start[::2].count(0), start[1::2].count(0)
    if first + second <= len(start) // 10:
        return ""
    if min(first, second) > max(first, second) // 10:
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def decode(content: bytes, findings: Findings, encoding: Encoding = "") -> str | None:
    """Text of the file, whatever encoding it is in, with problems recorded; None without one.

    Args:
        content: bytes of the file.
        findings: where problems and remarks go.
        encoding: what a mapping says of it, where nothing in the file does.
    """
    if coded := of_more_bytes(content):
        return _wide(content, coded, findings)
    if b"\0" in content:
        findings.refuse(
            "file.encoding",
            "the file holds NUL bytes, so it is damaged or not a text file; ask for it again",
            row=content.count(b"\n", 0, content.index(b"\0")) + 1,
        )
        return None
    # A mark of the end of a file, of a time when files had no length.
    content = content.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\x1a")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _of_one_byte(content, error.start, findings, encoding)
    if not text.isascii():
        letters.check_text(text, findings)
    return text


def _wide(content: bytes, coded: str, findings: Findings) -> str | None:
    name = coded[:6].upper()
    try:
        text = content.decode(coded)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        rule = f"the file begins as Unicode text ({name}) and is cut short or damaged further on; "
        findings.refuse("file.encoding", rule + "ask for it again")
        return None
    findings.remark(f"read as {name}, {'without' if coded[6:] else 'with'} its mark")
    text = text.removeprefix("\ufeff").removesuffix("\x1a")
    letters.check_text(text, findings)
    return text


def _of_one_byte(content: bytes, start: int, findings: Findings, encoding: Encoding) -> str:
    """A text of one byte a letter: Windows-1252, unless its words or a mapping say otherwise."""
    row = content.count(b"\n", 0, start) + 1
    may_be = not encoding and len(content.translate(None, _ODD)) < len(content)
    odd = [one.start() for one in _NOT_WINDOWS.finditer(content)] if may_be else []
    if odd:
        rows = {content.count(b"\n", 0, at) + 1 for at in odd}
        findings.refuse(
            "file.encoding",
            "letters with accents are not UTF-8, and as Windows-1252 they are no letters: an old "
            "program for DOS or Macintosh may have written the file; say which in a mapping "
            f"(`encoding: dos` or `encoding: macintosh`; `jsna map --encoding`), or {_ASK}",
            row=min(rows),
            count=len(rows),
        )
        return content.decode("cp1252", errors="ignore")
    called: Encoding = encoding or "windows-1252"
    what = "Windows-1252" if called == "windows-1252" else f"the letters of {called.title()}"
    findings.remark(f"read as {what} (not UTF-8 from row {row:,} on)")
    return content.decode(_CALLED[called], errors="ignore")


# ---- cells ---------------------------------------------------------------------------------------


def records(start: str, mark: str, most: int = SEARCHED) -> list[list[str]]:
    """The first records of a text whose cells `mark` separates."""
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=mark)
    try:
        return list(islice(reader, most))
    except csv.Error:
        return [line.split(mark) for line in start.splitlines()[:most]]


def evenly(start: str, mark: str) -> tuple[int, int]:
    """In how many of its first lines a mark separates as many cells as in most, and how many.

    None where it separates no cells.
    """
    widths = [len(line) for line in records(start, mark) if line]
    often = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    return (widths.count(often), often) if often > 1 else (0, 0)


def evenest(start: str) -> str:
    """What separates most lines of a text evenly, the comma of equals."""
    return max(MARKS, key=lambda mark: (evenly(start, mark), mark == ","))


def separated_by(text: str, table: Table, findings: Findings, place: Place | None = None) -> str:
    """What separates the cells: that under which most declared headers appear.

    Where two marks show as many, it is the one that cuts every line of the whole file alike; where
    both do, the file is refused with the question.

    Args:
        text: the whole file.
        table: the declaration, under the headers of the file.
        findings: where the question goes.
        place: where the layout of the file has the table.
    """
    if place is not None and place.separator:
        return next(mark for mark, (_, name) in MARKS.items() if name == place.separator)
    start = text[:HEAD]
    matched = {}
    for mark in MARKS:
        lines = records(start, mark)
        found = locate(lines, table, place)
        if found.enough:
            matched[mark] = (found.matched, len(lines[found.index]))
    if not matched:
        return evenest(start)
    most = max(many for many, _ in matched.values())
    best = [mark for mark, (many, _) in matched.items() if many == most]
    if len(best) == 1:
        return best[0]
    whole = [mark for mark in best if _whole(text, mark, matched[mark][1])]
    if len(whole) > 1:
        shown = " or ".join(MARKS[mark][0] for mark in whole)
        how = " or ".join(f"`separator: {MARKS[mark][1]}`" for mark in whole)
        findings.refuse(
            "file.delimiter",
            f"cells may be separated by {shown}, and every row reads either way; say which in a "
            f"mapping ({how}; `jsna map --separator`)",
        )
    return whole[0] if whole else best[0]


def _whole(text: str, mark: str, width: int) -> bool:
    """Whether a mark cuts every line that holds anything into as many cells as the header."""
    if width < 2:
        return False
    lines: Sequence[list[str]] = records(text, mark, text.count("\n") + 1)
    return all(len(line) == width for line in lines if any(line) and len(line) > 1)
