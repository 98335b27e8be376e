"""Tables of counts, with or without the pipeline: reading, protecting, attacking."""
