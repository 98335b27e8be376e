"""What linking a source gave, kept in the identified zone for the next run and the next stage.

A source's job is its records, put together, and their links to the spine. It is kept under the
digest of all it hangs on: the files of the source, what its declaration says of identifiers, the
rules, the code, and the jobs of the spine before it. So one row more in one file makes one job
anew, and a job of the spine all of them. Where anything else is the case the job is as if it had
never been kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.linkage.cascade import Linked
from jsna.linkage.dedupe import Deduplicated
from jsna.linkage.writing import write
from jsna.records import named

if TYPE_CHECKING:
    import duckdb

#: Folders of the package whose code decides what a job gives.
_CODE: Final = ("linkage", "model", "shared")
_TABLES: Final = ("links", "ties", "near")
#: What tells the rows of a relation apart, of those that are long; others are sorted by all.
_ORDER: Final = {
    "people": "record",
    "seen": "_at",
    **dict.fromkeys(_TABLES, "left_person, right_person"),
}


@dataclass(frozen=True, slots=True)
class Made:
    """What a job gave: relations of the database, and counts.

    Attributes:
        verdicts: how often each verdict was given: `source`, `kind`, `verdict`, `records`.
        deduplicated: the records of the source, put together.
        linked: its links to the spine; None for the first source of the spine.
    """

    verdicts: str
    deduplicated: Deduplicated
    linked: Linked | None


class Jobs:
    """Jobs of the sources of an edition.

    Args:
        database: where the relations lie, and are put.
        folder: where jobs are kept; without one nothing is.
        keys: source -> digest of what its job hangs on; see `keys`.

    Attributes:
        made: sources whose jobs were made anew, in that order.
    """

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        folder: Path | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self.database, self.folder, self.keys = database, folder, keys or {}
        self.made: list[str] = []

    def kept(self, name: str) -> Made | None:
        """What is kept of a job, put into the database; None where it is to be made."""
        if self.folder is None:
            return None
        try:
            said = self._said(name)
        except (JsnaError, OSError):
            return None
        return self._made_of(name, said)

    def required(self, name: str) -> Made:
        """What is kept of a job, put into the database, for those who cannot make it.

        Raises:
            JsnaError: naming the file that is gone, is not as it was written, or hangs on other
                files, rules or code than those of today.
        """
        return self._made_of(name, self._said(name))

    def _made_of(self, name: str, said: dict[str, Any]) -> Made:
        relations = {table: self._read(name, table) for table in said["relations"]}
        made = Deduplicated(relations["people"], **said["deduplicated"])
        linked = None
        if counts := said["linked"]:
            steps = [(step, links, out) for step, links, out in counts.pop("steps")]
            links, ties, near = (relations[table] for table in _TABLES)
            linked = Linked(links, ties, near, steps, **counts)
        return Made(relations["verdicts"], made, linked)

    def _said(self, name: str) -> dict[str, Any]:
        """What is written of a job that hangs on what it would hang on today, and is whole."""
        file = self._place(name) / "job.json"
        said: dict[str, Any] = io.read_json(file)
        if said.get("key") != self.keys[name]:
            rule = "what linking gave of this source is not of today's files, rules and code; run: "
            rule += "jsna link <edition>"
            raise JsnaError(Problem(named(file), rule, code="linkage.kept"))
        for table in said["relations"]:
            io.verified(self._file(name, table))
        return said

    def keep(self, name: str, made: Made) -> None:
        """Keep a job that was made, with the record of each row (`seen <source>`)."""
        self.made.append(name)
        if self.folder is None:
            return
        relations = {"verdicts": made.verdicts, "people": made.deduplicated.relation,
                     "seen": f'"seen {name}"'}  # fmt: skip
        counts: dict[str, Any] = {}
        if made.linked is not None:
            relations |= {table: getattr(made.linked, table) for table in _TABLES}
            counts = {key: n for key, n in asdict(made.linked).items() if key not in _TABLES}
        io.clear_folder(self._place(name))
        for table, relation in relations.items():
            query = f"FROM {relation} ORDER BY {_ORDER.get(table, 'ALL')}"
            write(self.database, query, self._file(name, table))
        found = asdict(made.deduplicated)
        del found["relation"]
        said = {"key": self.keys[name], "relations": sorted(relations), "deduplicated": found,
                "linked": counts}  # fmt: skip
        # Last: a job that was not kept to the end is none.
        io.write_json(self._place(name) / "job.json", said)

    def clear_others(self) -> None:
        """Forget the jobs of sources that are no longer there, or may no longer be linked."""
        if self.folder is None or not self.folder.is_dir():
            return
        for place in self.folder.iterdir():
            if place.name not in self.keys:
                io.clear_folder(place)
                place.rmdir()

    def _place(self, name: str) -> Path:
        assert self.folder is not None
        return self.folder / name

    def _file(self, name: str, table: str) -> Path:
        return self._place(name) / f"{table}.parquet"

    def _read(self, name: str, table: str) -> str:
        relation = f'"{table} {name}"'
        file = io.verified(self._file(name, table)).as_posix().replace("'", "''")
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE {relation} AS FROM read_parquet('{file}')"
        )
        return relation


def digest(*parts: object) -> str:
    """The digest of what a job hangs on: `parts`, the code, and the database's version."""
    said = json.dumps([_code(), *parts], sort_keys=True, default=_plainly)
    return hashlib.sha256(said.encode()).hexdigest()


def _plainly(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]


@cache
def _code() -> str:
    """Digest of the code that decides what a job gives, and of the database's version."""
    import duckdb

    root = Path(__file__).parents[1]
    found = hashlib.sha256(duckdb.__version__.encode())
    for file in sorted(file for part in _CODE for file in (root / part).rglob("*.py")):
        found.update(file.relative_to(root).as_posix().encode())
        found.update(file.read_bytes())
    return found.hexdigest()
