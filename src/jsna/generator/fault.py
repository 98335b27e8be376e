"""One kind of fault: what is put where, and what validation must say of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Change = Literal[
    "set", "blank", "cut", "wrong_letter", "wrong_digit", "impossible_date", "year", "before",
    "duplicate", "time", "form", "again", "nobody",
]  # fmt: skip


class Fault(BaseModel):
    """One kind of fault: where it strikes, what it does and what validation must say.

    Attributes:
        fault: name of the kind.
        table: `extract.table` whose files it strikes.
        column: header of the column changed, as in the file.
        change: `set` writes `to`; `blank` empties; `cut` drops the last three characters;
            `wrong_letter` gives a UPN another check letter and `wrong_digit` a number another
            last digit; `impossible_date` makes it 31 February, written as it was; `year` makes
            the year `to`; `before` writes the date of the column `to`, four years earlier;
            `duplicate` adds the row a second time at the end of the file; `time` gives a date a
            time of day, and `form` writes it as `to` says (as `strftime`); `again` enters the
            child a second time in every table of the source, as its module `faults` does it
            (`AGAIN`, see `jsna.synthetic.lines`); `nobody` makes it a number that nothing has.
        where: only rows whose cell of each header is one of these.
        filled: only rows in which these columns are filled, beside `column` itself.
        expect: code of the rule validation must report for the row.
        severity: `error` where the row must be set aside; `warning`; or `none` where it must be
            read as if nothing had happened to it, and no code is expected.
        also: codes other rows may be reported under because of this one, such as a suspension
            whose pupil is no longer found on the roll.
        sound: pattern the changed cell must not match, or else nothing is wrong with it.
        fewest: rows a file must have for each such fault in it.
        per_100_000: faults in 100,000 rows.
        source: where the rate comes from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    table: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    column: str
    change: Change
    to: str = ""
    where: dict[str, tuple[str, ...]] = {}
    filled: tuple[str, ...] = ()
    expect: str = ""
    severity: Literal["error", "warning", "none"]
    also: tuple[str, ...] = ()
    sound: str = ""
    fewest: int = 0
    per_100_000: float = Field(gt=0)
    source: str

    @model_validator(mode="after")
    def _to_fits(self) -> Fault:
        if (self.change in ("set", "year", "before", "form")) != bool(self.to):
            raise ValueError("`to` is given exactly for the changes set, year, before and form")
        if (self.severity == "none") == bool(self.expect):
            raise ValueError("`expect` is given exactly where something is to be reported")
        return self
