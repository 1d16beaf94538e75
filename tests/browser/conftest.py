"""The running application with sample people and the shipped bundles, and members of staff at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from webapp.language import words

from .office import Office, furnish, opened_office
from .someone import Someone

if TYPE_CHECKING:
    from playwright.sync_api import Page

TIMEOUT = 20_000  # milliseconds, for a machine that has other things to do
expect.set_options(timeout=TIMEOUT)
Enter = Callable[..., Someone]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to be copied, with sample people and the shipped bundles."""
    return furnish(tmp_path_factory.mktemp("furnished") / "cases.db")


@pytest.fixture(scope="module")
def offices(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Office]]:
    """The offices that the tests of a module share, one for each language; each test has cases of its own in it."""
    with ExitStack() as stack:
        yield cache(lambda lang: stack.enter_context(opened_office(furnished, tmp_path_factory.mktemp(lang))))


@pytest.fixture
def office(request: pytest.FixtureRequest, offices: Callable[[str], Office]) -> Office:
    """The office in which people speak the language of the test."""
    call = getattr(request.node, "callspec", None)
    return offices(call.params.get("lang", "en") if call else "en")


@pytest.fixture
def own_office(furnished: Path, tmp_path: Path) -> Iterator[Office]:
    """An office for one test that changes what all cases share."""
    with opened_office(furnished, tmp_path) as opened:
        yield opened


@pytest.fixture
def enter(open_page: Callable[..., Page]) -> Enter:
    """Let somebody come to an office: `enter(office, "li.na", "zh")` logs in by the form; without a name, a customer."""

    def come(office: Office, name: str = "", lang: str = "en", **options: Any) -> Someone:
        page = open_page(lang=lang, **options)
        page.set_default_timeout(TIMEOUT)
        someone = Someone(page, office, words(lang))
        return someone.logs_in(name) if name else someone

    return come
