"""What a reader must beware of in a figure: how counting changed, what is to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from jsna.view.rows import Measures, Row


def care(view: Measures, home: Row) -> list[str]:
    """What changed in how a figure is counted, and that a sharp change is to be confirmed."""
    said = [
        one.reason
        for release in view.config.every_release
        for one in release.breaks
        if release.id in home.source.split("+")
        and one.starts == home.segment
        and (home.indicator in one.indicators or one.tables)
        and _about(release.tables, one.tables, one.indicators, home.indicator)
    ]
    if home.jumped:
        said.append("The change since the period before is to be confirmed.")
    return list(dict.fromkeys(said))


def _about(tables: object, named: Iterable[str], indicators: Iterable[str], indicator: str) -> bool:
    """Whether a break of a release is one of an indicator's figures."""
    every = tables if isinstance(tables, dict) else {}
    return indicator in indicators or any(
        indicator in every[name].figures for name in named if name in every
    )
