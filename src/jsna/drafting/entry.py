"""An entry of an indicator file as its table, or the indicator it is of, implies it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from jsna.drafting import wording
from jsna.drafting.values import OF_NOTHING, Numbers, both
from jsna.errors import Problem, near
from jsna.measures.checks import time_of
from jsna.model.chapters import Chapter
from jsna.model.dimensions import Dimension
from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.model.kinds import KINDS, Kind
from jsna.model.questions import Needed
from jsna.model.tables import AnalysisTable
from jsna.settings.indicators import FOLDER
from jsna.tables.catalogue import CATALOGUE, column_of, period_type

#: Dimensions that nearly every table has, after its own.
_COMMON: Final = ("sex", "age_group", LOCALITY)
#: Breakdowns of a first entry at most.
_MOST: Final = 4
#: Kind -> what it says beyond a table, and the file with an example of one.
_BY_HAND: Final = {
    "standardised_rate": "it names a standard population: copy tests/spec/standardised_rates.md",
    "transition": "it is of a table of two years: copy tests/spec/what_became.md",
    "flow": "it is of a table of two years: copy tests/spec/what_became.md",
    "reconciliation": "it names two sources: copy tests/spec/two_sources.md",
    "stock_change": "it names a stock and its flows: copy tests/spec/stock_by_flows.md",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        id: of the indicator.
        table: analysis table that is counted.
        kind: of measure.
        chapter: file of `config/indicators/`, without its ending; follows from the table, where
            one chapter alone counts it.
        title: of the indicator; the words of its id where not given.
        new_chapter: title of a chapter that is not there yet.
        of: the indicator that one which is worked out is of, or the column of the numbers.
        unit: of the values that a kind is worked out from; the one its column names, where not
            given.
        part: which rows a proportion counts: a column of yes or no, or `column=code`.
        began, until: of a wait, the days it began and ended, as the file heads them.
        ended: of a wait, the column that says whether it has.
        answers: figures of `config/questions.yaml` that it gives.
    """

    id: str
    table: str = ""
    kind: str = "count"
    chapter: str = ""
    title: str = ""
    new_chapter: str = ""
    of: str = ""
    unit: str = ""
    part: str = ""
    began: str = ""
    until: str = ""
    ended: str = ""
    answers: tuple[str, ...] = ()


@dataclass(slots=True)
class Drafter:
    """What is there already: indicators, chapters, dimensions and figures that are asked for."""

    wanted: Wanted
    indicators: Mapping[str, Indicator]
    chapters: Mapping[str, Chapter]
    dimensions: Mapping[str, Dimension]
    codes: Mapping[str, Mapping[str, str]]
    figures: Mapping[str, Needed] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, option: str, rule: str, value: str = "") -> None:
        """Keep what is wrong with an option."""
        self.problems.append(Problem(option, rule, value=value, code="new.indicator"))

    # -- what is asked for -----------------------------------------------------------------------

    def judge(self) -> None:
        """Gather what is wrong with what is asked for."""
        wanted = self.wanted
        if not re.fullmatch(r"[a-z][a-z0-9_]*", wanted.id):
            self.refuse("ID", "an id is small letters, digits and _, a letter first", wanted.id)
        if wanted.id in self.indicators:
            where = f"{FOLDER}/{self.indicators[wanted.id].chapter}.yaml"
            self.refuse("ID", f"an indicator of this id stands in {where}", wanted.id)
        if wanted.kind not in KINDS:
            self._unknown("--kind", "kind of measure", wanted.kind, KINDS)
        derived = wanted.kind in KINDS and KINDS[wanted.kind].derived
        if derived and wanted.of not in self.indicators:
            self._unknown("--of", "indicator to work it out from", wanted.of, self.indicators)
        elif not derived and wanted.table not in CATALOGUE:
            self._unknown("--table", "analysis table", wanted.table, CATALOGUE)
        for name in wanted.answers:
            if name not in self.figures:
                self._unknown("--answers", "figure in config/questions.yaml", name, self.figures)
        chapter = self.chapter
        if wanted.chapter and not re.fullmatch(r"[a-z][a-z0-9_]*", wanted.chapter):
            rule = "a chapter's file is called by small letters, digits and _, a letter first"
            self.refuse("--chapter", rule, wanted.chapter)
        elif wanted.new_chapter and not wanted.chapter:
            self.refuse("--chapter", "name the file of the new chapter", "")
        elif wanted.new_chapter and chapter in self.chapters:
            self.refuse("--new-chapter", "there is a chapter of this name already", chapter)
        elif not wanted.new_chapter and chapter not in self.chapters:
            self._unknown("--chapter", "chapter", chapter, self.chapters)
            if wanted.chapter:
                self.refuse("--new-chapter", "its title begins a chapter that is not there yet")

    def _unknown(self, option: str, what: str, value: str, known: Mapping[str, object]) -> None:
        hint = near(value, known, 3) if value else ""
        there = hint or f"; there are {', '.join(sorted(known))}"
        rule = f"there is no such {what}{there}" if value else f"name the {what}{there}"
        self.refuse(option, rule, value)

    @property
    def chapter(self) -> str:
        """The chapter, or that of the others that count the table."""
        if self.wanted.chapter:
            return self.wanted.chapter
        if self.wanted.of in self.indicators:
            return self.indicators[self.wanted.of].chapter
        there = [i.chapter for i in self.indicators.values() if self._counts_same(i)]
        return there[0] if len(set(there)) == 1 else ""

    def _counts_same(self, other: Indicator) -> bool:
        return other.numerator is not None and other.numerator.table == self.wanted.table

    # -- the entry -------------------------------------------------------------------------------

    def entry(self) -> dict[str, Any]:
        """The entry, or what is lacking for one of its kind among the problems."""
        kind = KINDS[self.wanted.kind]
        if kind.name in _BY_HAND:
            self.refuse("--kind", _BY_HAND[kind.name], str(kind))
            return {}
        made = self._derived(kind) if kind.derived else self._counted(kind)
        return made | ({"answers": [*self.wanted.answers]} if self.wanted.answers else {})

    def _head(self) -> dict[str, Any]:
        title = self.wanted.title or wording.of_id(self.wanted.id)
        return {"id": self.wanted.id, "title": title}

    def _derived(self, kind: Kind) -> dict[str, Any]:
        base = self.indicators[self.wanted.of]
        alone = [name for one in base.breakdowns if len(one) == 1 for name in one]
        line = kind.worked_out == "along"
        by = [name for name in alone if (name in self._steps) == line][:1] or alone[: not line]
        if not by:
            rule = "is broken down by nothing whose categories could be compared"
            self.refuse("--of", rule, base.id)
        compared: dict[str, Any] = {"derived": {"of": base.id, "along": "".join(by)}}
        if kind.parts:
            compared["breakdowns"] = [kind.parts]
        elif not line:
            compared = {"derived": {"of": base.id}, "breakdowns": by}
        return {
            **self._head(),
            "phrase": f"be among {base.phrase}",
            "definition": wording.derived(kind, base),
            "kind": str(kind),
            **compared,
        }

    def _counted(self, kind: Kind) -> dict[str, Any]:
        table = CATALOGUE[self.wanted.table]
        sides = self._sides(kind, table)
        whole = CATALOGUE.get(sides.get("denominator", {}).get("table", ""), table)
        # By what is asked of the part it would be all or nothing.
        part = sides.get("numerator", {}).get("where", "").partition(" = ")[0]
        by = [
            name
            for name in self._by(table)
            if column_of(name) in whole.columns and column_of(name) != part
        ]
        over = {"over": by[:1]} if kind.of_one_whole else {}
        if kind.of_one_whole and not by:
            self.refuse("--kind", "the table has no codes to take shares of", str(kind))
        first = [f"bars {by[0]}"] if by else []
        trend = [] if kind.of_one_whole else ["trend"]
        head = self._head()
        if kind.sums and "numerator" in sides and (time := time_of(Side(**sides["numerator"]))):
            # A sum of pounds a week is not that of the year.
            head["title"] += "" if time in head["title"].lower() else f" in one {time}"
        return {
            **head,
            **({"definition": wording.rate(table)} if kind.per else {}),
            "kind": str(kind),
            **sides,
            **over,
            **({} if kind.of_one_whole else {"breakdowns": by}),
            "charts": [*trend, *first],
        }

    def _sides(self, kind: Kind, table: AnalysisTable) -> dict[str, Any]:
        """Numerator and denominator of a kind."""
        held = " and ".join(f"{name} = '{next(iter(self._codes(name)))}'" for name in table.apart)
        every = {"table": table.name, **({"where": held} if held else {})}
        if kind.amounts or kind.sums or kind.of_values:
            return Numbers(self, kind, table, held).sides()
        if kind.per:
            return {"numerator": every, **self._divided(table)}
        if not kind.divides or kind.of_one_whole:
            return {"numerator": every}
        part = {"table": table.name, "where": both(held, self._part(table))}
        return {"numerator": part, "denominator": every}

    def _part(self, table: AnalysisTable) -> str:
        """The condition that the rows of a part meet, as asked for; the only yes or no there is."""
        flags, coded = flags_of(table), [name for name in self._by(table) if self._codes(name)]
        column, _, code = (text.strip(" '\"") for text in self.wanted.part.partition("="))
        there = " or ".join(
            [*([f"yes or no in {', '.join(flags)}"] if flags else []),
             *([f"a code, as in {coded[0]}={next(iter(self._codes(coded[0])))}"] if coded else [])]
        )  # fmt: skip
        if not column and len(flags) == 1:
            return flags[0]
        if not there:
            rule = "the table has neither yes or no nor codes to be a part"
            self.refuse("--kind", rule, table.name)
        elif not column:
            self.refuse("--part", f"say which rows are the part: {there}")
        elif column in flags and not code:
            return column
        elif code in (known := self._codes(column)) and column_of(column) in table.columns:
            return f"{column_of(column)} = '{code}'"
        else:
            hint = near(code, known) if known else ""
            self.refuse("--part", f"is no part of the table{hint}; there are {there}", column)
        return "true"

    def _divided(self, table: AnalysisTable) -> dict[str, Any]:
        """Whom others divide events of the same base and kind of period by."""
        alike = Counter(
            (i.denominator.model_dump_json(exclude_defaults=True), i.per, i.unit)
            for i in self.indicators.values()
            if i.kind.per
            and i.numerator is not None
            and i.denominator is not None
            and i.period_type == period_type(table)
            and i.population_base == table.base
        )
        if not alike:
            rule = f"no other rate is of the {table.base} population and such a period; write it"
            self.refuse("--kind", rule, self.wanted.kind)
            return {}
        ((side, per, unit), _), *_ = alike.most_common()
        return {"unit": unit, "per": per, "denominator": yaml.safe_load(side)}

    def _by(self, table: AnalysisTable) -> list[str]:
        """Dimensions to break it down by: its own before those of every table."""
        dims = [
            name
            for name, column in table.columns.items()
            if column.type == "string" and name in self.dimensions and name not in table.apart
        ]
        own = [d for d in dims if d not in (*_COMMON, *self._steps, *table.key)]
        shared_ones = [d for d in _COMMON if column_of(d) in table.columns]
        return [*own, *shared_ones][:_MOST]

    @property
    def _steps(self) -> set[str]:
        return {name for name, one in self.dimensions.items() if one.step}

    def _codes(self, name: str) -> Mapping[str, str]:
        return self.codes.get(name, {})


def flags_of(table: AnalysisTable) -> list[str]:
    """The columns that say yes or no of a row."""
    columns = table.columns.values()
    return [c.name for c in columns if c.type == "boolean" and c.name not in OF_NOTHING]
