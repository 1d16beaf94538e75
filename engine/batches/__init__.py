"""The same question or act for many cases, as rows that workers share: a backtest, a dry run, a migration, a retry.

It knows how a batch begins, goes on, is cancelled and is over; what is asked or done of one case is a kind's affair.
"""

from .rows import LANES, Answer, Batch, Progress, Result

__all__ = ["LANES", "Answer", "Batch", "Progress", "Result"]
