"""How the parts of a configuration fit together: what no schema of one file can say.

Each check yields findings; `settings.loading` adds the file and gathers them. Nothing is raised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jsna.model.areas import AUTHORITY_NUMBERS
from jsna.model.contract import REPEATED, SHARED
from jsna.model.parts import part_of
from jsna.shared.patterns import NOTHING
from jsna.shared.periods import is_period, written_like

if TYPE_CHECKING:
    from jsna.model.areas import Area
    from jsna.model.codelists import CodeList
    from jsna.model.contract import Extract
    from jsna.model.editions import Delivery, Edition
    from jsna.model.profiles import Profile

#: Key below the file, rule broken, value found.
Finding = tuple[str, str, str]

#: What localities are -> how their codes begin.
_PREFIXES = {"district": "E07", "ward": "E05"}
#: Types of periods written `2024/25`; the others are written `2025`.
#: What the rules of a column are called, below its field.
_CELL_RULES = ("missing", "type", "code", "shape", "range")
#: Counts of records, beside extracts and datasets: what a disclosure profile may be given for.
_RECORDS = "quality"


def of_area(area: Area) -> Iterator[Finding]:
    """Codes that are not of the kind the area says, or stand twice."""
    kind = area.localities_are
    for place in area.localities:
        if not place.code.startswith(_PREFIXES[kind]):
            rule = f"the code of a {kind} begins {_PREFIXES[kind]}; see `localities_are`"
            yield f"localities ({place.name})", rule, place.code
    yield from _twice("localities", (place.code for place in area.localities))
    tiles = (place.tile for place in area.localities if place.tile is not None)
    yield from _twice("localities", (f"tile {list(tile)}" for tile in tiles))
    yield from _twice("neighbours", (place.code for place in area.neighbours))
    yield from _groups(area)
    if any(place.code == area.code for place in area.neighbours):
        yield "neighbours", "the area is not a neighbour of itself", area.code
    if (area.kind == "county") != area.code.startswith("E10"):
        yield "kind", "a county's code begins E10, and no other's does", area.kind
    if re.fullmatch(r"E12\d{6}", area.region.code) is None:
        yield "region.code", "the code of a region is E12 and six digits", area.region.code


def _groups(area: Area) -> Iterator[Finding]:
    """Groups of localities that leave one out, have one twice or name one that is not there."""
    codes = {place.code for place in area.localities}
    yield from _twice("locality_groups", (group.code for group in area.locality_groups))
    for group in area.locality_groups:
        for code in group.localities:
            if code not in codes:
                yield f"locality_groups ({group.name})", "the area has no such locality", code
        if group.code in (area.code, *codes):
            yield f"locality_groups ({group.name})", "the code of another place", group.code
    grouped = [code for group in area.locality_groups for code in group.localities]
    yield from _twice("locality_groups", grouped)
    if grouped:
        for place in area.localities:
            if place.code not in grouped:
                yield "locality_groups", f"{place.name} is in no group", place.code
    if len(area.locality_groups) == 1:
        yield "locality_groups", "one group is the whole area; give two or more, or none", ""


def _of_usage(codelist: CodeList) -> Iterator[Finding]:
    """Years that are none; what is said of codes that the list does not have."""
    known = {*codelist.codes, *codelist.rolls_up}
    for name, years in (("since", codelist.since), ("until", codelist.until)):
        for code, year in years.items():
            if not (len(year) == 4 and year.isdigit()):
                yield f"{name}.{code}", "is no year; a return of 2024/25 is of 2025", year
    for name, codes in (
        ("since", codelist.since), ("until", codelist.until), ("unconfirmed", codelist.unconfirmed)
    ):  # fmt: skip
        for code in codes:
            if code not in known:
                yield f"{name}.{code}", "is none of the codes of the list", code


def of_codelist(codelist: CodeList, listed: Mapping[str, CodeList]) -> Iterator[Finding]:
    """Optional codes that lead nowhere; a coarser list that is no division of the finer one.

    Args:
        codelist: the list.
        listed: the code list of each dimension.
    """
    for code, main in codelist.rolls_up.items():
        if code in codelist.codes:
            yield f"rolls_up.{code}", "is itself among `codes`, so it cannot count as another", code
        if main not in codelist.codes:
            yield f"rolls_up.{code}", "counts as a code that is not among `codes`", main
    for code in (*codelist.codes, *codelist.rolls_up):
        if code.casefold() in NOTHING:
            yield f"codes.{code}", "says in every file that there is no value; use another", code
    yield from _of_usage(codelist)
    if bool(codelist.of) != bool(codelist.finer):
        yield "of", "a coarser list has both `of` and `finer`, any other neither", codelist.of
        return
    if not codelist.of:
        return
    finer = listed.get(codelist.of)
    if finer is None:
        yield "of", f"no such code list or dimension; there are {_words(listed)}", codelist.of
        return
    seen, of = {codelist.codelist}, codelist.of
    while of:
        if of in seen:
            yield "of", "the list is made, in the end, of itself", codelist.of
            return
        seen.add(of)
        above = listed.get(of)
        of = above.of if above is not None else ""
    for code in codelist.codes:
        if not codelist.finer.get(code):
            yield f"finer.{code}", f"no code of {codelist.of} is given for it", ""
    for code, parts in codelist.finer.items():
        if code not in codelist.codes:
            yield f"finer.{code}", "stands for a code that is not among `codes`", code
        for part in parts:
            if part not in finer.codes:
                yield f"finer.{code}", f"{codelist.of} has no such code", part
    given = [part for parts in codelist.finer.values() for part in parts]
    for part, times in Counter(given).items():
        if times > 1:
            yield "finer", f"stands {times} times; codes that overlap do not add up", part
    for part in finer.codes:
        if part not in given:
            rule = f"this code of {codelist.of} is part of none; the codes must cover all"
            yield "finer", rule, part


def of_profile(profile: Profile, file: str) -> Iterator[Finding]:
    """A name that is not the file's, no source, or a printed rule that leaves out its numbers."""
    if profile.profile not in ("", file) or "+" in file:
        yield "profile", f"must be the file's name {file!r}, without a +", profile.profile
    if not profile.source:
        yield "source", "says where the rule comes from; the report cites it", ""
    said = set(re.findall(r"\d+", profile.rule))
    if profile.threshold and not said & {str(profile.threshold), str(profile.threshold - 1)}:
        # What is printed about the protection must be what is done.
        rule = f"is printed in the report, and does not name the `threshold` ({profile.threshold})"
        yield "rule", rule, profile.rule
    if profile.rounding > 1 and str(profile.rounding) not in said:
        rule = f"is printed in the report, and does not name the `rounding` ({profile.rounding})"
        yield "rule", rule, profile.rule


def of_edition(
    edition: Edition,
    extracts: Mapping[str, Any],
    chapters: Collection[str],
    editions: Collection[str] = (),
) -> Iterator[Finding]:
    """References to what is not there, and deliveries that cannot all be meant.

    Args:
        edition: the edition.
        extracts: declared extracts by name.
        chapters: every chapter there is.
        editions: every edition that is configured, or whose ledger is there.
    """
    if "chapters" in edition.model_fields_set and not edition.chapters:
        yield "chapters", "an edition has at least one chapter", ""
    for name in dict.fromkeys(edition.chapters):
        if chapters and name not in chapters:
            rule = f"no such chapter; there are {', '.join(sorted(chapters))}"
            yield "chapters", rule, name
    yield from _twice("chapters", edition.chapters)
    known = {*extracts, *edition.releases, _RECORDS}
    for name in edition.profiles:
        if name not in known:
            # A misspelt name would leave the extract with weaker protection than was meant.
            rule = f"no such extract, nor dataset of this edition; there are {_words(known)}"
            yield "profiles", rule, name
    if edition.published < edition.reference_date:
        rule = f"is before `reference_date` ({edition.reference_date.isoformat()})"
        yield "published", rule, edition.published.isoformat()
    yield from _previous(edition, editions)
    yield from _severities(edition.severities, extracts)
    yield from _deliveries(edition, extracts)


def _previous(edition: Edition, editions: Collection[str]) -> Iterator[Finding]:
    """Earlier editions that are not there, stand twice, or are this one."""
    for name in dict.fromkeys(edition.previous):
        if name == edition.edition:
            yield "previous", "an edition does not come before itself", name
        elif name not in editions:
            others = _words(set(editions) - {edition.edition}) or "none"
            rule = f"no such edition; there are {others}, and no data/publications/{name}"
            yield "previous", rule, name
    yield from _twice("previous", edition.previous)


def codes_missing(extracts: Mapping[str, Any], codelists: Collection[str]) -> Iterator[str]:
    """Code lists that columns, or pupil numbers, need and that are not there."""
    needed = {
        column.codes
        for extract in extracts.values()
        for table in extract.tables
        for column in table.columns
        if column.codes is not None
    }
    yield from sorted({*needed, AUTHORITY_NUMBERS} - set(codelists))


def named(delivery: Delivery) -> str:
    """A delivery as the user knows it."""
    return f"extracts ({delivery.extract}, {delivery.period})"


def _twice(key: str, values: Iterable[str]) -> Iterator[Finding]:
    for value, times in Counter(values).items():
        if times > 1:
            yield key, f"stands {times} times; once is meant", value


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _deliveries(edition: Edition, extracts: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    used: dict[str, tuple[str, str]] = {}
    for name, times in Counter(supply.extract for supply in edition.extracts).items():
        if times > 1:
            rule = f"has {times} entries; put their periods into the list `periods` of one"
            yield f"extracts ({name})", rule, ""
    for delivery in edition.deliveries:
        key = named(delivery)
        extract = extracts.get(delivery.extract)
        if extract is not None and not is_period(delivery.period, extract.period_type):
            rule = f"a period of this extract is written like {written_like(extract.period_type)}"
            yield f"{key}.period", rule, delivery.period
        if (delivery.extract, delivery.period) in seen:
            yield key, "there are two entries for this extract and period; keep one", ""
        seen.add((delivery.extract, delivery.period))
        if delivery.as_at is not None and delivery.as_at > edition.published:
            rule = f"is after the edition is published ({edition.published.isoformat()})"
            yield f"{key}.as_at", rule, delivery.as_at.isoformat()
        for file in dict.fromkeys(delivery.every_file):
            # One export of the school census gives pupils to one extract and events to another.
            whose, of = used.setdefault(file, (key, delivery.extract))
            shared = of != delivery.extract and extract is not None and extract.parts is not None
            if whose != key and not shared:
                yield f"{key}.files", f"the file stands for {whose} too", file
            if not _is_inside(file):
                rule = "is not a file below the edition's folder of raw files, written with /"
                yield f"{key}.files", rule, file
        tables = Counter(delivery.files.values())
        for file in (f for f, times in tables.items() if times > 1):
            if PurePosixPath(file).suffix.lower() not in (".xlsx", ".xlsm", ".xml"):
                yield f"{key}.files", "only a workbook or XML can hold several tables", file


def of_files(delivery: Delivery, extract: Extract) -> Iterator[tuple[str, str]]:
    """Tables without a file, and files of no table: what is wrong, and the name."""
    names = {table.name for table in extract.tables}
    needed = {table.name for table in extract.tables if not table.optional}
    parts = extract.parts
    if parts is not None and not names & {part_of(key)[0] for key in delivery.files}:
        known, needed = set(parts.names), set(parts.names) - set(parts.optional)
        sets = {of for _, of in map(part_of, delivery.files)}
        given = {part_of(key) for key in delivery.files}
        absent = [(part, of) for part in sorted(needed) for of in sorted(sets)]
        lacking = [f"{part}.{of}" if of else part for part, of in absent if (part, of) not in given]
        strange = [key for key in sorted(delivery.files) if part_of(key)[0] not in known]
    elif parts is not None:
        # One XML for each school, say, makes up one table.
        known, lacking = names, sorted(needed - {part_of(key)[0] for key in delivery.files})
        strange = [key for key in sorted(delivery.files) if part_of(key)[0] not in known]
    else:
        known, lacking = names, sorted(needed - set(delivery.files))
        strange = sorted(set(delivery.files) - names)
    for table in lacking:
        yield f"no file is given for table {table!r}", ""
    for table in strange:
        yield f"the extract has no such table; it has {', '.join(sorted(known))}", table


def _is_inside(file: str) -> bool:
    path = PurePosixPath(file)
    odd = path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file
    return bool(file.strip()) and not odd


def _severities(wanted: Mapping[str, str], extracts: Mapping[str, Any]) -> Iterator[Finding]:
    if not wanted:
        return
    rules = {
        f"{table.name}.{code}"
        for extract in extracts.values()
        for table in extract.tables
        for code in _codes(extract, table)
    }
    for code in wanted:
        if code not in rules:
            rule = (
                "no rule of any extract has this code; `jsna check --rows` shows them in brackets"
            )
            yield "severities", rule, code


def _codes(extract: Any, table: Any) -> Iterator[str]:
    yield from (REPEATED, SHARED)
    if table.parent is not None:
        yield f"{table.parent[1]}.orphan"
    yield from (rule.code for rule in table.rules)
    yield from (rule.code for rule in extract.cross_rules if rule.table == table.name)
    for column in table.columns:
        yield from (f"{column.field}.{kind}" for kind in _CELL_RULES)
