"""The drawn diagrams in a real browser: the words fit their boxes, and the small signs are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.drawing import draw

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = sorted((ROOT / "bpmn_diagrams").glob("*/*.bpmn"))

FITS = """() => [...document.querySelectorAll('g.node')].flatMap(group => {
  const text = group.querySelector(':scope > text'), box = group.querySelector(':scope > rect.fill');
  if (!text || !box) return [];
  const inner = text.getBBox(), outer = box.getBBox();
  const fits = inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width
    && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
  return fits ? [] : [text.textContent];
})"""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_words_fit_into_their_boxes(open_page, path, lang):
    catalogue = path.parent / "i18n" / "zh.json"
    chinese = json.loads(catalogue.read_text(encoding="utf-8")) if lang == "zh" else {}
    svg = draw(path.read_bytes(), labels=lambda text: chinese.get(text, text))
    page = open_page(lang=lang)
    page.set_content(f'<html lang="{lang}"><body>{svg}</body></html>')
    page.add_style_tag(path=ROOT / "webapp" / "static" / "fundcase.css")
    assert page.locator("g.node > rect.fill").count() > 5
    assert page.evaluate(FITS) == []


def test_a_drawing_needs_no_style_but_the_stylesheet(open_page):
    """Under the policy of the application no drawing may bring a style or a script of its own."""
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    page = open_page()
    for path in BUNDLES:
        svg = draw(path.read_bytes(), labels=lambda text: f"<script>document.title = 'run'</script>{text}")
        page.set_content(f"<html><head>{policy}</head><body>{svg}</body></html>")
        assert page.locator("svg.bpmn").is_visible()
        assert page.title() == ""
