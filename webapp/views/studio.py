"""The studio of the process owner: what is deployed, what a new version would change, and its deployment."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from engine import Deployment
from engine.bounded import NOT_READ
from engine.bundles import Bundle, read_bundle
from engine.diagram import Diagram, read_diagram
from engine.errors import InvalidDiagram, MalformedXml, NotFound
from engine.model import Finding

from .. import here, pictures
from ..differences import Difference, differences, marks
from ..findings import labels_of, sentence
from ..labels import Labels
from ..language import noop
from ..shell import OWNERS
from ..uploads import Files, UnreadableUpload, packed, read_upload, unpacked, zipped

pages = Blueprint("studio", __name__, url_prefix="/studio")
MOST_COUNTED = 500
PAGE = 15  # versions
UNREADABLE = {
    "empty": noop("Choose a zip archive, or the files of the bundle"),
    "large": noop("Send less: a bundle has at most 200 files of 8 MB together"),
    "zip": noop("The archive cannot be opened. Pack the folder of the bundle again as a plain zip"),
}


@pages.before_request
def owners_only() -> None:
    """Nobody but process owners comes in."""
    here.need(*OWNERS)


@pages.get("")
def index() -> Any:
    """Every process and shared decision that is deployed."""
    return _index()


@pages.get("/<key>")
def show(key: str) -> Any:
    """One process: its diagram, its versions, its files."""
    return _page(key)


@pages.get("/<key>/<int:version>.zip")
def download(key: str, version: int) -> Any:
    """A version as an archive, to be changed and brought back."""
    found = next((one for one in here.engine().deployments(key) if one.version == version), None)
    if found is None:
        raise NotFound
    body = zipped(here.engine().bundle(found.bundle).files)
    name = f"{key}-{version}.zip"
    return send_file(BytesIO(body), mimetype="application/zip", as_attachment=True, download_name=name)


@pages.post("/check")
def check() -> Any:
    """What an upload would change, and what is wrong with it."""
    base = request.form.get("key", "")
    try:
        files = read_upload(request.files.getlist("files"))
    except UnreadableUpload as error:
        return _unreadable(base, error)
    newest = here.engine().deployments(base)[:1] if base else []
    if newest and request.form.get("keep"):
        files = {**here.engine().bundle(newest[0].bundle).files, **files}
    return _checked(files)


@pages.post("/deployment")
def deploy() -> Any:
    """Deploy what was checked, with a reason."""
    reason = request.form.get("reason", "").strip()
    try:
        files = unpacked(request.form.get("files", ""))
    except UnreadableUpload as error:
        return _unreadable("", error)
    if len(reason) < 5:
        return _checked(files, problem=_("Write why it is deployed, in at least 5 characters"), reason=reason), 422
    try:
        if here.engine().policy.second_approval:
            proposal = here.engine().propose(files, by=here.actor(), reason=reason)
            return redirect(url_for(".review", proposal=proposal.id))
        return _deployed(here.engine().deploy(files, by=here.actor(), reason=reason))
    except InvalidDiagram as error:
        return _checked(files, error.findings, reason=reason), 422


@pages.get("/proposals/<int:proposal>")
def review(proposal: int) -> Any:
    """A proposal, for the one who approves it and for the one who made it."""
    found, bundle = _proposed(proposal)
    return _checked(dict(bundle.files), proposal=found)


@pages.post("/proposals/<int:proposal>/approval")
def approve(proposal: int) -> Any:
    """Put a proposal of somebody else in force."""
    remark = request.form.get("remark", "").strip()
    try:
        return _deployed(here.engine().approve(proposal, by=here.actor(), remark=remark))
    except InvalidDiagram as error:
        found, bundle = _proposed(proposal)
        return _checked(dict(bundle.files), error.findings, proposal=found), 422


@pages.post("/proposals/<int:proposal>/rejection")
def reject(proposal: int) -> Any:
    """Decline a proposal, or withdraw one's own."""
    here.engine().reject(proposal, by=here.actor(), remark=request.form.get("remark", "").strip())
    flash(_("The proposal is closed; nothing was deployed."), "ok")
    return redirect(url_for(".index"))


def _deployed(deployed: Deployment) -> Any:
    name = _labels(deployed.bundle).process
    flash(_("Version %(version)s of %(name)s is deployed.", version=deployed.version, name=name), "ok")
    return redirect(url_for(".show", key=deployed.key))


def _proposed(number: int) -> tuple[Any, Bundle]:
    found = next((one for one in here.engine().proposals(open_only=False) if one.id == number), None)
    if found is None:
        raise NotFound
    return found, here.engine().bundle(found.bundle)


def _unreadable(key: str, error: UnreadableUpload) -> Any:
    problem = _(UNREADABLE[str(error)])
    return (_page(key, problem) if key else _index(problem)), 422


def _index(problem: str = "") -> str:
    rows = [(one, _labels(one.bundle), _open_cases(one.key)) for one in here.engine().in_force()]
    return render_template(
        "studio/index.html",
        rows=sorted(rows, key=lambda row: (row[0].kind != "process", row[0].key)),
        proposals=[(one, _labels(one.bundle)) for one in here.engine().proposals()],
        problem=problem,
    )


def _page(key: str, problem: str = "") -> str:
    versions = here.engine().deployments(key)
    if not versions:
        raise NotFound
    labels, after = _labels(versions[0].bundle), request.args.get("after", "")
    listed = [one for one in versions if not after or one.version < here.number(after)]
    return render_template(
        "studio/process.html",
        key=key,
        labels=labels,
        newest=versions[0],
        versions=listed[:PAGE],
        after=after,
        later=listed[PAGE - 1].version if len(listed) > PAGE else None,
        open_by_version=_open_by_version(key),
        picture=pictures.of_bundle(labels) if labels.bundle.diagram else "",
        files=sorted(labels.bundle.files),
        problem=problem,
    )


def _checked(
    files: Files, findings: list[Finding] | None = None, *, problem: str = "", reason: str = "", proposal: Any = None
) -> str:
    """The page about a bundle that is not deployed: findings, differences, and the form to deploy it.

    What the check could not read within its limits is not read here either.
    """
    words = here.words()
    found = here.engine().check(files) if findings is None else findings
    findings = sorted(found, key=lambda one: ("error", "warning", "info").index(one.severity))
    harmless = all(one.rule != NOT_READ for one in findings)
    translated = labels_of(files, words.lang) if harmless else {}
    bundle, diagram = _read(files) if harmless else (None, None)
    key = bundle.key if bundle else diagram.key if diagram else ""
    newest = here.engine().deployments(key)[:1] if key else []
    old = here.engine().bundle(newest[0].bundle) if newest else None
    changed = differences(old, files, diagram, words)
    return render_template(
        "studio/check.html",
        name=Labels(named, words).process if (named := bundle or old) else diagram.name if diagram else "",
        key=key,
        version=newest[0].version + 1 if newest else 1,
        findings=[(one, sentence(one, words.lang, translated)) for one in findings],
        errors=sum(one.severity == "error" for one in findings),
        differences=changed,
        picture=_picture(bundle, changed, findings),
        unchanged=old is not None and dict(old.files) == files,
        files=sorted(files),
        packed=packed(files),
        problem=problem,
        reason=reason,
        proposal=proposal,
        second=here.engine().policy.second_approval,
        open_cases=_open_cases(key) if newest else 0,
    )


def _read(files: Files) -> tuple[Bundle | None, Diagram | None]:
    """The bundle that some files make, or the diagram among them if they make none."""
    try:
        bundle = read_bundle(files)
        return bundle, bundle.diagram
    except (MalformedXml, ValueError, RecursionError):
        pass
    try:
        return None, next((read_diagram(body) for path, body in files.items() if path.endswith(".bpmn")), None)
    except (MalformedXml, ValueError):
        return None, None


def _picture(bundle: Bundle | None, found: list[Difference], findings: list[Finding]) -> str:
    """The diagram with what is new and what is wrong marked on it."""
    if bundle is None or bundle.diagram is None:
        return ""
    wrong = {one.element: "failed" for one in findings if one.severity == "error" and one.element}
    return pictures.of_bundle(Labels(bundle, here.words()), marks(found) | wrong)


def _labels(digest: str) -> Labels:
    return Labels(here.engine().bundle(digest), here.words())


def _open_cases(key: str) -> int:
    return len(here.engine().cases(here.actor(), limit=MOST_COUNTED, key=key, status="open"))


def _open_by_version(key: str) -> dict[int, int]:
    counts: dict[int, int] = {}
    for case in here.engine().cases(here.actor(), limit=MOST_COUNTED, key=key, status="open"):
        counts[case.version] = counts.get(case.version, 0) + 1
    return counts
