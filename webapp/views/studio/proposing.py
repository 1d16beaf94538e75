"""What an upload would change, its deployment, and the proposals that a second process owner decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import Deployment
from engine.bounded import NOT_READ
from engine.bundles import Bundle, read_bundle
from engine.cases.deploying import Examined, Proposal
from engine.diagram import Diagram, read_diagram
from engine.errors import InvalidDiagram, MalformedXml, NotAllowed, NotFound, Refusal
from engine.model import Finding
from engine.scenarios import Outcome
from engine.sketches import Sketch

from ... import here, pictures
from ...differences import Difference, differences, marks
from ...findings import labels_of, sentence
from ...labels import Labels
from ...language import noop
from ...studio import backtests, comparing, coverage, entries, migrations, reach, rollouts, scenarios
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
    if kept := request.form.get("keep"):
        files = {**comparing.version(base, str(here.number(kept))).files, **files}
    return page(files)


@pages.post("/deployment")
def deploy() -> Any:
    """Deploy what was checked, with a reason, for some of the new cases or all, at once or later."""
    try:
        files = unpacked(request.form.get("files", ""))
    except UnreadableUpload as error:
        return _unreadable("", error)
    sketch = _sketch_named(request.form.get("sketch", ""))
    given = reach.filled(request.form)
    if given.problems:
        return page(files, filled=given, sketch=sketch), 422
    try:
        return _put(files, given)
    except InvalidDiagram as error:
        return page(files, error.findings, filled=given, sketch=sketch), 422
    except NotAllowed:
        raise
    except Refusal as error:
        return page(files, filled=replace(given, problems=reach.refused(error)), sketch=sketch), 422


def _put(files: Files, given: reach.Filled) -> Any:
    said = {"by": here.actor(), "reason": given.reason, **given.said}
    if not here.engine().policy.second_approval:
        return _deployed(here.engine().deploy(files, **said))
    proposal = here.engine().propose(files, **said)
    return redirect(url_for(".review", proposal=proposal.id))


def _sketch_named(number: str) -> Sketch | None:
    return here.engine().sketch(here.number(number), here.actor()) if number else None


@pages.get("/proposals/<int:proposal>")
def review(proposal: int) -> Any:
    """A proposal, for the one who approves it and for the one who made it."""
    found, bundle = _proposed(proposal)
    return page(dict(bundle.files), proposal=found)


@pages.post("/proposals/<int:proposal>/approval")
def approve(proposal: int) -> Any:
    """Put a proposal of somebody else in force, for the cases and from the moment that it names."""
    remark = request.form.get("remark", "").strip()
    try:
        return _deployed(here.engine().approve(proposal, by=here.actor(), remark=remark))
    except InvalidDiagram as error:
        found, bundle = _proposed(proposal)
        return page(dict(bundle.files), error.findings, proposal=found), 422


@pages.post("/proposals/<int:proposal>/rejection")
def reject(proposal: int) -> Any:
    """Decline a proposal, or withdraw one's own."""
    here.engine().reject(proposal, by=here.actor(), remark=request.form.get("remark", "").strip())
    flash(_("The proposal is closed; nothing was deployed."), "ok")
    return redirect(url_for(".index"))


def _deployed(made: Deployment) -> Any:
    last = here.engine().rollouts(made.key)[0]
    said = {"version": made.version, "name": labels_by(made.bundle).process}
    if last.effective_at > here.services().now():
        flash(_("Version %(version)s of %(name)s is deployed, and waits for its moment.", **said), "ok")
    elif last.percent < rollouts.ALL:
        part = _("It is for %(percent)s %% of the new cases.", percent=last.percent)
        between = "" if here.words().lang == "zh" else " "
        flash(between.join((_("Version %(version)s of %(name)s is deployed.", **said), part)), "ok")
    else:
        flash(_("Version %(version)s of %(name)s is deployed.", **said), "ok")
    return redirect(url_for(".show", key=made.key))


def _proposed(number: int) -> tuple[Proposal, Bundle]:
    found = next((one for one in here.engine().proposals(open_only=False) if one.id == number), None)
    if found is None:
        raise NotFound
    return found, here.engine().bundle(found.bundle)


def _unreadable(key: str, error: UnreadableUpload) -> Any:
    problem = _(UNREADABLE[str(error)])
    return (deployed.process(key, problem) if key else deployed.listed(problem)), 422


def page(
    files: Files,
    findings: list[Finding] | None = None,
    *,
    filled: reach.Filled | None = None,
    proposal: Proposal | None = None,
    sketch: Sketch | None = None,
) -> str:
    """The page about a bundle that is not deployed: findings, differences, evidence, and the form to deploy it.

    What the check could not read within its limits is not read here either.
    """
    words = here.words()
    examined = here.engine().examine(files) if findings is None else Examined(findings=findings)
    findings = sorted(examined.findings, key=lambda one: ("error", "warning", "info").index(one.severity))
    harmless = all(one.rule != NOT_READ for one in findings)
    translated = labels_of(files, words.lang) if harmless else {}
    bundle, diagram = _read(files) if harmless else (None, None)
    key = bundle.key if bundle else diagram.key if diagram else ""
    place = _place(key, proposal)
    old = here.engine().bundle(place.base.bundle) if place.base else None
    changed = differences(old, files, diagram, words)
    return render_template(
        "studio/check.html",
        name=Labels(named, words).process if (named := bundle or old) else diagram.name if diagram else "",
        key=key,
        place=place,
        version=place.version,
        findings=[(one, sentence(one, words.lang, translated)) for one in findings],
        errors=sum(one.severity == "error" for one in findings),
        differences=changed,
        picture=_picture(bundle, changed, findings),
        unchanged=old is not None and dict(old.files) == files,
        files=sorted(files),
        packed=packed(files),
        filled=filled or reach.Filled(problems={}),
        proposal=proposal,
        sketch=sketch,
        second=here.engine().policy.second_approval,
        open_cases=open_cases(key) if place.base else 0,
        entries=list(entries.told(old, bundle)),
        **_evidence(bundle, place, proposal, sketch),
        **_played(bundle, sketch, examined.outcomes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a bundle stands among the versions of its key: the one it would be, and the one it is held against."""

    version: int = 1
    base: Deployment | None = None
    first: bool = True  # nothing is in force yet


def _place(key: str, proposal: Proposal | None) -> Place:
    versions = here.engine().deployments(key) if key else []
    if not versions:
        return Place()
    newest, in_force = versions[0].version, here.engine().rolled_out(key).base
    base, number = in_force or newest, newest + 1
    if proposal is not None and proposal.version is not None:
        number = proposal.version
    elif proposal is not None and proposal.decision == "approved":
        number = next((one.version for one in versions if one.bundle == proposal.bundle), number)
        base = number - 1 or number
    held = next(one for one in versions if one.version == base)
    return Place(version=number, base=held, first=in_force is None)


def _evidence(bundle: Bundle | None, place: Place, proposal: Proposal | None, sketch: Sketch | None) -> dict[str, Any]:
    """What is known of exactly this bundle: where open cases stand on what it changes, and what was tried with it."""
    if bundle is None or bundle.diagram is None or place.base is None:
        return {}
    ref = f"proposal-{proposal.id}" if proposal else f"sketch-{sketch.id}" if sketch else ""
    migration = migrations.panel(bundle.digest, bundle.key, ref)
    return {
        "migration": migration,
        "stands": None if migration else migrations.standing(bundle.key, bundle),
        "backtest": backtests.panel(bundle.digest, bundle.key, "" if _is_stored(bundle) else packed(bundle.files)),
    }


def _is_stored(bundle: Bundle) -> bool:
    try:
        return here.engine().bundle(bundle.digest).digest == bundle.digest
    except NotFound:
        return False


def _played(bundle: Bundle | None, sketch: Sketch | None, went: Sequence[Outcome] | None) -> dict[str, Any]:
    """How the scenarios of a bundle go, which the check may know already, and what of it was walked."""
    if bundle is None or bundle.diagram is None:
        return {}
    outcomes = scenarios.played(bundle, went)
    return {
        "scenarios": scenarios.panel(bundle.digest, bundle.key, bundle, outcomes),
        "coverage": coverage.panel(bundle.digest, bundle.key, bundle, outcomes),
        "sandbox": url_for(".sandbox_begin", sketch=sketch.id) if sketch else "",
    }


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
