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


SMALL = ROOT / "webapp" / "studio" / "starts" / "blank" / "process.bpmn"
PLACES = {
    "large": '<figure><div class="diagram">{}</div></figure>',
    "whole": '<figure><input type="checkbox" class="whole" checked><div class="diagram">{}</div></figure>',
    "mini": '<figure><div class="diagram mini">{}</div></figure>',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("path", "width"), [(SMALL, 1400), (SMALL, 300), (BUNDLES[0], 1400), (BUNDLES[0], 300)])
def test_no_drawing_is_larger_than_it_is_drawn(open_page, place, path, width):
    """A small one stands as it is in the middle of its frame; a large one is made smaller, but where it scrolls."""
    page = open_page()
    page.set_content(f'<html lang="en"><body>{PLACES[place].format(draw(path.read_bytes()))}</body></html>')
    page.add_style_tag(path=ROOT / "webapp" / "static" / "fundcase.css")
    page.set_viewport_size({"width": width, "height": 800})
    picture, frame = page.locator("svg.bpmn"), page.locator(".diagram")
    natural = float(picture.get_attribute("width"))
    room = frame.evaluate("one => one.clientWidth - 24")  # without its padding
    shown = picture.evaluate("one => one.getBoundingClientRect().width")
    assert shown == pytest.approx(natural if place == "large" else min(natural, room), abs=1)
