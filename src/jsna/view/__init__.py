"""The safe measures as charts and report read them: rows, comparison and words."""
