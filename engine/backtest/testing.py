"""Takes the recorded inputs of a finished case to a draft, in their order, by the recorded time.

An input is given as soon as the draft waits for it, and not before it was given. A timer that the record has too fires
when it did; every other one when it is due. Where the draft needs what nobody has said, it is not taken further.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..bundles import Bundle
from ..canonical import instant, moment
from ..cases.change import bundle_of
from ..errors import EngineError, StepFailed
from ..forms import Form
from ..history.replay import Archive
from ..model import Effect, Step
from ..spiff import Marking, StepperError, Timer, Token
from ..trial import Nowhere, Trial
from . import outcome as outcomes
from .answers import Answers, AnswerUnknown
from .forms import asked_for, fitted
from .outcome import Outcome, compared, first_difference
from .places import Key, Places
from .record import Given, Record, Walk, record_of, start_form, took

FROM_OUTSIDE = frozenset({"completed", "skipped", "received", "signalled", "jumped"})  # what may stay unused
BY_HAND = frozenset({"jumped", "redated", "given_up", "corrected"})  # what a draft may have no place for
MOST_TURNS = 5_000  # inputs that a draft is given at most
InForce = Callable[[str], str]  # `process:key` or `decision:key` to the digest of the bundle in force now; KeyError


def none_in_force(name: str) -> str:
    """Know nothing that is in force."""
    raise Nowhere(name)


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A case beside what a draft makes of it."""

    outcome: Outcome
    recorded: Walk
    tried: Walk
    marking: Marking  # where the draft stands at the end


def tested(draft: Bundle, steps: Sequence[Step], archive: Archive, in_force: InForce = none_in_force) -> Tested:
    """What a draft makes of a finished case; EngineError or StepperError where the record itself cannot be replayed."""
    run = Run(draft, record_of(steps, archive), archive, in_force)
    run.go()
    return run.tested()


def names_in(bundle: Bundle, record: Record) -> dict[tuple[str, str], str]:
    """What elements were called before the case was moved, where a bundle does not have that other element too."""
    known = bundle.diagram
    return {
        (process, element): old
        for (process, element), old in record.places.names.items()
        if process != bundle.key or known is None or old not in known
    }


@dataclass(slots=True)
class Ended(Exception):
    """A draft cannot be taken any further."""

    outcome: str
    detail: dict[str, Any] = field(default_factory=dict)


class Run:
    """One draft on its way through the inputs of one case."""

    def __init__(self, draft: Bundle, record: Record, archive: Archive, in_force: InForce) -> None:
        assert record.bundle is not None
        self._draft, self._record, self._archive, self._in_force = draft, record, archive, in_force
        own = draft if draft.key == record.bundle.key else record.bundle
        self._places = Places(lambda digest: self._bundle(digest).key, names_in(own, record))
        configuration = archive.configuration(record.inputs[0][0].input["config"])
        known = replace(archive, bundle=self._bundle)
        self._answers = Answers(record.replies)
        self._trial = Trial(own, configuration, known, self._answers.to, self._bound)
        self._now = record.inputs[0][0].at
        self._given, self._seq = record.inputs[0][0], 0
        self._pending: list[Given] = []
        self._refused: list[Given] = []
        self._missing: dict[int, list[str]] = {}  # the tasks whose recorded values do not do, and what they lack
        self._turns, self._walk = 0, Walk()
        self._end: Ended | None = None

    # The world around the draft

    def _bundle(self, digest: str) -> Bundle:
        return self._draft if digest == self._draft.digest else self._archive.bundle(digest)

    def _bound(self, name: str) -> str:
        """The version that the record is bound to; the draft itself where it is asked for."""
        if name.partition(":")[2] == self._draft.key:
            return self._draft.digest
        then = self._given.input.get("bound", {}).get(name)
        return then or next(iter(self._record.bound.get(name, ())), None) or self._in_force(name)

    # Going on

    def go(self) -> None:
        """Take the draft as far as the record reaches."""
        try:
            for given, before in self._record.inputs:
                self._fire_before(given.at, before)
                self._given = given
                self._now = max(self._now, given.at)
                self._trial.configuration = self._archive.configuration(given.input["config"])
                self._take(given)
            self._run_out()
        except Ended as end:
            self._end = end

    def _take(self, given: Given) -> None:
        """Give an input whose moment has come, or keep it until the draft waits for it."""
        match given.kind:
            case "started":
                self._start(given)
            case "fired":
                self._fire_as_recorded(given)
            case "cancelled":
                if not self._trial.over and not self._held_up():
                    self._apply(given, {"reason": given.input.get("reason", "")})
            case "corrected":
                self._correct(given)
            case "redated":
                self._redate(given)
            case "given_up":
                self._give_up(given)
            case "answered" | "failed" | "upgraded" | "migrated":
                pass  # an answer is found by its question; a draft is there from the beginning
            case _:
                self._pending.append(given)
        self._drain()

    def _start(self, given: Given) -> None:
        message = given.input.get("message", "")
        values, missing = fitted(given.input["data"], given.form, start_form(self._trial.bundle, message))
        if missing:
            raise Ended(outcomes.NEEDS_DATA, {"fields": {"": missing}})
        self._apply(given, {**given.input, "data": values})

    def _drain(self) -> None:
        """Give what was kept, as long as the draft waits for any of it."""
        while not self._trial.over and self._one_more():
            pass

    def _one_more(self) -> bool:
        for given in self._pending:
            if (said := self._fitting(given)) is not None:
                self._pending.remove(given)
                self._apply(given, said)
                return True
        return self._answered() or self._passed()

    def _held_up(self) -> bool:
        """Whether inputs are kept because of a task that the record does not know, or whose values do not do."""
        new = [t for t in self._ready() if self._places.get(t.occurrence) not in self._record.walk.offers]
        return bool(self._pending) and bool(new or self._missing)

    def _fitting(self, given: Given) -> dict[str, Any] | None:
        """An input as the draft takes it now; None while it does not wait for it."""
        if given.kind == "signalled":
            heard = any(s.kind == "signal" and s.name == given.input["signal"] for s in self._marking.subscriptions)
            return dict(given.input) if heard else None
        if given.kind == "received":
            return self._message(given)
        token = self._token(given.key, "ready" if given.kind != "jumped" else "")
        if token is None:
            return None
        if given.kind != "completed":
            return {**given.input, "token" if given.kind == "jumped" else "task": token.occurrence}
        return self._filled(given, token, "values", {"task": token.occurrence})

    def _filled(self, given: Given, token: Token, name: str, said: dict[str, Any]) -> dict[str, Any] | None:
        if token.occurrence in self._missing:
            return None
        values, missing = fitted(given.input[name], given.form, self._form(token))
        if missing:
            self._missing[token.occurrence] = missing
            return None
        return {**given.input, **said, name: values}

    def _message(self, given: Given) -> dict[str, Any] | None:
        met = [
            s.occurrence
            for s in self._marking.subscriptions
            if s.kind == "message" and (s.name, s.key) == given.message and s.occurrence not in self._missing
        ]
        if not met:
            return None
        to = next((one for one in met if self._places.get(one) == given.key), met[0])
        token = next(token for token in self._marking.tokens if token.occurrence == to)
        return self._filled(given, token, "payload", {"to": to})

    def _answered(self) -> bool:
        """Bring an answer of a remote operator whose moment has come."""
        waiting = {token.occurrence: token.element for token in self._marking.tokens if token.state == "started"}
        if (found := self._answers.due(waiting, self._now)) is None:
            return False
        to, given = found
        here = replace(given, element=waiting[to], key=self._places[to])
        self._apply(here, {**given.input, "operator": to})
        return True

    def _passed(self) -> bool:
        """Pass a task that is new and asks for nothing: nobody has to say anything there."""
        for token in self._marking.tokens:
            key = self._places.get(token.occurrence)
            if token.state == "ready" and key is not None and key not in self._record.walk.offers:
                form = self._form(token)
                if form is not None and not form.properties and not form.open:
                    given = self._by_nobody("completed", token.element, key)
                    self._apply(given, {"task": token.occurrence, "values": {}})
                    return True
        return False

    def _by_nobody(self, kind: str, element: str, key: Key) -> Given:
        return Given(seq=self._seq, at=self._now, actor="", kind=kind, input={}, element=element, key=key)

    def _apply(self, given: Given, said: dict[str, Any]) -> None:
        """Let the draft take an input; what it cannot go on with ends the run."""
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise Ended(outcomes.STUCK, {"why": "it goes on and on", "element": given.element})
        self._answers.begin()
        self._seq = max(self._seq, given.seq)
        try:
            effects = self._trial.apply(given.kind, said, self._now)
        except AnswerUnknown as error:
            raise Ended(outcomes.UNKNOWN, {"element": error.element, "operator": error.why}) from error
        except StepFailed as error:
            raise Ended(outcomes.STUCK, {"element": error.element, "why": error.why}) from error
        except (StepperError, EngineError) as error:
            if given.kind in BY_HAND:
                self._refused.append(given)
                return
            raise Ended(outcomes.STUCK, {"element": given.element, "why": str(error)}) from error
        self._note(given, effects)

    def _note(self, given: Given, effects: tuple[Effect, ...]) -> None:
        self._answers.keep()
        self._places.see(self._marking, self._trial.bundle.digest)
        took(self._walk, given, self._seq, self._now, effects, self._places)

    # Time

    def _fire_before(self, at: datetime, before: Marking) -> None:
        """Fire what was due before a moment, but what the record had armed too: that fires when it did."""
        armed = {(self._record.places.get(t.occurrence), t.number, t.due) for t in before.timers}
        while not self._trial.over:
            due = [timer for timer in self._timers() if timer.due < moment(at)]
            due = [timer for timer in due if (self._places.get(timer.occurrence), timer.number, timer.due) not in armed]
            if not due:
                return
            self._fire(min(due, key=lambda timer: (timer.due, timer.occurrence)))

    def _timers(self) -> list[Timer]:
        stopped = self._marking.stopped
        return [timer for timer in self._marking.timers if timer.occurrence not in stopped]

    def _fire(self, timer: Timer) -> None:
        self._now = max(self._now, instant(timer.due))
        given = self._by_nobody("fired", timer.element, self._places[timer.occurrence])
        self._apply(given, {"timer": timer.occurrence})
        self._drain()

    def _fire_as_recorded(self, given: Given) -> None:
        for timer in self._timers():
            if self._places.get(timer.occurrence) == given.key and timer.due <= moment(self._now):
                self._apply(given, {"timer": timer.occurrence})
                return

    def _run_out(self) -> None:
        """Behind the last input time goes on only while the draft waits for nothing else."""
        while not self._trial.over and (timers := self._timers()):
            if self._ready() or self._marking.subscriptions or self._unanswered():
                return
            self._fire(min(timers, key=lambda timer: (timer.due, timer.occurrence)))

    # Interventions

    def _correct(self, given: Given) -> None:
        removed = [name for name in given.input["removed"] if name in self._marking.data]
        if not self._trial.over:
            self._apply(given, {**given.input, "removed": removed})

    def _redate(self, given: Given) -> None:
        ours = {key: one for one, key in ((t.occurrence, self._places.get(t.occurrence)) for t in self._marking.tokens)}
        theirs = dict(given.keys)
        armed = {timer.occurrence for timer in self._marking.timers if timer.provisional}
        ready = {token.occurrence for token in self._ready()}
        said = dict(given.input)
        for name, there in (("tasks", ready), ("timers", armed)):
            mapped = {ours.get(theirs.get(int(one))): due for one, due in given.input[name].items()}
            said[name] = {str(one): due for one, due in mapped.items() if one in there}
        if said["tasks"] or said["timers"]:
            self._apply(given, said)

    def _give_up(self, given: Given) -> None:
        wanted = {key for _, key in given.keys}
        waiting = [token.occurrence for token in self._unanswered() if self._places.get(token.occurrence) in wanted]
        if waiting:
            self._apply(given, {**given.input, "operators": waiting})

    # Where it stands

    @property
    def _marking(self) -> Marking:
        return self._trial.marking

    def _token(self, key: Key | None, state: str) -> Token | None:
        for token in self._marking.tokens:
            if self._places.get(token.occurrence) == key and state in ("", token.state):
                return token
        return None

    def _ready(self) -> list[Token]:
        return [token for token in self._marking.tokens if token.state == "ready"]

    def _unanswered(self) -> list[Token]:
        return [t for t in self._marking.tokens if t.state == "started" and self._answers.awaits(t.occurrence)]

    def _form(self, token: Token) -> Form | None:
        digest = bundle_of(self._marking, token.occurrence, self._trial.bundle.digest)
        return self._bundle(digest).form_of(token.element)

    # The end

    def tested(self) -> Tested:
        """What came of it."""
        self._walk.data = self._marking.data
        first = first_difference(self._record.walk, self._walk)
        end = self._end or self._ending(first is not None)
        detail = {**compared(self._record.walk, self._walk), **end.detail}
        seq = first.seq if first is not None else None
        if first is not None:
            detail["first"] = outcomes.plain(first)
        elif end.outcome != outcomes.SAME:
            seq = self._seq
        found = Outcome(outcome=end.outcome, seq=seq, detail=detail)
        return Tested(outcome=found, recorded=self._record.walk, tried=self._walk, marking=self._marking)

    def _ending(self, differs: bool) -> Ended:
        if not self._trial.over:
            return self._waiting()
        unused = [given for given in (*self._refused, *self._pending) if given.kind in FROM_OUTSIDE]
        if unused:
            named = [given.element or given.input.get("signal", "") for given in unused]
            return Ended(outcomes.UNUSED, {"unused": named[: outcomes.MOST]})
        return Ended(outcomes.OTHER_PATH if differs else outcomes.SAME)

    def _waiting(self) -> Ended:
        """What a draft waits for that nobody has given it."""
        fields = {t.element: self._missing.get(t.occurrence) or asked_for(self._form(t)) for t in self._ready()}
        waits = list(self._marking.subscriptions)
        if fields:
            return Ended(outcomes.NEEDS_DATA, {"fields": fields})
        if unanswered := self._unanswered():
            return Ended(outcomes.UNKNOWN, {"element": unanswered[0].element})
        if waits:
            lacking = {s.element: self._missing[s.occurrence] for s in waits if s.occurrence in self._missing}
            names = sorted({s.name for s in waits})
            return Ended(outcomes.NEEDS_DATA, {"fields": lacking} if lacking else {"messages": names})
        elements = sorted({token.element for token in self._marking.tokens})
        return Ended(outcomes.STUCK, {"element": elements[0], "why": "it waits for what cannot come"})
