"""What every answer says to the browser, and what no page may hold."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine import FixedClock
from webapp.config import secret_of
from webapp.security import Attempts, safe_next

PAGES = {
    None: ("/login", "/phone", "/answer/nonsense"),
    "li.na": (
        "/inbox",
        "/cases",
        "/cases/new",
        "/cases/new/inquiry",
        "/customers",
        "/customers/C000001",
        "/funds",
        "/search?q=wang",
        "/nothing",
    ),
    "sun.ke": ("/studio", "/studio/inquiry"),
    "he.jing": ("/audit", "/outbox"),
}


@pytest.mark.parametrize("person", PAGES)
def test_every_page_is_hardened(visit, person):
    visitor = visit(person)
    for path in PAGES[person]:
        headers = visitor.open(path).response.headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("person", PAGES)
def test_no_page_has_inline_script_or_style(visit, person):
    visitor = visit(person)
    for path in PAGES[person]:
        page = visitor.open(path).page
        assert not page.xpath("//script[not(@src)]|//style|//*[@style]|//@*[starts-with(name(), 'on')]"), path
        assert not page.xpath("//@href[starts-with(., 'javascript:')]|//@src[starts-with(., 'data:')]"), path
        assert all(source.startswith("/static/") for source in page.xpath("//script/@src|//img/@src"))


def test_static_files_may_be_kept(visit):
    with visit().client.get("/static/fundcase.css") as response:
        assert response.status_code == 200
        assert "max-age=3600" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_every_form_carries_a_token(visit):
    for person, paths in PAGES.items():
        visitor = visit(person)
        for path in paths:
            for form in visitor.open(path).page.xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
                assert form.xpath(".//input[@name='csrf_token']"), (path, form.get("action"))


def test_without_the_token_nothing_is_taken(visit):
    visitor = visit("li.na")
    visitor.page = None
    assert visitor.post("/cases/new/inquiry", {"channel": "PHONE"}).status == 400
    assert visitor.sees("This page could not read what was sent", "You were logged out in the meantime")
    assert visitor.open("/cases?status=all").sees("No cases here")


def test_the_session_cookie_is_kept_from_scripts(visit, app):
    visitor = visit("li.na")
    cookie = visitor.client.get_cookie("fundcase")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert not cookie.secure
    assert visitor.client.get("/login").status_code == 302


@pytest.mark.parametrize("address", ["https://fund.example", "http://fund.example"])
def test_over_tls_cookies_and_browsers_stay_there(folder, engine, address):
    from tests.webapp.house import settings_in
    from webapp.bootstrap import web

    app = web(settings_in(folder, base_url=address), engine)
    tls = address.startswith("https")
    assert app.config["SESSION_COOKIE_SECURE"] is tls
    assert ("Strict-Transport-Security" in app.test_client().get("/login").headers) is tls


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "inbox",
        "",
        None,
        "/a\r\nSet-Cookie: x=1",
        "/\tb",
        "http:///x",
        "///evil.example",
    ],
)
def test_a_redirect_leads_nowhere_else(target):
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/inbox", "/cases?status=open&key=inquiry", "/tasks/1.1.3"])
def test_a_redirect_leads_on_within_the_site(target):
    assert safe_next(target, "/home") == target


def test_attempts_are_counted_within_a_window():
    clock = FixedClock("2026-11-20T06:00:00+00:00")
    attempts = Attempts(3, timedelta(minutes=10), clock.now)
    for _ in range(3):
        assert attempts.wait("name") is None
        attempts.fail("name", "address")
        clock.advance(minutes=1)
    assert attempts.wait("name") == timedelta(minutes=7)
    assert attempts.wait("other") is None
    assert attempts.wait("other", "address") == timedelta(minutes=7)
    clock.advance(minutes=7, seconds=1)
    assert attempts.wait("name") is None
    attempts.fail("name")
    attempts.fail("name")
    attempts.forget("name")
    assert attempts.wait("name") is None


def test_the_secret_is_made_once_and_kept_from_others(tmp_path):
    first = secret_of(tmp_path / "new")
    assert len(first) >= 48
    assert secret_of(tmp_path / "new") == first
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0
    assert secret_of(tmp_path / "other") != first


def test_no_secret_stands_in_the_code(app):
    from pathlib import Path

    import webapp

    code = "".join(path.read_text() for path in Path(webapp.__file__).parent.rglob("*.py"))
    assert app.config["SECRET_KEY"] not in code
    assert not re.search(r"SECRET_KEY\s*=\s*[\"']", code)


@pytest.mark.parametrize(
    ("path", "method", "status", "english", "chinese"),
    [
        ("/nothing", "GET", 404, "There is nothing here for you", "此处没有您可查看的内容"),
        ("/inbox/next/x", "POST", 404, "There is nothing here for you", "此处没有您可查看的内容"),
        ("/logout", "GET", 405, "This address cannot be used like that", "此地址不支持该操作"),
        ("/cases/999", "GET", 404, "There is nothing here for you", "此处没有您可查看的内容"),
        ("/cases/x'--", "GET", 404, "There is nothing here for you", "此处没有您可查看的内容"),
        ("/tasks/1.2.3", "GET", 404, "There is nothing here for you", "此处没有您可查看的内容"),
    ],
)
def test_error_pages_say_what_to_do(visit, path, method, status, english, chinese):
    for lang, text in (("en", english), ("zh", chinese)):
        visitor = visit("li.na", lang)
        found = visitor.open(path) if method == "GET" else visitor.post(path)
        assert found.status == status
        assert found.sees(text)
        assert found.page.xpath("//main//a[@href='/inbox']")


def test_too_much_is_refused(visit):
    visitor = visit("sun.ke")
    visitor.open("/studio")
    visitor.post("/studio/deployment", {"files": "x" * (9 * 1024 * 1024)})
    assert visitor.status == 413
    assert visitor.sees("That is too large to be sent")


def test_a_fault_of_ours_has_a_number_that_the_log_has_too(app, visit, caplog, monkeypatch):
    visitor = visit("li.na")

    def broken(*_, **__):
        raise RuntimeError("the shelf fell down")

    monkeypatch.setattr(type(app.extensions["fundcase"].engine), "cases", broken)
    visitor.open("/cases")
    assert visitor.status == 500
    assert visitor.sees("This did not work, and it is our fault")
    number = visitor.page.xpath("//main//code/text()")[0]
    assert number in caplog.text
    assert "the shelf fell down" not in visitor.text
