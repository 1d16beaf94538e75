"""The working paper of a sample, to be printed or taken along: what was drawn, from what, looked at, and found."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, render_template

from engine.auditing.papers import Paper
from engine.auditing.progress import Progress
from engine.auditing.sampling import Sample
from engine.canonical import canonical, moment, read

from ... import here
from . import asked, said
from .pages import AUDITORS, pages
from .samples import proof_of, said_of, scope

HEAD = ("place", "case", "number", "what", "at", "by", "step", "severity", "text", "paper", "replaces")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would execute


@pages.get("/samples/<int:sample_id>/paper")
def sheet(sample_id: int) -> Any:
    """The working paper as a page that prints well."""
    one, rows, papers = _of(sample_id)
    parts = [part for part in said_of(one.selection, asked.processes()).values() if part[1]]
    return render_template(
        "audit/sheet.html",
        one=one,
        filters_of=parts,
        scope=scope(one),
        rows=[(place, row, proof_of(row.verified)) for place, row in enumerate(rows, 1)],
        numbers={row.case_id: row.number for row in rows},
        papers=[paper for paper in papers if paper.kind != "verified"],
        sound=sum(1 for row in rows if row.verified and read(row.verified.text)["sound"]),
        kinds=said.PAPERS,
        severities=said.SEVERITIES,
    )


@pages.get("/samples/<int:sample_id>/paper.json")
def sheet_json(sample_id: int) -> Response:
    """The working paper as canonical JSON."""
    one, rows, papers = _of(sample_id)
    body = canonical(
        {"sample": _sample(one), "cases": [_case(row) for row in rows], "papers": [_paper(p) for p in papers]}
    )
    return _file(body, "application/json", f"sample-{one.id}.json")


@pages.get("/samples/<int:sample_id>/paper.csv")
def sheet_csv(sample_id: int) -> Response:
    """The working paper as a table: a line for each case, and one for each paper."""
    one, rows, papers = _of(sample_id)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEAD)
    for place, row in enumerate(rows, 1):
        lines.writerow(map(_cell, (place, row.case_id, row.number, "drawn", moment(one.at), one.by, *[""] * 5)))
        if row.opened_at:
            opened = (moment(row.opened_at), row.opened_by)
            lines.writerow(map(_cell, (place, row.case_id, row.number, "opened", *opened, *[""] * 5)))
    places = {row.case_id: (place, row.number) for place, row in enumerate(rows, 1)}
    for paper in papers:
        place, number = places.get(paper.case_id, ("", "")) if paper.case_id else ("", "")
        said_first = (place, paper.case_id, number, paper.kind, moment(paper.at), paper.by)
        said_then = (paper.seq, paper.severity, paper.text, paper.id, paper.replaces)
        lines.writerow(map(_cell, (*said_first, *said_then)))
    return _file(("\ufeff" + text.getvalue()).encode(), "text/csv", f"sample-{one.id}.csv")


def _of(sample_id: int) -> tuple[Sample, tuple[Progress, ...], list[Paper]]:
    here.need(*AUDITORS)
    engine, actor = here.engine(), here.actor()
    one = engine.sample(here.number(str(sample_id)), actor)
    return one, engine.progress(one.id, actor), engine.papers_of(one.id, actor)


def _sample(one: Sample) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": moment(one.at),
        "by": one.by,
        "reason": one.reason,
        "seed": one.seed,
        "size": one.size,
        "filters": one.selection.plain(),
        "classes": list(one.classes) if one.classes is not None else None,
        "population": one.population,
        "population_sha256": one.digest,
        "order": "SHA-256 of seed:id, ascending",
        "cases": list(one.cases),
    }


def _case(row: Progress) -> dict[str, Any]:
    return {
        "id": row.case_id,
        "number": row.number,
        "opened_at": moment(row.opened_at) if row.opened_at else None,
        "opened_by": row.opened_by,
        "verification": read(row.verified.text) if row.verified else None,
        "purged_under": row.purged,
    }


def _paper(paper: Paper) -> dict[str, Any]:
    names = ("id", "kind", "by", "case_id", "seq", "severity", "text", "replaces", "replaced")
    return {**{name: getattr(paper, name) for name in names}, "at": moment(paper.at)}


def _cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _file(body: bytes, kind: str, name: str) -> Response:
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
