"""The Flask application. It is made by `create_app` and knows nothing before that."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.routing import IntegerConverter

from . import errors, language, security, shell
from .config import Config
from .services import Services
from .views import (
    audit,
    auth,
    cases,
    checkpoints,
    evidence,
    export,
    home,
    inbox,
    incidents,
    interventions,
    lookup,
    messages,
    operations,
    parameters,
    replay,
    starting,
    studio,
    tasks,
)

BLUEPRINTS = (
    auth,
    home,
    inbox,
    tasks,
    cases,
    evidence,
    export,
    replay,
    interventions,
    incidents,
    starting,
    studio,
    parameters,
    audit,
    checkpoints,
    lookup,
    messages,
    operations,
)


class Number(IntegerConverter):
    """The number of a row in an address; a longer one than any row can have leads to no page."""

    regex = r"\d{1,18}"


def create_app(services: Services, config: Config) -> Flask:
    """An application over these services."""
    app = Flask(__name__)
    app.url_map.converters["int"] = Number
    config.apply(app)
    app.extensions["fundcase"] = services
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    operations.init_app(app, services)
    CSRFProtect(app)
    language.init_app(app)
    security.init_app(app, https=config.https)
    auth.init_app(app, services, config)
    errors.init_app(app)
    shell.init_app(app, services, config)
    for module in BLUEPRINTS:
        app.register_blueprint(module.pages)
    if services.domain is not None:
        services.domain.init_app(app, config)
    return app
