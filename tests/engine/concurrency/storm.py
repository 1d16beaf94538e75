"""A storm: each member of a crew gives many commands of all kinds, chosen by chance, to a few cases that all press on.

What it returns can be counted: how often each command succeeded and by what it was refused, and every fault in full.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

from engine import SYSTEM, Actor
from tests.engine import tiny
from tests.engine.concurrency.racing import attempt
from tests.engine.people import ANN, BEN, LEA, OLGA
from tests.engine.spiff.xmls import END, START, el, line, timer

PEOPLE = (ANN, BEN, LEA)
KIM = Actor("kim", groups={"process_owner"})
FEW = 6  # cases that are pressed on


def loan(number):
    """Three ways at once: a task that much can interrupt, a mail and a task, a message to whoever waits; then one task."""
    body = START + el("parallelGateway", "split") + el("parallelGateway", "join") + tiny.ask("last") + END
    body += tiny.ask("ask", dueIn="PT4H") + tiny.ask("chase") + el("exclusiveGateway", "done")
    events = {"late": timer("&quot;PT1H&quot;"), "stop": tiny.message("stop"), "halt": tiny.signal("halt")}
    for name, definition in events.items():
        body += tiny.boundary(name, "ask", definition) + line(name, "chase")
    body += tiny.call("mail", "mail/send") + tiny.ask("look") + tiny.call("lost", "mail/lost")
    body += el("intermediateThrowEvent", "say", tiny.message("paid")) + tiny.catch("hear", tiny.message("paid"))
    body += line("start", "split", "ask", "done", "join", "last", "end") + line("chase", "done")
    body += line("split", "mail", "look", "say", "join") + line("split", "hear", "lost", "join")
    roots = tiny.messages("stop", "paid") + tiny.signals("halt")
    return tiny.bundle("loan", body, roots, forms_ask=tiny.form(title=str(number)))


def shout():
    """A case that throws a signal to all others and starts a linked one."""
    link = tiny.call("link", "case/start", process="&quot;loan&quot;")
    body = START + el("intermediateThrowEvent", "say", tiny.signal("halt")) + link + END
    return tiny.bundle("shout", body + line("start", "say", "link", "end"), tiny.signals("halt"))


def hourly(number):
    """A process that begins by the clock."""
    start = el("startEvent", "start", timer("&quot;PT1H&quot;"))
    body = start + tiny.ask("ask") + END + line("start", "ask", "end")
    return tiny.bundle("hourly", body, forms_ask=tiny.form(title=str(number)))


def cases(engine, status):
    """The ids of the newest cases of a status."""
    return [case.id for case in engine.cases(SYSTEM, limit=FEW, status=status)]


def pick(chance, some):
    """One of some, or what nothing is called."""
    return chance.choice(some) if some else "0"


def a_case(engine, chance, status="open"):
    return pick(chance, cases(engine, status))


def a_task(engine, chance):
    return pick(chance, [task.id for case in cases(engine, "open") for task in engine.tasks(case)])


def a_proposal(engine, chance):
    return int(pick(chance, [one.id for one in engine.proposals()]))


def an_incident(engine, chance):
    return int(pick(chance, [one.id for one in engine.incidents(limit=FEW)]))


def send(engine, chance):
    named = {"message_id": f"m-{chance.randrange(12)}"} if chance.random() < 0.5 else {}
    case = {"case": a_case(engine, chance)} if chance.random() < 0.7 else {}
    return engine.send(chance.choice(("stop", "paid")), {"paid": 1}, by=SYSTEM, **case, **named)


def work(engine, chance):
    engine.clock.advance(minutes=chance.choice((0, 1, 30, 61)))
    return engine.run_due(limit=5)


def jump(engine, chance):
    """Let a token go on at one of the elements that are offered for it."""
    case = a_case(engine, chance)
    ways = [(way.token, to) for way in engine.jumps(case, by=LEA) for to in way.targets]
    token, to = chance.choice(ways) if ways else (0, "end")
    return engine.jump(case, token, to=to, by=LEA, reason="x")


def correct(engine, chance):
    return engine.correct(a_case(engine, chance), {"extra": chance.randrange(9)}, by=LEA, reason="x")


def on_configuration(engine, chance):
    """Propose a value, or approve one."""
    found = engine.configuration_proposals()
    if found and chance.random() < 0.6:
        return engine.approve_configuration(chance.choice(found).id, by=KIM)
    return engine.propose_configuration({"LIMIT": chance.randrange(4)}, by=OLGA, reason="x")


COMMANDS = {
    "start": (4, lambda e, c: e.start("loan", by=c.choice(PEOPLE))),
    "shout": (1, lambda e, c: e.start("shout", by=c.choice(PEOPLE))),
    "complete": (8, lambda e, c: e.complete(a_task(e, c), {"approved": True}, by=c.choice(PEOPLE))),
    "claim": (2, lambda e, c: e.claim(a_task(e, c), by=c.choice(PEOPLE))),
    "release": (2, lambda e, c: e.release(a_task(e, c), by=LEA)),
    "assign": (2, lambda e, c: e.assign(a_task(e, c), to=c.choice(PEOPLE).name, by=LEA)),
    "save_draft": (2, lambda e, c: e.save_draft(a_task(e, c), {"note": "x"}, by=c.choice(PEOPLE))),
    "send": (4, send),
    "run_due": (5, work),
    "cancel": (1, lambda e, c: e.cancel(a_case(e, c), by=LEA, reason="x")),
    "suspend": (3, lambda e, c: e.suspend(a_case(e, c), by=LEA, reason="x")),
    "resume": (4, lambda e, c: e.resume(a_case(e, c, "suspended"), by=LEA, reason="x")),
    "migrate": (2, lambda e, c: e.migrate(a_case(e, c), by=OLGA, reason="x")),
    "jump": (2, jump),
    "skip": (1, lambda e, c: e.skip(a_task(e, c), by=LEA, reason="x", values={"approved": True})),
    "correct": (2, correct),
    "retry": (2, lambda e, c: e.retry(an_incident(e, c), by=LEA)),
    "give_up": (2, lambda e, c: e.give_up(an_incident(e, c), by=LEA, reason="x")),
    "deploy": (1, lambda e, c: e.deploy(c.choice((loan, hourly))(c.randrange(4)), by=OLGA)),
    "propose": (1, lambda e, c: e.propose(c.choice((loan, hourly))(c.randrange(4)), by=OLGA, reason="x")),
    "approve": (1, lambda e, c: e.approve(a_proposal(e, c), by=KIM)),
    "configure": (1, lambda e, c: e.configure(by=OLGA, parameters={"LIMIT": {"value": c.randrange(4)}})),
    "propose_configuration": (1, on_configuration),
}


@dataclass
class Weather:
    """What a storm has done: successes by command, refusals by command and error, faults in full."""

    done: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def note(self, name, outcome):
        """Count what a command came to."""
        if not outcome.error:
            self.done[name] += 1
        elif outcome.refused and outcome.data.get("how") != "raced":
            self.refused[name, outcome.error] += 1
        else:
            self.faults.append(f"{name}: {outcome.message}")


@dataclass(frozen=True)
class Storm:
    """A command that gives many others, the same ones for the same seed as far as the cases are the same."""

    seed: int
    number: int

    def __call__(self, engine):
        chance, weather = random.Random(self.seed), Weather()
        names, weights = list(COMMANDS), [weight for weight, _ in COMMANDS.values()]
        for name in chance.choices(names, weights, k=self.number):
            command = COMMANDS[name][1]
            weather.note(name, attempt(engine, lambda e, command=command: command(e, chance)))
        return weather
