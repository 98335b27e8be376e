"""The XML of a return to a grid for each of its tables, by the form declared for it.

Records are read one at a time and let go, so that memory is that of the cells, not of the file. A
file is refused, with the line, where it was cut short, is not XML, is in another encoding than it
says, is another return, or is built to be a burden: declarations of types or entities, elements in
elements without end, a tag of more than `LONGEST_TAG` bytes. Nothing outside the file is ever
opened. Words of the parser are never shown, since they may quote what stands in a record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from jsna.ingest.grid import Findings, Grid
from jsna.ingest.xml_met import Met
from jsna.ingest.xml_paths import Known, Node, Path, chains, find, known_to, names
from jsna.ingest.xml_rows import BLOCK, Rows
from jsna.machine import limits
from jsna.model.xml_forms import XmlForm

#: Bytes of one tag, attributes included; a return has none.
LONGEST_TAG: Final = 100_000
_LONG_TAG: Final = re.compile(rb"<[^>]{%d}" % LONGEST_TAG)
_BEGIN: Final = re.compile(rb"\s*<[?!A-Za-z]")
_PAGE: Final = re.compile(rb"\s*<(?:!doctype\s+html|html)", re.IGNORECASE)
#: Of a text of one byte a letter, and how those of two begin, with their mark or without.
_MARK: Final = b"\xef\xbb\xbf"
_BROAD: Final = (b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0?\0", b"\0<\0?")
#: A declaration of two or four bytes a letter, in letters of one.
_OTHERWISE: Final = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*.utf-?(16|32)", re.IGNORECASE)
_AGAIN: Final = "ask for it to be exported again"
_COLLECTION: Final = "header/collectiondetails/collection"


def is_xml(content: bytes) -> bool:
    """Whether a file is XML by what it begins with; a web page is not."""
    start = content[:1000]
    if start[:4] in _BROAD:
        return True
    start = start.removeprefix(_MARK)
    return _BEGIN.match(start) is not None and _PAGE.match(start) is None


@lru_cache(maxsize=1)
def _read(content: bytes, form: _Hashed) -> tuple[Mapping[str, Grid], Findings]:
    findings = Findings("")
    reader = _Reader(form.form, findings)
    return reader.read(content), findings


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A form as the key of what was last read; forms are declared once each."""

    form: XmlForm = field(compare=False)
    number: int


def forget() -> None:
    """Let go of the file last read."""
    _read.cache_clear()


def read_xml(content: bytes, form: XmlForm, table: str, findings: Findings) -> Grid | None:
    """The grid of one table of a return; None where nothing of it can be judged.

    The file is read once for all its tables, and what is wrong with the whole of it is told with
    the first.

    Args:
        content: bytes of the file.
        form: the form of the return.
        table: name of the table, or part.
        findings: where problems go.
    """
    grids, found = _read(content, _Hashed(form, id(form)))
    # The form is read of the bytes alone: which file they are of is known here.
    findings.problems += [replace(one, where=findings.where) for one in found.problems]
    if table == next(iter(form.tables)):
        findings.warnings += [replace(one, where=findings.where) for one in found.warnings]
        findings.remarks += found.remarks
    return grids.get(table)


class _Reader:
    """Reads one file."""

    def __init__(self, form: XmlForm, findings: Findings) -> None:
        self._form, self._findings = form, findings
        self._inside, self._outside = known_to(form)
        self._tables = {name: Rows.of(table) for name, table in form.tables.items()}
        root = form.root.lower()
        self._records_at = {(root, *names(one)) for one in form.record.split("|")}
        (self._depth,) = {len(path) for path in self._records_at}
        self._record_names = {path[-1] for path in self._records_at}
        self._astray: list[int] = []
        self._root = root
        self._header: dict[tuple[str, ...], str] = {}
        self._met = Met()
        self._folded: dict[str, str] = {}
        self._cells = 0
        self._records = 0

    def read(self, content: bytes) -> dict[str, Grid]:
        """Table -> its rows; none of them where the file is refused."""
        from lxml import etree

        found = _LONG_TAG.search(content)
        if found is not None:
            line = content.count(b"\n", 0, found.start()) + 1
            rule = f"a tag has more than {LONGEST_TAG:,} bytes, so this is no return; {_AGAIN}"
            self._findings.refuse("file.xml", rule, row=line)
            return {}
        # With `resolve_entities=False` none is replaced, and a document with any is refused.
        events = etree.iterparse(
            io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True,
            load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True,
            remove_pis=True, recover=False,
        )  # fmt: skip
        try:
            self._walk(events)
        except etree.XMLSyntaxError as error:
            self._refuse(error, etree.ErrorTypes, content, events.error_log)
            return {}
        except limits.TooLargeError as large:
            self._findings.refuse("file.large", str(large))
            return {}
        return self._made()

    def _walk(self, events: Iterator[tuple[str, Any]]) -> None:
        path: list[str] = []
        depth = self._depth
        for event, element in events:
            if event == "start":
                path.append(self._fold(element.tag))
                if len(path) == 1 and not self._right_root(element, path[0]):
                    return
                continue
            if len(path) == depth and tuple(path) in self._records_at:
                self._take(element)
            elif tuple(path[:depth]) not in self._records_at:
                self._outside_of(path, element)
            path.pop()
            # Inside a record what was read is kept until the record ends.
            if path and len(path) < depth:
                self._let_go(element)

    def _right_root(self, element: Any, root: str) -> bool:
        docinfo = element.getroottree().docinfo
        if docinfo.internalDTD is not None or docinfo.externalDTD is not None:
            rule = "the file declares types or entities (DOCTYPE), which no return does; "
            self._findings.refuse("file.xml", rule + _AGAIN, row=element.sourceline)
            return False
        if root != self._root:
            self._other(f"the outermost element is not {self._form.root!r}")
            return False
        return True

    def _other(self, what: str) -> None:
        self._findings.refuse(
            "file.other_table",
            f"{what}, so this is not the return that the edition says: check which file stands for "
            "it there",
        )

    def _outside_of(self, path: list[str], element: Any) -> None:
        """Keep what stands outside the records, and see what nobody declared."""
        known: Known | None = self._outside
        for name in path[1:]:
            known = known.kids.get(name) if known else None
            if known is None or known.whole:
                break
        if known is None:
            self._not_known(element)
        text = (element.text or "").strip()
        if text and len(element) == 0 and self._header.setdefault(tuple(path[1:]), text) != text:
            self._met.several[path[-1]].append(element.sourceline or 0)

    def _take(self, element: Any) -> None:
        self._records += 1
        record = self._node(element, self._inside)
        for rows in self._tables.values():
            for chain in chains(record, rows.table):
                self._row(rows, record, chain)

    def _row(self, rows: Rows, record: Node, chain: tuple[Node, ...]) -> None:
        made = {
            header: self._cell(ways, rows.steps, record, chain)
            for header, ways in rows.columns.items()
        }
        if rows.table.said_by and not any(made[header] for header in rows.table.said_by):
            return
        for cells, cell in zip(rows.cells, made.values(), strict=True):
            cells.append(cell)
        rows.lines.append((chain[-1] if chain else record).line)
        self._cells += len(rows.cells)
        if len(rows.lines) % BLOCK == 0:
            rows.close()
            limits.check_cells(self._cells)

    def _cell(
        self, ways: tuple[Path, ...], steps: tuple[str, ...], record: Node, chain: tuple[Node, ...]
    ) -> str | None:
        for path in ways:
            if path.outside:
                text = self._header.get(path.names, "")
            else:
                node, several = find(path, record, steps, chain)
                if several and node is not None:
                    self._met.several[path.names[-1]].append(node.line)
                if node is None:
                    continue
                text = str(node.number) if path.counted else node.text
            if text:
                return text
        return None

    def _node(self, element: Any, known: Known) -> Node:
        """An element with what the form knows of what stands in it."""
        known.count += 1
        node = Node(known.count, element.sourceline or 0)
        for name in element.keys():  # noqa: SIM118 - of an element, not of a mapping
            # Those of a namespace are about the file: that an element is empty, where its form is.
            if not name.startswith("{"):
                self._met.attributes[name].append(node.line)
        held = (element.text or "").strip()
        for child in element:
            tag = self._fold(child.tag)
            below = known.kids.get(tag)
            if below is None:
                if not known.whole:
                    self._not_known(child)
            elif below.kids or not below.whole:
                node.kids.setdefault(tag, []).append(self._node(child, below))
                if 0 < below.most < len(node.kids[tag]):
                    self._met.past[tag].append(child.sourceline or 0)
            if below is not None and below.unused and (len(child) or (child.text or "").strip()):
                self._met.unused[below.unused] += 1
            if (child.tail or "").strip():
                self._met.stray.append(child.sourceline or 0)
        if known.kids and held:
            self._met.stray.append(node.line)
        elif held:
            node.text = held
        return node

    def _let_go(self, element: Any) -> None:
        """Free an element that was read, and those before it."""
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            if (parent[0].tail or "").strip():
                self._met.stray.append(element.sourceline or 0)
            del parent[0]

    def _not_known(self, element: Any) -> None:
        name = str(element.tag).rpartition("}")[2]
        self._met.unknown[name] += 1
        if name.lower() in self._record_names:
            self._astray.append(element.sourceline or 0)

    def _fold(self, tag: Any) -> str:
        """The name of an element in small letters, without its namespace."""
        if tag not in self._folded:
            self._folded[tag] = str(tag).rpartition("}")[2].lower()
        return self._folded[tag]

    def _refuse(self, error: Any, kinds: Any, content: bytes, log: Any) -> None:
        """Say in words of our own why a file is no XML; the parser's quote what it read."""
        last = content.count(b"\n")
        # An entity nobody declared is noted in the log, and the error is of the end.
        line = error.lineno or next((entry.line for entry in log if entry.line), None)
        if (line or 0) >= last and error.code in (
            kinds.ERR_TAG_NOT_FINISHED, kinds.ERR_GT_REQUIRED, kinds.ERR_LTSLASH_REQUIRED,
            kinds.ERR_DOCUMENT_EMPTY, kinds.ERR_NAME_REQUIRED, kinds.ERR_ATTRIBUTE_NOT_FINISHED,
        ):  # fmt: skip
            code, rule = "file.truncated", "the file ends before what it began: it was cut short"
        elif error.code in (
            kinds.ERR_INVALID_ENCODING, kinds.ERR_INVALID_CHAR, kinds.ERR_UNKNOWN_ENCODING,
            kinds.ERR_UNSUPPORTED_ENCODING, kinds.I18N_CONV_FAILED, kinds.I18N_NO_NAME,
        ) or _OTHERWISE.match(content):  # fmt: skip
            code = "file.encoding"
            rule = "letters are in another encoding than the file says, or in none that is known"
        else:
            code, rule = "file.xml", "the file is not well-formed XML from here on"
        self._findings.refuse(code, f"{rule}; {_AGAIN}, and do not edit it", row=line)

    def _made(self) -> dict[str, Grid]:
        form, findings = self._form, self._findings
        if findings.problems:
            return {}
        said = self._header.get(tuple(_COLLECTION.split("/")), "")
        if form.collection and said and said.upper() not in form.collection:
            self._other("its header calls it another collection")
            return {}
        if self._astray:
            rule = "records stand where none belong, such as one in another, and would be in no "
            rule += "count; ask for the file to be exported again"
            where = {"row": min(self._astray), "count": len(self._astray)}
            findings.refuse("file.xml", rule, **where)
            return {}
        if not self._records:
            self._other(f"it has no {form.root}/{form.record}")
            return {}
        self._met.tell(findings)
        lines = [rows.lines for rows in self._tables.values()]
        numbered = any(len(set(one)) < len(one) for one in lines)
        of = "counted from 1 in each table" if numbered else "lines of the file"
        findings.remark(f"read as XML, {self._records:,} records; numbers of rows are {of}")
        return {name: rows.grid(numbered) for name, rows in self._tables.items()}
