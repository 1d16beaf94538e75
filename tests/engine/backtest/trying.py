"""Cases that never were on a database: played in trials, and written down step by step as a history would have them."""

from datetime import UTC, datetime

from engine.backtest import tested
from engine.bundles import normal_files, read_bundle
from engine.canonical import digest, normal
from engine.cases import semantics
from engine.configuration import Configurations, default_content
from engine.history.replay import Archive
from engine.model import CaseId, Step
from engine.trial import Nowhere, Trial
from tests.engine.game.drawing import FORM
from tests.engine.game.engines import ANY
from tests.engine.game.steppers import opened

CONFIGURATION = Configurations().read(default_content())
BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)


def bundle_of(files):
    """The bundle of some files, unchecked."""
    return read_bundle(normal_files(files))


def archive_of(*bundles):
    """An archive that holds some bundles and the configuration of these tests."""
    known = {bundle.digest: bundle for bundle in bundles}
    return Archive(bundle=known.__getitem__, configuration=lambda key: CONFIGURATION)


def rates(limit):
    """A table by which an amount above a limit is high."""
    rules = "".join(
        f'<rule id="r{n}"><inputEntry><text>{test}</text></inputEntry><outputEntry><text>"{result}"</text></outputEntry></rule>'
        for n, (test, result) in enumerate([(f"&gt; {limit}", "high"), ("-", "low")])
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="rate" name="rate">'
        '<decisionTable hitPolicy="FIRST"><input id="i"><inputExpression typeRef="number"><text>amount</text>'
        '</inputExpression></input><output id="o" name="level" typeRef="string"/>'
        f"{rules}</decisionTable></decision></definitions>"
    )


class Told:
    """A case of the first bundle, told step by step; the others can be called. `answers` are of operators by name."""

    def __init__(self, *bundles, answers=None):
        self.bundles, self.archive = bundles, archive_of(*bundles)
        self.steps, self._said, self._bound, self._answers = [], [], {}, answers or {}
        self.trial = Trial(bundles[0], CONFIGURATION, self.archive, self._answer, self._found)

    def _answer(self, request):
        answer = self._answers.get(request.operator)
        answer = answer(request) if callable(answer) else answer
        if answer is not None:
            said = {"result": answer.result} | ({"error": answer.error} if answer.error else {})
            self._said.append([request.element, request.occurrence, said])
        return answer

    def _found(self, name):
        kind, _, key = name.partition(":")
        found = next((one for one in self.bundles if (one.kind, one.key) == (kind, key)), None)
        if found is None:
            raise Nowhere(name)
        self._bound[name] = found.digest
        return found.digest

    def tell(self, kind, at, by="ann", **given):
        """Take an input and write the step down."""
        effects = self.trial.apply(kind, given, at)
        given = {**given, "config": CONFIGURATION.digest}
        given |= {"answers": self._said} if self._said else {}
        given |= {"bound": self._bound} if self._bound else {}
        self._said, self._bound = [], {}
        hashes = {"state_hash": digest(self.trial.marking.to_bytes()), "prev_hash": "", "hash": ""}
        step = {"case_id": CaseId("1"), "seq": len(self.steps) + 1, "at": at, "actor": by, "kind": kind}
        self.steps.append(Step(**step, input=normal(given), effects=effects, semantics=semantics.newest(), **hashes))

    def begin(self, at=BEGIN, **data):
        """The first step."""
        self.tell("started", at, key=self.bundles[0].key, version=1, bundle=self.bundles[0].digest, data=data)

    def occurrence(self, element):
        """The token that stands on an element."""
        return next(t.occurrence for t in self.trial.marking.tokens if t.element == element)

    def complete(self, element, at, by="ann", **values):
        """Somebody completes the task of an element."""
        self.tell("completed", at, by, task=self.occurrence(element), element=element, values=values)

    def tried(self, draft, *others, in_force=None):
        """What another bundle makes of it."""
        more = {} if in_force is None else {"in_force": in_force}
        return tested(draft, self.steps, archive_of(*self.bundles, *others), **more)


class TrialDriver:
    """A driver of the random games whose case is told."""

    def __init__(self, documents):
        files = [{f"{key}.bpmn": document, FORM: ANY} for key, document in documents.items()]
        self.told = Told(*map(bundle_of, files))

    def start(self, data, at):
        self.told.begin(at, **data)

    def complete(self, task, values, at):
        self.told.tell("completed", at, task=task.handle, element=task.element, values=values)

    def fire(self, timer, at):
        self.told.tell("fired", at, "system", timer=timer.handle)

    def message(self, waiting, payload, at):
        to, name = waiting.handle
        self.told.tell("received", at, message=name, payload=payload, to=to)

    def signal(self, name, at):
        self.told.tell("signalled", at, "system", signal=name, payload={})

    def open(self):
        return opened(self.told.trial.marking)

    def data(self):
        return dict(self.told.trial.marking.data)

    def state(self):
        marking = self.told.trial.marking
        return "over" if marking.over else "stuck" if marking.stuck else "open"

    def reachable(self, waiting, all_open):
        return True

    def stands(self):
        return {token.element for token in self.told.trial.marking.tokens}

    def replay(self):
        """Give the case up where the game was left, so that it is a finished one."""
        if not self.told.trial.over:
            self.told.tell("cancelled", self.told.steps[-1].at, reason="the game is over")
