"""The cases of the past that a draft is tried on: which they are, and what a batch asks of each."""
