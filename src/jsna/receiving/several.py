"""Several files of one table and year: parts of the year that make it up, or a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from jsna.ingest.run import SHORT
from jsna.model.contract import Extract
from jsna.model.parts import part_of
from jsna.receiving.seen import Looks


def sorted_out(
    extract: Extract, given: Mapping[str, Sequence[Looks]], again: Callable[[Looks], Looks]
) -> tuple[dict[str, Looks], list[tuple[str, list[Looks]]]]:
    """Key of an edition's `files` -> its file, and tables of which several files are unclear.

    Files whose days follow one another are parts, `exclusions.1`, `exclusions.2`, in the order of
    their days. Of others none is taken: which is right, nothing tells.

    Args:
        extract: what they are of.
        given: table, or key as the edition has it -> files.
        again: looks at a file that the edition names, which was not read.
    """
    tables: dict[str, dict[str, list[Looks]]] = {}
    for key, files in given.items():
        tables.setdefault(part_of(key)[0], {})[key] = [*files]
    taken: dict[str, Looks] = {}
    unclear = []
    for table, keys in tables.items():
        every = [one for files in keys.values() for one in files]
        # As the edition has them: a table's one file, or the parts somebody named.
        if all(len(files) == 1 for files in keys.values()) and (
            len(keys) == 1 or table not in keys
        ):
            taken |= {key: files[0] for key, files in keys.items()}
        elif parts := _in_turn(extract, table, every, again):
            taken |= parts
        else:
            unclear.append((table, every))
    return taken, unclear


def _in_turn(
    extract: Extract, table: str, every: Sequence[Looks], again: Callable[[Looks], Looks]
) -> dict[str, Looks]:
    """The files as parts of the year, where an edition can name them and their days say so."""
    if extract.parts is None:
        return {}
    dated = []
    for one in every:
        seen = one if one.days else again(one)
        if seen.days is None or seen.tables != (table,) or seen.mapping != one.mapping:
            return {}
        dated.append((seen.days, one))
    dated.sort(key=lambda pair: pair[0])
    if any(one[0][1] >= other[0][0] for one, other in pairwise(dated)):
        return {}
    return {f"{table}.{number}": one for number, (_, one) in enumerate(dated, 1)}


def fewer(files: Iterable[Looks], before: Iterable[Path], again: Callable[[Looks], Looks]) -> str:
    """How many rows stand for how many before; "" where they are not far fewer.

    Args:
        files: of a delivery.
        before: those it replaces, as they lie in the edition's folder.
        again: looks at a file that was not read.
    """
    few, many = (
        sum(again(one).rows if not one.rows else one.rows for one in some)
        for some in (files, [Looks(file, "") for file in before if file.is_file()])
    )
    return f"{few:,} rows where there were {many:,}" if few < SHORT * many else ""


def rule(extract: Extract, period: str, table: str, others: Sequence[str]) -> str:
    """What to do about a file of which there are others for its table and year."""
    said = f"{extract.name}, {period}: {', '.join(map(repr, others))} is its {table!r} too"
    if extract.parts is None:
        return f"{said}, and none is taken; take out all but the one that holds the whole year"
    return (
        f"{said}, and none is taken, as no days tell them apart; take out all but the one that "
        f"holds everything, or, where each holds other rows, name them in the edition "
        f"`{table}.1`, `{table}.2`"
    )
