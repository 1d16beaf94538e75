"""What the pages of a sketch show beside its files: findings in words, what is different, who else works on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _

from engine.bounded import NOT_READ
from engine.bundles import read_bundle
from engine.diagram import Diagram, read_diagram
from engine.errors import MalformedXml, Refusal
from engine.model import Deployment, Finding
from engine.sketches import Entry, Outline, Presence, Sketch

from .. import here, pictures
from ..differences import Difference, differences, marks
from ..findings import labels_of, sentence
from ..labels import Labels
from ..language import Lang, noop

GRAVEST = ("error", "warning", "info")
KINDS = {".bpmn": noop("diagram"), ".dmn": noop("decision table"), ".md": noop("note")}
FOLDERS = {"forms/": noop("form"), "i18n/": noop("translation"), "scenarios/": noop("scenario")}
EDITED = (".bpmn", ".dmn")
BOUNDS = {
    "path": noop("“%(path)s” is no path inside of a bundle. Use letters, digits, dots, hyphens and slashes"),
    "kind": noop("“%(path)s” is of a kind that no bundle has. Send .bpmn, .dmn, .json or .md"),
    "files": noop("A bundle has at most %(most)s files. Delete one first"),
    "bytes": noop("The files of a bundle have at most 8 MB together. Send smaller ones"),
    "name": noop("Write a name of at most 200 characters"),
    "sketches": noop("You have too many drafts. Discard one first"),
    "revision": noop("This page is of another draft, or too old. Load it again"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check has found in the files of a sketch; `digest` is that of the bundle they make, if they make one."""

    findings: tuple[Finding, ...]
    digest: str | None
    readable: bool

    @property
    def errors(self) -> int:
        """How many of them are errors."""
        return sum(one.severity == "error" for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The sketches of a process, for a page about it: each with the people who have it open."""

    key: str
    rows: tuple[tuple[Outline, tuple[Presence, ...]], ...]
    versions: tuple[int, ...]  # that one may be begun from, the newest first
    titles: Mapping[int, str]


def panel(key: str) -> Panel:
    """What `studio/panels/sketches.html` shows of a process."""
    found = here.engine().sketches(here.actor(), key)
    versions = tuple(one.version for one in here.engine().deployments(key))
    titles = {one.id: title(one) for one in found}
    return Panel(key=key, rows=tuple((one, people(one.id)) for one in found), versions=versions, titles=titles)


def title(one: Outline) -> str:
    """What a sketch is called, in the language of the page where its files say that."""
    lang = here.words().lang
    if one.base:
        return here.engine().bundle(one.base).translate(one.name, lang)
    found = one if isinstance(one, Sketch) else here.engine().sketch(one.id, here.actor())
    return labels_of(found.files, lang).get(" ".join(one.name.split()), one.name)


def alike(found: Outline) -> list[Outline]:
    """The other sketches that are called the same."""
    own = _plain(title(found))
    others = (one for one in here.engine().sketches(here.actor()) if one.id != found.id)
    return [one for one in others if own and _plain(title(one)) == own]


def is_taken(name: str) -> bool:
    """Whether a sketch is called like this."""
    return any(_plain(name) in (_plain(one.name), _plain(title(one))) for one in here.engine().sketches(here.actor()))


def free_name(name: str) -> str:
    """A name that no sketch has: this one, or the same with a number."""
    numbered = (f"{name} {number}" for number in count(2))
    return next(one for one in chain([name], numbered) if not is_taken(one))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def listed() -> list[tuple[Outline, str]]:
    """All sketches, each with what it is called."""
    return [(one, title(one)) for one in here.engine().sketches(here.actor())]


def people(sketch_id: int) -> tuple[Presence, ...]:
    """Who else has a sketch open now."""
    others = here.engine().sketch_others(sketch_id, here.actor())
    return tuple(one for one in others if one.sketch == sketch_id)


def check(files: Mapping[str, bytes], digest: str) -> Found:
    """What is wrong with the files of a sketch; an empty one makes no bundle yet, which is no error."""
    if not files:
        return Found(findings=(), digest=None, readable=False)
    found = sorted(here.engine().check(files), key=lambda one: GRAVEST.index(one.severity))
    whole = not any(one.severity == "error" for one in found)
    harmless = all(one.rule != NOT_READ for one in found)
    return Found(findings=tuple(found), digest=digest if whole else None, readable=harmless)


def said(found: Found, files: Mapping[str, bytes], lang: Lang) -> list[dict[str, Any]]:
    """Findings as sentences of a language, each with its place and the link to it."""
    labels = labels_of(files, lang) if found.readable else {}
    return [_said(one, sentence(one, lang, labels)) for one in found.findings]


def _said(one: Finding, text: str) -> dict[str, Any]:
    reason, remedy = parted(text)
    place = {"file": one.file, "element": one.element or "", "line": one.line, "column": one.column}
    return {**place, "severity": one.severity, "rule": one.rule, "said": reason, "remedy": remedy}


def parted(text: str) -> tuple[str, str]:
    """What a finding says and what it advises, which stands behind its last semicolon."""
    for sign in ("; ", "；"):
        reason, found, remedy = text.rpartition(sign)
        if found:
            return reason, remedy
    return text, ""


def kind_of(path: str) -> str:
    """What a file of a bundle is called."""
    named = next((kind for folder, kind in FOLDERS.items() if path.startswith(folder)), None)
    ending = next((kind for ending, kind in KINDS.items() if path.endswith(ending)), None)
    return here.words()(ending or named or noop("file"))


def editor(sketch_id: int, path: str, element: str = "") -> str:
    """The address of the editor of a file, at an element; nothing for a file that is edited elsewhere."""
    if not path.endswith(EDITED) and not (path.startswith("forms/") and path.endswith(".json")):
        return ""
    at = f"&element={quote(element, safe='')}" if element else ""
    return f"/studio/sketches/{sketch_id}/edit?path={quote(path, safe='')}{at}"


def problem(error: Refusal) -> str:
    """What to do about files that cannot be kept."""
    text = BOUNDS.get(error.data.get("bound", ""))
    return _(text, **error.data) if text else str(error)


def about(found: Sketch) -> dict[str, Any]:
    """What the page of a sketch shows; whoever looks at it is noted as being there."""
    words, actor = here.words(), here.actor()
    judged = check(found.files, found.digest)
    diagram = diagram_of(found.files) if judged.readable else None
    changed = changes(found, diagram) if judged.readable else []
    findings = said(judged, found.files, words.lang)
    return {
        "sketch": found,
        "title": title,
        "files": sorted(found.entries, key=_place),
        "drawn": _drawn(found),
        "findings": [one | {"link": _link(found, one)} for one in findings],
        "errors": judged.errors,
        "differences": changed,
        "versions": versions(found),
        "newer": newer(found),
        "picture": _picture(found, judged, changed),
        "others": here.engine().sketch_seen(found.id, by=actor),
        "lost": here.engine().sketch_lost(found.id, actor),
        "alike": alike(found),
        "kind_of": kind_of,
        "editor": editor,
        "mine": found.owner == actor.name,
    }


def versions(found: Outline) -> list[Deployment]:
    """The version that a sketch was begun from, if it was; the newest where one bundle was deployed more than once."""
    deployed = here.engine().deployments(found.key) if found.base else []
    return [one for one in deployed if one.bundle == found.base][:1]


def newer(found: Outline) -> Deployment | None:
    """The newest version of a process, where a sketch was begun from an earlier one."""
    newest = here.engine().deployments(found.key)[:1] if found.base and found.key else []
    return newest[0] if newest and newest[0].bundle != found.base else None


def changes(found: Sketch, diagram: Diagram | None) -> list[Difference]:
    """What a sketch changes of what it was begun from."""
    base = here.engine().bundle(found.base) if found.base else None
    return differences(base, found.files, diagram, here.words())


def diagram_of(files: Mapping[str, bytes]) -> Diagram | None:
    """The diagram among some files, where there is one that can be read."""
    try:
        return next((read_diagram(body) for path, body in files.items() if path.endswith(".bpmn")), None)
    except (MalformedXml, ValueError, RecursionError):
        return None


def _drawn(found: Sketch) -> str:
    return next((path for path in found.files if path.endswith(".bpmn")), "")


def _link(found: Sketch, finding: Mapping[str, Any]) -> str:
    """Where a finding is mended: in its file, or where the element is drawn that it is about."""
    there = editor(found.id, finding["file"], finding["element"])
    return there or (editor(found.id, _drawn(found), finding["element"]) if finding["element"] else "")


def _place(one: Entry) -> tuple[bool, bool, str]:
    """Where a file stands in the list: the diagram first, then the tables, then the others by their path."""
    return not one.path.endswith(".bpmn"), not one.path.endswith(".dmn"), one.path


def _picture(found: Sketch, judged: Found, changed: list[Difference]) -> str:
    """The diagram with what is new and what is wrong marked on it."""
    wrong = {one.element: "failed" for one in judged.findings if one.severity == "error" and one.element}
    try:
        bundle = read_bundle(found.files) if judged.readable else None
    except (MalformedXml, ValueError, RecursionError):
        return ""
    if bundle is None or bundle.diagram is None:
        return ""
    return pictures.of_bundle(Labels(bundle, here.words()), marks(changed) | wrong)


def somebody(one: Presence) -> dict[str, Any]:
    """Who works on which sketch, for a script."""
    return {"person": one.person, "name": called(one.person), "sketch": one.sketch}


def called(id: str) -> str:
    """What somebody is called."""
    person = here.services().directory.person(id)
    return person.called(here.words().lang) if person else id
