"""Files that somebody uploads are read and checked in child processes, under limits of processor time, memory and time.

It owns the processes, the question that one is asked and the form in which both cross. It knows no database and no web.
"""

from .question import Question, Reader, answer
from .readers import NOT_READ, Limits, Readers

__all__ = ["NOT_READ", "Limits", "Question", "Reader", "Readers", "answer"]
