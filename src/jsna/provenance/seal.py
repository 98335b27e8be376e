"""Publish the draft in one go, with its manifest."""

from __future__ import annotations

from jsna import io
from jsna.disclosure.readback import record
from jsna.edition import Configuration
from jsna.linkage.keys import key_fingerprint, person_key_secret
from jsna.provenance.manifest import PRIVATE_RECORD, finished, manifest, private

MANIFEST = "manifest.json"


def run(config: Configuration, paths: io.Paths) -> None:
    """Copy every file of the draft to `reports/<edition>/` and write the manifest last.

    What an earlier build published and this one does not make any more is removed, so that
    nothing stale stands beside a new report.

    Raises:
        JsnaError: the draft is not the one whose numbers were read back.
    """
    record.check(paths.draft)
    draft = {file.relative_to(paths.draft).as_posix(): file for file in finished((paths.draft,))}
    outputs = {}
    for name, file in draft.items():
        target = paths.reports / name
        io.write_bytes(target, file.read_bytes())
        outputs[name] = target
    for stale in sorted(paths.reports.rglob("*"), reverse=True):
        if stale.is_file() and stale not in outputs.values() and stale.name != MANIFEST:
            stale.unlink()
        elif stale.is_dir() and not any(stale.iterdir()):
            stale.rmdir()
    if config.edition.received:
        key = person_key_secret(synthetic=config.edition.synthetic, root=paths.root)
        name = key_fingerprint(key)
    else:
        # An open edition holds nothing about a person; its files are keyed by its own name.
        key, name = config.edition.edition.encode(), ""
    # Beside the files it lists: an auditor of the authority's compares these one by one.
    io.write_json(paths.restricted / PRIVATE_RECORD, private(config, paths))
    made = manifest(config, paths, outputs, key, name)
    made["readback"] = record.counts(paths.draft)
    io.write_json(paths.reports / MANIFEST, made)
