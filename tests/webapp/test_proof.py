"""`fundcase verify` and `fundcase seal` as they are typed: by one process or two, since a day, with the folder outside."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from engine import SYSTEM
from tests.engine import tiny
from webapp import bootstrap, sealing
from webapp.bootstrap import Settings, open_product
from webapp.cli import main
from webapp.commands import proof


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A database with three cases, an instance folder, and the folder outside, which does not exist yet."""
    monkeypatch.setattr(proof, "Settings", lambda **said: Settings(**said, instance=tmp_path / "instance"))
    monkeypatch.setattr(bootstrap, "INSTANCE", tmp_path / "instance")
    monkeypatch.setattr("webapp.cli.Settings", lambda **said: Settings(**said, instance=tmp_path / "instance"))
    settings = Settings(database=f"sqlite:///{tmp_path / 'cases.db'}", instance=tmp_path / "instance")
    with open_product(settings) as engine:
        engine.deploy(tiny.one_task(), by=SYSTEM)
        for _ in range(3):
            engine.start("loan", by=SYSTEM)
    return settings


def ran(capsys, settings, *arguments):
    code = main([*arguments, "--database", settings.database])
    return code, capsys.readouterr().out


def test_seal_then_verify(capsys, office, tmp_path):
    assert ran(capsys, office, "seal")[1].startswith("Checkpoint 1 covers 3 cases")
    assert ran(capsys, office, "seal") == (0, "Nothing is new since the last checkpoint.\n")
    assert [file.name for file in (tmp_path / "cases.checkpoints").iterdir()] == ["checkpoint-000001.json"]
    code, said = ran(capsys, office, "verify", "--json")
    said = json.loads(said)
    assert code == 0 and said["cases"] == 3 and said["problems"] == said["unsound"] == []
    assert said["covered"]["checkpoints"] == said["covered"]["files"] == 1 and said["covered"]["unsealed"] == 0


def test_the_key_is_kept_for_its_owner_alone(capsys, office, tmp_path):
    ran(capsys, office, "seal")
    key = tmp_path / "instance" / "seal.key"
    assert key.stat().st_mode & 0o777 == 0o600 and len(bytes.fromhex(key.read_text())) == 32


@pytest.mark.slow
def test_two_processes_find_what_one_finds(capsys, office, tmp_path):
    ran(capsys, office, "seal")
    tamper(tmp_path, "DELETE FROM case_file WHERE id = 2", "UPDATE step SET actor = 'eve' WHERE case_id = 3")
    one, two = (ran(capsys, office, "verify", "--jobs", jobs) for jobs in ("1", "2"))
    assert one == two and one[0] == 1
    for line in ("?: case missing", "step changed at step 1", "case 2: row of no case: step", "number missing"):
        assert line in one[1]


def test_what_is_dropped_inside_is_found_outside(capsys, office, tmp_path):
    ran(capsys, office, "seal")
    tamper(tmp_path, *(f"DELETE FROM {name}" for name in ("checkpoint", "checkpoint_leaf", "checkpoint_record")))
    code, said = ran(capsys, office, "verify")
    assert code == 1 and "checkpoint missing: checkpoint 1" in said
    (tmp_path / "cases.checkpoints").rename(tmp_path / "elsewhere")
    assert ran(capsys, office, "verify")[0] == 0
    assert ran(capsys, office, "verify", "--checkpoints", str(tmp_path / "elsewhere"))[0] == 1


def test_one_case_or_those_since_a_day(capsys, office):
    code, said = ran(capsys, office, "verify", "--case", "1")
    assert (code, said.splitlines()[-1][:8]) == (0, "1 cases,")
    assert ran(capsys, office, "verify", "--since", "2020-01-01")[1].splitlines()[-1].startswith("3 cases")
    assert ran(capsys, office, "verify", "--since", "2999-01-01")[1].splitlines()[-1].startswith("0 cases")
    with pytest.raises(SystemExit):
        main(["verify", "--since", "yesterday"])


def test_a_new_key_is_named_by_the_old_one(capsys, office, tmp_path):
    ran(capsys, office, "seal")
    first = (tmp_path / "instance" / "seal.key").read_text()
    assert ran(capsys, office, "seal", "--new-key")[1].startswith("Checkpoint 2")
    assert (tmp_path / "instance" / "seal.key").read_text() != first
    with open_product(office) as engine:
        engine.start("loan", by=SYSTEM)
        assert engine.seal().key != engine.checkpoints()[-1].key
    assert ran(capsys, office, "verify")[0] == 0
    (tmp_path / "instance" / "seal.key").unlink()
    with open_product(office) as engine:
        engine.start("loan", by=SYSTEM)
        engine.seal()
    code, said = ran(capsys, office, "verify")
    assert code == 1 and "unknown key: checkpoint 4" in said


def tamper(tmp_path, *statements):
    """Change the database as somebody who owns it."""
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (*(f"DROP TRIGGER {name}" for (name,) in triggers), *statements):
            connection.execute(statement)
    connection.close()


# What is configured


def test_where_checkpoints_go(tmp_path):
    url, mailer = f"sqlite:///{tmp_path / 'a.db'}", object()
    assert sealing.folder_of(url, {}).path == tmp_path / "a.checkpoints"
    assert sealing.folder_of(url, {sealing.FOLDER: "/elsewhere"}).path.as_posix() == "/elsewhere"
    assert sealing.folder_of("postgresql+psycopg://h/d", {}) is None and sealing.folder_of("sqlite://", {}) is None
    said = {sealing.MAIL: "audit@example.com", sealing.WEBHOOK: "https://example.com/seals"}
    assert sealing.sinks_of(url, said, mailer).keys() == {"folder", "mail", "webhook"}
    assert sealing.sinks_of(url, said, None).keys() == {"folder", "webhook"}
    for wrong in ({sealing.WEBHOOK: "ftp://example.com"},):
        with pytest.raises(ValueError, match="https"):
            sealing.sinks_of(url, wrong, None)
    assert sealing.every({}) is None and sealing.every({sealing.EVERY: "15"}).total_seconds() == 900
    for wrong in ("0", "soon", "-1"):
        with pytest.raises(ValueError, match="minutes"):
            sealing.every({sealing.EVERY: wrong})


class Letters:
    """A mail server that keeps what it was given."""

    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)


def test_by_mail(office):
    letters = Letters()
    with open_product(office) as engine:
        context = replace(engine.context, sinks={"mail": sealing.ByMail(mailer=letters, address="audit@example.com")})
        made = type(engine)(context).seal()
    (letter,) = letters.sent
    assert (letter.address, letter.subject) == ("audit@example.com", "Checkpoint 1")
    said = json.loads(letter.body)
    assert said["body"].encode() == made.body and bytes.fromhex(said["signature"]) == made.signature


def test_by_webhook(office):
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    taken = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append((self.headers["X-Checkpoint"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204 if len(taken) > 1 else 503)
            self.end_headers()

        def log_message(self, *said):
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    Thread(target=server.serve_forever, daemon=True).start()
    sink = sealing.ByWebhook(url=f"http://127.0.0.1:{server.server_port}/seals")
    try:
        with open_product(office) as engine:
            document = document_of(engine)
            with pytest.raises(OSError, match="503"):
                sink.put(document)
            sink.put(document)
    finally:
        server.shutdown()
        server.server_close()
    assert taken == [("checkpoint-000001.json", document.to_bytes())] * 2


def document_of(engine):
    from engine.proof import documents

    made = engine.seal()
    with engine.database.reading() as connection:
        return documents.document_of(connection, made)
