"""Why a figure is hidden, told to an analyst on the restricted side."""
