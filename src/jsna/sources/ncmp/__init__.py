"""National Child Measurement Programme."""
