"""The XML of one school's census: what the forms of several sources have in common.

Names of elements are those of the common basic data set, as readers of such files know them (see
the forms, `xml.py` of each source).
"""

from __future__ import annotations

from typing import Final

ROOT: Final = "Message"
COLLECTION: Final = ("SC", "SCHOOL CENSUS")
#: A pupil on the school's roll, and one who has left it.
ON_ROLL: Final = "Pupils/PupilsOnRoll/PupilOnRoll"
LEFT: Final = "Pupils/PupilsNoLongerOnRoll/PupilNoLongerOnRoll"
WHO: Final = "PupilIdentifiers"
#: The number of a pupil's record in the file, by which what hangs on it is found.
PUPIL: Final = {"pupilonrolltableid": "#"}
#: Whose return it is.
SCHOOL: Final = {name: f"/Header/Source/{name}" for name in ("LEA", "Estab", "URN")}


def below(path: str, *names: str) -> dict[str, str]:
    """Columns called as the elements that stand below a path."""
    return {name: f"{path}/{name}" for name in names}


def pupil(*names: str, born: str = "DOB") -> dict[str, str]:
    """Who a pupil is: elements by their own names, the day of birth (to `born`) and sex."""
    return {
        **below(WHO, *names),
        born: f"{WHO}/DOB|{WHO}/BirthDate",
        "Sex": f"{WHO}/Sex|{WHO}/Gender",
    }
