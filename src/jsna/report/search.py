"""What the search of the web pages looks through: a line for each heading and figure of a page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from jsna.model import scripts
from jsna.report.safe_files import SafeFiles

#: What is looked through is what a reader sees first: no tables, drawings or styles.
_LEFT_OUT: Final = re.compile(
    r"<(svg|table|style|script|nav|head)\b.*?</\1>|<details class=\"screen-only.*?</details>",
    re.DOTALL,
)
_HEAD: Final = re.compile(
    r'<(?P<tag>h[1-4]|p class="figure-title") id="(?P<id>[\w-]+)"[^>]*>(?P<title>.*?)</(?:h\d|p)>',
    re.DOTALL,
)
_TAG: Final = re.compile(r"<[^>]*>")
_WORD: Final = re.compile(r"[^\W\d_][^\W\d_’'-]*[^\W\d_]")
_TITLE: Final = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def files(pages: Mapping[str, str], safe_files: SafeFiles) -> dict[str, str]:
    """File below the draft -> content: the index of some pages, and the scripts that search it.

    Args:
        pages: file name -> page.
        safe_files: reads the scripts.
    """
    entries = [entry for name, page in pages.items() for entry in entries_of(name, page)]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    made = {f"{scripts.FOLDER}/{scripts.INDEX}": f"{scripts.STATEMENT}[\n{lines}\n];\n"}
    folder = safe_files.templates / scripts.FOLDER
    fixed = {f"{scripts.FOLDER}/{name}": safe_files.text(folder / name) for name in scripts.FIXED}
    return made | fixed


def entries_of(name: str, page: str) -> Iterator[dict[str, str]]:
    """The lines of one page, in its order.

    What is searched for is words: numbers are left out of what is looked through.

    Returns:
        `title` and `address` of a heading, `page` (the title of its page), and the different
        `words` up to the next heading, each once.
    """
    of = _TITLE.search(page)
    called = _plain(of[1]) if of else ""
    text = _LEFT_OUT.sub(" ", page)
    heads = [*_HEAD.finditer(text)]
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        title = _plain(head["title"])
        said = _words(_plain(text[head.end() : end])) - _words(title)
        yield {
            "title": title,
            "address": f"{name}#{head['id']}",
            "page": called,
            "words": " ".join(sorted(said)),
        }


def _words(text: str) -> set[str]:
    """The different words of a text; one with a raised number is none."""
    found = (word.lower() for word in _WORD.findall(text))
    return {word for word in found if not any(letter.isdigit() for letter in word)}


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
