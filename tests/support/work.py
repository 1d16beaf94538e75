"""How much work something may take, where an attacker chooses it."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float, what: str = "") -> Iterator[None]:
    """AssertionError if the block takes more processor time than so many seconds.

    What other tests have left in memory is set aside: a collection that looks through all of it comes at any moment,
    and the longer the run, the more there is to look through.
    """
    gc.freeze()
    began = time.process_time()
    try:
        yield
        took = time.process_time() - began
    finally:
        gc.unfreeze()
    assert took < seconds, f"{took:.2f} seconds of work {what}"
