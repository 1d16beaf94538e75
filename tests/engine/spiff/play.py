"""What the tests share: a fixed moment, a watchdog, and a case whose marking goes through its bytes at every step."""

import signal
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from engine.canonical import canonical
from engine.spiff import Answer, Environment, Marking, Shelf, Stepper, parse

AT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def stored(outcome):
    """The marking as it comes back from its bytes, and the effects."""
    marking, effects = outcome
    assert canonical([[e.kind, e.element, e.occurrence, e.detail] for e in effects])
    again = Marking.from_bytes(marking.to_bytes())
    assert again == marking and again.to_bytes() == marking.to_bytes()
    return again, effects


@contextmanager
def within(seconds=20):
    """A watchdog for what must not hang: generous, so that it says nothing about speed."""

    def bark(*_):
        raise TimeoutError(f"not done within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answering(operators):
    """Local operators: what a callable gives, or an Answer as it is; all others are remote."""

    def answer(request):
        if request.operator not in operators:
            return None
        given = operators[request.operator](request)
        return given if isinstance(given, Answer) else Answer(given)

    return answer


class Play:
    """A case that is stored and loaded after every step."""

    def __init__(self, *documents, data=None, operators=None, own=None, shared=None, world=None, **start):
        bundles = [parse(d, decisions=own) for d in documents]
        self.environment = Environment(
            library=Shelf(*bundles, decisions=shared), answer=answering(operators or {}), **(world or {})
        )
        self.stepper, self.at = Stepper(bundles[0], self.environment), AT
        self.take(self.stepper.start(data or {}, self.at, **start))

    def take(self, outcome):
        self.marking, self.effects = stored(outcome)
        return self

    def later(self, **by):
        self.at += timedelta(**by)
        return self

    def of(self, element, rows=None):
        return min(
            r.occurrence
            for r in (self.marking.tokens if rows is None else rows)
            if r.element == element and getattr(r, "state", "ready") != "started"
        )

    def do(self, element, **values):
        return self.take(self.stepper.complete(self.marking, self.of(element), values, self.at))

    def fire(self, element):
        return self.take(self.stepper.fire(self.marking, self.of(element, self.marking.timers), self.at))

    def hear(self, name, payload=None, **more):
        return self.take(self.stepper.message(self.marking, name, payload or {}, self.at, **more))

    def signal(self, name, payload=None):
        return self.take(self.stepper.signal(self.marking, name, payload or {}, self.at))

    def asked(self, element):
        return next(t.occurrence for t in self.marking.tokens if t.element == element and t.state == "started")

    @property
    def tasks(self):
        return sorted(t.element for t in self.marking.tokens if t.state == "ready")

    @property
    def waits(self):
        return sorted(x.element for x in (*self.marking.timers, *self.marking.subscriptions))

    def seen(self, kind):
        return [e.element if kind != "taken" else e.detail for e in self.effects if e.kind == kind]
