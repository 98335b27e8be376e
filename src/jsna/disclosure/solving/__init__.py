"""Which cells to hide at the least loss, and rounding that still adds up."""
