"""`jsna build`: everything from raw extract to published report, with visible progress."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from jsna import io
from jsna.checking import declared
from jsna.checking.known import Known
from jsna.errors import JsnaError, Problem
from jsna.machine import libraries as system
from jsna.machine import liveness, standing, stopped
from jsna.model.configuration import Configuration
from jsna.model.documents import DOCUMENTS
from jsna.provenance import publication, unchanged
from jsna.sources import permission
from jsna.stages import GENERATOR

Say = Callable[[str], None]
_UNCHANGED: Final = "  nothing has changed since the last build"
#: Seconds an interrupted workflow has to end by itself.
_PATIENCE = 10

_JOB = re.compile(r"^(?:local)?rule (\w+):$|^Job \d+: (.+)$")
_DONE = re.compile(r"^(\d+) of (\d+) steps")


def synthesise(config: Configuration, paths: io.Paths, say: Say, *, force: bool = False) -> None:
    """Make a synthetic edition's raw files, unless they are there from the same code and seed."""
    from jsna.provenance.fingerprint import fingerprint

    if not config.edition.synthetic:
        rule = "this edition stands on real extracts; nothing is ever synthesised in their place"
        raise JsnaError(Problem(f"config/editions/{config.edition.edition}.yaml", rule))
    stamp = paths.raw / ".synthesis.json"
    made_by = {
        "code": fingerprint(*GENERATOR),
        "edition": config.edition.model_dump_json(),
        "area": config.area.model_dump_json(),
    }
    if not force and stamp.is_file() and io.read_json(stamp) == made_by and _whole(paths.raw):
        return
    from jsna.generator.generate import run

    say("Making the synthetic extracts")
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    run(config, paths, lambda text: say(f"    {text}"))
    io.write_json(stamp, made_by)
    say(f"    done in {time.monotonic() - started:.0f} s")


def _whole(raw: Path) -> bool:
    """Whether every file of the generator's list is there (their digests are checked by ingest)."""
    listed = raw / "SHA256SUMS"
    if not listed.is_file():
        return False
    lines = listed.read_text(encoding="utf-8").splitlines()
    return all((raw / line.split(maxsplit=1)[1].lstrip("*")).is_file() for line in lines if line)


def build(
    config: Configuration,
    paths: io.Paths,
    say: Say,
    *,
    cores: int,
    force: bool = False,
    known: Known | None = None,
) -> int:
    """Build an edition. Returns the exit code; prints where the report is.

    Args:
        config: the edition's.
        paths: its folders.
        say: is given what is to be told.
        cores: stages at work at once, at most.
        force: whether every stage is to run again.
        known: what of the configuration was in order before; all is judged where not given.

    Raises:
        JsnaError: raw files are missing, the machine lacks a library, or another build is at work
            in this folder.
    """
    _expect_usable_folder(paths.root)
    _expect_writable(paths)
    system.prepare(say)
    with liveness.building(paths.root, config.edition.edition, say) as lock:
        publication.recover(paths.reports)
        io.clear_left(paths)
        code = _build(config, paths, say, cores, force, lock, known or Known(None))
    if code == 0:
        _tell_gaps(paths, say)
        _tell_audit(paths, say)
        _tell_homes(paths, say)
        say("Report:")
        for name in (name for one in DOCUMENTS for name in (one.pdf, one.page)):
            say(f"    {(paths.reports / name).as_posix()}")
    return code


def _build(
    config: Configuration,
    paths: io.Paths,
    say: Say,
    cores: int,
    force: bool,
    lock: int | None,
    known: Known,
) -> int:
    edition = config.edition
    say(f"{edition.title} — {config.area.name} ({edition.edition})")
    for delivery in permission.unlinked(edition):
        say(f"Warning: {delivery.extract}, {delivery.period} – {permission.gap(delivery)}")
    if edition.synthetic:
        synthesise(config, paths, say)
    _expect_files(config, paths, known)
    known.keep()
    again = [] if _is_whole(paths) else ["--forcerun", "seal"]
    if force:
        again = ["--forceall"]
        standing.forget(paths.identified.parent)
    elif not again and known.holds("built", unchanged.state(paths)):
        say(_UNCHANGED)
        return 0
    code = _snakemake(edition.edition, paths.root, cores, again, say, lock)
    if code == 0:
        known.note("built", unchanged.state(paths))
        known.keep()
    return code


def _tell_gaps(paths: io.Paths, say: Say) -> None:
    """Which official releases lack the authority."""
    file = paths.restricted / "published.json"
    for gap in io.read_json(file).get("lacking", ()) if file.is_file() else ():
        say(f"Official release {gap}")


def _tell_audit(paths: io.Paths, say: Say) -> None:
    """What the auditor found in the official releases, and what nobody has reviewed."""
    file = paths.restricted / "audit.json"
    if not file.is_file():
        return
    lines = io.read_json(file)
    for line in lines:
        say(f"Official release {line}")
    if lines:
        say(f"    to be reviewed: {(paths.restricted / 'audit.yaml').as_posix()}")


def _tell_homes(paths: io.Paths, say: Say) -> None:
    """How many homes have a place, and where the others are, by extract that has others."""
    from jsna.measures.homes import in_words

    file = paths.restricted / "derive.json"
    placed = io.read_json(file).get("homes", {}) if file.is_file() else {}
    for name, counts in sorted(placed.items()):
        if counts["by_2011"] or counts.get("placed", 0) < counts["all"]:
            say(in_words(name, counts))


def _expect_usable_folder(root: Path) -> None:
    """The folder's name must be one Snakemake can work in, which fills in what stands in braces."""
    if set("{}") & set(str(root.resolve())):
        rule = "the name of this folder, or of one above it, has a brace { or }; rename it"
        raise JsnaError(Problem("this folder", rule, code="build.folder"))


def _expect_writable(paths: io.Paths) -> None:
    """Everything a build writes can be written, or one error names each folder that cannot."""
    zones = (paths.identified, paths.restricted, paths.safe, paths.draft)
    # A report takes the place of the last in the folder above.
    reports = (paths.reports.parent, paths.reports)
    folders = (paths.root / ".snakemake", paths.identified.parent, *zones, *reports)
    rule = "you may not write here, and a build does; ask for the right, or close what holds it"
    problems = {}
    for folder in folders:
        there = next((p for p in (folder, *folder.parents) if p.exists()), paths.root)
        if not os.access(there, os.W_OK):
            where = (
                there.relative_to(paths.root).as_posix() if there != paths.root else "this folder"
            )
            problems[where] = Problem(where, rule, code="build.read_only")
    if problems:
        raise JsnaError(problems.values())


def _expect_files(config: Configuration, paths: io.Paths, known: Known | None = None) -> None:
    """All raw files and the key are there and the configuration fits, or one error names what not.

    Where only the key or the configuration is wrong the extracts are looked at too, so that
    nothing wrong with them is told later.
    """
    problems = [*declared.of_configuration(config, paths, known), *declared.key(config, paths)]
    absent = False
    folder = f"data/raw/{config.edition.edition}"
    for delivery in config.edition.received:
        for table, file in sorted({**delivery.beside, **delivery.files}.items()):
            if not (paths.raw / file).is_file():
                rule = (
                    f"the {table!r} file of extract {delivery.extract!r} ({delivery.period}) is "
                    "not there; put it there, or mark the extract `status: not received`"
                )
                problems.append(Problem(f"{folder}/{file}", rule, code="raw.missing"))
                absent = True
    for source in config.every_release:
        if not (paths.published / source.file).is_file():
            verb = "synthesise" if source.synthetic else "fetch"
            rule = f"not there yet; run: make {verb} EDITION={config.edition.edition}"
            where = f"{folder}/published/{source.file}"
            problems.append(Problem(where, rule, code="release.missing"))
    if problems and not absent:
        from jsna.ingest.run import ingest

        problems += ingest(config, paths).problems
    else:
        from jsna.ingest import rights

        problems += rights.judge(config, paths)
    if problems:
        raise JsnaError(problems, title=declared.TITLE)


def _is_whole(paths: io.Paths) -> bool:
    """Whether the published report is as it was sealed; False has it published again.

    One that was not sealed yet is for the workflow to publish.
    """
    if not paths.sealed.is_file():
        return True
    manifest = paths.reports / "manifest.json"
    try:
        if io.sha256(manifest) != io.read_json(paths.sealed)["manifest"]["sha256"]:
            return False
        outputs = io.read_json(manifest)["outputs"]
        return all(
            io.sha256(paths.reports / name) == record["sha256"] for name, record in outputs.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _snakemake(
    edition: str,
    root: Path,
    cores: int,
    again: list[str],
    say: Say,
    lock: int | None = None,
) -> int:
    """Run the workflow, which holds the lock of this build with it."""
    root = root.resolve()
    command = [
        *(sys.executable, "-m", "snakemake"),
        *("--cores", str(cores), "--config", f"edition={edition}"),
        # Named from the project's folder: a path with brackets would be taken for a pattern.
        *("--workflow-profile", "profiles/default"),
        *again,
    ]
    here = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }
    for name in ("JSNA_PERSON_KEY_FILE", "PYTHONPATH"):
        # Stages run in the project's folder, which may not be the user's.
        if paths := environment.get(name):
            parts = paths.split(os.pathsep) if name == "PYTHONPATH" else [paths]
            environment[name] = os.pathsep.join(str(Path(part).absolute()) for part in parts)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        cwd=root,
        pass_fds=() if lock is None else (lock,),
    )
    assert process.stdout is not None
    try:
        told = list(_progress(process.stdout, say))
        code = process.wait()
    except BaseException:
        _end(process)
        raise
    if code == 0:
        return 0
    stopped.tell(code, told, edition, root, say)
    return 1


def _end(process: subprocess.Popen[str]) -> None:
    """Let the workflow end with this process: nothing works on unseen after it."""
    try:
        # Ctrl-C reaches the workflow by itself, which then takes its jobs down.
        process.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def _progress(lines: Iterator[str], say: Say) -> Iterator[str]:
    """Tell each stage as it starts and how far the whole is; pass every line on."""
    started = time.monotonic()
    done = ""
    for line in lines:
        text = line.rstrip()
        if (match := _JOB.match(text)) and match.group(2):
            say(f"  {done or '     '} {match.group(2)} ({time.monotonic() - started:.0f} s)")
        elif match := _DONE.match(text):
            done = f"{match.group(1)}/{match.group(2)}".rjust(5)
        elif text.startswith("Nothing to be done"):
            say(_UNCHANGED)
        yield text
