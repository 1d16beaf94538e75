"""Forms that mean harm: no schemas, schemas without end, patterns that run away."""

import pytest

from .bundles import (
    ask,
    form,
    simple,
)
from .hostile import rules


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"1",
        b"null",
        b"{" * 9999,
        b'{"a":' * 5000,
        b'{"type": "array"}',
        b'{"type": 3}',
        b'{"properties": 3}',
        b'{"pattern": "("}',
        b"\xff",
        b"{}" + b" " * 500_000,
        b'{"properties": {"a": {"$ref": "file:///etc/passwd"}}}',
        b'{"properties": {"a": {"pattern": "(x+)+y"}}}',
        b'{"required": ["a", 3], "x-order": 1}',
    ],
)
def test_hostile_forms(content):
    assert rules(simple(ask("a"), ask_json=content), "error") - {"form-malformed"} <= {
        "form-reference",
        "unsafe-pattern",
        "form-unsendable",
    }
    assert rules(simple(ask("a"), ask_json=content), "error")


@pytest.mark.parametrize(
    "pattern, safe",
    [
        ("^1[3-9]\\d{9}$", True),
        ("^(a|b)*$", True),
        ("^(a|ab)*$", True),
        ("(a*)*", False),
        ("(a+b?)+", False),
        ("(\\w+\\s?)*x", False),
        ("((ab){2})+", True),
        ("(a{1,3}){60}", False),
        ("[", False),
        ("(?=(a+)+)", False),
    ],
)
def test_patterns(pattern, safe):
    files = simple(ask("a"), ask_json=form(note={"type": "string", "pattern": pattern}))
    assert (rules(files, "error") == set()) is safe
