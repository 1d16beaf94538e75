"""Faulty diagrams: each fault is found by its rule, at its element, and nothing else is."""

import pytest

from .bundles import check
from .faulty import FAULTY


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_found(name):
    files, rule, element = FAULTY[name]()
    grave = [one for one in check(files) if one.severity != "info"]
    assert {(one.rule, one.element) for one in grave} == {(rule, element)}, [one.message for one in grave]
