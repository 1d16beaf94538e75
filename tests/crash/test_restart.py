"""The database is restarted under load, politely and not: commands are refused meanwhile, and all goes on by itself."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from engine import SYSTEM
from engine.errors import Unavailable

from .clerk import Clerk
from .ending import end_well
from .judging import goes_on
from .ledger import Ledger
from .servers import Server
from .works import Works, beside, running

MODES = ("immediate", "fast", "immediate")


@pytest.mark.slow
def test_all_goes_on_when_the_database_is_restarted(server: Server, durable_url: str, tmp_path: Path) -> None:
    works = Works(durable_url, tmp_path, Random(4))
    web = works.web("web", worker=True)
    works.worker("worker")
    works.loader("loader")
    works.hire(2)
    visitor = Clerk("ma.rui", [web.port], Ledger(tmp_path, "visitor"), Random(1))
    with running(works), beside(durable_url, tmp_path) as engine:
        visitor.log_in()
        clients = {"loaderx1", *(clerk.name for clerk in works.clerks)}
        for mode in MODES:
            goes_on(tmp_path, clients)
            server.restart(mode)
        goes_on(tmp_path, clients)
        with server.halted():
            for command in (engine.run_due, engine.incidents, lambda: engine.start("tick", by=SYSTEM)):
                with pytest.raises(Unavailable):
                    command()
            assert [visitor.look(path) for path in ("/inbox", "/cases/new/parcel")] == [503, 503]
        goes_on(tmp_path, clients)
        assert engine.start("tick", by=SYSTEM).status == "completed"  # by the engine that was refused
        assert visitor.look("/inbox") == 200
        assert {clerk.faults for clerk in (*works.clerks, visitor)} == {0}
    end_well(durable_url, tmp_path)
