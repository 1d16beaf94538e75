"""What a draft makes of a finished case: each of the six outcomes, by every kind of change to a process."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.backtest import testing
from engine.errors import EngineError
from engine.spiff import Answer
from tests.engine import tiny
from tests.engine.backtest.trying import BEGIN, Told, archive_of, bundle_of, rates
from tests.engine.spiff.xmls import END, START, el, flow, line, multi, timer

HOUR = timedelta(hours=1)
NOTE = {"note": {"type": "string"}}


def at(hours):
    return BEGIN + hours * HOUR


def told(files, *others, answers=None, approved=True):
    """A finished case of one task, `ask`, which Ann has done after an hour."""
    case = Told(bundle_of(files), *map(bundle_of, others), answers=answers)
    case.begin(amount=3)
    case.complete("ask", at(1), approved=approved, note="x")
    return case


def came(case, files, **more):
    """What a draft makes of a case, in a word, and what there is to say."""
    found = case.tried(bundle_of(files), **more).outcome
    return found.outcome, found.detail


def gate(condition="approved", yes="", no=""):
    """A task, then one of two ways to the end: `yes` or `no` are elements on them."""
    body = START + tiny.ask("ask") + el("exclusiveGateway", "which", default="f_no") + yes + no + END
    ways = [tiny._ids(yes), tiny._ids(no)]
    first = [(ways[0] or ["end"])[0], (ways[1] or ["other"])[0]]
    body += el("endEvent", "other") + line("start", "ask", "which") + flow("f_yes", "which", first[0], condition)
    body += flow("f_no", "which", first[1])
    body += (line(*ways[0], "end") if ways[0] else "") + (line(*ways[1], "other") if ways[1] else "")
    return tiny.bundle("loan", body)


def alone(*ids):
    """A task, then perhaps others; behind the first id stands the key of the process, if it is not loan."""
    first, key, *more = (*ids, "loan")[:2] if len(ids) == 1 else ids
    names = [first, *more]
    body = START + "".join(map(tiny.ask, names)) + END + line("start", *names, "end")
    return tiny.bundle(key, body)


# The same


def test_the_same_bundle_comes_to_the_same():
    outcome, detail = came(told(tiny.one_task()), tiny.one_task())
    assert (outcome, detail) == ("same", {"steps": [1, 1], "hands": [0, 0]})


def test_another_name_is_the_same_way():
    changed = tiny.one_task()
    changed["loan.bpmn"] = changed["loan.bpmn"].replace('name="ask"', 'name="Ask well"')
    assert came(told(tiny.one_task()), changed)[0] == "same"


def test_other_promises_and_other_groups_are_told():
    case = told(tiny.one_task(task=tiny.ask("ask", dueIn="PT4H")))
    outcome, detail = came(case, tiny.one_task(task=tiny.ask("ask", dueIn="PT2H", candidateGroups="pm")))
    assert outcome == "same"
    promised = {"recorded": "2026-03-02T05:00:00.000000Z", "tried": "2026-03-02T03:00:00.000000Z"}
    assert detail["due"] == [{"element": "ask", "nth": 1, **promised}] and detail["due_changed"] == 1
    assert detail["groups"] == [{"element": "ask", "nth": 1, "recorded": ["csr"], "tried": ["pm"]}]


def test_what_is_worked_out_otherwise_is_named():
    body = (tiny.script("sum", "total = amount + 1"), tiny.script("sum", "total = amount + 2"))
    case = told(tiny.one_task(after=body[0]))
    assert came(case, tiny.one_task(after=body[1])) == ("same", {"steps": [1, 1], "hands": [0, 0], "data": ["total"]})


# Another path


def test_a_changed_condition_takes_another_path():
    outcome, detail = came(told(gate()), gate("not(approved)"))
    assert outcome == "other_path"
    assert detail["first"] == {"shared": 3, "recorded": "end", "tried": "other"}


def test_the_step_at_which_it_differs_is_named():
    found = told(gate()).tried(bundle_of(gate("not(approved)"))).outcome
    assert found.seq == 2


def test_a_changed_table_takes_another_path():
    rule = "<bpmn:extensionElements><spiffworkflow:calledDecisionId>rate</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
    files = gate("level = &quot;high&quot;")
    files["loan.bpmn"] = files["loan.bpmn"].replace(START, START + el("businessRuleTask", "rule", rule))
    files["loan.bpmn"] = files["loan.bpmn"].replace(line("start", "ask"), line("start", "rule", "ask"))
    low, high = ({**files, "rate.dmn": rates(limit)} for limit in (5, 2))
    case = told(low)
    assert case.trial.marking.data["level"] == "low"
    outcome, detail = came(case, high)
    assert outcome == "other_path" and detail["data"] == ["level"]


def test_a_task_that_asks_nothing_is_passed():
    more = tiny.ask("seen", form="forms/seen.json")
    changed = tiny.one_task(after=more, forms_seen=tiny.form({}, required=()))
    outcome, detail = came(told(tiny.one_task()), changed)
    assert outcome == "other_path" and detail["steps"] == [1, 2]


# Inputs that are not used


def test_a_removed_task_leaves_its_input_unused():
    case = told(tiny.one_task(after=tiny.ask("more", **{})), approved=True)
    case.complete("more", at(2), "ben", approved=True)
    outcome, detail = came(case, tiny.one_task())
    assert (outcome, detail["unused"]) == ("input_unused", ["more"])
    assert detail["steps"] == [2, 1] and detail["hands"] == [1, 0]


def test_a_message_that_nobody_waits_for_is_unused():
    case = told(tiny.one_task(after=tiny.catch("wait", tiny.message("paid")), roots=tiny.messages("paid")))
    case.tell("received", at(2), message="paid", payload={}, to=case.occurrence("wait"))
    outcome, detail = came(case, tiny.one_task())
    assert (outcome, detail["unused"]) == ("input_unused", ["wait"])


# Data that nobody has given


def test_an_added_task_needs_what_it_asks_for():
    changed = tiny.one_task(before=tiny.ask("first", form="forms/first.json"), forms_first=tiny.form(NOTE, ["note"]))
    outcome, detail = came(told(tiny.one_task()), changed)
    assert (outcome, detail["fields"]) == ("needs_data", {"first": ["note"]})


def test_a_task_that_asks_without_need_is_not_filled_in_either():
    changed = tiny.one_task(after=tiny.ask("more", form="forms/more.json"), forms_more=tiny.form(NOTE, []))
    assert came(told(tiny.one_task()), changed)[1]["fields"] == {"more": ["note"]}


def test_a_renamed_task_needs_data():
    case = told(tiny.one_task())
    outcome, detail = came(case, alone("review"))
    assert (outcome, detail["fields"]) == ("needs_data", {"review": ["approved"]})


def test_a_form_that_asks_for_more_needs_it():
    more = tiny.form({**tiny.APPROVED, "why": {"type": "string"}, "who": {"type": "string"}}, ["approved", "why"])
    outcome, detail = came(told(tiny.one_task()), tiny.one_task(forms_ask=more))
    assert (outcome, detail["fields"]) == ("needs_data", {"ask": ["why"]})


def test_a_form_that_takes_other_values_needs_them():
    other = tiny.form({**tiny.APPROVED, "note": {"type": "string", "enum": ["y", "z"]}})
    assert came(told(tiny.one_task()), tiny.one_task(forms_ask=other))[1]["fields"] == {"ask": ["note"]}


def test_a_form_that_asks_for_less_leaves_the_rest_out():
    less = tiny.form({"approved": {"type": "boolean"}})
    outcome, detail = came(told(tiny.one_task()), tiny.one_task(forms_ask=less))
    assert outcome == "same" and detail["data"] == ["note"]


def test_a_start_that_asks_for_more_needs_it():
    case = told(tiny.one_task(start={"amount": {"type": "number"}}))
    form = tiny.form({"amount": {"type": "number"}, "name": {"type": "string"}}, ["name"])
    changed = {**tiny.one_task(start={}), "forms/start.json": form}
    outcome, detail = came(case, changed)
    assert (outcome, detail["fields"]) == ("needs_data", {"": ["name"]})


def test_a_message_that_never_came_is_named():
    changed = tiny.one_task(after=tiny.catch("wait", tiny.message("paid")), roots=tiny.messages("paid"))
    outcome, detail = came(told(tiny.one_task()), changed)
    assert (outcome, detail["messages"]) == ("needs_data", ["paid"])


def test_a_task_that_was_withdrawn_is_not_done_where_nothing_withdraws_it():
    late = tiny.boundary("late", "ask", timer("&quot;PT1H&quot;"))
    body = START + tiny.ask("ask") + late + END + el("endEvent", "gone")
    with_timer = tiny.bundle("loan", body + line("start", "ask", "end") + line("late", "gone"))
    case = Told(bundle_of(with_timer))
    case.begin()
    case.tell("fired", at(1), "system", timer=case.trial.marking.timers[0].occurrence)
    assert case.trial.over and came(case, with_timer)[0] == "same"
    assert came(case, tiny.one_task())[1]["fields"] == {"ask": ["approved"]}


# Answers


def asking(operator="score/get", amount="amount", id="score"):
    return tiny.one_task(before=tiny.call(id, operator, "score", amount=amount))


def score(request):
    return Answer(request.parameters["amount"] * 10)


def test_an_answer_is_found_by_its_question_wherever_it_is_asked():
    case = told(asking(), answers={"score/get": score})
    assert case.trial.marking.data["score"] == 30
    found = case.tried(bundle_of(asking(id="rating")))
    assert found.outcome.outcome == "other_path" and found.marking.data["score"] == 30


@pytest.mark.parametrize("changed", [asking("score/new"), asking(amount="amount + 1")])
def test_an_answer_is_never_invented(changed):
    outcome, detail = came(told(asking(), answers={"score/get": score}), changed)
    assert outcome == "answer_unknown" and detail["element"] == "score"
    assert detail["operator"] == changed["loan.bpmn"].partition('serviceTaskOperator id="')[2].partition('"')[0]


def test_the_same_question_in_turn_gets_the_answers_in_turn():
    twice = tiny.call("one", "draw", "one") + tiny.call("two", "draw", "two")
    numbers = iter([7, 8])
    case = told(tiny.one_task(before=twice), answers={"draw": lambda request: Answer(next(numbers))})
    found = case.tried(bundle_of(tiny.one_task(before=twice)))
    assert (found.outcome.outcome, found.marking.data["one"], found.marking.data["two"]) == ("same", 7, 8)
    second = case.tried(bundle_of(tiny.one_task(before=tiny.call("two", "draw", "two"))))
    assert second.marking.data["two"] == 8


def test_a_remote_answer_comes_when_it_came():
    mail = tiny.one_task(after=tiny.call("mail", "mail/send", "sent"))
    case = told(mail)
    case.tell("answered", at(3), "system", operator=case.occurrence("mail"), result="yes")
    assert came(case, mail)[0] == "same"
    later = tiny.one_task(before=tiny.call("mail", "mail/send", "sent"))
    found = case.tried(bundle_of(later))
    assert found.outcome.outcome == "other_path" and found.marking.data["sent"] == "yes"
    assert [(one.kind, one.at) for one in found.tried.took] == [
        ("started", BEGIN),
        ("answered", at(3)),
        ("completed", at(3)),
    ]


def test_a_linked_case_is_only_asked_for():
    linked = tiny.one_task(after=tiny.call("link", "case/start", process="&quot;other&quot;"))
    outcome, _ = came(told(tiny.one_task()), linked)
    assert outcome == "other_path"


# Stuck


def test_a_deadlock_is_stuck():
    body = (
        START + tiny.ask("ask") + el("exclusiveGateway", "split", default="f_a") + el("parallelGateway", "join") + END
        + tiny.script("a", "x = 1") + tiny.script("b", "x = 2") + line("start", "ask", "split")
        + flow("f_a", "split", "a") + flow("f_b", "split", "b", "approved") + line("a", "join", "end") + line("b", "join")
    )  # fmt: skip
    outcome, detail = came(told(tiny.one_task()), tiny.bundle("loan", body))
    assert outcome == "stuck" and detail["element"] == "join"


def test_an_expression_that_fails_is_stuck():
    outcome, detail = came(told(tiny.one_task()), tiny.one_task(after=tiny.script("sum", "x = amount / 0 + nobody")))
    assert outcome == "stuck" and detail["element"] == "sum" and detail["why"]


def test_a_called_process_that_nobody_has_is_stuck():
    called = tiny.one_task(after=el("callActivity", "sub", calledElement="elsewhere"))
    assert came(told(tiny.one_task()), called)[0] == "stuck"


# Time, scopes, calls


def test_a_timer_that_is_due_later_fires_later():
    def waits(term):
        return tiny.one_task(after=tiny.catch("wait", timer(f"&quot;{term}&quot;")))

    case = told(waits("PT1H"))
    case.tell("fired", at(2), "system", timer=case.trial.marking.timers[0].occurrence)
    assert came(case, waits("PT1H"))[0] == "same"
    found = case.tried(bundle_of(waits("PT5H")))
    assert found.outcome.outcome == "same" and found.tried.took[-1].at == at(6)
    sooner = case.tried(bundle_of(waits("PT1M")))
    assert sooner.outcome.outcome == "same" and sooner.tried.took[-1].at == at(1) + timedelta(minutes=1)


def test_a_reminder_that_comes_earlier_is_another_path():
    def reminded(term):
        late = tiny.boundary("late", "ask", timer(f"&quot;{term}&quot;"), interrupting=False)
        body = START + tiny.ask("ask") + late + END + el("endEvent", "told")
        return tiny.bundle("loan", body + line("start", "ask", "end") + line("late", "told"))

    case = told(reminded("PT2H"))
    assert came(case, reminded("PT3H"))[0] == "same"
    outcome, detail = came(case, reminded("PT30M"))
    assert outcome == "other_path" and detail["first"]["tried"] == "late"


def test_inputs_are_found_by_their_turn_in_a_loop():
    case = Told(bundle_of(tiny.rounds()))
    case.begin()
    for number, approved in enumerate((False, False, True), 1):
        case.complete("ask", at(number), f"p{number}", approved=approved, note=f"n{number}")
    assert came(case, tiny.rounds()) == ("same", {"steps": [3, 3], "hands": [2, 2]})
    changed = tiny.rounds()
    changed["rounds.bpmn"] = changed["rounds.bpmn"].replace("not(approved)", "not(approved) and note != &quot;n2&quot;")
    outcome, detail = came(case, changed)
    assert (outcome, detail["unused"], detail["steps"]) == ("input_unused", ["ask"], [3, 2])


def test_each_instance_gets_its_own_input():
    loop = multi(sequential=False)
    files = tiny.one_task(after=tiny.ask("each", inner=loop, variable="mark"))
    case = Told(bundle_of(files))
    case.begin(funds=["a", "b"])
    case.complete("ask", at(1), approved=True)
    for hours, (token, note) in enumerate(
        zip(reversed([t for t in case.trial.marking.tokens if t.state == "ready"]), "xy", strict=True), 2
    ):
        case.tell(
            "completed", at(hours), task=token.occurrence, element="each", values={"approved": True, "note": note}
        )
    assert case.trial.over
    assert came(case, files) == ("same", {"steps": [3, 3], "hands": [0, 0]})
    more = tiny.one_task(
        before=tiny.script("wider", "funds = append(funds, &quot;c&quot;)"),
        after=tiny.ask("each", inner=loop, variable="mark"),
    )
    assert came(case, more)[1]["fields"] == {"each": ["approved"]}


def test_a_task_that_moves_into_a_subprocess_keeps_its_input():
    inside = el("startEvent", "in") + tiny.ask("ask") + el("endEvent", "out") + line("in", "ask", "out")
    body = START + el("subProcess", "sub", inside) + END + line("start", "sub", "end")
    outcome, detail = came(told(tiny.one_task()), tiny.bundle("loan", body))
    assert outcome == "other_path" and detail["steps"] == [1, 1]


def caller():
    return tiny.one_task(after=el("callActivity", "sub", calledElement="inner"))


def test_a_called_process_stays_the_version_that_was_called():
    case = told(caller(), alone("check", "inner"))
    case.complete("check", at(2), approved=True)
    assert came(case, caller())[0] == "same"


def test_a_draft_of_the_called_process_is_the_one_that_is_called():
    inner = alone("check", "inner")
    case = told(caller(), inner)
    case.complete("check", at(2), approved=True)
    assert came(case, inner)[0] == "same"
    longer = alone("check", "inner", "again")
    outcome, detail = came(case, longer)
    assert (outcome, detail["fields"]) == ("needs_data", {"again": ["approved"]})


def test_a_call_that_is_new_goes_to_what_is_in_force():
    inner = bundle_of(alone("check", "inner"))
    found = told(tiny.one_task()).tried(bundle_of(caller()), inner, in_force=lambda name: inner.digest)
    assert found.outcome.detail["fields"] == {"check": ["approved"]}


def test_a_case_that_was_given_up_is_given_up_where_it_stands():
    case = Told(bundle_of(tiny.one_task()))
    case.begin()
    case.tell("cancelled", at(1), reason="no")
    assert came(case, tiny.one_task())[0] == "same"
    assert came(case, alone("review"))[0] == "other_path"


def test_a_case_that_was_given_up_behind_a_new_task_needs_what_that_asks():
    case = Told(bundle_of(tiny.one_task(after=tiny.ask("more"))))
    case.begin()
    case.complete("ask", at(1), approved=True)
    case.tell("cancelled", at(2), reason="no")
    changed = tiny.one_task(before=tiny.ask("first"), after=tiny.ask("more"))
    assert came(case, changed)[1]["fields"] == {"first": ["approved"]}


def test_a_signal_that_nobody_hears_is_unused():
    body = tiny.catch("hear", tiny.signal("rain"))
    case = told(tiny.one_task(after=body, roots=tiny.signals("rain")))
    case.tell("signalled", at(2), "system", signal="rain", payload={})
    assert came(case, tiny.one_task(after=body, roots=tiny.signals("rain")))[0] == "same"
    outcome, detail = came(case, tiny.one_task())
    assert (outcome, detail["unused"]) == ("input_unused", ["rain"])


def test_what_was_moved_by_hand_to_where_nothing_is_any_more_is_unused():
    two = tiny.one_task(before=tiny.ask("first"))
    case = Told(bundle_of(two))
    case.begin()
    case.tell("jumped", at(1), "lea", token=case.occurrence("first"), target="ask")
    case.complete("ask", at(2), approved=True)
    assert came(case, two)[0] == "same"
    assert came(case, alone("first"))[1]["fields"] == {"first": ["approved"]}


def test_a_message_is_found_by_its_name_and_key():
    def waits(id, key):
        event = tiny.catch(id, tiny.message("paid", "paid"), correlationKey=key)
        return tiny.one_task(after=event, roots=tiny.messages("paid"))

    case = told(waits("wait", "amount"))
    case.tell("received", at(2), message="paid", payload={"sum": 1}, to=case.occurrence("wait"))
    assert came(case, waits("wait", "amount"))[0] == "same"
    assert came(case, waits("hear", "amount"))[0] == "other_path"
    assert came(case, waits("wait", "amount + 1"))[1]["messages"] == ["paid"]


def test_what_people_corrected_is_corrected_again():
    case = Told(bundle_of(gate("amount = 9")))
    case.begin(amount=3)
    case.tell("corrected", at(1), "lea", values={"amount": 9}, removed=[])
    case.complete("ask", at(2), approved=True)
    assert came(case, gate("amount = 9"))[0] == "same"
    assert came(case, gate("amount = 3"))[0] == "other_path"


def test_a_history_without_a_start_is_refused():
    bundle = bundle_of(tiny.one_task())
    case = Told(bundle)
    case.begin()
    beside = replace(case.steps[0], kind="claimed")
    for steps in ([], [beside]):
        with pytest.raises(EngineError, match="does not begin with a start"):
            testing.tested(bundle, steps, archive_of(bundle))


def test_the_same_case_and_draft_come_to_the_same_every_time():
    case, draft = told(gate()), bundle_of(gate("not(approved)"))
    assert case.tried(draft).outcome == case.tried(draft).outcome
