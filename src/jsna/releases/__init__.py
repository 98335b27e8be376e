"""Official statistics: fetching them, reading them, and making them measures."""
