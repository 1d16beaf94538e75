"""A browser that sees this machine alone, pages that may not complain, and pictures for the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from .needs import chromium

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


@contextmanager
def launched() -> Iterator[Browser]:
    """The Chromium that is installed here; nothing is downloaded."""
    path = chromium()
    with sync_playwright() as playwright:
        only_here = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", only_here])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, lang: str = "en", theme: str = "light", size: str = "desktop", **options: Any
) -> Iterator[Page]:
    """A page of a fresh session; script errors and refusals by the content security policy fail the test at its end."""
    width, height = SIZES[size]
    options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **options}
    context = browser.new_context(locale=LOCALES[lang], timezone_id="Asia/Shanghai", color_scheme=theme, **options)
    complaints: list[str] = []
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "console", lambda message: complaints.append(f"{page.url}: {message.text}") if is_complaint(message) else None
    )
    try:
        yield page
    finally:
        context.close()
    assert not complaints, "the browser complains:\n" + "\n".join(complaints)


def is_complaint(message: ConsoleMessage) -> bool:
    """Whether a line in the console is an error; an answer like 404 is for the test to judge."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


class Pictures:
    """Takes pictures into docs/images, when it is asked to."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def take(self, page: Page, name: str, **options: Any) -> None:
        """Keep what the page shows as docs/images/<name>.png."""
        if self._wanted:
            IMAGES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", **options)
