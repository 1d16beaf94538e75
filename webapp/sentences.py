"""From a step of the history to sentences, as text and as HTML from the same words: "Zhou Min finished Check orders".

One sentence says what came from outside, further ones what followed and is worth a line. Personal values never occur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from engine.canonical import instant
from engine.history.frames import remember
from engine.model import Effect, Step

from . import when
from .forms import labels as named
from .incidents import place
from .labels import NOTHING, UNKNOWN, Labels, Row
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

    def tell(
        self, history: Sequence[Step], *, last: int | None = None, before: Mapping[int, Effect] | None = None
    ) -> list[Sentence]:
        """Every sentence about a history, in its order, or the last ones.

        Of a history that does not begin with its start, `before` says what the occurrences of then began as.
        """
        told: list[Sentence] = []
        known = dict(before or {})  # what every occurrence is: the effect that it began with
        silent = 0 if last is None else len(history) - last  # every step gives a sentence or more
        for number, step in enumerate(history):
            speaks = number >= silent
            if speaks:
                told.append(self._main(step, known))
            for effect in step.effects:
                remember(known, effect)
                if speaks and (sentence := self._effect(step, effect, known)):
                    told.append(sentence)
        return told if last is None else told[-last:]

    def one(self, step: Step) -> Sentence:
        """The sentence about a step that stands alone, without the history before it."""
        return self._main(step, {effect.occurrence: effect for effect in step.effects if effect.occurrence})

    def _main(self, step: Step, known: Mapping[int, Effect]) -> Sentence:
        given = step.input
        occurrence = next((given[name] for name in ("task", "token", "timer", "to", "operator") if name in given), None)
        begun = known.get(occurrence) if isinstance(occurrence, int) else None
        what = self.labels.element(begun.element) if begun else str(given.get("message", ""))
        if "element" in given and (begun is None or step.kind == "jumped"):
            what = place(self.labels, str(given["element"]))
        template, kind = MAIN.get(step.kind, (noop("%(who)s: step of the kind %(kind)s"), ""))
        parts = {
            "who": self.who(step.actor),
            "what": what,
            "to": self.who(str(given.get("assignee") or given.get("person") or "")),
            "there": self.labels.element(str(given.get("target", ""))),
            "fields": self._between().join(self._field(name) for name in changes_of(step)),
            "process": self.labels.process,
            "kind": step.kind,
            "span": self._late(step, begun),
            "code": str(given.get("code", "")),
            "version": str(given.get("version", "")),
            "rule": str(given.get("under", "")),
            "values": self.say.many("%(num)s value", "%(num)s values", len(given.get("references", ()))),
        }
        if step.kind == "started" and step.actor == "system":
            linked, planned = noop("%(process)s was started by another case"), noop("%(process)s began as planned")
            template = linked if "parent" in given else planned
        if step.kind == "disposed":
            template = DISPOSED.get(str(given["disposition"]), template)
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
            case "cancelled" if step.kind == "jumped" and effect.occurrence == step.input["token"]:
                return None
            case "cancelled" if (begun := known.get(effect.occurrence)) and begun.kind == "offered":
                return self._sentence(step, noop("%(what)s was not needed any more"), {"what": what})
            case "ended":
                return self._sentence(step, noop("The case ended: %(what)s"), {"what": self._end(step)})
        return None

    def _decided(self, step: Step, effect: Effect, what: str, detail: Mapping[str, Any]) -> Sentence:
        rows = [str(row) for row in detail.get("rows", ())]
        parts = {"what": what, "rows": self._between().join(rows), "value": self._value(detail.get("value"))}
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
        """What was entered, in short; or the reason that was given, with what was changed for it."""
        between = "；" if self.say.lang == "zh" else "; "
        if reason := step.input.get("reason"):
            changes = (self._change(name, change) for name, change in changes_of(step).items())
            return between.join([self.say("Reason: %(reason)s", reason=reason), *changes])
        values = step.input.get("values")
        if begun is None or not isinstance(values, Mapping):
            return ""
        rows = [row for row in self.labels.answers(begun.element, values) if row.text]
        rows = [row for row in rows if row.kind != "check"] or rows
        return between.join(self._answer(row) for row in rows[:MOST_NOTES])

    def _answer(self, row: Row) -> str:
        return self.say("%(label)s: %(value)s", label=row.label, value=cut(row.text))

    def _between(self) -> str:
        return "、" if self.say.lang == "zh" else ", "

    def _field(self, name: str) -> str:
        """What a field of the case's data is called."""
        return self.labels.field(name)

    def _change(self, name: str, change: Mapping[str, Any]) -> str:
        """The old and the new value of a field that was corrected."""
        old, new = (self._held(name, change.get(which)) for which in ("old", "new"))
        return self.say("%(field)s: %(old)s → %(new)s", field=self._field(name), old=old, new=new)

    def _held(self, name: str, value: Any) -> str:
        """A value of the case's data in short; what is personal is not said."""
        entered, other = self.labels.rows({name: value})
        return self._between().join(filter(None, map(self._text, (*entered, *other)))) or self.say("nothing")

    def _text(self, row: Row) -> str:
        if row.vault:
            return self.say("in the vault")
        inside = self._between().join(filter(None, map(self._text, row.rows)))
        return cut(inside or row.text)

    def _value(self, value: Any) -> str:
        between = "，" if self.say.lang == "zh" else ", "
        if isinstance(value, str) and when.is_moment(value):
            return when.read(value, self.say)
        if isinstance(value, Mapping) and not named.in_languages(value):
            return between.join(self._value(one) for one in value.values() if one not in NOTHING)
        if isinstance(value, list):
            return between.join(self._value(one) for one in value) or self.say("nothing")
        return named.shown(UNKNOWN, value, self.say) or self.say("nothing")

    def _sentence(
        self, step: Step, template: str, parts: Mapping[str, str], *, kind: str = "", note: str = "", element: str = ""
    ) -> Sentence:
        translated = self.say(template)
        said = {name: part for name, part in parts.items() if f"%({name})s" in translated}
        html = Markup(escape(translated)) % {
            name: Markup(f"<strong>{escape(part)}</strong>") for name, part in said.items()
        }
        return Sentence(
            seq=step.seq, at=step.at, text=translated % said, html=html, kind=kind, note=note, element=element
        )


def changes_of(step: Step) -> Mapping[str, Mapping[str, Any]]:
    """The fields of the case's data that a step corrected, each with its old and new value."""
    found = (effect.detail for effect in step.effects if effect.kind == "corrected")
    return next((detail for detail in found if isinstance(detail, Mapping)), {})


def cut(text: str) -> str:
    """A text as a note has room for it."""
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_NOTE else plain[: LONGEST_NOTE - 1].rstrip() + "…"


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
    "upgraded": (noop("The case was moved to a newer release"), ""),
    "given_up": (noop("%(who)s gave %(what)s up"), "late"),
    "corrected": (noop("%(who)s corrected %(fields)s"), "late"),
    "jumped": (noop("%(who)s let the case go on at %(there)s instead of %(what)s"), "late"),
    "skipped": (noop("%(who)s skipped %(what)s"), "late"),
    "hold_placed": (noop("%(who)s placed a legal hold"), "late"),
    "hold_released": (noop("%(who)s released the legal hold"), "done"),
    "disposed": (noop("%(who)s erased personal data under %(rule)s: %(values)s"), "late"),
}

DISPOSED: Mapping[str, str] = {
    "anonymised": noop("%(who)s anonymised personal data under %(rule)s: %(values)s"),
    "restricted": noop("%(who)s restricted personal data under %(rule)s: %(values)s"),
}
