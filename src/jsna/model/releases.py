"""One issue of an official dataset: `config/releases/<dataset>/<release>.yaml`.

The file says what the release is and where it comes from, how its tables are laid out, which of
its columns give which indicator, and what is known of its faults and breaks. Indicators name no
column of it, so that a changed layout is one file, and two releases of a dataset stand side by
side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from jsna.model.audits import Break, Known
from jsna.model.base import AuthorityCode, Name, Printed, Sha256, Strict, Words

#: Where releases are declared, below the project's folder.
FOLDER: Final = "config/releases"
#: The split of a table that no dimension is shown by.
TOTAL: Final = "total"
#: Column -> entry or entries a row must have.
Rows = dict[str, str | tuple[str, ...]]
SIDES: Final = ("value", "numerator", "denominator")


class CategoryColumns(Strict):
    """Columns of a published file that hold one category's figures."""

    numerator: str | None = None
    denominator: str | None = None
    value: str | None = None


class OtherTable(Strict):
    """Rows of another table of the same release, one for each area and period."""

    table: str
    select: Rows = Field(default_factory=dict)


class Published(Strict):
    """Where a release gives an indicator: what its reader and its auditor work by.

    Attributes:
        dataset, release: which official dataset, and which issue of it.
        table: table of the release (for Explore Education Statistics, the stem of the CSV).
        select: column -> entry or entries a row must have.
        value, numerator, denominator: columns, as published; `a + b` adds columns up. Without
            `value` it is calculated.
        denominator_from: the table the denominator stands in, where it is another.
        dimensions: our dimension -> column that holds its category.
        categories: our dimension -> published label -> our category; others are left out, and
            labels of one category are added up. `age 5..10` stands for six labels.
        category_columns: our dimension -> our category -> columns, for wide files.
        period_type: kind of period the file's times stand for.
        scale: multiplies `value` into the indicator's unit.
        note: said of each figure.
    """

    dataset: str
    release: str = ""
    table: str
    select: Rows = Field(default_factory=dict)
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    denominator_from: OtherTable | None = None
    dimensions: dict[str, str] = Field(default_factory=dict)
    categories: dict[str, dict[str, str]] = Field(default_factory=dict)
    category_columns: dict[str, dict[str, CategoryColumns]] = Field(default_factory=dict)
    period_type: str
    scale: float = 1.0
    note: str = ""


class Split(Strict):
    """The rows of a table that give one split of its figures.

    Attributes:
        rows: column -> entry or entries a row must have.
        column: the column that holds the categories; none for `total`.
        labels: published label -> our category, see `Published.categories`; none where the labels
            are our categories.
    """

    rows: Rows = Field(default_factory=dict)
    column: str = ""
    labels: dict[str, str] = Field(default_factory=dict)


class Wide(Strict):
    """Columns that each hold one category's figures.

    Attributes:
        of: our dimension.
        columns: our category -> its column(s), beside those of `codes`.
        codes: categories whose columns are `named` alike, `{}` being one in small letters.
    """

    of: str
    columns: dict[str, str] = Field(default_factory=dict)
    codes: tuple[str, ...] = ()
    named: str = ""

    @model_validator(mode="before")
    @classmethod
    def _alike(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        named = str(given.get("named", ""))
        if bool(given.get("codes")) != ("{}" in named):
            raise ValueError("`codes` and `named`, with {} for the code, stand together")
        alike = {code: named.replace("{}", str(code).lower()) for code in given.get("codes", ())}
        return {**given, "columns": {**alike, **given.get("columns", {})}}


class Figure(Strict):
    """The columns of a table that give one indicator.

    Attributes:
        value, numerator, denominator: as of `Published`, or the name of one of `ReleaseTable.wide`.
        denominator_from, scale, note: as of `Published`.
        by: which splits of the table it is read by; all of them where not said.
        rows: what its rows must have beside what their split says.
        caveat: a caution that is true of them, and perhaps not of the table's others.
    """

    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    denominator_from: OtherTable | None = None
    by: tuple[str, ...] | None = None
    rows: Rows = Field(default_factory=dict)
    scale: float = 1.0
    note: str = ""
    caveat: str = ""


class ReleaseTable(Strict):
    """How one table of a release is laid out, and what it gives.

    Attributes:
        period_type: kind of period its times stand for.
        splits: `total` or our dimension -> the rows that give it; one row for each area and period
            where none is named.
        wide: name of columns that are read together -> what they hold.
        figures: indicator -> its columns; several entries where it is read in several ways.
        caveat: a caution that is true of its figures.
    """

    # None of a table that is laid out like another's.
    period_type: str = ""
    caveat: str = ""
    splits: dict[str, Split] = Field(default_factory=lambda: {TOTAL: Split()})
    wide: dict[str, Wide] = Field(default_factory=dict)
    figures: dict[str, Figure | tuple[Figure, ...]] = Field(default_factory=dict)

    def over(self, other: ReleaseTable) -> ReleaseTable:
        """This table laid over another: what it does not say is as there, but for the caution."""
        columns = {name: one.columns for name, one in other.wide.items()}
        wide = {
            name: Wide(of=one.of, columns={**columns.get(name, {}), **one.columns})
            for name, one in self.wide.items()
        }
        said = {name: getattr(self, name) for name in {*self.model_fields_set, "caveat"}}
        return other.model_copy(update={**said, "wide": {**other.wide, **wide}})

    def of(self, indicator: str) -> tuple[Figure, ...]:
        """The entries of an indicator."""
        found = self.figures.get(indicator, ())
        return found if isinstance(found, tuple) else (found,)


class ReleaseFile(Known):
    """One issue of an official dataset, where it comes from and how it is read.

    Attributes:
        publisher, title, release, published: as its publisher calls and dates it.
        file: file name below `data/raw/<edition>/published/`.
        path: path of the file below the folder given to `fetch --from`.
        address: where the file itself is downloaded; none where no lasting address is known.
        page: the publisher's page about it.
        sha256: of the file that was read when this was written; another is refused.
        layout: which reader reads its tables.
        compiled: whether it repeats figures of other releases, which then stand before its own.
        like: a release of the same dataset whose tables are laid out as this one's, but for what
            is given here: a table, or of one that both have any of its keys, or columns of its
            `wide`.
        form_of: a release that says the same in another file, which new editions take instead.
        for_records: whether it is of use to local records alone, and to no edition without them.
        covers: codes of the authorities it is of, where not of all.
        codes: of boundaries, the property of a feature that holds the code of its place.
        attribution: what its licence asks to be printed beside what is made of it.
        tables: name of each table that is read.
    """

    publisher: Words
    title: Words
    release: Words
    file: str
    path: str = ""
    address: str = ""
    page: str = ""
    licence: str
    published: date | None = None
    sha256: Sha256 | None = None
    synthetic: bool = False
    note: str = ""
    layout: Literal["ees", "lait", "iod"] = "ees"
    compiled: bool = False
    like: Name | None = None
    form_of: Name | None = None
    for_records: bool = False
    covers: tuple[AuthorityCode, ...] = ()
    codes: str = ""
    attribution: Printed = ""
    tables: dict[str, ReleaseTable] = Field(default_factory=dict)

    @property
    def gives(self) -> frozenset[str]:
        """The indicators it gives."""
        return frozenset(name for table in self.tables.values() for name in table.figures)


class Release(ReleaseFile):
    """A release with its place.

    Attributes:
        dataset, id: the folder of its file, and the file's stem.
    """

    dataset: Name
    id: Name

    @property
    def declared_in(self) -> str:
        """Its file, below the project's folder."""
        return f"{FOLDER}/{self.dataset}/{self.id}.yaml"

    def cautions(self, indicator: str) -> tuple[str, ...]:
        """What to beware of in its figures of an indicator."""
        told = (
            caveat
            for table in self.tables.values()
            for figure in table.of(indicator)
            for caveat in (table.caveat, figure.caveat)
        )
        return tuple(dict.fromkeys(filter(None, told)))

    def break_at(self, indicator: str, starts: str) -> Break | None:
        """The break of an indicator's series whose new figures start with a period."""
        for one in self.breaks:
            tables = (self.tables[name] for name in one.tables if name in self.tables)
            told = indicator in one.indicators or any(table.of(indicator) for table in tables)
            if told and one.starts == starts:
                return one
        return None

    def mappings(self, indicator: str) -> Iterator[Published]:
        """Where this release gives an indicator, in the order of its file."""
        for name, table in self.tables.items():
            for figure in table.of(indicator):
                splits = table.splits if figure.by is None else figure.by
                for split in splits:
                    yield self._mapping(name, table, figure, split)

    def _mapping(self, name: str, table: ReleaseTable, figure: Figure, split: str) -> Published:
        rows = table.splits[split]
        return Published(
            dataset=self.dataset,
            release=self.id,
            table=name,
            select={**rows.rows, **figure.rows},
            **_columns(table, figure),
            denominator_from=figure.denominator_from,
            dimensions={} if split == TOTAL else {split: rows.column},
            categories={split: rows.labels} if rows.labels else {},
            period_type=table.period_type,
            scale=figure.scale,
            note=figure.note,
        )


def _columns(table: ReleaseTable, figure: Figure) -> dict[str, Any]:
    """The columns of each side, those of categories apart."""
    sides = {side: getattr(figure, side) for side in SIDES}
    wide = {side: table.wide[name] for side, name in sides.items() if name in table.wide}
    by_category: dict[str, dict[str, dict[str, str]]] = {}
    for side, one in wide.items():
        for code, column in one.columns.items():
            by_category.setdefault(one.of, {}).setdefault(code, {})[side] = column
    single = {side: name for side, name in sides.items() if side not in wide}
    return {**single, "category_columns": by_category}


def published(
    releases: Mapping[str, tuple[Release, ...]], indicators: Mapping[str, object]
) -> dict[str, tuple[Published, ...]]:
    """Indicator -> where some releases give it, those first that stand before others.

    Args:
        releases: dataset -> releases of it, as an edition names them: of two that give one figure
            the first stands. Compilations come after all others.
        indicators: those that are declared.
    """
    every = [release for chosen in releases.values() for release in chosen]
    ordered = sorted(every, key=lambda release: release.compiled)
    return {
        name: tuple(mapping for release in ordered for mapping in release.mappings(name))
        for name in indicators
    }
