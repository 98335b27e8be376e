"""Disclosure control: what is published, what must be hidden, and the attack that proves it."""
