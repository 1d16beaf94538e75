"""The blueprint of the studio, and what all of its pages say of a bundle."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, url_for
from flask_babel import gettext as _

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Where somebody comes back to from what was tried: an address, and the words of the link."""

    address: str
    text: str


def way_back(key: str, digest: str) -> Back | None:
    """To the page that deploys just this bundle, of a proposal or a draft; else to its process, if that has a page."""
    engine, who = here.engine(), here.actor()
    proposal = next((one.id for one in engine.proposals() if one.bundle == digest), None)
    if proposal is not None:
        return Back(address=url_for("studio.review", proposal=proposal), text=_("Back to the proposal"))
    drafts = (engine.sketch(one.id, who) for one in engine.sketches(who, key))
    draft = next((one.id for one in drafts if one.digest == digest), None)
    if draft is not None:
        return Back(address=url_for("studio.check_sketch", sketch=draft), text=_("Back to the draft"))
    if engine.deployments(key):
        return Back(address=url_for("studio.show", key=key), text=_("Back to the process"))
    return None


def open_cases(key: str) -> int:
    """How many cases of a process are open, counted up to `MOST_COUNTED`."""
    return len(here.engine().cases(here.actor(), limit=MOST_COUNTED, key=key, status="open"))
