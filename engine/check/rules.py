"""The rules by id: how grave a breach is, and the sentence that says it. Whoever translates findings translates these.

The fields of a sentence are the data of the finding; `here` is the element with its label and id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..model import Finding, Severity
from .phrases import Phrase


class Rule(NamedTuple):
    """How grave a breach is, and what is said about it."""

    severity: Severity
    sentence: str


ERRORS = {
    # files
    "empty-bundle": "there is no .bpmn and no .dmn file to deploy; add the diagram",
    "file-name": "{name} is no path inside a bundle; use letters, digits, dots, dashes and slashes",
    "two-diagrams": "the file {file} is a second diagram beside {other}; deploy each in a bundle of its own",
    "malformed-xml": "the file {file} cannot be read: {why}; save it again from the modeler",
    "text-cut-off": "{what} stands inside the {name} of {id}, and only what is before it would be read; take it out",
    "too-many": "the file {file} has {count} {what}, more than {most}; cut it into several",
    "no-process": "the file {file} holds no executable process; set isExecutable on the one that is to run",
    "two-processes": "{here} is a second executable process beside {other}; set isExecutable to false on one of them",
    "not-executed": "{here}: the engine does not execute {what}; draw it another way",
    # structure
    "missing-id": "a {kind} in line {at} has no id; give it one",
    "duplicate-id": "the id {id} is used twice, here and in line {other}; give each element an id of its own",
    "dangling-flow": "{here} leads from {source} to {target}, which are not both drawn beside it; connect it again",
    "impossible-flow": "{here} cannot lead {end}, which {what}; delete it",
    "detached-event": "{here} is not attached to an activity beside it; drop it on the edge of one",
    "no-start": "{here} has no {start}, so nothing in it can begin; draw one",
    "no-end": "after {here} nothing follows and the work never ends; draw a flow to an end event",
    "unreachable": "no path leads to {here}, so it is never done; connect it or delete it",
    "unknown-reference": "{here} refers to the {kind} {id}, which the file does not define; choose one that exists",
    "message-without-name": "the message of {here} has no name, so nobody can send it; give it one",
    "deadlock": "{here} waits for ever for {missing}: the work may go another way and never come by there; "
    "join with the kind of gateway that split it",
    "lack-of-synchronisation": "branches that run at the same time meet in {here} without waiting for each other, "
    "so all that follows happens twice; join them with a parallel gateway",
    "livelock": "from {here} no way leads to the end any more: whatever is done, the same begins again; "
    "lead the loop out by a choice",
    "error-never-thrown": "nothing that {here} stands at throws its error, so what follows is never done; "
    "delete it, or throw the error inside",
    "loop-never-waits": "{here} is in a loop ({loop}) in which nobody and nothing is waited for, "
    "so it can run for ever; put a task or a timer into it",
    # expressions and names
    "expression-syntax": "{where} of {here} cannot be read: {why}; correct it",
    "gateway-without-condition": "{flow} out of {here} has no condition and is not the default; "
    "write a condition or make it the default",
    "unknown-name": "{where} of {here} reads {name}, which nothing declares{hint}; "
    "correct it, or declare it in a form, a script, a table or an operator's result",
    "name-not-written": "{where} of {here} reads {name}, which is only written by {writers}, and never before; "
    "write it earlier or read it later",
    "counter-overwritten": "{here} writes {name}, which is the number of the instance that it belongs to "
    "and stays as it is; use another name",
    "kinds-differ": "{where} of {here} {does}, and fails; correct it, or convert the value",
    "reads-personal-data": "{where} of {here} reads {name}, which is personal; "
    "let an operator work it out, or hand it over alone and unchanged as a parameter",
    # work
    "task-without-form": "{here} has no form, so nobody can fill it in; set formJsonSchemaFilename",
    "form-elsewhere": "{here} has the form {form}, which is not in the folder forms/; move it there",
    "missing-form": "{here} has the form {form}, which is not in the bundle{hint}; add it or correct the path",
    "task-for-nobody": "{here} has no candidate groups, no assignee and no lane, so nobody sees it; name a group",
    "unknown-four-eyes": "{here} must not be done by who did {task}, but there is no such task{hint}; correct the id",
    "priority-malformed": "{here} has the priority {value}; write a number from 1 (first) to 3",
    "timer-malformed": "{where} of {here} is no time: {why}",
    "pauses-malformed": "{here} is to let the clock of {clock} stand still, but {why}; correct its property pauses",
    "too-many-instances": "{here} is to run {count} times, but {most} are the most; use a shorter list",
    "instances-malformed": "how often {here} is to run is unclear: {why}",
    "unknown-operator": "{here} calls the operator {name}, which is not installed{hint}; choose one that is",
    "missing-parameter": "{here} does not give {name} to the operator {operator}, which needs it; add the parameter",
    "unknown-process": "{here} calls the process {name}, which is not deployed{hint}; deploy it first",
    "call-to-itself": "{here} calls the process that it is part of, without end; draw a loop",
    "unknown-decision": "{here} asks the decision {name}, which is neither in the bundle nor shared{hint}; "
    "add the table or correct the id",
    "result-variable": "{here} gets several rows from the decision {name}; say in the property resultVariable "
    "where they go",
    # forms and tables
    "form-malformed": "the form is no good: {why}; correct it",
    "form-unsendable": "the file {file} requires {field}, which it does not declare, so that it can never be sent; "
    "declare it",
    "hidden-required": "the file {file} always requires {field}, which is hidden unless {other} has the right value, "
    "so that it cannot be sent then; require it under if and then",
    "field-without-value": "no value fits the field {field} in {file}, because {why}; correct it",
    "default-refused": "the field {field} in {file} is filled with {value} when it is left empty, "
    "which it refuses; correct the default",
    "form-reference": "the file {file} refers to {reference}, which is not in the form itself; write it there",
    "form-endless": "the file {file} refers to itself in a circle or too often at {field}, so that nothing can be held "
    "against it; write it out",
    "unsafe-pattern": "the pattern {pattern} of {field} in {file} {why}; write a simpler one",
    "unknown-lookup": "the field {field} in {file} is looked up in {name}, which is not installed{hint}; "
    "choose one that is",
    "decision-malformed": "decision {decision}, {where}: {why}",
    "decision-bundle": "a bundle without a diagram is one shared decision, and {file} has {count}; split it",
    "decision-twice": "the decision {decision} is in {file} and in {other}; keep one",
    "translation-malformed": "the file {file} is no flat object of texts and their translations: {why}",
    # scenarios
    "scenario": "the scenario {name} goes otherwise: {why}; correct the diagram, "
    "or the scenario if that is what is meant",
    "scenario-malformed": "the file {file} is no scenario: {why}; correct it",
}

WARNINGS = {
    "work-piles-up": "a loop begins {here} again while the time before may still go on, as often as it goes round; "
    "let the loop wait for it",
    "unused-file": "nothing in the bundle uses {file}; delete it or name it where it is needed",
    "unknown-default": "the default of {here} is {flow}, which does not leave it; choose one of its flows",
    "no-default": "{here} has no default flow, and the step fails where no condition holds; make one flow the default",
    "condition-ignored": "the condition of {flow} is not looked at, because {why}; delete it",
    "overlapping-conditions": "{flow} and {other} out of {here} can both be true, and then the first is taken; "
    "make them exclude each other",
    "name-maybe-missing": "{where} of {here} reads {name}, which is not there {when}; "
    "require it, write a first value, or ask `is defined({name})` before",
    "name-maybe-misspelt": "{where} of {here} reads {name}, which nothing here declares, so that only a called process "
    "or a message could bring it{hint}; correct it, or declare it",
    "not-configured": "{where} of {here} asks for the parameter {name}, which is not configured{hint}; "
    "correct it, or configure it first",
    "read-in-parallel": "{where} of {here} reads {name}, which a branch that runs at the same time writes ({writers}); "
    "join the branches before",
    "value-never": "{where} of {here} compares {name} with {value}, which it never is (but {values}){hint}; "
    "correct the value",
    "kinds-mixed": "{here} writes {name} as {kinds}, but {other} as {others}, so that what reads it fails on one way; "
    "write it alike, or under another name",
    "condition-never-holds": "the condition of {here} is never true when it is asked, so the flow is never taken; "
    "correct or delete it",
    "error-not-caught": "nothing around {here} catches its error, so the step fails; "
    "catch it at the edge of the subprocess, or draw another end",
    "never-defined": "{where} of {here} asks for {name}, which nothing declares{hint}; correct it",
    "parallel-writes": "{here} and {other} can run at the same time and both write {name}, so the last one wins; "
    "give each a variableName",
    "instances-overwrite": "{here} runs several times at once and each run writes {name}, so the last one wins; "
    "collect the results in a list",
    "unknown-parameter": "{here} gives {name} to the operator {operator}, which does not take it{hint}; delete it",
    "unknown-start": "{here} starts the process {name}, which is not deployed{hint}; deploy it before cases get there",
    "rows-overlap": "decision {decision}: rows {row} and {other} can both hit, but only one may ({example}); "
    "change one of them",
    "rows-missing": "decision {decision}: no row hits where {example}; add a row, or one at the end for all the rest",
    "row-never-hit": "decision {decision}: row {row} never hits, because no value passes its cells or a row before it "
    "always hits first; correct, move or delete it",
    "field-never-shown": "the field {field} in {file} is never shown, because {why}; correct its x-when",
    "form-hint": "the {hint} in {file} names {field}, which is no field of it; correct it",
    "unknown-format": "the field {field} in {file} has the format {name}, which is not checked here{hint}; "
    "choose one that is",
    "unknown-group": "{here} is for the group {group}, which the directory does not know{hint}; "
    "correct it or add the group",
    "unnamed-task": "{here} has no name, and the inbox shows its id; name it with a verb and an object",
    "unnamed-flow": "{here} has no name, so that nobody sees which answer it is; name it with the answer",
    "one-way-gateway": "{here} has one way in and one way out; delete it",
    "no-drawing": "{here} has no place in the drawing, so nobody sees it; lay the diagram out again",
    "condition-without-type": "the condition of {here} does not say its type; add xsi:type",
    "missing-links": "{count} elements do not list the flows into and out of them, {first} first; save the file again",
    "foreign-namespace": "the file uses the namespace {namespace}, which means nothing here; delete it",
    "missing-translation": "the text {text} on {here} has no translation in {file}; add it",
    "no-translations": "there is no {file}, and {count} texts stay as they are; add it",
    "scenario-personal": "the scenario {name} holds {what}; write a value that is made up",
    "scenarios-not-run": "the scenario {file} and those after it were not run, because {why}; "
    "leave some out or make them shorter",
}

INFOS = {
    "unused-translation": "the file {file} translates {text}, which is on nothing; delete it",
    "table-not-searched": "the decision {decision} has too many combinations to look for gaps in all of them",
    "not-searched": "{here} has too many ways through it to look for deadlocks in all of them",
}

RULES: Mapping[str, Rule] = {
    **{id: Rule("error", sentence) for id, sentence in ERRORS.items()},
    **{id: Rule("warning", sentence) for id, sentence in WARNINGS.items()},
    **{id: Rule("info", sentence) for id, sentence in INFOS.items()},
}

# A finding on an element makes those on the same element superfluous that follow from it.
REPLACES: Mapping[str, frozenset[str]] = {
    "timer-malformed": frozenset({"unknown-name", "expression-syntax"}),
    "detached-event": frozenset({"unreachable"}),
    "gateway-without-condition": frozenset({"no-default", "overlapping-conditions"}),
    "unknown-operator": frozenset({"missing-parameter", "unknown-parameter"}),
    "call-to-itself": frozenset({"unknown-process"}),
    "lack-of-synchronisation": frozenset({"parallel-writes"}),
}
LONGEST = 200  # characters of a text from a file inside a sentence


def finding(
    rule: str, file: str, element: str = "", line: int = 0, column: int = 0, /, here: str = "", **data: Any
) -> Finding:
    """A finding with its sentence; `data` are the fields of the sentence, phrases where the checks word them."""
    fields = {
        "here": here,
        "file": file,
        **{name: value if name == "hint" else shortened(value) for name, value in data.items()},
    }
    severity, sentence = RULES[rule]
    message = sentence.format(**fields)
    return Finding(
        severity=severity,
        rule=rule,
        file=file,
        element=element,
        line=line,
        column=column,
        message=f"{message[0].upper()}{message[1:]}.",
        data=fields,
    )


def shortened(value: Any) -> Any:
    """A text from a file, not longer than a sentence can bear and without line breaks."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    if isinstance(value, Phrase):
        return Phrase(text, value.template, {name: shortened(part) for name, part in value.fields.items()})
    return text
