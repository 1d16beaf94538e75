"""The game notices faults: each of these changes one line of the stepper, and the random diagrams tell."""

from dataclasses import replace
from itertools import count

import pytest

from engine.canonical import moment
from engine.spiff import activities, cycles, element, events, gateways, marking, step, tree

from .player import Differs
from .test_game import play
from .test_graphs import play as play_graph

DIAGRAMS = 300


def a_parallel_join_fires_too_early(patch):
    def enter(self, task):
        return True

    patch.setattr(gateways.ParallelGateway, "enter", enter)


def a_parallel_join_joins_across_rounds(patch):
    """As stock does: what came in an earlier round counts."""
    came = {}

    def enter(self, task):
        known = came.setdefault((id(self), task.workflow.path), set())
        known.add(task.via)
        if len(known) < len(self.incoming):
            task._set_state(marking_state())
            return False
        self.merge(task, self.tokens(task))
        return True

    patch.setattr(gateways.ParallelGateway, "enter", enter)


def marking_state():
    return tree.STATES["waiting"]


def an_inclusive_join_ignores_the_tokens_on_their_way(patch):
    patch.setattr(gateways.InclusiveGateway, "_sources", lambda self, task: ())


def an_inclusive_join_waits_for_every_flow(patch):
    before = gateways.InclusiveGateway.may_pass
    patch.setattr(
        gateways.InclusiveGateway,
        "may_pass",
        lambda self, task: len(self.tokens(task)) == len(self.incoming) and before(self, task),
    )


def an_inclusive_split_takes_one_way(patch):
    patch.setattr(gateways.InclusiveGateway, "choose", gateways.ExclusiveGateway.choose)


def an_exclusive_gateway_takes_the_last_way(patch):
    before = gateways.ExclusiveGateway.choose

    def choose(self, task):
        self.flows.reverse()
        try:
            return before(self, task)
        finally:
            self.flows.reverse()

    patch.setattr(gateways.ExclusiveGateway, "choose", choose)


def a_gateway_does_not_withdraw_the_other_events(patch):
    patch.setattr(gateways.EventBasedGateway, "chosen", lambda self, task, event: task.absorb())


def items_in_reverse_order(patch):
    before = activities.MultiInstance._items

    def items(self, task):
        found, total = before(self, task)
        return found[::-1], total

    patch.setattr(activities.MultiInstance, "_items", items)


def results_in_order_of_completion(patch):
    before = activities.MultiInstance.child_done

    def child_done(self, task, child):
        number = task.case.counters[task.id].finished + 1 if task.id in task.case.counters else 1
        child.data["loopCounter"] = number
        before(self, task, child)

    patch.setattr(activities.MultiInstance, "child_done", child_done)


def a_sequential_activity_starts_once_only(patch):
    def start_next(self, task):
        task.case.counters[task.id] = replace(task.case.counters[task.id], total=1, results=())
        before(self, task)

    before = activities.MultiInstance._start_next
    patch.setattr(activities.SequentialMultiInstance, "_start_next", start_next)


def a_completion_condition_is_not_looked_at(patch):
    patch.setattr(activities.MultiInstance, "_enough", lambda self, child, counter: False)


def the_number_of_active_instances_counts_the_finished(patch):
    before = activities.counts
    patch.setattr(activities, "counts", lambda c: {**before(c), "numberOfActiveInstances": c.started})


def data_are_written_outside_of_the_instance(patch):
    def write(task, values):
        task.case.data.update(values)

    for module in (activities, element):
        patch.setattr(module, "write", write)


def a_closed_call_sees_everything(patch):
    before = tree.Scope.open

    def opened(self, spec):
        before(self, spec)
        self.closed = False

    patch.setattr(tree.Scope, "open", opened)


def events_stay_armed(patch):
    patch.setattr(tree.Case, "disarm", lambda self, task: None)


def every_boundary_event_interrupts(patch):
    before = events.BoundaryEvent.caught

    def caught(self, task, payload):
        was, self.cancel_activity = self.cancel_activity, True
        before(self, task, payload)
        self.cancel_activity = was

    patch.setattr(events.BoundaryEvent, "caught", caught)


def a_message_beside_an_activity_comes_once(patch):
    before = tree.Case.arm
    patch.setattr(tree.Case, "arm", lambda self, task, heard=None: None if heard else before(self, task))


def an_event_subprocess_does_not_interrupt(patch):
    before = activities.EventSubProcess.caught

    def caught(self, task, payload):
        was, self.interrupting = self.interrupting, False
        before(self, task, payload)
        self.interrupting = was

    patch.setattr(activities.EventSubProcess, "caught", caught)


def what_is_inside_runs_on_when_an_activity_is_withdrawn(patch):
    patch.setattr(tree.Inner, "cancel", lambda self, keep=None: None)


def an_error_is_caught_furthest_outside(patch):
    before = events._catchers
    patch.setattr(events, "_catchers", lambda task, here: reversed(list(before(task, here))))


def terminate_ends_its_token_alone(patch):
    before = events.Throwing._run_hook

    def run(self, task):
        return True if self.event_definition.kind == "terminate" else before(self, task)

    patch.setattr(events.Throwing, "_run_hook", run)


def a_post_script_does_not_run(patch):
    before = element.Step._on_complete_hook

    def complete(self, task):
        was, self.postscript = self.postscript, None
        before(self, task)
        self.postscript = was

    patch.setattr(element.Step, "_on_complete_hook", complete)


def the_marking_forgets_how_a_token_came(patch):
    before = tree.dump

    def dump(case):
        found = before(case)
        return replace(found, tokens=tuple(replace(token, via="") for token in found.tokens))

    patch.setattr(step, "dump", dump)


def the_marking_forgets_the_locals(patch):
    before = tree.dump

    def dump(case):
        found = before(case)
        return replace(found, tokens=tuple(replace(token, locals={}) for token in found.tokens))

    patch.setattr(step, "dump", dump)


def occurrences_hang_on_what_ran_before(patch):
    numbers = count(1)

    def issue(self):
        self.issued += 1 + next(numbers) % 97 // 96
        return self.issued

    patch.setattr(tree.Case, "issue", issue)


def a_moment_is_read_from_the_clock(patch):
    before = tree.stored_moment
    numbers = count()
    patch.setattr(tree, "stored_moment", lambda *given: before(*given)[:-7] + f"{next(numbers) % 1_000_000:06}Z")


def a_cycle_counts_from_when_it_was_fired(patch):
    before = cycles._moment

    def moment_of(task, source, timer, number):
        return before(task, source, replace(timer, since=moment(task.case.at)), 1 if number > 1 else number)

    patch.setattr(cycles, "_moment", moment_of)


def a_cycle_comes_once(patch):
    patch.setattr(events, "following", lambda task, fired, source: None)


def counters_are_stored_without_their_items(patch):
    before = marking.Marking.from_bytes.__func__

    def from_bytes(cls, stored):
        found = before(cls, stored)
        return replace(found, counters=tuple(replace(counter, items=()) for counter in found.counters))

    patch.setattr(marking.Marking, "from_bytes", classmethod(from_bytes))


def an_inclusive_join_waits_for_whatever_can_reach_it(patch):
    before = gateways.InclusiveGateway.may_pass

    def may_pass(self, task):
        have = self.tokens(task).keys()
        return not any(self._inputs_from(spec) - have for spec in self._sources(task)) and before(self, task)

    patch.setattr(gateways.InclusiveGateway, "may_pass", may_pass)


def a_join_takes_every_token_that_waits(patch):
    before = gateways.Join.merge

    def merge(self, task, tokens):
        before(self, task, tokens)
        for other in list(task.workflow.live.values()):
            if other.task_spec is self and other is not task:
                other.absorb()

    patch.setattr(gateways.Join, "merge", merge)


OF_GRAPHS = (an_inclusive_join_waits_for_whatever_can_reach_it, a_join_takes_every_token_that_waits)
OF_DIAGRAMS = (
    a_parallel_join_fires_too_early,
    an_inclusive_join_ignores_the_tokens_on_their_way,
    an_inclusive_join_waits_for_every_flow,
    an_inclusive_split_takes_one_way,
    an_exclusive_gateway_takes_the_last_way,
    a_gateway_does_not_withdraw_the_other_events,
    results_in_order_of_completion,
    a_sequential_activity_starts_once_only,
    a_completion_condition_is_not_looked_at,
    the_number_of_active_instances_counts_the_finished,
    data_are_written_outside_of_the_instance,
    a_closed_call_sees_everything,
    events_stay_armed,
    every_boundary_event_interrupts,
    a_message_beside_an_activity_comes_once,
    an_event_subprocess_does_not_interrupt,
    what_is_inside_runs_on_when_an_activity_is_withdrawn,
    an_error_is_caught_furthest_outside,
    a_post_script_does_not_run,
    the_marking_forgets_how_a_token_came,
    the_marking_forgets_the_locals,
    counters_are_stored_without_their_items,
    occurrences_hang_on_what_ran_before,
    a_moment_is_read_from_the_clock,
    a_cycle_comes_once,
    a_cycle_counts_from_when_it_was_fired,
)
RARE = (
    a_parallel_join_joins_across_rounds,
    items_in_reverse_order,
    terminate_ends_its_token_alone,
)  # 60 to 130 diagrams


def noticed(play):
    """Whether one of so many games differs."""
    for seed in range(DIAGRAMS):
        try:
            play(seed)
        except Differs:
            return True
    return False


@pytest.mark.parametrize(
    "fault",
    [*OF_DIAGRAMS, *(pytest.param(fault, marks=pytest.mark.slow) for fault in RARE)],
    ids=lambda fault: fault.__name__,
)
def test_a_fault_is_noticed(fault, monkeypatch):
    fault(monkeypatch)
    assert noticed(play)


@pytest.mark.parametrize("fault", OF_GRAPHS, ids=lambda fault: fault.__name__)
def test_a_fault_in_what_is_no_block_is_noticed(fault, monkeypatch):
    fault(monkeypatch)
    assert noticed(play_graph)
