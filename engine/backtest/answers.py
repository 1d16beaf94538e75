"""What operators say to a draft: what the record says to the same question, at once or when it was said.

Nobody is asked. The engine's own operator, which starts a linked case, answers for itself, as it depends on nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from ..cases.world import START
from ..errors import StepFailed
from ..spiff import Answer, Request
from .record import Given, Question, Reply, question_of


class AnswerUnknown(StepFailed):
    """The draft asks an operator what nobody has asked it in this case."""


class Answers:
    """The replies on record, and which of them a draft has had."""

    def __init__(self, known: Mapping[Question, Sequence[Reply]]) -> None:
        self._known = known
        self._turns = Counter[str]()  # how often each element has asked
        self._heard: list[tuple[Request, Reply]] = []  # in the step that is being taken
        self._used = set[int]()  # by identity: two replies may say the same
        self._later: dict[int, Reply] = {}  # by the token that waits for what was not said at once

    def begin(self) -> None:
        """Begin with another step; what was heard in one that was not taken has not been said."""
        self._heard.clear()

    def to(self, request: Request) -> Answer | None:
        """The answer to a question, None where it comes later; AnswerUnknown where the record has none."""
        self._turns[request.element] += 1
        reply = self._chosen(request)
        if reply is not None:
            self._heard.append((request, reply))
            return reply.at_once
        if request.operator == START:
            return Answer({"requested": request.parameters.get("process")})
        raise AnswerUnknown(request.element, request.operator)

    def _chosen(self, request: Request) -> Reply | None:
        """The reply to the same question: that of the same turn, else the next one, else the last once more."""
        found = self._known.get(question_of(request.operator, request.parameters), ())
        taken = self._used | {id(reply) for _, reply in self._heard}
        free = [one for one in found if id(one) not in taken]
        turn = (request.element, self._turns[request.element])
        same = next((one for one in free if (one.element, one.nth) == turn), None)
        return same or next(iter(free), None) or (found[-1] if found else None)

    def keep(self) -> None:
        """The step was taken: what was heard in it is used."""
        for request, reply in self._heard:
            self._used.add(id(reply))
            if reply.at_once is None:
                self._later[request.occurrence] = reply

    def awaits(self, occurrence: int) -> bool:
        """Whether a token waits for an answer that has not come."""
        return occurrence in self._later

    def due(self, waiting: Collection[int], now: datetime) -> tuple[int, Given] | None:
        """The next answer whose moment has come, with the token among those that wait which it is for."""
        for occurrence, reply in self._later.items():
            if occurrence in waiting and reply.given is not None and reply.given.at <= now:
                del self._later[occurrence]
                return occurrence, reply.given
        return None
