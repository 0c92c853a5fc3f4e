"""Statements to PostgreSQL that go out one behind the other, and whose answers come back so.

The driver has this too. It makes a cursor for every statement, asks whether the socket may be
written to, and waits for BEGIN alone; with some twenty small statements in every batch that took
longer than PostgreSQL's own work on them. Here a statement is one call, and BEGIN goes with it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import count
from typing import Any, ClassVar, Final

from psycopg import Connection, errors
from psycopg.adapt import Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from .arrays import Packed

MOST_KEPT: Final = 200
"""Statements that a connection keeps prepared: ours are fewer."""

_FORGETS: Final = (
    errors.InvalidSqlStatementName,
    errors.FeatureNotSupported,
    errors.DuplicatePreparedStatement,
)
"""What a prepared statement fails of when somebody deallocated it, changed its tables, or prepared
one of its name."""

_SIGN: Final = re.compile("%([sb%])")
_TEXT, _BINARY = 0, 1
_NUMBERS: Final = count()


class Forgotten(errors.OperationalError):
    """The server knows what was prepared no more. It is no fault of what was asked: once more, and
    it is prepared anew."""

    sqlstate = "26000"


@dataclass(eq=False, slots=True)
class Coming:
    """The answer to one statement, which may still be on its way."""

    line: Line
    prepares: str = ""
    prepared: bool = False
    result: Any = None

    def fetchall(self) -> list[Any]:
        if self.result is None:
            self.line.bring(self)
        return self.line.rows(self.result)


class Line:
    """From :meth:`open` to :meth:`end` nobody else may speak to ``driver``.

    ``prepared``: statements that the server has prepared for this connection, and their names
    there; None where it forgets them.
    """

    FAILED: ClassVar[type[errors.Error]] = errors.Error

    def __init__(self, driver: Connection[Any], prepared: dict[str, bytes] | None) -> None:
        self.driver = driver
        self._server = driver.pgconn
        self._may_keep = prepared is not None
        self._kept = {} if prepared is None else prepared
        self._coming: deque[Coming] = deque()
        self._loader = Transformer.from_context(driver)

    def open(self) -> None:
        """Begin, also the transaction when there is none."""
        self._server.enter_pipeline_mode()
        if self._server.transaction_status == TransactionStatus.IDLE:
            self.ask("BEGIN", (), keep=False)

    def ask(self, statement: str, parameters: Sequence[Any], *, keep: bool = True) -> Coming:
        """Send a statement. ``keep``: whether its plan may be used again."""
        text = _numbered(statement)
        values, formats = _spelled(parameters)
        name = self._name(statement, text) if keep else None
        if name is None:
            self._server.send_query_params(text, values, None, formats, _BINARY)
        else:
            self._server.send_query_prepared(name, values, formats, _BINARY)
        coming = Coming(self, prepared=name is not None)
        self._coming.append(coming)
        self._server.flush()  # as much as the socket takes
        return coming

    def push(self) -> None:
        """See that all of it is on its way."""
        self.driver.wait(send(self._server))

    def bring(self, wanted: Coming) -> None:
        """Wait for an answer, and for those before it. Raises what the first of them failed of."""
        self._server.send_flush_request()
        self.push()
        while wanted.result is None:
            self._next()

    def rows(self, result: Any) -> list[Any]:
        self._loader.set_pgresult(result)
        return self._loader.load_rows(0, result.ntuples, tuple)

    def end(self) -> None:
        """Wait for all that is left. Raises what the first of it failed of."""
        failed: errors.Error | None = None
        try:
            self._server.pipeline_sync()
            self._coming.append(Coming(self))
            self.push()
            while self._coming:
                try:
                    self._next()
                except errors.Error as error:
                    failed = failed or error
                    if self._server.status == ConnStatus.BAD:
                        break
        finally:
            self._leave()
        if failed is not None:
            raise failed

    def _leave(self) -> None:
        if self._server.status == ConnStatus.BAD:
            return
        try:
            self._server.exit_pipeline_mode()
        except errors.Error:  # the server is gone, and this side has not heard the end of it yet
            self.driver.close()

    def _next(self) -> None:
        coming = self._coming.popleft()
        try:
            results = self.driver.wait(fetch_many(self._server))
            coming.result = results[-1]
            match coming.result.status:
                case ExecStatus.FATAL_ERROR:
                    raise errors.error_from_result(coming.result, encoding="utf-8")
                case ExecStatus.PIPELINE_ABORTED:
                    raise errors.PipelineAborted("A statement before this one failed.")
        except errors.Error as error:
            self._kept.pop(coming.prepares, None)
            if isinstance(error, _FORGETS) and (coming.prepared or coming.prepares):
                self._kept.clear()
                raise Forgotten(*error.args) from error
            raise

    def _name(self, statement: str, text: bytes) -> bytes | None:
        """What it is called where it is prepared, which is done when it comes for the first time;
        should that fail, :meth:`_next` hears of it and forgets the name."""
        name = self._kept.get(statement)
        if name is None and self._may_keep and len(self._kept) < MOST_KEPT:
            # Its own words are in its name: behind a pooler that nobody told us of, another
            # process's statement is never taken for it.
            name = self._kept[statement] = b"portside_%d_%s" % (next(_NUMBERS), _digest(text))
            self._server.send_prepare(name, text)
            self._coming.append(Coming(self, statement))
        return name


@lru_cache(1_000)
def _numbered(statement: str) -> bytes:
    """With placeholders as the server has them: %s and %b become $1, $2 …"""
    numbers = count(1)
    return _SIGN.sub(lambda m: "%" if m[1] == "%" else f"${next(numbers)}", statement).encode()


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=8).hexdigest().encode()


def _spelled(parameters: Sequence[Any]) -> tuple[list[bytes | None], list[int]]:
    """Values, and which of them are binary. What they are of the statement tells by itself."""
    values: list[bytes | None] = []
    formats: list[int] = []
    for value in parameters:
        match value:
            case None:
                spelled, form = None, _TEXT
            case str():  # binary, for as text it would end at a NUL, and here that is an error
                spelled, form = value.encode(), _BINARY
            case bool():
                spelled, form = b"t" if value else b"f", _TEXT
            case int():
                spelled, form = b"%d" % value, _TEXT
            case Packed() | bytes():
                spelled, form = value, _BINARY
            case _:
                raise TypeError(f"a parameter that is {type(value).__name__}")
        values.append(spelled)
        formats.append(form)
    return values, formats
