"""What is met in the XML of a return that no column takes, and how it is told: never silently."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from jsna.ingest.grid import Findings
from jsna.ingest.header import SHOWABLE

#: Names of elements nobody declared that are shown at most.
_MOST = 20


@dataclass(slots=True)
class Met:
    """What a reader met in one file.

    Attributes:
        unknown: name of an element nobody declared, which may hold anything -> how many.
        unused: what the return calls an element that nothing is made of -> how many.
        attributes: name of an attribute in a record -> lines of elements that have it.
        stray: lines of text between elements.
        several: name -> lines of elements of which one was meant, and the first is used.
        past: name -> lines of elements for which there is no column any more.
    """

    unknown: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    attributes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    stray: list[int] = field(default_factory=list)
    several: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    past: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, findings: Findings) -> None:
        """Say each in one line."""
        if self.unknown:
            shown = sorted(name for name in self.unknown if SHOWABLE.fullmatch(name))[:_MOST]
            more = len(self.unknown) - len(shown)
            listed = ", ".join([*shown, *([f"{more:,} more"] if more else [])])
            rule = f"elements are not declared for this return and are not used: {listed}"
            findings.warn("column.unknown", rule, count=self.unknown.total())
        if self.unused:
            named = ", ".join(f"{name} ({many:,})" for name, many in self.unused.items())
            findings.remark(f"left unread, as nothing is made of it: {named}")
        if self.attributes:
            shown = sorted(name for name in self.attributes if SHOWABLE.fullmatch(name))[:_MOST]
            rows = [line for some in self.attributes.values() for line in some]
            rule = (
                f"elements have attributes ({', '.join(shown)}), of which none is read: a return "
                "has its values in elements; ask the owner of the extract what they say"
            )
            findings.warn("file.attributes", rule, row=min(rows), count=len(rows))
        if self.stray:
            rule = "text stands between elements, where none belongs, and is not used"
            findings.warn("file.stray", rule, row=min(self.stray), count=len(self.stray))
        told = (
            (self.several, "stands several times where once is meant; the first is used"),
            (self.past, "stands more often than there are columns for it; the rest is not used"),
        )
        for held, what in told:
            for name, lines in sorted(held.items()):
                findings.warn("file.several", f"{name!r} {what}", row=min(lines), count=len(lines))
