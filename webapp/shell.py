"""What stands around every page: navigation by what the person may do, language, theme, and template helpers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, redirect, request, url_for
from flask_login import current_user
from markupsafe import Markup

from . import here, language, when
from .config import Config
from .language import noop
from .security import safe_next
from .services import Person, Services
from .views.auth import public

THEMES = ("light", "dark")
NAMELESS = {"system": noop("The system"), "customer": noop("The customer")}
READERS = ("auditor", "process_owner")
OWNERS = ("process_owner",)
CONFIGURED = ("process_owner", "co", "exec", "auditor")
MESSAGES = ("ops", "process_owner", "auditor")
READINGS = ("auditor", "dpo")
FRONT = ("csr", "csl", "chs", "pm", "co", "aml", "ops", "qa", "dpo", "exec", "gm", "auditor")
WATCHERS = ("csl", "exec", "admin", "auditor")
LEVELS = {1: "high", 2: "normal", 3: "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the rail; `groups` see it, or everybody; `wide` ones are left out on a phone."""

    key: str
    icon: str
    label: str
    endpoint: str
    groups: tuple[str, ...] = ()
    wide: bool = False


PLACES = (
    Place(key="inbox", icon="inbox", label=noop("Inbox"), endpoint="inbox.show"),
    Place(key="cases", icon="folder", label=noop("Cases"), endpoint="cases.index"),
    Place(key="customers", icon="person", label=noop("Customers"), endpoint="customers.index", groups=FRONT),
    Place(key="funds", icon="fund", label=noop("Funds"), endpoint="funds.index", wide=True),
    Place(key="studio", icon="flow", label=noop("Studio"), endpoint="studio.index", groups=OWNERS),
    Place(
        key="parameters",
        icon="sliders",
        label=noop("Parameters"),
        endpoint="parameters.index",
        groups=CONFIGURED,
        wide=True,
    ),
    Place(key="audit", icon="shield", label=noop("Audit"), endpoint="audit.index", groups=READERS),
    Place(key="outbox", icon="mail", label=noop("Outbox"), endpoint="outbox.index", groups=WATCHERS, wide=True),
)


def init_app(app: Flask, services: Services, config: Config) -> None:
    """Give the templates what they share, and take choices of language and theme."""
    app.jinja_env.globals.update(
        number=when.number,
        amount=when.amount,
        languages=language.NAMES,
        page_about=services.beside.link,
        level=lambda priority: LEVELS.get(priority, "normal"),
    )
    app.jinja_env.filters.update(past=_past, due=_due, due_sentence=_due_sentence, full=_full, day=_day, person=_name)
    app.context_processor(lambda: _shared(app, services))

    @app.post("/settings/language")
    @public
    def choose_language() -> Any:
        language.choose(request.form.get("lang", ""))
        return redirect(safe_next(request.form.get("next"), url_for("home.start")))

    @app.post("/settings/theme")
    @public
    def choose_theme() -> Response:
        response = redirect(safe_next(request.form.get("next"), url_for("home.start")))
        theme = request.form.get("theme", "")
        if theme in THEMES:
            response.set_cookie(
                "theme", theme, max_age=365 * 24 * 3600, samesite="Lax", secure=config.https, httponly=True
            )
        else:
            response.delete_cookie("theme")
        return response  # type: ignore[return-value]


def _shared(app: Flask, services: Services) -> dict[str, Any]:
    lang = language.current()
    me: Person | None = current_user.person if current_user and current_user.is_authenticated else None
    theme = request.cookies.get("theme")
    return {
        "lang": lang,
        "tag": language.TAGS[lang],
        "words": language.words(lang),
        "theme": theme if theme in THEMES else "",
        "me": me,
        "places": [place for place in PLACES if me and _open(app, place, me)],
        "now": services.now(),
        "has_phone": "phone.show" in app.view_functions,
        "has_readings": me is not None and me.actor.any_of(READINGS) and "readings.index" in app.view_functions,
        "may_export": me is not None and services.engine.may_export(me.actor),
        "may_see_messages": me is not None and me.actor.any_of(MESSAGES),
        "here": request.full_path.rstrip("?"),
        "icons": url_for("static", filename="icons.svg"),
    }


def _open(app: Flask, place: Place, me: Person) -> bool:
    return place.endpoint in app.view_functions and (not place.groups or me.actor.any_of(place.groups))


def _past(at: datetime) -> Markup:
    return _time(when.past(at, here.services().now(), here.words()))


def _due(at: datetime) -> Markup:
    return _time(when.due(at, here.services().now(), here.words()), due=True)


def _due_sentence(at: datetime) -> Markup:
    return _time(when.due(at, here.services().now(), here.words(), sentence=True), due=True)


def _full(at: datetime, seconds: bool = False) -> str:
    return when.full(at, here.words(), seconds=seconds)


def _day(at: Any) -> str:
    return when.day(at, here.words())


def _name(id: str | None) -> str:
    """What somebody is called who did something."""
    if id in NAMELESS:
        return here.words()(NAMELESS[id])
    if id and ", " in id:  # two who decided together
        return ("、" if language.current() == "zh" else ", ").join(map(_name, id.split(", ")))
    person = _known(id) if id else None
    return person.called(language.current()) if person else id or ""


def _known(id: str) -> Person | None:
    return here.services().directory.person(id)


def _time(moment: when.Moment, *, due: bool = False) -> Markup:
    shown = Markup('<time datetime="{}" title="{}">{}</time>').format(moment.iso, moment.full, moment.text)
    if not due:
        return shown
    tone = Markup(' data-tone="{}"').format(moment.tone) if moment.tone else ""
    return Markup('<span class="due"{}>{}</span>').format(tone, shown)
