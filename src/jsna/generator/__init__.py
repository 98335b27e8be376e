"""Writes the files of a synthetic edition: extracts with their faults, and official releases.

`generate.run` does. A world of persons and events is made first (`jsna.synthetic`), as named
quantities; each source says which of its rows a file of it shows, and `fill` then shows their
quantities in the columns its declaration asks for.
"""
