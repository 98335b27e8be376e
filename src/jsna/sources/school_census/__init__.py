"""School census of January."""
