"""The processes that are under way when something breaks: small ones that together use every kind of job.

A `parcel` waits for a person, a remote operator, a timer and a message at once, then books by a local operator, hears
what that has posted, hands over to a `receipt`, waits for that one's message, and asks a person again. A `watch` waits
for the signal of a `ring`. A `tick` begins by the clock.
"""

from __future__ import annotations

from engine import SYSTEM, Engine
from tests.engine import tiny
from tests.engine.spiff.xmls import END, el, line, timer

TOKEN = {"token": {"type": "string"}}
NOTE = {"note": {"type": "string"}}
GROUP = "csr"
KEYED = {"correlationKey": "token"}
BRANCHES = ("pack", "ship", "cool", "paid")


def parcel() -> dict[str, str]:
    """Four waits at once; then everything that leads from one case to another."""
    waits = (
        _ask("pack")
        + tiny.call("ship", "crash/ship", variable="shipped", token="token")
        + tiny.catch("cool", timer("&quot;PT1S&quot;"))
        + tiny.catch("paid", tiny.message("paid", variable="paying"), formJsonSchemaFilename="forms/note.json", **KEYED)
    )
    then = (
        tiny.call("book", "crash/book", variable="booked", token="token")
        + tiny.catch("stamped", tiny.message("stamped", variable="stamp"))
        + tiny.call("hand", "case/start", variable="handed", process="&quot;receipt&quot;", data="{token: token}")
        + tiny.catch("confirmed", tiny.message("confirmed", variable="confirming"), **KEYED)
        + _ask("close")
    )
    flows = "".join(line("split", branch, "join") for branch in BRANCHES)
    flows += line("start", "split") + line("join", "book", "stamped", "hand", "confirmed", "close", "end")
    gateways = el("parallelGateway", "split") + el("parallelGateway", "join")
    body = tiny.begin() + gateways + waits + then + END + flows
    forms = {"forms_start": _form(TOKEN), "forms_note": _form(NOTE)}
    return tiny.bundle("parcel", body, tiny.messages("paid", "stamped", "confirmed"), **forms)


def receipt() -> dict[str, str]:
    """A person confirms, within a term that is soon over, and the parcel is told."""
    told = el("intermediateThrowEvent", "tell", tiny.message("confirmed", payload="{token: token}"))
    body = tiny.begin() + _ask("confirm", dueIn="PT3S") + told + END + line("start", "confirm", "tell", "end")
    forms = {"forms_start": _form(TOKEN), "forms_note": _form(NOTE)}
    return tiny.bundle("receipt", body, tiny.messages("confirmed"), **forms)


def watch() -> dict[str, str]:
    """Waits for a signal."""
    body = tiny.begin() + tiny.catch("hear", tiny.signal("rung")) + END + line("start", "hear", "end")
    return tiny.bundle("watch", body, tiny.signals("rung"), forms_start=_form(TOKEN))


def ring() -> dict[str, str]:
    """Gives the signal to all who wait."""
    body = (
        tiny.begin() + el("intermediateThrowEvent", "rings", tiny.signal("rung")) + END + line("start", "rings", "end")
    )
    return tiny.bundle("ring", body, tiny.signals("rung"), forms_start=_form(TOKEN))


def tick() -> dict[str, str]:
    """Begins every two seconds, and is over."""
    start = el("startEvent", "start", timer("&quot;PT2S&quot;"))
    return tiny.bundle("tick", start + END + line("start", "end"))


def sending(key: str, operator: str, variable: str) -> dict[str, str]:
    """A moment's pause, so that a worker goes on from there; a call of an operator; a person."""
    wait = tiny.catch("cool", timer("&quot;PT1S&quot;"))
    call = tiny.call("call", operator, variable=variable, token="token")
    body = tiny.begin() + wait + call + _ask("last") + END + line("start", "cool", "call", "last", "end")
    return tiny.bundle(key, body, forms_start=_form(TOKEN), forms_note=_form(NOTE))


def deploy(engine: Engine) -> None:
    """Put all of them in force."""
    lone = (sending("letter", "crash/ship", "shipped"), sending("entry", "crash/book", "booked"))
    for bundle in (receipt(), parcel(), watch(), ring(), tick(), *lone):
        engine.deploy(bundle, by=SYSTEM)


def _ask(name: str, **said: str) -> str:
    return tiny.ask(name, form="forms/note.json", variable=name, candidateGroups=GROUP, **said)


def _form(properties: dict[str, object]) -> str:
    return tiny.form(properties, required=tuple(properties))
