"""All operators of the domain, as the registry of the engine takes them."""

from __future__ import annotations

from engine.operators import Operator

from .callbacks.operators import OPERATORS as CALLBACKS
from .complaints.operators import OPERATORS as COMPLAINTS
from .contacts.operators import OPERATORS as CONTACTS
from .customers.operators import OPERATORS as CUSTOMERS
from .feedback.batch import OPERATORS as ANALYSIS
from .feedback.operators import OPERATORS as FEEDBACK
from .inquiries.operators import OPERATORS as INQUIRIES
from .interactions.operators import OPERATORS as INTERACTIONS
from .links import Links
from .materials.operators import OPERATORS as MATERIALS
from .outbox.mailer import Mailer
from .outbox.operators import operators as outbox
from .outbox.sender import SAMPLE, Sender
from .privacy.operators import OPERATORS as PRIVACY
from .recommendations.operators import OPERATORS as RECOMMENDATIONS
from .suitability.operators import OPERATORS as SUITABILITY
from .surveys.operators import OPERATORS as SURVEYS
from .trading.operators import OPERATORS as TRADING


def operators(links: Links | None, mailer: Mailer | None = None, sender: Sender = SAMPLE) -> tuple[Operator, ...]:
    """The operators of an installation with these links, mail server and name."""
    return (
        *CUSTOMERS,
        *INTERACTIONS,
        *INQUIRIES,
        *COMPLAINTS,
        *SUITABILITY,
        *PRIVACY,
        *RECOMMENDATIONS,
        *MATERIALS,
        *TRADING,
        *CALLBACKS,
        *CONTACTS,
        *FEEDBACK,
        *ANALYSIS,
        *SURVEYS,
        *outbox(links, mailer, sender),
    )


OPERATORS = operators(None)  # to check diagrams with; without links no question can be put
