"""`jsna explain-suppression`: why figures of an indicator are hidden (restricted side only).

What it prints names small numbers: it is for the analyst who protects them and for nobody else.
"""

from __future__ import annotations

import argparse
import difflib
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from jsna import io
from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from jsna.io import Paths
    from jsna.model.configuration import Configuration

#: The verb, and what it does.
VERB: Final = "explain-suppression"
DOES: Final = "tell why figures of an indicator are hidden (restricted: names small numbers)"
#: Tables of the restricted zone that are read.
_READ: Final = ("measures", "official", "protection", "fallbacks")
#: Figures explained at once unless all are asked for.
MOST: Final = 12
_WIDTH: Final = 96
_WARNING: Final = (
    "Restricted: this names small numbers about children. Do not publish or pass it on."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb beside the edition."""
    parser.add_argument("indicator", help="id of an indicator, such as those in config/indicators/")
    parser.add_argument("--period", help="only figures of this period, such as 2025 or 2024/25")
    parser.add_argument("--area", metavar="CODE", help="only figures of this place (code or name)")
    parser.add_argument("--breakdown", metavar="A,B", help="only figures by these dimensions")
    parser.add_argument("--category", metavar="CODE", help="only figures of this category")
    parser.add_argument("--all", action="store_true", help=f"explain more than {MOST} figures")


class Explains(Protocol):
    """What `report` asks; see `jsna.explanation.reasons.Reasons`."""

    def hidden(self, row: int) -> bool:
        """Whether a measure is hidden."""

    def fallback(self, indicator: str) -> Iterator[str]:
        """What the fallbacks did to an indicator."""

    def lines(self, row: int) -> list[str]:
        """The figure named, then why it is hidden; points of a list begin with "- "."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which figures are asked about; what is None is left open."""

    indicator: str
    period: str | None = None
    area: str | None = None
    breakdown: str | None = None
    category: str | None = None


def run(options: argparse.Namespace, config: Configuration, paths: Paths) -> Iterator[str]:
    """Read what protection left on the restricted side; yields the lines to print.

    Raises:
        JsnaError: the edition has not been protected yet; or the choice names nothing.
    """
    _check_built(paths)
    from jsna.disclosure import evidence
    from jsna.explanation.reasons import Reasons, rules_of

    choice = Choice(
        options.indicator, options.period, options.area, options.breakdown, options.category
    )
    found = evidence.read(config, paths)
    rows = select(found.rows, choice, config)
    log = io.read_parquet(paths.restricted / "protection.parquet")
    fallbacks = io.read_parquet(paths.restricted / "fallbacks.parquet")
    reasons = Reasons(found, rules_of(found.rows, log), fallbacks, config)
    yield _WARNING
    yield from report(rows, reasons, config, everything=options.all)


def _check_built(paths: Paths) -> None:
    wanted = [
        paths.safe / "measures.parquet",
        *(paths.restricted / f"{name}.parquet" for name in _READ),
    ]
    missing = [file for file in wanted if not file.is_file()]
    if missing:
        rule = f"is not there; run `jsna build {paths.edition}` first"
        raise JsnaError(
            Problem(file.relative_to(paths.root).as_posix(), rule, code="explain.missing")
            for file in missing
        )


def select(rows: pd.DataFrame, choice: Choice, config: Configuration) -> pd.DataFrame:
    """The measures a choice names.

    Args:
        rows: measures; those of other indicators are left out.
        choice: what is asked for.
        config: names of indicators, places and categories.

    Raises:
        JsnaError: listing every part of the choice that names nothing, each with what is near it.
    """
    own = rows[rows["indicator"].eq(choice.indicator)]
    if not len(own):
        raise JsnaError(_unknown_indicator(rows, choice.indicator, config))
    problems: list[Problem] = []
    kept = own
    for option, wanted in (
        ("--period", choice.period),
        ("--area", choice.area),
        ("--breakdown", choice.breakdown),
        ("--category", choice.category),
    ):
        if wanted is None:
            continue
        found = _matches(own, option, wanted, config)
        if found.any():
            kept = kept[found.loc[kept.index]]
        else:
            known = _known(own, option, config)
            rule = f"{choice.indicator} has no such figures; it has {_named(known, wanted)}"
            problems.append(Problem(option, rule, value=wanted, code="explain.choice"))
    if problems:
        raise JsnaError(problems)
    if not len(kept):
        rule = f"no figure of {choice.indicator} is all of these at once; leave one of them out"
        raise JsnaError(Problem("the choice", rule, code="explain.choice"))
    return kept


def _unknown_indicator(rows: pd.DataFrame, wanted: str, config: Configuration) -> Problem:
    derived = config.indicators[wanted].derived if wanted in config.indicators else None
    if derived is not None:
        rule = f"is worked out from published figures and hidden with them; ask about {derived.of}"
        return Problem("indicator", rule, value=wanted, code="explain.indicator")
    if wanted in config.indicators:
        rule = "this edition protects no figures of this indicator: it has none, or none is local"
        return Problem("indicator", rule, value=wanted, code="explain.indicator")
    known = [str(name) for name in dict.fromkeys(rows["indicator"])]
    titles = {config.indicators[name].title.lower(): name for name in known}
    near = difflib.get_close_matches(wanted.lower(), [*known, *titles], n=4, cutoff=0.4)
    near += [name for name in known if wanted.lower() in name]
    hint = [str(name) for name in dict.fromkeys(titles.get(name, name) for name in near)]
    listed = f"near it: {', '.join(hint)}" if hint else f"there are {', '.join(known)}"
    rule = f"no such indicator; {listed}"
    return Problem("indicator", rule, value=wanted, code="explain.indicator")


def _matches(own: pd.DataFrame, option: str, wanted: str, config: Configuration) -> pd.Series[bool]:
    from jsna.view.words import area_label

    if option == "--period":
        return own["period"].eq(wanted)
    if option == "--area":
        labels = own["area_code"].map(lambda code: area_label(code, config).lower())
        return own["area_code"].str.lower().eq(wanted.lower()) | labels.eq(wanted.lower())
    if option == "--breakdown":
        names = "|".join(sorted(name.strip() for name in wanted.replace("|", ",").split(",")))
        return own["breakdown"].eq(names)
    whole = own["category"].eq(wanted)
    return whole | own["category"].map(lambda text: wanted in text.split("|"))


def _known(own: pd.DataFrame, option: str, config: Configuration) -> list[str]:
    from jsna.view.words import area_label

    if option == "--area":
        return [f"{c} ({area_label(c, config)})" for c in sorted(set(own["area_code"]))]
    if option == "--category":
        parts = (part for text in own["category"] for part in (text, *text.split("|")))
        return sorted(set(parts))
    return sorted(set(own[option.removeprefix("--")]))


def _named(known: Sequence[str], wanted: str) -> str:
    """What there is; where that is much, what is nearest."""
    if len(known) <= MOST:
        return ", ".join(known)
    near = difflib.get_close_matches(wanted, known, n=5, cutoff=0.3) or known[:5]
    return f"{', '.join(near)} and {len(known) - len(near)} others"


def wrapped(text: str, indent: int = 0, *, first: str = "") -> str:
    """Text in lines of a readable width.

    Args:
        text: one paragraph.
        indent: spaces before each line.
        first: what leads the first line instead of the last of these spaces.
    """
    space = " " * indent
    lead = space[: max(0, indent - len(first))] + first
    return textwrap.fill(
        text, _WIDTH, initial_indent=lead, subsequent_indent=space, break_on_hyphens=False
    )


def report(
    rows: pd.DataFrame, reasons: Explains, config: Configuration, *, everything: bool = False
) -> Iterator[str]:
    """The explanation of the hidden ones among some measures of one indicator, line by line."""
    indicator = config.indicators[str(rows["indicator"].iloc[0])]
    hidden = [int(i) for i in rows.index if reasons.hidden(int(i))]
    yield wrapped(f"{indicator.title} ({indicator.id})")
    for name in sorted(set(rows["profile"])):
        profile = config.profile(name)
        yield wrapped(f"Profile {name}: {profile.title}. {' '.join(profile.rule.split())}")
    for line in reasons.fallback(indicator.id):
        yield wrapped(line)
    if not hidden:
        yield wrapped(f"None of the {len(rows):,} figures asked about is hidden.")
        return
    yield wrapped(f"Hidden: {len(hidden):,} of the {len(rows):,} figures asked about.")
    told = hidden if everything else hidden[:MOST]
    for number, row in enumerate(told, 1):
        yield ""
        head, *lines = reasons.lines(row)
        yield wrapped(head, 4, first=f"{number}. ".ljust(4))
        for line in lines:
            text = line.removeprefix("- ")
            deep = text.startswith("- ")
            yield wrapped(text.removeprefix("- "), 8 if deep else 6, first="- ")
    if len(told) < len(hidden):
        yield ""
        more = len(hidden) - len(told)
        yield wrapped(f"… and {more:,} more: narrow the choice, or add --all.")
