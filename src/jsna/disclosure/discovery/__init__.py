"""Identities nobody declared: found in micro-data, so that none can be forgotten."""
