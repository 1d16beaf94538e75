"""Somebody with a browser without script: opens pages, fills in forms with their hidden fields, follows redirects."""

from __future__ import annotations

import re

from lxml import html


class Visitor:
    """A visitor; `page` is the page in front of him, `status` its status."""

    def __init__(self, app, lang="en"):
        self.client = app.test_client()
        self.headers = {"Accept-Language": {"en": "en", "zh": "zh-CN"}[lang]}
        self.page = self.response = None

    def log_in(self, person):
        """Choose a person at the log-in of the demo."""
        self.open("/login")
        return self.post("/login", {"as": person})

    def open(self, path):
        """Open a page and follow where it leads."""
        return self._took(self.client.get(path, headers=self.headers, follow_redirects=True))

    def post(self, path, data=None, **more):
        """Send a form of the page in front, with its token, and follow where that leads."""
        tokens = self.page.xpath("//input[@name='csrf_token']/@value") if self.page is not None else []
        sent = {"csrf_token": tokens[0]} if tokens else {}
        sent |= data or {}
        return self._took(self.client.post(path, data=sent, headers=self.headers, follow_redirects=True, **more))

    def send(self, form, data=None):
        """Send the form of an id with what is filled in already and what is added."""
        found = self.page.get_element_by_id(form)
        filled = dict(found.fields.items())
        filled = {name: value for name, value in filled.items() if value is not None} | (data or {})
        return self.post(found.action, filled)

    def _took(self, response):
        self.response, self.status, self.text = response, response.status_code, response.get_data(as_text=True)
        self.path = response.request.path
        is_page = response.mimetype == "text/html" and self.text
        self.page = html.fromstring(self.text) if is_page else None
        return self

    def sees(self, *texts):
        """Whether all these texts stand on the page, as one reads it."""
        shown = " ".join(self.page.text_content().split())
        return all(text in shown for text in texts)

    def links(self, beginning):
        """The addresses on the page that begin like this, in their order, each once."""
        return list(dict.fromkeys(href for href in self.page.xpath("//a/@href") if href.startswith(beginning)))

    def problems(self):
        """The lines of the error summary."""
        return [
            " ".join(item.text_content().split())
            for item in self.page.xpath("//*[contains(@class,'error-summary')]//li")
        ]

    def value(self, id):
        """What stands in a control."""
        control = self.page.get_element_by_id(id)
        return control.text.removeprefix("\n") if control.tag == "textarea" else control.get("value")

    def tasks(self):
        """The ids of the tasks that the page names."""
        return list(dict.fromkeys(re.findall(r"/tasks/([\d.]+)", self.text)))
