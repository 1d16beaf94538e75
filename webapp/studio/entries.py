"""What a share of the new cases cannot divide: ways in that only one version has, and start forms that differ."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from engine.bundles import Bundle
from engine.diagram import Element


def told(old: Bundle | None, new: Bundle | None) -> Iterator[str]:
    """Sentences for whoever chooses a share."""
    if old is None or new is None or old.diagram is None or new.diagram is None:
        return
    before, after = ways(old), ways(new)
    for name in sorted(after.keys() - before.keys()):
        yield _("Only this version can begin by %(way)s: whatever begins so gets it, whatever its share.", way=name)
    for name in sorted(before.keys() - after.keys()):
        yield _("This version cannot begin by %(way)s: whatever begins so stays with the others.", way=name)
    for name in sorted(before.keys() & after.keys()):
        forms = [one.form_of(event.id) for one, event in ((old, before[name]), (new, after[name]))]
        if (forms[0].schema if forms[0] else None) != (forms[1].schema if forms[1] else None):
            yield _("The start form is another one: each person is shown that of the version that the case will get.")


def ways(bundle: Bundle) -> dict[str, Element]:
    """The start events by what people call their way in."""
    assert bundle.diagram is not None
    return {way(event): event for event in bundle.diagram.start_events()}


def way(event: Element) -> str:
    """A way in: a message by its name, the clock, or whoever asks for it."""
    if event.event is None or event.event.kind == "none":
        return _("hand")
    if event.event.kind == "timer":
        return _("the clock")
    return _("the message “%(name)s”", name=event.event.name)
