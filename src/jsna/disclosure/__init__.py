"""Disclosure control: measures in, measures out, and only this stage writes the safe zone."""
