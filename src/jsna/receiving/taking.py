"""Files of what arrived, copied to the raw files of an edition under names of their own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from jsna.receiving.doctor import Found
from jsna.receiving.folder import digest_of


def named(found: Found, folder: Path, raw: Path) -> dict[str, str]:
    """Digest of each file that is written into the edition -> its name below its raw files.

    Where another file has the name there, it stays, and this one has its digest in its name.
    """
    names: dict[str, str] = {}
    inside = folder.resolve().is_relative_to(raw.resolve())
    for one in (looks for arrived in found.written for looks in arrived.every):
        if inside:
            names[one.digest] = one.file.resolve().relative_to(raw.resolve()).as_posix()
            continue
        name = one.file.relative_to(folder)
        there = raw / name
        if there.is_file() and digest_of(there) != one.digest:
            name = name.with_name(f"{name.stem}-{one.digest[:8]}{name.suffix}")
        names[one.digest] = name.as_posix()
    return names


def take(found: Found, names: Mapping[str, str], raw: Path) -> int:
    """Copy what is written into the edition to its folder of raw files; how many were not there.

    Files there are for their owner's eyes alone.
    """
    copied = 0
    for one in (looks for arrived in found.written for looks in arrived.every):
        target = raw / names[one.digest]
        if target.is_file():
            continue
        for folder in reversed([target.parent, *target.parent.parents]):
            if folder.is_relative_to(raw):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(one.file, target)
        target.chmod(0o600)
        copied += 1
    return copied
