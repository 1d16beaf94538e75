"""Our FEEL against the standard's: equal, or an error that names what is not done; nothing is silently different."""

from __future__ import annotations

import pytest

from engine.feel import ExpressionError, compile_expression
from tests.engine.feel.standard import DATA, EQUAL, ERROR, MORE, NOW


def rows(table):
    return [pytest.param(text, said, id=text) for group in table.values() for text, said in group.items()]


def value(text):
    return compile_expression(text).evaluate(DATA, now=NOW)


@pytest.mark.parametrize(("text", "said"), rows(EQUAL))
def test_what_is_equal_to_the_standard(text, said):
    found = value(text)
    assert found == said and isinstance(found, bool) is isinstance(said, bool)


@pytest.mark.parametrize(("text", "said"), rows(ERROR))
def test_what_is_an_error_by_name(text, said):
    with pytest.raises(ExpressionError) as refused:
        value(text)
    assert said in refused.value.message and refused.value.column > 0


@pytest.mark.parametrize(("text", "said"), rows({"": MORE}))
def test_what_is_there_beside_the_standard(text, said):
    assert value(text) == said
