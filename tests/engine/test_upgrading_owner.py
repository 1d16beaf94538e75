"""A database of release 0.1: every version that was deployed there has its row, and what was sealed stays as it was."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, select

from engine import Actor, open_engine
from engine.canonical import canonical, digest
from engine.errors import SchemaOutdated
from engine.proof.records import key_of, record_of
from engine.store import schema
from engine.store.database import Database
from engine.store.tables import proposal
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.test_rollouts import version

BOB = Actor("bob", groups={"process_owner"})
BEFORE = "0003"


def filled(url, clock):
    """Three versions, an approval, open cases of each version."""
    with open_engine(url, clock=clock) as engine:
        for number in (1, 2):
            engine.deploy(version(number), by=OLGA, reason=f"v{number}")
            engine.start("loan", by=ANN)
            clock.advance(days=1)
        engine.approve(engine.propose(version(3), by=OLGA, reason="v3").id, by=BOB, remark="yes")
        engine.reject(engine.propose(version(4), by=OLGA, reason="v4").id, by=BOB)
        engine.start("loan", by=ANN)
        engine.deploy(tiny.one_task("gift"), by=OLGA)


def as_before(source_url, target_url):
    """Lay the rows of a database into the tables of the release before, without what it did not know."""
    source, target = Database(source_url), Database(target_url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with source.reading() as read, target.writing() as write:
        config.attributes["connection"] = write
        command.upgrade(config, BEFORE)
        known, new = MetaData(), MetaData()
        known.reflect(write)
        new.reflect(read, only=[name for name in known.tables if name != schema.VERSIONS])
        for name, table in new.tables.items():
            rows = read.execute(select(*(table.c[one.name] for one in known.tables[name].columns))).mappings()
            for row in rows:
                write.execute(insert(known.tables[name]), dict(row))
        if not target.sqlite:
            for name in ("case_file", "proposal"):
                write.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 10)")
    source.close()
    target.close()


@pytest.fixture
def before(database_url, tmp_path, clock):
    """The address of a database of the release before."""
    source = f"sqlite:///{tmp_path / 'source.db'}"
    filled(source, clock)
    as_before(source, database_url)
    return database_url


def test_every_version_has_its_row_and_new_cases_go_on(before, clock):
    database = Database(before)
    if not database.sqlite:
        with pytest.raises(SchemaOutdated):
            open_engine(before, clock=clock)
    schema.upgrade(database)
    sealed_then(database)
    database.close()
    with open_engine(before, clock=clock) as engine:
        found = [(one.number, one.version, one.percent, one.reason) for one in reversed(engine.rollouts("loan"))]
        assert found == [(1, 1, 100, "v1"), (2, 2, 100, "v2"), (3, 3, 100, "v3 (yes)")]
        for one, deployed in zip(engine.rollouts("loan"), engine.deployments("loan"), strict=True):
            assert (one.at, one.effective_at, one.by) == (deployed.at, deployed.at, deployed.by)
        assert {one.key: one.version for one in engine.in_force()} == {"loan": 3, "gift": 1}
        assert engine.start("loan", by=ANN).version == 3
        assert engine.complete("1.1.2", {"approved": True}, by=ANN).version == 1
        assert all(engine.verify(case_id).sound for case_id in engine.case_ids())
        assert engine.verify_whole().problems == ()
        engine.deploy(version(5), by=OLGA, percent=20)
        engine.roll_back("loan", 2, by=OLGA, reason="x")
        assert engine.start("loan", by=ANN).version == 2


def sealed_then(database):
    """A proposal has the digest that it was sealed with, as long as nobody writes into what was added."""
    added = {"authors", "effective_at", "percent", "version"}
    with database.reading() as connection:
        for row in connection.execute(select(proposal, key_of(proposal))):
            plain = {c.name: row._mapping[c] for c in proposal.columns if c.name not in added}
            assert record_of(proposal, row).digest.hex() == digest(canonical(plain))
        row = connection.execute(select(proposal, key_of(proposal))).mappings().first()
    for name, value in (("authors", "kim"), ("percent", 99), ("effective_at", "x"), ("version", 1)):
        assert record_of(proposal, Changed(row, name, value)).digest != record_of(proposal, Changed(row)).digest


class Changed:
    """A row in which one column is another."""

    def __init__(self, row, name="", value=None):
        self._mapping = {c: value if c.name == name else row[c] for c in proposal.columns}
        self.record_id = row["record_id"]
