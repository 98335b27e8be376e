"""Suspensions and permanent exclusions."""
