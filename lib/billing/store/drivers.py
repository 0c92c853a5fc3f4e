"""How either database is reached: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError

from ..domain.errors import ConfigurationError
from .dialect import PREPARED

__all__ = ["TRUSTED", "engine_of", "parsed", "trusting"]

POOLER = "pooler"
"""In a URL of PostgreSQL: ?pooler=transaction where PgBouncer or the like stands between."""

BUSY_MILLISECONDS = 10_000
CONNECT_SECONDS = 5
TRUSTED = 1.0
"""Seconds for which who trusts takes a connection that was put back to be there still."""
_USED: Final = "used"
_trusts: Final[ContextVar[bool]] = ContextVar("portside_trusts", default=False)


@contextmanager
def trusting(wanted: bool) -> Iterator[None]:
    """Whether what is connected in here may be a connection that was not asked just now."""
    before = _trusts.set(wanted)
    try:
        yield
    finally:
        _trusts.reset(before)


def parsed(url: str, name: str) -> URL:
    """What a setting called ``name`` says. Raises :class:`ConfigurationError`."""
    try:
        found = make_url(url)
    except ArgumentError:
        # The text may hold a password, so the driver's own message is not repeated.
        raise ConfigurationError(
            f"{name} is not a database URL. Write it like sqlite:///portside.db or "
            "postgresql+psycopg://user:password@host/database."
        ) from None
    if found.drivername in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+psycopg")
    return found


def engine_of(url: URL) -> Engine:
    """Which connects when it is first asked. Raises :class:`ConfigurationError`."""
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
        used = record.info.get(_USED)
        if used is None:
            return  # made just now; what goes wrong with it is said by who uses it
        # Asked each time it is a tenth of what a page takes.
        if _trusts.get() and time.monotonic() - used < TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            # The pool makes another one, and asks the same of none that was there before.
            raise InvalidatePoolError() from gone

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
