"""What the tests of hostile files share: the bundles there are, and a check that must end in time."""

import re
from pathlib import Path

from engine.calendars import default, functions, parameters_function
from engine.check import RULES
from engine.feel import Language
from engine.operators import Operator, Registry
from engine.xml import parse_xml, serialise
from tests.support.work import at_most

from .bundles import BPMN, check, found

CALENDARS = Language(host=(*functions(default()), parameters_function({})))
SHARED = Path("../shared")
MIWG = sorted(SHARED.glob("conformance/bpmn-miwg/*.bpmn"))
MODELS = sorted(path.parent for path in SHARED.glob("models/*/*.bpmn"))
OWN = sorted(path.parent for path in Path("bpmn_diagrams").glob("*/*.bpmn"))


def check_in_time(files):
    """The findings, for less than a second of work."""
    with at_most(1):
        findings = check(files)
    assert all(one.rule in RULES and one.message for one in findings)
    return findings


def rules(files, *severities, **given):
    return {rule for rule, _ in found(files, *severities, **given)}


def executable(content):
    """A diagram in which the process with the most in it is to be executed."""
    root = parse_xml(content)
    processes = list(root.iter(f"{BPMN}process"))
    for process in processes:
        process.set("isExecutable", "true" if process is max(processes, key=len) else "false")
    return serialise(root)


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def operators_of(files):
    """The operators that a bundle calls, as if they were installed."""
    named = {
        name for content in files.values() for name in re.findall(r'serviceTaskOperator id="([^"]+)"', content.decode())
    }
    return Registry.of(Operator(name=name, kind="remote", run=lambda call: None) for name in named)
