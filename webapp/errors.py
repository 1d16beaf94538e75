"""Pages for what went wrong: what happened, what was kept, what to do next, in both languages."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import Conflict, EngineError, NotAllowed, NotFound, Refusal, Unavailable

from .language import noop

TEXTS = {
    400: (
        noop("This page could not read what was sent"),
        noop("Nothing was saved. Load the page again and send it once more."),
    ),
    403: (
        noop("You may not do this"),
        noop("Your role does not allow it, and nothing was changed. Ask your team leader if you need it."),
    ),
    404: (
        noop("There is nothing here for you"),
        noop(
            "The address is wrong, or what it names is not yours to see. Look for it in your inbox or among the cases."
        ),
    ),
    405: (
        noop("This address cannot be used like that"),
        noop("Nothing was changed. Go back and use the buttons of the page."),
    ),
    409: (
        noop("Somebody else was first"),
        noop("Nothing of yours was saved over it. Open the case again to see how it stands now."),
    ),
    413: (
        noop("That is too large to be sent"),
        noop("At most 8 MB are taken at once, and nothing was saved. Send fewer or smaller files."),
    ),
    422: (
        noop("This cannot be done as it stands"),
        noop("Nothing was changed. Read what the case says now, then try again."),
    ),
    429: (
        noop("Too many attempts"),
        noop("Wait for some minutes, then try again."),
    ),
    500: (
        noop("This did not work, and it is our fault"),
        noop("Nothing was saved or sent. Try again; if it fails twice, send the number below to the help desk."),
    ),
    503: (
        noop("The database cannot be reached"),
        noop("Nothing was saved. Try again in a minute."),
    ),
}
UNSPOKEN = ("csrf_token", "files", "next")
CODE = re.compile(r"[A-Z0-9_.:-]+|[a-z_]+")  # what nobody types as text: codes of choices, numbers, moments
FOUR_EYES = (
    noop("Somebody else must do this task"),
    noop("Whoever did an earlier part of this case may not do this one. Nothing was changed; leave it to a colleague."),
)
TOO_LONG = (
    noop("This text is too long to be kept"),
    noop("Nothing was changed. Write at most 2,000 characters as a reason or a remark."),
)
UNSURE = (
    noop("The database was lost in the middle of this"),
    noop("Perhaps it was saved, perhaps not. Look at the case in a minute, before you send it again."),
)
UNSURE_START = (
    UNSURE[0],
    noop("Perhaps the case was started, perhaps not. Load this page again: the form is sent anew and starts one case."),
)
STATUS: tuple[tuple[type[EngineError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Refusal, 422),
    (Unavailable, 503),
)


def init_app(app: Flask) -> None:
    """Answer errors with pages of ours."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(EngineError, _refused)
    app.register_error_handler(Exception, _fault)


def page(status: int, *, number: str = "", detail: str = "", texts: tuple[str, str] | None = None) -> Response:
    """The page for a status, with its own texts or those of an error that says more."""
    title, advice = texts or TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    html = render_template(
        "error.html",
        status=status,
        title=_(title),
        advice=_(advice),
        number=number,
        detail=detail,
        written=[] if status == 413 else written(),
        unsure=texts in (UNSURE, UNSURE_START),
    )
    return make_response(html, status)


def written() -> list[str]:
    """The texts that were sent and not kept: no page is stored by the browser, so going back finds the form empty."""
    if request.method != "POST" or request.endpoint == "auth.enter":
        return []
    typed = (text for name, text in request.form.items(multi=True) if name not in UNSPOKEN and not name.startswith("_"))
    texts = [text.strip() for text in typed]
    return [text for text in texts if text and not CODE.fullmatch(text)]


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    detail = ""
    if isinstance(error, CSRFError):
        detail = _("You were logged out in the meantime, or the page was open for too long.")
    response = page(error.code, detail=detail)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _refused(error: EngineError) -> Response:
    if isinstance(error, NotAllowed) and "four_eyes" in error.data:
        return page(403, texts=FOUR_EYES)
    if isinstance(error, Unavailable) and error.unsure:
        return page(503, texts=UNSURE_START if request.endpoint == "starting.start" else UNSURE)
    if error.data.get("bound") == "reason":
        return page(422, texts=TOO_LONG)
    for kind, status in STATUS:
        if isinstance(error, kind):
            return page(status)
    return _fault(error)


def _fault(error: Exception) -> Response:
    """A fault of ours: the number on the page is the number in the log."""
    number = secrets.token_hex(5).upper()
    current_app.logger.error("fault %s at %s %s", number, request.method, request.path, exc_info=error)
    return page(500, number=number)
