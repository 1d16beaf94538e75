"""The sandbox of a sketch: a scenario is recorded by clicking through the draft, and kept with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.bundles import Bundle
from engine.cases.starting import Way, start_event
from engine.errors import Conflict, NotFound
from engine.scenarios import Around, Malformed, is_scenario, path_of, read_scenario, write_scenario
from engine.sketches import Sketch

from ... import forms, here
from ...labels import Labels
from ...language import noop
from ...studio import sandbox, sketches
from ...studio.comparing import bundle_of
from ...studio.sandbox import NOTHING, Stage
from ...when import ZONE
from .pages import pages
from .sketches import merging

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
TOO_LONG = noop("A scenario has at most 200 inputs and 200 answers, and 200 KB. Write less, or begin another one")
Typed = MultiDict[str, str]


@pages.get("/sketches/<int:sketch>/sandbox")
def sandbox_begin(sketch: int) -> Any:
    """Begin a scenario, or go on with one that is kept: its name is in the address."""
    found, bundle = _opened(sketch)
    name, stage = request.args.get("scenario", ""), None
    if name and path_of(name) not in found.files:
        raise NotFound
    with here.engine().rehearsal() as around:
        if name:
            with suppress(Malformed):
                stage = sandbox.staged(bundle, around, read_scenario(path_of(name), found.files[path_of(name)]))
        return _page(found, bundle, stage, MultiDict(), fresh=True)


@pages.post("/sketches/<int:sketch>/sandbox")
def sandbox_act(sketch: int) -> Any:
    """Do the next thing in the scenario that the page carries."""
    found, bundle = _opened(sketch)
    typed = request.form
    if "_restart" in typed:
        return redirect(url_for(".sandbox_begin", sketch=sketch))
    with here.engine().rehearsal() as around:
        stage = None
        try:
            stage = sandbox.carried(bundle, around, typed.get("_state", ""))
            if {"_choose", "_add", "_remove", "_again"} & set(typed):
                return _page(found, bundle, stage, typed, fresh="_choose" in typed)
            return _acted(found, bundle, stage, around)
        except Malformed:
            return _page(found, bundle, stage, typed, problem=_("Write the content as a JSON object, such as {}")), 422


@pages.post("/sketches/<int:sketch>/sandbox/scenario")
def sandbox_keep(sketch: int) -> Any:
    """Keep the scenario in the sketch."""
    found, bundle = _opened(sketch)
    name = request.form.get("name", "").strip().lower()
    title = " ".join(request.form.get("title", "").split())[:200]
    with here.engine().rehearsal() as around:
        try:
            stage = sandbox.carried(bundle, around, request.form.get("_state", ""))
        except Malformed:
            raise NotFound from None
        if stage is None:
            raise NotFound
        if not NAME.fullmatch(name):
            wrong = _("Write a name of small letters, digits and hyphens, such as refused-at-once")
            return _page(found, bundle, stage, MultiDict(), unnamed=wrong, fresh=True), 422
        kept = stage.kept(name, title)
        if not sandbox.fits(kept):
            return _page(found, bundle, stage, MultiDict(), problem=_(TOO_LONG), fresh=True), 422
    try:
        here.engine().sketch_save(found.id, found.revision, {path_of(name): write_scenario(kept)}, by=here.actor())
    except Conflict as error:
        return redirect(merging(sketch, error))
    flash(_("The scenario “%(name)s” is kept. It is run on every check.", name=title or name), "ok")
    return redirect(url_for(".sketch", sketch=sketch))


def _opened(sketch: int) -> tuple[Sketch, Bundle]:
    """A sketch and the bundle that its files make; where they make none, the page says so and nothing else is done."""
    found = here.engine().sketch(sketch, here.actor())
    bundle = bundle_of(found.files) if here.engine().readable(found.files) else None
    if bundle is None or bundle.diagram is None:
        page = render_template("studio/sandbox_closed.html", sketch=found, title=sketches.title)
        abort(make_response(page, 200 if request.method == "GET" else 409))
    return found, bundle


def _acted(found: Sketch, bundle: Bundle, stage: Stage | None, around: Around) -> Any:
    """The page after an act; what cannot be done leaves the scenario as it was, with what was typed."""
    typed = request.form
    if stage is None:
        message = typed.get("_message", "")
        after = sandbox.begun(_start_schema(bundle, message), typed, _at(typed), message)
    elif "_undo" in typed:
        shorter = sandbox.staged(bundle, around, sandbox.undone(stage))
        return _page(found, bundle, shorter, MultiDict(), fresh=True)
    elif stage.wrong is not None:
        return _shown(found, bundle, stage, stage)
    elif "_wait" in typed or "_next" in typed:
        after = sandbox.waited(stage.scenario, "next" if "_next" in typed else typed.get("_until", "").strip())
    elif stage.question is not None:
        after = sandbox.answered(stage.scenario, stage.question, typed)
    else:
        one = stage.chosen(typed.get("_open", ""))
        if one is None:
            raise NotFound
        after = sandbox.completed(stage.scenario, one, stage.form(one), typed)
    return _shown(found, bundle, stage, sandbox.staged(bundle, around, after))


def _shown(found: Sketch, bundle: Bundle, before: Stage | None, stage: Stage) -> Any:
    if stage.wrong is None and sandbox.fits(stage.scenario):
        return _page(found, bundle, stage, MultiDict(), fresh=True)
    problem, errors = stage.problem(here.words()) or _(TOO_LONG), sandbox.faults(stage)
    return _page(found, bundle, before, request.form, problem=problem, errors=errors), 422


def _page(
    found: Sketch,
    bundle: Bundle,
    stage: Stage | None,
    typed: Typed,
    *,
    problem: str = "",
    errors: Mapping[str, Any] | None = None,
    unnamed: str = "",
    fresh: bool = False,
) -> str:
    """The page of a scenario: the form of what comes next, the way so far, the data.

    `unnamed` is what is wrong with the name that it was to be kept under.
    """
    words, wanted = here.words(), typed.get("_choose") or typed.get("_open", "")
    one = stage.chosen(wanted) if stage else None
    rows, other = stage.rows(words, here.engine()) if stage else ((), ())
    schema, focus = _schema(bundle, stage, one, typed), ""
    if {"_add", "_remove"} & set(typed) and schema:
        typed, focus = forms.edited(schema, typed), forms.touched(schema, typed)
    at = here.services().now()
    fields = sandbox.fields(schema, typed, errors or {}, words, stage, at if fresh else None) if schema else ()
    return render_template(
        "studio/sandbox.html",
        sketch=found,
        title=sketches.title,
        labels=Labels(bundle, words),
        stage=stage,
        state=stage.state if stage else "",
        one=one,
        chosen=sandbox.key_of(one) if one else "",
        key_of=sandbox.key_of,
        fields_of=fields,
        focus=focus,
        plain=schema is None,
        problem=problem or (stage.problem(words) if stage else ""),
        unnamed=unnamed,
        problems=[(f"f-{name.replace('.', '-')}", said) for name, said in _said(schema, errors).items()],
        messages=_messages(bundle),
        message=typed.get("_message", ""),
        now_local=at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"),
        scenarios=sorted(filter(is_scenario, found.files)),
        picture=stage.picture(words) if stage else "",
        rows=rows,
        other=other,
    )


def _said(schema: Mapping[str, Any] | None, errors: Mapping[str, Any] | None) -> Mapping[str, str]:
    return forms.messages(schema, errors, here.words().lang) if schema and errors else {}


def _schema(bundle: Bundle, stage: Stage | None, one: Any, typed: Typed) -> Mapping[str, Any] | None:
    """The form that is shown: of the start, of an operator's answer, of a task or a message."""
    if stage is None:
        return _start_schema(bundle, typed.get("_choose") or typed.get("_message", ""))
    if stage.question is not None:
        return stage.question.schema
    return stage.form(one) if one is not None else NOTHING


def _start_schema(bundle: Bundle, message: str) -> Mapping[str, Any]:
    event = start_event(bundle, Way(message=message or None))
    form = bundle.form_of(event.id) if event is not None else None
    return form.schema if form else NOTHING


def _messages(bundle: Bundle) -> list[tuple[str, str]]:
    """The ways in which a case may begin: the plain one, which has no name, and messages; with what each is called."""
    events = bundle.diagram.start_events() if bundle.diagram else ()
    named = [(one.event.name, one.label) for one in events if one.event is not None and one.event.kind == "message"]
    plain = start_event(bundle, Way())
    return [("", plain.label), *named] if plain and plain.label not in dict(named).values() else named


def _at(typed: Typed) -> datetime:
    """The moment at which a scenario begins, as it was typed; now where it was not."""
    try:
        return datetime.fromisoformat(typed.get("_at", "")).replace(tzinfo=ZONE)
    except ValueError:
        return here.services().now()
