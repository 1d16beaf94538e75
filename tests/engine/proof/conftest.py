"""An engine that signs checkpoints and puts them into a folder."""

import pytest

from engine.proof.documents import Folder
from engine.proof.signing import Ed25519
from tests.engine import tiny
from tests.engine.people import ANN, OLGA

KEY = Ed25519(b"k" * 32)


@pytest.fixture
def folder(tmp_path):
    """Where checkpoints go."""
    return Folder(tmp_path / "checkpoints")


@pytest.fixture
def sealing(opened, folder):
    """An engine with a key and a folder, and a process of one task."""
    engine = opened(signing=lambda: KEY, sinks={"folder": folder})
    engine.deploy(tiny.one_task(), by=OLGA)
    return engine


@pytest.fixture
def three(sealing):
    """The same with three cases, the first of which has two steps."""
    for _ in range(3):
        sealing.start("loan", by=ANN)
    sealing.claim("1.1.2", by=ANN)
    return sealing
