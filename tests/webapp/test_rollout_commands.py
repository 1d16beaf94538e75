"""Rollouts from a shell or a pipeline: a share, a moment, stopping, going back; answers, JSON, exit codes."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from engine import open_engine
from engine.clock import SystemClock
from tests.webapp.test_cli import WORDING, ran
from webapp.cli import main


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
def other(tmp_path):
    """The shared decision in other words, as an archive."""
    body = (WORDING / "wording.dmn").read_bytes()
    changed = body.replace(b'label="', b'label="New: ', 1)
    assert changed != body
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as into:
        for file in WORDING.rglob("*"):
            if file.is_file():
                text = changed if file.name == "wording.dmn" else file.read_bytes()
                into.writestr(file.relative_to(WORDING).as_posix(), text)
    (tmp_path / "other.zip").write_bytes(out.getvalue())
    return str(tmp_path / "other.zip")


def asked(capsys, url, *arguments):
    """A command with JSON: its exit code and what it said."""
    code, said = ran(capsys, *arguments, "--json", "--database", url)
    return code, json.loads(said)


def test_a_share_is_deployed_widened_stopped_and_taken_back(capsys, url, other):
    assert asked(capsys, url, "deploy", str(WORDING))[0] == 0
    code, said = asked(capsys, url, "deploy", other, "--percent", "20", "--reason", "new words")
    assert (code, said["version"], said["rollout"]["percent"]) == (0, 2, 20)
    code, said = asked(capsys, url, "rollout", "wording")
    assert code == 0 and [(one["version"], one["share"]) for one in said["shares"]] == [(2, 20), (1, 80)]
    _, said = asked(capsys, url, "rollout", "wording", "widen", "2", "--percent", "50", "--reason", "good")
    assert [one["share"] for one in said["shares"]] == [50, 50]
    _, said = asked(capsys, url, "rollout", "wording", "stop", "--reason", "bad")
    assert [one["version"] for one in said["shares"]] == [1]
    assert asked(capsys, url, "rollout", "wording", "widen", "2", "--reason", "good")[1]["shares"][0]["share"] == 100
    code, said = asked(capsys, url, "rollout", "wording", "back", "1", "--reason", "worse")
    assert code == 0 and [one["reason"] for one in said["history"]][:3] == ["worse", "good", "bad"]
    code, text = ran(capsys, "rollout", "wording", "--database", url)
    assert code == 0 and "version 1: 100 %" in text and "version 2, 0 %, system: bad" in text


def test_a_version_waits_for_its_moment(capsys, url, other):
    asked(capsys, url, "deploy", str(WORDING))
    year = SystemClock().now().year + 1
    code, text = ran(capsys, "deploy", other, "--at", f"{year}-11-23T09:00", "--database", url)
    assert code == 0 and f"version 2 comes in force at {year}-11-23 09:00 (Shanghai)" in text
    _, said = asked(capsys, url, "rollout", "wording")
    assert [one["effective_at"] for one in said["coming"]] == [f"{year}-11-23T01:00:00.000000Z"]
    with open_engine(url) as engine:
        assert [one.version for one in engine.in_force()] == [1]


def test_what_is_refused_and_what_is_wrong_use(capsys, url, other):
    assert asked(capsys, url, "deploy", str(WORDING), "--percent", "20")[0] == 1
    assert asked(capsys, url, "deploy", str(WORDING))[0] == 0
    for arguments, code in (
        (("deploy", other, "--percent", "0"), 1),
        (("deploy", other, "--at", "2020-01-01T09:00"), 1),
        (("rollout", "wording", "stop", "--reason", "x"), 1),
        (("rollout", "wording", "back", "7", "--reason", "x"), 1),
        (("rollout", "wording", "stop"), 2),
        (("rollout", "wording", "widen", "--reason", "x"), 2),
        (("rollout", "wording", "back", "--reason", "x"), 2),
        (("rollout", "wording", "widen", "1", "--percent", "0", "--reason", "x"), 1),
        (("rollout", "wording", "back", "1", "--at", "2999-01-01", "--reason", "x"), 2),
        (("rollout", "wording", "stop", "--percent", "10", "--reason", "x"), 2),
        (("rollout", "nothing"), 2),
    ):
        assert main([*arguments, "--database", url]) == code, arguments
        capsys.readouterr()
    with open_engine(url) as engine:
        assert len(engine.rollouts("wording")) == 1


def test_a_share_of_nothing_is_not_all(capsys, url, other):
    asked(capsys, url, "deploy", str(WORDING))
    asked(capsys, url, "deploy", other, "--percent", "20")
    code, said = asked(capsys, url, "rollout", "wording", "widen", "2", "--percent", "0", "--reason", "none of them")
    assert code == 1 and "1 to 100" in said["refused"]
    assert [one["share"] for one in asked(capsys, url, "rollout", "wording")[1]["shares"]] == [20, 80]
