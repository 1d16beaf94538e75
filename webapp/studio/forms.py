"""What the page of the form builder shows: fields, boxes, what is wrong, and the form as people will see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.errors import FieldError, InvalidForm
from engine.forms import accept, read_form
from engine.sketches import Sketch

from .. import forms, here
from ..desk import found_for
from ..forms import labels
from ..forms.shape import Shape, shape
from ..language import LANGUAGES, Lang, noop, words
from . import builder, sketches
from .builder.boxes import Texts
from .builder.kinds import FAMILIES

PROBLEMS = {
    "count": noop("Write a whole number, such as 200"),
    "number": noop("Write a number, such as 1,000.50"),
    "places": noop("Write how many decimals, from 0 to 6"),
    "default": noop("Choose one of the values of the field"),
    "no-choice": noop("Write at least one choice"),
    "choice-without-value": noop("Give each choice a value; it stands in the data"),
    "choice-twice": noop("Give each choice a value of its own"),
    "when-field": noop("Choose another field of this form"),
    "when-value": noop("Say at which value the field is shown"),
    "name": noop("Write a name of letters, digits and underscores that begins with a letter"),
    "name-twice": noop("Another field has this name; choose a new one"),
}
BOUNDS = {
    "minLength": noop("Characters at least"),
    "maxLength": noop("Characters at most"),
    "minimum": noop("At least"),
    "exclusiveMinimum": noop("More than"),
    "maximum": noop("At most"),
    "minItems": noop("Entries at least"),
    "maxItems": noop("Entries at most"),
}
WIDGETS = {
    "": noop("As fits the number of choices"),
    "radio": noop("Buttons beside each other"),
    "select": noop("List to open"),
    "search": noop("List to open, for many choices"),
}
SIDES = ("en", "zh", "both")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What of a form is being edited: the groups that lead there, and the field; no field is the form itself."""

    path: str
    at: tuple[str, ...] = ()
    key: str = ""
    side: str = ""

    def link(self, **more: Any) -> dict[str, Any]:
        """The arguments of the address of another place."""
        said = {"path": self.path, "at": list(self.at), "field": self.key, "preview": self.side} | more
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, kw_only=True)
class Other:
    """A field on which another one may hang, with the values that it can have."""

    key: str
    label: str
    values: tuple[tuple[str, str], ...]  # as the browser sends them, and what they are called; none: any text


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A form as people will see it, in one language."""

    lang: Lang
    title: str
    description: str
    submit: str
    fields: tuple[forms.Field, ...]
    problems: tuple[tuple[str, str], ...] = ()
    sent: bool = False
    looked_up: Mapping[str, Any] = field(default_factory=dict)
    focus: str = ""  # the id of the control that a button has led to


@dataclass(frozen=True, kw_only=True)
class Built:
    """The page of the builder."""

    place: Place
    text: str
    revision: int
    trail: tuple[tuple[str, tuple[str, ...]], ...] = ()
    entries: tuple[builder.Entry, ...] = ()
    chosen: builder.Entry | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Other, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)  # by box
    unreadable: builder.Unreadable | None = None
    findings: tuple[dict[str, Any], ...] = ()
    elsewhere: tuple[dict[str, Any], ...] = ()
    previews: tuple[Preview, ...] = ()

    @property
    def errors(self) -> int:
        """How many errors the form has."""
        return sum(one["severity"] == "error" for one in self.findings)

    def wrong(self, key: str) -> list[dict[str, Any]]:
        """What is wrong with one field."""
        return [one for one in self.findings if one["field"] == key]


def built(
    sketch: Sketch,
    place: Place,
    *,
    text: str | None = None,
    boxes: Texts | None = None,
    problems: Mapping[str, str] | None = None,
    tried: MultiDict[str, str] | None = None,
) -> Built:
    """The page of a form of a sketch; `text` and `boxes` are what was not saved, `tried` what the preview sends."""
    source = sketch.files[place.path].decode("utf-8", "replace") if text is None else text
    given: dict[str, Any] = {"place": place, "text": source, "revision": sketch.revision}
    try:
        schema = builder.read_source(source)
    except builder.Unreadable as error:
        return Built(**given, unreadable=error, **_judged(sketch, place))
    part = builder.part_of(schema, place.at)
    if part is None:
        place, part = replace(place, at=(), key=""), schema
        given["place"] = place
    lang = here.words().lang
    entries = tuple(builder.entries(part))
    keys = [one.key for one in entries]
    if place.key not in keys and place.key:
        given["place"] = place = replace(place, key="")
    chosen = next((one for one in entries if one.key == place.key), None) or builder.whole(part)
    if boxes is not None:
        chosen = replace(chosen, texts={**chosen.texts, **boxes.to_dict()})
    shapes = shape(part).parts
    return Built(
        **given,
        trail=_trail(schema, place.at, lang),
        entries=entries,
        chosen=chosen,
        labels={one.key: labels.label(one, lang) for one in shapes},
        others=tuple(_other(one, lang) for one in shapes if one.key != place.key and one.kind not in COMPOUND),
        problems={box: _(PROBLEMS[code]) for box, code in (problems or {}).items()},
        previews=_previews(schema, place, tried),
        **_judged(sketch, place),
    )


COMPOUND = ("group", "rows", "list", "lookup")


def grouped() -> list[tuple[str, list[builder.Kind]]]:
    """The types of fields as the builder offers them."""
    return [(label, [kind for kind in builder.KINDS if kind.family == name]) for name, label in FAMILIES.items()]


def _trail(schema: Mapping[str, Any], at: Sequence[str], lang: Lang) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The groups that lead to what is edited, each with its label."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for number, name in enumerate(at):
        part = builder.part_of(schema, at[:number]) or {}
        label = labels.text(part["properties"][name], "title", lang) or labels.spoken(name)
        found.append((label, tuple(at[: number + 1])))
    return tuple(found)


def _other(part: Shape, lang: Lang) -> Other:
    say = words(lang)
    if part.kind == "check":
        values: tuple[tuple[str, str], ...] = (("true", say("yes")), ("false", say("no")))
    else:
        values = tuple((one.text, labels.choice(one, say)) for one in part.choices)
    return Other(key=part.key, label=labels.label(part, lang), values=values)


def _judged(sketch: Sketch, place: Place) -> dict[str, Any]:
    """What the checks find in this form, each with the field it is about, and in the rest of the bundle."""
    judged = sketches.check(sketch.files, sketch.digest)
    told = sketches.said(judged, sketch.files, here.words().lang)
    mine, others = [], []
    for one, finding in zip(told, judged.findings, strict=True):
        if finding.file == place.path:
            mine.append({**one, "field": str(finding.data.get("field", ""))})
        elif finding.severity == "error":
            others.append(one)
    return {"findings": tuple(mine), "elsewhere": tuple(others)}


def _previews(schema: Mapping[str, Any], place: Place, tried: MultiDict[str, str] | None) -> tuple[Preview, ...]:
    """The form in the languages that are looked at, drawn by what draws it on the pages of tasks."""
    try:
        form = read_form(place.path, builder.written(schema).encode())
    except (ValueError, RecursionError):
        return ()
    side = place.side if place.side in SIDES else here.words().lang
    shown = [lang for lang in LANGUAGES if side in (lang, "both")]
    sent = tried is not None and not (tried.keys() & {"_add", "_remove", "_find", "_pick"})
    return tuple(_preview(form, lang, tried, sent) for lang in shown)


def _preview(form: Any, lang: Lang, tried: MultiDict[str, str] | None, sent: bool) -> Preview:
    schema, say = form.schema, words(lang)
    given: MultiDict[str, str] = _unmarked(tried, lang) if tried is not None else MultiDict()
    typed = forms.edited(schema, given)
    errors = _refused(form, typed) if sent else {}
    sentences = forms.messages(schema, errors, lang)
    fresh = here.services().now() if tried is None else None
    fields = forms.build(schema, typed, sentences, say, fresh=fresh)
    return Preview(
        lang=lang,
        title=labels.text(schema, "title", lang),
        description=labels.text(schema, "description", lang),
        submit=labels.text(schema, "x-submit", lang) or say("Complete the task"),
        fields=tuple(_marked(one, f"{lang}-") for one in fields),
        problems=tuple((f"{lang}-f-{name.replace('.', '-')}", text) for name, text in sentences.items()),
        sent=sent,
        looked_up={f"{lang}-{id}": found for id, found in found_for(here.services(), schema, typed, say).items()},
        focus=f"{lang}-{id}" if (id := forms.touched(schema, given)) else "",
    )


def _unmarked(tried: MultiDict[str, str], lang: Lang) -> MultiDict[str, str]:
    """What the preview sends, with the ids that the form itself has."""
    mark = f"{lang}-"
    found: MultiDict[str, str] = MultiDict()
    for name, text in tried.items(multi=True):
        found.add(
            name.replace(f"_pick.{mark}", "_pick."), text.removeprefix(mark) if name in ("_find", "_pick") else text
        )
    return found


def _refused(form: Any, typed: MultiDict[str, str]) -> Mapping[str, FieldError]:
    try:
        accept(form, forms.read_form(form.schema, typed), here.engine().context.formats)
    except InvalidForm as error:
        return error.fields
    return {}


def _marked(one: forms.Field, mark: str) -> forms.Field:
    """A field whose ids begin with a mark, so that a page can show a form twice."""
    return replace(
        one,
        id=mark + one.id,
        options=tuple(replace(option, id=mark + option.id) for option in one.options),
        parts=tuple(_marked(part, mark) for part in one.parts),
    )
