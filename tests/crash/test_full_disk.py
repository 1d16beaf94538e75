"""A disk is full: commands are refused and leave nothing half-done, and the same engine goes on when there is room."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.serving import ROOT

from .full import CANNOT, filled, story
from .servers import Server, folder

MOUNTED = 32_000_000
SAID = {"limit": "disk I/O error", "mount": "database or disk is full"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["limit", "mount"])
def test_a_full_disk_refuses_and_spoils_nothing(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.crash.full", kind, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode == CANNOT:
        pytest.skip(f"no file system of its own: {done.stdout}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert SAID[kind] in done.stdout


@pytest.mark.slow
def test_a_full_tablespace_refuses_and_spoils_nothing(server: Server) -> None:
    with small_disk() as place:
        server.execute(f"create tablespace small location '{place / 'space'}'")
        url = server.database("crowded", tablespace="small")
        try:
            assert "No space left on device" in story(url, lambda: filled(place))
        finally:
            server.execute("drop database crowded with (force)")
            server.execute("drop tablespace small")


@contextmanager
def small_disk() -> Iterator[Path]:
    """A small file system, for whoever may mount one, with a folder in it that is the database's."""
    libc = ctypes.CDLL(None, use_errno=True)
    with folder() as place:
        if libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", 0, b"size=%d,mode=777" % MOUNTED) != 0:
            pytest.skip(f"no file system of its own: {os.strerror(ctypes.get_errno())}")
        try:
            (place / "space").mkdir()
            shutil.chown(place / "space", "pgserver")
            yield place
        finally:
            libc.umount2(os.fsencode(place), 2)
