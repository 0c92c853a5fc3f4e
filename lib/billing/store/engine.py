"""The database behind the projection: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..domain.errors import ConfigurationError, DatabaseUnavailable
from .dialect import PREPARED

__all__ = ["Connection", "Store", "memory_store", "retried"]

POOLER = "pooler"
"""In a URL of PostgreSQL: ?pooler=transaction where PgBouncer or the like stands between."""

_URL = "PORTSIDE_DATABASE_URL"
_READ_URL = "PORTSIDE_READ_DATABASE_URL"

BUSY_MILLISECONDS = 10_000
CONNECT_SECONDS = 5
TRUSTED = 1.0
"""Seconds for which a reader takes a connection that was put back to be there still."""
_USED: Final = "used"
_reads: Final[ContextVar[bool]] = ContextVar("portside_reads", default=False)
_TIMED_OUT = frozenset({"55P03", "57014"})  # waiting for a lock, running a statement
_CLASHES = frozenset({"40P01", "40001"})  # deadlock, serialization failure

CLASHES: Final[Counter[str]] = Counter()
"""How often that happened to this process, by PostgreSQL's code."""

_AGAIN = _CLASHES | {"26000"}  # see `line.Forgotten`

T = TypeVar("T")


class Store:
    """Connections for the one writer and for readers.

    ``read_url`` names a replica for readers. Both raise :class:`DatabaseUnavailable` when the
    database cannot be reached or has not been migrated.
    """

    def __init__(self, url: str, *, read_url: str | None = None) -> None:
        self.url = _parse(url, _URL)
        self.engine = _engine(self.url)
        same = read_url is None or _parse(read_url, _READ_URL) == self.url
        self.read_engine = self.engine if same else _engine(make_url(str(read_url)))

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def replicated(self) -> bool:
        """Whether readers have a database of their own."""
        return self.read_engine is not self.engine

    @property
    def _read_from(self) -> str:
        return _READ_URL if self.replicated else _URL

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by any exception."""
        with _translated(self.engine), self.engine.connect() as connection:
            ready = connection.execution_options(portside_write=True)
            with ready.begin():
                yield ready

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot-free read; nothing is committed."""
        with (
            _translated(self.read_engine, self._read_from),
            self._connected() as connection,
        ):
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """For one statement that reads: PostgreSQL is spared the transaction around it, which
        costs two waits for its answer."""
        with (
            _translated(self.read_engine, self._read_from),
            self._connected() as connection,
        ):
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    def _connected(self) -> Connection:
        before = _reads.set(True)
        try:
            return self.read_engine.connect()
        finally:
            _reads.reset(before)

    def close(self) -> None:
        self.engine.dispose()
        self.read_engine.dispose()


def memory_store() -> Store:
    """An empty SQLite database that lives as long as the value."""
    return Store("sqlite://")


def retried(work: Callable[[], T], *, attempts: int = 5) -> T:
    """Run ``work`` again when PostgreSQL broke a lock cycle by ending this transaction, or had
    forgotten what was prepared."""
    for left in range(attempts - 1, -1, -1):
        try:
            return work()
        except DatabaseUnavailable as error:
            if left == 0 or _state(error.__cause__) not in _AGAIN:
                raise
    raise AssertionError("unreachable")


def _state(cause: BaseException | None) -> str:
    """PostgreSQL's code of what went wrong; "" where it has none."""
    found = getattr(cause.orig, "sqlstate", None) if isinstance(cause, DBAPIError) else None
    return found or ""


def _parse(url: str, name: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text may hold a password, so the driver's own message is not repeated.
        raise ConfigurationError(
            f"{name} is not a database URL. Write it like sqlite:///portside.db or "
            "postgresql+psycopg://user:password@host/database."
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            f"{url.get_backend_name()} is not supported: use SQLite or PostgreSQL."
        )
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        return _postgresql(url.difference_update_query([POOLER]), pooled=_pooled(url))
    except (NoSuchModuleError, ImportError):
        raise ConfigurationError(
            f"There is no driver for {url.drivername}: use postgresql+psycopg:// or sqlite://."
        ) from None


def _postgresql(url: URL, *, pooled: bool) -> Engine:
    arguments = {
        "connect_timeout": CONNECT_SECONDS,
        # The driver would deallocate all that is prepared, ours too, whenever it rolls back.
        "prepare_threshold": None,
    }
    engine = create_engine(url, pool_timeout=CONNECT_SECONDS, connect_args=arguments)
    from .arrays import Packed, PackedDumper  # once the driver is known to be there

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.adapters.register_dumper(Packed, PackedDumper)
        if not pooled:
            # Else what is prepared on one connection to the server is asked for on another.
            record.info[PREPARED] = {}

    @event.listens_for(engine, "checkin")
    def put_back(_connection: Any, record: Any) -> None:
        record.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: Any, _proxy: Any) -> None:
        # Asked each time it is a tenth of what a page takes. A writer asks each time: of what it
        # is told nothing may be refused because the database was started anew.
        if _reads.get() and time.monotonic() - record.info.get(_USED, 0.0) < TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise DisconnectionError() from gone  # the pool makes another one

    return engine


def _pooled(url: URL) -> bool:
    """Whether a pooler may give each transaction another connection to the server."""
    told = url.query.get(POOLER)
    if told not in (None, "session", "transaction"):
        raise ConfigurationError("In a database URL pooler is “session” or “transaction”.")
    return told == "transaction"


def _sqlite(url: URL) -> Engine:
    in_memory = url.database in (None, "", ":memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        **options,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Python's driver would begin transactions by itself, and never immediate ones.
        connection.isolation_level = None
        if not in_memory:
            connection.execute("PRAGMA journal_mode = WAL").close()
            # What was acknowledged must outlive a power cut: Stripe does not send it again.
            connection.execute("PRAGMA synchronous = FULL").close()
        connection.execute("PRAGMA foreign_keys = ON").close()
        connection.execute("PRAGMA cache_size = -65536").close()
        connection.execute("PRAGMA temp_store = MEMORY").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once instead of waiting.
        write = connection.get_execution_options().get("portside_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def _translated(engine: Engine, variable: str = _URL) -> Iterator[None]:
    """``variable``: what names the database that is asked."""
    try:
        with _wrapped(engine):
            yield
    except ProgrammingError as error:
        state = _state(error)
        if state == "42501":  # insufficient privilege
            raise _not_allowed(error) from error
        if state != "42P01":  # undefined table
            raise
        raise _not_migrated() from error
    except (OperationalError, InterfaceError) as error:
        if "no such table" in str(error.orig):
            raise _not_migrated() from error
        state = _state(error)
        if state.startswith("54"):  # beyond a limit, as an id too long for an index is
            raise
        if state in _CLASHES:
            CLASHES[state] += 1
        raise _unreachable(error, variable) from error
    except PoolTimeout as error:
        raise DatabaseUnavailable(
            "Every database connection is in use. Try again in a moment."
        ) from error
    except DBAPIError as error:
        # 25: read-only, as a standby is, or ended for having waited.
        if error.connection_invalidated or _state(error).startswith("25"):
            raise _unreachable(error, variable) from error
        raise


@contextmanager
def _wrapped(engine: Engine) -> Iterator[None]:
    """What the driver raises where it is spoken to directly, as what SQLAlchemy raises."""
    base = engine.dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise DBAPIError.instance("", None, error, base, dialect=engine.dialect) from error


def _not_migrated() -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "The database has no Portside tables yet. Run `portside db upgrade`.", code="not_migrated"
    )


def _not_allowed(error: DBAPIError) -> DatabaseUnavailable:
    reason = (str(error.orig).splitlines() or [""])[0]
    return DatabaseUnavailable(
        f"The database role may not do this ({reason}). Use the role that is meant for it, or run "
        "`portside db grants --apply` as the owner of the tables.",
        code="database_not_allowed",
    )


def _unreachable(error: DBAPIError, variable: str) -> DatabaseUnavailable:
    reason = " ".join(str(error.orig).split())
    if _state(error) in _TIMED_OUT:
        return DatabaseUnavailable(f"The database took too long ({reason}). Try again in a moment.")
    which = "replica" if variable == _READ_URL else "database"
    return DatabaseUnavailable(
        f"The {which} is away ({reason}). Check {variable} and that it is running."
    )
