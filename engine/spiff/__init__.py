"""SpiffWorkflow as a stepper: a marking and an input give the next marking and its effects.

The wall around SpiffWorkflow: nothing outside of this package imports it, and nothing of it is stored.
"""

from .environment import Answer, Due, Environment, Library, Request, Shelf
from .errors import NotWaiting, Refused, StepperError
from .marking import Clock, Counter, Marking, Subscription, Timer, Token, tokens_in
from .parser import Bundle, parse
from .step import Stepper
from .tree import correlation_key

__all__ = [
    "Answer",
    "Bundle",
    "Clock",
    "Counter",
    "Due",
    "Environment",
    "Library",
    "Marking",
    "NotWaiting",
    "Refused",
    "Request",
    "Shelf",
    "Stepper",
    "StepperError",
    "Subscription",
    "Timer",
    "Token",
    "correlation_key",
    "parse",
    "tokens_in",
]
