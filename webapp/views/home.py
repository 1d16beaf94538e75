"""Where one starts, and the search over everything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from .. import here
from ..rows import case_rows
from ..searching import FIRST, KINDS, PAGE, Search

pages = Blueprint("home", __name__)


@pages.get("/")
def start() -> Any:
    """Start at the inbox."""
    return redirect(url_for("inbox.show"))


@pages.get("/search")
def search() -> Any:
    """Cases, customers and funds by what is known of them: some of each kind, or one kind page by page."""
    text, part = request.args.get("q", "").replace("\0", "").strip()[:100], request.args.get("in", "")
    search = Search(services=here.services(), person=here.person(), text=text, lang=here.words().lang)
    kinds = [kind for kind in search.kinds if part in ("", kind)]
    if not kinds:
        abort(404)
    if text and (cases := here.engine().cases(here.actor(), number=text.upper(), limit=1)):
        return redirect(url_for("cases.show", case_id=cases[0].id))
    after, limit = (request.args.get("after"), PAGE) if part else (None, FIRST)
    found = {kind: (_cases if kind == "case" else _things)(search, kind, limit, after) for kind in kinds if text}
    return render_template(
        "search.html",
        text=text,
        part=part,
        after=after,
        found={kind: one for kind, one in found.items() if one["rows"] or part},
        titles=KINDS,
    )


def _cases(search: Search, kind: str, limit: int, after: str | None) -> dict[str, Any]:
    cases, more = search.cases(limit, after)
    rows = case_rows(here.services(), cases, here.person(), here.words())
    return {"rows": rows, "later": cases[-1].id if more else None}


def _things(search: Search, kind: str, limit: int, after: str | None) -> dict[str, Any]:
    found, more = search.things(kind, limit, after)
    rows = [(one, here.services().beside.link(kind, one.value, here.actor())) for one in found]
    return {"rows": rows, "later": found[-1].value if more else None}
