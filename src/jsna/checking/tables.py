"""Whether the queries of analysis tables can be run, on rows that are drawn from declarations.

Where they can, whether each is of one period, as far as it does not say otherwise (`years`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: Rows of each table of a delivery: quickly made, and enough of them about one person in two years.
ROWS: Final = 200


def faults(config: Configuration) -> list[Problem]:
    """What `derive` would refuse of the queries of analysis tables, and what would not be safe.

    There is nothing of an open edition.

    The rows are those in which discovery looks for identities (`disclosure.discovery.worlds`): of
    every extract there is, whether or not this edition has it.
    """
    from jsna.checking import years
    from jsna.disclosure.discovery import supposed
    from jsna.disclosure.discovery.worlds import Drawing

    if not config.edition.received:
        return []
    of = supposed.configuration(config)
    try:
        return years.faults(Drawing(of).rows(ROWS), of)
    except JsnaError as error:
        return list(error.problems)
