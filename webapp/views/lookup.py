"""What a look-up field offers while one types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from .. import here
from ..shell import FRONT

pages = Blueprint("lookup", __name__)


@pages.get("/lookup/<kind>")
def options(kind: str) -> Any:
    """What is found for a text, as values and labels; customers only for those whose work is with customers."""
    if kind == "customer":
        here.need(*FRONT)
    text = request.args.get("q", "").strip()[:100]
    found = here.services().find(kind, text, here.words().lang) if text else ()
    return jsonify([{"value": one.value, "label": f"{one.label} {one.note}".strip()} for one in found])
