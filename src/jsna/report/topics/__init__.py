"""The report built of topics: a page or two for each, as `config/topics.yaml` has them in order.

`page` makes the pages, `finding` their headings, `saying` their sentences, `related` the line of
each further measure, `notes` their sources; `unknown` says what nobody has a figure of.
"""
