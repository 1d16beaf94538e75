"""What auditors do: search, draw samples, list deviations, write working papers, see who has read what.

Everything here stands beside the cases; nothing of it changes one.
"""
