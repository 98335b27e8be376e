"""`python -m jsna`."""

import sys

from jsna.machine import standing

words, stage = standing.asked(sys.argv[1:])
if stage is not None and standing.stands(stage):
    print(standing.SAID, file=sys.stderr)
    raise SystemExit(0)

# It takes longer to import than to find out that there is nothing to do.
from jsna.cli import main  # noqa: E402

code = main(words)
if stage is not None and code == 0:
    standing.keep(stage)
raise SystemExit(code)
