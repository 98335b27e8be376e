"""Raw extracts to validated rows.

`read` turns the bytes of one file into a frame of text, `stage` does so for every file of an
edition, `validate` judges the rows, `run` does both and writes (`jsna check --rows` only says).
This package and `jsna.linkage` are the only ones that open `identified/`.
"""
