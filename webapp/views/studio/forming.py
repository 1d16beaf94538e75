"""The form builder: the page of a form of a sketch, and every edit of it. It works without script, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import force_locale

from engine.errors import Conflict, NotFound
from engine.sketches import Sketch

from ... import here
from ...language import LOCALES, Lang
from ...studio import builder
from ...studio.builder import boxes
from ...studio.forms import BOUNDS, WIDGETS, Built, Place, Preview, built, grouped
from ...studio.sketches import title
from . import sketches
from .pages import pages

TEMPLATE = "studio/edit_form.html"
FOLDER = "forms/"


def shown(found: Sketch, path: str) -> dict[str, Any]:
    """What the page of a form shows, at the place that the address names."""
    if not path.startswith(FOLDER):
        raise NotFound
    return _parts(found, built(found, place_of(path)))


@pages.post("/sketches/<int:sketch>/form")
def edit_form(sketch: int) -> Any:
    """Do what a button or a box of the builder says, save it, and show the form again."""
    found = here.engine().sketch(sketch, here.actor())
    place = place_of(request.args.get("path", ""))
    if place.path not in found.files:
        raise NotFound
    if request.args.get("try"):
        return drawn(found, built(found, place, tried=request.form))
    if request.form.get("do") == "text":
        return _written(found, place, request.form.get("text", "").replace("\r\n", "\n"))
    return _edited(found, place)


def place_of(path: str) -> Place:
    """What of a form the address names."""
    at = tuple(request.args.getlist("at"))
    return Place(path=path, at=at, key=request.args.get("field", ""), side=request.args.get("preview", ""))


def drawn(found: Sketch, page: Built) -> str:
    """The page of the builder after something that was not saved."""
    told = {"readonly": False}
    path = page.place.path
    return render_template(TEMPLATE, sketch=found, title=title, path=path, told=told, **_parts(found, page))


def _parts(found: Sketch, page: Built) -> dict[str, Any]:
    return {
        "page": page,
        "kinds": grouped(),
        "bounds": BOUNDS,
        "widgets": WIDGETS,
        "written": builder.written,
        "previews": [_in_its_language(found, page, one) for one in page.previews],
    }


def _in_its_language(found: Sketch, page: Built, one: Preview) -> str:
    """A preview, with the words around its fields in its language, too."""
    lang: Lang = one.lang
    with force_locale(str(LOCALES[lang])):
        return render_template("studio/form/preview.html", sketch=found, page=page, preview=one)


def _edited(found: Sketch, place: Place) -> Any:
    try:
        schema = builder.read_source(found.files[place.path])
    except builder.Unreadable:
        return _on(found, place)
    part = builder.part_of(schema, place.at)
    if part is None:
        raise NotFound
    texts = boxes.Texts(request.form)
    made = _done(part, place.key, request.form.get("do", ""), texts)
    if made.problems:
        return drawn(found, built(found, place, boxes=texts, problems=made.problems)), 422
    whole = builder.with_part(schema, place.at, made.schema)
    if whole == schema and list(_names(whole)) == list(_names(schema)):
        return _on(found, replace(place, key=made.key))
    return _saved(found, replace(place, key=made.key), builder.written(whole))


def _done(part: dict[str, Any], key: str, do: str, texts: boxes.Texts) -> builder.Edited:
    """What the boxes say, and then what the button does."""
    what, _, rest = do.partition(":")
    number = int(rest) if rest.isdecimal() else 0
    if what == "choice-up" and number:
        texts = boxes.choice_moved(texts, number)
    if what == "choice-remove":
        texts = boxes.choice_removed(texts, number)
    if key in (part.get("properties") or {}):
        made = builder.changed(part, key, texts)
    else:
        made = replace(builder.changed_whole(part, texts), key="")
    if made.problems or (not made.key and what not in ("add", "place")):
        return made
    return _restructured(made, what, rest)


def _restructured(made: builder.Edited, what: str, rest: str) -> builder.Edited:
    if what == "add":
        return builder.added(made.schema, made.key)
    if what == "remove":
        return builder.removed(made.schema, made.key)
    if what == "copy":
        return builder.duplicated(made.schema, made.key)
    if what in ("up", "down"):
        return builder.moved(made.schema, made.key, {"up": -1, "down": 1}[what])
    at, _, name = rest.partition(":")
    if what == "place" and at.isdecimal() and name in made.schema["properties"]:
        return replace(builder.placed(made.schema, name, int(at)), key=made.key)
    return made


def _written(found: Sketch, place: Place, text: str) -> Any:
    """Take the form as somebody has written it."""
    try:
        builder.read_source(text)
    except builder.Unreadable:
        return drawn(found, built(found, place, text=text)), 422
    return _on(found, place) if text.encode() == found.files[place.path] else _saved(found, place, text)


def _saved(found: Sketch, place: Place, text: str) -> Any:
    revision = here.number(request.form.get("revision"))
    try:
        here.engine().sketch_save(found.id, revision, {place.path: text.encode()}, by=here.actor())
    except Conflict as error:
        if "lost" not in error.data:
            raise
        return redirect(sketches.merging(found.id, error), 303)
    return _on(found, place)


def _on(found: Sketch, place: Place) -> Any:
    named = "b-title" if request.form.get("do") == "add" else None  # where one goes on with a new field
    return redirect(url_for(".edit", sketch=found.id, **place.link(), _anchor=named), 303)


def _names(schema: Any) -> Any:
    """The names of a schema in their order, which equal objects need not share."""
    if isinstance(schema, dict):
        for name, one in schema.items():
            yield name
            yield from _names(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _names(one)
