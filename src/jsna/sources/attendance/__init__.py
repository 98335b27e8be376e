"""Sessions of school that pupils could have attended, and missed."""
