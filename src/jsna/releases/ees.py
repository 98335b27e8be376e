"""Reader of the Explore Education Statistics layout: a CSV, or a zip of CSVs.

Columns are found by name, because their order differs from file to file. UTF-8 with or without a
byte order mark, or Windows-1252; LF or CRLF. What cannot be read is refused with the reason.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.machine import limits, trouble
from jsna.releases import codes, identifiers
from jsna.releases.identifiers import IDENTIFIER
from jsna.releases.release import LEVEL, ROW, TIME, OfficialTable, with_geography

REQUIRED: Final = (TIME, IDENTIFIER, LEVEL, "country_code")
LEVELS: Final = frozenset(
    {
        "English devolved area", "Institution", "Local authority", "Local authority district",
        "Local enterprise partnership", "Local skills improvement plan area",
        "MAT", "Mayoral combined authority", "National", "Opportunity area",
        "Parliamentary constituency", "Planning area", "Police force area", "Provider", "Regional",
        "RSC region", "School", "Sponsor", "Ward",
    }
)  # fmt: skip
#: Name of the notes of a release in its zip.
_GUIDANCE: Final = "data-guidance.txt"
#: Pairs of columns of which one holds the kind of characteristic and the other its value. Files
#: hold them either way round, so which is which is told by content; see `_characteristics`.
PAIRS: Final = (
    ("characteristic_type", "characteristic"),
    ("characteristic_group", "characteristic"),
    ("breakdown_topic", "breakdown"),
)
KIND: Final = "characteristic_kind"
VALUE: Final = "characteristic_value"


def read(path: Path, table: str) -> OfficialTable:
    """Read one table of a release.

    Args:
        path: the CSV, or a zip with a CSV named `<table>.csv` in any folder.
        table: stem of the CSV; for a bare CSV only a name.

    Raises:
        JsnaError: with everything found wrong with the file.
    """
    footnotes: tuple[str, ...] = ()
    if path.suffix.lower() == ".zip":
        content, footnotes = _from_zip(path, table)
        where = f"{path.name}, {table}.csv"
    else:
        content, where = path.read_bytes(), path.name
    return OfficialTable(_frame(content, where), where, footnotes)


def _refuse(where: str, rule: str, code: str, **place: int | str) -> JsnaError:
    return JsnaError(Problem(where, rule, code=f"published.{code}", **place))  # type: ignore[arg-type]


def _from_zip(path: Path, table: str) -> tuple[bytes, tuple[str, ...]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            found = [n for n in names if PurePosixPath(n).name.lower() == f"{table.lower()}.csv"]
            if len(found) != 1:
                stems = sorted(PurePosixPath(n).stem for n in names if n.lower().endswith(".csv"))
                problem = "no file" if not found else f"{len(found)} files"
                rule = f"the zip has {problem} named {table}.csv; it has {', '.join(stems)}"
                raise _refuse(path.name, rule, "zip")
            for part in archive.infolist():
                if part.filename in found or PurePosixPath(part.filename).name == _GUIDANCE:
                    limits.check_size(part.file_size, unpacked=True)
            guidance = [n for n in names if PurePosixPath(n).name == _GUIDANCE]
            text = archive.read(guidance[0]).decode("utf-8", "replace") if guidance else ""
            return archive.read(found[0]), footnotes(text, table)
    except limits.TooLargeError as large:
        raise _refuse(path.name, str(large), "large") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        trouble.pass_on(error)
        rule = "is not a whole zip file (was the download cut short?); fetch it again"
        raise _refuse(path.name, rule, "zip") from error


def footnotes(guidance: str, table: str) -> tuple[str, ...]:
    """The numbered footnotes a release's data guidance gives for one of its files."""
    section = re.search(
        rf"^Filename: {re.escape(table)}\.csv\s*$(.*?)(?=^Filename: |\Z)",
        guidance,
        flags=re.MULTILINE | re.DOTALL,
    )
    if section is None:
        return ()
    _, _, notes = section.group(1).partition("Footnotes:")
    found = re.findall(r"^\d+\. +(\S.*?)\s*$", notes, flags=re.MULTILINE)
    return tuple(re.sub(r"\s+", " ", note) for note in found)


def _decode(content: bytes, where: str) -> bytes:
    """The content as UTF-8 without a byte order mark."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:1000]:
        raise _refuse(where, "is not text in UTF-8 or Windows-1252; fetch it again", "text")
    try:
        content.decode("utf-8")
        return content
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252").encode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        rule = "is neither UTF-8 nor Windows-1252 text"
        raise _refuse(where, rule, "text", row=row) from error


def _frame(content: bytes, where: str) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    from jsna.io import text_type

    text = _decode(content, where)
    if not text.strip():
        raise _refuse(where, "is empty", "empty")
    first, _, rest = text.partition(b"\n")
    header = [name.strip() for name in next(csv.reader(io.StringIO(first.decode())))]
    _check_header(header, where)
    if not rest.strip():
        raise _refuse(where, "has a header and no rows", "empty")
    unique = [f"{name}\n{header[:at].count(name)}" for at, name in enumerate(header)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(rest),
            read_options=arrow_csv.ReadOptions(column_names=unique, use_threads=False),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(unique, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise _refuse(where, _csv_reason(str(error), len(header)), "rows") from error
    table = _without_repeats(table, header, where)
    frame: pd.DataFrame = table.to_pandas(types_mapper=text_type)
    frame[ROW] = range(2, len(frame) + 2)
    for name in (TIME, IDENTIFIER, LEVEL):
        frame[name] = frame[name].str.strip()
    frame, problems = codes.made_plain(frame, where)
    frame, found = _timed(frame, where)
    if problems := [*problems, *found]:
        raise JsnaError(problems)
    return _characteristics(_checked(with_geography(frame), where))


def _csv_reason(message: str, columns: int) -> str:
    found = re.search(r"Expected \d+ columns, got (\d+)", message)
    row = re.search(r"[Rr]ow #?(\d+)", message)
    if found:
        at = f"; row {int(row.group(1)) + 1:,}" if row else ""
        return f"a row has {found.group(1)} cells where the header has {columns}{at}"
    return "is not a CSV file that can be read; check quotes and that the file is whole"


def _check_header(header: list[str], where: str) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if not missing:
        return
    for mark, name in (("\t", "tabs"), (";", "semicolons"), ("|", "vertical bars")):
        if len(header) == 1 and mark in header[0]:
            raise _refuse(where, f"columns are separated by {name}, not by commas", "separator")
    rule = (
        f"has no column {', '.join(map(repr, missing))}; the first row must be the header of an "
        "Explore Education Statistics data file (a file of metadata is not one)"
    )
    raise _refuse(where, rule, "columns", row=1)


def _without_repeats(table: pa.Table, header: list[str], where: str) -> pa.Table:  # type: ignore[name-defined]  # noqa: F821
    """One column a name: repeated ones are dropped where identical, and refused where not."""
    problems = []
    for at, name in enumerate(header):
        first = header.index(name)
        if first != at and not table.column(first).equals(table.column(at)):
            rule = f"columns {first + 1} and {at + 1} have this name and differ; one must go"
            problems.append(Problem(where, rule, row=1, column=name, code="published.repeated"))
        if not name and any(cell.as_py() for cell in table.column(at).unique()):
            rule = f"column {at + 1} has cells and no name"
            problems.append(Problem(where, rule, row=1, code="published.unnamed"))
    if problems:
        raise JsnaError(problems)
    kept = [at for at, name in enumerate(header) if name and header.index(name) == at]
    return table.select(kept).rename_columns([header[at] for at in kept])


def _checked(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    unknown = ~frame[LEVEL].isin(LEVELS)
    if unknown.any():
        row = frame.loc[unknown].iloc[0]
        raise _refuse(
            where,
            f"is not a geographic level of Explore Education Statistics ({unknown.sum():,} rows)",
            "level",
            row=int(row[ROW]),
            column=LEVEL,
            value=str(row[LEVEL])[:40],
        )
    return frame


def _timed(frame: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with times as `periods` reads them; a problem for each unknown identifier."""
    problems = [
        Problem(
            where, identifiers.unknown(str(name)), row=int(rows[ROW].iloc[0]), column=IDENTIFIER,
            value=str(name)[:40], code="published.identifier", count=len(rows),
        )
        for name, rows in frame.groupby(IDENTIFIER, sort=True)
        if not identifiers.known(str(name))
    ]  # fmt: skip
    pairs = frame[[TIME, IDENTIFIER]].drop_duplicates()
    read = {pair: identifiers.time(*pair) for pair in pairs.itertuples(index=False, name=None)}
    times = [read[pair] for pair in zip(frame[TIME], frame[IDENTIFIER], strict=True)]
    return frame.assign(**{TIME: pd.Series(times, frame.index, dtype=frame[TIME].dtype)}), problems


def _characteristics(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `characteristic_kind` and `characteristic_value` where the file has such a pair.

    A kind has several values, so the column with fewer different entries holds the kinds. Some
    releases hold the pair the other way round, which a reader by name alone would get wrong.
    """
    for kind, value in PAIRS:
        if kind in frame and value in frame:
            if frame[kind].nunique() > frame[value].nunique():
                kind, value = value, kind
            return frame.assign(**{KIND: frame[kind], VALUE: frame[value]})
    return frame
