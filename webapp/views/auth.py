"""Log in and out. Every page but the few that are marked public needs somebody who is logged in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from engine.errors import Unavailable

from .. import here
from ..config import Config
from ..security import Attempts, safe_next
from ..services import Person, Services

pages = Blueprint("auth", __name__)
View = TypeVar("View", bound=Callable[..., Any])
RENEWED, RENEW_AFTER = "renewed", 3600  # in the session: when it began to last anew, in seconds


class Login(UserMixin):
    """Somebody who is logged in, as Flask-Login wants it."""

    def __init__(self, person: Person) -> None:
        self.person, self.id = person, person.id


def public(view: View) -> View:
    """Mark a view that needs nobody to be logged in."""
    view.public = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask, services: Services, config: Config) -> None:
    """Let people of the directory log in to an application."""
    manager = LoginManager(app)
    app.extensions["attempts"] = Attempts(config.attempts, config.wait, services.now)
    app.extensions["demo"] = config.demo

    @manager.user_loader
    def load(id: str) -> Login | None:
        if g.get("away"):  # the page that says so is drawn without asking again
            return None
        try:
            person = services.directory.person(id)
        except Unavailable:
            g.away = True
            raise
        return Login(person) if person else None

    @app.before_request
    def demand() -> Any:
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static" or getattr(view, "public", False):
            return None
        if not current_user.is_authenticated:
            asked = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("auth.login", next=asked))
        _prolong(services.now())
        return None


@pages.get("/login")
@public
def login() -> Any:
    """The page to log in at."""
    if current_user.is_authenticated:
        return redirect(_onward())
    return _page()


@pages.post("/login")
@public
def enter() -> Any:
    """Log somebody in by name and password, or in the demo by a click."""
    if (chosen := request.form.get("as")) and current_app.extensions["demo"]:
        person = here.services().directory.person(chosen)
        return _welcome(person) if person else _page(_("This person is not here any more."), 401)
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    attempts: Attempts = current_app.extensions["attempts"]
    keys = (f"name {name.lower()}", f"address {request.remote_addr}")
    if wait := attempts.wait(*keys):
        minutes = int(wait.total_seconds() // 60) + 1
        return _page(_("Too many attempts. Try again in %(n)s min.", n=minutes), 429)
    person = here.services().directory.authenticate(name, password)
    if person is None:
        attempts.fail(*keys)
        return _page(_("Name and password do not belong together. Check both, capital letters too."), 401)
    attempts.forget(keys[0])
    return _welcome(person)


@pages.post("/logout")
def leave() -> Any:
    """Log out."""
    logout_user()
    session.clear()
    return redirect(url_for("auth.login"))


def _welcome(person: Person) -> Any:
    session.clear()  # nothing of the last one is carried over
    login_user(Login(person))
    session.permanent = True
    return redirect(_onward())


def _prolong(now: datetime) -> None:
    """Let a session that is used last anew, with a page that somebody opens.

    What a page fetches beside that leaves the cookie alone: its answer may come after a newer one.
    """
    opened = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if opened and now.timestamp() - session.get(RENEWED, 0) >= RENEW_AFTER:
        session[RENEWED] = int(now.timestamp())


def _onward() -> str:
    return safe_next(request.values.get("next"), url_for("home.start"))


def _page(problem: str = "", status: int = 200) -> Any:
    demo = current_app.extensions["demo"]
    people = here.services().directory.offered() if demo else ()
    return render_template(
        "login.html",
        problem=problem,
        people=people,
        name=request.form.get("name", ""),
        next=request.values.get("next", ""),
    ), status
