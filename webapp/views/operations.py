"""For whoever runs an installation: is the process alive, is it ready, what does it do. No page of these is for people.

`/healthz` and `/readyz` need no log-in and reveal nothing; `/metrics` needs a token, and without one configured it does
not exist.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, request

from .. import here, logs
from ..metrics import CONTENT_TYPE, may_look
from ..services import Services
from .auth import public

pages = Blueprint("operations", __name__)
UNLOGGED = frozenset({"static", "operations.alive", "operations.ready", "operations.metrics"})
NOWHERE = "(none)"  # the route of a request that has none


def init_app(app: Flask, services: Services) -> None:
    """Count and log every request of an application."""

    @app.before_request
    def begin() -> None:
        g.began, g.request_id = perf_counter(), logs.new_request_id(request.headers)
        logs.request_id.set(g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = perf_counter() - g.get("began", perf_counter())
        route = request.url_rule.rule if request.url_rule else NOWHERE
        services.metrics.request(request.method, route, response.status_code, seconds)
        if request.endpoint not in UNLOGGED:
            logs.request(request.method, route, response.status_code, seconds, _person())
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


@pages.get("/healthz")
@public
def alive() -> Any:
    """The process answers."""
    return _said("ok")


@pages.get("/readyz")
@public
def ready() -> Any:
    """It can do its work: the database answers and has the tables of this release."""
    return _said("ok") if here.services().is_ready() else _said("not ready", 503)


@pages.get("/metrics")
@public
def metrics() -> Any:
    """The metrics of this process and of the database."""
    token: str = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    if not may_look(token, request.headers):
        return _said("a token is needed", 401)
    return Response(here.services().metrics.render(here.engine()), content_type=CONTENT_TYPE)


def _said(text: str, status: int = 200) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")


def _person() -> str | None:
    """The id of who asked, where that was looked up anyway."""
    login = g.get("_login_user")
    return str(login.id) if login is not None and login.is_authenticated else None
