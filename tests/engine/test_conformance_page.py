"""docs/conformance.md says what is measured: every number of it is counted again here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.feel import BUILT_IN
from engine.spiff import Refused, parse
from tests.engine.check.hostile import MIWG
from tests.engine.conformance import PARTS
from tests.engine.feel.test_conformance import TCK
from tests.engine.spiff.xmls import END, START, el, line, xml

PAGE = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text(encoding="utf-8")
REFUSED = re.findall(r"^\| `(\w+)` \| refused \|", PAGE, re.MULTILINE)


@pytest.mark.skipif(not (TCK.is_dir() and MIWG), reason="the conformance models are not there")
@pytest.mark.parametrize("name", PARTS)
def test_the_page_says_what_is_measured(name):
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", PAGE, re.DOTALL)
    assert found and found[1].split("\n") == list(PARTS[name]())


@pytest.mark.parametrize("tag", REFUSED)
def test_what_the_page_says_is_refused_is_refused_by_name(tag):
    with pytest.raises(Refused) as refused:
        parse(xml(START + END + el(tag, "z") + line("start", "end")))
    assert refused.value.element == "z"


def test_every_function_is_named():
    assert REFUSED and not [name for name in BUILT_IN if f"`{name}`" not in " ".join(PAGE.split())]
