"""Small areas of the authority: their ward, district and deprivation."""
