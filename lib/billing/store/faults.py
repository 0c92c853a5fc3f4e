"""What a database raises, said in a sentence, and what of it may be tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..domain.errors import DatabaseUnavailable

__all__ = ["CLASHES", "PRIMARY", "REPLICA", "retried", "translated"]

PRIMARY: Final = "PORTSIDE_DATABASE_URL"
REPLICA: Final = "PORTSIDE_READ_DATABASE_URL"
"""What names the database that readers ask, where it is another one."""

_TIMED_OUT = frozenset({"55P03", "57014"})  # waiting for a lock, running a statement
_CLASHES = frozenset({"40P01", "40001"})  # deadlock, serialization failure

CLASHES: Final[Counter[str]] = Counter()
"""How often that happened to this process, by PostgreSQL's code."""

_AGAIN = _CLASHES | {"26000"}  # see `line.Forgotten`

T = TypeVar("T")


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


@contextmanager
def translated(engine: Engine, variable: str = PRIMARY) -> Iterator[None]:
    """What goes wrong in here as :class:`DatabaseUnavailable`, where an operator can mend it.

    ``variable``: what names the database that is asked.
    """
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
    which = "replica" if variable == REPLICA else "database"
    return DatabaseUnavailable(
        f"The {which} is away ({reason}). Check {variable} and that it is running."
    )
