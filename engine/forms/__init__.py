"""Forms: JSON Schema 2020-12, of which only declared fields are accepted; what is wrong is said field by field."""

from .accept import Formats, Lookup, accept, accept_plain
from .schema import Form, declared_names, personal_paths, read_form

__all__ = ["Form", "Formats", "Lookup", "accept", "accept_plain", "declared_names", "personal_paths", "read_form"]
