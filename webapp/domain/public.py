"""The small pages behind the links that customers are sent: no log-in, one question, answered once.

To open a link changes nothing, because mail programs open links too; only the button does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template, request
from werkzeug.datastructures import MultiDict

from engine import Actor, Step
from engine.errors import Conflict, InvalidForm, NotFound, Refusal
from workflows.customers import repository as customers
from workflows.links import PATH, Broken, Expired, Link
from workflows.outbox import repository as outbox
from workflows.outbox.model import Message
from workflows.outbox.questions import QUESTIONS, Question

from .. import forms, here
from ..desk import problems
from ..views.auth import public
from . import domain
from .letters import readable

pages = Blueprint("public", __name__)
CUSTOMER = Actor("customer", system=True)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question to a customer, as its link finds it."""

    link: Link
    question: Question
    message: Message | None
    schemas: Mapping[str, Mapping[str, Any]]  # the form of each answer that the case still waits for

    @property
    def open(self) -> bool:
        """Whether the case still waits for the answer."""
        return self.link.message in self.schemas


@pages.get(f"{PATH}<token>")
@public
def ask(token: str) -> Any:
    """The question."""
    link = domain().links.read(token)
    if not isinstance(link, Link):
        return _unusable(link)
    asked = _asked(link, token)
    if asked is None:
        return _unusable(Broken())
    if step := _answered(link):
        return render_template("domain/answered.html", asked=asked, step=step)
    if not asked.open:
        return render_template("domain/closed.html", asked=asked), 410
    return _page(asked, request.args.get("answer", link.message))


@pages.post(f"{PATH}<token>")
@public
def answer(token: str) -> Any:
    """Take the answer to the case, once."""
    link = domain().links.read(token)
    asked = _asked(link, token) if isinstance(link, Link) else None
    if asked is None or not isinstance(link, Link):
        return _unusable(link)
    chosen = request.form.get("answer", link.message)
    if chosen not in asked.question.answers:
        return _unusable(Broken())
    if (step := _answered(link)) or chosen not in asked.schemas:
        return render_template("domain/answered.html" if step else "domain/closed.html", asked=asked, step=step)
    schema = asked.schemas[chosen]
    try:
        payload = forms.read_form(schema, request.form)
        here.engine().send(chosen, payload, by=CUSTOMER, case=link.case_id, message_id=link.id)
    except InvalidForm as error:
        sentences = forms.messages(schema, error.fields, here.words().lang)
        return _page(asked, chosen, request.form, sentences), 422
    except (Conflict, NotFound, Refusal):
        return render_template("domain/closed.html", asked=asked), 409
    return render_template("domain/answered.html", asked=asked, step=_answered(link), thanks=True)


def _page(
    asked: Asked, chosen: str, typed: MultiDict[str, str] | None = None, sentences: Mapping[str, str] | None = None
) -> str:
    chosen = chosen if chosen in asked.schemas else asked.link.message
    words = here.words()
    schema = asked.schemas[chosen]
    fields = forms.build(
        schema,
        typed if typed is not None else MultiDict(),
        sentences or {},
        words,
        fresh=None if typed else here.services().now(),
    )
    return render_template(
        "domain/question.html",
        asked=asked,
        chosen=chosen,
        letter=readable(asked.message) if asked.message else "",
        fields_of_answer=fields,
        problems=problems(schema, sentences or {}),
        looked_up={},
        editing=request.path,
    )


def _asked(link: Link, token: str) -> Asked | None:
    """The question behind a link, in the customer's language unless he chose another."""
    question = next((one for one in QUESTIONS.values() if link.message in one.answers), None)
    if question is None:
        return None
    with domain().database.reading() as connection:
        sent = outbox.newest(connection, case_id=link.case_id, limit=50)
        customer = customers.get(connection, link.customer) if link.customer else None
    message = next((one for one in sent if any(answer.url.endswith(token) for answer in one.links)), None)
    g.lang = message.language if message else customer.language if customer else None
    return Asked(link=link, question=question, message=message, schemas=_waiting(link.case_id, question))


def _waiting(case_id: str, question: Question) -> dict[str, Mapping[str, Any]]:
    """The answers that a case waits for, each with its form."""
    try:
        waits = here.engine().awaited(case_id)
    except NotFound:
        return {}
    found: dict[str, Mapping[str, Any]] = {}
    for one in waits:
        if one.name in question.answers:
            form = here.engine().bundle(one.bundle).form_of(one.element)
            found[one.name] = form.schema if form else {"properties": {}}
    return found


def _answered(link: Link) -> Step | None:
    """The step that took an answer to this question, if one did."""
    try:
        history = here.engine().history(link.case_id)
    except NotFound:
        return None
    return next((step for step in history if step.kind == "received" and step.input.get("id") == link.id), None)


def _unusable(link: Any) -> Any:
    if isinstance(link, Expired):
        return render_template("domain/expired.html", link=link.link), 410
    return render_template("domain/broken.html"), 404
