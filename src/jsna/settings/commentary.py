"""Commentary in Markdown: read with HTML off, and every fault told with its line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jsna.errors import JsnaError, Problem, near
from jsna.model.commentary import PARTS, SHOWN, Commentary, Passage, Piece, Reference
from jsna.model.council import host
from jsna.settings.own_numbers import HOLE, advice, personal, unexplained, unseen

#: Bytes a file may have: some ten pages.
MOST: Final = 40_000
#: Token of markdown-it -> what it is called, of those that are refused.
_REFUSED: Final = {
    "image": "a picture; pictures come from figures alone",
    "html_block": "HTML",
    "html_inline": "HTML",
    "fence": "a block of code",
    "code_block": "text indented by four spaces or a tab; begin the line at its start",
    "code_inline": "code in backticks",
    "blockquote_open": "a quotation mark at the start of a line; voices have a place of their own",
    "hr": "a ruled line",
    "ordered_list_open": "a numbered list; begin its lines with - instead",
    "hardbreak": "a forced end of a line; leave a line empty to begin a paragraph",
}
_TABLE: Final = re.compile(r"^\s*\|.*\||^\s*:?-{3,}:?\s*\|", re.MULTILINE)
_TAG: Final = re.compile(r"<[A-Za-z/!?]")
_BRACES: Final = re.compile(r"\{[^{}\n]*\}")


@dataclass(slots=True)
class Known:
    """What names in commentary may be.

    Attributes:
        indicators: measures there are -> dimensions each is broken down by.
        figures: declared figures -> what is printed of each.
        areas: name or code of a place, in small letters -> its code.
        home: code of the edition's own area.
        codes: dimension -> its categories.
        hosts: that links may lead to.
        addresses: that may have numbers in them.
        titles: of documents, and other words in which numbers pass.
    """

    indicators: Mapping[str, frozenset[str]]
    figures: Mapping[str, str]
    areas: Mapping[str, str]
    home: str
    codes: Mapping[str, frozenset[str]]
    hosts: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()


def parser() -> Any:
    """A reader of Markdown without HTML, that knows measures in braces.

    Raises:
        JsnaError: the package is not installed.
    """
    try:
        from markdown_it import MarkdownIt
    except ModuleNotFoundError:
        rule = "is missing; install what is locked: pip install --require-hashes -r"
        raise JsnaError(Problem("markdown-it-py", f"{rule} requirements.lock")) from None

    def braces(state: Any, silent: bool) -> bool:
        found = _BRACES.match(state.src, state.pos)
        if found is None:
            return False
        if not silent:
            state.push("measure", "", 0).content = found[0]
        state.pos = found.end()
        return True

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    made.inline.ruler.before("escape", "measure", braces)
    return made


def read(name: str, path: str, text: str, known: Known) -> tuple[Commentary, list[Problem]]:
    """A file of commentary, and everything that is wrong with it.

    Args:
        name: of the file without its ending.
        path: of the file, as it is told.
        text: what it holds.
        known: what names in it may be.
    """
    reader = _Reader(path, known)
    if len(text.encode()) > MOST:
        reader.wrong(1, f"is longer than {MOST:,} bytes; this is commentary, not a report")
        return Commentary(name, path, {}), reader.problems
    for line, row in enumerate(text.split("\n"), 1):
        for found in unseen(row.expandtabs(4)):
            rule = "holds a character that shows nothing or turns text round; type it anew"
            reader.wrong(line, rule, found.what)
        for found in personal(row):
            # Never shown: it may be of a child.
            rule = f"holds what looks like a person's {found.what}; take it out (it is not shown)"
            reader.wrong(line, rule, code="personal")
    if not reader.problems:
        reader.blocks(parser().parse(text))
        for line, row in enumerate(text.split("\n"), 1):
            if table := _TABLE.search(row):
                reader.wrong(line, "holds a table; figures stand in tables of measures", table[0])
    parts = {part: tuple(said) for part, said in reader.parts.items() if said}
    return Commentary(name, path, parts), reader.problems


@dataclass(slots=True)
class _Reader:
    """Goes through the tokens of a file once."""

    path: str
    known: Known
    problems: list[Problem] = field(default_factory=list)
    parts: dict[str, list[Passage]] = field(default_factory=dict)
    _part: str = "says"
    _items: list[tuple[Piece, ...]] | None = None

    def wrong(self, line: int, rule: str, value: str = "", code: str = "commentary") -> None:
        """Keep a problem of a line."""
        value = value if len(value) <= 60 else f"{value[:57]}…"
        self.problems.append(Problem(self.path, rule, row=line, value=value, code=f"config.{code}"))

    def blocks(self, tokens: Sequence[Any]) -> None:
        """Every block of a file."""
        heading, depth, line = "", 0, 1
        for token in tokens:
            line = token.map[0] + 1 if token.map else line
            if token.type in _REFUSED:
                self.wrong(line, f"holds {_REFUSED[token.type]}")
            elif token.type == "heading_open":
                heading = token.tag
            elif token.type == "heading_close":
                heading = ""
            elif token.type == "bullet_list_open":
                depth += 1
                if depth > 1:
                    self.wrong(line, "holds a list within a list; one list is enough")
                self._items = []
            elif token.type == "bullet_list_close":
                depth -= 1
                self._end_list()
            elif token.type == "inline" and heading:
                self._head(heading, token.content, line)
            elif token.type == "inline":
                self._say(tuple(self._line(token, line)))

    def _head(self, tag: str, words: str, line: int) -> None:
        allowed = " or ".join(f"`## {one}`" for one in PARTS)
        if tag != "h2":
            self.wrong(line, f"headings are {allowed}, with two signs #", words)
        elif words not in PARTS:
            self.wrong(line, f"no such heading; there are {allowed}{near(words, PARTS)}", words)
        elif PARTS[words] in self.parts:
            self.wrong(line, "this heading stands twice; keep one", words)
        else:
            self._part = PARTS[words]
            self.parts[self._part] = []

    def _say(self, pieces: tuple[Piece, ...]) -> None:
        if self._items is not None:
            self._items.append(pieces)
        else:
            self.parts.setdefault(self._part, []).append(Passage("paragraph", (pieces,)))

    def _end_list(self) -> None:
        if self._items:
            self.parts.setdefault(self._part, []).append(Passage("list", tuple(self._items)))
        self._items = None

    # -- within a line ---------------------------------------------------------------------------

    def _line(self, token: Any, first: int) -> Iterator[Piece]:
        """The pieces of a paragraph; what its words hold is judged as a reader sees them."""
        seen, line = "", first
        for child in token.children or ():
            kind, text = child.type, child.content
            if kind in _REFUSED:
                self.wrong(line, f"holds {_REFUSED[kind]}")
                line += kind == "hardbreak"
            elif kind == "softbreak":
                line += 1
                seen += "\n"
                yield Piece("text", " ")
            elif kind in ("text", "text_special"):
                seen += text
                yield Piece("text", text)
            elif kind == "measure":
                seen += HOLE
                yield from self._braces(text, line)
            elif kind == "link_open":
                yield Piece("link", self._link(child.attrGet("href") or "", line))
            elif kind == "link_close":
                yield Piece("/link")
            elif kind in ("em_open", "strong_open"):
                yield Piece("em" if kind == "em_open" else "strong")
            elif kind in ("em_close", "strong_close"):
                yield Piece("/em" if kind == "em_close" else "/strong")
        self._judge(seen, first)

    def _judge(self, seen: str, first: int) -> None:
        """What a reader sees of a paragraph: entities and emphasis hide no number from here."""

        def at(start: int) -> int:
            return first + seen.count("\n", 0, start)

        flat = seen.replace("\n", " ")
        for found in unseen(flat):
            rule = "holds a character that shows nothing or turns text round; type it anew"
            self.wrong(at(found.start), rule, found.what)
        hidden = personal(flat)
        for found in hidden:
            rule = f"holds what looks like a person's {found.what}; take it out (it is not shown)"
            self.wrong(at(found.start), rule, code="personal")
        for found in unexplained(flat, self.known.titles):
            if any(one.start < found.end and found.start < one.end for one in hidden):
                continue
            rule = (
                "a number is typed; name a measure in braces, or declare it with its source in "
                "sources.yaml (years, dates, ages and titles of documents may stand)"
            )
            self.wrong(at(found.start), rule + advice(found.what), found.what)
        if found_tag := _TAG.search(flat):
            rule = "holds HTML, which would be printed as it stands; take it out"
            self.wrong(at(found_tag.start()), rule, found_tag[0])
        for brace in re.finditer(r"[{}]", flat):
            rule = "a brace stands alone; a measure is named as in {pupils_sen}"
            self.wrong(at(brace.start()), rule, brace[0])

    def _link(self, address: str, line: int) -> str:
        named = host(address)
        if not named:
            rule = "links lead to addresses that begin with https:// alone"
            self.wrong(line, rule, "" if personal(address) else address)
        elif named not in self.known.hosts:
            rule = "this host is not named; add it to `hosts` in sources.yaml"
            self.wrong(line, rule + near(named, self.known.hosts), named)
        elif address not in self.known.addresses and re.search(r"\d|%", address):
            rule = "an address with numbers must be that of a document in sources.yaml"
            self.wrong(line, rule, "" if personal(address) else address)
        return address

    def _braces(self, written: str, line: int) -> Iterator[Piece]:
        try:
            name, *given = shlex.split(written[1:-1])
        except ValueError:
            self.wrong(line, "a measure is named as in {pupils_sen area=England}", written)
            return
        if name in self.known.figures and not given:
            yield Piece("figure", self.known.figures[name])
        elif name not in self.known.indicators:
            every = {*self.known.indicators, *self.known.figures}
            rule = f"no measure or declared figure is called so{near(name, every, 3)}"
            self.wrong(line, rule, written if re.fullmatch(r"[\w{} ]+", written) else "")
        else:
            reference = self._reference(written, line, name, given)
            if reference is not None:
                yield Piece("measure", reference=reference)

    def _reference(
        self, written: str, line: int, name: str, given: Sequence[str]
    ) -> Reference | None:
        before = len(self.problems)
        area, period, show, dims = self.known.home, "", "value", {}
        for pair in given:
            key, told, value = pair.partition("=")
            if not told or not value:
                self.wrong(line, "say a key and a value, as in period=2024", pair)
            elif key == "area":
                area = self._one(value.lower(), self.known.areas, "place", line)
            elif key == "period":
                period = value
                if not re.fullmatch(r"\d{4}(?:/\d\d)?(?: to \d{4}(?:/\d\d)?)?", value):
                    self.wrong(line, "a period is a year, or one as 2023/24", value)
            elif key == "show":
                show = SHOWN[value] if value in SHOWN else self._unknown(value, SHOWN, line)
            elif key in self.known.indicators[name]:
                if value not in self.known.codes.get(key, {value}):
                    rule = f"no such category of {key}{near(value, self.known.codes[key], 3)}"
                    self.wrong(line, rule, value)
                dims[key] = value
            else:
                there = ["area", "period", "show", *sorted(self.known.indicators[name])]
                self.wrong(line, f"{name} knows {', '.join(there)}{near(key, there)}", key)
        if len(self.problems) > before:
            return None
        kept = tuple(sorted(dims.items()))
        return Reference(written, line, name, area, period, kept, SHOWN.get(show, show))

    def _one(self, value: str, known: Mapping[str, str], what: str, line: int) -> str:
        if value not in known:
            self.wrong(line, f"no such {what}{near(value, known, 3)}", value)
        return known.get(value, "")

    def _unknown(self, value: str, known: Mapping[str, str], line: int) -> str:
        self.wrong(line, f"`show` is one of {', '.join(known)}", value)
        return "value"
