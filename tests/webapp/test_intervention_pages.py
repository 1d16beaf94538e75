"""The pages on which somebody corrects a case, moves it, skips a task or changes its version."""

from __future__ import annotations

import pytest

from engine import SYSTEM, Actor
from tests.webapp.desk import IDENTIFY, NEED, start_inquiry, walk_to
from webapp.bootstrap import DIAGRAMS, files_of

LEAD, ANN = Actor("wang.lei", {"csl"}), Actor("li.na", {"csr"})
WHY = {"reason": "The record shows another value"}


@pytest.fixture
def case(visit, engine):
    """An inquiry that waits for its answer."""
    return engine.case(walk_to(visit("li.na"), IDENTIFY, NEED).split(".")[0])


@pytest.fixture
def lead(visit):
    return visit("wang.lei")


def last(engine, case):
    return engine.history(case.id)[-1]


def task_of(engine, case):
    return engine.tasks(case.id)[0].id


# Correcting


def test_a_value_is_corrected_by_the_kind_of_its_field(lead, case, engine):
    lead.open(f"/cases/{case.id}")
    assert lead.links(f"/cases/{case.id}/correction")
    lead.open(f"/cases/{case.id}/correction")
    assert lead.sees("Which value of", "First check", "The old value stays in the history")
    address = f"/cases/{case.id}/correction?field=secondCheck"
    assert address in lead.links(f"/cases/{case.id}/correction")
    lead.open(address)
    assert lead.page.xpath("//input[@name='values.secondCheck' and @value='ID4' and @checked]")
    assert lead.post(address, {"values.secondCheck": "MOBILE"}).status == 422
    assert lead.sees("Write why, in at least 5 characters")
    assert lead.post(address, {"values.secondCheck": "ID4", **WHY}).status == 422
    assert lead.sees("The case holds this value already")
    assert lead.post(address, {"values.secondCheck": "made up", **WHY}).status == 422
    assert lead.problems() and last(engine, case).kind != "corrected"
    other = lead.page.xpath("//input[@name='values.secondCheck' and @value!='ID4']/@value")[0]
    lead.post(address, {"values.secondCheck": other, **WHY})
    assert lead.sees("The data of", "are corrected.", "Wang Lei corrected Second check", WHY["reason"], "→")
    assert engine.case(case.id).data["secondCheck"] == other and engine.verify(case.id).sound
    assert last(engine, case).effects[0].detail["secondCheck"] == {"old": "ID4", "new": other}


def test_a_whole_answer_keeps_what_is_personal_in_it(lead, case, engine):
    address = f"/cases/{case.id}/correction?field=need"
    lead.open(address)
    filled = {
        field.name: field.value for field in lead.page.xpath("//main//form[@method='post']")[0].inputs if field.name
    }
    lead.send_all = {name: value for name, value in filled.items() if name.startswith("values.") and value}
    question = next(name for name in lead.send_all if name.endswith(".question"))
    lead.post(address, {**lead.send_all, question: "When does it arrive?", **WHY})
    assert engine.case(case.id).data["need"]["question"] != case.data["need"]["question"], lead.problems()
    assert engine.verify(case.id).sound


def test_what_no_form_declares_is_typed_as_it_is(lead, case, engine):
    for name, (value, typed, fresh) in {
        "count": (3, "4", 4),
        "flag": (True, "no", False),
        "word": ("some", "other", "other"),
        "parts": ({"a": [1]}, '{"a": [2.5]}', None),
    }.items():
        engine.correct(case.id, {name: value}, by=LEAD, reason="to have it")
        address = f"/cases/{case.id}/correction?field={name}"
        lead.open(address)
        lead.post(address, {f"values.{name}": typed, **WHY})
        held = engine.case(case.id).data[name]
        assert str(held["a"][0]) == "2.5" if fresh is None else held == fresh, name
    lead.open(address)
    assert lead.post(address, {"values.parts": "{no json", **WHY}).status == 422 and lead.problems()
    assert lead.post(address, {"values.parts": "[" * 5000, **WHY}).status == 422
    assert lead.post(address, {"values.parts": "", **WHY}).status == 422
    lead.post(address, {"_take_away": "on", **WHY})
    assert "parts" not in engine.case(case.id).data and engine.verify(case.id).sound


def test_a_reference_that_is_made_up_is_refused(lead, case, engine):
    engine.correct(case.id, {"parts": {"a": 1}}, by=LEAD, reason="to have it")
    address = f"/cases/{case.id}/correction?field=parts"
    lead.open(address)
    made_up = '{"$vault": "1.1.1", "sha256": "%s"}' % ("0" * 64)
    assert lead.post(address, {"values.parts": made_up, **WHY}).status == 422
    assert engine.case(case.id).data["parts"] == {"a": 1}


# Jumping


def test_a_case_goes_on_elsewhere(lead, case, engine):
    address = f"/cases/{case.id}/jump"
    lead.open(address)
    assert lead.sees("Where shall", "From where to where") and lead.page.xpath(
        "//optgroup[@label='From Answer the customer']"
    )
    offered = lead.page.xpath("//select[@name='way']//option/@value")
    back = next(value for value in offered if value.endswith(" RecordNeed"))
    assert not any(value.endswith((" Start", " Late")) for value in offered)
    assert lead.post(address, {"way": "", **WHY}).status == 422 and lead.sees("Choose where the case shall go on")
    assert lead.post(address, {"way": back, "reason": "no"}).status == 422
    assert lead.page.xpath("//option[@selected]/@value") == [back]
    lead.post(address, {"way": back, **WHY})
    assert lead.sees(
        "goes on elsewhere.", "Wang Lei let the case go on at Record the need instead of Answer the customer"
    )
    assert [task.element for task in engine.tasks(case.id)] == ["RecordNeed"] and engine.verify(case.id).sound
    assert lead.open(address).status == 200
    assert lead.post(address, {"way": back, **WHY}).status == 409  # it does not stand there any more
    for wrong in ("99 RecordNeed", "x RecordNeed", back.replace("RecordNeed", "nothing")):
        assert lead.open(address).post(address, {"way": wrong, **WHY}).status in (404, 409)
    assert last(engine, case).kind == "jumped"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["Choose where the case shall go on", "Write why, in at least 5 characters"]),
        ("zh", ["请选择工单继续办理的环节", "请填写理由，至少5个字"]),
    ],
)
def test_all_that_is_missing_is_named_at_once(visit, case, lang, said):
    lead, address = visit("wang.lei", lang), f"/cases/{case.id}/jump"
    assert lead.open(address).post(address, {}).status == 422
    assert lead.problems() == said
    assert lead.page.xpath("//*[contains(@class,'error-summary')]//a/@href") == ["#way", "#reason"]
    assert [lead.page.get_element_by_id(f"{id}-error").text for id in ("way", "reason")] == said
    address = f"/cases/{case.id}/correction?field=secondCheck"
    lead.open(address).post(address, {})
    assert lead.status == 422 and len(lead.problems()) == 2 and lead.problems()[1] == said[1]


# Skipping


def test_a_task_is_skipped_with_what_is_known(lead, case, engine):
    task = task_of(engine, case)
    address = f"/cases/{case.id}/tasks/{task}/skip"
    lead.open(f"/cases/{case.id}")
    assert lead.links(address)
    lead.open(address)
    assert lead.sees("Skip “Answer the customer”?", "What is known of it")
    assert lead.post(address, {"reason": "no"}).status == 422
    assert lead.post(address, {"values.answerText": "x" * 9_000, **WHY}).status == 422 and lead.problems()
    lead.post(address, {"values.answerText": "The bank credits it by Tuesday.", "values.resolved": "yes", **WHY})
    assert lead.sees("Skipped: Answer the customer", "Wang Lei skipped Answer the customer"), lead.problems()
    given = next(step for step in engine.history(case.id) if step.kind == "skipped").input["values"]
    assert given == {"answerText": "The bank credits it by Tuesday.", "resolved": True}  # no box says no by itself
    assert engine.verify(case.id).sound
    assert lead.open(address).status == 409
    assert lead.post(address, WHY).status == 409
    worker = visit_of(lead, "li.na")
    worker.open(f"/tasks/{task}")
    assert worker.status == 409 and worker.sees("Wang Lei skipped this")


def visit_of(visitor, person):
    """Another visitor of the same application."""
    from tests.webapp.visitor import Visitor

    one = Visitor(visitor.client.application)
    one.log_in(person)
    return one


def test_a_skip_that_leads_nowhere_says_what_is_missing(lead, case, engine):
    task = task_of(engine, case)
    address = f"/cases/{case.id}/tasks/{task}/skip"
    lead.open(address)
    lead.post(address, WHY)
    if lead.status == 422:
        assert lead.sees("The case cannot go on at") and engine.incidents() == []
    else:
        assert lead.sees("Skipped: Answer the customer")


# Changing the version


@pytest.fixture
def newer(case, engine):
    """A version of the inquiry in which the answer is called otherwise."""
    shipped = files_of(DIAGRAMS / "inquiry")
    files = {path: body for path, body in shipped.items() if not path.startswith("scenarios/")}  # they name the answer
    path = next(name for name in files if name.endswith(".bpmn"))
    text = files[path] if isinstance(files[path], str) else files[path].decode()
    files[path] = text.replace('"Answer"', '"AnswerNow"').replace(">Answer<", ">AnswerNow<")
    engine.deploy(files, by=SYSTEM, reason="the answer has another name")
    return engine.in_force()


def test_a_case_gets_another_version(visit, case, engine, newer):
    owner = visit("sun.ke")
    address = f"/cases/{case.id}/migration"
    assert owner.open(f"/cases/{case.id}").links(address)
    owner.open(address)
    assert owner.sees("stands in the way", "is not in that version", "What waits at Answer the customer goes on at")
    assert not owner.page.xpath("//textarea[@name='reason']")
    owner.open(f"{address}?to=2&map.Answer=AnswerNow")
    assert owner.sees("Nothing stands in the way.")
    sent = {"to": "2", "map.Answer": "AnswerNow"}
    assert owner.post(address, sent).status == 422 and owner.sees("Write why")
    assert owner.post(address, {"to": "2", **WHY}).status == 422 and owner.sees("is not in that version")
    assert owner.open(f"{address}?to=2&map.Answer=Nothing").status == 422 and owner.sees("do not fit together")
    owner.open(f"{address}?to=2&map.Answer=AnswerNow")
    owner.post(address, {**sent, **WHY})
    assert owner.sees("has another version of its process now.", "Sun Ke moved the case to version 2")
    assert engine.case(case.id).version == 2 and engine.verify(case.id).sound
    assert owner.open(f"{address}?to=9").status == 404 and owner.open(f"{address}?to=2").status == 409


def test_a_case_without_another_version(visit, case):
    assert visit("sun.ke").open(f"/cases/{case.id}/migration").sees("There is no other version of this process.")


# Who may not


def test_who_may_not(visit, case, engine, newer):
    task = task_of(engine, case)
    pages = {
        "correction?field=secondCheck": {"values.secondCheck": "x"},
        "jump": {"way": f"{task.split('.')[2]} RecordNeed"},
        f"tasks/{task}/skip": {},
        "migration": {"to": "2"},
    }
    for person, status in {"li.na": 403, "he.jing": 403, "jiang.li": 404}.items():
        one = visit(person)
        for page, values in pages.items():
            assert one.open(f"/cases/{case.id}/{page}").status == 404
            one.open("/inbox" if person != "he.jing" else "/cases")
            assert one.post(f"/cases/{case.id}/{page}", {**values, **WHY}).status == status, (person, page)
    assert {step.kind for step in engine.history(case.id)} <= {"started", "claimed", "completed"}


def test_of_another_case_and_of_none(lead, case, engine, visit):
    other = start_inquiry(visit("xu.kai"))
    assert lead.open(f"/cases/{case.id}/tasks/{other}/skip").status == 404
    for task in (f"{case.id}.1.999", "nonsense", f"{case.id}.1.x"):
        assert lead.open(f"/cases/{case.id}/tasks/{task}/skip").status == 404
    assert lead.open(f"/cases/{case.id}/correction?field=made_up").status == 404
    assert lead.open("/cases/999/correction").status == 404
    engine.cancel(case.id, by=LEAD, reason="over")
    for page in ("correction", "jump", "migration"):
        assert lead.open(f"/cases/{case.id}/{page}").status == 404


def test_a_suspended_case_is_corrected_but_not_moved(lead, case, engine):
    engine.suspend(case.id, by=LEAD, reason="to wait")
    assert lead.open(f"/cases/{case.id}/correction?field=secondCheck").status == 200
    assert lead.open(f"/cases/{case.id}/jump").status == 404
    assert not lead.open(f"/cases/{case.id}").links(f"/cases/{case.id}/tasks/")


@pytest.mark.parametrize("page", ["correction", "correction?field=need", "jump", "migration"])
def test_in_chinese(visit, case, engine, newer, page):
    one = visit("sun.ke", "zh").open(f"/cases/{case.id}/{page}")
    assert one.status == 200 and not one.sees("Reason") and one.sees(case.number)


def test_lines_over_the_data_and_a_mapping_that_was_declared(visit, case, engine, newer):
    owner, address = visit("sun.ke"), f"/cases/{case.id}/migration"
    there = engine.deployments("inquiry")[0].bundle
    made = engine.declare(
        case.bundle, there, {"Answer": "AnswerNow"}, "asked = 1", by=Actor("sun.ke", {"process_owner"})
    )
    assert owner.open(address).sees("None that was declared", "(1 element, lines over the data)")
    assert owner.open(f"{address}?to=2&declared={'0' * 64}").status == 404
    owner.open(f"{address}?to=2&declared={made.digest}")
    assert owner.sees("Nothing stands in the way.") and owner.value("lines") == "asked = 1"
    sent = {"to": "2", "map.Answer": "AnswerNow", **WHY}
    for lines, said in (
        ("asked = (", "The script of the migration cannot be read"),
        ("asked = 1 / nobodyKnows", "reads nobodyKnows, which nothing declares"),
    ):
        assert owner.post(address, {**sent, "lines": lines}).status == 422
        assert owner.sees(said) and owner.value("lines") == lines, lines
    assert engine.case(case.id).version == 1
    owner.post(address, {**sent, "lines": "asked = 2"})
    assert engine.case(case.id).data["asked"] == 2 and engine.verify(case.id).sound
