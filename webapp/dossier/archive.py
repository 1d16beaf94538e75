"""What the application knows of a case beside the engine: names, documents, and the dossier in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.bundles import Bundle
from engine.canonical import instant, read
from engine.errors import NotFound
from engine.evidence import Exhibit, Export, Paper
from engine.spiff import Marking

from .. import pictures, when
from ..labels import Labels, labels_of, process_names
from ..language import LANGUAGES, TAGS, Lang, words
from ..shell import NAMELESS
from . import story
from .strips import parts
from .tables import tables

if TYPE_CHECKING:
    from engine import Case
    from engine.model import Step
    from engine.proof.checkpoints import Inclusion

    from ..services import Services

NO_WORD = re.compile(r"[^\w .-]")  # what does not belong into the foot of a page


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A diagram with how far the case came in it."""

    name: str
    version: int | None
    picture: Markup
    parts: list[Markup]  # the same again, larger


class Archivist:
    """Speaks for the installation when evidence is taken away."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def names(self, ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """What people are called in each language, also those who have left."""
        found = {id: self._services.directory.anybody(id) for id in ids}
        return {id: {lang: one.called(lang) for lang in LANGUAGES} for id, one in found.items() if one is not None}

    def papers(self, case: Case) -> Iterable[Paper]:
        """The documents that the domain keeps of a case."""
        return self._services.papers(case)

    def dossier(self, exhibit: Exhibit, papers: Iterable[Paper], export: Export) -> dict[str, bytes]:
        """The dossier of a case, once in each language."""
        documents = list(papers)
        return {f"dossier.{lang}.html": self._dossier(exhibit, documents, export, lang) for lang in LANGUAGES}

    def cover(self, cases: Iterable[tuple[str, Case]], export: Export) -> dict[str, bytes]:
        """What leads to the dossiers of several cases, once in each language."""
        listed = list(cases)
        return {f"dossier.{lang}.html": self._cover(listed, export, lang) for lang in LANGUAGES}

    def _dossier(self, exhibit: Exhibit, papers: list[Paper], export: Export, lang: Lang) -> bytes:
        case, steps = exhibit.case, exhibit.steps
        bundles = self._bundles(exhibit)
        own, engine = bundles[case.bundle], self._services.engine
        labels = labels_of(own, words(lang), engine)
        others = [labels_of(one, words(lang), engine) for one in bundles.values() if one is not own]
        names = self._called({*exhibit.people, export.by}, lang)
        rows, other = labels.rows(case.data)
        return self._page(
            "case.html",
            lang,
            export,
            names,
            foot=NO_WORD.sub("", case.number),
            case=case,
            exhibit=exhibit,
            labels=labels,
            about=labels.about(case, process_names(engine, words(lang)) if labels.is_about_a_process else {}),
            days=story.days(steps, [labels, *others], names),
            drawings=list(self._drawings(exhibit, [labels, *others])),
            tables=list(tables(steps, homes(steps), bundles)),
            rows=rows,
            other=other,
            papers=papers,
            bundles=bundles,
            seals=[_seal(one) for one in exhibit.seals],
            secrets=story.Secrets({one.reference: one for one in exhibit.hidden}, names, words(lang)),
        )

    def _cover(self, cases: list[tuple[str, Case]], export: Export, lang: Lang) -> bytes:
        named = [
            (folder, case, labels_of(self._services.engine.bundle(case.bundle), words(lang)).process)
            for folder, case in cases
        ]
        return self._page("cover.html", lang, export, self._called({export.by}, lang), foot="", cases=named)

    def _page(self, template: str, lang: Lang, export: Export, names: Mapping[str, str], **more: Any) -> bytes:
        say = words(lang)

        def called(id: str) -> str:
            """What somebody is called; a form may name people who did nothing in the case."""
            return say(NAMELESS[id]) if id in NAMELESS else names.get(id) or self._called({id}, lang).get(id, id)

        text = (
            environment()
            .get_template(f"dossier/{template}")
            .render(
                _=say,
                ngettext=lambda one, more_, num: say.many(one, more_, num),
                lang=lang,
                tag=TAGS[lang],
                export=export,
                exported_at=when.full(instant(export.at), say, seconds=True),
                full=lambda at: when.full(at, say, seconds=True),
                person=called,
                **more,
            )
        )
        return text.encode()

    def _bundles(self, exhibit: Exhibit) -> dict[str, Bundle]:
        """The bundles of a case that can be read; the one it stands in must be."""
        found: dict[str, Bundle] = {}
        for digest in sorted(exhibit.bundles):
            try:
                found[digest] = self._services.engine.bundle(digest)
            except (NotFound, ValueError):
                continue
        if exhibit.case.bundle not in found:
            found[exhibit.case.bundle] = self._services.engine.bundle(exhibit.case.bundle)
        return found

    def _drawings(self, exhibit: Exhibit, labels: Iterable[Labels]) -> Iterable[Drawing]:
        """The diagram of the case, then those of what it has called and been before."""
        marking = Marking.from_bytes(exhibit.state)
        for number, one in enumerate(labels, 1):
            if one.bundle.diagram is None:
                continue
            progress = pictures.progress(exhibit.case, exhibit.steps, pictures.standing(one.bundle, marking))
            own = one.bundle.digest == exhibit.case.bundle
            version = exhibit.case.version if own else None
            picture, large = parts(pictures.of_case(one, progress), f"diagram-{number}")
            yield Drawing(name=one.process, version=version, picture=picture, parts=large)

    def _called(self, ids: Iterable[str], lang: Lang) -> dict[str, str]:
        return {id: said[lang] for id, said in self.names(sorted(ids)).items()}


def _seal(found: Inclusion) -> dict[str, Any]:
    """A checkpoint as the dossier lists it."""
    one = found.checkpoint
    return {"number": one.number, "at": one.at, "key": one.key, "seq": read(found.leaf)["seq"]}


def homes(steps: Iterable[Step]) -> dict[int, str]:
    """The bundle that a case stood in at each step."""
    found, now = dict[int, str](), ""
    for step in steps:
        now = str(step.input["bundle"]) if step.kind in ("started", "migrated") else now
        found[step.seq] = now
    return found


@cache
def environment() -> Environment:
    """Where the templates are: without Flask, because a file is written where there is no request, too."""
    made = Environment(
        loader=PackageLoader("webapp"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return made
