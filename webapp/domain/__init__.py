"""The pages of the fund distributor's own domain, and what it shows beside the tasks of its processes.

Unlike the rest of the web application this package knows `workflows`; nothing outside of it but `bootstrap.py` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask

from .. import here
from ..config import Config

if TYPE_CHECKING:
    from engine.store.database import Database
    from workflows.links import Links


@dataclass(frozen=True, kw_only=True)
class Domain:
    """What the domain's pages call: the database that holds its tables, and the links that customers are sent."""

    database: Database
    links: Links

    def init_app(self, app: Flask, config: Config) -> None:
        """Add the domain's pages to an application; the customer's phone is there in the demo alone."""
        from . import customers, funds, outbox, phone, public, readings

        for module in (customers, funds, outbox, public, readings):
            app.register_blueprint(module.pages)
        if config.demo:
            app.register_blueprint(phone.pages)


def domain() -> Domain:
    """The domain of this application."""
    return cast(Domain, here.services().domain)
