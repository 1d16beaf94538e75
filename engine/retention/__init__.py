"""Retention: what becomes of cases when the time is over for which they must be kept.

It is given rules and knows no process: finds due cases by an index, and deals with each in a transaction of its own.
"""
