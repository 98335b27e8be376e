"""The report: words, tables, HTML, PDF and open data, made from `safe/` and configuration alone."""
