"""What a draft would have made of a finished case: its recorded inputs are given to the draft, and nothing is invented.

It knows no database: a draft, the steps of a case and an archive in, an outcome out. The same case and draft always
come to the same outcome. How many cases are tried, and by whom, is the affair of batches.
"""

from .outcome import DECIDED, OUTCOMES, Outcome
from .testing import Tested, tested

__all__ = ["DECIDED", "OUTCOMES", "Outcome", "Tested", "tested"]
