"""Files as a council sends them, before an edition names them.

`jsna map` proposes how a file in a shape of its own is to be read; `jsna doctor` says what arrived
in a folder, and writes it into the edition. Both go by headers and cells alone, show no cell that
may be about somebody, and change no file that arrived.
"""
