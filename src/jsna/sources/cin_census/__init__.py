"""Children in need census."""
