"""`jsna try`: one indicator measured, put into words and drawn, from tables that are already made.

It is what the build does, by the same code, for one indicator and before anything is protected. So
all that is written is restricted. The terminal may be seen by others: it shows a figure only where
no number behind it, or behind another of the same breakdown, is small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from jsna import io
from jsna.errors import JsnaError, Problem, near
from jsna.model.schema import TOTAL

if TYPE_CHECKING:
    import pandas as pd

    from jsna.charts.marks import Drawing
    from jsna.model.configuration import Configuration
    from jsna.model.indicators import Indicator

VERB: Final = "try"
#: The geography of the area itself.
AUTHORITY: Final = "authority"
DOES: Final = "measure, word and draw one indicator from tables already made (restricted)"
WARNING: Final = (
    "Restricted and unprotected: small numbers about children stand in these files. Do not publish "
    "or pass them on."
)
_KEY: Final = re.compile(r'data-(?:measure|over)="([^"]+)"')
_TAGS: Final = re.compile(r"<[^>]*>")
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif;max-width:46rem;margin:2rem auto}}svg{{max-width:100%}}
.warning{{border:2px solid #b00;padding:.5rem}}</style></head><body>
<p class="warning">{warning}</p>
<h1>{title}</h1>
{body}
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """One indicator as it would be printed if nothing were hidden.

    Attributes:
        rows: its measures, as they are before protection, and official ones.
        sentences: what the report would say.
        drawings: the charts it would draw.
    """

    rows: pd.DataFrame
    sentences: Sequence[Markup]
    drawings: Sequence[Drawing]


def run(name: str, config: Configuration, paths: io.Paths) -> Iterator[str]:
    """Try an indicator; writes `restricted/try/<indicator>/` and yields the lines to print.

    Raises:
        JsnaError: there is no such indicator; or its tables have not been made.
    """
    indicator = config.indicators.get(name)
    if indicator is None:
        rule = f"there is none of this id{near(name, config.indicators, 3)}"
        raise JsnaError(Problem("indicator", rule, value=name))
    found = tried(indicator, config, paths)
    if not len(found.rows):
        rule = "no table or release of this edition gives it a figure"
        raise JsnaError(Problem(f"{indicator.chapter}.{name}", rule, code="try.empty"))
    folder = paths.restricted / VERB / name
    _write(folder, indicator, found)
    yield from _told(folder.relative_to(paths.root), indicator, found, config)


def tried(indicator: Indicator, config: Configuration, paths: io.Paths) -> Tried:
    """One indicator, measured and put into words as in a build."""
    from jsna.charts.select import figures
    from jsna.report.breakdowns import sentences
    from jsna.report.changes import headline
    from jsna.view.rows import Measures

    config = _narrowed(indicator, config)
    frame = measured(config, paths)
    view = Measures(frame, config)
    shown = view.config.indicators[indicator.id]
    drawings = [one for one in figures(config, frame) if one.indicator == indicator.id]
    charted = {key for drawing in drawings for key in drawing.keys}
    said = [*headline(view, shown), *sentences(view, shown, charted)] if len(frame) else []
    own = frame.loc[frame["indicator"].eq(indicator.id)]
    return Tried(own, [sentence.text for sentence in said], drawings)


def _narrowed(indicator: Indicator, config: Configuration) -> Configuration:
    """The configuration with that indicator alone, and what it is worked out from."""
    asked = {name: config.indicators[name] for name in (*indicator.refers_to, indicator.id)}
    chapters = tuple(dict.fromkeys(one.chapter for one in asked.values()))
    edition = config.edition.model_copy(update={"chapters": chapters})
    return replace(config, edition=edition, indicators=asked)


def measured(config: Configuration, paths: io.Paths) -> pd.DataFrame:
    """Measures of the indicators of a configuration, by their breakdowns as they are declared."""
    from jsna.measures import derived
    from jsna.measures.engine import measure, tables_of
    from jsna.measures.merge import merge

    published = paths.restricted / "published.parquet"
    for file in (paths.restricted / "derive.json", published):
        if not file.is_file():
            rule = f"is not there; make the tables first: jsna build {paths.edition}"
            where = file.relative_to(paths.root).as_posix()
            raise JsnaError(Problem(where, rule, code="try.missing"))
    local = measure(tables_of(config, paths), config.indicators.values(), config)
    official = io.read_measures(published)
    measures, _ = merge(local, official.loc[official["indicator"].isin([*config.indicators])])
    return derived.complete(_as_declared(_rounded(measures, config), config), config)


def _rounded(rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Rows of which sums are rounded as their indicator says, and sentences tell; half goes up."""
    made = rows.copy()
    for one in config.indicators.values():
        mine = made["indicator"].eq(one.id)
        if one.rounded_to > 1:
            for name in ("numerator", "value"):
                multiples = made.loc[mine, name] / one.rounded_to
                made.loc[mine, name] = (multiples + 0.5) // 1 * one.rounded_to
    return made


def _as_declared(rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Rows without the coarser ones that fallbacks would show instead, where both are there."""
    from jsna.model.fallbacks import GroupingSet, recodings

    declared = {
        (one.id, GroupingSet(tuple(sorted(breakdown))))
        for one in config.indicators.values()
        for breakdown in ((), *one.breakdowns)
    }
    coarser = {
        (one.id, grouping)
        for one in config.indicators.values()
        for breakdown in ((), *one.breakdowns)
        for grouping, recoding in recodings(one, breakdown, config)
        if recoding is not None
    }
    columns = rows[["indicator", "geography", "breakdown", "period_type"]]
    placed = [
        (name, GroupingSet.of(geography, breakdown, kind, config.area))
        for name, geography, breakdown, kind in columns.itertuples(index=False, name=None)
    ]
    return rows.loc[[one not in coarser - declared for one in placed]]


def _write(folder: Path, indicator: Indicator, found: Tried) -> None:
    io.clear_folder(folder)
    io.write_text(folder / "rows.csv", found.rows.to_csv(index=False, lineterminator="\n"))
    for drawing in found.drawings:
        io.write_text(folder / f"{drawing.id}.svg", drawing.svg)
    parts = [
        *(Markup("<p>{}</p>").format(text) for text in found.sentences),
        *(
            Markup("<figure><figcaption><b>{}</b><br>{}</figcaption>{}</figure>").format(
                drawing.title, drawing.subtitle, Markup(drawing.svg)
            )
            for drawing in found.drawings
        ),
    ]
    page = Markup(_PAGE).format(
        title=indicator.title, warning=WARNING, body=Markup("\n").join(parts)
    )
    io.write_text(folder / "index.html", str(page))


def _told(folder: Path, indicator: Indicator, found: Tried, config: Configuration) -> Iterator[str]:
    """What the terminal shows: the rows of the area as a whole and sentences, if none is small."""
    from jsna.view.words import value_text

    small = _small(found.rows, indicator, config)
    whole = (AUTHORITY, TOTAL)
    yield f"{indicator.title} ({indicator.id}): {len(found.rows):,} rows"
    home = found.rows["area_code"].eq(config.area.code) & found.rows["breakdown"].eq(TOTAL)
    for _, row in found.rows.loc[home].iterrows():
        number = row["status"] or value_text(row["value"], row["unit"], indicator.decimals)
        which = "" if row["source"].startswith("local:") else ", published"
        yield f"  {row['period']}{which}: {'small, see the file' if whole in small else number}"
    kept = [text for text in found.sentences if not _breakdowns(text) & small]
    for text in kept:
        yield f"  {Markup(_TAGS.sub('', text)).unescape()}"
    if more := len(found.sentences) - len(kept):
        yield f"  and {more:,} sentences with, or beside, small numbers: see the file"
    for drawing in found.drawings:
        yield f"  Chart: {(folder / drawing.id).as_posix()}.svg"
    yield WARNING
    yield f"Written: {(folder / 'index.html').as_posix()} and rows.csv"


def _breakdowns(text: Markup) -> set[tuple[str, str]]:
    """What the measures that a sentence prints are split by: kind of place, and breakdown."""
    keys = (key.split("~") for key in _KEY.findall(text))
    return {(geography, breakdown) for _, _, geography, _, _, breakdown, _, _ in keys}


def _small(rows: pd.DataFrame, indicator: Indicator, config: Configuration) -> set[tuple[str, str]]:
    """Splits of which some local row stands on few children, or leaves few out."""
    from jsna.disclosure.bands import least

    local = rows.loc[rows["source"].str.startswith("local:")]
    limit = {
        name: max(least(config), config.profile(name).minimum_contributors)
        for name in local["profile"].unique()
    }
    counts = local[["denominator"]].assign(rest=local["denominator"] - local["numerator"])
    if not indicator.kind.inside:
        counts = counts.drop(columns="rest")
    if not indicator.sums_amounts:
        counts = counts.assign(numerator=local["numerator"])
    few = counts.min(axis=1).lt(local["profile"].map(limit).astype("float64"))
    # What is worked out from other rows has no counts of its own: nothing of it is shown here.
    few |= indicator.derived is not None
    of = local.loc[few, ["geography", "breakdown"]]
    return set(of.itertuples(index=False, name=None))
