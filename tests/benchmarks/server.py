"""The servers that `pages` asks: `python -m tests.benchmarks.server product|bare PORT DATABASE FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, redirect, render_template_string

from webapp.bootstrap import Settings, open_product, web
from webapp.serving import THREADS

LIST = """<!doctype html><title>{{ title }}</title><nav>{% for word in words %}<a href="/{{ word }}">{{ word }}</a>{% endfor %}</nav>
<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"""
INPUTS = """<!doctype html><title>{{ title }}</title><form method="post">{% for word in words %}
<label for="{{ word }}">{{ word }}</label><input id="{{ word }}" name="{{ word }}">{% endfor %}<button>Send</button></form>"""
WORDS = ["name", "amount", "code", "count", "urgent", "kind", "since", "note", "marks", "again"]


def settings_of(url: str, folder: str) -> Settings:
    """An installation with sample people."""
    return Settings(database=url, instance=Path(folder), demo=True, environment={})


def bare() -> Flask:
    """A list, a form and a redirect, with nothing behind them."""
    app = Flask(__name__)

    @app.get("/list")
    def show_list() -> str:
        return render_template_string(LIST, title="List", words=WORDS, rows=[WORDS])

    @app.get("/form")
    def show_form() -> str:
        return render_template_string(INPUTS, title="Form", words=WORDS)

    @app.post("/form")
    def take_form() -> Any:
        return redirect("/list")

    return app


def main(kind: str, port: str, url: str, folder: str) -> None:
    """Serve until stopped."""
    settings = settings_of(url, folder)
    app = bare() if kind == "bare" else web(settings, open_product(settings))
    waitress.serve(app, host="127.0.0.1", port=int(port), threads=THREADS, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
