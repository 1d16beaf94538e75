"""Forms: JSON Schema 2020-12 as accessible HTML, what a browser sends as typed values, errors as sentences.

What is right and wrong is the engine's to say (`engine.forms`); nothing here validates.
"""

from .build import Field, at_path, build
from .messages import messages
from .read import edited, flat, lookups, read_form, touched
from .shape import Shape, shape, walk

__all__ = [
    "Field",
    "Shape",
    "at_path",
    "build",
    "edited",
    "flat",
    "lookups",
    "messages",
    "read_form",
    "shape",
    "touched",
    "walk",
]
