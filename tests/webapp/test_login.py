"""Logging in: by password, by a click in the demo, and never further than that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.webapp.house import settings_in
from tests.webapp.visitor import Visitor
from webapp.app import create_app
from webapp.bootstrap import services_of, web
from webapp.config import Config
from workflows.demo import DEMO_PASSWORD
from workflows.staff import repository as staff


def enter(visitor, name="li.na", password=DEMO_PASSWORD, **more):
    visitor.open("/login")
    return visitor.post("/login", {"name": name, "password": password, **more})


def test_the_right_password_leads_to_the_inbox(visit):
    visitor = enter(visit())
    assert (visitor.status, visitor.path) == (200, "/inbox")
    assert visitor.sees("Li Na", "Customer service")


@pytest.mark.parametrize(
    ("name", "password"),
    [("li.na", "wrong"), ("nobody", DEMO_PASSWORD), ("", ""), ("li.na", ""), ("li.na", "x" * 5000)],
)
def test_a_wrong_one_does_not_and_does_not_say_which_was_wrong(visit, name, password):
    visitor = enter(visit(), name, password)
    assert visitor.status == 401
    assert visitor.sees("Name and password do not belong together")
    assert visitor.value("name") == name
    assert visitor.open("/inbox").path == "/login"


@pytest.mark.parametrize(
    "path",
    [
        "/inbox",
        "/cases",
        "/cases/1",
        "/tasks/1.1.1",
        "/studio",
        "/audit",
        "/customers",
        "/outbox",
        "/lookup/customer?q=a",
        "/search?q=a",
        "/nothing",
    ],
)
def test_nothing_is_shown_to_who_has_not_logged_in(visit, path):
    visitor = visit().open(path)
    assert visitor.path == "/login" or visitor.status == 404
    assert not visitor.sees("Customer service representative")


def test_one_comes_back_to_where_one_wanted(visit):
    visitor = visit().open("/cases?status=all")
    assert visitor.path == "/login"
    visitor.post("/login", {"as": "li.na", "next": visitor.page.xpath("//input[@name='next']/@value")[0]})
    assert (visitor.path, visitor.response.request.query_string) == ("/cases", b"status=all")


def test_but_nowhere_else(visit):
    visitor = visit()
    visitor.open("/login?next=//evil.example/inbox")
    response = visitor.client.post(
        "/login",
        data={
            "as": "li.na",
            "next": "//evil.example",
            "csrf_token": visitor.page.xpath("//input[@name='csrf_token']/@value")[0],
        },
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.fixture
def guarded(folder, engine):
    """A visitor of an application that lets one guess twice."""
    settings = settings_in(folder)
    return Visitor(create_app(services_of(settings, engine), Config(secret="s" * 32, attempts=2)))


def test_guessing_has_to_wait(guarded, clock):
    visitor = guarded
    for _ in range(2):
        assert enter(visitor, password="wrong").status == 401
    assert enter(visitor).status == 429
    assert visitor.sees("Too many attempts. Try again in 11 min.")
    clock.advance(minutes=10, seconds=1)
    assert enter(visitor).status == 200


def test_one_address_cannot_guess_many_names(guarded):
    visitor = guarded
    for number in range(2):
        enter(visitor, f"name{number}", "wrong")
    assert enter(visitor, "another", "wrong").status == 429


def test_what_failed_is_forgotten_after_a_success(app):
    attempts = app.extensions["attempts"]
    visitor = Visitor(app)
    for _ in range(7):
        attempts.fail("name li.na")
    assert enter(visitor).status == 200
    visitor.post("/logout")
    assert enter(visitor, password="wrong").status == 401


def test_the_click_is_there_in_the_demo_alone(folder, engine):
    app = web(settings_in(folder, demo=False), engine)
    visitor = Visitor(app)
    assert not visitor.open("/login").page.xpath("//button[@name='as']")
    assert visitor.post("/login", {"as": "li.na"}).status == 401
    assert visitor.open("/phone").status == 404


def test_a_person_who_has_left_is_out_at_once(visit, engine):
    visitor = visit("li.na")
    with engine.database.writing() as connection:
        staff.set_active(connection, "li.na", False)
    assert visitor.open("/inbox").path == "/login"
    assert visitor.post("/login", {"as": "li.na"}).status == 401


def test_roles_are_read_anew_with_every_page(visit, engine):
    visitor = visit("li.na")
    assert visitor.open("/studio").status == 404
    with engine.database.writing() as connection:
        staff.set_groups(connection, "li.na", ["process_owner"])
    assert visitor.open("/studio").status == 200


def test_the_session_is_new_after_the_log_in_and_ends(visit, app):
    visitor = visit()
    visitor.open("/login")
    before = visitor.client.get_cookie("fundcase").value
    visitor.post("/login", {"as": "li.na"})
    assert visitor.client.get_cookie("fundcase").value != before
    assert app.permanent_session_lifetime == timedelta(hours=12)
    visitor.post("/logout")
    assert visitor.open("/inbox").path == "/login"


def test_an_answer_that_comes_late_undoes_nothing(visit):
    """A look-up that was asked before the language was changed may be answered after it: nothing of it is kept."""
    visitor = visit("li.na").open("/inbox")
    before = visitor.client.get_cookie("fundcase").value
    assert "Set-Cookie" not in visitor.client.get("/lookup/fund?q=99").headers
    visitor.post("/settings/language", {"lang": "zh", "next": "/inbox"})
    visitor.client.set_cookie("fundcase", before)
    assert visitor.open("/inbox").page.get("lang") == "zh-CN"


def test_a_session_lasts_anew_with_the_pages_that_are_opened(visit, clock):
    visitor = visit("li.na").open("/inbox")
    beside = {"Sec-Fetch-Mode": "cors"}
    clock.advance(minutes=59)
    assert "Set-Cookie" not in visitor.open("/inbox").response.headers
    clock.advance(minutes=1)
    assert "Set-Cookie" not in visitor.client.get("/inbox", headers=beside).headers
    assert "fundcase=" in visitor.open("/inbox").response.headers["Set-Cookie"]
    assert "Set-Cookie" not in visitor.open("/inbox").response.headers


def test_a_forged_cookie_is_nobody(visit, app):
    visitor = visit("li.na")
    value = visitor.client.get_cookie("fundcase").value
    visitor.client.set_cookie("fundcase", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    assert visitor.open("/inbox").path == "/login"


def test_language_and_theme_are_chosen_before_the_log_in(visit):
    visitor = visit().open("/login")
    assert visitor.post("/settings/language", {"lang": "zh", "next": "/login"}).sees("以演示用户身份体验")
    visitor.post("/settings/theme", {"theme": "dark", "next": "/login"})
    assert (visitor.path, visitor.page.get("data-theme")) == ("/login", "dark")
    visitor.post("/settings/theme", {"theme": "pink", "next": "//evil.example"})
    assert (visitor.path, visitor.page.get("data-theme")) == ("/login", None)
