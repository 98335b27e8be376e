"""Where the columns of an extract's tables stand in the XML of its return.

A form is a declaration, beside the extract it is of: one reader reads every return by it. A path is
names of elements from the element of one record (a child, a pupil) on, compared without case:

* `ChildIdentifiers/UPN` is the text of an element; where the path begins as that of the table's
  rows, it is the element of the row itself;
* `Disabilities/Disability[2]` is the second of several;
* `#Requests/Assessment` is the number of the row's element of that path in the file, from 1 on:
  what tables are joined by, where the return has no keys;
* `/Header/Source/LEA` stands outside the records, before them, and is counted from the root;
* `Sex|GenderCurrent` is the first of them that is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class XmlTable:
    """Which elements are rows of a table, and where its columns stand.

    Attributes:
        rows: path of the elements; "" for the record itself.
        columns: declared header -> path.
        outer: what has no such element is one row all the same, without what stands in it.
        said_by: headers of which one at least has a value in a row; an element without any of
            them is none.
    """

    rows: str
    columns: Mapping[str, str]
    outer: bool = False
    said_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class XmlForm:
    """The XML of a return.

    Attributes:
        root: name of the outermost element.
        record: path below it of the elements that are read one at a time; of several kinds with a
            bar between, all as deep.
        tables: table of the extract, or part of its files -> where it stands.
        collection: what the header may call the return (`Header/CollectionDetails/Collection`).
        year: the header says the year a period of the extract ends in
            (`Header/CollectionDetails`, `Year` and `ReferenceDate`).
        unused: paths of what the return holds beside that and nothing uses, whatever is in it;
            what is met of it is told by name.
    """

    root: str
    record: str
    tables: Mapping[str, XmlTable]
    collection: tuple[str, ...] = ()
    year: bool = False
    unused: tuple[str, ...] = ()
    #: Paths outside the records, which all returns have.
    header: tuple[str, ...] = field(default=("/Header",))
