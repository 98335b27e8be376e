"""What the report says of its own protection, from the certificate of the proof and nothing else.

The certificate (`safe/certificate.json`) is written by the stage that attacks what is to be
published. Every number printed from it is a `<data>` element that carries the place of the number
in the certificate, so that an audit can compare the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.model.profiles import Profile
from jsna.report.safe_files import SafeFiles
from jsna.view import words

#: File of the safe zone.
NAME: Final = "certificate.json"


class _Part(BaseModel):
    """A part of the certificate; what the report does not print may stand beside it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Profile(_Part):
    title: str
    rule: str
    rows: NonNegativeInt
    hidden: NonNegativeInt


class _Published(_Part):
    rows: NonNegativeInt
    numbers: NonNegativeInt
    equations: NonNegativeInt
    worked_out: NonNegativeInt = 0


class _Chapter(_Part):
    rows: NonNegativeInt
    hidden: NonNegativeInt
    withheld: NonNegativeInt = 0


class _Hidden(_Part):
    rows: NonNegativeInt
    by_chapter: dict[str, _Chapter]


class _Fallback(_Part):
    indicator: str
    breakdown: str
    used: str


class _Attack(_Part):
    cells: NonNegativeInt
    exact: NonNegativeInt
    narrow: NonNegativeInt
    beyond: NonNegativeInt = 0
    contributors: NonNegativeInt
    programs: NonNegativeInt
    public: NonNegativeInt


class _Optimality(_Part):
    gap: float


class _Revisions(_Part):
    revised: NonNegativeInt
    withheld_at_most: NonNegativeInt


class _Content(_Part):
    edition: str
    profiles: dict[str, _Profile]
    published: _Published
    hidden: _Hidden
    fallbacks: tuple[_Fallback, ...]
    attack: _Attack
    optimality: _Optimality
    revisions: _Revisions
    publications: tuple[str, ...]
    previous: tuple[str, ...] = ()
    measures_sha256: str
    beside_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate as the templates print it.

    Attributes:
        content: what it says, checked.
        raw: the same as read, which paths lead into.
    """

    content: _Content
    raw: Mapping[str, Any] = field(repr=False)

    def number(self, path: str) -> Markup:
        """A number of the certificate by its path (`attack.exact`): the only way one is printed.

        Raises:
            KeyError: no number stands there.
        """
        value = self._at(path)
        return Markup('<data data-certificate="{}" value="{}">{}</data>').format(
            path, value, words.number(value)
        )

    def _at(self, path: str) -> int:
        found: Any = self.raw
        for name in path.split("."):
            found = found[name]
        if not isinstance(found, int) or isinstance(found, bool):
            raise KeyError(path)
        return found

    def line(self, chapter: str, place: str) -> Markup:
        """How many figures of a chapter about a place are hidden and why; empty where none is."""
        told = self.content.hidden.by_chapter.get(chapter)
        if told is None or not (told.hidden or told.withheld):
            return Markup("")
        path = f"hidden.by_chapter.{chapter}"
        said = []
        if told.hidden:
            text = (
                "{} of the {} figures about {} in this chapter and its data files {} not "
                "published, because {} or would give one away. {} marked [c]."
            )
            one = told.hidden == 1
            why = (
                "it is a small number of children" if one else "they are small numbers of children"
            )
            said.append(
                Markup(text).format(
                    self.number(f"{path}.hidden"),
                    self.number(f"{path}.rows"),
                    place,
                    "is" if one else "are",
                    why,
                    "It is" if one else "They are",
                )
            )
        if told.withheld:
            finer = "finer figure is" if told.withheld == 1 else "finer figures are"
            text = "{} {} given as figures of larger groups or longer periods instead."
            said.append(Markup(text).format(self.number(f"{path}.withheld"), finer))
        return Markup(" ").join(said)

    def rules(self, config: Configuration) -> list[tuple[str, str, str]]:
        """Title and rule of each profile that has figures, and what [c] stands for by it."""
        used = ((name, one) for name, one in sorted(self.content.profiles.items()) if one.rows)
        return [(one.title, one.rule, _hides(config.profile(name))) for name, one in used]

    def kinds(self) -> list[tuple[object, ...]]:
        """Rows of a table: kind of source, figures, hidden."""
        return [
            (one.title, *(self.number(f"profiles.{name}.{what}") for what in _COLUMNS[:2]))
            for name, one in sorted(self.content.profiles.items())
            if one.rows
        ]

    @property
    def total(self) -> tuple[object, ...]:
        """The last row of the table by kind of source: every figure."""
        return ("All", self.number("published.rows"), self.number("hidden.rows"))

    def chapters(self, titles: Mapping[str, str]) -> list[tuple[object, ...]]:
        """Rows of a table: chapter, figures, hidden, given in larger groups; those with figures.

        Args:
            titles: chapter -> title, in the order of the report.
        """
        told = self.content.hidden.by_chapter
        return [
            (title, *(self.number(f"hidden.by_chapter.{name}.{what}") for what in _COLUMNS))
            for name, title in titles.items()
            if name in told and told[name].rows
        ]

    @property
    def earlier(self) -> str:
        """How many earlier publications were taken into account, in words."""
        count = len(self.content.publications)
        if not count:
            return ""
        return f"{words.small(count)} earlier publication{'' if count == 1 else 's'}"

    @property
    def least(self) -> bool:
        """Whether it is proved that no other choice would have hidden less."""
        return self.content.optimality.gap <= 0


#: Columns of the table by chapter.
_COLUMNS: Final = ("rows", "hidden", "withheld")


def fallbacks(certificate: Certificate, config: Configuration) -> list[str]:
    """A line for each coarser way figures are shown in, with the indicators it was needed for."""
    shown: dict[str, list[str]] = {}
    for fallback in certificate.content.fallbacks:
        indicator = config.indicators.get(fallback.indicator)
        if not fallback.used or indicator is None:
            continue
        declared = words.split_words(fallback.breakdown, config)
        used = words.split_words(fallback.used, config)
        change = (
            used
            if used.startswith(f"{declared},")
            else f"{used}{',' if ',' in used else ''} instead of {declared}"
        )
        shown.setdefault(words.upper_first(change), []).append(indicator.title)
    return [
        f"{change}: {'; '.join(sorted(set(titles)))}" for change, titles in sorted(shown.items())
    ]


def load(safe_files: SafeFiles, safe: Path, edition: str) -> Certificate:
    """The certificate of the measures in a safe zone.

    Args:
        safe_files: opens files of the safe zone.
        safe: the folder of the safe zone.
        edition: name of the edition.

    Raises:
        JsnaError: there is none; it is not of these measures; or it does not certify them. No
            report is written then.
    """
    text = safe_files.text(safe / NAME)
    try:
        raw = json.loads(text)
        content = _Content.model_validate(raw)
    except json.JSONDecodeError as error:
        raise JsnaError(_problem("is not valid JSON", row=error.lineno)) from None
    except ValidationError as error:
        raise JsnaError(
            [_problem(found["msg"], ".".join(map(str, found["loc"]))) for found in error.errors()],
            title="The certificate of protection cannot be read:",
        ) from None
    measures = io.sha256(safe_files.path(safe / "measures.parquet"))
    problems = [*_faults(content, edition, measures)]
    if problems:
        raise JsnaError(problems, title="The measures are not certified to be safe:")
    return Certificate(content, raw)


def _faults(content: _Content, edition: str, measures: str) -> Iterator[Problem]:
    again = "run `jsna build` again"
    if content.edition != edition:
        yield _problem(f"is of another edition; {again}", "edition", content.edition)
    if content.measures_sha256 != measures:
        yield _problem(f"is of other measures than those to be printed; {again}", "measures_sha256")
    for name in ("exact", "narrow"):
        count = getattr(content.attack, name)
        if count:
            rule = "hidden figures can be worked out; nothing may be printed"
            yield _problem(rule, f"attack.{name}", str(count))


def _problem(rule: str, key: str | None = None, value: str = "", row: int | None = None) -> Problem:
    return Problem(
        f"safe/{NAME}", rule, column=key, value=value, row=row, code="config.certificate"
    )


def _hides(profile: Profile) -> str:
    """What [c] may stand for where a profile hides numbers; "" where it hides none."""
    if not profile.threshold:
        return ""
    if profile.zeros_shown:
        return "Zeros that are counts by themselves are always shown: there [c] is one or more."
    return "So [c] may be zero as well."


def context(
    certificate: Certificate, config: Configuration, titles: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """What the templates print from the certificate.

    Args:
        certificate: the certificate of the measures shown.
        config: names of indicators and dimensions.
        titles: (chapter, title) in the order of the report.
    """
    return {
        "certificate": certificate,
        "certified_rules": certificate.rules(config),
        "certified_kinds": certificate.kinds(),
        "certified_total": certificate.total,
        "certified_chapters": certificate.chapters(dict(titles)),
        "fallbacks": fallbacks(certificate, config),
    }
