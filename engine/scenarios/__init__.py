"""Scenarios: test cases of a process that live in its bundle, `scenarios/<name>.json`, and are run on every check.

A scenario says how a case begins, what happens to it, what operators answer, and where it has to go. It is played in
memory, by the rules of every case. Nobody real is in one: what a form marks as personal is a sample.
"""

from .files import Malformed, read_scenario, write_scenario
from .model import SAMPLE, Bring, Complete, Expected, Input, Reply, Scenario, Wait, is_scenario, name_of, path_of
from .personal import answer_with_samples, looks_real, personal_in, with_samples
from .play import Around, Open, Play, Stray, Unanswered
from .running import Outcome, Wrong, run_all

__all__ = [
    "SAMPLE",
    "Around",
    "Bring",
    "Complete",
    "Expected",
    "Input",
    "Malformed",
    "Open",
    "Outcome",
    "Play",
    "Reply",
    "Scenario",
    "Stray",
    "Unanswered",
    "Wait",
    "Wrong",
    "answer_with_samples",
    "is_scenario",
    "looks_real",
    "name_of",
    "path_of",
    "personal_in",
    "read_scenario",
    "run_all",
    "with_samples",
    "write_scenario",
]
