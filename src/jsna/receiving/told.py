"""A proposed mapping in words: how sure each part is, and how much of the file it covers.

No cell stands in them but codes that a mapping may hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jsna.receiving.beside import Other
from jsna.receiving.propose import Entry, Proposal

_SURE = {
    "given": "as you say",
    "certain": "a name of its own",
    "likely": "likely, a name {alike:.0%} like it",
}


def lines(proposal: Proposal, others: Mapping[str, Other]) -> Iterator[str]:
    """What is proposed for one table.

    Args:
        proposal: it.
        others: further files by what they are called.
    """
    place = f", sheet {proposal.sheet.title!r}" if proposal.sheet.sheets > 1 else ""
    yield (
        f"{proposal.sheet.name}{place}: the table {proposal.table.name!r} of "
        f"{proposal.extract.title} ({proposal.extract.name}); headers on row {proposal.row}"
    )
    for entry in proposal.entries:
        yield f"  {_entry(entry, proposal, others)}"
    yield from _coverage(proposal)
    for one in proposal.told:
        yield f"  Beside that: {one}"
    for title, questions in (("Asked", proposal.questions), ("May be answered", proposal.open)):
        for question in questions:
            yield f"  {title}: {question}"


def _entry(entry: Entry, proposal: Proposal, others: Mapping[str, Other]) -> str:
    placed, column = entry.placed, entry.placed.column
    need = "" if column.required else ", may be missing"
    if entry.origin is not None and entry.origin.constant:
        return f"{column.field}: always {entry.origin.constant!r}"
    if entry.origin is not None and entry.origin.join is not None:
        return f"{column.field}: {_joined(entry, proposal, others)}"
    if entry.absent:
        return f"{column.field}: not in the file"
    if placed.cells is None:
        return f"{column.field}: {'asked' if placed.among else 'not found'}{need}"
    sure = _SURE[placed.sure].format(alike=placed.alike)
    parts = [f"{column.field}: {placed.cells.header!r} ({sure})"]
    if placed.fits is not None and placed.fits < 1 and not entry.coding.rows:
        parts.append(f"{placed.fits:.1%} of its cells fit")
    if entry.order.dates or entry.order.among:
        parts.append(f"dates {entry.order.dates or 'in an order that is asked'}")
    coding = entry.coding
    if coding.rows and (coding.codes or coding.mapped < coding.rows):
        many = f"{len(coding.codes)} codes mapped, " if coding.codes else ""
        parts.append(f"{many}{coding.mapped:,} of {coding.rows:,} cells known")
    parts += [
        f"{code} is read of returns until {year} alone" for code, year in coding.ended.items()
    ]
    return "; ".join(parts)


def _joined(entry: Entry, proposal: Proposal, others: Mapping[str, Other]) -> str:
    origin = entry.origin
    assert origin is not None
    assert origin.join is not None
    other = others[origin.join.file]
    cells = next((one for one in proposal.keys if one.header == origin.join.key), None)
    share = "" if cells is None else f"; {other.share(cells):.1%} of the rows have their key there"
    return f"{origin.headers[0]!r} of {other.file} by {origin.join.key!r}{share}"


def _coverage(proposal: Proposal) -> Iterator[str]:
    entries = proposal.entries
    required = [entry for entry in entries if entry.placed.column.required]
    there = sum(entry.there for entry in entries)
    needed = sum(entry.there for entry in required)
    yield (
        f"  Covered: {there} of {len(entries)} columns, {needed} of the {len(required)} that must "
        "be there"
    )
    rows = sum(entry.coding.rows for entry in entries)
    if rows:
        mapped = sum(entry.coding.mapped for entry in entries)
        yield f"  Codes: {mapped:,} of {rows:,} filled cells of columns of codes are known"
    if proposal.unused or proposal.others:
        shown = ", ".join(repr(header) for header in proposal.unused)
        more = f"{proposal.others} whose headers are not shown" if proposal.others else ""
        yield f"  Not used: {', '.join(filter(None, (shown, more)))}"
