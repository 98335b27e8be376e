"""Which cells of the extracts a count stands on, read from the queries that make its table.

Nothing is listed by hand: the queries of the analysis tables are parsed, and each column is
followed to the fields it is made of. A row's own place in the table stands on what the query
selects by (its conditions, inner joins and groups). What is only looked up beside a row (a left
join) can change or empty a column, and takes no row away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from jsna.measures import deliveries
from jsna.model.link_passes import TRAITS
from jsna.sources import registry

if TYPE_CHECKING:
    from sqlglot import exp

    from jsna.model.contract import Extract, Table

#: What a row as a whole stands for among the fields of its table.
ROW: Final = "*"
#: Where somebody lives, however it became known: by an area code or a postcode.
HOME: Final = "lsoa_code"
#: Tables that are made beside the extracts, with their columns.
_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    deliveries.TABLE: deliveries.COLUMNS,
    "lsoa_2011": ("lsoa_2011", "lsoa_code", "parts"),
}
#: What linkage says of itself, of all sources together, with columns beside the traits of a person.
OF_LINKAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "linkage.member": ("source", "person_key", "compared", "link", "pass", "implausible"),
    "linkage.held_out": ("source", "answer", "of", "wrong", "person_key"),
    "linkage.identifier": ("source", "kind", "verdict", "records"),
    "linkage.event": ("source", "event", "cases"),
}
#: Columns linkage puts beside the fields of a table about persons.
_LINKED: Final = ("person_key", "link", "age", HOME)


class Cell(NamedTuple):
    """A field of a table of an extract; the field `ROW` is a row itself."""

    table: str
    field: str


Cells = frozenset[Cell]
_NOTHING: Final[Cells] = frozenset()
#: Kinds of cell by which rows can be put in order; by others ties are broken.
_ORDERS: Final = ("date", "integer", "number")


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a table stands on.

    Attributes:
        rows: without these a row is not in it.
        unsure: what decides beside them whether it is, where an empty cell takes no row away.
        columns: column -> what decides what stands there, beside that.
    """

    rows: Cells = _NOTHING
    unsure: Cells = _NOTHING
    columns: Mapping[str, Cells] = field(default_factory=dict)

    @property
    def all(self) -> Cells:
        """Everything that decides whether a row is in it."""
        return self.rows | self.unsure

    def of(self, columns: Iterable[str]) -> Cells:
        """What some columns stand on."""
        return frozenset().union(*(self.columns.get(column, _NOTHING) for column in columns))


def lineages(queries: Iterable[tuple[str, str]]) -> dict[str, Lineage]:
    """What every table some queries make stands on, in their order.

    Args:
        queries: name of the table and query, each after those it builds on.
    """
    known = {f"{e.name}.{t.name}": _received(e, t) for e in registry().values() for t in e.tables}
    known |= {name: Lineage(columns=dict.fromkeys(c, _NOTHING)) for name, c in _OTHERS.items()}
    known |= _of_linkage()
    made: dict[str, Lineage] = {}
    for name, sql in queries:
        made[name] = known[name] = _of_query(sql, known)
    return made


def ancestors(name: str) -> list[str]:
    """The tables a row of an extract's table belongs to, nearest first.

    A row without its row of one of these is set aside.
    """
    extract_name, table_name = name.split(".")
    extract = registry()[extract_name]
    found: list[str] = []
    table = extract.table(table_name)
    while table.parent is not None:
        table = extract.table(table.parent[0])
        found.append(f"{extract_name}.{table.name}")
    return found


def root(name: str) -> str:
    """The table that says who the rows of an extract's table are about."""
    return [name, *ancestors(name)][-1]


def _received(extract: Extract, table: Table) -> Lineage:
    """A table as linkage passes it on: ages are those of a date of birth, perhaps of a parent's."""
    name = f"{extract.name}.{table.name}"
    columns = {c.field: frozenset({Cell(name, c.field)}) for c in table.columns}
    columns |= {"period": _NOTHING}
    if extract.person_level:
        first = root(name)
        born = extract.table(first.split(".")[1]).identifiers.get("date_of_birth")
        age = frozenset({Cell(first, born)}) if born else _NOTHING
        columns |= dict.fromkeys(_LINKED, _NOTHING)
        columns |= {"age": age, HOME: frozenset({Cell(name, HOME)})}
        columns |= {c.age_field: age | columns[c.field] for c in table.columns if c.aged}
    return Lineage(frozenset({Cell(name, ROW)}), columns=columns)


def _of_linkage() -> dict[str, Lineage]:
    """Tables about linkage: of the rows of every source, with what these say of a person last."""
    roots = [
        (extract, table)
        for extract in registry().values()
        if extract.person_level
        for table in extract.tables
        if table.parent is None
    ]
    every = [_received(extract, table) for extract, table in roots]
    rows = frozenset().union(*(one.rows for one in every))
    traits = {name: frozenset().union(*(one.of([name]) for one in every)) for name in ("age", HOME)}
    for trait, codes in TRAITS.items():
        fields = [
            Cell(f"{extract.name}.{table.name}", column.field)
            for extract, table in roots
            for column in table.columns
            if column.codes in codes
        ]
        traits[trait] = frozenset(fields)
    return {
        name: Lineage(
            rows,
            columns={
                **dict.fromkeys(columns, _NOTHING),
                **(traits if name == "linkage.member" else {}),
            },
        )
        for name, columns in OF_LINKAGE.items()
    }


def _of_query(sql: str, known: Mapping[str, Lineage]) -> Lineage:
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.qualify import qualify

    tree = sqlglot.parse_one(sql, dialect="duckdb")
    read: dict[str, Lineage] = {}
    for table in tree.find_all(exp.Table):
        # The name of a table of an extract has a point in it, and is one name all the same.
        if table.name in known:
            read[_plain(table.name)] = known[table.name]
        table.set("this", exp.to_identifier(_plain(table.name), quoted=True))
    schema: dict[str, object] = {
        name: dict.fromkeys(lineage.columns, "varchar") for name, lineage in read.items()
    }
    whole = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False)
    return _query(whole, read)


def _plain(name: str) -> str:
    return name.replace(".", "__")


def _query(node: exp.Expr, known: Mapping[str, Lineage]) -> Lineage:
    """What a qualified query stands on, of tables and common table expressions by name."""
    from sqlglot import exp

    if isinstance(node, exp.Subquery):
        return _query(node.this, known)
    inner = dict(known)
    for cte in node.args["with_"].expressions if node.args.get("with_") else ():
        inner[cte.alias] = _query(cte.this, inner)
    if isinstance(node, exp.SetOperation):
        one, other = _query(node.left, inner), _query(node.right, inner)
        names = dict.fromkeys((*one.columns, *other.columns))
        columns = {n: one.of([n]) | other.of([n]) for n in names}
        return Lineage(one.rows | other.rows, one.unsure | other.unsure, columns)
    assert isinstance(node, exp.Select)
    return _Select(node, inner).lineage()


class _Select:
    """Reads one SELECT.

    Args:
        node: the qualified query.
        known: what it may read, by name.
    """

    def __init__(self, node: exp.Select, known: Mapping[str, Lineage]) -> None:
        self.node, self.known = node, known
        #: Alias -> what is read, and what a column of it stands on beside its own cells.
        self.sources: dict[str, tuple[Lineage, Cells]] = {}
        self.rows: set[Cell] = set()
        self.unsure: set[Cell] = set()

    def lineage(self) -> Lineage:
        """What its rows and its columns stand on."""
        node = self.node
        if node.args.get("from_"):
            first = self._source(node.args["from_"].this, _NOTHING)
            self.rows |= first.rows
            self.unsure |= first.unsure
        for join in node.args.get("joins") or ():
            self._join(join)
        for part in ("where", "having", "group"):
            if node.args.get(part):
                self._condition(node.args[part])
        order = _NOTHING
        if qualify := node.args.get("qualify"):
            order = self._qualified(qualify)
        columns = {p.alias_or_name: self._cells(p) | order for p in node.selects}
        if node.args.get("distinct"):
            self.rows |= frozenset().union(*columns.values())
        return Lineage(frozenset(self.rows), frozenset(self.unsure - self.rows), columns)

    def _source(self, node: exp.Expr, beside: Cells) -> Lineage:
        from sqlglot import exp

        read = self.known[node.name] if isinstance(node, exp.Table) else _query(node, self.known)
        self.sources[node.alias_or_name] = read, beside
        return read

    def _join(self, join: exp.Join) -> None:
        read = self._source(join.this, _NOTHING)
        on = self._cells(join.args["on"]) if join.args.get("on") else _NOTHING
        if join.side == "LEFT":
            self.sources[join.this.alias_or_name] = read, on | read.all
        elif join.kind == "ANTI":
            # A row that is set aside there takes none away here.
            self.unsure |= {cell for cell in on | read.all if cell.field != ROW}
        else:
            self.rows |= on | read.rows
            self.unsure |= read.unsure

    def _condition(self, node: exp.Expr) -> None:
        """Rows go by what a condition reads; not by what it reads where that may be empty."""
        from sqlglot import exp

        careful: set[Cell] = set()
        for part in node.find_all(exp.Coalesce, exp.Is):
            careful |= self._cells(part)
        self.unsure |= careful
        self.rows |= self._cells(node) - careful

    def _qualified(self, node: exp.Expr) -> Cells:
        """Which of several rows stands goes by their order: what its columns hold stands on it."""
        from sqlglot import exp

        order: set[Cell] = set()
        for part in node.find_all(exp.Order):
            order |= {cell for cell in self._cells(part) if _orders(cell)}
        bare = node.copy()
        for part in list(bare.find_all(exp.Order)):
            part.pop()
        self.rows |= self._cells(bare)
        return frozenset(order)

    def _cells(self, node: exp.Expr) -> Cells:
        """What an expression stands on; of a query in it everything that query does."""
        from sqlglot import exp

        found: set[Cell] = set()
        queries = [q for q in node.find_all(exp.Query) if q is not node]
        for query in queries:
            made = _query(query, self.known)
            found |= made.all | made.of(made.columns)
        inside = {id(column) for query in queries for column in query.find_all(exp.Column)}
        for column in node.find_all(exp.Column):
            if id(column) not in inside and column.table in self.sources:
                read, beside = self.sources[column.table]
                found |= read.of([column.name]) | beside
        return frozenset(found)


def _orders(cell: Cell) -> bool:
    extract, table = cell.table.split(".")
    if cell.field in (ROW, HOME):
        return False
    return registry()[extract].table(table).column(cell.field).type in _ORDERS
