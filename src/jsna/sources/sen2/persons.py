"""Persons entered twice in the SEN2 return, whose plans are counted once.

A person entered twice has two row identifiers, and a plan under each. Two rows are one person where
they have one pupil number and one date of birth or name, or one name and date of birth and no
pupil numbers that differ: twins share a date of birth, and a number may be typed on a sibling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jsna.model.contract import Context, CrossRule, Rule

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]
    Above = Callable[[Frames, str, str], pd.Series[Any]]


def entered(persons: pd.DataFrame) -> pd.Series[int]:
    """For each row the first row of the same person, by position."""
    import numpy as np
    import pandas as pd

    names = _same(_folded(persons["forename"]) + "|" + _folded(persons["surname"]))
    said = {"number": _same(persons["upn"]), "born": _same(persons["date_of_birth"])}
    frame = pd.DataFrame({**said, "names": names}, index=persons.index)
    label = pd.Series(np.arange(len(frame)), index=frame.index)
    # Most share neither with anybody.
    frame = frame[frame["number"].duplicated(keep=False) | frame["names"].duplicated(keep=False)]
    numbers = frame.dropna(subset=["names", "born"]).groupby(["names", "born"])["number"]
    alike = (numbers.transform("nunique") <= 1).reindex(frame.index, fill_value=False)
    # Twice, so that a row alike to one by number and to another by name joins all three.
    for _ in range(2):
        for keys, rows in (
            (["number", "born"], frame),
            (["number", "names"], frame),
            (["names", "born"], frame[alike]),
        ):
            groups = rows.dropna(subset=keys)
            first = label.loc[groups.index].groupby([groups[key] for key in keys]).transform("min")
            label.loc[groups.index] = first
    return label


def _folded(names: pd.Series[str]) -> pd.Series[str]:
    """Names in small letters, without white space around them."""
    texts = names.dropna().unique()
    return names.map({text: text.casefold().strip() for text in texts}).astype(names.dtype)


def _same(values: pd.Series[Any]) -> pd.Series[float]:
    """A number for each different value; none where it is empty."""
    import numpy as np
    import pandas as pd

    numbers = pd.factorize(values)[0].astype(np.float64)
    return pd.Series(np.where(numbers < 0, np.nan, numbers), values.index)


def _once(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether no other row is of the same person."""

    label = entered(frame)
    answer: pd.Series[bool] = ~label.duplicated(keep=False)
    return answer


def _ranked(frames: Frames, above: Above) -> pd.DataFrame:
    """Entries of persons entered more than once: `entry`, `who`, and `rank`, 0 for the one counted.

    An entry with a plan in force comes first, then the first in order of content: the same in every
    module, so that what hangs on a row that is counted is counted too.
    """
    import pandas as pd

    persons = frames["person"]
    label = entered(persons)
    again = persons[label.duplicated(keep=False)]
    planned = set(above(frames, "activeplans", "person_table_id").dropna())
    cells = [again[name].astype(object).fillna("") for name in again if name != "source_row"]
    content = ["|".join(map(str, row)) for row in zip(*cells, strict=True)]
    found = pd.DataFrame(
        {
            "entry": again["person_table_id"].astype(object),
            "who": label.loc[again.index],
            "bare": ~again["person_table_id"].isin(planned),
            "content": content,
        }
    ).sort_values(["who", "bare", "content"], kind="stable")
    return found.assign(rank=found.groupby("who").cumcount()).set_index("entry")


def _counted(table: str, of: str | None, above: Above) -> Callable[[Frames, Context], Any]:
    """Whether a row is not that of another entry of its person over again, of the day `of`."""

    def check(frames: Frames, _: Context) -> pd.Series[bool]:
        ranked, rows = _ranked(frames, above), frames[table]
        entry = above(frames, table, "person_table_id").astype(object)
        found = rows.assign(
            who=entry.map(ranked["who"]),
            rank=entry.map(ranked["rank"]),
            day="" if of is None else rows[of].astype(object),
        ).dropna(subset=["who", "day"])
        best = found.groupby(["who", "day"])["rank"].transform("min")
        answer: pd.Series[bool] = (found["rank"] == best).reindex(rows.index)
        return answer

    return check


PERSON = (
    Rule(
        "person_table_id.twice", "warning",
        "the person is entered more than once; their plan, and a request or plan of one day, is "
        "counted once",
        ("person_table_id",), _once, together=True,
    ),
)  # fmt: skip


def cross_rules(above: Above) -> tuple[CrossRule, ...]:
    """Rules of the modules that hang on persons.

    Args:
        above: gives a field of a module above, for each row of a module.
    """
    return tuple(
        CrossRule(
            "person_table_id.twice", "error",
            f"the person is entered more than once, with {what}: one of them is counted",
            table, fields, ("person", "requests", "assessment", "activeplans"),
            _counted(table, of, above),
            again=True,
        )
        for table, what, of, fields in (
            ("activeplans", "a plan in force each", None, ("requests_table_id",)),
            ("namedplan", "a plan that starts on the same day each", "start_date",
             ("assessment_table_id", "start_date")),
            ("requests", "a request of the same day each", "received_date",
             ("person_table_id", "received_date")),
        )
    )  # fmt: skip
