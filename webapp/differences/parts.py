"""What a difference is, and how two lists of named facts are held against each other."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..language import Words, noop

Say = Callable[[str], str]  # what a text of a bundle is in the language of whoever reads

ADDED, CHANGED, REMOVED, MOVED = "added", "changed", "removed", "moved"
TONES = {ADDED: "ok", CHANGED: "warn", REMOVED: "bad", MOVED: "info"}
MOST_LINES = 500  # of a text that is compared line by line
AROUND = 2  # lines that are shown around what changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: what it is about, what is said of it, and both sides.

    `element` is the id of what is drawn, `place` what a table or form calls the row or field. `lines` are those of a
    text, each with `+`, `-` or a blank before it.
    """

    kind: str
    what: str
    said: str = ""
    before: str = ""
    after: str = ""
    element: str = ""
    file: str = ""
    place: str = ""
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def tone(self) -> str:
        """The tone of its kind."""
        return TONES[self.kind]


MEANT = {
    # elements
    "name": noop("is called"),
    "kind": noop("is of the kind"),
    "documentation": noop("is described as"),
    "instructions": noop("tells people"),
    "scope": noop("is part of"),
    "lane": noop("is in the lane of"),
    "attached_to": noop("stands at the edge of"),
    "cancel_activity": noop("interrupts what it stands at"),
    "interrupting": noop("interrupts what it belongs to"),
    "triggered_by_event": noop("is begun by an event"),
    "default": noop("goes, where no condition holds, by the flow"),
    "form": noop("asks with the form"),
    "variable_name": noop("keeps its answers as"),
    "post_script": noop("works out afterwards"),
    "script": noop("works out"),
    "called_decision": noop("asks the decision"),
    "called_process": noop("calls the process"),
    "operator": noop("calls the operator"),
    "operator_result": noop("keeps the operator’s result as"),
    # what people are told
    "dueIn": noop("is due in"),
    "candidateGroups": noop("is done by"),
    "assignee": noop("is for"),
    "priority": noop("has the priority"),
    "fourEyes": noop("may not be done by whoever did"),
    "starters": noop("may be started by"),
    "readers": noop("may be read by"),
    "prefix": noop("begins its case numbers with"),
    "subject": noop("is about the field"),
    "confidentiality": noop("has cases of the class"),
    "correlationKey": noop("is told apart by"),
    "resultVariable": noop("keeps the result as"),
    "pauses": noop("lets the clock stand still of"),
    "stage": noop("is of the stage"),
    "evidence": noop("gives the customer"),
    "failurePoint": noop("can fail by"),
    "waitingPoint": noop("keeps people waiting for"),
    "inputs": noop("takes from its caller"),
    "outputs": noop("gives back to its caller"),
    # events
    "event": noop("is an event of the kind"),
    "timeDuration": noop("waits for the time"),
    "timeDate": noop("waits until"),
    "timeCycle": noop("comes again in"),
    "waits_message": noop("waits for the message"),
    "throws_message": noop("sends the message"),
    "waits_signal": noop("waits for the signal"),
    "throws_signal": noop("sends the signal"),
    "waits_error": noop("catches the error"),
    "throws_error": noop("ends with the error"),
    "event_variable": noop("keeps what it brings as"),
    "event_payload": noop("sends along"),
    # several instances
    "instances": noop("runs several times"),
    "collection": noop("runs once for each of"),
    "cardinality": noop("runs so many times"),
    "item": noop("calls each of them"),
    "output": noop("gathers the results in"),
    "output_item": noop("takes as each result"),
    "completion": noop("stops early when"),
    # flows
    "condition": noop("is taken if"),
    "source": noop("leaves"),
    "target": noop("leads to"),
    "order": noop("tries its flows in the order"),
    # tables
    "policy": noop("has the hit policy"),
    "label": noop("is labelled"),
    "expression": noop("reads"),
    "type": noop("is of the type"),
    "values": noop("allows"),
    "otherwise": noop("gives, where nothing hits"),
    "description": noop("is explained as"),
    # forms
    "title": noop("is called in English"),
    "title_zh": noop("is called in Chinese"),
    "hint": noop("has the English hint"),
    "hint_zh": noop("has the Chinese hint"),
    "control": noop("is a field of the kind"),
    "required": noop("must be filled in"),
    "personal": noop("is personal"),
    "minimum": noop("is at least"),
    "maximum": noop("is at most"),
    "exclusiveMinimum": noop("is more than"),
    "exclusiveMaximum": noop("is less than"),
    "minLength": noop("has at least so many characters"),
    "maxLength": noop("has at most so many characters"),
    "minItems": noop("has at least so many entries"),
    "maxItems": noop("has at most so many entries"),
    "multipleOf": noop("goes in steps of"),
    "pattern": noop("fits the pattern"),
    "format": noop("is written as"),
    "choices": noop("offers"),
    "when": noop("is asked for if"),
    "from": noop("begins with what the case holds at"),
    "initial": noop("begins with"),
    "exists": noop("is looked up among"),
    "readOnly": noop("can only be read"),
    "unit": noop("has the unit"),
    "submit": noop("names its button"),
    "submit_zh": noop("names its button in Chinese"),
    "rules": noop("has the rules"),
    "compare": noop("shows for comparison"),
    "open": noop("takes fields that are not declared"),
}
KEPT_IN_LINES = ("post_script", "script", "documentation", "instructions")


def compared(
    before: Mapping[str, str], after: Mapping[str, str], what: str, words: Words, **where: str
) -> Iterator[Difference]:
    """The facts that are not the same on both sides; texts of several lines also line by line."""
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            found = lines(old, new) if name in KEPT_IN_LINES else ()
            yield Difference(
                kind=CHANGED,
                what=what,
                said=said(name, words),
                before="" if found else old,
                after="" if found else new,
                lines=found,
                **where,
            )


def said(name: str, words: Words) -> str:
    """What is said of a fact; a parameter of an operator is named by itself."""
    if name in MEANT:
        return words(MEANT[name])
    if name.startswith("gives "):
        return words("gives to the operator as %(name)s", name=name[6:])
    return name


def lines(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """How a text of several lines changed, with some lines around each place; nothing for one of few or too many."""
    old, new = before.strip().splitlines(), after.strip().splitlines()
    if max(len(old), len(new)) < 2 or max(len(old), len(new)) > MOST_LINES:
        return ()
    found = list(difflib.unified_diff(old, new, lineterm="", n=AROUND))[2:]
    return tuple((line[:1], line[1:]) if not line.startswith("@@") else ("…", "") for line in found)


def yes_no(value: object, words: Words) -> str:
    """A truth as people read it."""
    return words("yes") if value else words("no")
