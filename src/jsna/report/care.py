"""What a reader must beware of in a figure: how counting changed, what is to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jsna.view.rows import Measures, Row

_JUMP: Final = "So sharp a change may be one of recording: it is to be confirmed."


def care(view: Measures, home: Row) -> list[str]:
    """What changed in how a figure is counted, and that a sharp change is to be confirmed.

    Where there is no figure from before the change, nothing is said of it.
    """
    earlier = any(
        row.shown and row.segment != home.segment and row.period < home.period
        for row in view.series(home.indicator)
    )
    said = [
        one.reason
        for release in view.config.every_release
        for one in release.breaks
        if earlier
        and release.id in home.source.split("+")
        and one.starts == home.segment
        and (home.indicator in one.indicators or one.tables)
        and _about(release.tables, one.tables, one.indicators, home.indicator)
    ]
    if home.jumped:
        said.append(_JUMP)
    return list(dict.fromkeys(said))


def _about(tables: object, named: Iterable[str], indicators: Iterable[str], indicator: str) -> bool:
    """Whether a break of a release is one of an indicator's figures."""
    every = tables if isinstance(tables, dict) else {}
    return indicator in indicators or any(
        indicator in every[name].figures for name in named if name in every
    )
