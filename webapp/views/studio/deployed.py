"""What is deployed: every process and shared decision, and one of them with its versions."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import render_template, request, send_file

from engine.errors import NotFound

from ... import here, pictures
from ...studio import asked, insight, quantities, rollouts, sketches
from ...uploads import zipped
from .pages import labels_by, open_cases, pages

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


@here.one_moment
def listed(problem: str = "") -> str:
    """The page of all that is deployed, and what was wrong with an upload."""
    engine = here.engine()
    shares = engine.shares()
    rows = [(one, shares[one.key], labels_by(one.bundle), open_cases(one.key)) for one in engine.in_force()]
    return render_template(
        "studio/index.html",
        rows=sorted(rows, key=lambda row: (row[0].kind != "process", row[0].key)),
        proposals=[(one, labels_by(one.bundle)) for one in engine.proposals()],
        sketches=sketches.listed(),
        problem=problem,
    )


def process(key: str, problem: str = "") -> str:
    """The page of one process: what its cases tell, its versions, its files; and what was wrong with an upload."""
    versions = here.engine().deployments(key)
    if not versions:
        raise NotFound
    going = rollouts.panel(key)
    usual = next((one for one in versions if one.version == going.usual), versions[0])
    after = request.args.get("after", "")
    listed = [one for one in versions if not after or one.version < here.number(after)]
    wanted = request.args.get("version", "")
    drawn = next((one for one in versions if str(one.version) == wanted), usual)
    labels = labels_by(drawn.bundle)
    seen = insight.shown(key, labels, versions, listed[:PAGE]) if labels.bundle.diagram else None
    return render_template(
        "studio/process.html",
        key=key,
        labels=labels,
        usual=usual,
        drawn=drawn,
        versions=listed[:PAGE],
        all_versions=[one.version for one in versions],
        after=after,
        later=listed[PAGE - 1].version if len(listed) > PAGE else None,
        seen=seen,
        views=asked.VIEWS,
        periods={**asked.PERIODS, **{month: month for month in asked.last_months()}},
        picture=pictures.of_bundle(labels, seen.marks, seen.counts) if seen else "",
        lasted=quantities.lasted,
        percent=quantities.percent,
        group=lambda name: here.services().directory.group(name, here.words().lang),
        sketches=sketches.panel(key),
        rolled_out=going,
        files=sorted(labels.bundle.files),
        problem=problem,
    )
