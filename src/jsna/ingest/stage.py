"""Every file of an edition, read once: digest checked, turned into staged frames.

Nothing stops at the first fault: each file's problems are gathered, so that an analyst puts all
of them right in one go.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jsna.errors import Problem
from jsna.ingest.beside import BesideFiles
from jsna.ingest.files_of import files_of
from jsna.ingest.grid import Findings
from jsna.ingest.guard import SMALL, Guard
from jsna.ingest.kept import Kept
from jsna.ingest.read import Reading, read_table
from jsna.ingest.xml_file import forget, is_xml
from jsna.ingest.xml_year import check_year
from jsna.machine import limits, trouble
from jsna.model.contract import Extract
from jsna.model.editions import Delivery
from jsna.model.layouts import Layout
from jsna.records import DIGESTS, read_digests

if TYPE_CHECKING:
    import pandas as pd

#: A problem of one of these leaves nothing of the whole file to look at.
_WHOLE_FILE = frozenset({"file.empty", "file.format", "file.large", "file.truncated"})


@dataclass(frozen=True, slots=True)
class Staged:
    """One table of one delivery.

    Attributes:
        delivery: the delivery it belongs to.
        table: name of the table, or key of a part of an export.
        rows: its rows as text; None where they cannot be judged.
        findings: what is wrong with the file.
        places: the files and sheets its rows are of (`jsna.ingest.places`); none or one where all
            are of one.
    """

    delivery: Delivery
    table: str
    rows: Kept | None
    findings: Findings
    places: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame | None:
        """The rows as a frame, made whenever it is asked for."""
        return None if self.rows is None else self.rows.frame()


def declared(delivery: Delivery) -> None:
    """The layout of a delivery whose files are as declared: none."""


def stage_deliveries(
    deliveries: Iterable[Delivery],
    extracts: Mapping[str, Extract],
    folder: Path,
    *,
    synthetic: bool,
    read: Callable[..., Reading] = read_table,
    layouts: Callable[[Delivery], Layout | None] = declared,
) -> list[Staged]:
    """Read every table of every delivery.

    Args:
        deliveries: those received.
        extracts: declared extracts by name.
        folder: where the files are; only read.
        synthetic: digests come from the generator's list where the delivery gives none.
        read: how much of a file is read: `read_table`, or `read_heading` for no rows.
        layouts: gives the layout of a delivery; None where its files are as declared.

    Returns:
        One entry for each table of each delivery, in the order of the edition and the
        declaration, whether it could be read or not.

    Raises:
        JsnaError: a file is called after a child in it. Nothing else is told, since it would name
            the file.
    """
    listed = read_digests(folder / DIGESTS) if synthetic else {}
    deliveries = list(deliveries)
    meant = {file for delivery in deliveries for file in delivery.every_file}
    guard = Guard(folder, meant)
    staged = [
        staged
        for delivery in deliveries
        for staged in _stage_delivery(
            delivery,
            extracts[delivery.extract],
            _Folder(folder, {**listed, **delivery.sha256}, meant),
            layouts(delivery),
            read,
            guard,
        )
    ]
    guard.check()
    return staged


@dataclass(slots=True)
class _Folder:
    """Files of one delivery, each opened once.

    Attributes:
        path: the folder they are in.
        digests: file -> its SHA-256.
        meant: files of any delivery: none of them is suggested for one that is missing.
        contents: file -> its bytes; None of one that cannot be opened.
        told: file -> what was found on opening it, until a table has told it.
    """

    path: Path
    digests: Mapping[str, str]
    meant: Collection[str]
    contents: dict[str, bytes | None] = field(default_factory=dict)
    told: dict[str, Findings] = field(default_factory=dict)

    def content(self, file: str) -> bytes | None:
        """The bytes of a file; None where it cannot be opened."""
        if file not in self.contents:
            self.told[file] = Findings(file)
            self.contents[file] = load(self.path, file, self.digests, self.told[file], self.meant)
        return self.contents[file]


def _stage_delivery(
    delivery: Delivery,
    extract: Extract,
    folder: _Folder,
    layout: Layout | None,
    read: Callable[..., Reading],
    guard: Guard,
) -> list[Staged]:
    places = layout.beside if layout else {}
    staged: list[Staged] = []
    held: set[str] = set()
    for key, (table, file) in files_of(delivery, extract, folder.content).items():
        content = folder.content(file)
        # A workbook's second table does not repeat what was said about the whole workbook.
        findings = folder.told.pop(file, None) or Findings(file)
        rows: Kept | None = None
        sheets: tuple[str, ...] = ()
        if content is not None:
            if file not in held:
                held.add(file)
                check_year(content, extract, delivery.period, findings)
            alone = delivery.every_file.count(file) == 1
            shape = layout.shape(key) if layout else None
            if shape is None and extract.parts is not None:
                shape = extract.parts.shapes(table.name, delivery.period)
            for other in delivery.beside.values():
                folder.content(other)
            beside = BesideFiles(delivery.beside, places, folder.content)
            reading = read(
                content,
                file,
                table,
                alone=alone,
                shape=shape,
                beside=beside,
                xml=extract.xml,
                stacked=extract.workbook,
            )
            rows, sheets = reading.rows, reading.findings.places
            seen = rows
            if read is not read_table and len(content) <= SMALL and not is_xml(content):
                seen = read_table(content, file, table, alone=alone, shape=shape).rows
            if seen is not None:
                guard.saw(delivery, file, table, seen)
            _add(findings, reading.findings, "" if alone else _place(key, content))
            opened = [folder.told.pop(name, None) for name in delivery.beside.values()]
            for more in (*opened, *beside.findings):
                if more is not None:
                    _add(findings, more, "")
            if any(p.code in _WHOLE_FILE for p in reading.findings.problems):
                folder.contents[file] = None
        staged.append(Staged(delivery, key, rows, findings, sheets or (file,)))
    forget()
    return staged


def _place(key: str, content: bytes) -> str:
    """Where in a file of several tables one stands, as messages say it."""
    return f", {'table' if is_xml(content) else 'sheet'} {key!r}"


def _add(findings: Findings, more: Findings, place: str) -> None:
    def placed(problems: list[Problem]) -> list[Problem]:
        from dataclasses import replace

        return [replace(p, where=p.where + place) for p in problems] if place else problems

    findings.problems += placed(more.problems)
    findings.warnings += placed(more.warnings)
    findings.remarks += more.remarks


def load(
    folder: Path,
    file: str,
    digests: Mapping[str, str],
    findings: Findings,
    meant: Collection[str] = (),
) -> bytes | None:
    """Bytes of a raw file, checked against its digest; None where it cannot be opened.

    Files in `meant` are those of other deliveries: none is suggested for one that is missing.
    """
    path = folder / file
    if not path.is_file():
        if (instead := _instead(path)) is not None:
            findings.refuse("file.no_file", instead)
        else:
            _report_missing(folder, file, findings, meant)
        return None
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            findings.refuse(
                "file.locked",
                "the workbook is open in a spreadsheet program (its lock file is beside it): "
                "close it without saving, or delete the lock file if nobody has it open",
            )
            return None
    try:
        content = limits.read(path)
    except limits.TooLargeError as large:
        findings.refuse("file.large", str(large))
        return None
    except FileNotFoundError:
        findings.refuse("file.missing", "the file was moved or deleted while it was being read")
        return None
    except OSError as error:
        if not isinstance(error, PermissionError):
            trouble.pass_on(error)
        rule = "the file cannot be opened: another program has it open, or you may not read it"
        findings.refuse("file.locked", rule)
        return None
    _check_digest(content, file, digests, findings)
    return content


def _instead(path: Path) -> str | None:
    """What stands under the name of a file and is none, in words; None where nothing does."""
    if path.is_dir():
        return "this is a folder, not a file: put the file itself there, under this name"
    if path.is_symlink():
        return "this is a link that leads to no file: put the file itself there"
    if path.exists():
        return "this is no file with contents but a device or pipe: put the file itself there"
    return None


def _check_digest(
    content: bytes, file: str, digests: Mapping[str, str], findings: Findings
) -> None:
    digest = hashlib.sha256(content).hexdigest()
    wanted = digests.get(file)
    if wanted is None:
        rule = f"the file is not in {DIGESTS}; make the synthetic extracts again"
        findings.refuse("file.digest_unknown", rule)
    elif digest != wanted:
        findings.refuse(
            "file.digest",
            f"this is not the file the edition names: its SHA-256 is {digest}, expected {wanted}; "
            "put the right file back, or record the new digest if the change is meant",
        )


def _report_missing(folder: Path, file: str, findings: Findings, meant: Collection[str]) -> None:
    """A missing file, with the nearest name that is there and stands for nothing else."""
    parent = (folder / file).parent
    others = {Path(one).name for one in meant}
    present = sorted(p.name for p in parent.iterdir()) if parent.is_dir() else []
    present = [name for name in present if name not in others and (parent / name).is_file()]
    near = difflib.get_close_matches(
        Path(file).name.casefold(), [name.casefold() for name in present], n=1, cutoff=0.6
    )
    # Its name may be that of a child: nobody has looked at it.
    hint = "; a file with a name like it is there: rename it if it is this file" if near else ""
    findings.refuse("file.missing", f"the file is not in the edition's folder of raw files{hint}")
