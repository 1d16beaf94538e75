"""What stands around every page: navigation by what the person may do, language, theme, and template helpers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from engine.errors import EngineError

from . import here, language, when
from .config import Config
from .incidents import MOST_NAMED
from .labels import process_names
from .language import noop
from .security import YEAR, safe_next
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
    """One entry of the rail; `groups` see it, or those with a `right` of the policy, or everybody.

    `wide` ones are left out on a phone.
    """

    key: str
    icon: str
    label: str
    endpoint: str
    groups: tuple[str, ...] = ()
    right: str = ""
    wide: bool = False


PLACES = (
    Place(key="inbox", icon="inbox", label=noop("Inbox"), endpoint="inbox.show"),
    Place(key="cases", icon="folder", label=noop("Cases"), endpoint="cases.index"),
    Place(key="incidents", icon="alert", label=noop("Incidents"), endpoint="incidents.index", right="menders"),
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
        page_about=lambda kind, value: services.beside.link(kind, value, here.actor()),
        level=lambda priority: LEVELS.get(priority, "normal"),
    )
    app.jinja_env.filters.update(past=_past, due=_due, due_sentence=_due_sentence, full=_full, day=_day)
    app.jinja_env.filters.update(person=_name, process=_process)
    app.context_processor(lambda: _shared(app, services))

    @app.post("/settings/language")
    @public
    def choose_language() -> Response:
        lang = request.form.get("lang", "")
        return remembered("lang", lang if lang in language.LANGUAGES else language.current())

    @app.post("/settings/theme")
    @public
    def choose_theme() -> Response:
        theme = request.form.get("theme", "")
        return remembered("theme", theme if theme in THEMES else "")

    def remembered(name: str, choice: str) -> Response:
        """Lead back, with a cookie of its own for the choice, which no other answer undoes; "" ends an earlier one."""
        response = cast(Response, redirect(safe_next(request.form.get("next"), url_for("home.start"))))
        if choice:
            response.set_cookie(name, choice, max_age=YEAR, samesite="Lax", secure=config.https, httponly=True)
        else:
            response.delete_cookie(name)
        return response


def _shared(app: Flask, services: Services) -> dict[str, Any]:
    lang = language.current()
    me: Person | None = current_user.person if current_user and current_user.is_authenticated else None
    theme = request.cookies.get("theme")
    return {
        "lang": lang,
        "colon": "：" if lang == "zh" else ": ",
        "comma": "，" if lang == "zh" else ", ",
        "brackets": ("（", "）") if lang == "zh" else (" (", ")"),
        "tag": language.TAGS[lang],
        "words": language.words(lang),
        "theme": theme if theme in THEMES else "",
        "me": me,
        "places": [place for place in PLACES if me and _open(app, services, place, me)],
        "now": services.now(),
        "has_phone": "phone.show" in app.view_functions,
        "has_readings": me is not None and me.actor.any_of(READINGS) and "readings.index" in app.view_functions,
        "may_export": me is not None and services.engine.may_export(me.actor),
        "may_see_messages": me is not None and me.actor.any_of(MESSAGES),
        "audits": me is not None and me.actor.any_of(services.engine.policy.auditors),
        "incidents_open": lambda: _open_incidents(services, me) if me else "",
        "may_start": lambda: me is not None and bool(services.engine.startable(me.actor)),  # asked where it matters
        "here": _here(),
        "icons": url_for("static", filename="icons.svg"),
    }


def _here() -> str:
    """The address of the page that is shown.

    An answer to something that was sent may have none: then that of the page on which it was written, or if the browser
    does not say which that was, of the one above.
    """
    if request.method == "GET" or request.url_rule is None or _is_page(request.url_rule):
        return request.full_path.rstrip("?")
    written = _split(request.referrer or "")
    if written.netloc == request.host and written.path != request.path and _opens(written.path):
        return f"{written.path}?{written.query}".rstrip("?")
    parts = request.path.split("/")
    above = ("/".join(parts[:length]) for length in range(len(parts) - 1, 1, -1))
    return next(filter(_opens, above), url_for("home.start"))


def _split(address: str) -> SplitResult:
    """The parts of an address that a browser names, or of none, if it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _is_page(rule: Rule) -> bool:
    """Whether an address that things are sent to is that of a page, too."""
    return any(one.rule == rule.rule and "GET" in (one.methods or ()) for one in current_app.url_map.iter_rules())


def _opens(path: str) -> bool:
    """Whether there may be a page at a path."""
    try:
        current_app.url_map.bind(request.host).match(path, method="GET")
    except HTTPException:
        return False
    return True


def _open(app: Flask, services: Services, place: Place, me: Person) -> bool:
    groups = getattr(services.engine.policy, place.right) if place.right else place.groups
    return place.endpoint in app.view_functions and (not groups or me.actor.any_of(groups))


def _open_incidents(services: Services, me: Person) -> str:
    """How many incidents are open that somebody may see, as it is shown; nothing where the database is away."""
    try:
        found = services.engine.count_incidents(me.actor, most=MOST_NAMED + 1)
    except EngineError:
        return ""
    return f"{MOST_NAMED}+" if found > MOST_NAMED else str(found or "")


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


def _process(key: str) -> str:
    """What a process is called; all names are asked for once in an answer."""
    if "processes" not in g:
        g.processes = process_names(here.engine(), here.words())
    return str(g.processes.get(key, key))


def _known(id: str) -> Person | None:
    return here.services().directory.person(id)


def _time(moment: when.Moment, *, due: bool = False) -> Markup:
    shown = Markup('<time datetime="{}" title="{}">{}</time>').format(moment.iso, moment.full, moment.text)
    if not due:
        return shown
    tone = Markup(' data-tone="{}"').format(moment.tone) if moment.tone else ""
    return Markup('<span class="due"{}>{}</span>').format(tone, shown)
