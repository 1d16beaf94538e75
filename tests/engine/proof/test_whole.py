"""What is found beside the cases: checkpoints, files outside, purges, numbers, contents."""

import pytest
from sqlalchemy import text

from engine import Actor
from engine.auditing.population import Selection
from engine.canonical import canonical
from engine.history.chain import hash_of
from engine.proof.documents import Document, Folder
from engine.proof.signing import Ed25519
from engine.retention.purging import record
from tests.engine.people import ANN, OLGA
from tests.engine.proof.conftest import KEY
from tests.engine.watching import rows, unguarded


@pytest.fixture
def sealed(three, folder):
    """Three cases that are sealed, one of which has gone on and was sealed again."""
    three.seal()
    three.release("1.1.2", by=ANN)
    three.seal()
    assert three.verify_whole(folder).problems == ()
    return three


def found(engine, folder=None):
    """What is wrong, each with the case or the detail that names its place."""
    return [(one.what, one.case or one.detail) for one in engine.verify_whole(folder).problems]


def tamper(engine, *changes, **values):
    """Change something for good, as somebody who owns the database."""
    with unguarded(engine) as connection:
        for change in changes:
            assert connection.execute(text(change), values).rowcount >= 1, change


def test_how_far_one_can_see(sealed, folder):
    cover = sealed.verify_whole(folder).cover
    assert (cover.checkpoints, cover.files, cover.unsealed, cover.purged) == (2, 2, 0, 0)
    assert cover.sealed_at == sealed.clock.now() and cover.key == sealed.checkpoints()[0].said["key"]
    sealed.start("loan", by=ANN)
    cover = sealed.verify_whole().cover
    assert (cover.unsealed, cover.files) == (1, None)


# A history that is cut, deleted, rewritten


def test_a_whole_case_that_is_deleted(sealed):
    """The number is missing, too, unless the counter is put back as well."""
    for name in ("step", "task", "job"):
        with unguarded(sealed) as connection:
            connection.execute(text(f"DELETE FROM {name} WHERE case_id = 3"))
    tamper(sealed, "DELETE FROM case_file WHERE id = 3")
    assert found(sealed) == [("sealed step missing", "3"), ("number missing", "LOA-20260302-000003")]
    tamper(sealed, "UPDATE counter SET value = 2")
    assert found(sealed) == [("sealed step missing", "3")]
    assert [(one.what, one.seq) for one in sealed.verify("3").problems] == [("sealed step missing", 1)]


def test_a_history_that_is_cut_with_all_that_follows(sealed):
    last = rows(sealed, "step", case_id=1, seq=2)[0]
    tamper(sealed, "DELETE FROM step WHERE case_id = 1 AND seq = 3")
    tamper(
        sealed,
        "UPDATE case_file SET seq = 2, head = :head, last_at = :at WHERE id = 1",
        head=last["hash"],
        at=last["at"],
    )
    tamper(
        sealed, "UPDATE task SET queue = 'u:ann', assignee = 'ann', claimed_at = :at WHERE case_id = 1", at=last["at"]
    )
    assert [(one.what, one.seq) for one in sealed.verify("1").problems] == [("sealed step missing", 3)]
    assert found(sealed) == [("sealed step missing", "1")]


def test_a_history_that_is_written_anew(sealed):
    row = rows(sealed, "step", case_id=2)[0] | {"actor": "ben"}
    row["hash"] = hash_of(**{name: value for name, value in row.items() if name != "hash"})
    tamper(sealed, "UPDATE step SET actor = 'ben', hash = :hash WHERE case_id = 2", hash=row["hash"])
    tamper(sealed, "UPDATE case_file SET started_by = 'ben', head = :hash WHERE id = 2", hash=row["hash"])
    assert [(one.what, one.seq) for one in sealed.verify("2").problems] == [("sealed step changed", 1)]
    assert found(sealed) == [("sealed step changed", "2")]


def test_whoever_drops_the_checkpoint_too_is_found_by_the_file(sealed, folder):
    tamper(
        sealed,
        "DELETE FROM step WHERE case_id = 1 AND seq = 3",
        "DELETE FROM checkpoint WHERE number = 2",
        "DELETE FROM checkpoint_leaf WHERE number = 2",
    )
    assert found(sealed) == []
    assert found(sealed, folder) == [("checkpoint missing", "checkpoint 2"), ("sealed step missing", "1")]


def test_whoever_makes_all_checkpoints_anew_is_found_by_the_files(sealed, folder):
    tamper(sealed, "DELETE FROM checkpoint", "DELETE FROM checkpoint_leaf", "DELETE FROM checkpoint_record")
    with sealed.database.writing() as connection:
        from engine.proof.checkpoints import prepare, store

        store(connection, prepare(connection, Ed25519(b"x" * 32), sealed.clock.now()))
    assert found(sealed) == []
    assert {what for what, _ in found(sealed, folder)} == {"checkpoint missing", "checkpoint differs from its file"}


# Files


def test_files_that_are_gone_or_changed(sealed, folder, tmp_path):
    first, second = sorted(folder.path.iterdir())
    content = second.read_bytes()
    second.unlink()
    assert found(sealed, folder) == [("checkpoint file missing", "checkpoint 2")]
    for changed in (content[:-2], content + b"\n", first.read_bytes()):
        second.write_bytes(changed)
        assert {what for what, _ in found(sealed, folder)} == {"checkpoint file changed", "checkpoint file missing"}
        second.unlink()
    assert ("checkpoint file missing", f"there is no folder {tmp_path / 'none'}") in found(
        sealed, Folder(tmp_path / "none")
    )


def test_a_file_that_is_on_its_way_is_not_missing(opened, folder):
    class Away:
        def put(self, document):
            raise OSError("away")

    engine = opened(signing=lambda: KEY, sinks={"folder": Away()})
    engine.seal()
    folder.path.mkdir()
    assert found(engine, folder) == []


# Keys


def test_another_key_is_found_unless_the_one_before_named_it(sealed, opened):
    other = Ed25519(b"o" * 32)
    sealed.start("loan", by=ANN)
    thief = opened(signing=lambda: other)
    thief.seal()
    assert found(sealed) == [("unknown key", "checkpoint 3")]


def test_a_key_that_was_handed_over(sealed, opened):
    from engine.proof.signing import fingerprint

    other = Ed25519(b"o" * 32)
    assert sealed.seal(successor=fingerprint(other.public_key)).number == 3
    sealed.start("loan", by=ANN)
    sealed.seal()
    heir = opened(signing=lambda: other)
    heir.start("loan", by=ANN)
    assert found(sealed) == [] and heir.seal().number == 5
    assert found(sealed) == []
    sealed.start("loan", by=ANN)
    sealed.seal()  # the old one has no say any more
    assert found(sealed) == [("unknown key", "checkpoint 6")]


# Purges


def purge(engine, case_id):
    """Purge a case as retention does, whatever its status."""
    with unguarded(engine) as connection:
        row = connection.execute(text("SELECT * FROM case_file WHERE id = :id"), {"id": case_id}).mappings().one()
        said = {"case_id": case_id, "policy": "ten years", "at": row["last_at"], "by": "system", "steps": row["seq"]}
        said |= {name: row[name] for name in ("number", "key", "started_at", "head")} | {"ended_at": row["last_at"]}
        record(connection, said)
        for name in ("step", "task", "job"):
            connection.execute(text(f"DELETE FROM {name} WHERE case_id = :id"), {"id": case_id})
        connection.execute(text("DELETE FROM case_file WHERE id = :id"), {"id": case_id})


def test_what_retention_purged_is_no_problem_once_it_is_sealed(sealed, folder):
    purge(sealed, 1)
    place = "purge 1: LOA-20260302-000001, ten years, system"
    assert [(one.what, one.detail) for one in sealed.verify_whole(folder).problems] == [("purge not sealed", place)]
    made = sealed.seal()
    assert made.said["cases"] == 0 and made.said["purges"] == rows(sealed, "purge")[0]["hash"].hex()
    assert found(sealed, folder) == [] and sealed.verify_whole().cover.purged == 1
    gone = sealed.verify("1")
    assert gone.sound and (gone.purged.policy, gone.purged.by, gone.purged.steps) == ("ten years", "system", 3)
    assert sealed.case_ids() == [1, 2, 3]


def test_a_purge_that_is_taken_back_changed_or_not_whole(sealed):
    purge(sealed, 1)
    purge(sealed, 2)
    sealed.seal()
    tamper(sealed, "UPDATE purge SET policy = 'none' WHERE id = 1")
    assert found(sealed) == [("purge changed", "1")]
    tamper(sealed, "UPDATE purge SET policy = 'ten years' WHERE id = 1", "DELETE FROM purge WHERE id = 2")
    assert {what for what, _ in found(sealed)} == {"sealed step missing", "number missing", "purge missing"}


def test_a_purge_of_what_was_never_sealed(sealed):
    sealed.start("loan", by=ANN)
    purge(sealed, 4)
    sealed.seal()
    assert found(sealed) == [("purge of what was never sealed", "4")]


def test_a_purged_case_of_which_something_is_left(sealed):
    kept = rows(sealed, "step", case_id=3)[0]
    purge(sealed, 3)
    sealed.seal()
    with unguarded(sealed) as connection:
        from engine.store.tables import step

        connection.execute(step.insert(), kept)
    assert found(sealed) == [("row of no case", "3"), ("purge not whole", "3")]


# Numbers and contents


def test_a_number_too_many_or_too_few(sealed):
    tamper(sealed, "UPDATE case_file SET number = 'LOA-20260302-000009' WHERE id = 2")
    assert found(sealed) == [
        ("number missing", "LOA-20260302-000002"),
        ("number unknown", "LOA-20260302-000009"),
    ]


def test_contents_that_are_swapped_though_no_case_uses_them(sealed):
    sealed.configure(parameters={"limit": {"value": 1}}, by=OLGA, reason="r")
    digest = sealed.configuration().digest
    tamper(sealed, "UPDATE content SET body = :body WHERE digest = :digest", body=canonical({"a": 1}), digest=digest)
    assert found(sealed) == [("content changed", digest)]
    tamper(sealed, "DELETE FROM content WHERE digest = :digest", digest=digest)
    assert found(sealed) == [("content missing", digest)]


def test_the_document_says_all_that_is_needed(sealed, folder):
    documents = [Document.from_bytes(content) for _, content in folder.files()]
    assert [one.checkpoint.number for one in documents] == [1, 2]


def test_a_paper_about_a_sample_is_of_no_case(sealed, folder):
    auditor = Actor("he", {"auditor"})
    sample = sealed.draw(Selection(), size=2, reason="to look at", by=auditor)
    sealed.write_paper("note", "Nothing was wrong.", sample=sample.id, by=auditor)
    sealed.seal()
    assert found(sealed, folder) == []
