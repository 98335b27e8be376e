"""First drafts: a source from a file as received, an indicator from a table; `jsna new`.

A draft is what whoever adds a source or an indicator would type first, read from what is there. It
is judged by the code that judges what people write, before a line of it is kept.
"""
