"""The council's own words in print: commentary, events, contacts, partners and sign-off.

`words` gives the templates what there is; `printing` makes one file of commentary into HTML, its
figures from the safe measures alone.
"""
