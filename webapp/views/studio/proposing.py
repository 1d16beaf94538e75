"""What an upload would change, its deployment, and the proposals that a second process owner decides."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import Deployment
from engine.bounded import NOT_READ
from engine.bundles import Bundle, read_bundle
from engine.diagram import Diagram, read_diagram
from engine.errors import InvalidDiagram, MalformedXml, NotFound
from engine.model import Finding

from ... import here, pictures
from ...differences import Difference, differences, marks
from ...findings import labels_of, sentence
from ...labels import Labels
from ...language import noop
from ...uploads import Files, UnreadableUpload, packed, read_upload, unpacked
from . import deployed
from .pages import labels_by, open_cases, pages

UNREADABLE = {
    "empty": noop("Choose a zip archive, or the files of the bundle"),
    "large": noop("Send less: a bundle has at most 200 files of 8 MB together"),
    "zip": noop("The archive cannot be opened. Pack the folder of the bundle again as a plain zip"),
}


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


def _deployed(made: Deployment) -> Any:
    name = labels_by(made.bundle).process
    flash(_("Version %(version)s of %(name)s is deployed.", version=made.version, name=name), "ok")
    return redirect(url_for(".show", key=made.key))


def _proposed(number: int) -> tuple[Any, Bundle]:
    found = next((one for one in here.engine().proposals(open_only=False) if one.id == number), None)
    if found is None:
        raise NotFound
    return found, here.engine().bundle(found.bundle)


def _unreadable(key: str, error: UnreadableUpload) -> Any:
    problem = _(UNREADABLE[str(error)])
    return (deployed.process(key, problem) if key else deployed.listed(problem)), 422


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
        open_cases=open_cases(key) if newest else 0,
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
