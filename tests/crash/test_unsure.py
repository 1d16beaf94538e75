"""The server is lost in the middle of a commit: whoever asked is told that nobody knows, and not that nothing happened."""

from __future__ import annotations

import threading

import pytest

from engine import SYSTEM, open_engine
from engine.errors import EngineError, Unavailable

from .servers import Server
from .waiting import until

NAMES = "synchronous_standby_names"


@pytest.mark.slow
def test_a_commit_without_an_answer_is_no_refusal(server: Server, durable_url: str) -> None:
    said: list[EngineError] = []
    with open_engine(durable_url) as engine:

        def start() -> None:
            try:
                engine.start("watch", {"token": "unsure"}, by=SYSTEM)
            except EngineError as error:
                said.append(error)

        waits = "select pid from pg_stat_activity where wait_event = 'SyncRep' and query like 'COMMIT%'"
        asking = threading.Thread(target=start)
        server.configure(NAMES, "nobody")
        try:
            asking.start()
            ((pid,),) = until(lambda: server.execute(waits), "the commit waits for a stand-by that never comes")
            server.execute(f"select pg_terminate_backend({pid})")
            asking.join(60)
        finally:
            server.configure(NAMES, "")
        (error,) = said
        assert isinstance(error, Unavailable) and error.unsure
        assert [case.data for case in engine.cases(key="watch")] == [{"token": "unsure"}]  # it has taken place
