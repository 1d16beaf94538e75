"""A link stands only where whoever reads it may follow it: everybody walks through the product and comes to no refusal."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from werkzeug.exceptions import HTTPException

from engine import Actor
from tests.webapp.desk import IDENTIFY, NEED, start_inquiry, walk_to
from workflows.demo.people import LOGINS

FOLLOWED = 2  # links of one kind that are followed: from one kind of page to another
REFUSED = (403, 404, 405)
ELSEWHERE = ("#", "http:", "https:", "mailto:")
SEEN_BY = {
    "li.na": {"tasks.show", "cases.show", "customers.show", "starting.fill"},
    "sun.ke": {"cases.show", "studio.show", "parameters.show"},
    "he.jing": {"audit.search", "cases.show", "customers.show", "outbox.index"},
    "xia.tian": {"outbox.index"},
}


@pytest.fixture
def busy(visit, engine, clock):
    """Two inquiries, one at the desk of Li Na; both are late, and mails say so."""
    task = walk_to(visit("li.na"), IDENTIFY, NEED)
    engine.claim(task, by=Actor("li.na", {"csr"}))
    start_inquiry(visit("xu.kai"), customerId="C000007")
    clock.advance(days=4)
    engine.run_due()
    return engine.case(engine.cases(Actor("li.na", {"csr"}))[-1].id)


def endpoint(bound, path):
    """Which page an address leads to."""
    try:
        return bound.match(urlsplit(path).path)[0]
    except HTTPException:
        return "nowhere"


def walked(app, visitor):
    """Follow links from the inbox on, some of each kind: the pages that were seen, and the links that were refused."""
    bound = app.url_map.bind("localhost")
    waiting, known, kinds = [("", "/inbox", "/")], set(), Counter()
    seen, refused = set(), []
    while waiting:
        source, path, found_on = waiting.pop(0)
        target = endpoint(bound, path)
        kind = (source, target)
        if path in known or kinds[kind] == FOLLOWED:
            continue
        known.add(path)
        kinds[kind] += 1
        with visitor.client.get(path, headers=visitor.headers, follow_redirects=True) as response:
            if response.status_code in REFUSED:
                refused.append(f"{found_on} leads to {path}: {response.status_code}")
                continue
            is_page = response.mimetype == "text/html"
            text = response.get_data(as_text=True) if is_page else ""
        seen.add(target)
        if text:
            links = html.fromstring(text).xpath("//a/@href")
            waiting += [(target, urljoin(path, one).partition("#")[0], path) for one in links if is_ours(one)]
    return seen, refused


def is_ours(link):
    """Whether a link leads to another of our pages."""
    return not link.startswith(ELSEWHERE)


@pytest.mark.parametrize("person", LOGINS)
def test_nobody_is_led_to_a_page_that_he_may_not_open(app, visit, busy, person):
    seen, refused = walked(app, visit(person))
    assert refused == []
    assert SEEN_BY.get(person, {"inbox.show"}) <= seen, "the walk has not come far"


def test_what_one_may_not_open_is_said_without_a_link(visit, busy):
    case, customer = f"/cases/{busy.id}", f"/customers/{busy.customer}"
    owner = visit("sun.ke").open(case)
    assert owner.sees("Huang Meiling") and owner.links(customer) == []
    assert visit("li.na").open(case).links(customer) == [customer, f"{customer}#contacts"]
    colleague = visit("zhou.min").open(case)
    assert colleague.sees("waits for") and colleague.links("/tasks/") == []
    assert visit("li.na").open(case).links("/tasks/") != []
    systems = visit("xia.tian").open("/outbox")
    assert systems.sees(busy.number) and systems.links("/cases/") == []
    assert visit("he.jing").open("/outbox").links(case) == [case]
