"""The invented county: its places, schools and people, and what happens to them.

Sources show it as their files (`part`); `jsna.generator` writes these.
"""
