"""A case that may have to wait for its customer, and what happens to it; whoever tests clocks that pause begins here."""

from datetime import UTC, datetime

from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, line, timer

ASK = "ask_customer"


def at(text):
    """A moment in Shanghai, where the business hours are."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def files(term="4 bh", limit="2 BD"):
    """Somebody works on a case that may have to wait for the customer's answer; a timer watches the work."""
    body = (
        START
        + el("parallelGateway", "split")
        + tiny.ask("work", dueIn=term)
        + tiny.boundary("limit", "work", timer(f"&quot;{limit}&quot;"), False)
        + tiny.ask("chase")
        + tiny.ask("question")
        + tiny.catch(ASK, tiny.message("answered"), pauses="work,limit")
        + END
        + line("start", "split", "work", "end")
        + line("limit", "chase", "end")
        + line("split", "question", ASK, "end")
    )
    return tiny.bundle("loan", body, tiny.messages("answered"))


def task(engine, element):
    """The open task of an element."""
    (found,) = (one for one in engine.tasks("1") if one.element == element)
    return found


def question(engine):
    """Ask the customer: the clocks stand still."""
    engine.complete(task(engine, "question").id, {"approved": True}, by=ANN)


def answer(engine):
    """The customer answers: they go on."""
    engine.send("answered", {}, by=OLGA, case="1")
