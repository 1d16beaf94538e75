"""Serves the application: waitress in this process with a worker beside it, or a WSGI application for gunicorn.

gunicorn --workers 4 'webapp.serving:application()'       with FUNDCASE_DATABASE, and `fundcase worker` beside it
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from engine import Engine
from engine.bounded import Readers
from engine.jobs.worker import Worker
from engine.observing import several

from . import logs
from .bootstrap import Settings, database_url, install, is_ready, open_product, web
from .metrics import CONTENT_TYPE, Metrics, may_look
from .seeding import seed

THREADS = 8


def serve(
    *, database: str, host: str, port: int, base_url: str | None, demo: bool, worker: bool, cases: int, days: int
) -> int:
    """Serve until stopped; an empty database gets the shipped bundles, in demo mode sample data too."""
    import waitress

    settings = Settings(database=database, base_url=base_url or f"http://{host}:{port}", demo=demo)
    readers, metrics = Readers(), Metrics()
    engine = open_product(settings, reader=readers, observer=several(metrics.observe, logs.observe))
    if not engine.in_force():
        if demo:
            seed(settings, cases=cases, days=days)
        else:
            install(engine)
    engine.plan_seals()
    engine.plan_counting()
    working = Worker(lambda most: engine.run_due(most)).start() if worker else None
    server = waitress.create_server(
        web(settings, engine, metrics), host=host, port=port, threads=THREADS, ident="fundcase"
    )
    readers.warm()
    print(f"Fundcase is at {settings.base_url}  (stop it with Ctrl+C)", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where whoever started us ignores them
        signal.signal(number, stop)
    try:
        server.run()
    finally:
        if working is not None:
            working.stop()
        engine.close()
        readers.close()
    return 0


def stop(number: int, frame: object) -> None:
    """Leave the server's loop; it ends what it has in hand."""
    raise KeyboardInterrupt


def application() -> Any:
    """The WSGI application of an installation that is described by its environment."""
    settings = Settings(
        database=database_url(None),
        base_url=os.environ.get("FUNDCASE_BASE_URL", "http://127.0.0.1:8000"),
        demo=os.environ.get("FUNDCASE_DEMO") == "1",
    )
    logs.set_up(os.environ.get(logs.LOG_FORMAT, "plain"))
    readers, metrics = Readers(), Metrics()
    atexit.register(readers.close)
    engine: Engine = open_product(settings, reader=readers, observer=several(metrics.observe, logs.observe))
    install(engine)
    engine.plan_seals()
    engine.plan_counting()
    return web(settings, engine, metrics)


@contextmanager
def door(engine: Engine, metrics: Metrics, port: int, token: str) -> Iterator[int]:
    """Answer /metrics, /healthz and /readyz of a process without pages, to this machine alone; the port it is at."""
    server = make_server("127.0.0.1", port, watched(engine, metrics, token), handler_class=Silent)
    threading.Thread(target=server.serve_forever, name="door", daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class Silent(WSGIRequestHandler):
    """Answers without a line in the log for every look."""

    timeout = 10  # seconds for a request to come in

    def log_message(self, format: str, *given: Any) -> None:
        """Say nothing."""


def watched(engine: Engine, metrics: Metrics, token: str) -> Any:
    """What that door answers; metrics need the token if there is one."""

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        refused = bool(token) and not may_look(token, {"Authorization": environ.get("HTTP_AUTHORIZATION", "")})
        if path == "/metrics" and not refused:
            status, body = "200 OK", metrics.render(engine)
        elif path == "/healthz" or (path == "/readyz" and is_ready(engine)):
            status, body = "200 OK", b"ok\n"
        elif path == "/readyz":
            status, body = "503 Service Unavailable", b"not ready\n"
        else:
            status, body = "401 Unauthorized" if path == "/metrics" else "404 Not Found", b""
        start(status, [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))])
        return [body]

    return answer
