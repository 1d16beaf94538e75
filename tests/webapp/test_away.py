"""The database cannot be reached: the pages say so, keep what was typed in sight, and work again when it is back."""

from __future__ import annotations

from contextlib import contextmanager


@contextmanager
def away(engine, folder):
    """Take the database away for a block."""
    elsewhere, engine_ = folder / "elsewhere", engine.database.engine
    engine_.dispose()
    elsewhere.mkdir()
    for file in folder.glob("fundcase.db*"):
        file.rename(elsewhere / file.name)
    (folder / "fundcase.db").mkdir()  # what stands in its place cannot be opened
    try:
        yield
    finally:
        (folder / "fundcase.db").rmdir()
        engine_.dispose()
        for file in elsewhere.iterdir():
            file.rename(folder / file.name)


def test_a_page_without_a_database_says_so_and_keeps_what_was_typed(engine, folder, visit):
    li = visit("li.na")
    li.open("/cases/new/inquiry")
    with away(engine, folder):
        li.post("/cases/new/inquiry", {"customerId": "C000009", "note": "typed at length"})
        assert li.status == 503 and li.sees("The database cannot be reached", "typed at length")
        assert li.open("/inbox").status == 503
    assert li.open("/inbox").status == 200 and li.path == "/inbox"  # still logged in
