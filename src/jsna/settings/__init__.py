"""Loads and checks `config/`: every problem of every file at once."""
