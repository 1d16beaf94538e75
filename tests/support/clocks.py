"""Nobody looks at the machine's clock while a step is applied: what a step does follows from its input alone."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

READS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "ctime"}
CLOCKS = (datetime.datetime, datetime.date, time)


class ClockWasRead(BaseException):
    """The machine's clock was read where time is an input; no `except Exception` may hide it."""


@contextmanager
def no_clock() -> Iterator[None]:
    """Raise ClockWasRead at the end of the block if anything in it, also deep inside a library, read the clock."""
    seen: list[str] = []

    def watch(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__ in READS and is_clock(called):
            seen.append(f"{frame.f_code.co_filename}:{frame.f_lineno} reads {called.__qualname__}()")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
    if seen:
        raise ClockWasRead("\n".join(dict.fromkeys(seen)))


def is_clock(called: Callable[..., Any]) -> bool:
    """Whether a built-in function is the clock's: `time.gmtime` of a known moment counts too, as nobody needs it."""
    owner = getattr(called, "__self__", None)
    return owner is time or (isinstance(owner, type) and issubclass(owner, (datetime.datetime, datetime.date)))


def without_clock(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which now raises ClockWasRead if it reads the clock."""

    def guarded(*arguments: Any, **named: Any) -> Any:
        with no_clock():
            return function(*arguments, **named)

    return guarded
