"""The blueprint that the auditor's pages are added to, and who comes in."""

from __future__ import annotations

from flask import Blueprint

from ... import here
from ...shell import READERS

pages = Blueprint("audit", __name__, url_prefix="/audit")
AUDITORS = ("auditor",)  # who draws samples and writes working papers


@pages.before_request
def readers_only() -> None:
    """Nobody comes in who does not read every case."""
    here.need(*READERS)
