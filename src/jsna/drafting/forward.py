"""`jsna new edition --from`: last year's edition carried forward to the next year, as text.

Everything somebody wrote stays: comments, order, permissions, profiles, releases. What the year
changes is put forward: name, title, dates, the editions before it, and of each extract its years,
whose files are given anew (`jsna doctor`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from jsna.drafting.edition import New, census_day
from jsna.drafting.edition import write as write
from jsna.drafting.lines import joined, last_line
from jsna.errors import JsnaError, Problem
from jsna.model.editions import Edition, Supply
from jsna.provenance import register
from jsna.settings.reading import Gatherer
from jsna.settings.releases import load_releases
from jsna.shared.periods import following

#: Keys of a period that are of its files, and so are not carried.
_OF_FILES: Final = frozenset({"period", "status", "reason", "files", "sha256", "beside", "as_at"})
#: Said of a year that is to be given anew, until it is.
REASON: Final = "It had not arrived when this edition closed"
_YEAR: Final = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Forward(New):
    """That of an earlier one, carried forward.

    Attributes:
        before: the edition it follows.
        published: whether that has been published, so that this one is protected beside it.
        newer: dataset -> a registered release later than the one it stands on.
    """

    before: str
    published: bool
    newer: dict[str, str]


def forward(name: str, root: Path, year: int = 0) -> Forward:
    """An edition of the next year, or of `year`, from the one of that name.

    Raises:
        JsnaError: the edition is faulty or synthetic, or of that year or a later one.
    """
    path = f"config/editions/{name}.yaml"
    gather = Gatherer(root)
    edition = gather.load(path, Edition)
    releases = load_releases(gather)
    if edition is None or gather.problems:
        raise JsnaError(gather.problems)
    old = edition.reference_date.year
    new = year or old + 1
    rule = ""
    if edition.synthetic:
        rule = "is synthetic: nothing arrives for it; carry one of real files forward"
    elif new <= old:
        rule = f"is of {old}; give a later --year"
    if rule:
        raise JsnaError(Problem(path, rule, code="new.forward"))
    text = (root / path).read_text(encoding="utf-8")
    called = _called(name, old, new)
    published = bool(register.entries(root, name))
    text = _periods(text, edition, new - old)
    text = _head(text, edition, called, old, new, published)
    newer = {
        dataset: other.id
        for dataset in edition.releases
        for chosen in [releases[one] for one in edition.releases_of(dataset) if one in releases]
        for other in releases.values()
        if other.dataset == dataset
        and (other.synthetic, other.form_of) == (chosen.synthetic, chosen.form_of)
        and _latest(other.release) > _latest(chosen.release)
    }
    return Forward(called, text, name, published, newer)


def told(made: Forward) -> Iterator[str]:
    """What was carried forward, and what comes next."""
    yield f"{made.file}: {made.before} carried forward; every extract is to be given anew"
    if not made.published:
        yield (
            f"  {made.before} has not been published here: if readers have its figures, name it "
            "in `previous` and bring its folder of data/publications/"
        )
    for dataset, release in made.newer.items():
        yield f"  {dataset}: {release} is registered too, and later"
    yield "Read it, and put its dates and permissions right. Then:"
    yield f"  jsna doctor {made.name} FOLDER    (of what arrived; and of last year's files)"
    for verb in ("fetch", "check", "build"):
        yield f"  jsna {verb} {made.name}"


def _latest(release: str) -> int:
    return max((int(found) for found in re.findall(r"(?:19|20)\d\d", release)), default=0)


def _called(name: str, old: int, new: int) -> str:
    """The name with its year put forward, or the year behind it where it has none."""
    found = name.replace(str(old), str(new))
    return found if found != name else f"{name}-{new}"


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _head(text: str, edition: Edition, called: str, old: int, new: int, published: bool) -> str:
    """The keys that the year changes, each in its line, with the comment behind it."""
    title = _YEAR.sub(lambda found: str(int(found[0]) + new - old), edition.title)
    before = (*edition.previous, *([edition.edition] if published else []))
    values = {
        "edition": called,
        "title": json.dumps(title, ensure_ascii=False),
        "reference_date": census_day(new).isoformat(),
        "published": _anniversary(edition.published, new - old).isoformat(),
        **({"previous": f"[{', '.join(before)}]"} if before else {}),
    }
    for key, value in values.items():
        text = _put(text, key, value)
    return text


def _put(text: str, key: str, value: str) -> str:
    """A key of the edition with another value; put behind `published` where it is not there."""
    lines = text.splitlines()
    root: Any = yaml.compose(text)
    for one, held in root.value:
        if one.value != key:
            continue
        first, last = one.start_mark.line, last_line(held)
        comment = lines[last][held.end_mark.column :] if last == held.end_mark.line else ""
        return joined([*lines[:first], f"{key}: {value}{comment}", *lines[last + 1 :]])
    at = next(one.start_mark.line for one, _ in root.value if one.value == "published")
    return joined([*lines[: at + 1], f"{key}: {value}", *lines[at + 1 :]])


def _periods(text: str, edition: Edition, years: int) -> str:
    """The years of every extract put forward, none of them received."""
    for supply in edition.extracts:
        lines = text.splitlines()
        root: Any = yaml.compose(text)
        extracts = next(held for one, held in root.value if one.value == "extracts")
        for node in extracts.value:
            keys = {one.value: (one, held) for one, held in node.value}
            if keys["extract"][1].value != supply.extract:
                continue
            key, held = keys["periods"]
            indent = " " * key.start_mark.column
            made = [f"{indent}periods:", *_of(supply, held, years, indent)]
            lines[key.start_mark.line : last_line(held) + 1] = made
            text = joined(lines)
    return text


def _of(supply: Supply, held: Any, years: int, indent: str) -> Iterator[str]:
    """Each year that was asked for, put forward, with what somebody said of that very year."""
    said = {str(one["period"]): one for one in yaml.safe_load(yaml.serialize(held))}
    for one in supply.periods:
        period = following(one.period, years)
        yield f"{indent}  - period: {json.dumps(period)}"
        yield f"{indent}    status: not received"
        yield f"{indent}    reason: {REASON}"
        own = {k: v for k, v in said.get(period, {}).items() if k not in _OF_FILES}
        if own:
            dumped = yaml.safe_dump(own, sort_keys=False, allow_unicode=True, width=1000)
            yield from (f"{indent}    {line}" for line in dumped.splitlines())
