"""Typed configuration: a module per kind of file, and the loader that checks them together."""
