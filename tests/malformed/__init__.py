"""Files as they should not be, each with all that is said of it.

One table of kinds in parts by form of file: `texts`, `cells`, `books`, `returns` (XML) and `places`
(what stands where a file should). Each kind says by code, row and column everything that must be
told, and nothing else may be; `tests/unit/test_malformed.py` tries them all.
"""
