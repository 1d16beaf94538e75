"""The secret of an installation is made at its first start; one that is killed meanwhile leaves none, not an empty one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from webapp.config import secret_of


def test_a_first_start_that_is_killed_leaves_no_empty_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*arguments: object, **named: object) -> None:
        os.close(int(str(arguments[0])))
        raise SystemExit

    monkeypatch.setattr(os, "fdopen", dies)
    with pytest.raises(SystemExit):
        secret_of(tmp_path)
    monkeypatch.undo()
    secret = secret_of(tmp_path)
    assert len(secret) == 64 and secret_of(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
