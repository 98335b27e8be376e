"""Whether the queries of analysis tables can be run, on rows that are drawn from declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: Rows of each table of a delivery: some of every kind, and quickly made.
ROWS: Final = 5


def faults(config: Configuration) -> list[Problem]:
    """What `derive` would refuse of the queries of analysis tables; none of an open edition.

    The rows are those in which discovery looks for identities (`disclosure.discovery.worlds`): of
    every extract there is, whether or not this edition has it.
    """
    from jsna.disclosure.discovery import supposed
    from jsna.disclosure.discovery.worlds import Drawing

    if not config.edition.received:
        return []
    try:
        Drawing(supposed.configuration(config)).tables(ROWS)
    except JsnaError as error:
        return list(error.problems)
    return []
