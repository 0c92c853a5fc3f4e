"""A database that gives up on a question after a while: what takes minutes is told as such."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url

from lib.billing.store.engine import Store

_INSTRUCTIONS = 200_000
"""Of SQLite's machine between two looks at the clock."""


def bounded(url: str, seconds: float) -> str:
    """``url`` whose statements PostgreSQL ends after ``seconds``."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return url
    option = {"options": f"-c statement_timeout={int(1_000 * seconds)}"}
    return parsed.update_query_dict(option).render_as_string(hide_password=False)


class Patience:
    """The same for SQLite, whose statements are ended from within: by question, begun anew with
    :meth:`begin`."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._seconds = seconds
        self._until = float("inf")
        if store.is_sqlite:
            # Not "connect": some have been made before anybody was impatient.
            event.listen(store.read_engine, "checkout", self._watch)

    def begin(self) -> None:
        self._until = time.monotonic() + self._seconds

    def _watch(self, connection: Any, _record: Any, _proxy: Any) -> None:
        connection.set_progress_handler(self._over, _INSTRUCTIONS)

    def _over(self) -> int:
        return int(time.monotonic() > self._until)
