"""What somebody decides about a case beside its diagram, each on a page of its own, because each needs a reason.

Suspending, resuming, cancelling, retrying and giving up ask for the reason alone (`plain`); what is corrected, moved,
skipped or migrated is chosen on the page too.
"""

from __future__ import annotations

from . import correcting, jumping, migrating, plain, skipping
from .asking import pages
from .kinds import open_interventions

__all__ = ["correcting", "jumping", "migrating", "open_interventions", "pages", "plain", "skipping"]
