"""What is deployed: every process and shared decision, and one of them with its versions."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import render_template, request, send_file

from engine.errors import NotFound

from ... import here, pictures
from ...uploads import zipped
from .pages import MOST_COUNTED, labels_by, open_cases, pages

PAGE = 15  # versions


@pages.get("")
def index() -> Any:
    """Every process and shared decision that is deployed."""
    return listed()


@pages.get("/<key>")
def show(key: str) -> Any:
    """One process: its diagram, its versions, its files."""
    return process(key)


@pages.get("/<key>/<int:version>.zip")
def download(key: str, version: int) -> Any:
    """A version as an archive, to be changed and brought back."""
    found = next((one for one in here.engine().deployments(key) if one.version == version), None)
    if found is None:
        raise NotFound
    body = zipped(here.engine().bundle(found.bundle).files)
    name = f"{key}-{version}.zip"
    return send_file(BytesIO(body), mimetype="application/zip", as_attachment=True, download_name=name)


def listed(problem: str = "") -> str:
    """The page of all that is deployed, and what was wrong with an upload."""
    rows = [(one, labels_by(one.bundle), open_cases(one.key)) for one in here.engine().in_force()]
    return render_template(
        "studio/index.html",
        rows=sorted(rows, key=lambda row: (row[0].kind != "process", row[0].key)),
        proposals=[(one, labels_by(one.bundle)) for one in here.engine().proposals()],
        problem=problem,
    )


def process(key: str, problem: str = "") -> str:
    """The page of one process, and what was wrong with an upload."""
    versions = here.engine().deployments(key)
    if not versions:
        raise NotFound
    labels, after = labels_by(versions[0].bundle), request.args.get("after", "")
    shown = [one for one in versions if not after or one.version < here.number(after)]
    return render_template(
        "studio/process.html",
        key=key,
        labels=labels,
        newest=versions[0],
        versions=shown[:PAGE],
        after=after,
        later=shown[PAGE - 1].version if len(shown) > PAGE else None,
        open_by_version=_open_by_version(key),
        picture=pictures.of_bundle(labels) if labels.bundle.diagram else "",
        files=sorted(labels.bundle.files),
        problem=problem,
    )


def _open_by_version(key: str) -> dict[int, int]:
    counts: dict[int, int] = {}
    for case in here.engine().cases(here.actor(), limit=MOST_COUNTED, key=key, status="open"):
        counts[case.version] = counts.get(case.version, 0) + 1
    return counts
