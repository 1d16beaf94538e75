"""The replay of a case: any of its steps with the picture, the data and the form of then, and its proof."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request

from engine import Case
from engine.errors import NotFound
from engine.history.film import PARTS
from engine.model import Verification

from .. import here
from ..replaying.screen import Projector

pages = Blueprint("replay", __name__, url_prefix="/cases/<case_id>/replay")
MOST = 100  # frames at once


@pages.get("")
@here.on_record
@here.one_moment
def show(case_id: str) -> Any:
    """One step of a case; `part` asks for what changes between steps, without the frame of the page."""
    return _page(here.engine().case(case_id, here.actor()))


@pages.post("/verification")
@here.on_record
def verify(case_id: str) -> Any:
    """The same with the proof, worked out now."""
    case = here.engine().case(case_id, here.actor())
    return _page(case, here.engine().verify(case.id, here.actor()))


@pages.get("/frames")
@here.on_record
@here.one_moment
def frames(case_id: str) -> Any:
    """What some steps changed in the pictures, as data."""
    case = here.engine().case(case_id, here.actor())
    here.opened(case.id)
    projector = _projector(case)
    first = max(here.number(request.args.get("from")), 1)
    last = min(here.number(request.args.get("to")), projector.film.last, first + MOST - 1)
    if last < first:
        raise NotFound
    return jsonify(projector.frames(first, last))


def _projector(case: Case) -> Projector:
    film = here.engine().film(case.id, here.actor())
    return Projector(services=here.services(), case=case, film=film, person=here.person(), words=here.words())


def _page(case: Case, proof: Verification | None = None) -> str:
    here.opened(case.id)
    projector = _projector(case)
    last = projector.film.last
    seq = here.number(request.args["step"]) if request.args.get("step") else last
    if not 1 <= seq <= last:
        raise NotFound
    part = part if (part := request.args.get("show", "all")) in PARTS else "all"
    screen = projector.screen(seq, part, request.args.get("open", ""))
    template = "replay/main.html" if request.args.get("part") else "replay/page.html"
    custodian = here.actor().any_of(here.engine().policy.custodians)
    return render_template(template, screen=screen, case=case, part=part, proof=proof, custodian=custodian)
