"""What a save must not drop: an editor changes what it knows, and gives back the rest as it was.

It guards against an editor's fault, not against a person: who uploads another file may leave out what he likes.
"""

from __future__ import annotations

from flask_babel import gettext as _

from engine.diagram.losing import lost_of_others
from engine.errors import MalformedXml
from engine.sketches import Sketch

MOST_NAMED = 3


def problem(found: Sketch, path: str, body: bytes) -> str:
    """What saving a file would lose, in words; nothing where it may be saved."""
    if not path.endswith(".bpmn") or path not in found.files:
        return ""
    try:
        dropped = lost_of_others(found.files[path], body)
    except MalformedXml:
        return ""  # the check says what is wrong with it
    if not dropped:
        return ""
    return _("Saving would lose what another tool has written: %(what)s", what="; ".join(dropped[:MOST_NAMED]))
