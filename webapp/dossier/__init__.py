"""The dossier: what a bundle of evidence tells to people, as pages of HTML that need nothing beside themselves.

It writes files, not pages of the application: it knows no request, and everything it draws comes from an `Exhibit`.
"""

from __future__ import annotations

from .archive import Archivist

__all__ = ["Archivist"]
