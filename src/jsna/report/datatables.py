"""Tables of figures no chart shows: totals over time, and breakdowns of the latest period."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.comparing import comparator_codes
from jsna.report.figures import MOST_ROWS, Table, notes, once, shorthand, tables
from jsna.report.marks import cell, unit_words
from jsna.view import words
from jsna.view.rows import Measures, Row

#: Rows up to which breakdowns share a table.
_TOGETHER = 16
#: Column of a breakdown table -> its heading.
_COLUMNS = {
    "lower_95": "95% interval, lower",
    "upper_95": "95% interval, upper",
    "numerator": "Number",
    "denominator": "Out of",
}


def further(view: Measures, indicator: Indicator, charted: Collection[str]) -> list[Table]:
    """Tables of an indicator's totals and single breakdowns that no figure's table holds.

    One number alone is no table: it stands in the words.

    Args:
        charted: keys of the measures that figures' tables hold already.
    """
    made = []
    totals = series(view, indicator)
    if totals is not None and not _covered(view.series(indicator.id)[-1:], charted):
        made.append(totals)
    groups: list[list[tuple[str, Row]]] = []
    for dims in indicator.breakdowns:
        found = view.breakdown(indicator.id, dims) if len(dims) == 1 else []
        if not found or _covered(found, charted):
            continue
        rows = labelled(view, dims[0], found)
        if groups and len(groups[-1]) + len(rows) <= _TOGETHER:
            groups[-1] += rows
        else:
            groups += [rows[i : i + MOST_ROWS] for i in range(0, len(rows), MOST_ROWS)]
    made += [_table(view, indicator, rows) for rows in groups]
    crossed = (d for d in indicator.breakdowns if indicator.derived and len(d) > 1)
    made += [t for dims in crossed for t in _crossed(view, indicator, dims, charted)]
    return [one for one in made if sum(len(cells) for _, cells in one.rows) > 1]


def _crossed(
    view: Measures, indicator: Indicator, dims: Sequence[str], charted: Collection[str]
) -> list[Table]:
    """A derived breakdown by two dimensions: categories compared down, what stands still across."""
    found = view.breakdown(indicator.id, dims)
    down = indicator.derived.by(tuple(dims)) if indicator.derived else ()
    across = [d for d in dims if d not in down]
    if not found or _covered(found, charted) or (len(down), len(across)) != (1, 1):
        return []
    config = view.config
    keys = {(r.code(down[0]), r.code(across[0])): r.key for r in found}
    rows, columns = (
        words.category_order(d, [key[place] for key in keys], config)
        for place, d in enumerate((down[0], across[0]))
    )
    row = found[0]
    return tables(
        f"{indicator.title}: {words.area_label(config.area.code, config)}, "
        f"{words.period_label(row.period, row.period_type)}",
        (
            words.upper_first(words.dimension_words(down[0], config)),
            *(words.category_label(across[0], code, config) for code in columns),
        ),
        [
            (
                words.category_label(down[0], here, config),
                [(keys.get((here, there), ""), "value") for there in columns],
            )
            for here in rows
        ],
        view,
    )


def _covered(rows: Sequence[Row], charted: Collection[str]) -> bool:
    return all(row.key in charted for row in rows)


def labelled(view: Measures, dimension: str, rows: Sequence[Row]) -> list[tuple[str, Row]]:
    """Rows of one breakdown in display order, each with "dimension: category"."""
    config = view.config
    head = words.upper_first(words.dimension_words(dimension, config))

    by_code = {row.code(dimension): row for row in rows}
    order = words.category_order(dimension, list(by_code), config)
    label = words.category_label
    return [(f"{head}: {label(dimension, c, config)}", by_code[c]) for c in order]


def _table(view: Measures, indicator: Indicator, rows: Sequence[tuple[str, Row]]) -> Table:
    shown = [row for _, row in rows]
    fields = ["value"]
    if indicator.unit != "count":
        fields += [f for f in _COLUMNS if any(math.isfinite(getattr(r, f)) for r in shown)]
    heads = {label.split(": ", 1)[0] for label, _ in rows}
    if len(heads) == 1:  # the heading says it once
        rows = [(label.split(": ", 1)[1], row) for label, row in rows]
    periods = sorted({words.period_label(r.period, r.period_type) for r in shown})
    reasons = dict.fromkeys(view.recodings.reason(indicator.id, row.split) for row in shown)
    said = notes(shown)
    place = words.area_label(view.config.area.code, view.config)
    body = tuple(
        (label, tuple(cell(row, indicator.decimals, f) for f in fields)) for label, row in rows
    )
    return Table(
        caption=f"{indicator.title}: {place}, {words.join(periods)}",
        header=(
            heads.pop() if len(heads) == 1 else "Group",
            unit_words(indicator.unit),
            *(_COLUMNS[f] for f in fields[1:]),
        ),
        rows=body,
        note=once((shorthand(body), *reasons, *said)),
    )


def series(view: Measures, indicator: Indicator) -> Table | None:
    """Totals over time of the home area beside its comparators; None where there are none."""
    home = view.counted(indicator.id)
    if not home:
        return None
    kept, area = home[-MOST_ROWS:], view.config.area
    heads = columns(view, indicator, home)
    rows = []
    for row in kept:
        found = [column.get(row.period) for column in heads.values()]
        cells = tuple(Markup("[x]") if r is None else cell(r, indicator.decimals) for r in found)
        rows.append((words.period_label(row.period, row.period_type), cells))
    shown = [column[r.period] for r in kept for column in heads.values() if r.period in column]
    said = notes(shown)
    unit = "" if indicator.unit == "count" else f", {unit_words(indicator.unit)}"
    when = " over time" if len(rows) > 1 else f", {rows[0][0]}"
    return Table(
        caption=f"{indicator.title}{unit}: {area.name}{when}",
        header=("Period", *heads),
        rows=tuple(rows),
        note=once((shorthand(tuple(rows)), *said)),
    )


def columns(view: Measures, indicator: Indicator, home: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """Heading -> the rows of a column by period: of the home area, and of its comparators.

    Published figures have a column of their own where local ones stand beside them.
    """
    area, config = view.config.area, view.config
    name = words.area_label(area.code, config)
    made = {name: {row.period: row for row in home}}
    if any(view.published(row) for row in home):
        made[name] = {row.period: row for row in home if row.local}
        official = view.official(indicator.id)
        made[f"{name}{words.PUBLISHED}"] = {row.period: row for row in official}
    for code in comparator_codes(view, indicator):
        rows = {row.period: row for row in view.series(indicator.id, code)}
        if any(row.period in rows for row in home):
            made[words.area_label(code, config)] = rows
    return made
