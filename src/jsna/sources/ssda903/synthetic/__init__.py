"""Children in care as the return shows them: `care` makes their episodes, `year` the files."""

from __future__ import annotations

from typing import Final

from jsna.sources.ssda903.synthetic import year
from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic

SYNTHETIC: Final = Synthetic(
    views={
        "header": year.header_view,
        "episodes": year.episodes_view,
        "reviews": year.reviews_view,
        "oc2": year.oc2_view,
        "missing": year.missing_view,
    },
    style=Style("cp1252", True, "%d/%m/%Y"),
)
