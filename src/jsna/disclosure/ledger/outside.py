"""What others have published: official figures, and earlier editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from jsna import io, records
from jsna.disclosure.ledger.book import NONE, Book, Ratio
from jsna.disclosure.ledger.regions import Region
from jsna.edition import Configuration
from jsna.errors import JsnaError, Problem
from jsna.measures import schema

_KEY = list(schema.KEY)
#: How the source of a count begins that an earlier edition of the report printed.
BEFORE: Final = "edition "
#: Most decimals an official percentage is taken to be printed with.
_DECIMALS = 3


def mark_public(made: Book, rows: pd.DataFrame, official: pd.DataFrame) -> None:
    """Mark what an official figure gives away already, being the same count."""
    key = list(schema.KEY)
    fields = ["numerator", "denominator"]
    beside = rows[key].merge(official[[*key, *fields, "source"]], on=key, how="left")
    for field_, cells in zip(fields, (made.numerators, made.denominators), strict=True):
        given = zip(cells, beside[field_].tolist(), beside["source"].tolist(), strict=True)
        for cell, count, source in given:
            if cell != NONE and count == made.value[cell]:
                made.public[cell] = source


def join_earlier(
    made: Book, known: Mapping[Region, int], name: str, before: pd.DataFrame
) -> dict[Region, int]:
    """Join an earlier edition: counts it printed are known, counts it hid stay protected.

    A count that has not changed since is the same cell. One that has, or that is printed no more,
    is a cell of its own, tied by the equations of its own edition.

    Args:
        made: the book; gets the cells of the earlier edition that are not its own.
        known: region -> cell of this edition.
        name: the earlier edition.
        before: its ledger.

    Returns:
        Region -> cell, of everything the earlier edition counted.
    """
    own: dict[Region, int] = {}
    fields = ["region", "label", "value", "threshold", "zeros_shown", "contributor", "shown"]
    printed = before.loc[~before["derived"] & ~before["earlier"], fields]
    for text, label, value, threshold, zeros, contributor, shown in zip(
        *(printed[column].tolist() for column in fields), strict=True
    ):
        region = Region.read(text)
        cell = known.get(region)
        if cell is None or made.value[cell] != value:
            cell = made.add(
                region,
                f"{label} (edition {name})",
                value,
                threshold=threshold,
                zeros_shown=zeros,
                contributor=contributor,
                earlier=True,
            )
        own[region] = cell
        if shown and not made.public[cell]:
            made.public[cell] = f"{BEFORE}{name}"
        made.threshold[cell] = max(made.threshold[cell], threshold)
    return own


def ratios(
    made: Book, rows: pd.DataFrame, official: pd.DataFrame, config: Configuration
) -> Iterator[Ratio]:
    """Official percentages and rates without counts, of rows whose counts are the same.

    One that differs from ours by more than its last digit is of other data and says nothing exact.
    """
    alone = official.loc[official["numerator"].isna() & official["value"].notna()]
    beside = rows[_KEY].merge(alone[[*_KEY, "value"]], on=_KEY, how="left")["value"]
    for place in np.flatnonzero(beside.notna().to_numpy()):
        top, bottom = made.numerators[place], made.denominators[place]
        if NONE in (top, bottom) or made.value[bottom] <= 0:
            continue
        printed = float(beside.iloc[place])
        per = config.indicators[rows["indicator"].iloc[place]].multiplier
        decimals = next((d for d in range(_DECIMALS) if round(printed, d) == printed), _DECIMALS)
        ours = per * made.value[top] / made.value[bottom]
        if abs(ours - printed) <= 0.5 * 10.0**-decimals:
            yield Ratio(top, bottom, printed, decimals, per)


def earlier_ledgers(config: Configuration, paths: io.Paths) -> dict[str, pd.DataFrame]:
    """The ledgers of the earlier editions an edition names, in that order.

    Raises:
        JsnaError: naming every one that is not here. Without it nobody can tell what this edition
            would give away together with that one.
    """
    files = {
        name: io.Paths(paths.root, name).restricted / "ledger.parquet"
        for name in config.edition.previous
    }
    missing = [name for name, file in files.items() if not file.is_file()]
    if missing:
        rule = (
            "the ledger of this earlier edition is not here; put back "
            "data/processed/<edition>/restricted/ledger.parquet from the archive, or build it again"
        )
        raise JsnaError(
            Problem("config/editions", rule, column="previous", value=name, code="previous.ledger")
            for name in missing
        )
    try:
        return {name: io.read_parquet(file) for name, file in files.items()}
    except records.DamagedError as error:
        # To build that edition again might print other figures than it did.
        rule = (
            "the ledger of this earlier edition is not as it was written, or stands without the "
            "record of its digest; put both back from the archive (ledger.parquet and "
            ".ledger.parquet.sha256). One archived before there were such records is given its own "
            "by: sha256sum ledger.parquet > .ledger.parquet.sha256"
        )
        raise JsnaError(
            [Problem(one.where, rule, code="previous.ledger") for one in error.problems]
        ) from None
