"""No page shows a personal value unasked: planted values are looked for on every page that links lead to."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from engine import SYSTEM, Actor
from tests.webapp.desk import IDENTIFY, NEED, walk_to
from workflows.customers import repository as customers

WHO = "C000001"
CALLER, NAME, FACTS = "13700137000", "司马planted", "Tell it to 13611112222"
MOST = 70  # pages for one person
LEFT_OUT = ("/logout", "/static", "/evidence.zip", "/export/")
SAME = re.compile(r"(?<=[/=.])\d+(?=$|[/?&.#])")  # pages that differ in a number are pages of one kind


@pytest.fixture
def planted(visit, engine):
    """An inquiry and a complaint full of personal values, a draft, a message that was sent; what must not be seen."""
    walk_to(visit("li.na"), IDENTIFY, NEED | {"question": "When?"})
    start = {"customerId": WHO, "source": "PHONE", "receivedAt": "2026-11-20T01:00:00+00:00"}
    case = engine.start("complaint", {**start, "caller": CALLER, "callerName": NAME}, by=SYSTEM)
    (task,) = engine.tasks(case.id)
    engine.save_draft(task.id, {"facts": FACTS}, by=Actor("zhou.min", set(task.groups)))
    engine.run_due()
    with engine.database.reading() as connection:
        known = customers.get(connection, WHO)
    return (CALLER, NAME, known.mobile, known.id_number, known.email or CALLER)


def kind_of(path):
    """What pages have in common that differ in a number or in the values of their query."""
    parts = urlsplit(path)
    return SAME.sub("0", parts.path), tuple(sorted(parse_qs(parts.query)))


def crawl(visitor):
    """Every kind of page that links lead to, each once: its address and its text."""
    todo, seen = ["/"], set()
    while todo and len(seen) < MOST:
        path = todo.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        visitor.open(path)
        if visitor.page is None:
            continue
        yield path, visitor.text
        links = (href.partition("#")[0] for href in visitor.page.xpath("//a/@href") if href.startswith("/"))
        todo += [href for href in links if not any(part in href for part in LEFT_OUT)]


def shown(planted, pages):
    """Where a planted value is shown."""
    return [f"{value} at {path}" for path, text in pages for value in planted if value in text]


@pytest.mark.slow
@pytest.mark.parametrize("person", ["li.na", "zhou.min", "tan.xin", "he.jing"])
def test_no_page_shows_a_planted_value(visit, planted, person):
    pages = list(crawl(visit(person)))
    assert len(pages) > 15 and shown(planted, pages) == []


LISTS = ("/inbox?view=groups", "/inbox?view=drafts", "/cases?status=all", "/customers", f"/customers/{WHO}", "/cases/2")


def test_no_list_shows_a_planted_value(visit, planted):
    visitor = visit("zhou.min")
    assert shown(planted, [(path, visitor.open(path).text) for path in (*LISTS, f"/search?q={WHO}")]) == []


def test_a_value_that_is_shown_is_found(visit, planted):
    """The same look finds what somebody has asked to see."""
    visitor = visit("li.na")
    path = f"/customers/{WHO}/personal/mobile"
    visitor.open(path).post(path, {"reason": "to call back"})
    assert shown(planted, [(path, visitor.text)]) == [f"{planted[2]} at {path}"]
