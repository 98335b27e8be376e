"""Read every published output back and hold each number in it to the safe measures.

The last gate before publication. It shares with the report only the schema of the measures and the
declarations of the indicators: how a number is written is worked out anew (`printed`), and what
else may be a number is a short list of typed exceptions (`allowed`). `run` is the stage.
"""
