"""Sources of a topic, as numbered notes at its foot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from jsna.report.narrative import join
from jsna.report.sources import Register


@dataclass(slots=True)
class Notes:
    """The notes of one topic, numbered as they are first named.

    Attributes:
        anchor: id of the topic, which ids of notes begin with.
        register: says what a source is called.
        texts: of the notes, in order.
    """

    anchor: str
    register: Register
    texts: list[str] = field(default_factory=list)

    def refer(self, sources: Iterable[str]) -> Markup:
        """`note 1 and note 2`, each leading to its note."""
        shorts = dict.fromkeys(self.register.cite(one).short for one in sorted(sources))
        return join(self._link(self._number(text)) for text in shorts)

    def name(self, number: int) -> str:
        """Id of a note."""
        return f"{self.anchor}-note-{number}"

    def _number(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1

    def _link(self, number: int) -> Markup:
        return Markup('<a href="#{}">note {}</a>').format(self.name(number), number)
