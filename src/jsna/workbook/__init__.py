"""The tables as workbooks (.xlsx and .ods), by the government's guidance for accessible ones.

Source of the rules: Government Analysis Function, Releasing statistics in spreadsheets: a cover
sheet, contents and notes; one table a worksheet, marked as one, from column A; no merged, hidden or
empty cells in it; numbers as numbers, and shorthand, explained, where there is none.
"""
