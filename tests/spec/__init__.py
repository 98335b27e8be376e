"""Worked examples: the tables that define the indicators, read by people and by the tests."""
