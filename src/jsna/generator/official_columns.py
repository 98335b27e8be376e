"""Columns of the release on EHC plans, and the facts they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Establishment type of the register -> column of the release.
COLUMN_OF_TYPE: Final = {
    "07": "special_la_maintained", "12": "special_la_maintained",
    "33": "special_academy_free", "36": "special_academy_free", "44": "special_academy_free",
    "08": "special_non_maintained", "10": "special_independent", "11": "mainstream_independent",
    "14": "ap_pru_la_maintained", "42": "ap_pru_academy", "43": "ap_pru_academy",
    "38": "ap_pru_free_school", "15": "mainstream_la_maintained",
    "18": "general_fe_tertiary_colleges", "29": "general_fe_tertiary_colleges",
    "31": "general_fe_tertiary_colleges", "32": "specialist_post_16_institutions",
    "28": "mainstream_academy", "34": "mainstream_academy", "35": "mainstream_free_school",
}  # fmt: skip
#: Establishment types outside the figures on exclusions: nursery schools, alternative provision,
#: colleges, and what belongs to no state.
ELSEWHERE: Final = ("10", "11", "14", "15", "18", "29", "31", "32", "38", "42", "43")
#: Setting of a plan that is no school or college (`placement.SETTINGS`) -> column.
COLUMN_OF_SETTING: Final = {
    "other_arrangements_la": "other_arrangements_la",
    "other_arrangements_parents": "other_arrangements_parents",
    "home_educated": "elective_home_education", "early_years": "nm_early_years",
    "other_setting": "other_placement_settings", "neet": "neet", "notice_to_cease": "neet_ntci",
    "not_in_education_compulsory": "neet_other_csa", "not_in_education_other": "neet_other",
}  # fmt: skip
#: Part of a mainstream school a plan names -> what the column of the school ends in.
UNITS: Final = {"sen_unit": "_senunit", "resourced_provision": "_resourced_provision"}
MAINSTREAM: Final = ("mainstream_la_maintained", "mainstream_academy", "mainstream_free_school")
SETTINGS: Final = (
    *(f"{kind}{unit}" for kind in MAINSTREAM for unit in ("", "_resourced_provision", "_senunit")),
    "mainstream_independent", "special_la_maintained", "special_academy_free",
    "special_independent", "special_non_maintained", "ap_pru_academy", "ap_pru_free_school",
    "ap_pru_la_maintained", "general_fe_tertiary_colleges", "specialist_post_16_institutions",
    "ukrlp_provider", "elective_home_education", "other_arrangements_la",
    "other_arrangements_parents", "online_provider", "w_settings", "other_schools",
    "other_placement_settings", "neet", "neet_ntci", "neet_other", "neet_other_csa",
    "nm_early_years", "placement_unknown", "await_prov_2022", "perm_ex_2022",
)  # fmt: skip
NEEDS: Final = ("asd", "hi", "mld", "msi", "oth", "pd", "pmld", "semh", "slcn", "sld", "spld", "vi",
                "need_unknown")  # fmt: skip
#: What the release of 2026 changed: columns of 2025 -> what stands in their place, and the codes
#: (establishment types, a need) that tell them apart.
SPLIT_IN_2026: Final = {
    "special_academy_free": {
        "special_academy": ("33", "44"), "special_free_school": ("36",),
    },
    "oth": {"oth": (), "ds": ("DS",)},
}  # fmt: skip
REASONS: Final = {
    "1": "max_age", "2": "needs_met", "3": "he", "4": "employ", "5": "transfer", "6": "no_engage",
    "7": "moved_outside_eng", "8": "deceased", "9": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of the release of one year that count plans.

    Attributes:
        of_type: establishment type -> column.
        settings, needs: columns of the caseload by setting and by need.
        own: needs that have a column of their own since 2026.
    """

    of_type: dict[str, str]
    settings: tuple[str, ...]
    needs: tuple[str, ...]
    own: tuple[str, ...] = ()


def columns(year: int) -> Columns:
    """The columns of the release of a year."""
    if year < 2026:
        return Columns(dict(COLUMN_OF_TYPE), SETTINGS, NEEDS)
    of_type = {
        code: next((new for new, codes in SPLIT_IN_2026.get(column, {}).items() if code in codes),
                   column)
        for code, column in COLUMN_OF_TYPE.items()
    }  # fmt: skip
    return Columns(of_type, _split(SETTINGS), _split(NEEDS), ("ds",))


def _split(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(new for name in names for new in SPLIT_IN_2026.get(name, (name,)))
