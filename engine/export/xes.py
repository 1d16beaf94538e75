"""XES (IEEE 1849): a trace for each case, an event for each event; with concept, lifecycle, time and org.

The standard lifecycle stands in `lifecycle:transition`, ours in `lifecycle`; fields of forms are `data.<name>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..canonical import shortest
from .fields import Plain
from .model import Event, Subject

TRANSITIONS = {
    "create": "schedule",
    "assign": "assign",
    "reassign": "reassign",
    "start": "start",
    "suspend": "suspend",
    "resume": "resume",
    "complete": "complete",
    "fail": "ate_abort",
}  # and `cancel`, which is one of two; what the standard has no word for is `unknown`
EXTENSIONS = {"Concept": "concept", "Lifecycle": "lifecycle", "Time": "time", "Organizational": "org"}
LONG = 1 << 63  # what is no number of 64 bits is written as a float
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
TO_ESCAPE = re.compile('[&<>"]|[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')  # what is markup, or not in XML
BEGIN = "".join(
    (
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n',
        *(
            f'<extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
            for name, prefix in EXTENSIONS.items()
        ),
        '<global scope="trace"><string key="concept:name" value="unknown"/></global>\n',
        '<global scope="event"><string key="concept:name" value="unknown"/>',
        '<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>',
        '<string key="lifecycle:transition" value="unknown"/></global>\n',
        '<classifier name="Activity" scope="event" keys="concept:name"/>\n',
        '<classifier name="Activity and lifecycle" scope="event" keys="concept:name lifecycle:transition"/>\n',
        '<string key="lifecycle:model" value="standard"/>\n',
    )
)


def write(cases: Iterable[tuple[Subject, Iterator[Event]]]) -> Iterator[str]:
    """The text of a log, piece by piece."""
    yield BEGIN
    for subject, events in cases:
        yield f"<trace>{trace(subject)}\n"
        for event in events:
            yield f"<event>{attributes(event, subject.case)}</event>\n"
        yield "</trace>\n"
    yield "</log>\n"


def trace(subject: Subject) -> str:
    """What a trace says of its case."""
    said: dict[str, Plain | None] = {
        "concept:name": subject.case,
        "processKey": subject.key,
        "processVersion": subject.version,
        "status": subject.status,
        "outcome": subject.outcome,
        "customer": subject.customer,
        "parentCaseId": subject.parent,
    }
    return "".join(attribute(name, value) for name, value in said.items() if value is not None)


def attributes(event: Event, case: str) -> str:
    """What an event says."""
    said: dict[str, Plain] = {
        "concept:name": event.name,
        "lifecycle:transition": transition(event),
        "org:resource": event.actor,
        "eventId": f"{case}.{event.number}",
        "processVersion": event.version,
    }
    at = f'<date key="time:timestamp" value="{event.at[:23]}+00:00"/>'
    return at + "".join(attribute(name, value) for name, value in (said | event.attributes(case, "org:role")).items())


def transition(event: Event) -> str:
    """The word of the standard lifecycle: what is called off before it was begun is withdrawn."""
    if event.lifecycle == "cancel":
        return "pi_abort" if event.begun else "withdraw"
    return TRANSITIONS.get(event.lifecycle, "unknown")


def attribute(name: str, value: Plain) -> str:
    """An attribute of the kind that its value has."""
    if isinstance(value, bool):
        return f'<boolean key="{escaped(name)}" value="{"true" if value else "false"}"/>'
    if isinstance(value, int) and -LONG <= value < LONG:
        return f'<int key="{escaped(name)}" value="{value}"/>'
    if isinstance(value, (int, Decimal)):
        return f'<float key="{escaped(name)}" value="{shortest(Decimal(value))}"/>'
    return f'<string key="{escaped(name)}" value="{escaped(value)}"/>'


def escaped(text: str) -> str:
    """A text within quotes; a character that XML cannot hold becomes the one that says so."""
    return TO_ESCAPE.sub(lambda found: ESCAPED.get(found[0], "\ufffd"), text)
