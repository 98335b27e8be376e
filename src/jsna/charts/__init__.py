"""Figures: measures in, small accessible SVG out. Opens nothing outside `safe/`."""
