"""Holds the numbers of a PDF to those of the web page it was printed from, one after the other.

A number in a PDF carries no key. Its place in the reading order is its key: the nth number on paper
is the nth number of the web page, so that two real values that change places are both found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from operator import ne
from typing import Final

from jsna.readback import page as webpage
from jsna.readback.allowed import Allowed
from jsna.readback.blocks import CERTIFICATE, TOKEN, Block
from jsna.readback.certificate import KIND
from jsna.readback.paper import Paper
from jsna.readback.result import HIDDEN, MEASURE, Tally

#: Numbers that differ beyond which the rest of a document is no longer told apart.
_MOST: Final = 4_000
#: Lines a number of fixed words, such as an address, may be broken into.
_PIECES: Final = 4
#: Where what the contents name stands.
_HEADS: Final = frozenset({"h2", "h3", "p.topic-name"})


@dataclass(frozen=True, slots=True)
class Token:
    """A number, as it should be printed: its text, its type, and its key where it has one."""

    text: str
    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A number on paper."""

    text: str
    page: int


def expected(blocks: Sequence[Block], allowed: Allowed, paper: Paper) -> list[Token]:
    """The numbers of the web page that are printed on paper, in order.

    The contents have page numbers only there: those of the pages the headings stand on.
    """
    made: list[Token] = []
    pages, section = _pages(blocks, paper), ""
    for block in blocks:
        if block.place == webpage.PAGE:
            made.append(Token(pages.get(section, "no such heading"), "page"))
            continue
        if block.place == "nav":
            section = block.text
        kinds = iter(allowed.types(block))
        for text, cell in block.paper():
            if cell is not None:
                kind = MEASURE if any(letter.isdigit() for letter in text) else HIDDEN
                kind = KIND if cell.field == CERTIFICATE else kind
                made += [Token(t, kind, cell.named) for t in TOKEN.findall(text)]
                continue
            for token in TOKEN.findall(" ".join(text.split())):
                kind = "shorthand" if token.startswith("[") else _kind(token, kinds)
                made.append(Token(token, kind))
    return made


def _pages(blocks: Iterable[Block], paper: Paper) -> dict[str, str]:
    """Heading -> page it stands on, which is later than the contents.

    One that is numbered may be set on several lines, of which the first has the number.
    """
    every = [b.text for b in blocks if b.place in _HEADS]
    numbered = {text.split(" ")[0]: text for text in every if text[:1].isdigit()}
    found: dict[str, str] = {}
    for run in paper.runs:
        text = " ".join(run.text.split())
        number = text.split(" ")[0]
        if text != number and numbered.get(number, "").startswith(text):
            found[numbered[number]] = str(run.page)
        elif text in every:
            found[text] = str(run.page)
    return found


def _kind(token: str, kinds: Iterable[tuple[str, str]]) -> str:
    """The type of the next such number; the web page was judged already."""
    return next((kind for number, kind in kinds if number == token), "")


def compare(paper: Paper, tokens: Sequence[Token], tally: Tally) -> None:
    """Note every number of the reading order that is not the web page's."""
    printed = [Printed(t, run.page) for run in paper.runs for t in TOKEN.findall(run.text)]
    at = 0  # the next number on paper
    for index, token in enumerate(tokens):
        taken = _taken(token, printed, at)
        if not taken:
            _differences(tokens[index:], printed[at:], tally)
            return
        tally.counts[token.kind] += 1
        at += taken
    _differences([], printed[at:], tally)


def _taken(token: Token, printed: Sequence[Printed], at: int) -> int:
    """How many numbers on paper are this one; none where it is another."""
    if at >= len(printed):
        return 0
    if printed[at].text == token.text:
        return 1
    if token.kind not in (MEASURE, HIDDEN, KIND):
        wanted, found = _digits(token.text), ""
        for count in range(_PIECES):
            if at + count >= len(printed):
                break
            found += _digits(printed[at + count].text)
            if found == wanted and count:
                return count + 1
    return 0


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _differences(tokens: Sequence[Token], printed: Sequence[Printed], tally: Tally) -> None:
    """Name the numbers that differ from here on, the rest being matched up again."""
    tail = 0
    while tail < min(len(tokens), len(printed)):
        if tokens[-1 - tail].text != printed[-1 - tail].text:
            break
        tally.counts[tokens[-1 - tail].kind] += 1
        tail += 1
    tokens, printed = tokens[: len(tokens) - tail], printed[: len(printed) - tail]
    if max(len(tokens), len(printed)) > _MOST:
        rule = (
            f"the numbers of this PDF do not follow the web page's from page {printed[0].page} on"
            if printed
            else "the PDF ends before the web page does"
        )
        tally.wrong(f"{rule}; print it again", code="order")
        return
    for a, b, c, d in _runs([t.text for t in tokens], [p.text for p in printed]):
        for offset in range(max(b - a, d - c)):
            token = tokens[a + offset] if a + offset < b else None
            found = printed[c + offset] if c + offset < d else None
            if token and found and token.text == found.text:
                tally.counts[token.kind] += 1
                continue
            _name(token, found, printed[c - 1 : c], tally)


def _runs(wanted: list[str], found: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, start, end) of runs of numbers that stand for each other on the two sides.

    What both have in common is matched up; but where as many stand on either side and no more of
    them differ one by one, so that values that changed places are named where they stand.
    """
    steps = SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes()
    apart = sum(max(b - a, d - c) for what, a, b, c, d in steps if what != "equal")
    if len(wanted) == len(found) and sum(map(ne, wanted, found)) <= apart:
        yield 0, len(wanted), 0, len(found)
        return
    for _, a, b, c, d in steps:
        yield a, b, c, d


def _name(
    token: Token | None, found: Printed | None, before: Sequence[Printed], tally: Tally
) -> None:
    near = found or (before[0] if before else None)
    place = f"page {near.page}" if near else ""
    named = (token.key or token.kind) if token else ""
    what = f"{named}: " if named else ""
    if token is None:
        rule = "this number is not in the web page at this place"
    elif found is None:
        rule = f"{what}the web page has {token.text} here, and the PDF nothing"
    else:
        rule = f"{what}the web page has {token.text} here"
    tally.wrong(rule, place=place, printed=found.text if found else "", code="pdf")


def heads(blocks: Iterable[Block]) -> frozenset[str]:
    """What a running head may say: titles of chapters, and what the cover gives it.

    The head of a table that goes on over a page is such, too, line by line.
    """
    places = ("h2", "p.topic-name", "@data-report", "@data-foot")
    lines = (b.text.split() for b in blocks if b.place == "th" or (b.at and b.at[1] == 0))
    parts = (
        " ".join(words[start:end])
        for words in lines
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    )
    return frozenset((*(b.text for b in blocks if b.place in places), *parts))


def titles(blocks: Iterable[Block]) -> frozenset[str]:
    """Headings and titles of figures as they are printed, which the outline repeats."""
    places = ("h1", "h2", "h3", "h4", "p.topic-name", "p.figure-title")
    return frozenset(b.printed for b in blocks if b.place in places)


def around(
    paper: Paper,
    heads: frozenset[str],
    allowed: Allowed,
    tally: Tally,
    titles: frozenset[str] = frozenset(),
) -> None:
    """Judge what stands outside the reading order, and words nobody sees printed.

    Args:
        heads: what a running head may say: the titles of chapters and of the report.
        titles: of the page, whose numbers were judged there: the outline may repeat them.
    """
    for run in paper.outside:
        text = " ".join(run.text.split())
        if text == str(run.page):
            tally.counts["page"] += 1
        elif text in heads:
            tally.counts["running head"] += len(TOKEN.findall(text))
        elif TOKEN.search(text):
            rule = "this number stands outside the reading order and is no page number"
            tally.wrong(rule, place=f"page {run.page}", printed=text, code="outside")
    for kind, text in paper.unseen:
        if kind == "outline" and text in titles:
            tally.counts["title in the outline"] += len(TOKEN.findall(text))
            continue
        place = "outline" if kind in ("outline", "link") else "title"
        for number, type_ in allowed.of(text, place):
            tally.counts[type_] += 1
            if not type_:
                rule = f"no measure and no type of number is known for it in “{text[:80]}”"
                tally.wrong(rule, place=kind, printed=number, code="unknown")
    for what in paper.unreadable:
        tally.wrong(f"holds {what}, which cannot be read back", code="unreadable")
