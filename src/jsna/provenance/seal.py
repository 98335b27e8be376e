"""Publish the draft as a whole, with its manifest."""

from __future__ import annotations

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.linkage.keys import key_fingerprint, person_key_secret
from jsna.model.configuration import Configuration
from jsna.provenance import publication, register
from jsna.provenance.manifest import PRIVATE_RECORD, finished, manifest, private
from jsna.readback import record
from jsna.records import CERTIFICATE

MANIFEST = "manifest.json"


def run(config: Configuration, paths: io.Paths) -> None:
    """Publish a new folder `reports/<edition>/`: the draft, its certificate and the manifest.

    Writes `seal.json` last, which says what was published: `jsna build` publishes again where the
    folder is not that any more. The publication is entered in the register first.

    Raises:
        JsnaError: the draft is not the one whose numbers were read back; a file of any stage is not
            as it was written; or the register is not as it was when the edition was protected.
    """
    for file in finished((paths.identified, paths.restricted, paths.safe, paths.draft)):
        io.verified(file)
    record.check(paths.draft)
    name, previous = config.edition.edition, config.edition.previous
    used = register.looked_up(paths, previous)
    recipe = io.read_json(paths.restricted / register.RECIPE)["recipe"]
    if register.before(paths.root, name, previous, recipe) != used:
        rule = f"something was published since this was protected; run: jsna build {name}"
        raise JsnaError(Problem("data/publications", rule, code="register"))
    # Before it is published: what everybody has must never be missing from the register.
    register.append(
        paths.root,
        name,
        config.edition.published.isoformat(),
        recipe,
        {
            file.relative_to(paths.draft).as_posix(): io.sha256(file)
            for file in finished((paths.draft,))
        },
        {
            register.LEDGER: paths.restricted / "ledger.parquet",
            register.MEASURES: paths.safe / "measures.parquet",
            register.FALLBACKS: paths.restricted / "fallbacks.parquet",
        },
        [entry.name for entry in used],
    )
    if config.edition.received:
        key = person_key_secret(synthetic=config.edition.synthetic, root=paths.root)
        name = key_fingerprint(key)
    else:
        # An open edition holds nothing about a person; its files are keyed by its own name.
        key, name = config.edition.edition.encode(), ""
    # Beside the files it lists: an auditor of the authority's compares these one by one.
    io.write_json(paths.restricted / PRIVATE_RECORD, private(config, paths))
    with publication.replacing(paths.reports) as folder:
        outputs = {}
        for file in finished((paths.draft,)):
            below = file.relative_to(paths.draft).as_posix()
            outputs[below] = folder / below
            io.write_bytes(outputs[below], file.read_bytes())
        # The copies too are what was read back.
        record.check(folder)
        outputs[CERTIFICATE] = folder / CERTIFICATE
        io.write_bytes(outputs[CERTIFICATE], (paths.safe / CERTIFICATE).read_bytes())
        made = manifest(config, paths, outputs, key, name)
        made["readback"] = record.counts(folder)
        io.write_json(folder / MANIFEST, made)
        digest = io.sha256(folder / MANIFEST)
    io.write_json(paths.sealed, {"manifest": {"sha256": digest}})
