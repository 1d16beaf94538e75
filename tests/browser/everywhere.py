"""Every page of the application, with who sees it and how one gets there; what a page needs stands in a scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine import SYSTEM, Case, Conflict
from engine.auditing.population import Selection
from engine.batches import rows
from engine.canonical import moment
from engine.cases.failures import Failed
from engine.cases.incidents import open_incident
from engine.moving.working import dry_run
from engine.past.working import ask
from workflows.calendar import business_date
from workflows.customers import readings
from workflows.trading import holdings

from . import bundles
from .bundles import archive, upload
from .office import CUSTOMERS, SAID, Office
from .someone import Someone

NOBODY = ""  # whoever follows a link, without a log-in


@dataclass(frozen=True, kw_only=True)
class Scene:
    """An office with a case at every stage that a page shows."""

    office: Office
    lang: str
    desk: Case  # an inquiry whose answer Li Na has begun to write
    asked: Case  # an inquiry whose customer is asked whether the answer is clear
    heard: Case  # one whose customer has said so
    approval: Case  # a complaint whose proposal waits for its approval
    closed: Case  # an inquiry that was handed over to a complaint
    proposal: int  # a bundle that waits for a second process owner
    values: int  # a parameter that does
    stale: int  # one whose value was changed in the meantime
    incident: int  # of the inquiry at Li Na's desk
    alike: str  # what it has in common with those of two other inquiries
    retried: int  # an incident of a complaint that is tried again; it has begun
    sample: int  # of inquiries, drawn by the auditor
    paper: int  # one that was corrected
    sketch: int  # of the inquiry; the second process owner could not save what she wrote
    lost: int  # what that was
    outdated: int  # a sketch of a process that has a newer version
    backtest: str  # of another inquiry on the finished ones; it has begun
    finished: str  # one of them, which has its result
    dry_run: int  # of an inquiry in which the answer is called otherwise; every open case has its result
    migration: int  # of an inquiry; it has begun


def prepared(office: Office, lang: str) -> Scene:
    """The scene of an office in which people speak a language."""
    desk = office.recorded(lang)
    office.engine.claim(office.task(desk, "Answer").id, by=office.person("li.na"))
    office.engine.save_draft(
        office.task(desk, "Answer").id, {"answerText": SAID[lang]["answer"]}, by=office.person("li.na")
    )
    heard = office.answered(lang)
    office.hears(heard, "answer_clear")
    made = bundles.renamed(bundles.shipped("inquiry"))
    owner = office.person("sun.ke")
    why = SAID[lang]["lessons"]
    first, second, stale = (
        office.engine.propose_configuration(values, by=owner, reason=why).id
        for values in ({"INQUIRY_ANSWER_TERM": "2 bh"}, {"COMPLAINT_SILENT_DAYS": 12}, {"COMPLAINT_SILENT_DAYS": 14})
    )
    office.engine.approve_configuration(second, by=office.person("qian.wen"))
    looked_at(office, lang)
    return Scene(
        office=office,
        lang=lang,
        desk=desk,
        asked=office.answered(lang),
        heard=heard,
        approval=office.proposed(lang),
        closed=office.recorded(lang, topic="COMPLAINT", question=SAID[lang]["facts"]),
        proposal=office.engine.propose(made, by=owner, reason=why).id,
        values=first,
        stale=stale,
        **outage(office, desk, lang),
        **audited(office, heard, lang),
        **sketched(office, lang),
        **tried(office),
        **migrated(office, desk, lang),
    )


def migrated(office: Office, case: Case, lang: str) -> dict[str, int]:
    """Every open inquiry is tried in a draft in which the answer is called otherwise, and one is about to be moved."""
    engine, owner = office.engine, office.person("sun.ke")
    files = {path: body for path, body in bundles.shipped("inquiry").items() if not path.startswith("scenarios/")}
    files["inquiry.bpmn"] = (
        files["inquiry.bpmn"].replace(b'"Answer"', b'"AnswerNow"').replace(b">Answer<", b">AnswerNow<")
    )
    batch = engine.dry_run(files, by=owner)
    results = {
        one.id: dry_run(engine.context, batch, one.id) for one in engine.cases(owner, key="inquiry", status="open")
    }
    with engine.database.writing() as connection:
        for case_id, result in results.items():
            rows.answer(connection, batch.id, int(case_id), rows.written(result))
        rows.finish(connection, batch.id, moment(engine.clock.now()))
    moved = engine.migrate_all("inquiry", to=1, by=owner, reason=SAID[lang]["lessons"], cases=[case.id])
    return {"dry_run": batch.id, "migration": moved.id}


def tried(office: Office) -> dict[str, str]:
    """A draft is tried on finished inquiries, and one of them has its result."""
    engine, owner = office.engine, office.person("sun.ke")
    batch = engine.backtest(bundles.renamed(bundles.shipped("inquiry")), by=owner)
    finished = engine.cases(owner, key="inquiry", status="completed", limit=1)[0].id
    result = ask(engine.context, batch, finished)
    with engine.database.writing() as connection:
        rows.answer(connection, batch.id, int(finished), rows.written(result))
    return {"backtest": str(batch.id), "finished": finished}


def sketched(office: Office, lang: str) -> dict[str, int]:
    """Two have changed the same in a sketch, and a process is deployed anew while somebody works on it."""
    engine, owner, second = office.engine, office.person("sun.ke"), office.person("qian.wen")
    made = engine.sketch_begin(key="inquiry", by=owner)
    files = bundles.renamed(dict(made.files))
    engine.sketch_save(made.id, 1, files, by=owner)
    with suppress(Conflict):
        moved = made.files["inquiry.bpmn"].replace(b'x="1', b'x="2', 1)
        engine.sketch_save(made.id, 1, {"inquiry.bpmn": moved}, by=second)
    engine.sketch_seen(made.id, by=second)
    outdated = engine.sketch_begin(key="callback", by=owner)
    moved = outdated.files["callback.bpmn"].replace(b'x="2', b'x="3', 1)
    engine.sketch_save(outdated.id, 1, {"callback.bpmn": moved}, by=owner)
    term = b'name="dueIn" value="= assignment.dueAt"'
    newer = outdated.files["callback.bpmn"].replace(term, b'name="dueIn" value="3 BD"')
    engine.deploy({**outdated.files, "callback.bpmn": newer}, by=SYSTEM, reason=SAID[lang]["lessons"])
    return {"sketch": made.id, "lost": engine.sketch_lost(made.id, second)[0].id, "outdated": outdated.id}


def audited(office: Office, case: Case, lang: str) -> dict[str, int]:
    """An auditor has drawn a sample, verified a case of it, and corrected what was written about another."""
    engine, auditor, why = office.engine, office.person("he.jing"), SAID[lang]["lessons"]
    drawn = engine.draw(Selection(key="inquiry"), size=3, reason=why, by=auditor)
    engine.verify_sample(drawn.id, drawn.cases[:1], by=auditor)
    engine.write_paper("note", why, sample=drawn.id, by=auditor)
    first = engine.write_paper("finding", why, severity="high", case=case.id, seq=2, by=auditor)
    return {"sample": drawn.id, "paper": engine.correct_paper(first.id, why, severity="low", by=auditor).id}


def failed(office: Office, case: Case, lang: str) -> int:
    """Something has gone wrong in a case that a person must look at."""
    with office.engine.database.writing() as connection:
        at = moment(office.engine.clock.now())
        return open_incident(connection, int(case.id), "Answer", SAID[lang]["facts"], at)


def outage(office: Office, case: Case, lang: str) -> dict[str, Any]:
    """Something was down: some inquiries have the same incident, a complaint has one that is tried again, no case one."""
    engine, owner = office.engine, office.person("sun.ke")
    number = failed(office, case, lang)
    for one in engine.cases(owner, key="inquiry", status="open", limit=3):
        failed(office, one, lang)
    (complaint, *_more) = engine.cases(owner, key="complaint", status="open")
    with engine.database.writing() as connection:
        at = moment(engine.clock.now())
        open_incident(connection, int(complaint.id), "Approve", SAID[lang]["facts"], at, "0.0.1", kind="operator")
        open_incident(connection, 0, "seal", SAID[lang]["facts"], at, "0.0.2", kind="checkpoint")
    made = engine.retry_all(Failed(key="complaint", element="Approve"), by=owner, reason=SAID[lang]["lessons"])
    alike = next(one.alike for one in engine.case(case.id).incidents if one.id == number)
    return {"incident": number, "alike": alike, "retried": made.id}


def looked_at(office: Office, lang: str) -> None:
    """A value of a customer was revealed, and the customer holds a fund and has ordered it."""
    with office.engine.database.writing() as connection:
        readings.reveal(
            connection,
            CUSTOMERS[lang],
            "mobile",
            actor="li.na",
            at=office.engine.clock.now(),
            reason=SAID[lang]["lessons"],
        )
        day = business_date(office.engine.clock.now())
        sum_of = {"shares": Decimal("1000.00"), "cost": Decimal("1200.00")}
        holdings.add(connection, CUSTOMERS[lang], "990008", since=day - timedelta(days=100), **sum_of)


Path = Callable[[Scene], str]
PATHS: Mapping[str, tuple[str, Path]] = {
    "log in": (NOBODY, lambda scene: "/login"),
    "phone": (NOBODY, lambda scene: f"/phone?customer={CUSTOMERS[scene.lang]}"),
    "question": (NOBODY, lambda scene: scene.office.question(scene.asked)),
    "question answered": (NOBODY, lambda scene: scene.office.question(scene.heard)),
    "question closed": (NOBODY, lambda scene: scene.office.link(scene.closed, "answer_clear")),
    "link expired": (NOBODY, lambda scene: expired(scene)),
    "link broken": (NOBODY, lambda scene: "/answer/nonsense"),
    "inbox": ("li.na", lambda scene: "/inbox"),
    "inbox of the team": ("li.na", lambda scene: "/inbox?view=groups"),
    "inbox, done": ("li.na", lambda scene: "/inbox?view=done"),
    "inbox, empty": ("li.na", lambda scene: "/inbox?view=late"),
    "drafts": ("li.na", lambda scene: "/inbox?view=drafts"),
    "drafts, none": ("wang.lei", lambda scene: "/inbox?view=drafts"),
    "task": ("li.na", lambda scene: f"/tasks/{scene.office.task(scene.desk, 'Answer').id}"),
    "task to approve": ("wang.lei", lambda scene: f"/tasks/{scene.office.task(scene.approval, 'Approve').id}"),
    "cases": ("li.na", lambda scene: "/cases?status=all"),
    "cases, none": ("li.na", lambda scene: "/cases?number=INQ-20200101-000001"),
    "new case": ("li.na", lambda scene: "/cases/new"),
    "new case, found": ("li.na", lambda scene: f"/cases/new?q={CUSTOMERS[scene.lang]}"),
    "new case, chosen": ("li.na", lambda scene: f"/cases/new?customerId={CUSTOMERS[scene.lang]}"),
    "new inquiry": ("li.na", lambda scene: "/cases/new/inquiry"),
    "new complaint": ("li.na", lambda scene: "/cases/new/complaint"),
    "case": ("li.na", lambda scene: f"/cases/{scene.closed.id}"),
    "replay": ("li.na", lambda scene: f"/cases/{scene.closed.id}/replay?step=3"),
    "replay at its end": ("he.jing", lambda scene: f"/cases/{scene.approval.id}/replay"),
    "replay of decisions": ("he.jing", lambda scene: f"/cases/{scene.approval.id}/replay?step=2&show=decisions"),
    "case in progress": ("wang.lei", lambda scene: f"/cases/{scene.approval.id}"),
    "cancel": ("wang.lei", lambda scene: f"/cases/{scene.approval.id}/cancellation"),
    "case that stands still": ("sun.ke", lambda scene: f"/cases/{scene.desk.id}"),
    "try again": ("sun.ke", lambda scene: f"/cases/{scene.desk.id}/incidents/{scene.incident}/retry"),
    "close incident": ("sun.ke", lambda scene: f"/cases/{scene.desk.id}/incidents/{scene.incident}/closure"),
    "incidents": ("sun.ke", lambda scene: "/incidents"),
    "incidents, read": ("he.jing", lambda scene: "/incidents?order=oldest"),
    "incidents alike": (
        "sun.ke",
        lambda scene: f"/incidents?key=inquiry&element=Answer&alike={scene.alike}",
    ),
    "incidents, none": ("sun.ke", lambda scene: "/incidents?kind=deadlock"),
    "incidents, tried again": ("sun.ke", lambda scene: f"/incidents/retries/{scene.retried}"),
    "give up": ("sun.ke", lambda scene: f"/cases/{scene.desk.id}/incidents/{scene.incident}/surrender"),
    "correct": ("wang.lei", lambda scene: f"/cases/{scene.approval.id}/correction"),
    "correct a value": ("wang.lei", lambda scene: f"/cases/{scene.approval.id}/correction?field=allegation"),
    "jump": ("wang.lei", lambda scene: f"/cases/{scene.approval.id}/jump"),
    "change version": ("sun.ke", lambda scene: f"/cases/{scene.approval.id}/migration"),
    "skip": (
        "wang.lei",
        lambda scene: f"/cases/{scene.desk.id}/tasks/{scene.office.task(scene.desk, 'Answer').id}/skip",
    ),
    "hand over": ("wang.lei", lambda scene: f"/tasks/{scene.office.task(scene.desk, 'Answer').id}/assignment"),
    "suspend": ("wang.lei", lambda scene: f"/cases/{scene.approval.id}/suspension"),
    "personal value": (
        "wang.lei",
        lambda scene: f"/cases/{scene.approval.id}/personal/{scene.office.secret(scene.approval)}",
    ),
    "customers": ("li.na", lambda scene: "/customers"),
    "customer": ("li.na", lambda scene: f"/customers/{CUSTOMERS[scene.lang]}"),
    "customer who needs care": ("li.na", lambda scene: "/customers/C000001"),
    "customer, with readings": ("he.jing", lambda scene: f"/customers/{CUSTOMERS[scene.lang]}"),
    "customer, reveal": ("li.na", lambda scene: f"/customers/{CUSTOMERS[scene.lang]}/personal/id_number"),
    "readings": ("he.jing", lambda scene: "/audit/readings"),
    "evidence": ("he.jing", lambda scene: f"/cases/{scene.approval.id}/evidence"),
    "evidence without values": ("sun.ke", lambda scene: f"/cases/{scene.approval.id}/evidence"),
    "evidence of a selection": ("he.jing", lambda scene: f"/audit/evidence?case={scene.asked.id}&case={scene.desk.id}"),
    "funds": ("li.na", lambda scene: "/funds"),
    "fund": ("li.na", lambda scene: "/funds/990008"),
    "fund, three months": ("li.na", lambda scene: "/funds/990008?period=3m"),
    "search": ("li.na", lambda scene: f"/search?q={CUSTOMERS[scene.lang]}"),
    "search for funds": ("li.na", lambda scene: "/search?q=9900&in=fund"),
    "search, nothing": ("li.na", lambda scene: "/search?q=0000000000"),
    "kept messages": ("sun.ke", lambda scene: "/messages"),
    "outbox": ("he.jing", lambda scene: "/outbox"),
    "audit": ("he.jing", lambda scene: "/audit"),
    "checkpoints": ("he.jing", lambda scene: "/audit/checkpoints"),
    "export for analysis": ("he.jing", lambda scene: "/audit/export"),
    "export for analysis, without names": ("sun.ke", lambda scene: "/audit/export?key=inquiry"),
    "audit, search": ("he.jing", lambda scene: "/audit/search"),
    "audit, found": ("he.jing", lambda scene: "/audit/search?kind=completed&actor=li.na"),
    "audit, nothing found": ("he.jing", lambda scene: "/audit/search?kind=failed"),
    "audit, deviations": ("he.jing", lambda scene: "/audit/deviations"),
    "audit, no deviation": ("he.jing", lambda scene: "/audit/deviations?kind=reopened"),
    "audit, samples": ("he.jing", lambda scene: "/audit/samples"),
    "audit, new sample": ("he.jing", lambda scene: "/audit/samples/new"),
    "audit, sample": ("he.jing", lambda scene: f"/audit/samples/{scene.sample}"),
    "audit, sample drawn again": ("he.jing", lambda scene: f"/audit/samples/{scene.sample}?again=1"),
    "audit, working paper": ("he.jing", lambda scene: f"/audit/samples/{scene.sample}/paper"),
    "audit, papers": ("he.jing", lambda scene: "/audit/papers"),
    "audit, paper": ("he.jing", lambda scene: f"/audit/papers/{scene.paper}"),
    "audit, new paper": ("he.jing", lambda scene: f"/audit/papers/new?case={scene.asked.id}&step=2"),
    "parameters": ("sun.ke", lambda scene: "/admin/parameters"),
    "parameters, read": ("he.jing", lambda scene: "/admin/parameters"),
    "parameter": ("sun.ke", lambda scene: "/admin/parameters/INQUIRY_ANSWER_TERM"),
    "parameter with a history": ("he.jing", lambda scene: "/admin/parameters/COMPLAINT_SILENT_DAYS"),
    "parameters, proposals": ("sun.ke", lambda scene: "/admin/parameters/proposals"),
    "parameters, own proposal": ("sun.ke", lambda scene: f"/admin/parameters/proposals/{scene.values}"),
    "parameters, proposal": ("qian.wen", lambda scene: f"/admin/parameters/proposals/{scene.values}"),
    "parameters, stale proposal": ("qian.wen", lambda scene: f"/admin/parameters/proposals/{scene.stale}"),
    "studio": ("sun.ke", lambda scene: "/studio"),
    "studio, process": ("sun.ke", lambda scene: "/studio/inquiry"),
    "studio, open cases": ("sun.ke", lambda scene: "/studio/inquiry/migrations"),
    "studio, dry run": ("sun.ke", lambda scene: f"/studio/inquiry/migrations/{scene.dry_run}"),
    "studio, migration": ("qian.wen", lambda scene: f"/studio/inquiry/migrations/{scene.migration}"),
    "studio, shared decision": ("sun.ke", lambda scene: "/studio/wording"),
    "studio, begin a process": ("sun.ke", lambda scene: "/studio/sketches/new"),
    "studio, sketch": ("sun.ke", lambda scene: f"/studio/sketches/{scene.sketch}"),
    "studio, sketch of a colleague": ("qian.wen", lambda scene: f"/studio/sketches/{scene.sketch}"),
    "studio, sketch of an old version": ("sun.ke", lambda scene: f"/studio/sketches/{scene.outdated}"),
    "studio, sketch checked": ("sun.ke", lambda scene: f"/studio/sketches/{scene.sketch}/check"),
    "studio, form": ("sun.ke", lambda scene: f"/studio/sketches/{scene.sketch}/edit?path=forms/answer.json"),
    "studio, field": (
        "sun.ke",
        lambda scene: f"/studio/sketches/{scene.sketch}/edit?path=forms/need.json&field=topic&preview=both",
    ),
    "studio, table": ("sun.ke", lambda scene: f"/studio/sketches/{scene.sketch}/edit?path=inquiry_routing.dmn"),
    "studio, merge": ("qian.wen", lambda scene: f"/studio/sketches/{scene.sketch}/merge?lost={scene.lost}"),
    "studio, newer version": ("sun.ke", lambda scene: f"/studio/sketches/{scene.outdated}/base"),
    "studio, backtests": ("sun.ke", lambda scene: "/studio/backtests"),
    "studio, backtest": ("sun.ke", lambda scene: f"/studio/backtests/{scene.backtest}"),
    "studio, backtest of a case": (
        "sun.ke",
        lambda scene: f"/studio/backtests/{scene.backtest}/cases/{scene.finished}",
    ),
    "studio, compare": ("sun.ke", lambda scene: f"/studio/inquiry/compare?old=1&new=sketch-{scene.sketch}"),
    "studio, coverage": ("sun.ke", lambda scene: f"/studio/inquiry/coverage?of=sketch-{scene.sketch}"),
    "studio, sandbox": ("sun.ke", lambda scene: f"/studio/sketches/{scene.sketch}/sandbox?scenario=answered-at-once"),
    "studio, sandbox before the start": ("qian.wen", lambda scene: f"/studio/sketches/{scene.sketch}/sandbox"),
    "studio, new cases": ("sun.ke", lambda scene: "/studio/inquiry/rollouts"),
    "studio, own proposal": ("sun.ke", lambda scene: f"/studio/proposals/{scene.proposal}"),
    "studio, proposal": ("qian.wen", lambda scene: f"/studio/proposals/{scene.proposal}"),
    "studio, editor of a diagram": ("sun.ke", lambda scene: f"/studio/sketches/{scene.sketch}/edit?path=inquiry.bpmn"),
    "not found": ("li.na", lambda scene: "/nothing/here"),
}
# Addresses that are no page: they lead on, or answer with data.
NO_PAGES = {"static", "home.start", "inbox.onward", "tasks.again", "lookup.options", "studio.download"}
NO_PAGES |= {"audit.sheet_json", "audit.sheet_csv"}
NO_PAGES |= {"replay.frames"}
NO_PAGES |= {"studio.take_sketch", "studio.sketch_file", "studio.sketch_findings", "studio.lost_text"}
NO_PAGES |= {"operations.alive", "operations.ready", "operations.metrics"}


def expired(scene: Scene) -> str:
    """A link of ours whose time is over."""
    return scene.office.link(scene.asked, "answer_clear", at=scene.office.engine.clock.now() - timedelta(days=31))


# Pages that answer a form.


def log_in_refused(someone: Someone, scene: Scene) -> None:
    """The wrong password."""
    someone.goes("/login")
    someone.page.get_by_label(someone.say("User name")).fill("li.na")
    someone.page.get_by_label(someone.say("Password")).fill("wrong")
    someone.moves(someone.page.get_by_role("button", name=someone.say("Log in"), exact=True), status=401)


def form_refused(someone: Someone, scene: Scene) -> None:
    """A form in which something is missing."""
    someone.goes("/cases/new/inquiry")
    someone.page.locator("#f-contactTime").fill("")
    someone.moves(someone.page.locator("main button.primary"), status=422)


def sealed_verified(someone: Someone, scene: Scene) -> None:
    """The page of checkpoints with what was found in all that is sealed."""
    scene.office.engine.seal()
    someone.goes("/audit/checkpoints").presses(someone.say("Verify what is sealed"))


def looked_up(someone: Someone, scene: Scene) -> None:
    """A form with what a look-up found."""
    someone.goes("/cases/new/inquiry")
    someone.page.locator("#f-customerId").fill(CUSTOMERS[scene.lang])
    someone.moves(someone.page.locator("[name=_find]").first)


def rows_added(someone: Someone, scene: Scene) -> None:
    """A form with an entry more in a list."""
    someone.goes(f"/tasks/{scene.office.task(scene.desk, 'Answer').id}")
    someone.moves(someone.page.locator("[name=_add]").first)


def conflict(someone: Someone, scene: Scene) -> None:
    """A task that somebody else has completed in the meantime."""
    case, text = scene.office.recorded(scene.lang), SAID[scene.lang]
    someone.goes(f"/tasks/{scene.office.task(case, 'Answer').id}")
    someone.page.locator("#f-answerText").fill(text["reply"])
    scene.office.done(case, "Answer", answerText=text["answer"], resolved=True)
    someone.moves(someone.page.locator(".actions .primary"), status=409)


def checked(someone: Someone, scene: Scene) -> None:
    """A bundle with an error in it."""
    someone.goes("/studio/inquiry")
    files = bundles.deadlocked(bundles.shipped("inquiry"))
    someone.page.locator("#files").set_input_files([upload("inquiry.zip", archive(files))])
    someone.moves(someone.page.locator("form[enctype] button:not([type=button])"))


def unreadable(someone: Someone, scene: Scene) -> None:
    """An upload that is no archive."""
    someone.goes("/studio/inquiry")
    someone.page.locator("#files").set_input_files([upload("inquiry.zip", b"?")])
    someone.moves(someone.page.locator("form[enctype] button:not([type=button])"), status=422)


def verified(someone: Someone, scene: Scene) -> None:
    """A case with its proof."""
    someone.goes(f"/cases/{scene.approval.id}").presses(someone.say("Verify"))


def all_verified(someone: Someone, scene: Scene) -> None:
    """All cases with their proofs."""
    someone.goes("/audit").presses(someone.say("Verify all on this page"))


def evidence_refused(someone: Someone, scene: Scene) -> None:
    """Evidence for no reason."""
    someone.goes(f"/cases/{scene.approval.id}/evidence")
    someone.moves(someone.page.locator("main .primary"), status=422)


def revealed(someone: Someone, scene: Scene) -> None:
    """A personal value."""
    someone.goes(f"/cases/{scene.approval.id}/personal/{scene.office.secret(scene.approval)}")
    someone.page.locator("#reason").fill("2026-11-18")
    someone.moves(someone.page.locator("main .primary"))


def value_shown(someone: Someone, scene: Scene) -> None:
    """A personal value of a customer."""
    someone.goes(f"/customers/{CUSTOMERS[scene.lang]}/personal/id_number")
    someone.page.locator("#reason").fill("2026-11-18")
    someone.moves(someone.page.locator("main .primary"))


def value_refused(someone: Someone, scene: Scene) -> None:
    """A reason that is too short."""
    someone.goes(f"/customers/{CUSTOMERS[scene.lang]}/personal/id_number")
    someone.moves(someone.page.locator("main .primary"), status=422)


def parameter_refused(someone: Someone, scene: Scene) -> None:
    """A term that is none."""
    someone.goes("/admin/parameters/INQUIRY_RECORD_TERM")
    someone.page.locator("#value").fill("7")
    someone.page.locator("#reason").fill("2026-11-18")
    someone.moves(someone.page.locator("main .primary"), status=422)


ACTIONS: Mapping[str, tuple[str, Callable[[Someone, Scene], None]]] = {
    "log in, refused": (NOBODY, log_in_refused),
    "form refused": ("li.na", form_refused),
    "form with look-up": ("li.na", looked_up),
    "form with rows": ("li.na", rows_added),
    "conflict": ("li.na", conflict),
    "studio, check": ("sun.ke", checked),
    "studio, unreadable": ("sun.ke", unreadable),
    "case, verified": ("he.jing", verified),
    "checkpoints, verified": ("he.jing", sealed_verified),
    "evidence, refused": ("he.jing", evidence_refused),
    "audit, verified": ("he.jing", all_verified),
    "personal value, shown": ("wang.lei", revealed),
    "customer, value shown": ("li.na", value_shown),
    "customer, value refused": ("li.na", value_refused),
    "parameter, refused": ("sun.ke", parameter_refused),
}

PEOPLE = tuple(dict.fromkeys(person for person, _ in (*PATHS.values(), *ACTIONS.values())))


def tour(someone: Someone, person: str, scene: Scene, each: Callable[[str], None]) -> None:
    """Come to every page that somebody has in the tour, and do something on each."""
    for name, (who, path) in PATHS.items():
        if who == person:
            someone.goes(path(scene))
            each(name)
    for name, (who, act) in ACTIONS.items():
        if who == person:
            act(someone, scene)
            each(name)
