"""`config/editions/<edition>/`: what the council says itself, read and checked.

Only the stages that print words read it; nothing that is measured does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from jsna import letters
from jsna.errors import JsnaError, Problem, near
from jsna.model import council as model
from jsna.model.commentary import SILENT, Commentary, Council, Logo, place_name
from jsna.model.configuration import Configuration
from jsna.model.council import (
    COMMENTARY,
    CONTACTS,
    CONTEXT,
    IDENTITY,
    PLACES,
    SOURCES,
    ContactsFile,
    ContextFile,
    CouncilSources,
    IdentityFile,
    host,
)
from jsna.settings import commentary, logos, reading
from jsna.settings.councils import folder_of
from jsna.settings.own_numbers import advice, personal, unexplained
from jsna.settings.reading import Gatherer

M = TypeVar("M", bound=BaseModel)
_FILES: Final = frozenset({SOURCES, CONTEXT, CONTACTS, IDENTITY})
#: What the next step of the work puts here; until then it is told apart from a slip of the pen.
_COMING: Final = frozenset({"voice.yaml", "recommendations.yaml", "services.yaml", "votes.yaml"})
#: What tells whoever writes here how; nothing of it is printed.
_README: Final = "README.md"
_PICTURES: Final = (".svg", ".png")


def load(config: Configuration, root: Path) -> Council:
    """What the council says in an edition; `SILENT` where it has no folder.

    Raises:
        JsnaError: every problem in every file of it.
    """
    found, problems = read(config, root)
    if problems:
        name = config.edition.edition
        raise JsnaError(problems, title=f"The council's own words for {name!r} have problems:")
    return found


def events(config: Configuration, root: Path) -> tuple[model.Event, ...]:
    """The events of an edition alone, in order of their periods, for the charts that mark them.

    Raises:
        JsnaError: every problem in their file.
    """
    gather = Gatherer(root)
    path = f"{folder_of(config.edition.edition)}/{CONTEXT}"
    found = _file(gather, path, ContextFile) or ContextFile()
    if gather.problems:
        raise JsnaError(gather.problems, title=f"{path} has problems:")
    return tuple(sorted(found.events, key=lambda one: one.period))


def faults(config: Configuration, root: Path) -> list[Problem]:
    """Everything that is wrong with what a council says."""
    return read(config, root)[1]


def read(config: Configuration, root: Path) -> tuple[Council, list[Problem]]:
    """What the council says, as far as it can be read, and everything that is wrong with it."""
    name = config.edition.edition
    path = folder_of(name)
    if not (root / path).is_dir():
        return SILENT, []
    gather = Gatherer(root)
    sources = _file(gather, f"{path}/{SOURCES}", CouncilSources) or CouncilSources()
    context = _file(gather, f"{path}/{CONTEXT}", ContextFile) or ContextFile()
    contacts = _file(gather, f"{path}/{CONTACTS}", ContactsFile)
    identity = _file(gather, f"{path}/{IDENTITY}", IdentityFile) or IdentityFile()
    logo = _logo(gather, path, identity)
    known = _known(config, sources, contacts)
    topics, places = _commentary(gather, config, path, known)
    _strangers(gather, path, identity)
    _check_words(gather, path, config, known, sources, context, contacts)
    _check_signed(gather, path, identity, {*topics, *(one.name for one in places.values())})
    found = Council(topics, places, sources, context, contacts, identity, logo)
    return found, list(dict.fromkeys(gather.problems))


def _file(gather: Gatherer, path: str, kind: type[M]) -> M | None:
    """What a file holds; None where there is none, or where it holds comments alone."""
    file = gather.root / path
    if not file.is_file() or reading.held(file) is None:
        return None
    return gather.load(path, kind, lines=True)


def _logo(gather: Gatherer, path: str, identity: IdentityFile) -> Logo | None:
    if identity.logo is None:
        return None
    where = f"{path}/{identity.logo.file}"
    found, problems = logos.load(where, gather.root / where, identity.logo)
    gather.problems += problems
    return found


def _known(
    config: Configuration, sources: CouncilSources, contacts: ContactsFile | None
) -> commentary.Known:
    area = config.area
    every = [(one.name, one.code) for one in area.locality_groups]
    every += [(one.name, one.code) for one in (*area.localities, *area.neighbours)]
    every += [(one.name, one.code) for one in (area, area.country, area.region)]
    areas = {written.lower(): code for name, code in every for written in (name, code)}
    addresses = {one.address for one in sources.documents.values() if one.address}
    if contacts is not None:
        addresses |= {one.website for _, one in contacts.all() if one.website}
    council = Council(sources=sources)
    dimensions = {
        name: frozenset(part for split in one.breakdowns for part in split)
        for name, one in config.indicators.items()
    }
    return commentary.Known(
        indicators=dimensions,
        figures={name: council.figure(name) for name in sources.figures},
        areas=areas,
        home=area.code,
        codes={
            name: frozenset(codes)
            for split in dimensions.values()
            for name in split
            if (codes := config.codes(name))
        },
        hosts=frozenset({*sources.hosts, *map(host, addresses)}),
        addresses=frozenset(addresses),
        titles=tuple(one.title for one in sources.documents.values()),
    )


def _commentary(
    gather: Gatherer, config: Configuration, path: str, known: commentary.Known
) -> tuple[dict[str, Commentary], dict[str, Commentary]]:
    """Commentary by topic, and by code of the place."""
    area = config.area
    codes = {place_name(one.name): one.code for one in area.locality_groups}
    codes |= {place_name(one.name): one.code for one in area.localities}
    topics: dict[str, Commentary] = {}
    places: dict[str, Commentary] = {}
    folder = gather.root / path / COMMENTARY
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        where = file.relative_to(gather.root).as_posix()
        below = file.relative_to(folder).parts
        about_place = below[:-1] == (PLACES,)
        if file.is_dir() and below != (PLACES,):
            _wrong(gather, where, f"no such folder; there is {PLACES}/ alone", "")
        if file.is_dir() or file.name == _README or file.name.startswith("."):
            continue
        names: Mapping[str, object] = codes if about_place else config.topics
        what = "place" if about_place else "topic"
        if file.suffix != ".md":
            _wrong(gather, where, "commentary is in files that end in .md", "")
        elif file.is_symlink():
            _wrong(gather, where, "is a link to another file; put the file itself here", "")
        elif below[:-1] not in ((), (PLACES,)) or file.stem not in names:
            rule = f"the file's name must be that of a {what}{near(file.stem, names, 3)}"
            _wrong(gather, where, rule, file.stem)
        else:
            text = _text(gather, where, file)
            if text is None:
                continue
            found, problems = commentary.read(file.stem, where, text, known)
            gather.problems += problems
            if about_place:
                places[codes[file.stem]] = found
            else:
                topics[file.stem] = found
    return topics, places


def _text(gather: Gatherer, where: str, file: Path) -> str | None:
    if file.stat().st_size > commentary.MOST:
        _wrong(gather, where, f"is longer than {commentary.MOST:,} bytes; shorten it", "")
        return None
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        rule = "is not UTF-8 text; save it with the encoding UTF-8"
        gather.problems.append(Problem(where, rule, row=row, code="config.encoding"))
        return None
    gather.problems += letters.in_lines(where, text)
    return text


def _strangers(gather: Gatherer, path: str, identity: IdentityFile) -> None:
    """Files that nothing reads: a slip in a name would leave words out without a word."""
    logo = identity.logo.file if identity.logo else ""
    for file in sorted((gather.root / path).iterdir()):
        name, where = file.name, f"{path}/{file.name}"
        if name.startswith(".") or name in {*_FILES, COMMENTARY, _README, logo}:
            continue
        if name in _COMING:
            _wrong(gather, where, "this version does not print it yet; keep it elsewhere", "")
        elif file.suffix in _PICTURES and f"{path}/{IDENTITY}" in gather.failed:
            continue  # what names it could not be read, which has been told
        elif file.suffix in _PICTURES:
            _wrong(gather, where, f"no `logo` in {IDENTITY} names this picture", "")
        else:
            known = (*sorted(_FILES), COMMENTARY)
            _wrong(gather, where, f"nothing reads this; there are {', '.join(known)}", "")


def _check_words(
    gather: Gatherer,
    path: str,
    config: Configuration,
    known: commentary.Known,
    sources: CouncilSources,
    context: ContextFile,
    contacts: ContactsFile | None,
) -> None:
    """Numbers typed in words of the YAML files, persons in any of them, and names nobody has."""
    for name in {*sources.figures} & {*config.indicators}:
        rule = "a measure is called so; give the figure another name"
        gather.point(f"{path}/{SOURCES}", ("figures", name), rule, name)
    for at, one in enumerate(context.events):
        place = ("events", at)
        where = f"{path}/{CONTEXT}"
        _numbers(gather, where, (*place, "says"), one.says, known.titles)
        for measure in one.measures:
            if measure not in config.indicators:
                rule = f"no such indicator{near(measure, config.indicators)}"
                gather.point(where, (*place, "measures"), rule, measure)
        for topic in one.topics:
            if topic not in config.topics:
                rule = f"no such topic{near(topic, config.topics)}"
                gather.point(where, (*place, "topics"), rule, topic)
    for key, one_contact in _contacts(contacts):
        _numbers(gather, f"{path}/{CONTACTS}", (*key, "says"), one_contact.says, known.titles)
    for file in (SOURCES, CONTEXT, IDENTITY):
        if (gather.root / path / file).is_file() and f"{path}/{file}" not in gather.failed:
            content = reading.held(gather.root / path / file)
            for key, text in _texts(content):
                _persons(gather, f"{path}/{file}", key, text)


def _contacts(contacts: ContactsFile | None) -> Iterator[tuple[reading.Place, model.Contact]]:
    if contacts is not None:
        for key in model.KINDS:
            found = getattr(contacts, key)
            if found is not None:
                yield (key,), found
        yield from ((("others", at), one) for at, one in enumerate(contacts.others))


def _numbers(
    gather: Gatherer, where: str, key: reading.Place, text: str, titles: Iterable[str]
) -> None:
    hidden = personal(text)
    for found in hidden:
        rule = f"holds what looks like a person's {found.what}; take it out (it is not shown)"
        gather.point(where, key, rule)
    for found in unexplained(text, titles):
        if not any(one.start < found.end and found.start < one.end for one in hidden):
            rule = "a number is typed; only years, dates, ages and titles of documents may stand"
            gather.point(where, key, rule + advice(found.what), found.what)


def _persons(gather: Gatherer, where: str, key: reading.Place, text: str) -> None:
    if key[-1:] == ("address",) or key[:1] == ("hosts",):
        return
    for found in personal(text):
        rule = f"holds what looks like a person's {found.what}; take it out (it is not shown)"
        gather.point(where, key, rule)


def _texts(content: object, here: reading.Place = ()) -> Iterator[tuple[reading.Place, str]]:
    if isinstance(content, str):
        yield here, content
    elif isinstance(content, Mapping):
        for key, part in content.items():
            yield from _texts(part, (*here, str(key)))
    elif isinstance(content, list):
        for at, part in enumerate(content):
            yield from _texts(part, (*here, at))


def _check_signed(gather: Gatherer, path: str, identity: IdentityFile, there: set[str]) -> None:
    for at, one in enumerate(identity.sign_off):
        if one.of != model.ALL and one.of not in there:
            rule = (
                f"no commentary is called so; say `{model.ALL}` for everything{near(one.of, there)}"
            )
            gather.point(f"{path}/{IDENTITY}", ("sign_off", at, "of"), rule, one.of)


def _wrong(gather: Gatherer, where: str, rule: str, value: str) -> None:
    gather.problems.append(Problem(where, rule, value=value, code="config.council"))
