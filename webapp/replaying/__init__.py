"""The replay of a case as its page shows it: the list of steps, the picture as of one of them, what it changed and why.

It puts into words and pictures what `engine.film` knows; it knows no request and no fund.
"""
