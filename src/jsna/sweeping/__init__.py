"""Open editions of many authorities in one process: does each come to a report, and how full?"""
