"""What our completion is held against: stock SpiffWorkflow in memory, and one bare transaction of five statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, delete, insert, select, update

from engine.store.database import Database

from .diagrams import GIVEN, line

STEP_BYTES = 1_000


class BareSpiff:
    """Completions of a line of tasks in stock SpiffWorkflow."""

    def __init__(self, length: int = 5) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.parse(BytesIO(line(length, ours=False).encode())))
        self.spec = parser.get_spec(f"line{length}")
        self.workflow: Any = None

    def prepare(self) -> None:
        """Have a task ready."""
        if self.workflow is None or self.workflow.is_completed():
            self.workflow = BpmnWorkflow(self.spec)
            self.workflow.do_engine_steps()

    def complete(self) -> None:
        """Complete it, with the same data."""
        task = self.workflow.get_next_task(state=TaskState.READY, manual=True)
        task.data.update(GIVEN)
        task.run()
        self.workflow.do_engine_steps()

    def whole(self, tasks: int) -> None:
        """Begin a case and complete all its tasks."""
        self.workflow = None
        self.prepare()
        for _ in range(tasks):
            self.complete()


@contextmanager
def bare_transaction(url: str) -> Iterator[Callable[[], None]]:
    """One durable transaction: read a state, log a step, write the state, drop a task, add a task."""
    database, metadata = Database(url), MetaData()
    state = Table("bare_state", metadata, Column("id", Integer, primary_key=True), Column("body", LargeBinary))
    log = Table("bare_log", metadata, Column("id", Integer, primary_key=True), Column("body", LargeBinary))
    todo = Table("bare_todo", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
    metadata.drop_all(database.engine)
    metadata.create_all(database.engine)
    body, numbers, cases = b"x" * STEP_BYTES, count(1), 500
    with database.writing() as connection:
        connection.execute(insert(state), [{"id": number, "body": body} for number in range(cases)])
        connection.execute(insert(todo), {"id": 0, "name": "task"})

    def run() -> None:
        number = next(numbers)
        case = number % cases
        with database.writing() as connection:
            connection.execute(select(state).where(state.c.id == case)).first()
            connection.execute(insert(log), {"id": number, "body": body})
            connection.execute(update(state).where(state.c.id == case).values(body=body))
            connection.execute(delete(todo).where(todo.c.id == number - 1))
            connection.execute(insert(todo), {"id": number, "name": "task"})

    try:
        yield run
    finally:
        database.close()
