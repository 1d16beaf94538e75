"""Random samples: drawn with a reason, kept, drawn again, worked through case by case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.auditing.deviating import ANY
from engine.auditing.population import Selection
from engine.auditing.sampling import Sample
from engine.canonical import read
from engine.errors import Refusal

from ... import here, reasons
from ...when import local
from . import asked, said
from .pages import AUDITORS, pages

PAGE = 25
FIELDS = ("key", "version", "status", "outcome", "customer", "since", "until", "deviation", "size", "seed", "reason")


@pages.get("/samples")
def samples() -> Any:
    """The samples on record, the newest first."""
    here.need(*AUDITORS)
    after = asked.number("after")
    found, later = here.engine().samples(here.actor(), limit=PAGE, after=after)
    known = asked.processes()
    rows = [(one, [part for part in said_of(one.selection, known).values() if part[1]]) for one in found]
    return render_template("audit/samples.html", rows=rows, after=after, later=later)


@pages.get("/samples/new")
def ask_sample() -> Any:
    """Ask what to draw from."""
    here.need(*AUDITORS)
    return _asking("", "")


@pages.post("/samples")
def draw() -> Any:
    """Draw a sample, and put it on record."""
    here.need(*AUDITORS)
    size = request.form.get("size", "").strip()
    if problem := reasons.problem(request.form.get("reason", ""), least=0):
        return _asking("reason", problem), 422
    try:
        made = here.engine().draw(
            _selection(),
            size=int(size) if size.isascii() and size.isdecimal() and len(size) < 9 else 0,
            seed=asked.text("seed") or "",
            reason=request.form.get("reason", ""),
            by=here.actor(),
        )
    except Refusal as error:
        if {"field", "empty", "many"}.isdisjoint(error.data):
            raise
        return _asking(*_problem(error)), 422
    flash(ngettext("%(num)s case was drawn.", "%(num)s cases were drawn.", len(made.cases)), "ok")
    return redirect(url_for(".sample", sample_id=made.id))


@pages.get("/samples/<int:sample_id>")
def sample(sample_id: int) -> Any:
    """A sample with how far the work on it is; `again` draws it again from its record."""
    here.need(*AUDITORS)
    engine, actor = here.engine(), here.actor()
    one = engine.sample(here.number(str(sample_id)), actor)
    start, known = asked.number("start") or 0, asked.processes()
    rows = engine.progress(one.id, actor)
    return render_template(
        "audit/sample.html",
        one=one,
        filters_of=[part for part in said_of(one.selection, known).values() if part[1]],
        again=engine.redraw(one.id, actor) if asked.text("again") else None,
        rows=[(place, row, proof_of(row.verified)) for place, row in enumerate(rows, 1)][start : start + PAGE],
        opened=sum(1 for row in rows if row.opened_at),
        verified=sum(1 for row in rows if row.verified),
        findings=sum(len(row.findings) for row in rows),
        papers=[paper for paper in engine.papers_of(one.id, actor) if paper.case_id is None and not paper.replaced],
        severities=said.SEVERITIES,
        kinds=said.PAPERS,
        start=start,
        later=start + PAGE if start + PAGE < len(rows) else None,
    )


@pages.post("/samples/<int:sample_id>/verification")
def verify_sample(sample_id: int) -> Any:
    """Verify some cases of a sample, and keep what that came to."""
    here.need(*AUDITORS)
    found = here.engine().verify_sample(
        here.number(str(sample_id)), request.form.getlist("case")[:PAGE], by=here.actor()
    )
    broken = sum(1 for paper in found if not read(paper.text)["sound"])
    flash(
        ngettext("%(num)s case does not verify", "%(num)s cases do not verify", broken)
        if broken
        else ngettext("%(num)s case verified just now", "%(num)s cases verified just now", len(found)),
        "" if broken else "ok",
    )
    return redirect(url_for(".sample", sample_id=sample_id, start=asked.number("start") or None))


def proof_of(paper: Any) -> Any:
    """What a verification on record says."""
    return None if paper is None else read(paper.text)


def said_of(selection: Selection, known: Any) -> dict[str, tuple[str, str | None]]:
    """What a sample was drawn from, as the sentence of its filters."""
    words, kind = here.words(), selection.deviation
    deviation = words("of any kind") if kind == ANY else said.DEVIATIONS.get(kind or "", kind)
    since, until = plain_day(selection.since), plain_day(selection.until, end=True)
    return {
        "key": (_("Process"), asked.process_name(selection.key, known)),
        "version": (_("Version"), None if selection.version is None else str(selection.version)),
        "status": (_("Status"), words(said.STATUSES[selection.status]) if selection.status else None),
        "outcome": (_("Outcome"), asked.element_name(selection.outcome, known)),
        "customer": (_("Customer"), selection.customer),
        "since": (_("Started from"), since),
        "until": (_("Started until"), until),
        "deviation": (_("Deviation"), words(deviation) if deviation else None),
    }


def plain_day(at: Any, *, end: bool = False) -> str | None:
    """The day that a bound of a period was given as."""
    return None if at is None else (local(at) - timedelta(days=1 if end else 0)).date().isoformat()


def scope(one: Sample) -> str:
    """The confidentiality classes that a sample was drawn from."""
    return ", ".join(one.classes) if one.classes is not None else _("all")


def _selection() -> Selection:
    return Selection(
        key=asked.text("key"),
        version=asked.number("version"),
        status=asked.one_of("status", said.STATUSES),
        outcome=asked.text("outcome"),
        customer=asked.text("customer"),
        since=asked.day("since"),
        until=asked.day("until", end=True),
        deviation=asked.one_of("deviation", (*said.DEVIATIONS, ANY)),
    )


def _problem(error: Refusal) -> tuple[str, str]:
    """Which field is wrong, and what to do about it."""
    if "empty" in error.data:
        return "key", _("No case fits this. Leave something out, or choose another period")
    if "many" in error.data:
        return "since", _("To find deviations every history is read. Choose a period with fewer cases")
    return {
        "size": ("size", _("Write a number from 1 to 1000")),
        "seed": ("seed", _("Write at most 64 letters, digits or signs of ASCII")),
        "reason": ("reason", _("Write what the sample is for, in at least 5 characters")),
    }[error.data["field"]]


def _asking(field: str, problem: str) -> str:
    known = asked.processes()
    return render_template(
        "audit/sample_new.html",
        typed={name: request.form.get(name, request.args.get(name, "")) for name in FIELDS},
        field=field,
        problem=problem,
        processes=known,
        outcomes=[
            (name, [one for one in found if _ends(one[0], known)]) for name, found in asked.elements(known, None)
        ],
        statuses=said.STATUSES,
        deviations=said.DEVIATIONS,
        any=ANY,
    )


def _ends(element: str, known: Any) -> bool:
    """Whether an element is an end event of a process in force."""
    diagrams = [labels.bundle.diagram for _key, labels in known]
    return any(one and element in one and one.element(element).kind == "endEvent" for one in diagrams)
