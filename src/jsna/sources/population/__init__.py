"""Mid-year estimates of residents."""
