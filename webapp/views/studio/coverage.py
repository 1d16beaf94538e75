"""The scenarios of a version, proposal or sketch, and what of its diagram was walked."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from ... import here
from ...labels import Labels
from ...studio import comparing
from ...studio import coverage as walked
from ...studio import scenarios as kept
from .pages import pages


@pages.get("/<key>/coverage")
def coverage(key: str) -> Any:
    """How the scenarios go, and which elements and flows they and the finished cases have walked."""
    found = comparing.version(key, request.args.get("of") or comparing.usual(key)[1])
    bundle = found.bundle
    played = kept.played(bundle) if bundle else ()
    sketch = found.ref.removeprefix("sketch-") if found.ref.startswith("sketch-") else ""
    return render_template(
        "studio/coverage.html",
        key=key,
        name=Labels(bundle, here.words()).process if bundle else key,
        version=found,
        scenarios=kept.panel(bundle.digest, key, bundle, played) if bundle else None,
        coverage=walked.panel(bundle.digest, key, bundle, played) if bundle else None,
        sandbox=url_for(".sandbox_begin", sketch=int(sketch)) if sketch and bundle and bundle.diagram else "",
    )
