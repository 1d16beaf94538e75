"""Every page, for each of its readers: accessible, in one language, within the window, with no complaint of the browser."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe

from webapp.bootstrap import web
from workflows.demo.texts import read

from .bundles import NEW, OLD
from .everywhere import NO_PAGES, PATHS, PEOPLE, prepared, tour
from .office import opened_office

pytestmark = pytest.mark.slow

ELEMENTS = ("ToAnswer", "WhoAnswers_to", "ExpertAnswer_to", "FitToSend_to", "exclusiveGateway", "parallelGateway")
# What the sample data have in the other language, and what the list of differences quotes from a diagram.
QUOTED = ("James Carter", "Sarah Miller", *OLD.values(), *NEW.values(), *ELEMENTS, *read("contacts")["zh"])
OVERFLOW = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility()
    && !one.closest('.scroll-x, .diagram, .visually-hidden, [popover]'))
  .map(one => one.tagName + '.' + one.className).slice(0, 5)"""
# Cells of tables that stand in three lines or more with a few characters in each: somebody must spell them.
SPELLED = """() => [...document.querySelectorAll('.table :is(td, th)')].filter(one => one.checkVisibility()).map(cell => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange(), lines = [];
  let room = 0;
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.parentElement.checkVisibility() || text.parentElement.closest('.visually-hidden')) continue;
    range.selectNodeContents(text);
    for (const one of range.getClientRects()) {  // small and large words beside each other are one line
      const middle = (one.top + one.bottom) / 2;
      if (one.width > 1 && !lines.some(line => line.top < middle && middle < line.bottom)) lines.push(one);
    }
    room += [...text.data.trim()].reduce((sum, one) => sum + (one > '\u2e80' ? 2 : 1), 0);
  }
  return {said: cell.textContent.trim().slice(0, 30), lines: lines.length, each: room / lines.length};
}).filter(one => one.lines > 2 && one.each < 9).map(one => one.said).slice(0, 5)"""


@pytest.fixture(scope="module")
def scenes(furnished, tmp_path_factory):
    """Cases at every stage, in an office for each language."""
    with ExitStack() as offices:
        yield {
            lang: prepared(offices.enter_context(opened_office(furnished, tmp_path_factory.mktemp(lang))), lang)
            for lang in ("en", "zh")
        }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("person", PEOPLE)
def test_pages_are_accessible(scenes, enter, person, theme):
    lang = {"light": "en", "dark": "zh"}[theme]
    someone, axe, found = enter(scenes[lang].office, person, lang, theme=theme), Axe(), []

    def judge(name):
        for violation in axe.run(someone.page).response["violations"]:
            places = [node["html"][:150] for node in violation["nodes"][:3]]
            found.append(f"{name}: {violation['id']} ({violation['impact']}): {violation['help']}: {places}")

    someone.known = QUOTED
    tour(someone, person, scenes[lang], judge)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("person", PEOPLE)
def test_pages_fit_a_phone(scenes, enter, person, lang):
    someone, found = enter(scenes[lang].office, person, lang, size="phone"), []

    def judge(name):
        if someone.page.evaluate("document.documentElement.scrollWidth") > 390:
            found.append(f"{name}: {someone.page.evaluate(OVERFLOW)}")
        if spelled := someone.page.evaluate(SPELLED):
            found.append(f"{name} has columns of a few characters: {spelled}")

    someone.known = QUOTED
    tour(someone, person, scenes[lang], judge)
    assert not found, "\n".join(found)


def test_every_address_is_visited(scenes):
    """A page that is added later cannot be forgotten here."""
    scene = scenes["en"]
    office = scene.office
    app = web(office.settings, office.engine)
    bound = app.url_map.bind("localhost")
    visited = {
        bound.match(path(scene).partition("?")[0])[0] for name, (_, path) in PATHS.items() if name != "not found"
    }
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert gets - visited == NO_PAGES
