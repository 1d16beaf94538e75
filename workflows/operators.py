"""All operators of the domain, as the registry of the engine takes them."""

from __future__ import annotations

from engine.operators import Operator

from .complaints.operators import OPERATORS as COMPLAINTS
from .customers.operators import OPERATORS as CUSTOMERS
from .inquiries.operators import OPERATORS as INQUIRIES
from .interactions.operators import OPERATORS as INTERACTIONS
from .links import Links
from .outbox.mailer import Mailer
from .outbox.operators import operators as outbox
from .outbox.sender import SAMPLE, Sender


def operators(links: Links | None, mailer: Mailer | None = None, sender: Sender = SAMPLE) -> tuple[Operator, ...]:
    """The operators of an installation with these links, mail server and name."""
    return (*CUSTOMERS, *INTERACTIONS, *INQUIRIES, *COMPLAINTS, *outbox(links, mailer, sender))


OPERATORS = operators(None)  # to check diagrams with; without links no question can be put
