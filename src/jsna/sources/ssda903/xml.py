"""The XML of the SSDA903 return, as data-to-insight/csc-validator-be-903 reads it (10ad07c).

A child without an episode is in it for what became of them after care, which stands in the header.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable

_CHILD: Final = {"CHILD": "HEADER/CHILDID"}
_BORN: Final = {**_CHILD, "DOB": "HEADER/DOB"}
_AFTER: Final = ("IN_TOUCH", "ACTIV", "ACCOM")


def _below(path: str, *names: str) -> dict[str, str]:
    return {name: f"{path}/{name}" for name in names}


XML: Final = XmlForm(
    root="EXPSSDA903",
    record="CHILD",
    tables={
        "header": XmlTable(
            "", {**_CHILD, **_below("HEADER", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")}
        ),
        "episodes": XmlTable(
            "EPISODE",
            {
                **_CHILD,
                **_below("EPISODE", "DECOM", "RNE", "LS", "CIN"),
                "PLACE": "EPISODE/PL|EPISODE/PLACE",
                **_below(
                    "EPISODE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST",
                    "PL_POST", "URN",
                ),
            },
        ),
        "reviews": XmlTable(
            "HEADER/AREVIEW", {**_BORN, **_below("HEADER/AREVIEW", "REVIEW", "REVIEW_CODE")}
        ),
        "oc2": XmlTable(
            "HEADER/OC2",
            {
                **_BORN,
                **_below(
                    "HEADER/OC2", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK",
                    "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE",
                    "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
                ),
            },
        ),
        "missing": XmlTable(
            "HEADER/AMISSING",
            {**_BORN, **_below("HEADER/AMISSING", "MISSING", "MIS_START", "MIS_END")},
        ),
        "oc3": XmlTable(
            "",
            {**_BORN, **_below("HEADER", *_AFTER)},
            said_by=_AFTER,
        ),
    },
    unused=tuple(
        f"HEADER/{name}"
        for name in (
            "UASC", "DUC", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR",
            "LS_ADOPTR", "AD_PLACED", "PERMANENCE",
        )
    ),
    header=(),
)  # fmt: skip
