"""`fundcase retain` on sample cases: nothing is young enough to go, until the clock says so."""

from __future__ import annotations

import pytest

from webapp.cli import main


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out


def test_retain_says_what_it_would_do_and_does_it(capsys, tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    code, said = ran(capsys, "retain", "--dry-run", "--database", url)
    assert (code, said) == (0, "Nothing was changed.\n")
    assert ran(capsys, "retain", "--json", "--database", url) == (0, "[]\n")
