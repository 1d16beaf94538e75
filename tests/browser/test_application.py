"""The application as it is started: an empty database, one command, sample cases that are all sound, pages that people see."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import Pictures
from tests.support.serving import ROOT, LiveServer, serving
from workflows.demo import DEMO_PASSWORD

LOOKS = {"en": "light", "zh": "dark"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The application with the sample cases that it plays at its first start."""
    folder = tmp_path_factory.mktemp("demo")
    with serving(f"sqlite:///{folder / 'fundcase.db'}", folder, patience=300) as server:
        yield server


def fundcase(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    start = [sys.executable, "-c", "import sys; from webapp.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(start, cwd=ROOT, capture_output=True, text=True, timeout=120)


def log_in(page: Page, server: LiveServer, name: str) -> None:
    """Log in as one of the sample people."""
    page.context.clear_cookies()
    page.goto(f"{server.url}/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("button.primary").click()
    expect(page.locator("nav.rail")).to_be_visible()


def test_the_command_starts_and_stops(tmp_path: Path):
    with serving(f"sqlite:///{tmp_path / 'fundcase.db'}", tmp_path, "--cases", "2", "--days", "2") as server:
        assert f"Fundcase is at {server.url}" in server.log.read_text(encoding="utf-8")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) in (0, 130)
    assert "Traceback" not in server.log.read_text(encoding="utf-8")
    again = fundcase("seed", "--database", server.database)
    assert (again.returncode, "sample data" in again.stderr) == (2, True)


@pytest.mark.slow
def test_all_sample_cases_are_sound(demo: LiveServer):
    verified = fundcase("verify", "--all", "--json", "--database", demo.database)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["cases"] >= 40


@pytest.mark.slow
@pytest.mark.parametrize("lang", LOOKS)
def test_what_people_see(
    demo: LiveServer, open_page: Callable[..., Page], pictures: Pictures, lang: str, changed_complaint: Path
):
    page = open_page(lang=lang, theme=LOOKS[lang])

    def seen(name: str) -> None:
        expect(page.locator("h1").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than its window"
        pictures.take(page, name if lang == "en" else f"{name}.{lang}")

    log_in(page, demo, "li.na")
    page.goto(f"{demo.url}/inbox")
    expect(page.locator("table.queue tr").first).to_be_visible()
    seen("inbox")
    task = page.locator("a[href^='/tasks/']").first.get_attribute("href")
    page.goto(f"{demo.url}{task}")
    expect(page.locator("svg.bpmn g.active")).not_to_have_count(0)
    seen("task")
    log_in(page, demo, "he.jing")
    page.goto(f"{demo.url}{tells_most(page, demo)}")
    seen("case")
    log_in(page, demo, "sun.ke")
    page.goto(f"{demo.url}/studio/complaint")
    page.locator("input[type=file]").set_input_files(changed_complaint)
    with page.expect_navigation():
        page.locator("form[action='/studio/check'] button").click()
    seen("studio")


@pytest.fixture
def changed_complaint(tmp_path: Path) -> Path:
    """The complaint as its owner might change it: a task has another name, and another one more time."""
    shipped = (ROOT / "bpmn_diagrams" / "complaint" / "complaint.bpmn").read_text(encoding="utf-8")
    renamed = shipped.replace('name="Call the customer"', 'name="Call the customer back"')
    changed = renamed.replace('name="dueIn" value="= contactWithin"', 'name="dueIn" value="4 bh"')
    assert changed != renamed != shipped
    (tmp_path / "complaint.bpmn").write_text(changed, encoding="utf-8")
    return tmp_path / "complaint.bpmn"


SHOWN = """() => {
  const room = document.querySelector('.diagram').getBoundingClientRect();
  return [...document.querySelectorAll('.diagram g.node:is(.done, .active)')].map(node => node.getBoundingClientRect())
    .filter(box => box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom).length;
}"""


def tells_most(page: Page, server: LiveServer) -> str:
    """The address of the open complaint whose diagram shows most of its way at first sight."""
    page.goto(f"{server.url}/cases?status=open&key=complaint")
    links = [link.get_attribute("href") for link in page.locator("a.row-link").all()]
    shown: dict[str, int] = {}
    for link in filter(None, links):
        page.goto(f"{server.url}{link}")
        shown[link] = page.evaluate(SHOWN)
    assert max(shown.values()) > 2, shown
    return max(shown, key=shown.__getitem__)
