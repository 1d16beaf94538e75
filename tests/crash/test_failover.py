"""The machine of the primary is lost and its synchronous stand-by promoted: nothing that was answered is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import pytest

from .ending import end_well
from .judging import answered_by, goes_on
from .servers import STANDBY, Server, durable, folder
from .waiting import until
from .works import Works, furnish, running

BOTH = "postgresql+psycopg://postgres@/{name}?host=127.0.0.1:{one}&host=127.0.0.1:{other}&target_session_attrs=read-write&connect_timeout=5"


@pytest.mark.slow
def test_nothing_that_was_answered_is_lost_with_the_primary(tmp_path: Path) -> None:
    with pair() as (primary, standby):
        primary.database("cases")
        url = BOTH.format(name="cases", one=primary.port, other=standby.port)
        furnish(url)
        works = Works(url, tmp_path, Random(6))
        works.web("web", worker=True)
        works.worker("worker")
        works.loader("loader")
        works.hire(2)
        with running(works):
            clients = {"loaderx1", *(clerk.name for clerk in works.clerks)}
            goes_on(tmp_path, clients, times=5)
            lose(primary, standby, tmp_path)
            goes_on(tmp_path, clients, times=5)
            assert {clerk.faults for clerk in works.clerks} == {0}
        end_well(url, tmp_path)


def lose(primary: Server, standby: Server, place: Path) -> None:
    """Hold up what the stand-by receives, kill the primary with what it alone knows, and promote the stand-by.

    A primary that did not wait for its stand-by would go on answering meanwhile, and all that would be lost.
    """
    ((receiver,),) = standby.execute("select pid from pg_stat_wal_receiver")
    os.kill(int(str(receiver)), signal.SIGSTOP)
    waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
    until(lambda: primary.execute(waiting)[0][0], "somebody waits for the stand-by")
    before = answered_by(place)
    primary.kill()
    for end in (signal.SIGTERM, signal.SIGCONT):  # it shall not look at what has come meanwhile
        os.kill(int(str(receiver)), end)
    standby.promote()
    assert before.total()


@contextmanager
def pair() -> Iterator[tuple[Server, Server]]:
    """A primary that answers nothing before its stand-by has it too, and that stand-by."""
    with ExitStack() as stack:
        primary = stack.enter_context(durable())
        standby = Server(stack.enter_context(folder())).copy(primary).start()
        stack.callback(standby.stop)
        primary.configure("synchronous_standby_names", STANDBY)
        state = "select sync_state from pg_stat_replication"
        until(lambda: primary.execute(state) == [("sync",)], "the primary waits for its stand-by")
        yield primary, standby
