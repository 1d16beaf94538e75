"""The blueprint of the studio, and what all of its pages say of a bundle."""

from __future__ import annotations

from flask import Blueprint

from ... import here
from ...labels import Labels
from ...shell import OWNERS

pages = Blueprint("studio", __name__, url_prefix="/studio")
MOST_COUNTED = 500


@pages.before_request
def owners_only() -> None:
    """Nobody but process owners comes in."""
    here.need(*OWNERS)


def labels_by(digest: str) -> Labels:
    """The words of a bundle, in the language of whoever looks."""
    return Labels(here.engine().bundle(digest), here.words())


def open_cases(key: str) -> int:
    """How many cases of a process are open, counted up to `MOST_COUNTED`."""
    return len(here.engine().cases(here.actor(), limit=MOST_COUNTED, key=key, status="open"))
