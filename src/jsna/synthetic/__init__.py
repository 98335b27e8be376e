"""Seeded generator of a fictional county, driven by the extract declarations.

`generate.run` writes every file of a synthetic edition. A world of persons and events is made
first (`world`), as named quantities; `fill` then shows those quantities in the columns each
declaration asks for, so that a new extract needs no change here.
"""
