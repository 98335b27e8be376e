"""The stages of a build, each said once.

From here the command line has its verbs, a process its zones (`jsna.zones`), the rules their
fingerprints and messages (`jsna.workflow`), and `docs/data-flow.md` its table. A rule file names
what its stage reads and writes, and calls the verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Stage:
    """One step from raw extracts to the published report, run as a process of its own.

    Attributes:
        verb: word of the command line, and name of its rule.
        module: whose `run(config, paths)` does it.
        does: what it is doing, as its rule tells while it runs.
        reads, writes: zones it may read and write, where it is `confined` to them: see
            `jsna.zones`.
        code: modules or packages whose code decides its result, with all that they import.
        unread: folders and files of configuration shared by editions that decide nothing of it; and
            `FOR_READERS`, where what the edition only tells readers does not either.
        to_safe: whether its code decides what the safe measures of an edition are.
    """

    verb: str
    module: str
    does: str
    reads: frozenset[str]
    writes: frozenset[str]
    code: tuple[str, ...]
    unread: tuple[str, ...] = ()
    to_safe: bool = False
    confined: bool = True


def _stage(
    verb: str,
    module: str,
    does: str,
    zones: tuple[str, str] | None,
    *code: str,
    unread: str = "",
    to_safe: bool = False,
) -> Stage:
    """A stage; `code` where it is more, or less, than the module it runs."""
    reads, writes = (frozenset(names.split()) for names in zones or ("", ""))
    stands_on = code or (module,)
    return Stage(
        verb, module, does, reads, writes, stands_on, tuple(unread.split()), to_safe,
        confined=zones is not None,
    )  # fmt: skip


#: What an edition tells readers: its title, contact and chapters.
FOR_READERS: Final = "for_readers"
#: What a number depends on of dimensions and indicators is a digest (`provenance.inputs`), and not
#: their words: rewording them makes nothing anew from the measures up to the proof.
_WORDS: Final = "dimensions"
#: What was asked of the assessment, and what the report is about: words around the figures alone.
#: `answers` of indicators is a part of it, see `provenance.inputs`.
ASKED: Final = "questions topics"
#: What a council says itself of an edition, and apart from it the events that charts mark.
COUNCIL: Final = "council"
EVENTS: Final = "events"
_OWN: Final = f"{COUNCIL} {EVENTS}"
_SAID: Final = f"{_WORDS} {FOR_READERS} indicators {ASKED} {_OWN}"
_TABLES: Final = f"{_SAID} disclosure releases"
#: Verb -> stage that the workflow runs, in the order of the pipeline.
STAGES: Final[Mapping[str, Stage]] = {
    stage.verb: stage
    for stage in (
        _stage(
            "ingest",
            "jsna.ingest.run",
            "Reading and validating the extracts",
            ("raw identified restricted", "identified restricted"),
            "jsna.ingest",
            unread=_TABLES,
            to_safe=True,
        ),
        _stage(
            "published",
            "jsna.releases.run",
            "Reading the official statistics",
            ("raw restricted releases", "restricted releases"),
            "jsna.releases",
            unread=f"disclosure {_SAID}",
            to_safe=True,
        ),
        # It also writes the pairs a person is to judge, with their names.
        _stage(
            "link",
            "jsna.linkage.link",
            "Finding who is who, and replacing identifiers with person keys",
            ("identified restricted", "identified restricted"),
            unread=_TABLES,
            to_safe=True,
        ),
        # Beside the chain: of the figures only those about linkage hang on it.
        _stage(
            "assess",
            "jsna.linkage.assess",
            "Linking again without numbers, to see how often links are wrong",
            ("identified restricted", "identified restricted"),
            unread=_TABLES,
            to_safe=True,
        ),
        _stage(
            "derive",
            "jsna.measures.derive",
            "Making the analysis tables",
            ("restricted", "restricted"),
            unread=_TABLES,
            to_safe=True,
        ),
        _stage(
            "measure",
            "jsna.measures.engine",
            "Measuring the indicators",
            ("restricted", "restricted"),
            unread=_SAID,
            to_safe=True,
        ),
        _stage(
            "publications",
            "jsna.provenance.recollect",
            "Looking up what has been published before",
            None,
            unread=_SAID,
        ),
        # Only the next and the one after `verdict` write to the safe side, and they see no row
        # about a person.
        _stage(
            "protect",
            "jsna.disclosure.run",
            "Protecting small numbers",
            ("restricted safe publications", "restricted safe"),
            unread=_SAID,
            to_safe=True,
        ),
        # Where nobody has looked yet it does, at rows drawn from declarations alone.
        _stage(
            "verdict",
            "jsna.disclosure.discovery.run",
            "Looking up whether all sums between counts are declared",
            ("", "restricted"),
        ),
        _stage(
            "prove",
            "jsna.disclosure.prove",
            "Attacking what is to be published",
            ("restricted safe publications", "restricted safe"),
            unread=_SAID,
        ),
        _stage(
            "draw",
            "jsna.charts.draw",
            "Drawing the charts",
            ("safe draft", "draft"),
            "jsna.charts",
            unread=f"{ASKED} {COUNCIL}",
        ),
        _stage(
            "write",
            "jsna.report.write",
            "Writing the chapters and the open data",
            ("safe draft", "draft"),
        ),
        # Beside the page and its print: rewording either, or a chart, makes no table anew.
        _stage(
            "tabulate",
            "jsna.workbook.run",
            "Writing the tables as workbooks",
            ("safe draft", "draft"),
            unread=_OWN,
        ),
        _stage("print", "jsna.report.pdf", "Printing the PDF", ("draft", "draft")),
        _stage(
            "readback",
            "jsna.readback.run",
            "Holding every printed number to the protected measures",
            ("safe draft", "draft"),
            "jsna.readback",
        ),
        _stage("seal", "jsna.provenance.seal", "Publishing the report with its manifest", None),
    )
}
#: Modules whose code makes the raw extracts of a synthetic edition, before the workflow begins.
GENERATOR: Final = ("jsna.generator", "jsna.synthetic")
#: Verb -> zones it may read, zones it may write. One that is not named here is not confined.
ZONES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    **{verb: (one.reads, one.writes) for verb, one in STAGES.items() if one.confined},
    # It tells an analyst about both sides and writes nothing.
    "explain-suppression": (frozenset({"restricted", "safe", "publications"}), frozenset()),
    # It tells what is answered by what is published.
    "questions": (frozenset({"safe"}), frozenset()),
    # It looks at declarations alone.
    "discover": (frozenset(), frozenset()),
    # It shows an analyst one indicator before it is protected.
    "try": (frozenset({"restricted"}), frozenset({"restricted"})),
}
