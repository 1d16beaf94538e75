"""Somebody at a browser: a member of staff, or a customer. Speaks in what people do, and finds controls by their labels.

In every language all labels are looked for in that language, and every page that somebody comes to has to be in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from playwright.sync_api import Locator, Page, expect

from engine import Case
from webapp.language import Words
from workflows.demo import DEMO_PASSWORD
from workflows.outbox.questions import QUESTIONS

from .office import Office
from .words import begins, exactly, labelled, left_over

ANSWER_CLEAR = {"en": "Yes, it is clear", "zh": "清楚了"}
ANSWER_UNCLEAR = {"en": "No, please explain again", "zh": "不清楚，请再解释"}
REPLY_ACCEPTED = {"en": "I accept it", "zh": "接受"}
REPLY_REJECTED = {"en": "I do not accept it", "zh": "不接受"}
FEW = 5  # choices that are shown as radio buttons
PATIENCE = 30  # seconds until the worker has done its part at the latest


class Someone:
    """Somebody at a browser."""

    def __init__(self, page: Page, office: Office, words: Words, known: tuple[str, ...] = ()) -> None:
        self.page, self.office, self.words, self.lang = page, office, words, words.lang
        self.known = known  # what may stand in another language: typed by people, not written by us

    def say(self, text: str, **values: object) -> str:
        """A text of the application in the language."""
        return self.words(text, **values)

    def goes(self, path: str) -> Someone:
        """Go to an address, and find it in the language."""
        self.page.goto(f"{self.office.url}{path}")
        return self.reads()

    def reads(self) -> Someone:
        """Look at the whole page: nothing of it is in another language."""
        found = left_over(self.page, self.lang, self.known)
        assert found == [], f"{self.page.url} is not all in its language: {found}"
        return self

    def sees(self, text: str | re.Pattern[str]) -> Someone:
        """See a text on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()
        return self

    def presses(self, label: str, within: Locator | None = None) -> Someone:
        """Press a button, and read the page that it leads to."""
        return self.moves((within or self.page).get_by_role("button", name=begins(label)).first)

    def follows(self, label: str, within: Locator | None = None) -> Someone:
        """Follow a link, and read the page that it leads to."""
        return self.moves((within or self.page).get_by_role("link", name=begins(label)).first)

    def moves(self, control: Locator, status: int = 200) -> Someone:
        """Click what leads to another page, and read that one; `status` is that of its answer."""
        with self.page.expect_navigation(wait_until="domcontentloaded") as moved:
            control.click()
        assert moved.value.status == status, f"{moved.value.status}: {self.page.locator('main').inner_text()}"
        return self.reads()

    # Coming and going

    def logs_in(self, name: str, password: str = DEMO_PASSWORD) -> Someone:
        """Log in by the form."""
        self.goes("/login")
        self.page.get_by_label(self.say("User name")).fill(name)
        self.page.get_by_label(self.say("Password")).fill(password)
        self.presses(self.say("Log in"))
        expect(self.page.get_by_role("heading", name=self.say("Inbox"), exact=True)).to_be_visible()
        return self

    def logs_out(self) -> Someone:
        """Log out by the menu."""
        self.page.locator("[popovertarget=me]").click()
        self.page.get_by_role("button", name=self.say("Log out")).click()
        expect(self.page.get_by_label(self.say("User name"))).to_be_visible()
        return self

    def until(self, load: Callable[[], object], wanted: Locator) -> None:
        """Load a page again until it shows what the worker brings about."""
        latest = monotonic() + PATIENCE
        load()
        while not wanted.count() and monotonic() < latest:
            load()

    # Tasks

    def label(self, case: Case, element: str) -> str:
        """What an element of a case is called."""
        bundle = self.office.engine.bundle(case.bundle)
        assert bundle.diagram is not None
        return bundle.translate(bundle.diagram.label(element), self.lang)

    def takes(self, case: Case, element: str) -> Someone:
        """Take a task: out of the team's view of the inbox, or one's own if it was assigned."""
        self.finds(case, element, "My groups")
        return self.presses(self.say("Take it"))

    def opens(self, case: Case, element: str) -> Someone:
        """Open a task that is one's own on its page."""
        self.finds(case, element, "My tasks")
        return self.follows(self.say("Open on its own page"))

    def finds(self, case: Case, element: str, view: str) -> Someone:
        """Choose a task in a view of the inbox; it is shown beside the list."""
        name = self.label(case, element)
        row = self.page.locator("table.queue tr").filter(has_text=case.number).filter(has_text=name)
        if "/inbox" not in self.page.url:
            self.follows(self.say("Inbox"))
        self.until(lambda: self.follows(self.say(view)), row)
        row.get_by_role("link", name=name).click()
        expect(self.page).to_have_url(re.compile(re.escape(self.office.task(case, element).id)))
        expect(self.page.locator("#detail").get_by_role("heading", name=name)).to_be_visible()
        expect(self.page.locator("#detail").get_by_text(case.number)).to_be_visible()
        return self.reads()

    def does(self, case: Case, element: str, *, send: bool = True, **values: Any) -> Someone:
        """Fill in the form of the task that is open, and send it."""
        expect(self.page.get_by_role("heading", name=self.label(case, element), level=2)).to_be_visible()
        form = self.office.engine.bundle(case.bundle).form_of(element)
        assert form is not None
        self.fills(form.schema, values)
        if send:
            self.sends(form.schema)
        return self

    def sends(self, schema: Mapping[str, Any]) -> Someone:
        """Press the button that sends the form, and read what comes next."""
        label = labelled(schema, self.lang, "x-submit") or self.say("Complete the task")
        return self.presses(label, self.page.locator(".actions"))

    def fills(self, schema: Mapping[str, Any], values: Mapping[str, Any], within: Locator | None = None) -> Someone:
        """Fill in the fields of a form by their labels."""
        for name, value in values.items():
            self._fill(within or self.page.locator("form[data-task]"), schema["properties"][name], value)
        return self

    def _fill(self, form: Locator, part: Mapping[str, Any], value: Any) -> None:
        label = exactly(labelled(part, self.lang), self.words)
        if part["type"] == "boolean":
            box = form.get_by_role("checkbox", name=begins(labelled(part, self.lang)))
            box.set_checked(value)
        elif part["type"] == "object":
            self.fills(part, value, form.get_by_role("group", name=label))
        elif part["type"] == "array":
            self._fill_list(form.get_by_role("group", name=label), part, value)
        elif choices := {one["const"]: labelled(one, self.lang) for one in part.get("oneOf", ())}:
            if len(choices) <= FEW and part.get("x-widget") not in ("select", "search"):
                group = form.get_by_role("group", name=label)
                group.get_by_role("radio", name=choices[value], exact=True).check()
            else:
                form.get_by_label(label).select_option(label=choices[value])
        else:
            form.get_by_label(label).fill(str(value))

    def _fill_list(self, group: Locator, part: Mapping[str, Any], values: list[Any]) -> None:
        choices = {one["const"]: labelled(one, self.lang) for one in part["items"].get("oneOf", ())}
        if choices:
            for value in values:
                group.get_by_role("checkbox", name=choices[value], exact=True).check()
            return
        for number, value in enumerate(values):
            if isinstance(value, Mapping):
                if number:
                    group.get_by_role("button", name=self.say("Add a row")).click()
                self.fills(part["items"], value, group.get_by_role("group", name=self.say("Row %(n)s", n=number + 1)))
                continue
            if number:
                group.get_by_role("button", name=self.say("Add an entry")).click()
            group.get_by_role("textbox").or_(group.get_by_role("combobox")).nth(number).fill(value)

    # The customer

    def answers(self, case: Case, message: str, messages: int = 1, **values: Any) -> Someone:
        """Follow the link of an answer on the customer's phone, fill in what it asks for, and send it."""
        label = next(one.answers[message][self.lang] for one in QUESTIONS.values() if message in one.answers)
        self.gets(case, label, messages)
        self.fills(self.office.asks(case, message), values, self.page.locator("main form"))
        self.presses(self.say("Send: %(answer)s", answer=label))
        return self.sees(self.say("Thank you, your answer has arrived"))

    def gets(self, case: Case, answer: str, messages: int = 1) -> Someone:
        """Find so many questions about a case on the customer's phone, and follow a link of the newest one."""
        bubble = self.page.get_by_role("article").filter(has_text=case.number)
        link = bubble.get_by_role("link", name=answer, exact=True)
        self.until(lambda: self.goes(f"/phone?customer={case.customer}"), link.nth(messages - 1))
        link.first.click()
        expect(self.page.get_by_role("button", name=re.compile(re.escape(answer)))).to_be_visible()
        return self
