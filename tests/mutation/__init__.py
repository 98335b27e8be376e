"""Small faults put into code that decides numbers or safety: do the fast tests notice them?

`make mutants` draws a seeded sample of places, changes one at a time in a copy of the project, and
runs those unit and specification tests that call the changed function. What no test notices is
listed, to be judged by a person: some changes alter nothing.
"""
