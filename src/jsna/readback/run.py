"""The stage: reads the draft back before it is published, and stops it over any number."""

from __future__ import annotations

from jsna import io, records
from jsna.errors import JsnaError
from jsna.model import standings
from jsna.model.configuration import Configuration
from jsna.readback import certificate, printed, record, worked
from jsna.readback.allowed import Allowed
from jsna.readback.reader import Reader
from jsna.readback.result import Readback
from jsna.readback.vocabulary import Vocabulary
from jsna.settings.council import load as load_council


def run(config: Configuration, paths: io.Paths) -> None:
    """Read the draft back and record the counts in it.

    Raises:
        JsnaError: a printed number is neither its measure's nor of a known type, or a file of the
            draft is not the one that was written.
    """
    for receipt in (records.WRITTEN, records.TABULATED):
        records.listed(paths.draft, io.read_json(paths.draft / receipt)["files"])
    found = readback(config, paths)
    if not found.ok:
        raise JsnaError(found.problems, title="What would be published differs from safe/:")
    record.write(paths.draft, found.as_json())


def readback(config: Configuration, paths: io.Paths) -> Readback:
    """Every number of every file of the draft, held to the safe measures.

    Args:
        config: the edition's configuration.
        paths: its folders; `safe/` and `draft/` are read, nothing is written.
    """
    from jsna.sources import registry

    frame = io.read_measures(paths.safe / "measures.parquet")
    frame = frame[frame["edition"].eq(config.edition.edition)]
    proved, faults = certificate.read(paths.safe)
    council = load_council(config, paths.root)
    allowed = Allowed(Vocabulary(config, frame, registry(), proved.words, council))
    everyone = standings.check(io.read_parquet(paths.safe / standings.FILE), standings.FILE)
    logo = council.logo.address if council.logo else ""
    reader = Reader(frame, config, allowed, proved, everyone, logo)
    files = record.files(paths.draft)
    # Web pages first: PDFs and charts are held to them.
    for name in sorted(files, key=lambda name: (not name.endswith(".html"), name)):
        reader.read(name, files[name])
    decimals = {name: one.decimals for name, one in config.indicators.items()}
    again = worked.tally(printed.measures(frame, decimals), config)
    return Readback.of([*faults, *reader.finish(), *([again] if again.problems else [])])
