"""The form builder: the fields of a form as people edit them, and edits that leave alone whatever they do not name.

It works on JSON Schema as data and knows no page, no engine and no file. What is right and wrong with a form is the
checks' to say; here is refused only what cannot be written down at all.
"""

from .describe import Entry, described, entries, whole
from .edits import Edited, added, changed, changed_whole, duplicated, moved, part_of, placed, removed, with_part
from .kinds import KINDS, Kind, kind_of
from .source import Unreadable, read_source, written

__all__ = [
    "KINDS",
    "Edited",
    "Entry",
    "Kind",
    "Unreadable",
    "added",
    "changed",
    "changed_whole",
    "described",
    "duplicated",
    "entries",
    "kind_of",
    "moved",
    "part_of",
    "placed",
    "read_source",
    "removed",
    "whole",
    "with_part",
    "written",
]
