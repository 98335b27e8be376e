"""How `held.py` compares two JSON files, pages, charts and files of open data. Goes with it."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, NamedTuple

import pikepdf
import pypdf
from held_names import DIFFERENT, EXPECTED, LISTED, SAME, Names, Outcome


@dataclass
class Side:
    """The files of one build of an edition: of `BASE` (then with `names`) or of the checkout."""

    root: Path
    edition: str
    names: Names | None = None
    #: New path -> file, and its digest.
    files: dict[str, Path] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    #: Digest -> the files that have it.
    named: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zones = self.root / "data" / "processed" / self.edition
        for start, folder in (
            ("restricted/", zones / "restricted"),
            ("safe/", zones / "safe"),
            ("reports/", self.root / "reports" / self.edition),
        ):
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                if not (path.name.startswith(".") and path.suffix == ".sha256"):
                    self._hold(start + path.relative_to(folder).as_posix(), path)

    def _hold(self, label: str, path: Path) -> None:
        label = self.names.path(label) if self.names else label
        if label in self.files:
            raise ValueError(f"two files of the base would be {label}")
        with path.open("rb") as handle:
            digest = file_digest(handle, "sha256").hexdigest()
        self.files[label], self.digests[label] = path, digest
        self.named.setdefault(digest, set()).add(label)

    @property
    def manifest(self) -> dict[str, Any]:
        """The published manifest; empty where nothing is published."""
        file = self.files.get("reports/manifest.json")
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file else {}


class Step(NamedTuple):
    """Keys, from the outermost, at which two JSON files differ."""

    path: tuple[str, ...]
    was: Any
    now: Any
    #: Whether it is the digest or length of one file, on each side its own, compared by itself.
    follows: bool


_NOTHING: Final = object()


def records(label: str, old: Path, new: Path, names: Names, sides: tuple[Side, Side]) -> Outcome:
    """Compare two JSON files key by key."""
    out = Outcome()
    raw, now = (json.loads(path.read_text(encoding="utf-8")) for path in (old, new))
    was = _named(raw, label, names)
    if was != raw:
        out.add(LISTED, "listed names or words")
    expected: Counter[str] = Counter()
    for step in _steps(was, now, sides, ()):
        reason = "digests and lengths of files compared here" if step.follows else ""
        for file, start, why in EXPECTED:
            if file == label and step.path[: len(start)] == start:
                reason = f"{'.'.join(start)}, {why}"
        if reason:
            expected[reason] += 1
        else:
            out.add(DIFFERENT, f"{'.'.join(step.path)}: {_said(step.was)}, now {_said(step.now)}")
    for reason, n in expected.items():
        out.add(LISTED, f"{n} of {reason}")
    if out.verdict == SAME:
        out.add(DIFFERENT, "every key says the same, but the file is written otherwise")
    return out


def _named(value: Any, label: str, names: Names, path: tuple[str, ...] = ()) -> Any:
    """JSON of `BASE` with the new names in it."""
    if isinstance(value, dict):
        new = {key: names.name(label, key) for key in value}
        if len({*new.values()}) < len(new):
            raise ValueError(f"two keys of {label} would be one at {'.'.join(path)}")
        return {new[k]: _named(v, label, names, (*path, new[k])) for k, v in value.items()}
    if isinstance(value, list):
        return [_named(v, label, names, (*path, str(n))) for n, v in enumerate(value)]
    if isinstance(value, str):
        return names.beside(label, names.text(label, ".".join(path), value))
    return value


def _steps(was: Any, now: Any, sides: tuple[Side, Side], path: tuple[str, ...]) -> Iterator[Step]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            pair = was.get(key, _NOTHING), now.get(key, _NOTHING)
            for step in _steps(*pair, sides, (*path, key)):
                record = key in ("bytes", "content") and _recorded(was, now, sides)
                yield step._replace(follows=step.follows or record)
    elif isinstance(was, list) and isinstance(now, list):
        for n, pair in enumerate(itertools.zip_longest(was, now, fillvalue=_NOTHING)):
            yield from _steps(*pair, sides, (*path, str(n)))
    elif type(was) is not type(now) or was != now:
        yield Step(path, was, now, bool(_one_file(was, now, sides)))


def _one_file(was: Any, now: Any, sides: tuple[Side, Side]) -> set[str]:
    """The files of which two texts are the digest, each on its side."""
    if not (isinstance(was, str) and isinstance(now, str)):
        return set()
    return sides[0].named.get(was, set()) & sides[1].named.get(now, set())


def _recorded(was: dict[str, Any], now: dict[str, Any], sides: tuple[Side, Side]) -> bool:
    """Whether two records of digest and length are those of one file, each on its side."""
    for file in _one_file(was.get("sha256"), now.get("sha256"), sides):
        lengths = [side.files[file].stat().st_size for side in sides]
        if lengths == [was.get("bytes"), now.get("bytes")]:
            return True
    return False


def _said(value: Any) -> str:
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False)[:80]


def texts(label: str, old: Path, new: Path, names: Names) -> Outcome:
    """Compare two files whose bytes differ: where they are text, with the listed words."""
    out = Outcome()
    try:
        raw, now = (path.read_bytes().decode() for path in (old, new))
    except UnicodeDecodeError:
        out.add(DIFFERENT, f"{old.stat().st_size} bytes, now {new.stat().st_size}, not text")
        return out
    was = names.text(label, "", raw)
    if was != raw:
        out.add(LISTED, "listed words")
    if was != now:
        _passages(out, was, now)
    return out


def _passages(out: Outcome, was: str, now: str) -> None:
    """Say how many lines of two texts differ, and what stands where they first do."""
    lines = [Counter(text.splitlines(keepends=True)) for text in (was, now)]
    lost, more = (lines[0] - lines[1]).total(), (lines[1] - lines[0]).total()
    out.add(DIFFERENT, f"{lost} lines only in base, {more} only here")
    pairs = enumerate(itertools.zip_longest(was, now))
    at = next(n for n, (x, y) in pairs if x != y)
    for side, text in (("base", was), ("here", now)):
        line = text.count("\n", 0, at) + 1
        out.add(DIFFERENT, f"  line {line} {side}: …{text[max(at - 40, 0) : at + 50]!r}…")


class _Pdf(NamedTuple):
    """What is compared of a PDF whose bytes differ."""

    drawn: list[bytes]
    said: list[str]
    #: Every tag and every text of its objects (titles, alternatives, targets), counted.
    objects: Counter[str]


def documents(label: str, old: Path, new: Path, names: Names) -> Outcome:
    """Compare two PDF whose bytes differ: page by page, and by their text with listed words.

    Words are listed where what it says is then the same, but for breaks of lines and pages, each
    page that says the same is drawn the same, and tags and texts of objects are the same.
    """
    out = Outcome()
    a, b = _pdf(old), _pdf(new)
    if len(a.said) != len(b.said):
        out.add(DIFFERENT, f"{len(a.said)} pages, now {len(b.said)}")
    pages = list(zip(a.said, b.said, a.drawn, b.drawn, strict=False))
    other = [n for n, (was, now, x, y) in enumerate(pages, 1) if was == now and x != y]
    if other:
        out.add(DIFFERENT, f"{len(other)} pages say the same, drawn otherwise: {other[:12]}")
    raw, now = (" ".join(" ".join(one.said).split()) for one in (a, b))
    was = names.text(label, "", raw)
    if was != raw:
        worded = [n for n, (was, now, *_) in enumerate(pages, 1) if was != now]
        out.add(LISTED, f"listed words; {len(worded)} pages of other text: {worded[:12]}")
    unbroken = [re.sub(r"[\s\u00ad\u2010-]", "", text) for text in (was, now)]
    if unbroken[0] != unbroken[1]:
        _passages(out, was, now)
    objects: Counter[str] = Counter()
    for text, n in a.objects.items():
        objects[names.text(label, "", text)] += n
    for side, more in (("in base", objects - b.objects), ("here", b.objects - objects)):
        for text, n in list(more.items())[:3]:
            out.add(DIFFERENT, f"  {n} only {side}: {text[:120]}")
    if out.verdict == SAME:
        out.add(DIFFERENT, "bytes only: pages, texts and tags are the same")
    return out


def _pdf(path: Path) -> _Pdf:
    objects: Counter[str] = Counter()
    with pikepdf.open(path) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary):
                for key, value in thing.items():
                    tag = key == "/S" and isinstance(value, pikepdf.Name)
                    if tag or isinstance(value, pikepdf.String):
                        objects[f"{key} {value}"] += 1
        drawn = [
            b"\n".join(stream.read_bytes() for stream in page.obj.Contents)
            if isinstance(page.obj.Contents, pikepdf.Array)
            else page.obj.Contents.read_bytes()
            for page in document.pages
        ]
    said = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    return _Pdf(drawn, said, objects)
