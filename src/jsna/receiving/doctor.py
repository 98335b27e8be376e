"""What arrived in a folder for an edition: what is new, late, replaced, missing or unclear.

A delivery is written into the edition when all its tables are there. What stays unclear is said
with the command that settles it, and nothing is written of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from jsna.drafting.forward import REASON
from jsna.errors import JsnaError, Problem
from jsna.ingest import named_after
from jsna.model.editions import Delivery, Edition
from jsna.model.layouts import MappingFile
from jsna.model.parts import part_of
from jsna.receiving import several
from jsna.receiving.folder import files_of, passed_over
from jsna.receiving.looks import NAMED, look
from jsna.receiving.seen import Known, Looks
from jsna.receiving.years import of_name
from jsna.saying import quoted
from jsna.shared.periods import is_period, window, written_like
from jsna.sources import registry

#: What tells a year that somebody has said.
SAID: Final = "as you say"
What = Literal["new", "late", "replaced", "same", "incomplete"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """One delivery as it lies in the folder.

    Attributes:
        extract, period, mapping: what it is.
        files: table -> what its file looks like.
        beside: what the mapping calls a further file -> the file.
        what: how it stands to the edition.
        lacks: tables, and further files, that are not there.
        fewer: how many rows replace how many, where they are far fewer.
    """

    extract: str
    period: str
    mapping: str
    files: Mapping[str, Looks]
    beside: Mapping[str, Looks]
    what: What
    lacks: tuple[str, ...]
    fewer: str = ""

    @property
    def every(self) -> list[Looks]:
        """Its files, each once."""
        return list(
            {one.digest: one for one in (*self.files.values(), *self.beside.values())}.values()
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds for an edition.

    Attributes:
        arrived: deliveries, those that are whole first.
        unclear: a file, and what to do about it.
        missing: deliveries the edition names and the folder has not, and sources it has nothing of.
        passed: what else lies there and is not looked at.
        endings: how the names of these end, in small letters.
    """

    arrived: tuple[Arrived, ...]
    unclear: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    passed: tuple[str, ...]
    endings: frozenset[str] = frozenset()

    @property
    def written(self) -> list[Arrived]:
        """Deliveries that are written into the edition."""
        return [one for one in self.arrived if one.what in ("new", "late", "replaced")]


@dataclass(slots=True)
class _Sorter:
    """Puts files together to deliveries.

    Attributes:
        folder: where they lie.
        edition: whose they are to be.
        mappings: of councils' own files.
        periods: file -> period, as somebody has said.
        unclear: what came of those that cannot be placed.
    """

    folder: Path
    edition: Edition
    mappings: Mapping[str, MappingFile]
    periods: Mapping[str, str]
    unclear: list[tuple[str, str]] = field(default_factory=list)

    def placed(
        self, every: Iterable[Looks], again: Callable[[Looks], Looks]
    ) -> dict[tuple[str, str, str], dict[str, Looks]]:
        """Extract, period and mapping -> table -> file; `again` reads one the edition names."""
        known = [self._period(one) for one in self._once(every) if self._usable(one)]
        found: dict[tuple[str, str, str], dict[str, list[Looks]]] = {}
        for one in known:
            period = one.period or self._of_others(one, known)
            if not period:
                how = f"jsna doctor … --period {quoted(f'{self.shown(one)}=YEAR')}"
                self.unclear.append((self.shown(one), f"{one.extract}; of which year? {how}"))
                continue
            tables = found.setdefault((one.extract, period, one.mapping), {})
            for table in one.tables:
                tables.setdefault(table, []).append(one)
        return {key: self._one_each(key, tables, again) for key, tables in found.items()}

    def _one_each(
        self,
        key: tuple[str, str, str],
        tables: Mapping[str, Sequence[Looks]],
        again: Callable[[Looks], Looks],
    ) -> dict[str, Looks]:
        extract = registry()[key[0]]
        taken, unclear = several.sorted_out(extract, tables, again)
        for table, files in unclear:
            for one in files:
                others = [self.shown(other) for other in files if other is not one]
                self.unclear.append((self.shown(one), several.rule(extract, key[1], table, others)))
        return taken

    def shown(self, one: Looks) -> str:
        """A file as it is called from its folder, unless that may name a child."""
        name = one.file.relative_to(self.folder).as_posix()
        # Nothing tells whether the words of one that was not read are names.
        hidden = one.unread and not named_after.says_nothing(name, _words_of(self))
        if one.told in named_after.TOLD or hidden:
            return named_after.shown(one.file)
        return name

    def _period(self, one: Looks) -> Looks:
        """A file with the period somebody has said, which nothing in it may contradict.

        Raises:
            JsnaError: no period of its source is written so, or what it holds is of another.
        """
        given = self.periods.get(self.shown(one))
        if not given:
            return one
        kind, rule = registry()[one.extract].period_type, ""
        if not is_period(given, kind):
            rule = f"a period of {one.extract} is written like {written_like(kind)}"
        elif one.period not in ("", given) and one.by != NAMED:
            rule = f"the file is of {one.period}, by {one.by}"
        elif window(given, kind)[0] > self.edition.published:
            rule = "begins after the edition is published"
        if rule:
            value = f"{self.shown(one)}={given}"
            raise JsnaError(Problem("--period", rule, value=value, code="doctor.option"))
        return replace(one, period=given, by=SAID)

    def _once(self, every: Iterable[Looks]) -> Iterator[Looks]:
        seen: dict[str, Looks] = {}
        for one in every:
            if one.digest and one.digest in seen:
                rule = f"the same as {self.shown(seen[one.digest])!r}, byte for byte"
                self.unclear.append((self.shown(one), rule))
            else:
                seen[one.digest] = one
                yield one

    def _usable(self, one: Looks) -> bool:
        if one.told:
            self.unclear.append((self.shown(one), one.told))
        return bool(one.extract) and not one.told

    def _of_others(self, one: Looks, known: Iterable[Looks]) -> str:
        """The year of the other files of its source, where they are all of one."""
        others = {other.period for other in known if other.extract == one.extract} - {""}
        return others.pop() if len(others) == 1 else ""


def find(
    folder: Path,
    edition: Edition,
    mappings: Mapping[str, MappingFile],
    periods: Mapping[str, str] | None = None,
    raw: Path | None = None,
    ways: Mapping[str, str] | None = None,
) -> Found:
    """What a folder holds for an edition.

    Args:
        folder: where the files lie; only read.
        edition: whose they are to be.
        mappings: of councils' own files, by name.
        periods: file -> period, as somebody has said.
        ways: extract -> the mapping it is read by where several fit, as somebody has said.
        raw: where the edition's files lie; without it nobody is told how many rows they had.
    """
    chosen = {s.extract: s.mapping for s in edition.extracts if "mapping" in s.model_fields_set}
    files = files_of(folder)
    names = {file: file.relative_to(folder).as_posix() for file in files}
    words = frozenset(word for name in names.values() for word in named_after.words(name))
    known = Known(mappings, _of_edition(edition), chosen | dict(ways or {}), words, folder)

    def born(name: str) -> bool:
        return named_after.by_its_day(name, edition.reference_date)

    every = [
        Looks(file, "", told=named_after.BORN) if born(names[file]) else look(file, known)
        for file in files
    ]
    children = frozenset(pair for one in every for pair in one.children)
    every = [
        replace(one, told=named_after.CALLED)
        if one.told not in named_after.TOLD and named_after.by_its_names(names[one.file], children)
        else one
        for one in every
    ]
    sorter = _Sorter(folder, edition, mappings, periods or {})

    def again(one: Looks) -> Looks:
        return look(one.file, replace(known, told={}))

    tables = sorter.placed(every, again)
    arrived = [
        _arrived(key, files, [one for one in every if one.beside], sorter)
        for key, files in sorted(tables.items())
    ]
    for at, one_of in enumerate(arrived):
        if raw is not None and one_of.what == "replaced":
            before = _files_before(edition, one_of, raw)
            arrived[at] = replace(one_of, fewer=several.fewer(one_of.every, before, again))
    used = {one.digest for a in arrived for one in a.beside.values()}
    for one in every:
        if one.beside and one.digest not in used:
            rule = "columns are joined of it, and no delivery says which"
            sorter.unclear.append((sorter.shown(one), rule))
    arrived.sort(key=lambda one: (one.what == "incomplete", one.extract, one.period))
    missing = tuple(_missing(edition, arrived))
    plain = _words_of(sorter)
    left = passed_over(folder)
    passed = (
        name
        if named_after.says_nothing(name, plain) and not born(name)
        else named_after.shown(folder / name)
        for name in left
    )
    endings = frozenset(Path(name).suffix.lower() for name in left)
    return Found(tuple(arrived), tuple(sorter.unclear), missing, tuple(sorted(passed)), endings)


def _words_of(sorter: _Sorter) -> frozenset[str]:
    """Words of the authority and of the names of mappings, which are no names of children."""
    return named_after.words(" ".join((sorter.edition.area, *sorter.mappings)), 2)


def _of_edition(edition: Edition) -> dict[str, Looks]:
    """Digest -> what the edition says its file is: it need not be read again."""
    found: dict[str, Looks] = {}
    for one in edition.received:
        for table, file in one.files.items():
            digest = one.sha256.get(file, "")
            before = found.get(digest)
            tables = (*(before.tables if before else ()), table)
            found[digest] = Looks(
                Path(file), digest, one.extract, tables, one.mapping, one.period, "the edition"
            )
        for name, file in one.beside.items():
            digest = one.sha256.get(file, "")
            found[digest] = Looks(Path(file), digest, beside=(f"{one.mapping}:{name}",))
    return found


def _arrived(
    key: tuple[str, str, str], files: Mapping[str, Looks], others: Sequence[Looks], sorter: _Sorter
) -> Arrived:
    extract, period, mapping = key
    wanted = sorter.mappings[mapping].joined if mapping else set()
    beside = {}
    for name in sorted(wanted):
        fit = [one for one in others if f"{mapping}:{name}" in one.beside]
        if (one := _of_year(fit, period, registry()[extract].period_type)) is not None:
            beside[name] = one
    names = [table.name for table in registry()[extract].tables if not table.optional]
    there = {part_of(name)[0] for name in files}
    lacks = (*(name for name in names if name not in there), *sorted(wanted - beside.keys()))
    before = [d for d in sorter.edition.deliveries if (d.extract, d.period) == (extract, period)]
    made = Arrived(extract, period, mapping, files, beside, "new", lacks)
    return replace(made, what=_what(made, before[0] if before else None))


def _files_before(edition: Edition, one: Arrived, raw: Path) -> list[Path]:
    """The files the edition names for a delivery, where they lie."""
    key = (one.extract, one.period)
    named = (d for d in edition.deliveries if (d.extract, d.period) == key)
    return [raw / file for d in named for file in dict.fromkeys(d.files.values())]


def _of_year(fit: Sequence[Looks], period: str, period_type: str) -> Looks | None:
    """The only file that fits, or the only one that is named for the year."""
    if len(fit) > 1:
        fit = [one for one in fit if of_name(one.file.stem, period_type) == period]
    return fit[0] if len(fit) == 1 else None


def _what(made: Arrived, before: Delivery | None) -> What:
    if made.lacks:
        return "incomplete"
    if before is None or before.reason == REASON:
        return "new"
    if before.status != "received":
        return "late"
    digests = {table: before.sha256.get(file) for table, file in before.files.items()}
    joined = {name: before.sha256.get(file) for name, file in before.beside.items()}
    same = (
        digests == {table: one.digest for table, one in made.files.items()}
        and joined == {name: one.digest for name, one in made.beside.items()}
        and before.mapping == made.mapping
    )
    return "same" if same else "replaced"


def _missing(edition: Edition, arrived: Sequence[Arrived]) -> Iterator[str]:
    there = {(one.extract, one.period) for one in arrived if one.what != "incomplete"}
    for delivery in edition.deliveries:
        if (delivery.extract, delivery.period) not in there:
            said = f" ({delivery.reason})" if delivery.status != "received" else ""
            yield f"{delivery.extract}, {delivery.period}{said}"
    named = {*(name for name, _ in there), *(d.extract for d in edition.deliveries)}
    for name, extract in registry().items():
        if name not in named:
            yield f"{name}: nothing, and the edition names no year of it ({extract.title})"
