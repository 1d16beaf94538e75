"""The search over cases and their steps, with a sentence of filters, and how much of it was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from engine.auditing.deviating import ANY
from engine.auditing.search import Found, Hit, Query

from ... import here
from ...labels import labels_of
from ...sentences import Sentence, Teller
from . import asked, said
from .pages import pages

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A step that fits, as a list shows it."""

    hit: Hit
    process: str
    sentence: Sentence
    element: str  # what the element of the deviation is called
    detail: str


@pages.get("/search")
def search() -> Any:
    """The steps that fit, the newest first; without any filter nothing is looked for."""
    query, known = _query(), asked.processes()
    given = query != Query()
    found = here.engine().look_for(query, here.actor(), limit=PAGE, after=asked.text("after")) if given else None
    return render_template(
        "audit/search.html",
        query=query,
        filters=asked.filters(".search", _sentence(query, known)),
        found=found,
        lines=lines_of(found.hits) if found else (),
        **addresses(".search", found, _given()),
        processes=known,
        elements=asked.elements(known, query.key),
        people=asked.people(),
        since=asked.text("since"),
        until=asked.text("until"),
        steps=said.STEPS,
        deviations=said.DEVIATIONS,
        statuses=said.STATUSES,
        tones=said.TONES,
        any=ANY,
    )


NAMES = (
    "actor",
    "kind",
    "element",
    "field",
    "value",
    "how",
    "since",
    "until",
    "key",
    "version",
    "status",
    "customer",
    "deviation",
)


def _given() -> dict[str, str | None]:
    return {name: asked.text(name) for name in NAMES}


def _query() -> Query:
    value = asked.text("value")
    return Query(
        actor=asked.text("actor"),
        kind=asked.one_of("kind", said.STEPS),
        element=asked.text("element"),
        field=asked.text("field") if value else None,
        value=value,
        contains=bool(value) and asked.one_of("how", ("equals", "contains")) == "contains",
        since=asked.day("since"),
        until=asked.day("until", end=True),
        key=asked.text("key"),
        version=asked.number("version"),
        status=asked.one_of("status", said.STATUSES),
        customer=asked.text("customer"),
        deviation=asked.one_of("deviation", (*said.DEVIATIONS, ANY)),
    )


def _sentence(query: Query, known: Any) -> dict[str, tuple[str, str | None]]:
    """What is in force, in the order in which one says it."""
    words = here.words()
    how = words("contains %(value)s", value=query.value) if query.contains else query.value
    deviation = words("of any kind") if query.deviation == ANY else said.DEVIATIONS.get(query.deviation or "")
    return {
        "actor": (_("Who"), asked.name_of(query.actor)),
        "kind": (_("What"), said.step(query.kind, words) if query.kind else None),
        "element": (_("Where"), asked.element_name(query.element, known)),
        "value": (query.field or _("Any value"), how),
        "since": (_("From"), asked.text("since")),
        "until": (_("Until"), asked.text("until")),
        "key": (_("Process"), asked.process_name(query.key, known)),
        "version": (_("Version"), None if query.version is None else str(query.version)),
        "status": (_("Status"), words(said.STATUSES[query.status]) if query.status else None),
        "customer": (_("Customer"), query.customer),
        "deviation": (_("Deviation"), words(deviation) if deviation else None),
    }


def lines_of(hits: Sequence[Hit]) -> list[Line]:
    """Steps as lists show them: each a sentence of its own, in the words of its case's version."""
    engine, words = here.engine(), here.words()
    names = here.services().names({hit.step.actor for hit in hits}, words.lang)
    found = []
    for hit in hits:
        labels = labels_of(engine.bundle(hit.bundle), words)
        teller, one = Teller(labels, names), hit.deviation
        found.append(
            Line(
                hit=hit,
                process=labels.process,
                sentence=teller.one(hit.step),
                element=labels.element(one.element) if one and one.element else "",
                detail=said.detail(one, labels, teller) if one else "",
            )
        )
    return found


def addresses(endpoint: str, found: Found | None, given: dict[str, str | None]) -> dict[str, str]:
    """Where the first page and the next one are."""
    later = found.later if found else None
    return {
        "earlier": url_for(endpoint, **given) if asked.text("after") else "",
        "later": url_for(endpoint, after=later, **given) if later else "",
    }
