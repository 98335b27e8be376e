"""Place pages: a page for each district or group of places, cut from the figures of the report.

`page` makes them from the safe measures, `saying` their headings and sentences. Nothing is measured
for them, so that nothing has to be protected again.
"""
