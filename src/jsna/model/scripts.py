"""The scripts of the web pages: they search the pages, and do nothing else.

`minisearch.js` is MiniSearch 7.2.0 (MIT, Luca Ongaro) as its author publishes it, unmodified; its
licence stands beside it in `reports/templates/search/` and is published with it. What is published
is held to these digests by `readback`, so that no page can run anything else.
"""

from __future__ import annotations

from typing import Final

#: Folder below a publication, and below the templates.
FOLDER: Final = "search"
#: The index, which is made: one statement, whose value is JSON.
INDEX: Final = "index.js"
STATEMENT: Final = "const searchIndex = "
#: Files that are published as they are -> their SHA-256.
FIXED: Final = {
    "minisearch.js": "03c27931eb603af1d3358579e9885eafdb6a2f5fa9929557b3e77d7e99d06d03",
    "minisearch-LICENSE.txt": "70d37354d6395629fb99edb28cb37a5d356ffa24a48cd02a5def5b83a300a899",
    "search.js": "59c29114105a9011f7ab6c6ce784932fbb2494f28d8e7e5566d723744e757493",
}
#: What a page loads, in order.
LOADED: Final = tuple(f"{FOLDER}/{name}" for name in ("minisearch.js", INDEX, "search.js"))
