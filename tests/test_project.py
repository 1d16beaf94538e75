"""Rules of the project that no linter knows: what may be done in one place only, and what the documents promise."""

from __future__ import annotations

import ast
import configparser
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import webapp.cli

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "workflows", "webapp")
TEMPLATES = sorted((ROOT / "webapp" / "templates").rglob("*.html"))
STYLESHEET = ROOT / "webapp" / "static" / "fundcase.css"
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

PARSERS = {
    *("XML", "XMLID", "HTML", "fromstring", "fromstringlist", "parse", "iterparse", "document_fromstring"),
    *("XMLParser", "XMLPullParser", "HTMLParser", "HTMLPullParser", "ETCompatXMLParser", "XMLTreeBuilder"),
    *("fragment_fromstring", "fragments_fromstring", "XInclude", "XSLT"),
}
CLOCKS = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime"),
}


def modules(*folders: str) -> list[Path]:
    """The Python files under folders, without migrations, which are written by a tool and then never again."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "versions" not in path.parts and "__pycache__" not in path.parts)


def named(path: Path) -> str:
    """A file's path from the top of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def the_trees_are_let_go() -> Iterator[None]:
    """Together they are a quarter of a gigabyte, which the garbage collector would look through in all tests to come."""
    yield
    tree.cache_clear()


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a module imports: the local name, and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (
                    alias.asname or alias.name.partition(".")[0],
                    alias.name if alias.asname else alias.name.partition(".")[0],
                )
                yield "", alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every dotted name that begins with something imported, in full, with its line."""
    known = {local: full for local, full in imports(tree) if local}
    for node in ast.walk(tree):
        parts: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in known:
            yield inner.lineno, ".".join([known[inner.id], *reversed(parts)])


def parses_xml(full: str) -> bool:
    """Whether a name is a parser of XML or HTML."""
    return full.split(".")[0] in ("lxml", "xml", "defusedxml", "html5lib", "bs4") and full.rpartition(".")[2] in PARSERS


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from lxml import etree\netree.fromstring(x)", True),
        ("from lxml import etree as e\nparse = e.XMLParser", True),
        ("import lxml.etree\nlxml.etree.parse(x)", True),
        ("from lxml.etree import XML", True),
        ("import xml.etree.ElementTree as ET\nET.fromstring(x)", True),
        ("from lxml import etree\netree.tostring(x)", False),
        ("from engine.xml import parse_xml\nparse_xml(x)", False),
    ],
)
def test_the_search_for_parsers_finds_them(source, found):
    assert any(parser_uses(ast.parse(source))) is found


def parser_uses(tree: ast.AST) -> Iterator[int]:
    """The lines where something parses XML."""
    yield from (line for line, full in uses(tree) if parses_xml(full))
    yield from (1 for _, full in imports(tree) if parses_xml(full))


def test_xml_is_parsed_in_one_place():
    assert {path for path in modules(*PACKAGES) if any(parser_uses(tree(path)))} == {ROOT / "engine" / "xml.py"}


def test_spiffworkflow_is_imported_behind_its_wall_alone():
    importing = {
        named(path)
        for path in modules(*PACKAGES)
        for _, full in imports(tree(path))
        if full.split(".")[0] == "SpiffWorkflow"
    }
    assert importing and all(name.startswith("engine/spiff/") for name in importing)


def test_the_clock_is_read_in_one_place():
    reading = {
        f"{named(path)}:{line}" for path in modules("engine") for line, full in uses(tree(path)) if full in CLOCKS
    }
    assert reading and all(place.startswith("engine/clock.py:") for place in reading), (
        "time is an input: ask for a Clock"
    )


def test_every_module_says_what_it_is_for():
    written = [
        path for path in [*modules(*PACKAGES, "tests"), ROOT / "run.py"] if path.read_text(encoding="utf-8").strip()
    ]
    assert not [named(path) for path in written if not ast.get_docstring(tree(path))]


def test_every_public_function_says_what_it_does():
    silent = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in modules(*PACKAGES)
        for node in public(tree(path))
        if not ast.get_docstring(node)
    ]
    assert not silent


def public(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The public functions of a module, and the public methods of classes that nobody has described before."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not node.bases:
            yield from (item for item in node.body if is_public_function(item))
        elif is_public_function(node):
            yield node


def is_public_function(node: ast.AST) -> bool:
    """Whether a statement defines a function for others; the other half of a property needs no second description."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.name.startswith("_"):
        return False
    return not any(
        isinstance(mark, ast.Attribute) and mark.attr in ("setter", "deleter") for mark in node.decorator_list
    )


def test_no_module_grows_two_subjects():
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES)}
    del lines["engine/evidence/verify.py"]  # it leaves, and is one file so that one can read it and take it along
    assert not {name: count for name, count in lines.items() if count > 450}, "split it by verb"


# -- what the browser is given


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """The top-level blocks of a stylesheet: what stands before the brace, and what is in it."""
    depth, head, start = 0, "", 0
    for place, char in enumerate(css):
        if char == "{":
            depth += 1
            if depth == 1:
                head, start = css[start:place].rpartition(";")[2].strip(), place + 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start:place]
                start = place + 1


COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\(|"
    r":[^;{}]*\b(?:white|black|red|green|blue|gray|grey|orange|yellow|purple|silver|navy|teal)\b(?!-)",
    re.IGNORECASE,
)


def test_no_colour_stands_outside_the_tokens():
    css = re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = dict.fromkeys(head for head, _ in blocks(css))
    assert "@layer tokens" in found
    rest = "".join(f"{head}{{{body}}}" for head, body in blocks(css) if head != "@layer tokens")
    assert [match[0] for match in COLOUR.finditer(rest)] == []


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("a{color:#fff}", True),
        ("a{background:rgb(1 2 3)}", True),
        ("a{border:1px solid white}", True),
        ("a{color:var(--ink)}", False),
        ("a{white-space:nowrap}", False),
        ("a{color:var(--red-ish)}", False),
        ("#main{color:currentColor}", False),
    ],
)
def test_the_search_for_colours_finds_them(css, found):
    assert bool(COLOUR.search(css)) is found


LEAVES = "webapp/templates/dossier/base.html"  # a file that must need nothing beside itself, and no page of ours
INLINE = re.compile(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|javascript:|<script\b(?![^>]*\bsrc=)", re.IGNORECASE)


def test_templates_bring_no_style_and_no_script_of_their_own():
    html = {
        path: re.sub(r"\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for path in TEMPLATES
    }
    found = {named(path): match[0] for path, text in html.items() for match in INLINE.finditer(text)}
    assert found == {LEAVES: "<style"}


def test_the_lock_file_names_no_host():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_what_is_vendored_is_installed():
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for source in package["vendor"]:
        assert any(source.startswith(f"{name}/") for name in package["dependencies"]), source


# -- what the documents promise


def fenced(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands() -> set[str]:
    """Every command of run.py and of fundcase that a document names."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS if path.exists())
    found = re.findall(r"(?:^|[\s`])(run\.py|fundcase)((?: --?[\w-]+(?: [A-Z]+)?)*) ([a-z]+)\b", "\n".join(code(text)))
    return {f"{program} {command}" for program, _, command in found}


def code(text: str) -> list[str]:
    """What stands as code in a text of Markdown."""
    blocks = re.findall(r"^```(?:sh|bash|console)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("command", sorted(commands()))
def test_the_commands_in_the_documents_exist(command, capsys):
    program, _, name = command.partition(" ")
    if program == "run.py":
        assert name in ("serve", "test", "setup")
    else:
        with pytest.raises(SystemExit) as left:
            webapp.cli.main([name, "--help"])
        assert left.value.code == 0, capsys.readouterr().err


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.exists()], ids=named)
def test_the_links_in_the_documents_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "docs" / "engine.md", ROOT / "docs" / "observing.md"], ids=named
)
def test_the_examples_in_the_documents_run(path, tmp_path):
    for example in fenced(path.read_text(encoding="utf-8"), "python"):
        start = [sys.executable, "-W", "error", "-c", example]
        done = subprocess.run(start, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_the_changelog_knows_this_version():
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    version = settings["metadata"]["version"]
    assert re.search(
        rf"^## \[?(Unreleased|{re.escape(version)})\b",
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
