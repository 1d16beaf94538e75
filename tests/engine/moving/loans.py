"""Cases of an old version of a process, and a new version in which something is called otherwise or is gone."""

from engine import SYSTEM
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, line

ASKED = tiny.form({"amount": {"type": "number"}, "phone": {"type": "string", "x-personal": True}}, required=())
GIVEN = {"amount": 12, "phone": "13900000000"}


def one(task="ask", label=None, form=tiny.ASK, **said):
    """Start, one task, end; what a case begins with is declared."""
    body = tiny.begin() + tiny.ask(task, form=form, **said) + END + line("start", task, "end")
    return bundle(body.replace(f'name="{task}"', f'name="{label or task}"'))


def bundle(body, **files):
    return tiny.bundle("loan", body, tiny.messages("paid"), forms_start=ASKED, **files)


def joined(name="join", last="last"):
    """Two tasks at once, a join, and one task."""
    body = START + el("parallelGateway", "split") + tiny.ask("left") + tiny.ask("right")
    body += el("parallelGateway", name) + tiny.ask(last) + END
    return tiny.bundle("loan", body + line("start", "split", "left", name, last, "end") + line("split", "right", name))


def begun(engine, old, count=1, data=None):
    """So many cases of a version."""
    made = engine.deploy(old, by=SYSTEM)
    for _ in range(count):
        engine.start("loan", data, by=ANN)
    return made.bundle


def newer(engine, new):
    """A version that comes after."""
    return engine.deploy(new, by=SYSTEM).bundle


def worked(engine, batch):
    """A batch that is worked off: the outcome of each case and what is said of it."""
    engine.run_due()
    assert engine.batch(batch.id, OLGA).state == "done"
    return [(one.outcome, one.detail) for one in engine.batch_answers(batch.id, OLGA)]


def outcomes(engine, batch):
    """The outcome of each case."""
    return [outcome for outcome, _ in worked(engine, batch)]


def stands(engine, case_id="1"):
    """Where a case stands."""
    return sorted(token.element for token in engine.marking(case_id).tokens)
