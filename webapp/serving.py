"""Serves the application: waitress in this process with a worker beside it, or a WSGI application for gunicorn.

gunicorn --workers 4 'webapp.serving:application()'       with FUNDCASE_DATABASE, and `fundcase worker` beside it
"""

from __future__ import annotations

import os
import signal
from typing import Any

from engine import Engine
from engine.jobs.worker import Worker

from .bootstrap import Settings, database_url, install, open_product, web
from .seeding import seed

THREADS = 8


def serve(
    *, database: str, host: str, port: int, base_url: str | None, demo: bool, worker: bool, cases: int, days: int
) -> int:
    """Serve until stopped; an empty database gets the shipped bundles, in demo mode sample data too."""
    import waitress

    settings = Settings(database=database, base_url=base_url or f"http://{host}:{port}", demo=demo)
    engine = open_product(settings)
    if not engine.in_force():
        if demo:
            seed(settings, cases=cases, days=days)
        else:
            install(engine)
    working = Worker(lambda most: engine.run_due(most)).start() if worker else None
    server = waitress.create_server(web(settings, engine), host=host, port=port, threads=THREADS, ident="fundcase")
    print(f"Fundcase is at {settings.base_url}  (stop it with Ctrl+C)", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where whoever started us ignores them
        signal.signal(number, stop)
    try:
        server.run()
    finally:
        if working is not None:
            working.stop()
        engine.close()
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
    engine: Engine = open_product(settings)
    install(engine)
    return web(settings, engine)
