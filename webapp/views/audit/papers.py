"""Working papers: notes and findings beside a case, a step or a sample; corrected by writing another."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.auditing.papers import FINDING, NOTE, Asked, Paper
from engine.errors import Conflict, NotAllowed, NotFound, Refusal

from ... import here
from . import asked, said
from .pages import AUDITORS, pages
from .samples import proof_of

PAGE = 25
FILTERS = ("kind", "severity", "by", "case", "sample")


@pages.get("/papers")
def papers() -> Any:
    """The working papers, the newest first."""
    here.need(*AUDITORS)
    given = {name: asked.text(name) for name in FILTERS}
    wanted = Asked(
        kind=asked.one_of("kind", said.PAPERS),
        severity=asked.one_of("severity", said.SEVERITIES),
        by=given["by"],
        case_id=None if given["case"] is None else str(here.number(given["case"])),
        sample=asked.number("sample"),
    )
    after = asked.number("after")
    found, later = here.engine().papers(here.actor(), wanted, limit=PAGE, after=after)
    return render_template(
        "audit/papers.html",
        rows=[(paper, proof_of(paper) if paper.kind == "verified" else None) for paper in found],
        numbers=numbers_of(found),
        filters=asked.filters(".papers", _sentence(wanted)),
        given=given,
        after=after,
        later=later,
        kinds=said.PAPERS,
        severities=said.SEVERITIES,
    )


@pages.get("/papers/new")
def ask_paper() -> Any:
    """Ask what was noted or found."""
    here.need(*AUDITORS)
    return _asking(*_about())


@pages.post("/papers")
def write() -> Any:
    """Keep a note or a finding."""
    here.need(*AUDITORS)
    case, seq, sample = _about()
    kind = FINDING if request.form.get("severity") else NOTE
    try:
        made = here.engine().write_paper(
            kind,
            request.form.get("text", ""),
            severity=asked.one_of("severity", said.SEVERITIES),
            case=case,
            seq=seq,
            sample=sample,
            by=here.actor(),
        )
    except Refusal as error:
        if error.data.get("field") != "text":
            raise
        return _asking(case, seq, sample, problem=_("Write what you have seen, in at most 10,000 characters")), 422
    flash(_("The paper is kept."), "ok")
    return redirect(url_for(".paper", paper_id=made.id))


@pages.get("/papers/<int:paper_id>")
def paper(paper_id: int) -> Any:
    """One paper, with those that it has replaced."""
    here.need(*AUDITORS)
    return _page(here.engine().paper(here.number(str(paper_id)), here.actor()))


@pages.post("/papers/<int:paper_id>/correction")
def correct(paper_id: int) -> Any:
    """Write a paper in the place of one's own."""
    here.need(*AUDITORS)
    old = here.engine().paper(here.number(str(paper_id)), here.actor())
    text = request.form.get("text", "")
    try:
        severity = asked.one_of("severity", said.SEVERITIES) if old.kind == FINDING else None
        made = here.engine().correct_paper(old.id, text, severity=severity, by=here.actor())
    except (Conflict, NotAllowed, NotFound):
        raise
    except Refusal as error:
        if error.data.get("field") not in ("text", "severity"):
            raise
        return _page(old, text=text, problem=_("Write what you have seen, in at most 10,000 characters")), 422
    flash(_("The paper is corrected; what it said before is kept."), "ok")
    return redirect(url_for(".paper", paper_id=made.id))


def numbers_of(found: list[Paper]) -> dict[str, str]:
    """The numbers of the cases that papers are about."""
    ids = {paper.case_id for paper in found if paper.case_id}
    cases = here.engine().cases(here.actor(), ids=ids) if ids else []
    return {case.id: case.number for case in cases}


def _sentence(wanted: Asked) -> dict[str, tuple[str, str | None]]:
    words = here.words()
    return {
        "kind": (_("Kind"), words(said.PAPERS[wanted.kind]) if wanted.kind else None),
        "severity": (_("Severity"), words(said.SEVERITIES[wanted.severity][0]) if wanted.severity else None),
        "by": (_("By"), asked.name_of(wanted.by)),
        "case": (_("Case"), None if wanted.case_id is None else _number(str(wanted.case_id))),
        "sample": (_("Sample"), None if wanted.sample is None else str(wanted.sample)),
    }


def _number(case_id: str) -> str:
    found = here.engine().cases(here.actor(), ids=[case_id])
    return found[0].number if found else case_id


def _about() -> tuple[str | None, int | None, int | None]:
    """The case, the step and the sample that a paper is about."""
    case = asked.text("case")
    return case, asked.number("step"), asked.number("sample")


def _asking(case_id: str | None, seq: int | None, sample: int | None, problem: str = "") -> str:
    engine, actor = here.engine(), here.actor()
    if case_id is None and sample is None:
        raise NotFound
    if sample is not None and case_id is not None and case_id not in engine.sample(sample, actor).cases:
        raise NotFound
    case = engine.case(case_id, actor) if case_id is not None else None
    if seq is not None and (case is None or not 1 <= seq <= case.seq):
        raise NotFound
    return render_template(
        "audit/paper_new.html",
        case=case,
        seq=seq,
        sample=engine.sample(sample, actor) if sample is not None else None,
        text=request.form.get("text", ""),
        severity=request.form.get("severity", ""),
        problem=problem,
        severities=said.SEVERITIES,
    )


def _page(one: Paper, text: str | None = None, problem: str = "") -> str:
    return render_template(
        "audit/paper.html",
        paper=one,
        proof=proof_of(one) if one.kind == "verified" else None,
        before=here.engine().papers_before(one.id, here.actor()),
        numbers=numbers_of([one]),
        mine=one.by == here.actor().name and one.kind != "verified" and not one.replaced,
        text=one.text if text is None else text,
        problem=problem,
        kinds=said.PAPERS,
        severities=said.SEVERITIES,
    )
