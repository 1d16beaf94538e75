"""What an incident is in plain words: of what kind, what that means for the case, and what somebody can do about it.

What the engine has said stands beside it as it is, for whoever mends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .labels import Labels, labels_of
from .language import Words, noop
from .services import Services

if TYPE_CHECKING:
    from engine import Incident
    from engine.cases.failures import Alike
    from engine.model import OpenIncident

MOST_NAMED = 99  # that the navigation counts
SEAL = "seal"  # where incidents of checkpoints are, which belong to no process


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of failure: what it is called, what it means, and what to do where something waits to be tried again.

    `otherwise` is what to do where nothing waits; `stops`: whether the case stands still until then.
    """

    title: str
    means: str
    advice: str
    otherwise: str = ""
    stops: bool = True


SEND_AGAIN = noop(
    "Nothing was saved. Once that is put right, whoever was at the step sends it again, and this closes by itself."
)
KINDS: Mapping[str, Kind] = {
    "operator": Kind(
        title=noop("A service failed"),
        means=noop("The service that this step needs did not do its work."),
        advice=noop(
            "Find out whether it is back, then try again. If the work was done by hand, give it up: the case goes on "
            "without the answer."
        ),
        otherwise=SEND_AGAIN,
    ),
    "reminder": Kind(
        title=noop("A reminder was not sent"),
        means=noop("Nobody was told that the term of this task runs out. The case itself goes on."),
        advice=noop("Tell them yourself if it is urgent. Try again once mail works, or give it up."),
        stops=False,
    ),
    "missing": Kind(
        title=noop("Something is not installed"),
        means=noop("This step needs a process, a decision or a service that is not in force here."),
        advice=noop("Ask the process owner to deploy it, or operations to install it. Then try again."),
        otherwise=SEND_AGAIN,
    ),
    "rule": Kind(
        title=noop("A rule does not fit the data"),
        means=noop("A condition, a term, a table or a script cannot be worked out with what the case holds."),
        advice=noop(
            "Correct the data of the case, then try again. If other cases stop here too, the process owner mends the "
            "diagram and moves them to the new version."
        ),
        otherwise=SEND_AGAIN,
    ),
    "bound": Kind(
        title=noop("It was too much at once"),
        means=noop("The diagram would have gone on for too long here, or collected too much. Nothing of it was done."),
        advice=noop(
            "Let the process owner see whether the diagram goes round in a circle. Correct the data or the diagram, "
            "then try again."
        ),
        otherwise=SEND_AGAIN,
    ),
    "message": Kind(
        title=noop("A message was not delivered"),
        means=noop("What another case or system has said did not reach the case that it is for."),
        advice=noop(
            "See who waits for it, and what its form asks for. Then try again, or give it up: the message is dropped."
        ),
        otherwise=noop(
            "The message is kept until it runs out. Let it be sent again as its form asks; then close this."
        ),
        stops=False,
    ),
    "start": Kind(
        title=noop("A case did not begin"),
        means=noop("Another case was to begin from here, and could not."),
        advice=noop("See what its process asks for. Then try again, or give it up: no case begins."),
        stops=False,
    ),
    "uncaught": Kind(
        title=noop("No way is drawn for an error"),
        means=noop("A service has reported an error, and the diagram does not say what happens then."),
        advice=noop(
            "Let the case go on elsewhere, or give it up. The process owner draws the way and moves open cases to the "
            "new version."
        ),
        otherwise=SEND_AGAIN,
    ),
    "deadlock": Kind(
        title=noop("The case can go no further"),
        means=noop("What this step waits for cannot come any more."),
        advice=noop(
            "Let the case go on elsewhere, or cancel it: this closes by itself then. Tell the process owner, too."
        ),
    ),
    "checkpoint": Kind(
        title=noop("A checkpoint is not outside"),
        means=noop(
            "It could not be signed, or did not reach the place where it is kept. No case stands still for that."
        ),
        advice=noop("See whether the key is there and the place can be reached, then try again."),
        stops=False,
    ),
    "other": Kind(
        title=noop("Something unforeseen failed"),
        means=noop("This is a fault of the software or of what it stands on, not of the case."),
        advice=noop("Try again once. If it fails again, give the words below to those who run the installation."),
        otherwise=noop("Nothing was saved. Give the words below to those who run the installation; then close this."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An incident in plain words."""

    title: str
    means: str
    advice: str
    stops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An incident in the list; `element` is where it is, in words, `process` whose."""

    listed: OpenIncident
    told: Told
    process: str
    element: str

    @property
    def incident(self) -> Incident:
        """The incident itself."""
        return self.listed.incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Several incidents that are alike: how many of those that failed last, and one of them."""

    count: int
    line: Line


def told(incident: Incident, words: Words) -> Told:
    """What an incident is, in plain words."""
    kind = KINDS[incident.kind]
    advice = kind.advice if incident.parked or not kind.otherwise else kind.otherwise
    return Told(title=words(kind.title), means=words(kind.means), advice=words(advice), stops=kind.stops)


def lines(services: Services, found: Sequence[OpenIncident], words: Words) -> list[Line]:
    """Incidents as the list shows them."""
    return [_line(services, one, words) for one in found]


def groups(services: Services, found: Sequence[Alike], words: Words) -> list[Group]:
    """Those that are alike, as the page names them."""
    return [Group(count=one.count, line=_line(services, one.like, words)) for one in found]


def place(labels: Labels, element: str) -> str:
    """Where an incident is, in words; a case that waits for several is at several."""
    between = "、" if labels.words.lang == "zh" else ", "
    return between.join(labels.element(one) for one in element.split(", "))


def _line(services: Services, one: OpenIncident, words: Words) -> Line:
    labels, element = _labels(services, one, words), one.incident.element
    where = place(labels, element) if labels else words("Checkpoints") if element == SEAL else element
    process = labels.process if labels else one.key
    return Line(listed=one, told=told(one.incident, words), process=process, element=where)


def _labels(services: Services, one: OpenIncident, words: Words) -> Labels | None:
    """The labels of what failed: of the case's own version, else of the newest of its process."""
    versions = services.engine.deployments(one.key)[:1] if one.key and not one.bundle else []
    bundle = one.bundle or next((version.bundle for version in versions), "")
    return labels_of(services.engine.bundle(bundle), words) if bundle else None
