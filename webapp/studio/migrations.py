"""What the pages of migrations show: where open cases stand, what was tried, what became of each. It draws nothing.

A target is named as on the page of comparisons: a version by its number, `sketch-7`, `proposal-3`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.batches import Answer, Batch, Progress
from engine.bundles import Bundle
from engine.errors import NotFound
from engine.moving import Whereabouts

from .. import here
from ..differences import differences, marks_before
from ..labels import Labels
from ..language import noop
from . import comparing, mapped

KINDS = ("dry_run", "migration")
TITLES = {"dry_run": noop("Dry run"), "migration": noop("Migration")}
OUTCOMES = {  # by what a batch says of a case: the word, the tone, and what it means
    "safe": (noop("Safe"), "ok", noop("Can be moved as they are")),
    "mapping": (noop("Need a mapping"), "warn", noop("Something that they stand on or read is otherwise there")),
    "impossible": (noop("Impossible"), "bad", noop("There is nothing there that could take the place")),
    "over": (noop("Nothing to do"), "", noop("Ended, or moved there in the meantime")),
    "moved": (noop("Moved"), "ok", noop("They have the version now")),
    "skipped": (noop("Left where they are"), "warn", noop("The reason stands beside each")),
    "failed": (noop("Failed"), "bad", noop("Something went wrong, and nothing was changed")),
}
LEFT = {
    "ended": noop("It has ended in the meantime"),
    "suspended": noop("It is suspended; resume it first"),
    "there": noop("It has the version already"),
    "moved on": noop("It has been moved to another version in the meantime"),
    "held": noop("It is under a legal hold; move it on its own page"),
}
MOST = 20_000  # results that are summed up
PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What cases are to become: a version, a proposal, or a sketch; `version` is its number if it is deployed."""

    ref: str
    label: str
    bundle: Bundle
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A changed element that open cases of a version stand on: how many, and what becomes of it."""

    version: int
    label: str
    cases: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where the open cases of a process stand, against a target: on what is changed, and how many come from where."""

    spots: tuple[Spot, ...]
    versions: tuple[Whereabouts, ...]
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """How many cases came to an outcome."""

    outcome: str
    title: str
    tone: str
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a case, in sentences."""

    case_id: str
    number: str
    outcome: str
    tone: str
    sentences: tuple[str, ...]
    quoted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Migration on the page of a bundle that is to be deployed: where cases stand, and what was tried."""

    key: str
    ref: str
    bundle: str
    stands: Stands
    batch: Batch | None
    progress: Progress | None
    tiles: tuple[Tile, ...]


def panel(bundle_digest: str, key: str, ref: str = "") -> Panel | None:
    """What the page of a bundle says of open cases; None where it is not stored, or the process has no versions."""
    try:
        bundle = here.engine().bundle(bundle_digest)
    except NotFound:
        return None
    if bundle.diagram is None or not here.engine().deployments(key):
        return None
    batch = next(iter(here.engine().batches(here.actor(), bundle=bundle_digest, kind="dry_run", limit=1)), None)
    progress = here.engine().batch_progress(batch.id, here.actor()) if batch else None
    found = tiles(batch, progress) if batch and progress else ()
    stands = standing(key, bundle)
    return Panel(key=key, ref=ref, bundle=bundle_digest, stands=stands, batch=batch, progress=progress, tiles=found)


def target(key: str, ref: str) -> Target:
    """What an address names; NotFound where there is none, or its files make no process yet."""
    found = comparing.version(key, ref)
    if found.bundle is None or found.bundle.diagram is None or found.bundle.key != key:
        raise NotFound
    number = int(ref) if ref.isdecimal() else None
    return Target(ref=ref, label=found.label, bundle=found.bundle, version=number)


def target_of(batch: Batch) -> Target:
    """What a batch was about: the version with its bundle, else what is not deployed."""
    bundle, words = here.engine().bundle(batch.bundle), here.words()
    wanted = batch.asked.get("version")
    versions = [one.version for one in here.engine().deployments(batch.key) if one.bundle == batch.bundle]
    if wanted is None and not versions:
        proposals = here.engine().proposals()
        proposal = next((one.id for one in proposals if one.bundle == batch.bundle), None)
        label = words("Proposal %(n)s", n=proposal) if proposal else words("A draft")
        return Target(ref=f"proposal-{proposal}" if proposal else "", label=label, bundle=bundle)
    number = int(wanted) if wanted is not None else versions[0]
    return Target(ref=str(number), label=words("Version %(n)s", n=number), bundle=bundle, version=number)


def standing(key: str, new: Bundle) -> Stands:
    """Where the open cases of other versions stand, and on what of it the new bundle is otherwise."""
    found = [one for one in here.engine().whereabouts(key, here.actor()) if one.bundle != new.digest]
    spots = [spot for one in found for spot in _spots(one, new)]
    return Stands(spots=tuple(spots), versions=tuple(found), cases=sum(one.cases for one in found))


def _spots(one: Whereabouts, new: Bundle) -> list[Spot]:
    words, old = here.words(), here.engine().bundle(one.bundle)
    changed = marks_before(differences(old, new.files, new.diagram, words))
    labels = Labels(old, words)
    rows = [(id, cases) for id, cases in one.elements.items() if id in changed]
    return [
        Spot(version=one.version, label=mapped.called(labels, id), cases=cases, kind=changed[id])
        for id, cases in sorted(rows, key=lambda row: (-row[1], row[0]))
    ]


def ways(batch: Batch) -> list[mapped.Way]:
    """The versions that the cases of a batch may come from, with what they are to become; the newest first."""
    engine, found = here.engine(), {}
    new = engine.bundle(batch.bundle)
    for one in engine.deployments(batch.key):
        if one.bundle != batch.bundle:
            found.setdefault(one.bundle, mapped.Way(version=one.version, old=engine.bundle(one.bundle), new=new))
    return list(found.values())


def form(batch: Batch, filled: Mapping[str, str] | None = None) -> list[mapped.Asked]:
    """What is asked after a dry run: for each version that cases were tried from."""
    engine, who = here.engine(), here.actor()
    by_version: dict[str, list[Answer]] = {}
    for one in engine.batch_answers(batch.id, who, limit=MOST):
        by_version.setdefault(str(one.detail.get("from", "")), []).append(one)
    return [
        mapped.asked(way, by_version[way.old.digest], known(batch, way), filled)
        for way in ways(batch)
        if way.old.digest in by_version
    ]


def safe_cases(batch: Batch) -> list[str]:
    """The cases that a dry run has found safe, however many."""
    engine, who = here.engine(), here.actor()
    count = engine.batch_progress(batch.id, who).outcomes.get("safe", 0)
    return [one.case_id for one in engine.batch_answers(batch.id, who, outcome="safe", limit=count)]


def known(batch: Batch, way: mapped.Way) -> Any:
    """The mapping that a batch was given for cases of a version, if it was given one."""
    digest = batch.asked["mappings"].get(way.old.digest)
    return here.engine().mapping(digest) if digest else None


def tiles(batch: Batch, progress: Progress) -> tuple[Tile, ...]:
    """How many cases came to each outcome; those that a kind usually has, and what else there is."""
    usual = ("safe", "mapping", "impossible") if batch.kind == "dry_run" else ("moved", "skipped")
    words = here.words()
    return tuple(
        Tile(outcome=name, title=words(title), tone=tone, text=words(text), count=progress.outcomes.get(name, 0))
        for name, (title, tone, text) in OUTCOMES.items()
        if name in usual or progress.outcomes.get(name)
    )


def told(batch: Batch, answer: Answer) -> Told:
    """What became of a case, in the language of the page."""
    title, tone, _text = OUTCOMES.get(answer.outcome, (answer.outcome, "", ""))
    sentences, quoted = _sentences(batch, answer)
    return Told(
        case_id=answer.case_id,
        number=answer.number,
        outcome=here.words()(title),
        tone=tone,
        sentences=tuple(sentences),
        quoted=quoted,
    )


def _sentences(batch: Batch, answer: Answer) -> tuple[list[str], str]:
    words, detail = here.words(), answer.detail
    if answer.outcome == "failed":
        return [words("Nothing was changed:")], str(detail.get("why", ""))
    if answer.outcome == "moved":
        return [words("It was moved from version %(version)s", version=detail.get("from", "?"))], ""
    left = LEFT.get(detail.get("why") or ("ended" if answer.outcome == "over" else ""))
    if left is not None:
        return [words(left)], ""
    found = [_stranded(batch, detail, one) for one in detail.get("stranded", ())]
    quoted = ""
    if "fails" in (detail.get("why"), detail.get("fault")):
        found.append(words("The lines over the data, or what follows at once, cannot be worked out:"))
        quoted = str(detail.get("said", ""))
    if not found:
        found.append(words("It can be moved as it is"))
    if detail.get("suspended"):
        found.append(words("It is suspended, so it is left out until somebody resumes it"))
    return found, quoted


def _stranded(batch: Batch, detail: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    words, why = here.words(), mapped.WHY[one["why"]]
    old = here.engine().bundle(detail["from"]) if detail.get("from") else None
    said = {"element": mapped.called(Labels(old, words), one["element"]) if old else one["element"], "why": words(why)}
    if not one["candidates"]:
        return words("“%(element)s” %(why)s, and nothing there can take its place", **said)
    best, because = one["candidates"][0]
    there = Labels(here.engine().bundle(batch.bundle), words)
    because = words(mapped.BECAUSE[because])
    said |= {"other": mapped.called(there, best), "because": because}
    return words("“%(element)s” %(why)s; “%(other)s” could take its place (%(because)s)", **said)


__all__ = [
    "KINDS",
    "OUTCOMES",
    "PAGE",
    "TITLES",
    "Panel",
    "Spot",
    "Stands",
    "Target",
    "Tile",
    "Told",
    "form",
    "known",
    "panel",
    "safe_cases",
    "standing",
    "target",
    "target_of",
    "tiles",
    "told",
    "ways",
]
