"""The engine's front door, part by part: each class is what some people come for, and `Engine` is all of them."""

from .audits import Audits
from .custody import Custody
from .deployments import Deployments
from .disclosure import Disclosure
from .exporting import Exporting
from .interventions import Interventions
from .replaying import Replaying
from .settings import Settings

__all__ = [
    "Audits",
    "Custody",
    "Deployments",
    "Disclosure",
    "Exporting",
    "Interventions",
    "Replaying",
    "Settings",
]
