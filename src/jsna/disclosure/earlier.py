"""Earlier publications as protection and its proof read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from jsna import io
from jsna.disclosure import revision
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.provenance import register

#: What is read of registered measures, of whichever version of the measure schema.
_COLUMNS = [*schema.SUBJECT, *schema.NUMBERS, "status", "reason", "note", "source"]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What has been published before.

    Attributes:
        ledgers: ledger of each publication by its name, oldest first.
        last: every row as it was last published, in whichever edition; of what stood both as
            counted here and as others publish it the former; None where nothing was.
        recodings: decisions on fallbacks of the last publication of this edition, if there was one.
    """

    ledgers: Mapping[str, pd.DataFrame]
    last: pd.DataFrame | None
    recodings: pd.DataFrame | None


def read(config: Configuration, paths: io.Paths) -> Earlier:
    """The earlier publications of an edition.

    Raises:
        JsnaError: they have not been looked up, or one is damaged.
    """
    ledgers, rows, recodings = {}, [], None
    seen = set()
    for entry in register.looked_up(paths, config.edition.previous):
        # A report written anew of the same figures tells nothing new.
        told = entry.tables[register.LEDGER], entry.tables[register.MEASURES]
        if told not in seen:
            seen.add(told)
            ledgers[entry.name.text] = entry.read(register.LEDGER)
        rows.append(entry.read(register.MEASURES, _COLUMNS))
        if entry.name.edition == paths.edition:
            recodings = entry.read(register.FALLBACKS)
    if not rows:
        return Earlier({}, None, None)
    every = pd.concat(rows, ignore_index=True)
    return Earlier(ledgers, revision.latest(every), recodings)
