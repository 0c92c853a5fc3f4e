"""Databases of one throw-away PostgreSQL server, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import psycopg

from ..search import throw_away

DRIVER = "postgresql+psycopg://"


@dataclass
class Server:
    """``address``: of its first database, as libpq spells it."""

    address: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def database(self) -> str:
        """The address of a new, empty database, as libpq spells it."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.named(name)

    def copy(self, of: str) -> str:
        """The address of a copy of a database that nobody is connected to."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {database_of(of)}")
        return self.named(name)

    def drop(self, address: str) -> None:
        """What is written of it later would be somebody else's time."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database_of(address)} WITH (FORCE)")
            connection.execute("CHECKPOINT")

    def named(self, name: str) -> str:
        head, _, query = self.address.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{query}"

    @property
    def version(self) -> str:
        with psycopg.connect(self.address) as connection:
            (found,) = connection.execute("SHOW server_version").fetchone() or ("?",)
            return str(found).split()[0]

    def pid(self) -> int:
        """Of the postmaster."""
        with psycopg.connect(self.address) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        with open(f"{folder}/postmaster.pid", encoding="ascii") as file:
            return int(file.readline())


def database_of(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]


def ours(address: str) -> str:
    """As our settings spell it."""
    return address.replace("postgresql://", DRIVER, 1)


@contextmanager
def server() -> Iterator[Server]:
    """A PostgreSQL of this run, as `initdb` configures it: every commit is flushed."""
    with throw_away() as urls:
        yield Server(urls["PostgreSQL"].replace(DRIVER, "postgresql://", 1))
