"""Every page, for each of its readers: accessible, in one language, within the window, with no complaint of the browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from webapp.bootstrap import web

from .everywhere import NO_PAGES, PATHS, PEOPLE, prepared, tour

pytestmark = pytest.mark.slow

OVERFLOW = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility()
    && !one.closest('.scroll-x, .diagram, .visually-hidden, [popover]'))
  .map(one => one.tagName + '.' + one.className).slice(0, 5)"""


@pytest.fixture(scope="module")
def scene(office):
    """Cases at every stage."""
    return prepared(office)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("person", PEOPLE)
def test_pages_are_accessible(scene, enter, person, theme):
    someone, axe, found = enter(scene.office, person, theme=theme), Axe(), []

    def judge(name):
        for violation in axe.run(someone.page).response["violations"]:
            places = [node["html"][:150] for node in violation["nodes"][:3]]
            found.append(f"{name}: {violation['id']} ({violation['impact']}): {violation['help']}: {places}")

    tour(someone, person, scene, judge)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("person", PEOPLE)
def test_pages_fit_a_phone(scene, enter, person, lang):
    someone, found = enter(scene.office, person, lang, size="phone"), []
    someone.known = TYPED

    def judge(name):
        if someone.page.evaluate("document.documentElement.scrollWidth") > 390:
            found.append(f"{name}: {someone.page.evaluate(OVERFLOW)}")

    tour(someone, person, scene, judge)
    assert not found, "\n".join(found)


# What people have typed in the scene, and what the sample contacts say, stands in the language that it was said in.
TYPED = ()


def test_every_address_is_visited(scene):
    """A page that is added later cannot be forgotten here."""
    office = scene.office
    app = web(office.settings, office.engine)
    bound = app.url_map.bind("localhost")
    visited = {bound.match(path(scene).partition("?")[0])[0] for name, (_, path) in PATHS.items() if name != "not found"}
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert gets - visited == NO_PAGES
