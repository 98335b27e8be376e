"""The release auditor: official figures are compared within and between files before any is used.

`cells` lays out every authority's figures, `sums` finds what does not add up and which figure is to
blame, `coherence` what contradicts other indicators, `odd` what is impossible, missing or
implausible, `effect` what follows for the measures.
"""
