"""Holds the scripts of the web pages to what they may be, and the index of the search to the pages.

The scripts are known by their digests. The index is data: its titles must stand in the pages at the
places it leads to, and its words hold no number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from jsna.model import scripts
from jsna.readback.page import Page
from jsna.readback.result import Tally

_KEYS: Final = {"title", "address", "page", "words"}


def judge(name: str, content: bytes, pages: Mapping[str, Page], tally: Tally) -> None:
    """Judge one file of the folder of scripts.

    Args:
        name: of the file, within the folder.
        content: its bytes.
        pages: path below the draft -> page, all of them.
        tally: takes what is found.
    """
    if name == scripts.INDEX:
        _index(content, pages, tally)
    elif scripts.FIXED.get(name) == hashlib.sha256(content).hexdigest():
        tally.counts["script"] += 1
    else:
        tally.wrong("is none of the scripts that may be published", code="script")


def _index(content: bytes, pages: Mapping[str, Page], tally: Tally) -> None:
    text = content.decode("utf-8")
    body = text.removeprefix(scripts.STATEMENT).removesuffix(";\n")
    try:
        entries = json.loads(body)
    except ValueError:
        entries = None
    if text != f"{scripts.STATEMENT}{body};\n" or not isinstance(entries, list):
        tally.wrong("is not the one statement with data that it must be", code="script")
        return
    for entry in entries:
        _entry(entry, pages, tally)


def _entry(entry: Any, pages: Mapping[str, Page], tally: Tally) -> None:
    whole = isinstance(entry, dict) and set(entry) == _KEYS
    if not whole or not all(isinstance(value, str) for value in entry.values()):
        tally.wrong("an entry has other parts than it must have", code="script")
        return
    name, _, target = entry["address"].partition("#")
    page = pages.get(name)
    if page is None or page.said(target) != entry["title"]:
        rule = f"{entry['address']} does not lead to this title"
        tally.wrong(rule, printed=entry["title"], code="reference")
    elif page.title != entry["page"]:
        tally.wrong(f"{name} has another title", printed=entry["page"], code="reference")
    if any(letter.isdigit() for letter in entry["words"]):
        tally.wrong("words to look through hold a number", place=entry["address"], code="unknown")
    tally.counts["entry of the search"] += 1
