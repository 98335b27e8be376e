"""How an extract is declared: once, in the folder of its source, and everything else is derived.

A declaration feeds validation (a pandera schema is built from it), the data dictionary, linkage
(which identifiers it carries) and the synthetic generator (which quantity each column shows).
Adding one is adding a folder to `jsna.sources` whose `extract.py` defines `EXTRACT`.

Declarations are read by every process that loads an edition, so neither this module nor one that
declares imports pandas or pyarrow: rules import them when they are tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from jsna.model.bands import Bands
from jsna.model.codelists import Usage
from jsna.model.fills import Fill
from jsna.model.indicators import Base
from jsna.model.stacked import Stacked
from jsna.model.xml_forms import XmlForm

if TYPE_CHECKING:
    import pandas as pd

    from jsna.model.parts import Parts

Type = Literal["string", "integer", "number", "date", "code", "boolean"]
Severity = Literal["error", "warning"]
#: Where the first clause of a description ends.
_STOP: Final = re.compile(r"[;:.,](?:\s|$)")
#: A number of this size or above is a slip, such as two cells run together, unless its column
#: declares that it may be as large.
LARGEST: Final = 1e9
#: No number is as large as this: they are added up exactly, with six decimals.
NEVER: Final = 1e12
#: Years in which anything happened, or will, to children of today: each of two digits is one.
CHILDREN: Final = (1970, 2069)
#: Direct identifiers: their values never appear in a message, nor outside `identified/`.
Identifier = Literal[
    "upn", "former_upn", "nhs_number", "uln", "forename", "surname", "date_of_birth", "postcode",
    "local_id", "house", "street", "town", "other_date",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    Attributes:
        name: header in the file as received.
        field: name inside the pipeline (snake_case, the field's standard terms).
        type: how the text is read.
        description: for the data dictionary.
        required: the column must be present.
        nullable: a cell may be empty.
        codes: name of a code list in `config/codelists/` the value must be in.
        labels: of a code list of the column's own, each code with its label: the list is called
            `codes`, stands in no file, and is a dimension by itself.
        spellings: how the file itself writes codes of the list, such as 1 for M, with the code each
            stands for.
        absent: what stands in a cell without a value, such as the reason why there is none: read
            as empty.
        pattern: regular expression the whole value must match.
        minimum, maximum: bounds of a number or integer; on a side without one it is below
            `LARGEST` in size, and everywhere below `NEVER`.
        bands: of a number or integer, the bands that it is shown in.
        years: of a date, the first and the last year it may be of: years of two digits are read by
            it where it leaves one century. Of what happens to children of today by default.
        identifier: which direct identifier this is, if it is one.
        quantity: name of the quantity in the synthetic world this column shows; a column without
            one is filled from its type and codes alone.
        aliases: other headers the same column arrives under (compared without case or spaces).
        personal: cell values must not be shown in messages (always so for identifiers).
        on_invalid: what becomes of a value that cannot be used (unreadable, unknown code, wrong
            shape, out of bounds): `quarantine` sets the row aside as an error; `blank` empties the
            cell, counts a warning and keeps the row. Identifiers blank: a broken one is never used
            to link records, and never costs a child their place in a count.
        on_missing: what becomes of a row where a cell that must be filled (not `nullable`) is
            empty: `quarantine`, or `warn` where the row is worth keeping without it.
        marked: of a number: that the file may write it as `£1,234.50` or `14.2%`; the marks are
            read away.
        aged: of a date: the age on that day leaves linkage beside it, as official counts of such
            events go by it and not by the age on the day of the return.
    """

    name: str
    field: str
    type: Type
    description: str
    required: bool = True
    nullable: bool = False
    codes: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    bands: Bands | None = None
    years: tuple[int, int] = CHILDREN
    identifier: Identifier | None = None
    quantity: str | None = None
    aliases: tuple[str, ...] = ()
    personal: bool = False
    on_invalid: Literal["quarantine", "blank"] = "quarantine"
    on_missing: Literal["quarantine", "warn"] = "quarantine"
    marked: bool = False
    aged: bool = False

    @property
    def age_field(self) -> str:
        """What the age on the day in this column is called where it is `aged`."""
        return f"age_at_{self.field}"

    @property
    def called(self) -> str:
        """What the column is called in a sentence: its description, up to the first stop."""
        return _STOP.split(self.description, maxsplit=1)[0]

    @property
    def masked(self) -> bool:
        """Whether messages must not show this column's values."""
        return self.personal or self.identifier is not None


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside the rows: the delivery and the edition."""

    reference_date: date
    period: str
    authority_code: str
    codelists: Mapping[str, frozenset[str]]
    #: Code list -> optional code, or word, that a file may hold instead -> the code it counts as.
    rolls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Code list -> in which returns its codes stand, and which of them are unconfirmed.
    usage: Mapping[str, Usage] = field(default_factory=dict)
    #: `table.field` -> codes, in capitals, that a mapping reads words of the file as.
    outright: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Authority numbers a UPN may carry; None: any of the range in use.
    authorities: frozenset[str] | None = None
    #: Whether the edition is synthetic: only then may NHS numbers of the test range appear.
    synthetic: bool = False
    #: What the edition's area is divided into, and the codes of those parts; none: not checked.
    localities_are: str = "district"
    localities: frozenset[str] = frozenset()
    #: Rule code -> severity, where the edition wants another than the declared one.
    severities: Mapping[str, Severity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule across columns of one table. `check` returns True where the row passes.

    An `error` quarantines the row; a `warning` is counted and reported and the row stays. Where
    what the rule reads is empty its answer is empty, which passes.

    Attributes:
        code: stable code below the table's: `upn.letter` is reported as `census.upn.letter`.
        fatal_share: share of rows failing past which the whole file is refused (it is another
            year's, or another kind of file), with `fatal_message`.
        counted: whether failing rows are reported; not where only the share means anything.
        blanks: fields emptied where a row fails. Only for warnings: the row stays, and a date that
            cannot be true feeds no measure.
        days: which days it asks for, where that is all it does: none after the end of the delivery
            or its day (`to`), none before its beginning (`from`), or both (`within`).
        together: whether what it says of a row goes by other rows too.
        ordered: whether it asks that its second field is not below its first, and nothing else.
    """

    code: str
    severity: Severity
    message: str
    fields: tuple[str, ...]
    check: Callable[[pd.DataFrame, Context], pd.Series[bool]]
    fatal_share: float | None = None
    fatal_message: str = ""
    counted: bool = True
    blanks: tuple[str, ...] = ()
    days: Literal["", "to", "from", "within"] = ""
    together: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A rule across the tables of an extract, or across extracts.

    `table` names the table whose rows are judged, `needs` the other tables read, each written
    `table` (same extract) or `extract.table`. `check` gets every named frame and returns True
    where a row of `table` passes. Not run, and said so, where one of `needs` was not received. A
    frame of another extract holds all its deliveries, told apart by a column `period`. `blanks`,
    `fatal_share` and `fatal_message` are as for `Rule`. `again`: a row set aside by it repeats one
    that is counted, so that nobody leaves a count with it. `apart`: further fields, `table.field`:
    what lies between them and `fields` is not counted where a row breaks it, though both stay.
    """

    code: str
    severity: Severity
    message: str
    table: str
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    check: Callable[[Mapping[str, pd.DataFrame], Context], pd.Series[bool]]
    blanks: tuple[str, ...] = ()
    fatal_share: float | None = None
    fatal_message: str = ""
    again: bool = False
    apart: tuple[str, ...] = ()


#: Code of the rule that of rows with one key one stands, below the table's.
REPEATED: Final = "key.duplicate"
#: And of the one that two children, by their dates of birth, stand under one key.
SHARED: Final = "key.shared"
#: What follows the noun in words for one row: `plan` of `plan in force`.
_AFTER_NOUN: Final = re.compile(r"(?= (?:of|in|issued|named|measured|missing)\b)")
_PLURALS: Final = {"person": "people", "child": "children", "enquiry": "enquiries"}


@dataclass(frozen=True, slots=True)
class Table:
    """One file of an extract (`census`, or one of SEN2's eight modules).

    Attributes:
        name: name of the module, and of the staged and validated tables.
        description: one row is what.
        columns: in the file's order.
        key: fields that together must be unique (a duplicate is an error).
        rules: rules across columns.
        counted_as: words for one row in the data quality chapter, such as "pupil record".
        may_be_empty: a file of a header and no rows is legitimate.
        optional: a delivery may come without it, which says nothing of what it would have held.
        parent: (table, field): every row belongs to a row of that table of the same extract,
            which has the same value in that field. A row without one is an error, and identifiers
            reach the row through it: of several such rows, the latest by `dated_by`.
        dated_by: date field of which at least `dated_share` of the values given must fall in the
            delivery's period, or else the file is of the wrong year and refused.
        wait: fields of the days a wait began and ended, of a source whose tables follow from its
            declaration (`shared.usual`): it has one of waits.
        decided_by: field -> field of the same row that decides it, as a school's number its phase.
            Rows are drawn so where sums that nobody declared are looked for.
        helping: columns that are read where a file has them, to fill others by, and kept nowhere.
        fills: fields that another table gives where the file has not the column.
        used_up: a look-up that fills others and is then left behind, as its rows tell of homes.
        made_of: fields of which every row has one; others are left out, and told as `other_rows`.
        once: fields that say which event a row is of: of several files' rows, the last's stand.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    counted_as: str = "record"
    may_be_empty: bool = False
    optional: bool = False
    parent: tuple[str, str] | None = None
    dated_by: str | None = None
    dated_share: float = 0.5
    decided_by: Mapping[str, str] = field(default_factory=dict)
    wait: tuple[str, str] | None = None
    helping: tuple[Column, ...] = ()
    fills: tuple[Fill, ...] = ()
    used_up: bool = False
    made_of: tuple[str, ...] = ()
    other_rows: str = ""
    once: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column whose field is `name`."""
        for column in self.columns:
            if column.field == name:
                return column
        raise KeyError(name)

    @property
    def plural(self) -> str:
        """`counted_as` of several rows: `plans in force`, `looked-after children`."""
        noun, *rest = _AFTER_NOUN.split(self.counted_as, maxsplit=1)
        return "".join([" or ".join(map(_plural, noun.split(" or "))), *rest])

    @property
    def identifiers(self) -> dict[Identifier, str]:
        """Which direct identifiers the table carries, and the field of each."""
        return {c.identifier: c.field for c in self.columns if c.identifier is not None}


def _plural(noun: str) -> str:
    for one, many in _PLURALS.items():
        if noun.endswith(one):
            return noun.removesuffix(one) + many
    return noun + "s"


@dataclass(frozen=True, slots=True)
class Extract:
    """One raw input, possibly of several files.

    Attributes:
        name: name used in editions.
        title: what people call it.
        short: the same for the label of a chart, where the title is too long for one.
        description: what it is and where it comes from.
        period_type: which kind of period one delivery covers (see `measures.schema`).
        population_base: whom its rows stand for.
        tables: its files.
        cross_rules: rules across tables or extracts.
        person_level: whether rows are about children (and so go through linkage).
        public: whether anyone has what it holds, as of registers and estimates of population. What
            is counted from others is protected, though no row be about a child.
        xml: where its tables, or parts, stand in its XML, which may come instead.
        parts: files that its tables are put together from, which may come instead.
        workbook: all its tables on one sheet, which may come instead.
    """

    name: str
    title: str
    description: str
    period_type: str
    population_base: Base
    tables: tuple[Table, ...]
    cross_rules: tuple[CrossRule, ...] = ()
    person_level: bool = True
    public: bool = False
    short: str = ""
    xml: XmlForm | None = None
    parts: Parts | None = None
    workbook: Stacked | None = None

    @property
    def label(self) -> str:
        """What it is called where there is little room."""
        return self.short or self.title

    @property
    def about_persons(self) -> bool:
        """Whether permission is needed to use it: rows about persons, or that identify one."""
        return self.person_level or any(table.identifiers for table in self.tables)

    def table(self, name: str) -> Table:
        """The table of that name."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
