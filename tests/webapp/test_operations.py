"""What those see who run an installation: alive, ready, metrics behind a token, logs that say which case and request."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from engine import open_engine
from engine.observing import several
from tests.webapp.desk import start_inquiry
from tests.webapp.house import settings_in
from tests.webapp.visitor import Visitor
from webapp import logs
from webapp.bootstrap import METRICS_TOKEN, open_product, web
from webapp.metrics import Metrics
from webapp.serving import door

TOKEN = "a token of some length"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def house(house_of_its_own):
    """Its database is taken away here."""
    return house_of_its_own


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def engine(folder, clock, metrics):
    with open_product(settings_in(folder), clock, observer=several(metrics.observe, logs.observe)) as engine:
        yield engine


@pytest.fixture
def app(folder, engine, metrics):
    return web(settings_in(folder, environment={METRICS_TOKEN: TOKEN}), engine, metrics)


@pytest.fixture
def logged():
    """Everything that is logged, as JSON."""
    stream = io.StringIO()
    root, before = logging.getLogger(), logging.getLogger().level
    logs.set_up("json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = [one for one in root.handlers if not getattr(one, "ours", False)]
    root.setLevel(before)
    logs.request_id.set("")


def looked(app, token=TOKEN):
    return app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})


def values(text):
    """Every sample: its name with labels, and its value."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


# -- alive and ready


def test_a_process_is_alive_and_ready_without_a_log_in(app):
    for path in ("/healthz", "/readyz"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ok\n")
        assert answer.mimetype == "text/plain" and "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("place", "value"),
    [("engine.store.schema.HEAD", "9999"), ("workflows.is_current", lambda connection: False)],
    ids=["engine", "domain"],
)
def test_an_outdated_schema_is_not_ready(app, monkeypatch, place, value):
    monkeypatch.setattr(place, value)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_data(as_text=True)) == (503, "not ready\n")
    assert app.test_client().get("/healthz").status_code == 200


def test_a_database_that_is_away_is_not_ready(app, engine, folder):
    engine.database.close()
    (folder / "fundcase.db").unlink()
    (folder / "fundcase.db").mkdir()
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_data(as_text=True)) == (503, "not ready\n")
    assert values(looked(app).get_data(as_text=True))["fundcase_database_up"] == 0


# -- metrics


def test_metrics_need_the_token(app):
    assert app.test_client().get("/metrics").status_code == 401
    assert looked(app, "another").status_code == looked(app, "").status_code == 401
    assert looked(app).status_code == 200
    Visitor(app).log_in("li.na")
    assert "fundcase_" not in app.test_client().get("/metrics").get_data(as_text=True)


def test_without_a_token_there_are_no_metrics(folder, engine):
    assert looked(web(settings_in(folder), engine), "").status_code == 404


def test_metrics_count_steps_jobs_and_requests(app, visit, engine, clock):
    start_inquiry(visit("li.na"))
    found = values(looked(app).get_data(as_text=True))
    assert found['fundcase_step_seconds_count{kind="started"}'] == 1
    assert found['fundcase_http_requests_total{method="POST",route="/cases/new/<key>",status="302"}'] == 1
    assert found['fundcase_http_request_seconds_count{route="/login"}'] == 2
    assert found["fundcase_tasks_open"] == 1 and found["fundcase_database_up"] == 1
    assert found["fundcase_jobs_due"] == found["fundcase_jobs_oldest_due_seconds"] == 0
    due = engine.next_due()
    clock.set(due)
    clock.advance(seconds=90)
    found = values(looked(app).get_data(as_text=True))
    assert found["fundcase_jobs_due"] >= 1 and found["fundcase_jobs_oldest_due_seconds"] == 90
    engine.run_due()
    found = values(looked(app).get_data(as_text=True))
    assert found['fundcase_job_seconds_count{kind="term",outcome="done"}'] >= 1
    assert found["fundcase_jobs_due"] == 0


def test_metrics_hold_no_address_and_no_name(app, visit):
    visitor = visit("li.na")
    visitor.open("/search?q=Zhang+Min+13800000000")
    visitor.open("/cases/4711-no-such-case")
    app.test_client().open("/inbox", method="BREW")
    text = looked(app).get_data(as_text=True)
    assert not re.search("Zhang|13800000|4711-no|li.na|BREW", text) and 'method="other"' in text
    assert 'route="/search"' in text


@pytest.mark.slow
def test_processes_behind_one_port_count_together(tmp_path):
    script = (
        "from webapp.metrics import Metrics; from engine.observing import JobSeen; metrics = Metrics();"
        "[metrics.observe(JobSeen(case_id='1', kind='timer', outcome='done', seconds=0.1)) for _ in range({})];"
        "from engine import open_engine; engine = open_engine('sqlite://'); print(metrics.render(engine).decode())"
    )
    for times in (2, 3):
        command = [sys.executable, "-c", script.format(times)]
        env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        said = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert values(said.stdout)['fundcase_job_seconds_count{kind="timer",outcome="done"}'] == 5
    assert values(said.stdout)["fundcase_database_up"] == 1


def test_a_worker_has_a_door_of_its_own(sqlite_template):
    with open_engine(f"sqlite:///{sqlite_template}") as engine, door(engine, Metrics(), 0, TOKEN) as port:
        assert asked(port, "/healthz") == (200, "ok\n")
        assert asked(port, "/readyz") == (200, "ok\n")
        assert asked(port, "/metrics")[0] == 401 and asked(port, "/inbox")[0] == 404
        assert "fundcase_jobs_due 0.0" in asked(port, "/metrics", TOKEN)[1]


def asked(port, path, token=""):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


# -- logs


def test_a_line_says_which_case_step_person_and_request(logged, visit):
    visitor = visit("li.na")
    start_inquiry(visitor)
    steps = [line for line in logged() if line["message"] == "step"]
    assert [(one["case"], one["step"], one["kind"], one["key"], one["person"]) for one in steps] == [
        ("1", 1, "started", "inquiry", "li.na")
    ]
    (taken,) = [one for one in logged() if one.get("route") == "/cases/new/<key>" and one["method"] == "POST"]
    assert (taken["status"], taken["person"], taken["request"]) == (302, "li.na", steps[0]["request"])
    assert len({one["request"] for one in logged() if one["message"] == "request"}) > 3


def test_the_id_of_a_request_is_that_of_the_proxy_if_it_is_one(app, logged):
    client = app.test_client()
    assert client.get("/login", headers={"X-Request-Id": "abc-123"}).headers["X-Request-Id"] == "abc-123"
    assert logged()[-1]["request"] == "abc-123"
    answer = client.get("/login", headers={"X-Request-Id": 'a" forged line'})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_logs_hold_nothing_that_somebody_entered(logged, visit):
    visitor = visit("li.na")
    visitor.open("/search?q=Zhang+Min+13800000000")
    start_inquiry(visitor)
    text = json.dumps(logged(), ensure_ascii=False)
    assert "C000001" not in text and not re.search("Zhang|1380|channel", text)


def test_healthy_looks_are_not_logged(app, logged):
    for path in ("/healthz", "/readyz", "/metrics"):
        app.test_client().get(path)
    assert logged() == []


def test_a_fault_is_logged_with_its_trace_and_number(app, visit, logged, monkeypatch):
    visitor = visit("li.na")
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    monkeypatch.setattr("webapp.views.inbox.Queue", None)
    visitor.open("/inbox")
    (fault,) = [one for one in logged() if one["level"] == "error"]
    assert visitor.status == 500 and fault["message"].split()[1] in visitor.text and "TypeError" in fault["error"]
    assert fault["request"] == visitor.response.headers["X-Request-Id"]


def test_a_line_for_people():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Plain("%(levelname)s %(message)s"))
    record = logging.makeLogRecord({"levelname": "INFO", "msg": "step", "case": "17", "step": 5, "ms": 3.2})
    handler.handle(record)
    assert stream.getvalue() == "INFO step case=17 step=5 ms=3.2\n"
