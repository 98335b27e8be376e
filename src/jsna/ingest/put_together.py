"""Parts of an export to the tables of its extract (`jsna.model.parts`), once they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from jsna.ingest.dates import Written, read
from jsna.ingest.grid import Findings
from jsna.ingest.kept import Kept
from jsna.ingest.places import placed
from jsna.ingest.stage import Staged
from jsna.model.contract import Column, Extract, Table
from jsna.model.editions import Delivery
from jsna.model.parts import About, part_of
from jsna.sources import registry

if TYPE_CHECKING:
    import pandas as pd


def as_iso(columns: Iterable[Column], frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with days as year-month-day; what cannot be read stays, to be judged."""
    from jsna.ingest.convert import TEXT

    for column in columns:
        if column.type == "date" and column.field in frame:
            said = {text: read(text) for text in frame[column.field].dropna().unique()}
            days = {
                text: one.day.isoformat() if isinstance(one, Written) else text
                for text, one in said.items()
            }
            frame = frame.assign(**{column.field: frame[column.field].map(days).astype(TEXT)})
    return frame


def put_together(
    staged: Iterable[Staged], day: Callable[[Delivery], date], codes: tuple[str, ...] = ()
) -> list[Staged]:
    """Everything read for an edition, parts of an export as the tables they make up.

    Args:
        staged: everything read.
        day: the day a delivery is counted on.
        codes: every code of the edition's authority, its own first.
    """
    made: list[Staged] = []
    waiting: dict[int, list[Staged]] = {}
    for entry in staged:
        extract = registry()[entry.delivery.extract]
        if entry.table in {table.name for table in extract.tables}:
            made.append(entry)
        else:
            waiting.setdefault(id(entry.delivery), []).append(entry)
    # In the order of their names: what others are cut to, areas, comes first.
    for entries in sorted(waiting.values(), key=lambda some: some[0].delivery.extract):
        delivery = entries[0].delivery
        others = {
            f"{one.delivery.extract}.{one.table}": frame
            for one in made
            if (frame := one.frame) is not None
        }
        about = About(delivery.period, day(delivery), codes, others)
        made += _tables(registry()[delivery.extract], entries, about)
    return made


def _tables(extract: Extract, entries: Sequence[Staged], about: About) -> list[Staged]:
    assert extract.parts is not None
    parts, delivery = extract.parts, entries[0].delivery
    by_name = {table.name: table for table in parts.tables}
    own = {table.name for table in extract.tables}
    sets: dict[str, dict[str, pd.DataFrame]] = {}
    findings = Findings(f"{delivery.extract} {delivery.period}")
    places: tuple[str, ...] = ()
    for entry in entries:
        for said, told in (
            (findings.problems, entry.findings.problems),
            (findings.warnings, entry.findings.warnings),
        ):
            said += told
        findings.remarks += entry.findings.remarks
        if (frame := entry.frame) is not None:
            part, of = part_of(entry.table)
            # One file of several may be a table as declared.
            frame = as_iso(by_name[part].columns, frame) if part in by_name else frame
            frame = frame.assign(source_row=placed(frame["source_row"], len(places)))
            places += entry.places
            sets.setdefault(of, {})[part] = frame
    whole = not any(entry.rows is None for entry in entries)
    done = [
        one if set(one) <= own else parts.put_together(one, about)
        for _, one in sorted(sets.items())
    ] * whole
    return [
        Staged(
            delivery,
            table.name,
            Kept.of(_as_declared(table, [one[table.name] for one in done])) if done else None,
            findings if at == 0 else Findings(findings.where),
            places,
        )
        for at, table in enumerate(extract.tables)
    ]


def _as_declared(table: Table, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The declared fields, and those that help to fill others, of every set; absent ones empty."""
    import pandas as pd

    from jsna.ingest.convert import TEXT

    fields = [column.field for column in (*table.columns, *table.helping)]
    rows = pd.concat(_once(table, frames), ignore_index=True)
    rows = rows.reindex(columns=[*fields, "source_row"])
    return rows.astype(dict.fromkeys(fields, TEXT))


def _once(table: Table, frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Every set without the rows of events that a later one has too (`Table.once`)."""
    if not table.once or len(frames) < 2:
        return list(frames)
    kept: list[pd.DataFrame] = []
    later: set[tuple[str, ...]] = set()
    for frame in reversed(frames):
        said = as_iso(table.columns, frame.reindex(columns=[*table.once]))
        events = list(said.fillna("").itertuples(index=False, name=None))
        kept.append(frame[[event not in later for event in events]])
        later |= set(events)
    return kept[::-1]
