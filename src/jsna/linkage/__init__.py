"""Linkage: with ingest, the only part that sees a name, a postcode or an identifier."""
