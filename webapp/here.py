"""What a view needs to know of the request that it answers: the services, the person, the words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, g
from flask_login import current_user

from engine import Actor, Engine
from engine.errors import NotFound

from . import language
from .language import Words
from .services import Person, Services

View = TypeVar("View", bound=Callable[..., Any])


def one_moment(view: View) -> View:
    """Draw a page from what the database holds at one moment, on one connection."""

    @wraps(view)
    def shown(*arguments: Any, **named: Any) -> Any:
        with engine().one_moment():
            return view(*arguments, **named)

    return cast(View, shown)


def on_record(view: View) -> View:
    """Before a page is sent, write down whose cases it shows; a page that cannot be written down is not sent."""

    @wraps(view)
    def shown(*arguments: Any, **named: Any) -> Any:
        answer = view(*arguments, **named)
        for case_id in g.pop("opened", ()):
            engine().opened(case_id, actor())
        return answer

    return cast(View, shown)


def opened(case_id: str) -> None:
    """Say that the page which is drawn shows a case."""
    g.setdefault("opened", {})[case_id] = True


def services() -> Services:
    """The services of this application."""
    return cast(Services, current_app.extensions["fundcase"])


def engine() -> Engine:
    """The engine."""
    return services().engine


def person() -> Person:
    """Who is logged in."""
    return cast(Person, current_user.person)


def actor() -> Actor:
    """Who is logged in, as the engine knows people."""
    return person().actor


def words() -> Words:
    """The words of the language that this request is answered in."""
    return language.words(language.current())


def need(*groups: str) -> None:
    """Go on only for somebody in one of these groups; for others the page does not exist."""
    if not actor().any_of(groups):
        raise NotFound


def number(text: str | None, most: int = 10**9) -> int:
    """A whole number of an address; anything else is a page that does not exist."""
    if text is None or not text.isdecimal() or len(text) > 18 or int(text) > most:
        abort(404)
    return int(text)
