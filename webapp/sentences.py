"""From a step of the history to sentences, as text and as HTML from the same words: "Zhou Min finished Check orders".

One sentence says what came from outside, further ones what followed and is worth a line. Personal values never occur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from engine.canonical import instant
from engine.model import Effect, Step

from . import when
from .forms import labels as named
from .labels import UNKNOWN, Labels, Row
from .language import Words, noop
from .shell import NAMELESS

MOST_NOTES = 3
LONGEST_NOTE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What happened, as text and as HTML, with what there is to add; `kind` is done, late, rule or nothing."""

    seq: int
    at: datetime
    text: str
    html: Markup
    kind: str = ""
    note: str = ""
    element: str = ""


@dataclass(frozen=True)
class Teller:
    """Tells the history of one case; `names` gives what people are called, by their id."""

    labels: Labels
    names: Mapping[str, str]

    @property
    def say(self) -> Words:
        """The words of the language."""
        return self.labels.words

    def tell(self, history: Sequence[Step], *, last: int | None = None) -> list[Sentence]:
        """Every sentence about a history, in its order, or the last ones."""
        told: list[Sentence] = []
        known: dict[int, Effect] = {}  # what every occurrence is: the effect that it began with
        silent = 0 if last is None else len(history) - last  # every step gives a sentence or more
        for number, step in enumerate(history):
            speaks = number >= silent
            if speaks:
                told.append(self._main(step, known))
            for effect in step.effects:
                if effect.occurrence not in known or effect.kind == "offered":
                    known[effect.occurrence] = effect
                elif effect.kind == "redated" and isinstance(was := known[effect.occurrence].detail, Mapping):
                    known[effect.occurrence] = replace(known[effect.occurrence], detail={**was, **effect.detail})
                elif effect.kind == "paused" and isinstance(was := known[effect.occurrence].detail, Mapping):
                    endless = {name: value for name, value in was.items() if name != "due"}
                    known[effect.occurrence] = replace(known[effect.occurrence], detail=endless)
                if speaks and (sentence := self._effect(step, effect, known)):
                    told.append(sentence)
        return told if last is None else told[-last:]

    def _main(self, step: Step, known: Mapping[int, Effect]) -> Sentence:
        given = step.input
        occurrence = next((given[name] for name in ("task", "timer", "to", "operator") if name in given), None)
        begun = known.get(occurrence) if isinstance(occurrence, int) else None
        what = self.labels.element(begun.element) if begun else str(given.get("element", given.get("message", "")))
        template, kind = MAIN.get(step.kind, (noop("%(who)s: step of the kind %(kind)s"), ""))
        parts = {
            "who": self.who(step.actor),
            "what": what,
            "to": self.who(str(given.get("assignee") or given.get("person") or "")),
            "process": self.labels.process,
            "kind": step.kind,
            "span": self._late(step, begun),
            "code": str(given.get("code", "")),
            "version": str(given.get("version", "")),
        }
        if step.kind == "started" and step.actor == "system":
            linked, planned = noop("%(process)s was started by another case"), noop("%(process)s began as planned")
            template = linked if "parent" in given else planned
        if step.kind == "completed" and parts["span"]:
            template, kind = noop("%(who)s finished %(what)s, %(span)s late"), "late"
        return self._sentence(
            step, template, parts, kind=kind, note=self._note(step, begun), element=begun.element if begun else ""
        )

    def _effect(self, step: Step, effect: Effect, known: Mapping[int, Effect]) -> Sentence | None:
        detail = effect.detail if isinstance(effect.detail, Mapping) else {}
        what = self.labels.element(effect.element)
        match effect.kind:
            case "decided":
                return self._decided(step, effect, what, detail)
            case "answered":
                failed = "error" in detail
                template = noop("%(what)s failed: %(code)s") if failed else noop("%(what)s was done by the system")
                return self._sentence(
                    step, template, {"what": what, "code": str(detail.get("error", ""))}, kind="late" if failed else ""
                )
            case "requested":
                return self._sentence(step, noop("%(what)s was begun by the system"), {"what": what})
            case "called":
                return self._sentence(step, noop("%(what)s began"), {"what": what})
            case "thrown":
                return self._sentence(step, noop("%(what)s was announced"), {"what": what})
            case "paused":
                return self._sentence(step, noop("The clock of %(what)s was stopped"), {"what": what})
            case "redated" if step.kind != "redated":
                return self._sentence(step, noop("The clock of %(what)s goes on"), {"what": what})
            case "cancelled" if (begun := known.get(effect.occurrence)) and begun.kind == "offered":
                return self._sentence(step, noop("%(what)s was not needed any more"), {"what": what})
            case "ended":
                return self._sentence(step, noop("The case ended: %(what)s"), {"what": self._end(step)})
        return None

    def _decided(self, step: Step, effect: Effect, what: str, detail: Mapping[str, Any]) -> Sentence:
        rows = [str(row) for row in detail.get("rows", ())]
        between = "、" if self.say.lang == "zh" else ", "
        parts = {"what": what, "rows": between.join(rows), "value": self._value(detail.get("value"))}
        if not rows:
            template = noop("%(what)s: no row applied")
        elif len(rows) == 1:
            template = noop("%(what)s: row %(rows)s gave %(value)s")
        else:
            template = noop("%(what)s: rows %(rows)s gave %(value)s")
        return self._sentence(step, template, parts, kind="rule", element=effect.element)

    def _end(self, step: Step) -> str:
        """The end event that a case came to last."""
        diagram = self.labels.bundle.diagram
        for effect in reversed(step.effects):
            if diagram and effect.element in diagram and diagram.element(effect.element).kind == "endEvent":
                return self.labels.element(effect.element)
        return self.labels.process

    def who(self, actor: str) -> str:
        """What somebody is called in a sentence."""
        if actor in NAMELESS:
            return self.say(NAMELESS[actor])
        return self.names.get(actor, actor)

    def _late(self, step: Step, begun: Effect | None) -> str:
        """By how much a task was finished late, if it was."""
        due = begun.detail.get("due") if begun and isinstance(begun.detail, Mapping) else None
        if step.kind != "completed" or not isinstance(due, str) or step.at <= instant(due):
            return ""
        return when.span(step.at - instant(due), self.say)

    def _note(self, step: Step, begun: Effect | None) -> str:
        """What was entered, in short; or the reason that was given."""
        if reason := step.input.get("reason"):
            return self.say("Reason: %(reason)s", reason=reason)
        values = step.input.get("values")
        if begun is None or not isinstance(values, Mapping):
            return ""
        rows = [row for row in self.labels.answers(begun.element, values) if row.text]
        rows = [row for row in rows if row.kind != "check"] or rows
        between = "；" if self.say.lang == "zh" else "; "
        return between.join(self._answer(row) for row in rows[:MOST_NOTES])

    def _answer(self, row: Row) -> str:
        text = " ".join(row.text.split())
        short = text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 1].rstrip() + "…"
        return self.say("%(label)s: %(value)s", label=row.label, value=short)

    def _value(self, value: Any) -> str:
        between = "，" if self.say.lang == "zh" else ", "
        if isinstance(value, Mapping):
            return between.join(named.shown(UNKNOWN, one, self.say) for one in value.values())
        if isinstance(value, list):
            return between.join(self._value(one) for one in value) or self.say("nothing")
        return named.shown(UNKNOWN, value, self.say) or self.say("nothing")

    def _sentence(
        self, step: Step, template: str, parts: Mapping[str, str], *, kind: str = "", note: str = "", element: str = ""
    ) -> Sentence:
        translated = self.say(template)
        html = Markup(escape(translated)) % {
            name: Markup("<strong>{}</strong>").format(part) for name, part in parts.items()
        }
        return Sentence(
            seq=step.seq, at=step.at, text=translated % parts, html=html, kind=kind, note=note, element=element
        )


MAIN: Mapping[str, tuple[str, str]] = {
    "started": (noop("%(who)s started %(process)s"), "done"),
    "completed": (noop("%(who)s finished %(what)s"), "done"),
    "claimed": (noop("%(who)s took %(what)s"), ""),
    "released": (noop("%(who)s gave %(what)s back"), ""),
    "assigned": (noop("%(who)s gave %(what)s to %(to)s"), ""),
    "fired": (noop("The time was up: %(what)s"), ""),
    "received": (noop("A message came in: %(what)s"), "done"),
    "signalled": (noop("A signal came in: %(what)s"), ""),
    "answered": (noop("%(what)s was done by the system"), ""),
    "failed": (noop("%(what)s failed: %(code)s"), "late"),
    "reminded": (noop("A reminder went out: %(what)s is nearly due"), ""),
    "breached": (noop("%(what)s ran over its term"), "late"),
    "escalated": (noop("%(what)s was escalated"), "late"),
    "cancelled": (noop("%(who)s cancelled the case"), "late"),
    "redated": (noop("Terms were dated anew, because the calendar of their year was loaded"), ""),
    "suspended": (noop("%(who)s suspended the case"), "late"),
    "resumed": (noop("%(who)s resumed the case"), "done"),
    "migrated": (noop("%(who)s moved the case to version %(version)s of its process"), "late"),
    "retried": (noop("%(who)s had %(what)s tried again"), ""),
    "given_up": (noop("%(who)s gave %(what)s up"), "late"),
    "upgraded": (noop("The case was moved to a newer release"), ""),
}
