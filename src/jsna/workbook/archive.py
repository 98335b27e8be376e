"""The same parts, the same bytes: both formats are zip files, which keep times and an order."""

from __future__ import annotations

import io
import zipfile
from typing import Final

#: The first moment a zip file can name.
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
#: The part of an OpenDocument file that stands first, and is not compressed.
_MIMETYPE: Final = "mimetype"


def packed(content: bytes) -> bytes:
    """A zip file with its parts in one order, all of one time, and with nothing else beside them.

    Args:
        content: the file as its library wrote it.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(made, "w") as out:
        names = (one for one in given.namelist() if not one.endswith("/"))
        for name in sorted(names, key=lambda name: (name != _MIMETYPE, name)):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_STORED if name == _MIMETYPE else zipfile.ZIP_DEFLATED
            out.writestr(entry, given.read(name), compresslevel=6)
    return made.getvalue()
