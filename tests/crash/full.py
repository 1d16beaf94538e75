"""What happens to an engine while there is no room: `python -m tests.crash.full limit|mount FOLDER` for SQLite.

`limit` lets no file of the process grow beyond what it has; `mount` puts the database on a small file system of its own
that is filled, which needs the right to mount one. Both are over when the process is.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine import Actor, FixedClock, Operator, open_engine
from engine.engine import Engine
from engine.errors import Unavailable
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, el, line, timer

ANN, OLGA = Actor("ann", groups={"csr"}), Actor("olga", groups={"process_owner"})
TASK = "1.1.3"
BEGUN = "2026-03-02T01:00:00+00:00"
ROOM = 300_000  # bytes that are left when the story begins
MOUNTED = 4_000_000
BULK = 6_000  # bytes of one case
MOST = 2_000  # commands until there has to be no room any more
NEW_NAMESPACE, NEW_USER, PRIVATE = 0x20000, 0x10000000, 0x44000
CANNOT = 77  # the exit code where nothing can be mounted

Full = Callable[[], Callable[[], None]]  # takes the room away; what it gives brings it back


def bundle() -> dict[str, str]:
    """A task, a timer and a remote operator at once."""
    ways = tiny.ask("ask", form="forms/note.json", variable="asked")
    ways += tiny.catch("wait", timer("&quot;PT1H&quot;")) + tiny.call("ship", "crash/ship", variable="shipped")
    gates = el("parallelGateway", "split") + el("parallelGateway", "join")
    flows = "".join(line("split", way, "join") for way in ("ask", "wait", "ship"))
    form = tiny.form({"note": {"type": "string"}}, required=("note",))
    return tiny.bundle(
        "loan", START + gates + ways + END + flows + line("start", "split") + line("join", "end"), forms_note=form
    )


def story(url: str, fill: Full) -> str:
    """Work until there is no room, be refused, read all the same, and go on as soon as there is room; what was said."""
    clock, keys = FixedClock(BEGUN), list[str]()
    operator = Operator(name="crash/ship", kind="remote", run=lambda call: keys.append(call.key) or {})
    with open_engine(url, clock=clock, operators=[operator]) as engine:
        engine.deploy(bundle(), by=OLGA)
        engine.start("loan", by=ANN)
        free = fill()
        cases = 1 + until_refused(lambda: engine.start("loan", {"bulk": bulk()}, by=ANN))[0]
        assert cases > 1, "there was no room from the beginning"
        drafts, _ = until_refused(lambda: engine.save_draft(TASK, {"note": bulk()}, by=ANN))
        open_tasks = iter(engine.inbox(ANN, limit=MOST))
        done, why = until_refused(lambda: engine.complete(next(open_tasks).id, {"note": bulk()}, by=ANN))
        assert len(engine.case_ids()) == cases and len(engine.inbox(ANN, limit=MOST)) == cases - done
        assert done or bool(engine.draft(TASK, ANN)) == bool(drafts)
        clock.advance(hours=1)
        with suppress(Unavailable):
            engine.run_due()
        sound(engine)
        free()
        clock.advance(hours=1)
        engine.run_due()
        assert engine.incidents() == [] and engine.next_due() is None
        assert len(set(keys)) == cases <= len(keys)
        for task in engine.inbox(ANN, limit=MOST):
            engine.complete(task.id, {"note": "after"}, by=ANN)
        assert {case.status for case in engine.cases(limit=MOST)} == {"completed"}
    with open_engine(url, clock=clock) as again:
        assert len(again.case_ids()) == cases
        sound(again)
    return why


def bulk() -> str:
    """Much that cannot be pressed together."""
    return os.urandom(BULK).hex()


def until_refused(command: Callable[[], object]) -> tuple[int, str]:
    """Repeat a command until there is no room for it; how often there was, and what was said then."""
    for count in range(MOST):
        try:
            command()
        except Unavailable as error:
            return count, str(error)
    raise AssertionError("there was always room")


def sound(engine: Engine) -> None:
    """Every case is whole."""
    for case_id in engine.case_ids():
        assert engine.verify(str(case_id)).problems == ()


def limited(file: Path) -> Callable[[], None]:
    """Let no file of this process grow much beyond the largest of a database."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = max(one.stat().st_size for one in file.parent.glob(f"{file.name}*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most + ROOM, before[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)


def filled(folder: Path) -> Callable[[], None]:
    """Fill a file system but for a little."""
    ballast = folder / "ballast"
    found = os.statvfs(folder)
    ballast.write_bytes(b"x" * (found.f_bavail * found.f_frsize - ROOM))
    return ballast.unlink


def mount(folder: Path) -> None:
    """Put a small file system on a folder, for this process alone; root may do that, elsewhere everybody."""
    libc, user = ctypes.CDLL(None, use_errno=True), os.geteuid()
    flags = NEW_NAMESPACE | (NEW_USER if user else 0)
    steps = (
        lambda: libc.unshare(flags),
        lambda: libc.mount(b"none", b"/", None, PRIVATE, None),
        lambda: libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=%d" % MOUNTED),
    )
    for step in steps:
        if step() != 0:
            print("cannot mount:", os.strerror(ctypes.get_errno()))
            sys.exit(CANNOT)


def main(kind: str, place: str) -> None:
    """Tell the story on SQLite."""
    folder = Path(place)
    if kind == "mount":
        mount(folder)
    file = folder / "cases.db"
    print(story(f"sqlite:///{file}", lambda: limited(file) if kind == "limit" else filled(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
