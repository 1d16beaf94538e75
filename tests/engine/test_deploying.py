"""Deploying: checked, versioned, by whoever may; a case keeps what it was started with."""

import pytest

from engine import SYSTEM, Actor, Conflict, InvalidDiagram, NotAllowed, NotFound, Policy
from engine.bundles import digest_of, normal_files, safe_path
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, NOBODY, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.test_front_door import RATE
from tests.engine.watching import count, rows

BOB = Actor("bob", groups={"process_owner"})


def test_a_deployment(engine, clock):
    deployment = engine.deploy(tiny.one_task(), by=OLGA, reason="the first")
    assert (deployment.key, deployment.version, deployment.kind, deployment.name) == ("loan", 1, "process", "loan")
    assert (deployment.at, deployment.by, deployment.reason) == (clock.now(), "olga", "the first")
    assert deployment.bundle == digest_of(normal_files(tiny.one_task()))
    assert engine.deployments() == engine.deployments("loan") == engine.in_force() == [deployment]
    assert engine.deployments("other") == []
    bundle = engine.bundle(deployment.bundle)
    assert (bundle.digest, bundle.key, bundle.kind) == (deployment.bundle, "loan", "process")
    assert {path: body.decode() for path, body in bundle.files.items()} == tiny.one_task()
    assert bundle.form_of("ask").path == "forms/ask.json" and bundle.form_of("start") is None


def test_the_same_content_again_is_no_new_version(engine):
    first = engine.deploy(tiny.one_task(), by=OLGA)
    same = {path: body.encode() for path, body in reversed(tiny.one_task().items())}
    assert engine.deploy(same, by=BOB, reason="again") == first
    assert count(engine, "deployment") == count(engine, "bundle") == 1


def test_a_version_before_may_come_back(engine, clock):
    one, two = tiny.one_task(), tiny.one_task(task=tiny.ask("ask", priority="1"))
    digests = []
    for files in (one, two, one):
        clock.advance(days=1)
        digests.append(engine.deploy(files, by=OLGA).bundle)
    assert digests[0] == digests[2] != digests[1]
    assert [deployment.version for deployment in engine.deployments("loan")] == [3, 2, 1]
    assert [deployment.version for deployment in engine.in_force()] == [3]


def test_contents_are_kept_once(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.deploy(tiny.one_task("gift"), by=OLGA)
    assert len(rows(engine, "content")) == 4  # two diagrams, one form, the configuration


@pytest.mark.parametrize("who", [ANN, AUDREY, NOBODY], ids=lambda who: who.name)
def test_who_may_not_deploy(engine, who):
    with pytest.raises(NotAllowed) as refused:
        engine.deploy(tiny.one_task(), by=who)
    assert refused.value.data["groups"] == ["process_owner"]
    with pytest.raises(NotAllowed):
        engine.propose(tiny.one_task(), by=who, reason="x")
    assert engine.deployments() == [] and count(engine, "content") == 1


def test_who_deploys_is_a_matter_of_policy(opened):
    engine = opened(policy=Policy(deployers=frozenset({"csr"})))
    assert engine.deploy(tiny.one_task(), by=ANN).version == 1
    with pytest.raises(NotAllowed):
        engine.deploy(tiny.one_task(), by=OLGA)


# Faulty bundles


def without_gateway_default():
    body = START + el("exclusiveGateway", "which") + tiny.ask("a") + tiny.ask("b") + END
    ways = line("start", "which") + flow("f1", "which", "a", "x &gt; 1") + flow("f2", "which", "b", "x &lt; 1")
    return tiny.bundle("loan", body + ways + line("a", "end") + line("b", "end", prefix="g"))


FAULTY = {
    "nothing": {},
    "no diagram": {"forms/ask.json": tiny.form()},
    "no xml": {"loan.bpmn": "nonsense", "forms/ask.json": tiny.form()},
    "an entity": {"loan.bpmn": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'},
    "two diagrams": {**tiny.one_task(), **tiny.one_task("gift")},
    "a missing form": {"loan.bpmn": tiny.one_task()["loan.bpmn"]},
    "a broken form": {**tiny.one_task(), "forms/ask.json": "{"},
    "no way on": without_gateway_default(),
    "a path outside": {**tiny.one_task(), "../evil.json": "{}"},
    "a binary": {"loan.bpmn": b"\x00\xff\xfe"},
    "half a surrogate": {"loan.bpmn": "\ud800"},
}


def test_a_faulty_bundle_is_refused_and_nothing_is_kept(engine):
    for name, files in FAULTY.items():
        findings = engine.check(files)
        errors = [finding for finding in findings if finding.severity == "error"]
        assert errors and all(finding.message and finding.rule for finding in errors), name
        with pytest.raises(InvalidDiagram) as refused:
            engine.deploy(files, by=OLGA)
        assert [finding.rule for finding in refused.value.findings] == [finding.rule for finding in findings]
    assert engine.deployments() == [] and count(engine, "bundle") == 0 and count(engine, "content") == 1


def test_a_bundle_of_another_key(engine):
    assert not [finding for finding in engine.check(tiny.one_task(), "loan") if finding.severity == "error"]
    (finding,) = [finding for finding in engine.check(tiny.one_task(), "gift") if finding.severity == "error"]
    assert (finding.rule, finding.data["key"]) == ("other-key", "loan")


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../../x", "c:\\x", "..\\x", "a\0b", "x" * 300, "", "a/../../../x"]
)
def test_paths_that_lead_outside(path):
    with pytest.raises(ValueError):
        safe_path(path)


def test_paths_are_made_plain():
    assert (
        safe_path("forms//ask.json")
        == safe_path("forms\\ask.json")
        == safe_path("./forms/x/../ask.json")
        == "forms/ask.json"
    )
    for files in ({"a/b": "", "a//b": ""}, {}, {str(number): "" for number in range(201)}, {"x": b"x" * 9_000_000}):
        with pytest.raises(ValueError):
            normal_files(files)


# Cases keep their version


def test_a_case_keeps_the_version_it_was_started_with(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    stricter = tiny.one_task(
        forms_ask=tiny.form({"approved": {"type": "boolean"}, "why": {"type": "string"}}, ["approved", "why"])
    )
    engine.deploy(stricter, by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.complete("1.1.2", {"approved": True}, by=ANN).version == 1
    case = engine.complete("2.1.2", {"approved": True, "why": "x"}, by=ANN)
    assert case.version == 2
    for case_id in "12":
        assert engine.replay(case_id).equal and engine.verify(case_id).sound


def test_drafts_are_bound_to_the_version_of_their_case(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.save_draft("1.1.2", {"note": "x"}, by=ANN)
    engine.deploy(tiny.one_task(forms_ask=tiny.form({"other": {"type": "string"}}, ())), by=OLGA)
    assert engine.draft("1.1.2", ANN) == {"note": "x"}


# Shared decisions and called processes: bound when they are called


def deciding(process="loan"):
    decide = el(
        "businessRuleTask",
        "rate_it",
        tiny.extensions("<spiffworkflow:calledDecisionId>rate</spiffworkflow:calledDecisionId>"),
    )
    return tiny.bundle(process, START + tiny.ask("ask") + decide + END + line("start", "ask", "rate_it", "end"))


def test_a_shared_decision_is_bound_when_it_is_called(engine):
    first = engine.deploy({"rate.dmn": RATE}, by=OLGA)
    assert (first.kind, first.key, first.name) == ("decision", "rate", "Rate")
    engine.deploy(deciding(), by=OLGA)
    engine.start("loan", by=ANN)
    engine.start("loan", by=ANN)
    case = engine.complete("1.1.2", {"approved": True}, by=ANN)
    second = engine.deploy({"rate.dmn": RATE.replace("4.5", "3.5")}, by=OLGA)
    other = engine.complete("2.1.2", {"approved": True}, by=ANN)
    assert (float(case.data["percent"]), float(other.data["percent"])) == (4.5, 3.5)
    assert engine.history("1")[-1].input["bound"] == {"decision:rate": first.bundle}
    assert engine.history("2")[-1].input["bound"] == {"decision:rate": second.bundle}
    (decided,) = [e.detail for e in engine.history("2")[-1].effects if e.kind == "decided"]
    assert (decided["decision"], decided["rows"], decided["digest"]) == ("rate", [1], second.bundle)
    for case_id in "12":
        assert engine.replay(case_id).equal and engine.verify(case_id).sound


def test_a_called_process_is_bound_when_it_is_called(engine):
    calling = tiny.bundle(
        "loan",
        START
        + tiny.ask("ask")
        + el("callActivity", "call", calledElement="inner")
        + END
        + line("start", "ask", "call", "end"),
    )
    inner = tiny.one_task("inner", task=tiny.ask("ask", candidateGroups="pm"))
    first = engine.deploy(inner, by=OLGA)
    engine.deploy(calling, by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    engine.deploy(tiny.one_task("inner", task=tiny.ask("ask", candidateGroups="aml")), by=OLGA)
    (task,) = engine.tasks("1")
    assert (task.groups, task.bundle, task.key) == (("pm",), first.bundle, "loan")
    assert engine.history("1")[-1].input["bound"] == {"process:inner": first.bundle}
    eve = Actor("eve", groups={"pm"})
    assert engine.case("1", eve).id == "1"
    assert engine.complete(task.id, {"approved": True}, by=eve).status == "completed"
    assert engine.replay("1").equal and engine.verify("1").sound


# The second person


@pytest.fixture
def strict(opened):
    return opened(policy=Policy(second_approval=True))


def test_a_second_person_approves(strict, clock):
    with pytest.raises(NotAllowed, match="propose"):
        strict.deploy(tiny.one_task(), by=OLGA)
    proposal = strict.propose(tiny.one_task(), by=OLGA, reason="better")
    assert (proposal.key, proposal.by, proposal.reason, proposal.at) == ("loan", "olga", "better", clock.now())
    assert (proposal.decision, proposal.decided_by) == (None, None)
    assert strict.proposals() == [proposal] and strict.deployments() == []
    with pytest.raises(NotAllowed, match="four eyes"):
        strict.approve(proposal.id, by=OLGA)
    clock.advance(hours=1)
    deployment = strict.approve(proposal.id, by=BOB, remark="fine")
    assert (deployment.version, deployment.by, deployment.reason) == (1, "olga, bob", "better (fine)")
    assert strict.proposals() == []
    (decided,) = strict.proposals(open_only=False)
    assert (decided.decision, decided.decided_by, decided.decided_at, decided.remark) == (
        "approved",
        "bob",
        clock.now(),
        "fine",
    )
    with pytest.raises(Conflict) as refused:
        strict.approve(proposal.id, by=BOB)
    assert refused.value.by == "bob"


def test_a_proposal_is_declined_or_withdrawn(strict):
    proposals = [strict.propose(tiny.one_task(key), by=OLGA, reason="x").id for key in ("loan", "gift")]
    assert strict.reject(proposals[0], by=BOB, remark="no").decision == "rejected"
    assert strict.reject(proposals[1], by=OLGA).decision == "withdrawn"
    assert strict.deployments() == [] and strict.proposals() == []
    for who in (ANN, NOBODY):
        with pytest.raises(NotAllowed):
            strict.approve(proposals[0], by=who)
    with pytest.raises(NotFound):
        strict.approve(99, by=BOB)


def test_what_is_proposed_is_checked(strict):
    with pytest.raises(InvalidDiagram):
        strict.propose(FAULTY["a missing form"], by=OLGA, reason="x")
    assert strict.proposals() == []


def test_the_system_deploys_directly(strict):
    deployment = strict.deploy(tiny.one_task(), by=SYSTEM)
    with pytest.raises(Conflict) as refused:
        strict.propose(tiny.one_task(), by=OLGA, reason="again")
    assert refused.value.data["version"] == deployment.version == 1


def test_a_bundle_that_is_not_there(engine):
    for digest in ("", "x", "0" * 64):
        with pytest.raises(NotFound):
            engine.bundle(digest)
