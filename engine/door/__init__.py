"""The engine's front door, part by part: each class is what some people come for, and `Engine` is all of them."""

from .audits import Audits
from .backtests import Backtests
from .batches import Batches
from .custody import Custody
from .deployments import Deployments
from .disclosure import Disclosure
from .exporting import Exporting
from .incidents import Incidents
from .insight import Insights
from .interventions import Interventions
from .migrations import Migrations
from .replaying import Replaying
from .rolling import Rolling
from .scenarios import Scenarios
from .settings import Settings
from .sketches import Sketches

__all__ = [
    "Audits",
    "Backtests",
    "Batches",
    "Custody",
    "Deployments",
    "Disclosure",
    "Exporting",
    "Incidents",
    "Insights",
    "Interventions",
    "Migrations",
    "Replaying",
    "Rolling",
    "Scenarios",
    "Settings",
    "Sketches",
]
